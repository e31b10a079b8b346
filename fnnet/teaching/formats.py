"""Worked examples as text, Markdown, CSV and LaTeX."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from fnnet.teaching.expression import slopes
from fnnet.teaching.row import Row
from fnnet.teaching.writing import equation

#: What the slope of an output means, said once in every table.
NOTES = {
    "s": "s'(g_j) of an output g_j means g_j (1 - g_j).",
    "tanh": "tanh'(g_j) of an output g_j means 1 - g_j^2.",
    "relu": "relu'(g_j) of an output g_j means 1 where g_j > 0, and 0 elsewhere.",
    "leaky": "leaky(z) means z where z > 0, and slope z elsewhere; leaky'(g_j) of an output g_j means 1 or slope.",
}
IN_LATEX = {
    "s": r"$\sigma'(g_j)$ of an output $g_j$ means $g_j (1 - g_j)$.",
    "tanh": r"$\tanh'(g_j)$ of an output $g_j$ means $1 - g_j^2$.",
    "relu": r"$\mathrm{relu}'(g_j)$ of an output $g_j$ means 1 where $g_j > 0$, and 0 elsewhere.",
    "leaky": r"$\mathrm{leaky}(z)$ means $z$ where $z > 0$, and slope $z$ elsewhere; "
    r"$\mathrm{leaky}'(g_j)$ of an output $g_j$ means 1 or slope.",
}
COLUMNS = ("example", "kind", "layer", "unit", "name", "rule", "formula", "numbers", "result")

Section = tuple[str, list[Row]]


def _sections(rows: Iterable[Row]) -> Iterator[Section]:
    """Rows of one kind that follow each other, under their heading."""
    rows = list(rows)
    several = any((row.example or 0) > 1 for row in rows)
    for (example, kind), found in groupby(rows, lambda row: (row.example if several else None, row.kind)):
        whose = "all examples, " if several and example is None else f"example {example}, " if several else ""
        yield f"{whose}{kind}", list(found)


def _rules(rows: list[Row], latex: bool = False) -> list[str]:
    """The general formulas of rows, each once."""
    return list(dict.fromkeys(equation(row.rule, latex) for row in rows if row.rule))


def notes(rows: Iterable[Row], latex: bool = False) -> list[str]:
    """What is to be said once: the meaning of each slope in the rows.

    >>> notes([])
    []
    """
    found = dict.fromkeys(name for row in rows if row.term is not None for name in slopes(row.term))
    return [(IN_LATEX if latex else NOTES)[name] for name in found]


def text(rows: Iterable[Row]) -> str:
    """The rows as plain text: a heading with the general formulas, and a line for each row."""
    rows = list(rows)
    lines = notes(rows)
    for heading, found in _sections(rows):
        lines += ["", heading, *(f"  {rule}" for rule in _rules(found)), *([""] if _rules(found) else [])]
        lines += _lines_of_given(found) if found[0].term is None else _aligned([row.written() for row in found])
    return "\n".join(lines).strip("\n") + "\n"


def _aligned(cells: list[tuple[str, str, str, str]]) -> Iterator[str]:
    widths = [max(len(row[i]) for row in cells) for i in range(4)]
    for name, formula, numbers, result in cells:
        padded = f"  {name:<{widths[0]}}  {formula:<{widths[1]}}  {numbers:<{widths[2]}}"
        yield f"{padded}  {result:>{widths[3]}}"


def _lines_of_given(rows: list[Row]) -> list[str]:
    """What is given, a line for the inputs, the targets, and the weights of each unit."""
    lines = groupby(rows, lambda row: (row.symbol.letter, row.layer, row.unit if len(row.symbol.indices) > 1 else 0))
    return ["  " + "   ".join(f"{row.name} = {row.result}" for row in found) for _, found in lines]


def markdown(rows: Iterable[Row]) -> str:
    """The rows as Markdown: a table for each kind, under the general formulas."""
    rows = list(rows)
    parts = notes(rows)
    for heading, found in _sections(rows):
        rules = "; ".join(f"`{rule}`" for rule in _rules(found))
        head = _columns(found, ("", "formula", "numbers put in", "value"))
        lines = [head, ["---"] * (len(head) - 1) + ["--:"]]
        lines += [[f"`{cell}`" for cell in _columns(found, row.written())] for row in found]
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
    for heading, found in _sections(rows):
        rules = ", ".join(f"${rule}$" for rule in _rules(found, latex=True))
        lines = [" & ".join(f"${cell}$" for cell in _columns(found, row.written(latex=True))) for row in found]
        columns = "lr" if found[0].term is None else "lllr"
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
