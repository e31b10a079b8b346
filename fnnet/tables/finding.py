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
    """The frame without these columns, and without what a program leaves at its edges.

    That is a first column which has no name and counts the rows, as pandas writes it, and one without a name or a cell.
    """
    gone = [column for said in drop for column in named(frame, said)]
    kept = {name: cells for name, cells in frame.columns.items() if name not in gone}
    notes = []
    for name in [name for name in kept if name.startswith(UNNAMED)]:
        counts = name == f"{UNNAMED}1" and counts_rows(kept[name])
        if counts or _is_empty(kept[name]):
            what = "counts the rows" if counts else "is empty"
            notes.append(f"column {name.removeprefix(UNNAMED)} {what} and has no name: left out")
            del kept[name]
    return evolve(frame, columns=kept, notes=(*frame.notes, *notes))


def named(frame: Frame, said: str) -> list[str]:
    """The columns of these names, or numbers from 1, parted by commas; one whose name has a comma alone."""
    if said in frame.columns:
        return [said]
    return [one_named(frame, part.strip()) for part in said.split(",") if part.strip()]


def one_named(frame: Frame, said: str) -> str:
    """The column of this name, or number from 1; DataError, with what is near, where there is none."""
    names = list(frame.columns)
    if said in names:
        return said
    if said.isdecimal() and 1 <= int(said) <= len(names):
        return names[int(said) - 1]
    near = difflib.get_close_matches(said, names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(names)}"
    raise DataError(f"{frame.name} has no column {said}: {hint}")


def counts_rows(cells: Cells) -> bool:
    """Whether a column is 0, 1, 2 and so on, or 1, 2, 3."""
    if not isinstance(cells, np.ndarray) or not len(cells) or cells[0] not in (0, 1):
        return False
    return np.array_equal(cells, np.arange(len(cells)) + cells[0])


def _is_empty(cells: Cells) -> bool:
    return isinstance(cells, np.ndarray) and bool(np.isnan(cells).all())


def last_of(frame: Frame) -> str:
    """The name of the last column; DataError where it is the only one."""
    if len(frame.columns) < 2:
        raise DataError(
            f"{frame.name} must have two columns or more, one of them to be predicted; got {len(frame.columns)}, "
            "parted by commas, semicolons, tabs or |"
        )
    return list(frame.columns)[-1]


def task_of(frame: Frame, target: str, said: Task | None) -> Task:
    """Whether the target is classes or numbers, as said or as found: texts and few whole numbers are classes."""
    cells = frame.columns[target]
    if said:
        return said
    if isinstance(cells, np.ndarray):
        column_numbers(target, cells, frame, "mend it")
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
        column_numbers(name, cells, frame, f"mend it, or leave the column out: --drop {name}")
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


def told(schema: Schema, x: Array) -> tuple[str, ...]:
    """What each column of x (N, C) was taken for, in words."""
    kinds: dict[str, list[str]] = {"numbers": [], "categories": [], "constant": [], "empty": []}
    for column, cells in zip(schema.columns, x.T, strict=True):
        there = cells[~np.isnan(cells)]
        if not (there != there[:1]).any():
            kinds["constant" if len(there) else "empty"].append(column.name)
        elif column.categories:
            kinds["categories"].append(f"{column.name} ({len(column.categories)})")
        else:
            kinds["numbers"].append(column.name)
    said = "; ".join(f"{kind}: {_some(names)}" for kind, names in kinds.items() if names)
    numbers = [(column.name, cells) for column, cells in zip(schema.columns, x.T, strict=True) if not column.categories]
    counting = [name for name, cells in numbers if counts_rows(cells)]
    return (said, *(f"{name} counts the rows: if that means nothing, --drop {name}" for name in counting))


def _some(names: list[str]) -> str:
    """The first names, and how many more there are."""
    shown = names if len(names) <= 8 else [*names[:6], f"and {len(names) - 6} more"]
    return ", ".join(shown)
