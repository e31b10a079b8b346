"""New rows for a run that was trained on a table: read by its schema, and what in them the training rows never had."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import BinaryIO

import numpy as np

from fnnet.runs.run import Run
from fnnet.tables import Impute, OneHot, Schema
from fnnet.tables.cells import column, texts
from fnnet.tables.frame import Frame
from fnnet.tables.polars_reading import READERS, read_by_polars
from fnnet.tables.reading import PART, opened, rows_of
from fnnet.tables.schema import column_numbers
from fnnet.values.array import Array
from fnnet.values.errors import DataError, UsageError
from fnnet.values.record import evolve


def schema_of_run(run: Run, path: object) -> Schema:
    """The schema of a run's table; UsageError where it was not trained on one."""
    if run.schema is None:
        raise UsageError(f"this run was not trained on a table with columns, so it can't read {path}")
    return run.schema


def frames(run: Run, path: Path, stream: BinaryIO | None = None) -> Iterator[Frame]:
    """The rows of a file, or of a stream, a part after the other, with the columns of the run in any order.

    A file without a header has just these columns, in their order, with or without the one that is predicted.
    """
    schema = schema_of_run(run, path)
    if stream is None and path.suffix.lower() in READERS:
        yield from _parts(read_by_polars(path))
        return
    with opened(path) if stream is None else nullcontext(stream) as source:
        rows = rows_of(source, str(path), wanted=schema.names)
        names = rows.names if rows.dialect.header else _in_order(schema, len(rows.names), str(path))
        yield from evolve(rows, names=names).frames(schema.holds_texts)


def frame_of_rows(run: Run, rows: Sequence[str]) -> Frame:
    """Rows that were typed, such as ``5.1,red``, as a frame; where each is one cell, all of them are one row."""
    schema = schema_of_run(run, "rows")
    cells = [next(csv.reader([row])) for row in rows]
    if len(schema.columns) == len(cells) > 1 and all(len(row) == 1 for row in cells):
        cells = [[row[0] for row in cells]]
    for text, row in zip(rows, cells, strict=False):
        if len(row) != len(schema.columns):
            raise UsageError(f"a row must have {len(schema.columns)} cells, for {', '.join(schema.names)}; got {text}")
    columns = zip(schema.columns, zip(*cells, strict=True), strict=True)
    return Frame("a row", {c.name: texts(cells) if c.categories else column(cells) for c, cells in columns})


def _parts(frame: Frame) -> Iterator[Frame]:
    for start in range(0, frame.rows, PART):
        yield evolve(frame, columns={name: cells[start : start + PART] for name, cells in frame.columns.items()})


def _in_order(schema: Schema, width: int, name: str) -> tuple[str, ...]:
    numbered = tuple(str(i + 1) for i in range(width))
    if set(schema.names) <= set(numbered):
        return numbered
    if width != len(schema.names):
        raise DataError(f"{name} has no header, and {width} columns: the run has {', '.join(schema.names)}")
    return schema.names


def labels(run: Run, frame: Frame) -> Array:
    """What is to be predicted for the rows of a frame: numbers, or indices of the run's classes.

    Raises DataError for a row that has none, or a class that no training row had.
    """
    target = schema_of_run(run, frame.name).target
    cells = frame.column(target)
    if not run.classes:
        y = column_numbers(target, cells, frame)
        names: list[str | None] = ["" if there else None for there in ~np.isnan(y)]
    else:
        names = [_name(cell) for cell in cells]
        places = {name: i for i, name in enumerate(run.classes)}
        y = np.array([places.get(name or "", -1) for name in names])
    for row, name in enumerate(names):
        if name is None or (run.classes and y[row] < 0):
            what = "nothing" if name is None else f"{name}, which no training row has,"
            raise DataError(f"{frame.name}: column {target} has {what} in {frame.place(row)}")
    return y


def _name(cell: str | float | None) -> str | None:
    """The name of a class, from its cell."""
    if cell is None or isinstance(cell, str):
        return cell
    return None if np.isnan(cell) else f"{cell:.0f}" if cell == np.rint(cell) else repr(float(cell))


def surprises(run: Run, x: Array) -> Counter[str]:
    """How many cells of these rows (N, C) the training rows had nothing like, by what they are."""
    schema, found = schema_of_run(run, "x"), Counter[str]()
    shown = next((layer.indicators for layer in run.net if isinstance(layer, Impute)), ())
    codes = next((layer.codes for layer in run.net if isinstance(layer, OneHot)), ())
    for i, here in enumerate(schema.columns):
        if here.categories:
            what, strange = f"categories of {here.name} that training never saw", ~np.isin(x[:, i], codes[i])
        else:
            what, strange = f"gaps in {here.name}, which had none in training: taken as its median", np.isnan(x[:, i])
        found[what] = 0 if i in shown else int(strange.sum())
    return +found
