"""Worked examples as Markdown, CSV and LaTeX, and the list of all ways to write them."""

import csv
import io
from collections.abc import Callable, Iterable

from fnnet.teaching.layout import text
from fnnet.teaching.rows import Row
from fnnet.teaching.sections import notes, remark, rules, sections, written
from fnnet.teaching.writing import equation

COLUMNS = ("example", "kind", "layer", "unit", "name", "rule", "formula", "numbers", "result")


def markdown(rows: Iterable[Row]) -> str:
    """The rows as Markdown: a table for each kind, under the general formulas."""
    rows = list(rows)
    parts = notes(rows)
    for heading, section in sections(rows):
        general = "; ".join(f"`{rule}`" for rule in rules(section))
        head = _columns(section, ("", "formula", "numbers put in", "value"))
        lines = [head, ["---"] * (len(head) - 1) + ["--:"]]
        lines += [[f"`{cell}`" for cell in _columns(section, cells)] for cells in written(section)]
        table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        parts += [f"**{heading}**" + (f": {general}" if general else ""), table]
        parts += [said for said in (remark(rows, section),) if said]
    return "\n\n".join(parts) + "\n"


def _columns(rows: list[Row], cells: tuple[str, ...]) -> list[str]:
    """The cells of a line: what is given has no formula."""
    return [cells[0], cells[3]] if rows[0].term is None else list(cells)


def latex(rows: Iterable[Row]) -> str:
    """The rows as LaTeX: a tabular for each kind, to be taken in as it is. It needs no package."""
    rows = list(rows)
    parts = [r"{\renewcommand{\arraystretch}{1.6}", *(rf"\noindent {note}\par" for note in notes(rows, latex=True))]
    for heading, section in sections(rows):
        general = ", ".join(f"${rule}$" for rule in rules(section, latex=True))
        lines = [" & ".join(f"${cell}$" for cell in _columns(section, cells)) for cells in written(section, latex=True)]
        columns = "lr" if section[0].term is None else "lllr"
        parts.append(rf"\medskip\noindent\textbf{{{heading}}}" + (f": {general}" if general else "") + r"\par")
        parts.append(rf"\noindent\begin{{tabular}}{{@{{}}{columns}@{{}}}}")
        parts += [rf"{line} \\" for line in lines]
        parts.append(r"\end{tabular}\par")
        parts += [rf"\noindent {said}\par" for said in (remark(rows, section),) if said]
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
