"""What every way to write a worked example has: its sections, each with a heading and the general formulas."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from fnnet.teaching.functions import FUNCTIONS
from fnnet.teaching.rows import Row
from fnnet.teaching.writing import Style, equation
from fnnet.values.record import evolve


def sections(rows: Iterable[Row]) -> Iterator[tuple[str, list[Row]]]:
    """Rows of one kind that follow each other, under their heading."""
    rows = list(rows)
    several = any((row.example or 0) > 1 for row in rows)
    for (example, kind), section in groupby(rows, lambda row: (row.example if several else None, row.kind)):
        whose = "all examples, " if several and example is None else f"example {example}, " if several else ""
        yield f"{whose}{kind}", list(section)


def filled_in(rows: Iterable[Row]) -> list[Row]:
    """The rows without blanks."""
    return [evolve(row, blank=False) for row in rows]


def written(rows: Sequence[Row], latex: bool = False) -> list[tuple[str, str, str, str]]:
    """The rows of a section in their four parts; a blank is as wide as the widest that belongs into its column.

    So there is room to write, and no width tells whether a number has a sign.
    """
    *_, numbers, results = zip(*(row.written() for row in filled_in(rows)), strict=True)
    blanks = [Style(latex).blank(max(map(len, column))) for column in (numbers, results)]
    cells = [row.written(latex) for row in rows]
    return [(*cell[:2], blanks[0], blanks[1]) if row.blank else cell for row, cell in zip(rows, cells, strict=True)]


def remark(rows: Iterable[Row], section: list[Row]) -> str:
    """Below the section with the first numbers of more digits than their result, blank or not, why; else nothing."""
    longer = next((row for row in rows if row.term and row.carried > row.digits), None)
    if longer is None or not any(row is longer for row in section):
        return ""
    few = "1 digit" if longer.digits == 1 else f"{longer.digits} digits"
    return f"Where {few} would not bring the result, the numbers put in have more."


def rules(rows: Iterable[Row], latex: bool = False) -> list[str]:
    """The general formulas of rows, each once."""
    return list(dict.fromkeys(equation(row.rule, latex) for row in rows if row.rule))


def notes(rows: Iterable[Row], latex: bool = False) -> list[str]:
    """What is to be said once: the meaning of each slope in the rows.

    >>> notes([])
    []
    """
    slopes = dict.fromkeys(re.findall(r"(\w+)'\(", " ".join(rules(rows))))
    return [FUNCTIONS[letter].noted(latex) for letter in slopes]
