"""Text files of tables, read row by row: as a whole for training, and in parts of bounded memory for prediction."""

import csv
import gzip
import io
import math
import os
from codecs import getincrementaldecoder
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

#: How a text file may begin that is UTF-16, and what one is that is no UTF-8.
MARKS, FALLBACK = (b"\xff\xfe", b"\xfe\xff"), "cp1252"

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
    encoding: str
    parts: Iterator[tuple[list[int], list[list[str]]]]

    @property
    def notes(self) -> tuple[str, ...]:
        """What was decided in reading it, for people."""
        foreign = ("it is no UTF-8 text, and was read as Windows-1252",) if self.encoding == FALLBACK else ()
        if self.dialect.header:
            return foreign
        return (*foreign, f"no header: the columns are called 1 to {len(self.names)}; if there is one, --header")

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


def read_text(path: str | os.PathLike[str], header: bool | None = None) -> Frame:
    """The whole table of a text file. A column that has a text anywhere is read as texts from its first row on.

    Raises DataError, naming the line, where the file can't be read.
    """
    words: set[str] = set()
    encoding = encoding_of(path)
    while True:
        with opened(path) as stream:
            rows = rows_of(stream, os.fspath(path), encoding, LIMIT, header=header)
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


def encoding_of(path: str | os.PathLike[str]) -> str:
    """How a text file is encoded: UTF-16 with its mark, UTF-8, or what a text that is no UTF-8 mostly is.

    Raises DataError for what is no text.
    """
    with opened(path) as stream:
        return next(_explained((_encoding(stream) for _ in range(1)), os.fspath(path)))


def _encoding(stream: BinaryIO) -> str:
    decoder, part = getincrementaldecoder("utf-8-sig")(), stream.read(SAMPLE)
    if part[:2] in MARKS:
        return "utf-16"
    binary = b"\0" in part
    try:
        while part:
            decoder.decode(part)
            part = stream.read(SAMPLE)
        decoder.decode(b"", final=True)
    except UnicodeError:
        if binary:
            raise
        return FALLBACK
    return "utf-8-sig"


def rows_of(
    stream: BinaryIO, name: str, encoding: str = "utf-8-sig", most: float = math.inf, *,
    wanted: Collection[str] = (), header: bool | None = None,
) -> Rows:  # fmt: skip
    """The rows of a stream of bytes, which has at most so many characters.

    The first row names the columns where it has all that are ``wanted``, or looks like that, or is said to do so.
    """
    lines = _explained(_lines(stream, encoding, name, most), name)
    sample = list(_first(lines))
    dialect = next(_explained((dialect_of(sample, wanted, header) for _ in range(1)), name))
    reader = csv.reader(chain(sample, lines), delimiter=dialect.separator)
    rows = _explained(_filled(reader), name)
    line, first = next(rows, (0, []))
    if not first:
        raise DataError(f"{name} must hold rows, got none")
    names = _names(first, name, wanted) if dialect.header else tuple(str(i + 1) for i in range(len(first)))
    rest = rows if dialect.header else chain([(line, first)], rows)
    return Rows(name, names, dialect, encoding, _parts(rest, len(names), name))


def _lines(stream: Any, encoding: str, name: str, most: float) -> Iterator[str]:
    text, size = io.TextIOWrapper(stream, encoding, newline=""), 0
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
        raise DataError(f"{name} can't be read: it is no text, or not UTF-8; save it as such") from error
    except (OSError, EOFError, csv.Error) as error:
        raise DataError(f"{name} can't be read: {getattr(error, 'strerror', None) or error}") from error


def _filled(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, each with the line in which it ends."""
    for row in reader:
        if len(row) > 1 or (row and row[0].strip()):
            yield reader.line_num, row


def _names(cells: list[str], name: str, wanted: Collection[str]) -> tuple[str, ...]:
    """The names of the columns; where nobody asks for it, one that occurs again gets its number."""
    names = [cell.strip() or f"{UNNAMED}{i}" for i, cell in enumerate(cells, 1)]
    twice = {one for one in names if names.count(one) > 1}
    if trouble := twice & set(wanted) if wanted else twice:
        raise DataError(f"{name} has two columns {min(trouble)}; rename one")
    return tuple(f"{one} {i}" if one in twice else one for i, one in enumerate(names, 1))


def _parts(rows: Iterator[tuple[int, list[str]]], width: int, name: str) -> Iterator[tuple[list[int], list[list[str]]]]:
    while part := list(islice(rows, PART)):
        for line, row in part:
            if len(row) != width:
                raise DataError(f"{name} must have {width} columns in every row, got {len(row)} in line {line}")
        yield [line for line, _ in part], [row for _, row in part]
