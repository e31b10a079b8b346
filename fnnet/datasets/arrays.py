"""Your own arrays, in an `.npz` file."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import numpy as np

from fnnet.datasets.dataset import Dataset, of_arrays, task_of_targets
from fnnet.datasets.labels import classes_in, indices, whole_labels
from fnnet.tables.finding import Task
from fnnet.tables.opening import LIMIT, open_regular
from fnnet.telling.reasons import reason_of
from fnnet.values.array import Array, freeze
from fnnet.values.errors import DataError

MEMBERS = ("x.npy", "y.npy", "x_test.npy", "y_test.npy")


def load_npz(path: str | os.PathLike[str], task: Task | None = None) -> Dataset:
    """The data set of an `.npz` file with arrays `x` (N, ...) and `y`, and for testing `x_test` and `y_test` if any.

    `y` is (N,) whole numbers in any range or (N, K) one-hot rows, and the classes are the labels of the training part,
    in order; or it is (N,) numbers, which are predicted as such, as they are where ``task`` says "numbers". Raises
    DataError when the file can't be read, would unpack to more than 1 GiB, an array is missing or is of objects, a
    label is too large to be exact or a measurement rather than a class, and as `dataset` does.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     np.savez(f"{folder}/mine.npz", x=[[0.5], [1.5], [2.5]], y=[3, 1, 3])
    ...     mine = load_npz(f"{folder}/mine.npz")
    >>> mine.name, mine.classes, mine.y
    ('mine', ('1', '3'), array([1, 0, 1], dtype=uint8))
    """
    arrays = _arrays(Path(path))
    for name in ("x", "y"):
        if name not in arrays:
            raise DataError(f"{path} must hold the arrays x and y, but {name} is missing")
    if ("x_test" in arrays) != ("y_test" in arrays):
        raise DataError(f"{path} must hold x_test and y_test together or neither, but one is missing")
    parts = arrays["x"], arrays["y"], arrays.get("x_test"), arrays.get("y_test")
    try:
        return _numbers(path, *parts) if (task or task_of_targets(parts[1])) == "numbers" else _classes(path, *parts)
    except DataError as error:
        raise DataError(f"{path}: {error}") from None


def _numbers(path: str | os.PathLike[str], x: Array, y: Array, x_test: Array | None, y_test: Array | None) -> Dataset:
    return of_arrays(Path(path).stem, x, y, x_test, y_test, task="numbers")


def _classes(path: str | os.PathLike[str], x: Array, y: Array, x_test: Array | None, y_test: Array | None) -> Dataset:
    labels = whole_labels("y", y)
    classes = classes_in(labels)
    test = None if y_test is None else indices("y_test", whole_labels("y_test", y_test), classes)
    return of_arrays(
        Path(path).stem, x, indices("y", labels, classes), x_test, test, [str(c) for c in classes.tolist()]
    )


def _arrays(path: Path) -> dict[str, Array]:
    try:
        with open_regular(path, most=sys.maxsize) as opened, ZipFile(opened) as file:
            members = [member for member in file.infolist() if member.filename in MEMBERS]
            _check_size(members, max(LIMIT, os.fstat(opened.fileno()).st_size))
            return {member.filename.removesuffix(".npy"): _array(file, member) for member in members}
    except Exception as error:  # a damaged file makes zipfile, zlib and NumPy raise a dozen kinds
        raise DataError(f"{path} can't be read as an .npz file of numbers: {reason_of(error)}") from error


def _check_size(members: Iterable[ZipInfo], most: int) -> None:
    """Refuse what would unpack to more than anybody meant; no member has more bytes than it says."""
    size = sum(member.file_size for member in members)
    if size > most:
        raise ValueError(f"its arrays unpack to {size} bytes, more than 1 GiB; save them unpacked, with np.savez")


def _array(file: ZipFile, member: ZipInfo) -> Array:
    with file.open(member) as opened:
        return freeze(np.lib.format.read_array(opened, allow_pickle=False))
