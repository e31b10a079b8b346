"""What every way to write a worked example has: its sections, each with a heading and the general formulas."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from fnnet.teaching.functions import FUNCTIONS
from fnnet.teaching.rows import Row
from fnnet.teaching.writing import equation


def sections(rows: Iterable[Row]) -> Iterator[tuple[str, list[Row]]]:
    """Rows of one kind that follow each other, under their heading."""
    rows = list(rows)
    several = any((row.example or 0) > 1 for row in rows)
    for (example, kind), section in groupby(rows, lambda row: (row.example if several else None, row.kind)):
        whose = "all examples, " if several and example is None else f"example {example}, " if several else ""
        yield f"{whose}{kind}", list(section)


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
