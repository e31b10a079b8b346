"""Worked examples as text, Markdown, CSV and LaTeX."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from fnnet.teaching.functions import FUNCTIONS
from fnnet.teaching.rows import Row
from fnnet.teaching.writing import equation

COLUMNS = ("example", "kind", "layer", "unit", "name", "rule", "formula", "numbers", "result")


def _sections(rows: Iterable[Row]) -> Iterator[tuple[str, list[Row]]]:
    """Rows of one kind that follow each other, under their heading."""
    rows = list(rows)
    several = any((row.example or 0) > 1 for row in rows)
    for (example, kind), section in groupby(rows, lambda row: (row.example if several else None, row.kind)):
        whose = "all examples, " if several and example is None else f"example {example}, " if several else ""
        yield f"{whose}{kind}", list(section)


def _rules(rows: Iterable[Row], latex: bool = False) -> list[str]:
    """The general formulas of rows, each once."""
    return list(dict.fromkeys(equation(row.rule, latex) for row in rows if row.rule))


def notes(rows: Iterable[Row], latex: bool = False) -> list[str]:
    """What is to be said once: the meaning of each slope in the rows.

    >>> notes([])
    []
    """
    slopes = dict.fromkeys(re.findall(r"(\w+)'\(", " ".join(_rules(rows))))
    return [FUNCTIONS[letter].noted(latex) for letter in slopes]


def text(rows: Iterable[Row]) -> str:
    """The rows as plain text: a heading with the general formulas, and a line for each row."""
    rows = list(rows)
    lines = notes(rows)
    for heading, section in _sections(rows):
        lines += ["", heading, *(f"  {rule}" for rule in _rules(section)), *([""] if _rules(section) else [])]
        lines += _lines_of_given(section) if section[0].term is None else _aligned([row.written() for row in section])
    return "\n".join(lines).strip("\n") + "\n"


def _aligned(cells: list[tuple[str, str, str, str]]) -> Iterator[str]:
    widths = [max(len(row[i]) for row in cells) for i in range(4)]
    for name, formula, numbers, result in cells:
        padded = f"  {name:<{widths[0]}}  {formula:<{widths[1]}}  {numbers:<{widths[2]}}"
        yield f"{padded}  {result:>{widths[3]}}"


def _lines_of_given(rows: list[Row]) -> list[str]:
    """What is given, a line for the inputs, the targets, and the weights of each unit."""
    lines = groupby(rows, lambda row: (row.symbol.letter, row.layer, row.unit if len(row.symbol.indices) > 1 else 0))
    return ["  " + "   ".join(f"{row.name} = {row.result}" for row in line) for _, line in lines]


def markdown(rows: Iterable[Row]) -> str:
    """The rows as Markdown: a table for each kind, under the general formulas."""
    rows = list(rows)
    parts = notes(rows)
    for heading, section in _sections(rows):
        rules = "; ".join(f"`{rule}`" for rule in _rules(section))
        head = _columns(section, ("", "formula", "numbers put in", "value"))
        lines = [head, ["---"] * (len(head) - 1) + ["--:"]]
        lines += [[f"`{cell}`" for cell in _columns(section, row.written())] for row in section]
        table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        parts += [f"**{heading}**" + (f": {rules}" if rules else ""), table]
    return "\n\n".join(parts) + "\n"


def _columns(rows: list[Row], cells: tuple[str, ...]) -> list[str]:
    """The cells of a line: what is given has no formula."""
    return [cells[0], cells[3]] if rows[0].term is None else list(cells)


def latex(rows: Iterable[Row]) -> str:
    """The rows as LaTeX: a tabular for each kind, to be taken in as it is. It needs no package."""
    rows = list(rows)
    parts = [r"{\renewcommand{\arraystretch}{1.6}", *(rf"\noindent {note}\par" for note in notes(rows, latex=True))]
    for heading, section in _sections(rows):
        rules = ", ".join(f"${rule}$" for rule in _rules(section, latex=True))
        lines = [" & ".join(f"${cell}$" for cell in _columns(section, row.written(latex=True))) for row in section]
        columns = "lr" if section[0].term is None else "lllr"
        parts.append(rf"\medskip\noindent\textbf{{{heading}}}" + (f": {rules}" if rules else "") + r"\par")
        parts.append(rf"\noindent\begin{{tabular}}{{@{{}}{columns}@{{}}}}")
        parts += [rf"{line} \\" for line in lines]
        parts.append(r"\end{tabular}\par")
    return "\n".join([*parts, "}"]) + "\n"


def comma_separated(rows: Iterable[Row]) -> str:
    """The rows as CSV; what is blank is empty. The meanings of the slopes come first, as rows of the kind note."""
    rows = list(rows)
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for note in notes(rows):
        writer.writerow({"kind": "note", "formula": note})
    writer.writerows(map(record, rows))
    return file.getvalue()


def record(row: Row) -> dict[str, int | str | None]:
    """A row as names and plain values, the columns of CSV."""
    name, formula, numbers, result = row.written()
    rule = equation(row.rule) if row.rule else ""
    shown = ("", "") if row.blank else (numbers, result)
    return dict(zip(COLUMNS, (row.example, row.kind, row.layer, row.unit, name, rule, formula, *shown), strict=True))


#: The ways to write a worked example, by their names.
FORMATS: dict[str, Callable[[Iterable[Row]], str]] = {
    "text": text,
    "markdown": markdown,
    "csv": comma_separated,
    "latex": latex,
}
