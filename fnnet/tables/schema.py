"""The schema of a table: what a model knows of the columns that it was trained on, so that none is guessed again."""

from collections.abc import Iterable
from typing import Any, Self, final

import numpy as np

from fnnet.tables.cells import Cells, is_gap, number
from fnnet.tables.frame import Frame, frame_of, stacked
from fnnet.values.array import Array, freeze
from fnnet.values.errors import DataError
from fnnet.values.record import frozen


@final
@frozen
class Column:
    """A column of the input: its name, and the texts of its categories, none for numbers.

    In x a category is its place among them, and a gap that of "" where it is one of them; a text that is none is -1.
    Any other gap is NaN.
    """

    name: str
    categories: tuple[str, ...] = ()


@final
@frozen
class Schema:
    """The columns of the input in their order, and the name of the one that is predicted.

    >>> schema = Schema((Column("size"), Column("color", ("blue", "red"))), "price")
    >>> schema.encode({"color": ["red", "green"], "size": [1.5, None]})
    array([[ 1.5,  1. ],
           [ nan, -1. ]])
    """

    columns: tuple[Column, ...]
    target: str

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns of the input."""
        return tuple(column.name for column in self.columns)

    @property
    def categories(self) -> tuple[int, ...]:
        """The places of the columns that hold categories."""
        return tuple(i for i, column in enumerate(self.columns) if column.categories)

    def holds_texts(self, name: str) -> bool:
        """Whether the column of this name is read as texts."""
        return any(column.categories for column in self.columns if column.name == name)

    def encode(self, table: Any) -> Array:
        """The rows of a frame as x, (N, C) float64. It may have more columns, and in another order.

        The frame may be that of pandas or polars, or a mapping from names to columns. Raises DataError, naming the
        column, where one is missing or holds something else than in training.
        """
        frame = table if isinstance(table, Frame) else frame_of(table)
        if missing := [name for name in self.names if name not in frame.columns]:
            raise DataError(f"{frame.name} lacks the column{'s' * (len(missing) > 1)} {', '.join(missing)}")
        return stacked([_encoded(column, frame) for column in self.columns])

    def plain(self) -> dict[str, Any]:
        """The schema as JSON has it."""
        return {"target": self.target, "columns": [[c.name, list(c.categories)] for c in self.columns]}

    @classmethod
    def of(cls, plain: Any) -> Self:
        """The schema from JSON; ValueError where it is none.

        >>> Schema.of({"target": "y", "columns": [["x", ["a", "b"]]]})
        Schema(columns=(Column(name='x', categories=('a', 'b')),), target='y')
        """
        columns = tuple(Column(name, tuple(categories)) for name, categories in plain["columns"])
        texts = [plain["target"], *(text for column in columns for text in (column.name, *column.categories))]
        if not all(isinstance(text, str) for text in texts):
            raise ValueError("its names of columns must be texts")
        return cls(columns, plain["target"])


def _encoded(column: Column, frame: Frame) -> Array:
    cells = frame.columns[column.name]
    return _codes(column, cells, frame) if column.categories else column_numbers(column.name, cells, frame)


def column_numbers(name: str, cells: Cells, frame: Frame, mend: str = "mend it") -> Array:
    """The numbers of a column; DataError, with the place of the first cell that is none, and how to mend that."""
    if isinstance(cells, np.ndarray):
        if (endless := np.isinf(cells)).any():
            raise DataError(_bad(name, "infinity", int(np.argmax(endless)), frame, mend))
        return cells
    row = first_text(cells, frame.comma)
    if row is not None:
        raise DataError(_bad(name, repr(str(cells[row])[:40]), row, frame, mend))
    values = [np.nan if cell is None or is_gap(cell) else number(cell, frame.comma) for cell in cells]
    return freeze(np.array(values, float))


def _bad(name: str, cell: str, row: int, frame: Frame, mend: str) -> str:
    return f"{frame.name}: column {name} holds numbers, got {cell} in {frame.place(row)}; {mend}"


def first_text(cells: Iterable[str | None], comma: bool) -> int | None:
    """The row of the first cell that is neither a number nor a gap."""
    strange = (c is not None and not is_gap(c) and number(c, comma) is None for c in cells)
    return next((i for i, is_text in enumerate(strange) if is_text), None)


def _codes(column: Column, cells: Cells, frame: Frame) -> Array:
    if isinstance(cells, np.ndarray) and np.isnan(cells).all():
        cells = [None] * len(cells)
    codes = {text or None: i for i, text in enumerate(column.categories)}
    held = [cell for cell in cells if cell is not None]
    if isinstance(cells, np.ndarray) or (held and first_text(held, frame.comma) is None and not {*held} & {*codes}):
        raise DataError(f"{frame.name}: column {column.name} held texts in training, and holds numbers here")
    return freeze(np.array([codes.get(cell, np.nan if cell is None else -1) for cell in cells], float))


def known_targets(frame: Frame, target: str, classes: tuple[str, ...]) -> tuple[Array, Array]:
    """What is to be predicted for the rows of a frame, (N,), and where there is something, (N,).

    Numbers where there are no classes, else indices of these. Raises DataError for a class that is none of them.
    """
    cells = frame.column(target)
    if not classes:
        y = column_numbers(target, cells, frame)
        return y, ~np.isnan(y)
    names = [_class_name(cell) for cell in cells]
    there = np.array([name is not None for name in names])
    places = {name: i for i, name in enumerate(classes)}
    y = np.array([places.get(name or "", -1) for name in names])
    if (strange := there & (y < 0)).any():
        row = int(np.argmax(strange))
        raise DataError(
            f"{frame.name}: column {target} has {names[row]}, which no training row has, in {frame.place(row)}"
        )
    return y, there


def _class_name(cell: str | float | None) -> str | None:
    """The name of a class, from its cell."""
    if cell is None or isinstance(cell, str):
        return cell
    return None if np.isnan(cell) else f"{cell:.0f}" if cell == np.rint(cell) else repr(float(cell))
