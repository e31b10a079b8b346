"""Data sets: some that come with fnnet, some that are downloaded, and your own."""

from fnnet.datasets.arrays import load_npz
from fnnet.datasets.dataset import Dataset, digest
from fnnet.datasets.digits import digits
from fnnet.datasets.folders import load_folder
from fnnet.datasets.idx import read_idx
from fnnet.datasets.known import NAMES, about, load, unknown
from fnnet.datasets.making import dataset
from fnnet.datasets.mnist import fashion_mnist, kmnist, mnist
from fnnet.datasets.split import hold_out, split
from fnnet.datasets.table import Reading, load_table
from fnnet.datasets.xor import xor
from fnnet.values.errors import DataError

__all__ = [
    "NAMES", "DataError", "Dataset", "Reading", "about", "dataset", "digest", "digits", "fashion_mnist", "hold_out",
    "kmnist", "load", "load_folder", "load_npz", "load_table", "mnist", "read_idx", "split", "unknown", "xor",
]  # fmt: skip
