"""Tables by polars, where it is installed: `.parquet` and `.xlsx`, and text files in a fifth of the time."""

import os
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from fnnet.tables.cells import Cells, column
from fnnet.tables.frame import Frame, cells_of
from fnnet.tables.opening import open_regular
from fnnet.tables.reading import encoding_of, opened, read_text, rows_of
from fnnet.telling.installing import install
from fnnet.telling.reasons import reason_of
from fnnet.values.errors import DataError

#: The files that polars alone can read, and what reads them.
READERS = {".parquet": "read_parquet", ".xlsx": "read_excel"}

#: The text files that it may be asked to read.
TEXT = (".csv", ".tsv", ".txt")


def read_table(path: str | os.PathLike[str], header: bool | None = None) -> Frame:
    """The table of a file: by polars where it is wanted or at hand, else by Python's own reader, to the same frame."""
    if Path(path).suffix.lower() in READERS:
        return read_by_polars(path)
    return (_quickly(path, header) if find_spec("polars") else None) or read_text(path, header)


def read_by_polars(path: str | os.PathLike[str]) -> Frame:
    """The table of a `.parquet` or `.xlsx` file. Raises DataError where it can't be read, or polars is missing."""
    suffix = Path(path).suffix.lower()
    try:
        with open_regular(path) as file:
            table = getattr(import_module("polars"), READERS[suffix])(file.read() if suffix == ".xlsx" else file)
    except ImportError as error:
        raise DataError(f"{path} is read by polars: {install('tables')}") from error
    except Exception as error:  # a damaged file makes polars raise a dozen kinds
        raise DataError(f"{path} can't be read: {reason_of(error)}") from error
    return Frame(
        os.fspath(path), {name: cells_of(table[name].to_numpy(), f"{path}: column {name}") for name in table.columns}
    )


def _quickly(path: str | os.PathLike[str], header: bool | None = None) -> Frame | None:
    """The frame of a text file, or None where it is not so plain that polars reads it as `read_text` does."""
    if Path(path).suffix.lower() not in TEXT or (encoding := encoding_of(path)) != "utf-8-sig":
        return None
    with opened(path) as stream:
        rows = rows_of(stream, os.fspath(path), encoding, header=header)
    polars: Any = import_module("polars")
    try:
        table = polars.read_csv(
            path, separator=rows.dialect.separator, has_header=False, infer_schema=False, empty_string_is_null=False
        )
    except Exception:  # the other reader says what is wrong, and where
        return None
    table = table[1:] if rows.dialect.header else table
    if (
        table.width != len(rows.names)
        or not len(table)
        or _may_be_ragged(table)
        or (_has_quotes(path) and _has_line_ends(table))
    ):
        return None
    cells = {name: _cells(series, rows.dialect.comma) for name, series in zip(rows.names, table, strict=True)}
    first = 1 + rows.dialect.header
    return Frame(os.fspath(path), cells, range(first, first + len(table)), rows.dialect.comma, rows.notes)


def _may_be_ragged(table: Any) -> bool:
    """Whether a row might have had fewer cells, or be a blank line: polars fills such up with empty texts."""
    last = table.to_series(table.width - 1)
    return bool((last.str.strip_chars() == "").any() or last.is_null().any())


def _has_quotes(path: str | os.PathLike[str]) -> bool:
    """Whether there is a quote in a file, without which no cell goes on in the next line."""
    with opened(path) as stream:
        return any(b'"' in part for part in iter(partial(stream.read, 2**20), b""))


def _has_line_ends(table: Any) -> bool:
    """Whether a cell goes on in the next line, so that rows are no lines."""
    return any(series.str.contains(end, literal=True).any() for series in table for end in "\r\n")


def _cells(series: Any, comma: bool) -> Cells:
    """A column of texts as `column` has it."""
    polars = import_module("polars")
    points = comma and series.str.contains(".", literal=True).any()  # which part thousands
    texts = series.str.replace(",", ".", literal=True) if comma else series
    numbers = None if points else texts.cast(polars.Float64, strict=False)
    if numbers is not None and not numbers.has_nulls() and numbers.is_finite().all():
        return np.ascontiguousarray(numbers.to_numpy())
    return column(series.to_list(), comma)
