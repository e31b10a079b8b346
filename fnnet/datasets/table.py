"""Your own data: arrays in an `.npz` file, or a table in a `.csv` file."""

import math
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from zipfile import ZipFile, ZipInfo

import numpy as np

from fnnet.datasets.dataset import DataError, Dataset, dataset
from fnnet.datasets.labels import classes_in, indices, whole_labels
from fnnet.datasets.opening import LIMIT, open_regular
from fnnet.values.array import Array, freeze

MEMBERS = ("x.npy", "y.npy", "x_test.npy", "y_test.npy")


def load_npz(path: str | os.PathLike[str]) -> Dataset:
    """The data set of an `.npz` file with arrays `x` (N, ...) and `y`, and for testing `x_test` and `y_test` if any.

    `y` is (N,) whole numbers in any range or (N, K) one-hot rows; the classes are the labels of the training part, in
    order. Raises DataError when the file can't be read, would unpack to more than 1 GiB, an array is missing or is of
    objects, a label is too large to be exact or a measurement rather than a class, and as `dataset` does.

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
    return _named(path, arrays["x"], arrays["y"], arrays.get("x_test"), arrays.get("y_test"))


def load_csv(path: str | os.PathLike[str]) -> Dataset:
    r"""The data set of a comma-separated table of numbers, x (N, columns - 1) float64; the last column is the class.

    A first line without any number is taken for a header, and so is ``0,1,2`` and so on, over three columns or
    more: so pandas names those without names. The classes are the whole numbers that occur, in any range below 2**53.
    The test part is empty; see `hold_out`. Raises DataError, naming the line and the column, for text, gaps, NaN,
    infinity and ragged rows, and when there are no rows, no column but the class, or nearly as many classes as rows.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "mine.csv")
    ...     _ = path.write_text("width,height,kind\n1,2,7\n3,4,8\n")
    ...     mine = load_csv(path)
    >>> mine.x.tolist(), mine.y.tolist(), mine.classes
    ([[1.0, 2.0], [3.0, 4.0]], [0, 1], ('7', '8'))
    """
    lines = _lines(Path(path))
    if not lines:
        raise DataError(f"{path} must hold rows of numbers, got none")
    try:
        table = np.loadtxt([line for _, line in lines], delimiter=",", quotechar='"', comments=None, ndmin=2)
    except ValueError as error:
        raise DataError(f"{path} {_fault(lines) or f'is not a table of numbers: {error}'.split(';')[0]}") from error
    if not np.isfinite(table).all():
        raise DataError(f"{path} {_fault(lines)}")
    if table.shape[1] < 2:
        raise DataError(f"{path} must have two columns or more, separated by commas, the class last; got one")
    return _named(path, freeze(np.ascontiguousarray(table[:, :-1])), table[:, -1], None, None)


def _named(path: str | os.PathLike[str], x: Array, y: Array, x_test: Array | None, y_test: Array | None) -> Dataset:
    try:
        labels = whole_labels("y", y)
        classes = classes_in(labels)
        test = None if y_test is None else indices("y_test", whole_labels("y_test", y_test), classes)
        return dataset(
            Path(path).stem, x, indices("y", labels, classes), x_test, test, [str(c) for c in classes.tolist()]
        )
    except DataError as error:
        raise DataError(f"{path}: {error}") from None


def _arrays(path: Path) -> dict[str, Array]:
    try:
        with open_regular(path, most=sys.maxsize) as opened, ZipFile(opened) as file:
            members = [member for member in file.infolist() if member.filename in MEMBERS]
            _check_size(members, max(LIMIT, os.fstat(opened.fileno()).st_size))
            return {member.filename.removesuffix(".npy"): _array(file, member) for member in members}
    except Exception as error:  # a damaged file makes zipfile, zlib and NumPy raise a dozen kinds
        reason = getattr(error, "strerror", None) or str(error).split("\n")[0] or type(error).__name__
        raise DataError(f"{path} can't be read as an .npz file of numbers: {reason[:200]}") from error


def _check_size(members: Iterable[ZipInfo], most: int) -> None:
    """Refuse what would unpack to more than anybody meant; no member has more bytes than it says."""
    size = sum(member.file_size for member in members)
    if size > most:
        raise ValueError(f"its arrays unpack to {size} bytes, more than 1 GiB; save them unpacked, with np.savez")


def _array(file: ZipFile, member: ZipInfo) -> Array:
    with file.open(member) as opened:
        return freeze(np.lib.format.read_array(opened, allow_pickle=False))


def _lines(path: Path) -> list[tuple[int, str]]:
    """The lines of the file that are not blank, with their numbers, after the header."""
    try:
        with open_regular(path) as file:
            text = file.read().decode("utf-8-sig")
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise DataError(f"{path} can't be read: {reason}") from error
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    return lines[1:] if lines and _is_header(_cells(lines[0][1])) else lines


def _is_header(cells: list[str]) -> bool:
    numbered = len(cells) > 2 and cells == [str(column) for column in range(len(cells))]
    return numbered or all(_number(cell) is None for cell in cells)


def _fault(lines: list[tuple[int, str]]) -> str | None:
    """What is wrong with the first wrong row, for a table that NumPy refused."""
    width = len(_cells(lines[0][1]))
    for number, line in lines:
        cells = _cells(line)
        if len(cells) != width:
            return f"must have {width} columns in every row, got {len(cells)} in line {number}"
        for column, cell in enumerate(cells, 1):
            value = _number(cell)
            if value is None or not math.isfinite(value):
                rule = "be separated by commas" if ";" in cell or "\t" in cell else "hold finite numbers"
                return f"must {rule}, got {cell[:40]!r} in line {number}, column {column}"
    return None


def _cells(line: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split(",")]


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None
