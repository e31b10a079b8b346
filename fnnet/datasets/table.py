"""Your own data: arrays in an `.npz` file, or a table in a `.csv` file."""

import math
import os
from pathlib import Path

import numpy as np

from fnnet.datasets.dataset import DataError, Dataset, dataset, whole_numbers
from fnnet.values.array import Array, freeze


def load_npz(path: str | os.PathLike[str]) -> Dataset:
    """The data set of an `.npz` file with arrays `x` (N, ...) and `y`, and for testing `x_test` and `y_test` if any.

    `y` is (N,) whole numbers in any range or (N, K) one-hot rows; the classes are the labels of the training part, in
    order. Raises DataError when the file can't be read, an array is missing or is of objects, and as `dataset` does.

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

    A first line without any number is taken for a header. The classes are the whole numbers that occur, in any range.
    The test part is empty; see `hold_out`. Raises DataError, naming the line and the column, for text, gaps, NaN,
    infinity and ragged rows, and when there are no rows or no column but the class.

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
        raise DataError(f"{path} {_fault(lines) or f'is not a table of numbers: {error}'}") from error
    if not np.isfinite(table).all():
        raise DataError(f"{path} {_fault(lines)}")
    if table.shape[1] < 2:
        raise DataError(f"{path} must have two columns or more, separated by commas, the class last; got one")
    return _named(path, freeze(np.ascontiguousarray(table[:, :-1])), table[:, -1], None, None)


def _named(path: str | os.PathLike[str], x: Array, y: Array, x_test: Array | None, y_test: Array | None) -> Dataset:
    try:
        labels = _labels("y", y)
        known = np.unique(labels)
        if len(known) == 1:
            raise DataError(f"y must have two classes or more, got {known[0]} in every row")
        test = None if y_test is None else _index("y_test", _labels("y_test", y_test), known)
        names = [str(int(label)) for label in known]
        return dataset(Path(path).stem, x, np.searchsorted(known, labels), x_test, test, names)
    except DataError as error:
        raise DataError(f"{path}: {error}") from None


def _index(name: str, labels: Array, known: Array) -> Array:
    strange = ~np.isin(labels, known)
    if strange.any():
        raise DataError(f"{name} has label {int(labels[np.argmax(strange)])}, which no training row has")
    return np.searchsorted(known, labels)


def _arrays(path: Path) -> dict[str, Array]:
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            return {name: freeze(file[name]) for name in ("x", "y", "x_test", "y_test") if name in file.files}
    except Exception as error:  # a damaged file makes zipfile, zlib and NumPy raise a dozen kinds
        reason = getattr(error, "strerror", None) or str(error).split("\n")[0] or type(error).__name__
        raise DataError(f"{path} can't be read as an .npz file of numbers: {reason}") from error


def _labels(name: str, y: Array) -> Array:
    if y.ndim != 2:
        return whole_numbers(name, y)
    if y.dtype.kind not in "buif" or y.shape[1] < 2 or not ((y == 1).sum(1) == 1).all() or (y != 0).sum() != len(y):
        raise DataError(f"{name} must be (N,) labels or (N, K) one-hot rows, got {y.shape} with other rows")
    indices: Array = y.argmax(axis=1)
    return indices


def _lines(path: Path) -> list[tuple[int, str]]:
    """The lines of the file that are not blank, with their numbers, after the header."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise DataError(f"{path} can't be read: {reason}") from error
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    has_header = bool(lines) and all(_number(cell) is None for cell in _cells(lines[0][1]))
    return lines[1:] if has_header else lines


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
                return f"must hold finite numbers, got {cell!r} in line {number}, column {column}"
    return None


def _cells(line: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split(",")]


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None
