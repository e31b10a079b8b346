"""The cells of a table: a number, a gap, or a text."""

import math
import re
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from fnnet.values.array import Array

#: What stands for a gap, in any case of letters.
MISSING = frozenset({"", "?", "na", "n/a", "nan", "null", "none", "<na>", "nat", "#na", "#n/a"})

#: A column: numbers (N,) of float64, with NaN for gaps; or texts, with None for gaps.
Cells: TypeAlias = Array | Sequence[str | None]

_NUMBER = re.compile(r"[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf|infinity)", re.ASCII | re.IGNORECASE)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII)
_SWAPPED = str.maketrans(",.", ".,")
_TRUTHS = {"true": "True", "false": "False"}
_DATE = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}([ T]\d{1,2}:\d{2}.*)?|\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?", re.ASCII)


def is_gap(cell: str) -> bool:
    """Whether a cell says that nothing is known.

    >>> is_gap(" NA "), is_gap("?"), is_gap("0")
    (True, True, False)
    """
    return cell.strip().lower() in MISSING


def number(cell: str, comma: bool = False) -> float | None:
    """The number in a cell, whose decimal point may be a comma; None for anything else.

    The other of the two may part thousands.

    >>> number(" -1.5e3 "), number("-inf"), number("1,234.5"), number("1_000"), number("red")
    (-1500.0, -inf, 1234.5, None, None)
    >>> number("1,5", comma=True), number("1.234,5", comma=True), number("1.5", comma=True)
    (1.5, 1234.5, None)
    """
    text = cell.strip().translate(_SWAPPED) if comma else cell.strip()
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    return float(text) if _NUMBER.fullmatch(text) else None


def is_decimal(cell: str, comma: bool) -> bool:
    """Whether a cell is a number whose decimal point is certainly this one.

    >>> is_decimal("1.5", comma=False), is_decimal("1.234", comma=False), is_decimal("1,5", comma=True)
    (True, False, True)
    """
    text = cell.strip().translate(_SWAPPED) if comma else cell.strip()
    thousands = _THOUSANDS.fullmatch(text.translate(_SWAPPED))
    return "." in text and number(text) is not None and not thousands


def is_date(cell: str) -> bool:
    """Whether a cell looks like a date or a time of day.

    >>> is_date("2024-02-29"), is_date("29.2.2024 12:30"), is_date("12:30"), is_date("1.5")
    (True, True, True, False)
    """
    return _DATE.fullmatch(cell) is not None


def column(cells: Sequence[str], comma: bool = False) -> Cells:
    """A column of cells as numbers; as texts where one is neither a number nor a gap.

    >>> column(["1", "?", "2"]), column(["1", "", "3+"])
    (array([ 1., nan,  2.]), ['1', None, '3+'])
    """
    quick = None if comma else _numbers(cells)
    if quick is not None:
        return quick
    values = [math.nan if is_gap(cell) else number(cell, comma) for cell in cells]
    return texts(cells) if None in values else np.array(values, float)


def texts(cells: Sequence[str]) -> list[str | None]:
    """A column of cells as texts; the truth values as Python writes them.

    >>> texts([" red", "NA", "true"])
    ['red', None, 'True']
    """
    return [None if is_gap(cell) else _TRUTHS.get(cell.strip().lower(), cell.strip()) for cell in cells]


def _numbers(cells: Sequence[str]) -> Array | None:
    """What Python reads at once, where it all means what it means here."""
    try:
        values = np.array(list(map(float, cells)))
    except ValueError:
        return None
    joined = "".join(cells)  # Python takes underscores, and the digits of all scripts
    return values if joined.isascii() and "_" not in joined and np.isfinite(values).all() else None
