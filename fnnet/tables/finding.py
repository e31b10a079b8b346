"""What a table is, found from its cells: the kinds of its columns, and whether what is predicted is classes."""

import difflib
from collections import Counter
from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np

from fnnet.tables.cells import Cells, is_date
from fnnet.tables.frame import Frame
from fnnet.tables.reading import UNNAMED
from fnnet.tables.schema import Column, Schema, column_numbers, first_text
from fnnet.values.array import Array
from fnnet.values.errors import DataError
from fnnet.values.record import evolve

Task: TypeAlias = Literal["classes", "numbers"]

#: Up to so many whole numbers are classes; and so many, when none between them is missing and they begin with 0 or 1.
FEW, COUNTED = 20, 100

#: Texts are categories up to so many in any case; beyond, up to half of the rows, and up to the most.
SOME, MOST = 20, 1000


def without(frame: Frame, drop: Sequence[str]) -> Frame:
    """The frame without these columns, and without one that has no name and counts the rows, as pandas writes it."""
    for name in drop:
        frame.column(name)
    counter = f"{UNNAMED}1"
    counts = counter in frame.columns and _counts_rows(frame.columns[counter])
    gone = {*drop, *([counter] if counts else [])}
    notes = ("the first column has no name and counts the rows: left out",) if counts else ()
    kept = {name: cells for name, cells in frame.columns.items() if name not in gone}
    return evolve(frame, columns=kept, notes=frame.notes + notes)


def _counts_rows(cells: Cells) -> bool:
    return isinstance(cells, np.ndarray) and any(np.array_equal(cells, np.arange(len(cells)) + k) for k in (0, 1))


def target_of(frame: Frame, said: str | None) -> str:
    """The name of the column to predict: the last one, or that of a name or a number from 1, or DataError."""
    names = list(frame.columns)
    if len(names) < 2:
        raise DataError(f"{frame.name} must have two columns or more, one of them to be predicted; got {len(names)}")
    if said is None or said in names:
        return said or names[-1]
    if said.isdecimal() and 1 <= int(said) <= len(names):
        return names[int(said) - 1]
    near = difflib.get_close_matches(said, names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(names)}"
    raise DataError(f"{frame.name} has no column {said} to be predicted: {hint}")


def task_of(frame: Frame, target: str, said: Task | None) -> Task:
    """Whether the target is classes or numbers, as said or as found: texts and few whole numbers are classes."""
    cells = frame.columns[target]
    if said:
        return said
    if isinstance(cells, np.ndarray):
        column_numbers(target, cells, frame)
        return "classes" if are_classes(cells[~np.isnan(cells)]) else "numbers"
    return "numbers" if _mostly_numbers(cells, frame.comma) else "classes"


def are_classes(values: Array) -> bool:
    """Whether numbers are classes: whole, and few, or numbered from 0 or 1 without a gap; two of each on the average.

    >>> are_classes(np.array([0, 1, 1, 0])), are_classes(np.array([3.5, 1.0])), are_classes(np.arange(50))
    (True, False, False)
    """
    if not np.array_equal(values, np.rint(values)):
        return False
    there = np.unique(values)
    counted = len(there) <= COUNTED and there[0] in (0, 1) and there[-1] - there[0] == len(there) - 1
    return len(there) <= 2 or (bool(len(there) <= FEW or counted) and 2 * len(there) <= len(values))


def schema_of(frame: Frame, target: str) -> Schema:
    """The schema of a table whose columns are numbers and categories, in which this one is predicted.

    Raises DataError that names all columns of dates and free text, and the first bad cell of one of numbers.
    """
    inputs = {name: cells for name, cells in frame.columns.items() if name != target}
    kinds = {name: _kind(name, cells, frame) for name, cells in inputs.items()}
    wrong = [f"{name} ({kind})" for name, kind in kinds.items() if isinstance(kind, str)]
    if wrong:
        names = ",".join(name for name, kind in kinds.items() if isinstance(kind, str))
        raise DataError(f"{frame.name} can't be learned from in {', '.join(wrong)}: leave out by --drop {names}")
    return Schema(tuple(Column(name, kind) for name, kind in kinds.items() if isinstance(kind, tuple)), target)


def _kind(name: str, cells: Cells, frame: Frame) -> tuple[str, ...] | str:
    """The categories of a column, none for numbers; or in words what else it holds."""
    if isinstance(cells, np.ndarray) or _mostly_numbers(cells, frame.comma):
        column_numbers(name, cells, frame)
        return ()
    there = Counter(cells)
    present = sum(there.values()) - there[None]
    many = len(there) - (None in there)
    if all(is_date(cell) for cell in there if cell is not None):
        return "dates"
    if many > MOST or (many > SOME and many > present / 2):
        return f"free text, {many:,} different ones"
    return tuple(sorted(cell or "" for cell in there))


def _mostly_numbers(cells: Sequence[str | None], comma: bool) -> bool:
    """Whether a column is one of numbers with a text somewhere: more than half numbers, and too many for categories."""
    there = Counter(cell for cell in cells if cell is not None)
    numeric = {cell: times for cell, times in there.items() if first_text([cell], comma) is None}
    return len(numeric) > SOME and 2 * sum(numeric.values()) > sum(there.values())
