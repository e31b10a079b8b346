"""MNIST and the two sets that were made to replace it, read from the folder that torchvision keeps or fills.

All three have 60,000 images for training and 10,000 for testing, 28x28 bytes each, in files of the same four names. So
the labels are compared with the published ones, lest a folder is taken for another set.
"""

import hashlib
import os
from pathlib import Path
from typing import final

from fnnet.datasets.dataset import Dataset, of_arrays
from fnnet.datasets.idx import read_idx
from fnnet.values.array import Array
from fnnet.values.errors import DataError
from fnnet.values.record import frozen

FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


@final
@frozen
class Set:
    """One of the three: its name, that of the class of torchvision which fetches it and of its folder, its classes.

    ``md5`` are those of the unpacked label files, training and test; ``packed`` those of the four archives, as they
    were published, of which the label files are what they unpack to.
    """

    name: str
    fetcher: str
    classes: tuple[str, ...]
    md5: tuple[str, str]
    packed: tuple[str, str, str, str]


MNIST = Set(
    "mnist",
    "MNIST",
    tuple("0123456789"),
    ("a25bea736e30d166cdddb491f175f624", "27ae3e4e09519cfbb04c329615203637"),
    (
        "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "d53e105ee54ea40749a09fcbcd1e9432",
        "9fb629c4189551a2d022fa330f9573f3",
        "ec29112dd5afa0611ce80d1b7f02629c",
    ),
)
FASHION = Set(
    "fashion-mnist",
    "FashionMNIST",
    ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    ("9018921c3c673c538a1fc5bad174d6f9", "15d484375f8d13e6eb1aabb0c3f46965"),
    (
        "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "25c81989df183df01b3e8a0aad5dffbe",
        "bef4ecab320f06d8554ea6380940ec79",
        "bb300cfdad3c16e7a12a480ee83cd310",
    ),
)
KUZUSHIJI = Set(
    "kmnist",
    "KMNIST",
    ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"),
    ("949e75301f8813e0dc5800dcc320fc52", "9f55f451c0988b028eccdf7d5cc265ab"),
    (
        "bdb82020997e1d708af4cf47b453dcf7",
        "e144d726b3acfaa3e44228e80efcd344",
        "5c965bf0a639b31b8f53240b1b52f4d7",
        "7320c461ea6c1c855c0b718fb2a4b134",
    ),
)


def mnist(folder: str | os.PathLike[str], mirror: str | None = None) -> Dataset:
    """Handwritten digits, x (60000, 28, 28) and x_test (10000, 28, 28) uint8 from 0 (paper) to 255 (ink).

    The four files are taken from `folder/MNIST/raw`, `folder/raw` or `folder`, each plain or `.gz`. If no place has all
    four, torchvision downloads them into the first, from the URL `mirror` if that is given. Files of your own in this
    form are welcome, and never replaced. Raises DataError when the files are damaged, don't fit together or are known
    to be of another set, and when they are missing and can't be downloaded.

    Source: Y. LeCun, C. Cortes and C. Burges, "The MNIST database of handwritten digits", 1998.
    """
    return _load(MNIST, Path(folder), mirror)


def fashion_mnist(folder: str | os.PathLike[str], mirror: str | None = None) -> Dataset:
    """Pictures of clothes in 10 classes, in the form of `mnist` and read as it is, from `folder/FashionMNIST/raw`.

    Source: H. Xiao, K. Rasul and R. Vollgraf, "Fashion-MNIST", 2017, https://arxiv.org/abs/1708.07747.
    """
    return _load(FASHION, Path(folder), mirror)


def kmnist(folder: str | os.PathLike[str], mirror: str | None = None) -> Dataset:
    """Cursive Japanese characters in 10 classes, in the form of `mnist` and read as it is, from `folder/KMNIST/raw`.

    Source: T. Clanuwat et al., "Deep Learning for Classical Japanese Literature", 2018,
    https://arxiv.org/abs/1812.01718, licensed CC BY-SA 4.0.
    """
    return _load(KUZUSHIJI, Path(folder), mirror)


def _load(which: Set, folder: Path, mirror: str | None) -> Dataset:
    paths = _find(which, folder)
    if None in paths:
        from fnnet.datasets.fetch import fetch

        lack = f"{which.name} is not in {folder} ({FILES[paths.index(None)]} is missing)"
        fetch(which.fetcher, _missing(which, folder), folder, mirror, lack)
        paths = _find(which, folder)
    train_images, train_labels, test_images, test_labels = [Path(path) for path in paths if path is not None]
    x, y = _part(which, train_images, train_labels)
    x_test, y_test = _part(which, test_images, test_labels)
    return of_arrays(which.name, x, y, x_test, y_test, which.classes, known=which.name)


def _find(which: Set, folder: Path) -> list[Path | None]:
    """The four files in the place that has most of them, None for each that is missing."""
    places = (folder / which.fetcher / "raw", folder / "raw", folder)
    return min(([_plain_or_packed(place / file) for file in FILES] for place in places), key=lambda p: p.count(None))


def _missing(which: Set, folder: Path) -> dict[str, str]:
    """The files that torchvision's place lacks, with their MD5: what is there is never replaced."""
    place = folder / which.fetcher / "raw"
    return {file: md5 for file, md5 in zip(FILES, which.packed, strict=True) if _plain_or_packed(place / file) is None}


def _plain_or_packed(path: Path) -> Path | None:
    packed = path.with_name(path.name + ".gz")
    return next((p for p in (path, packed) if os.path.isfile(p)), None)


def _part(which: Set, images: Path, labels: Path) -> tuple[Array, Array]:
    x, y = read_idx(images, 3), read_idx(labels, 1)
    if len(x) != len(y):
        raise DataError(f"images and labels must be as many, got {len(x)} in {images} and {len(y)} in {labels}")
    if y.max() > 9:
        raise DataError(f"{labels} must hold labels from 0 to 9, got {y.max()}")
    md5 = _md5_of_file(y)
    for other in (MNIST, FASHION, KUZUSHIJI):
        if md5 in other.md5 and other != which:
            raise DataError(
                f"{labels.parent} holds {other.name}, not {which.name}: ask for {other.name}, or name another folder"
            )
    return x, y


def _md5_of_file(labels: Array) -> str:
    header = b"\0\0\x08\x01" + len(labels).to_bytes(4, "big")
    return hashlib.md5(header + labels.tobytes(), usedforsecurity=False).hexdigest()
