"""How a text file writes a table, found from how it begins: what parts the cells, and whether there is a header."""

import csv
from collections.abc import Collection, Sequence
from typing import final

from fnnet.tables.cells import is_decimal, is_gap, number
from fnnet.values.record import frozen

#: What may part the cells: the first of them that does so in most lines. Decimal commas would part them too.
SEPARATORS = ("\t", ";", "|", ",")


@final
@frozen
class Dialect:
    """What parts the cells, whether the first row names the columns, and whether the decimal point is a comma."""

    separator: str
    header: bool
    comma: bool


def dialect_of(lines: Sequence[str], names: Collection[str] = (), header: bool | None = None) -> Dialect:
    r"""The dialect of a file that begins with these lines; a first row that has all these names is a header.

    >>> dialect_of(["a;b\n", "1,5;2\n"])
    Dialect(separator=';', header=True, comma=True)
    """
    separator = next((s for s in SEPARATORS if _parts(lines, s)), ",")
    rows = [row for row in csv.reader(lines, delimiter=separator) if any(cell.strip() for cell in row)]
    comma = has_commas([cell for row in rows for cell in row], separator == ";")
    if header is None:
        named = bool(names) and bool(rows) and set(names) <= {cell.strip() for cell in rows[0]}
        header = named or is_header(rows, comma)
    return Dialect(separator, header, comma)


def has_commas(cells: Sequence[str], usual: bool) -> bool:
    """Whether the decimal point of these cells is a comma: where they don't say, what is usual.

    >>> has_commas(["1,5", "1.234,5"], False), has_commas(["1.5", "2"], True), has_commas(["1", "red"], True)
    (True, False, True)
    """
    commas, points = (any(is_decimal(cell, comma) for cell in cells) for comma in (True, False))
    return usual if commas == points else commas


def _parts(lines: Sequence[str], separator: str) -> bool:
    """Whether most rows have as many cells as the first, and more than one, when they are parted so."""
    widths = [len(row) for row in csv.reader(lines, delimiter=separator) if row]
    return bool(widths) and widths[0] > 1 and widths.count(widths[0]) > len(widths) / 2


def is_header(rows: Sequence[Sequence[str]], comma: bool = False) -> bool:
    """Whether the first of some rows names the columns.

    It does not where it has a number or a gap with a name, nor, in a table of texts alone, where a cell of it occurs
    again below. 0,1,2 and so on, over three columns or more, are what pandas calls columns without names; one of them
    may have been given a name.

    >>> is_header([["a", "b"], ["1", "x"]]), is_header([["red", "yes"], ["red", "no"]]), is_header([["1", "x"]])
    (True, False, False)
    """
    first, rest = [cell.strip() for cell in rows[0]] if rows else [], rows[1:]
    counted = [cell == str(i) for i, cell in enumerate(first)]
    if len(first) > 2 and (all(counted) or (counted.count(False) == 1 and number(first[counted.index(False)]) is None)):
        return True
    if any(number(cell, comma) is not None or (cell and is_gap(cell)) for cell in first):
        return False
    below = [{row[i].strip() for row in rest if i < len(row)} for i in range(len(first))]
    if any(number(cell, comma) is not None for cells in below for cell in cells):
        return True
    return not any(cell in cells for cell, cells in zip(first, below, strict=True) if cell)
