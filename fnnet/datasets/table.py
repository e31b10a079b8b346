"""Your own tables: text files, data frames, and what else holds columns with names."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, final

import attrs
import numpy as np

from fnnet.datasets.dataset import Dataset
from fnnet.datasets.labels import classes_in, indices, whole_labels
from fnnet.tables.finding import Task, last_of, one_named, schema_of, task_of, told, without
from fnnet.tables.frame import Frame
from fnnet.tables.polars_reading import read_table
from fnnet.tables.schema import column_numbers
from fnnet.values.array import Array, freeze
from fnnet.values.errors import DataError
from fnnet.values.record import frozen

#: Up to so many classes there may be in any case; beyond, a class has two rows or more.
FEW = 10


def _task(instance: object, attribute: object, value: str | None) -> None:
    if value not in (None, "classes", "numbers"):
        raise DataError(f"task must be classes or numbers, got {value!r}")


def _text(value: object) -> str | None:
    if value is not None and not isinstance(value, (str, int)):
        raise DataError(f"target must be the name of a column, or its number from 1, got {type(value).__name__}")
    return None if value is None else str(value)


def _texts(values: object) -> tuple[str, ...]:
    return (values,) if isinstance(values, str) else tuple(map(str, values))  # type: ignore[call-overload]  # names


@final
@frozen
class Reading:
    """How data of one's own are read.

    Of a table the column to be predicted, by name or by number from 1, and those to be left out; where nothing is said
    it is the last one, and ``task`` and ``header`` are found. ``size`` are the pixels a side of a folder's pictures.
    """

    target: str | None = attrs.field(default=None, converter=_text)
    drop: tuple[str, ...] = attrs.field(default=(), converter=_texts)
    task: Task | None = attrs.field(default=None, validator=_task)
    size: int | None = None
    header: bool | None = None


def load_table(path: str | os.PathLike[str], reading: Reading = Reading()) -> Dataset:  # noqa: B008  # a frozen record
    r"""The data set of a table in a file: `.csv`, `.tsv`, either with `.gz`; by polars `.parquet` and `.xlsx` too.

    Columns are numbers or categories, found from their cells, gaps among them welcome, see `Schema`. What is predicted
    is classes where it is text, or few whole numbers, else numbers. Cells may be parted by commas, semicolons, tabs or
    bars, with decimal points or commas, under a header or none. The test part is empty; see `hold_out`. Raises
    DataError, naming the column and what to do, for dates and free text, and the line where a column of numbers has a
    text.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "mine.csv")
    ...     _ = path.write_text("width,color,kind\n1.5,red,plum\n3,?,pear\n")
    ...     mine = load_table(path)
    >>> mine.x.tolist(), mine.y.tolist(), mine.classes
    ([[1.5, 1.0], [3.0, 0.0]], [1, 0], ('pear', 'plum'))
    """
    return of_frame(read_table(path, reading.header), reading, stem(path))


def of_frame(frame: Frame, reading: Reading, name: str) -> Dataset:
    """The data set of a frame; DataError, naming columns and rows, for what can't be learned from."""
    if frame.rows == 0:
        raise DataError(f"{frame.name} must hold rows, got none")
    said = None if reading.target is None else one_named(frame, reading.target)
    frame = without(frame, reading.drop)
    target = said or last_of(frame)
    if target not in frame.columns:
        raise DataError(f"{frame.name}: column {target} is to be predicted, and can't be left out")
    there = _present(frame, target)
    task = task_of(frame, target, reading.task)
    schema = schema_of(frame, target)
    y, classes = _numbers(frame, target) if task == "numbers" else _classes(frame, target, there)
    x = schema.encode(frame)
    notes = *frame.notes, *told(schema, x), *_notes(frame, target, task, reading, len(classes), int((~there).sum()))
    if not there.all():
        x, y = freeze(x[there]), freeze(y[there])
    return Dataset(name, x, y, x[:0], y[:0], classes, schema=schema, notes=notes)


def stem(path: str | os.PathLike[str]) -> str:
    """The name of a file without what it ends in.

    >>> stem("data/iris.csv.gz")
    'iris'
    """
    path = Path(path)
    return Path(path.stem).stem if path.suffix.lower() == ".gz" else path.stem


def _present(frame: Frame, target: str) -> Array:
    """For which rows there is something to be predicted; DataError where there is none."""
    cells = frame.columns[target]
    there = ~np.isnan(cells) if isinstance(cells, np.ndarray) else np.array([cell is not None for cell in cells])
    if not there.any():
        raise DataError(f"{frame.name}: column {target} is to be predicted, and holds nothing; choose one by --target")
    return there


def _numbers(frame: Frame, target: str) -> tuple[Array, tuple[str, ...]]:
    return column_numbers(target, frame.columns[target], frame, "mend it, or say --task classes"), ()


def _classes(frame: Frame, target: str, there: Array) -> tuple[Array, tuple[str, ...]]:
    """Indices of classes, of any class where there is none, and the names of these."""
    cells, name = frame.columns[target], f"{frame.name}: column {target}"
    if isinstance(cells, np.ndarray):
        labels: Array = whole_labels(name, np.where(there, cells, cells[there][0]))
    else:
        labels = np.array([cell or "" for cell in cells])
    found = classes_in(labels[there], name, FEW)
    return indices(target, np.where(there, labels, found[0]), found), tuple(map(str, found.tolist()))


def _notes(frame: Frame, target: str, task: Task, reading: Reading, classes: int, gone: int) -> Sequence[str]:
    """What was decided, and how to say otherwise."""
    notes = []
    numeric = isinstance(frame.columns[target], np.ndarray)
    if reading.task is None and task == "classes" and numeric:
        notes.append(f"{target} has few whole numbers, so they are {classes} classes: for numbers, --task numbers")
    if reading.task is None and task == "numbers":
        notes.append(f"{target} is predicted as numbers: for classes, --task classes")
    if reading.target is None:
        notes.append(f"{target}, the last column, is to be predicted: for another, --target")
    if gone:
        notes.append(f"{gone:,} row{'s' * (gone > 1)} without {target}: left out")
    return notes


def table_like(table: Any) -> bool:
    """Whether something has columns by their names: a mapping, or a frame of pandas or polars."""
    return hasattr(type(table), "keys") or hasattr(type(table), "columns")
