"""MNIST and the two sets that were made to replace it, read from the folder that torchvision keeps or fills.

All three have 60,000 images for training and 10,000 for testing, 28x28 bytes each, in files of the same four names. So
the labels are compared with the published ones, lest a folder is taken for another set.
"""

import hashlib
import os
from pathlib import Path

from fnnet.datasets.dataset import DataError, Dataset, dataset
from fnnet.datasets.idx import read_idx
from fnnet.values.array import Array

FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)

# The class of torchvision.datasets that fetches each set; its name is also the name of the folder.
FETCHERS = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST", "kmnist": "KMNIST"}

CLASSES = {
    "mnist": ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
    "fashion-mnist": (
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ),
    "kmnist": ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
}  # fmt: skip

# MD5 of the unpacked label files, training and test. They are what the archives unpack to whose MD5 torchvision lists.
KNOWN = {
    "a25bea736e30d166cdddb491f175f624": "mnist",
    "27ae3e4e09519cfbb04c329615203637": "mnist",
    "9018921c3c673c538a1fc5bad174d6f9": "fashion-mnist",
    "15d484375f8d13e6eb1aabb0c3f46965": "fashion-mnist",
    "949e75301f8813e0dc5800dcc320fc52": "kmnist",
    "9f55f451c0988b028eccdf7d5cc265ab": "kmnist",
}


def mnist(folder: str | os.PathLike[str], mirror: str | None = None) -> Dataset:
    """Handwritten digits, x (60000, 28, 28) and x_test (10000, 28, 28) uint8 from 0 (paper) to 255 (ink).

    The four files are taken from `folder/MNIST/raw`, `folder/raw` or `folder`, each plain or `.gz`. If no place has all
    four, torchvision downloads them into the first, from the URL `mirror` if that is given. Files of your own in this
    form are welcome. Raises DataError when the files are damaged, don't fit together or are known to be of another set,
    and when they are missing and can't be downloaded.

    Source: Y. LeCun, C. Cortes and C. Burges, "The MNIST database of handwritten digits", 1998.
    """
    return _load("mnist", Path(folder), mirror)


def fashion_mnist(folder: str | os.PathLike[str], mirror: str | None = None) -> Dataset:
    """Pictures of clothes in 10 classes, in the form of `mnist` and read as it is, from `folder/FashionMNIST/raw`.

    Source: H. Xiao, K. Rasul and R. Vollgraf, "Fashion-MNIST", 2017, https://arxiv.org/abs/1708.07747.
    """
    return _load("fashion-mnist", Path(folder), mirror)


def kmnist(folder: str | os.PathLike[str], mirror: str | None = None) -> Dataset:
    """Cursive Japanese characters in 10 classes, in the form of `mnist` and read as it is, from `folder/KMNIST/raw`.

    Source: T. Clanuwat et al., "Deep Learning for Classical Japanese Literature", 2018,
    https://arxiv.org/abs/1812.01718, licensed CC BY-SA 4.0.
    """
    return _load("kmnist", Path(folder), mirror)


def _load(name: str, folder: Path, mirror: str | None) -> Dataset:
    paths = _find(name, folder)
    if None in paths:
        lack = f"{name} is not in {folder} ({FILES[paths.index(None)]} is missing)"
        from fnnet.datasets.fetch import fetch

        fetch(FETCHERS[name], FILES, folder, mirror, lack)
        paths = _find(name, folder)
    train_images, train_labels, test_images, test_labels = [Path(path) for path in paths if path is not None]
    x, y = _part(name, train_images, train_labels)
    x_test, y_test = _part(name, test_images, test_labels)
    return dataset(name, x, y, x_test, y_test, CLASSES[name])


def _find(name: str, folder: Path) -> list[Path | None]:
    """The four files in the place that has most of them, None for each that is missing."""
    places = (folder / FETCHERS[name] / "raw", folder / "raw", folder)
    return min(([_plain_or_packed(place / file) for file in FILES] for place in places), key=lambda p: p.count(None))


def _plain_or_packed(path: Path) -> Path | None:
    packed = path.with_name(path.name + ".gz")
    return next((p for p in (path, packed) if os.path.isfile(p)), None)


def _part(name: str, images: Path, labels: Path) -> tuple[Array, Array]:
    x, y = read_idx(images, 3), read_idx(labels, 1)
    if len(x) != len(y):
        raise DataError(f"images and labels must be as many, got {len(x)} in {images} and {len(y)} in {labels}")
    if y.max() > 9:
        raise DataError(f"{labels} must hold labels from 0 to 9, got {y.max()}")
    found = KNOWN.get(_md5_of_file(y), name)
    if found != name:
        raise DataError(f"{labels.parent} holds {found}, not {name}: ask for {found}, or name another folder")
    return x, y


def _md5_of_file(labels: Array) -> str:
    header = b"\0\0\x08\x01" + len(labels).to_bytes(4, "big")
    return hashlib.md5(header + labels.tobytes(), usedforsecurity=False).hexdigest()
