"""A frame: the named columns of a table, from a file or from a data frame of another library."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, final

import numpy as np

from fnnet.tables.cells import Cells, texts
from fnnet.values.array import Array, freeze
from fnnet.values.errors import DataError
from fnnet.values.record import frozen

#: What numbers are in the frames of others.
NUMBERS = {int, float, Decimal}


@final
@frozen
class Frame:
    """Columns by their names, all of one length.

    ``name`` is that of the table, for messages. ``lines`` are the lines of the file in which the rows end, where they
    are known. ``comma`` says that its decimal point is one. ``notes`` say what was decided in reading it.
    """

    name: str
    columns: Mapping[str, Cells]
    lines: Sequence[int] | None = None
    comma: bool = False
    notes: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(next(iter(self.columns.values()), ()))

    def place(self, row: int) -> str:
        """Where a row stands, in words.

        >>> Frame("a.csv", {"a": np.zeros(2)}, lines=[2, 5]).place(1), Frame("a", {"a": np.zeros(2)}).place(1)
        ('line 5', 'row 1')
        """
        return f"row {row}" if self.lines is None else f"line {self.lines[row]}"

    def at(self, row: int) -> int:
        """The line of a row, or its number from 0 where there are no lines."""
        return row if self.lines is None else self.lines[row]

    def column(self, name: str) -> Cells:
        """The column of this name; DataError, with the names that there are, where there is none."""
        if name not in self.columns:
            raise DataError(f"{self.name} has no column {name}: it has {', '.join(self.columns)}")
        return self.columns[name]


def frame_of(table: Any, name: str = "data") -> Frame:
    """The frame of a pandas or polars frame, or of a mapping from names to columns.

    >>> frame_of({"size": [1.5, None], "color": ["red", None]}).columns
    {'size': array([1.5, nan]), 'color': ['red', None]}
    """
    if hasattr(type(table), "collect") or hasattr(type(table), "to_pylist"):
        raise DataError(f"{name} is a {type(table).__name__}: make a frame of it, by .collect() or .to_pandas()")
    names = list(table.keys() if isinstance(table, Mapping) else table.columns)
    if len(set(map(str, names))) != len(names):
        raise DataError(f"{name} has two columns of one name; rename one")
    return Frame(name, {str(key): cells_of(table[key], f"column {key} of {name}") for key in names})


def cells_of(values: Any, name: str) -> Cells:
    """A column as numbers with NaN for gaps, or texts with None for gaps, dates as well; DataError for objects.

    >>> cells_of([True, False], "x"), cells_of([1, None], "x")
    (['True', 'False'], array([ 1., nan]))
    """
    a = np.asarray(values)
    a = a.astype(str) if a.dtype.kind in "mM" else a
    if a.ndim != 1:
        raise DataError(f"{name} must be (N,), got {a.shape}")
    if a.dtype.kind in "iuf":
        return freeze(a.astype(np.float64))
    cells = [None if _is_none(value) else value for value in a.tolist()]
    there = {type(value) for value in cells} - {type(None)}
    if there <= NUMBERS:
        return freeze(np.array([np.nan if value is None else float(value) for value in cells]))
    for kind in there - NUMBERS:
        if not (kind is bool or issubclass(kind, str) or _of_time(kind)):
            raise DataError(f"{name} must hold numbers or texts, got {kind.__name__}")
    return texts(["" if value is None else str(value) for value in cells])


def _of_time(kind: type) -> bool:
    """Whether values of a class are dates or times, which are texts until somebody asks."""
    return any(parent.__module__ == "datetime" for parent in kind.__mro__)


def _is_none(value: object) -> bool:
    """Whether a cell of another library's frame is a gap: None, NaN, or a missing value that is not equal to itself."""
    return value is None or type(value).__name__ in ("NAType", "NaTType") or value != value


def stacked(columns: Sequence[Array]) -> Array:
    """Columns (N,) side by side, (N, C)."""
    return freeze(np.column_stack(columns)) if columns else np.empty((0, 0))
