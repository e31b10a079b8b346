"""Text files of tables, read row by row: as a whole for training, and in parts of bounded memory for prediction."""

import csv
import gzip
import io
import math
import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, final

import attrs
import numpy as np

from fnnet.tables.cells import Cells, column, texts
from fnnet.tables.dialect import Dialect, dialect_of
from fnnet.tables.frame import Frame
from fnnet.tables.opening import LIMIT, open_regular
from fnnet.values.errors import DataError

#: How much text is looked at to find the dialect, how many rows are read at a time, and the longest line.
SAMPLE, PART, LONGEST = 2**16, 10_000, 2**24

#: What columns without a name are called, with their number.
UNNAMED = "unnamed "

T = TypeVar("T")


@final
@attrs.frozen
class Rows:
    """A text file of a table on its way: the names of its columns, how it is written, and its rows in parts."""

    name: str
    names: tuple[str, ...]
    dialect: Dialect
    parts: Iterator[tuple[list[int], list[list[str]]]]

    @property
    def notes(self) -> tuple[str, ...]:
        """What was decided in reading it, for people."""
        return () if self.dialect.header else (f"no header: the columns are called 1 to {len(self.names)}",)

    def frames(self, as_text: Callable[[str], bool]) -> Iterator[Frame]:
        """The parts as frames; a column is read as texts where its name is said to be of such."""
        wanted = [as_text(name) for name in self.names]
        for lines, rows in self.parts:
            columns = zip(self.names, wanted, zip(*rows, strict=True), strict=True)
            yield Frame(
                self.name,
                {name: texts(cells) if text else column(cells, self.dialect.comma) for name, text, cells in columns},
                lines,
                self.dialect.comma,
            )


def read_text(path: str | os.PathLike[str]) -> Frame:
    """The whole table of a text file. A column that has a text anywhere is read as texts from its first row on.

    Raises DataError, naming the line, where the file can't be read.
    """
    words: set[str] = set()
    while True:
        with opened(path) as stream:
            rows = rows_of(stream, os.fspath(path), LIMIT)
            pieces = list(rows.frames(words.__contains__))
        found = {name for piece in pieces for name, cells in piece.columns.items() if isinstance(cells, list)}
        if len(pieces) < 2 or found <= words:
            return _joined(rows, pieces)
        words = found


def _joined(rows: Rows, pieces: list[Frame]) -> Frame:
    if not pieces:
        raise DataError(f"{rows.name} must hold rows, got none")
    columns: dict[str, Cells] = {}
    for name in rows.names:
        cells: Any = [piece.columns[name] for piece in pieces]
        columns[name] = np.concatenate(cells) if isinstance(cells[0], np.ndarray) else list(chain(*cells))
    lines = list(chain(*(piece.lines or () for piece in pieces)))
    return Frame(rows.name, columns, lines, rows.dialect.comma, rows.notes)


@contextmanager
def opened(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A text file, or one packed by gzip, open for reading; DataError where that can't be."""
    try:
        file = open_regular(path)
    except OSError as error:
        raise DataError(f"{path} can't be read: {error.strerror}") from error
    with file:
        packed = Path(path).suffix.lower() == ".gz"
        yield gzip.GzipFile(fileobj=file) if packed else file  # type: ignore[misc]  # it reads bytes


def rows_of(stream: BinaryIO, name: str, most: float = math.inf, wanted: Collection[str] = ()) -> Rows:
    """The rows of a stream of bytes, of UTF-8 text, or UTF-16 with its mark, and at most so many characters.

    The first row names the columns where it has all that are ``wanted``, or looks like that.
    """
    lines = _explained(_lines(stream, name, most), name)
    sample = list(_first(lines))
    dialect = next(_explained((dialect_of(sample, wanted) for _ in range(1)), name))
    reader = csv.reader(chain(sample, lines), delimiter=dialect.separator)
    rows = _explained(_filled(reader), name)
    line, first = next(rows, (0, []))
    if not first:
        raise DataError(f"{name} must hold rows, got none")
    names = _names(first, name) if dialect.header else tuple(str(i + 1) for i in range(len(first)))
    rest = rows if dialect.header else chain([(line, first)], rows)
    return Rows(name, names, dialect, _parts(rest, len(names), name))


def _lines(stream: Any, name: str, most: float) -> Iterator[str]:
    utf16 = stream.peek(2)[:2] in (b"\xff\xfe", b"\xfe\xff")
    text, size = io.TextIOWrapper(stream, "utf-16" if utf16 else "utf-8-sig", newline=""), 0
    try:
        while line := text.readline(LONGEST):
            size += len(line)
            if len(line) == LONGEST or size > most:
                raise DataError(f"{name} can't be read as a table: {'a line' if size <= most else 'it'} is too long")
            yield line
    finally:
        if not text.closed:
            text.detach()  # the stream is not ours to close


def _first(lines: Iterator[str]) -> Iterator[str]:
    size = 0
    for line in lines:
        yield line
        size += len(line)
        if size >= SAMPLE:
            return


def _explained(items: Iterator[T], name: str) -> Iterator[T]:
    """The same items; what goes wrong on the way is a DataError."""
    try:
        yield from items
    except UnicodeError as error:
        raise DataError(f"{name} can't be read: it is not UTF-8 text; save it as such") from error
    except (OSError, EOFError, csv.Error) as error:
        raise DataError(f"{name} can't be read: {getattr(error, 'strerror', None) or error}") from error


def _filled(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, each with the line in which it ends."""
    for row in reader:
        if len(row) > 1 or (row and row[0].strip()):
            yield reader.line_num, row


def _names(cells: list[str], name: str) -> tuple[str, ...]:
    names = tuple(cell.strip() or f"{UNNAMED}{i}" for i, cell in enumerate(cells, 1))
    if twice := [one for one in names if names.count(one) > 1]:
        raise DataError(f"{name} has two columns {twice[0]}; rename one")
    return names


def _parts(rows: Iterator[tuple[int, list[str]]], width: int, name: str) -> Iterator[tuple[list[int], list[list[str]]]]:
    while part := list(islice(rows, PART)):
        for line, row in part:
            if len(row) != width:
                raise DataError(f"{name} must have {width} columns in every row, got {len(row)} in line {line}")
        yield [line for line, _ in part], [row for _, row in part]
