"""Data sets: some that come with fnnet, some that are downloaded, and your own."""

from fnnet.datasets.dataset import DataError, Dataset, dataset, digest
from fnnet.datasets.digits import digits
from fnnet.datasets.folders import load_folder
from fnnet.datasets.idx import read_idx
from fnnet.datasets.known import NAMES, about, load, unknown
from fnnet.datasets.mnist import fashion_mnist, kmnist, mnist
from fnnet.datasets.split import hold_out, split
from fnnet.datasets.table import load_csv, load_npz
from fnnet.datasets.xor import xor

__all__ = [
    "NAMES", "DataError", "Dataset", "about", "dataset", "digest", "digits", "fashion_mnist", "hold_out", "kmnist",
    "load", "load_csv", "load_folder", "load_npz", "mnist", "read_idx", "split", "unknown", "xor",
]  # fmt: skip
