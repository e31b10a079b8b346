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
from fnnet.tables.reading import PART, encoding_of, opened, rows_of
from fnnet.tables.schema import known_targets
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
    encoding = encoding_of(path) if stream is None else "utf-8-sig"
    with opened(path) if stream is None else nullcontext(stream) as source:
        rows = rows_of(source, str(path), encoding, wanted=schema.names)
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


def known(run: Run, frame: Frame) -> tuple[Array, Array, list[int]]:
    """Rows of a frame with what is to be predicted for them: x, numbers or indices of the run's classes, their places.

    A row that has nothing to be predicted is left out. Raises DataError for a class that no training row had.
    """
    schema = schema_of_run(run, frame.name)
    y, there = known_targets(frame, schema.target, run.classes)
    rows = np.flatnonzero(there).tolist()
    return schema.encode(frame)[rows], y[rows], [frame.at(row) for row in rows]


def surprises(run: Run, x: Array) -> Counter[tuple[str, str]]:
    """In how many of these rows (N, C) a column has what no training row had, by its name and what that is."""
    schema, found = schema_of_run(run, "x"), Counter[tuple[str, str]]()
    shown = next((layer.indicators for layer in run.net if isinstance(layer, Impute)), ())
    codes = next((layer.codes for layer in run.net if isinstance(layer, OneHot)), ())
    for i, here in enumerate(schema.columns):
        gaps = np.isnan(x[:, i])
        unseen = ~np.isin(x[:, i], codes[i]) & ~gaps if here.categories else np.zeros(len(x), bool)
        taken = "taken for none of its categories" if here.categories else "taken as its median"
        found[here.name, "a category that training never had"] = int(unseen.sum())
        found[here.name, f"missing, as it never was in training; {taken}"] = 0 if i in shown else int(gaps.sum())
    return +found
