"""A whole class in rows: on the screen, each as soon as its student is graded, and as CSV."""

import csv
import io
from collections.abc import Iterable, Sequence

from rich.cells import cell_len

from fnnet.cli.output import out, room, say, visible
from fnnet.grading import Report

PARTS = ("Affine", "Sigmoid", "Softmax", "Loss", "Model", "training")
COLUMNS = ("points", *PARTS)


def print_class(names: Sequence[str], reports: Iterable[Report]) -> None:
    """A row for each student, and after the last what is wrong with each."""
    width = max(cell_len(visible(name)) for name in ("student", *names))
    say(_line("student", width, COLUMNS), style="bold")
    sentences = []
    for report in reports:
        row = _row(report)
        say(_line(visible(report.name), width, [row[name] for name in COLUMNS]))
        sentences.append(f"{visible(report.name)}: {visible(row['mistakes']) or 'no mistake of the catalog'}")
    say("\n".join(["", *sentences]))


def _line(name: str, width: int, cells: Sequence[str]) -> str:
    """A name and its figures: beside it, or below where the line has no room for both."""
    figures = " ".join(f"{cell:>{len(column)}}" for column, cell in zip(COLUMNS, cells, strict=True))
    most = room(out)
    if most is None or width + 1 + len(figures) <= most:
        return name + " " * (width - cell_len(name)) + f" {figures}"
    return f"{name}\n{figures:>{most}}"


def as_csv(reports: Sequence[Report]) -> bytes:
    """The table as a spreadsheet reads it."""
    text = io.StringIO()
    writer = csv.DictWriter(text, ["student", "points", "of", *PARTS, "mistakes"], lineterminator="\n")
    writer.writeheader()
    for report in reports:
        writer.writerow({name: _safe(value) for name, value in _row(report).items()})
    return text.getvalue().encode(errors="backslashreplace")


def _row(report: Report) -> dict[str, str]:
    shares = {part: [m for m in report.marks if m.part == part] for part in PARTS}
    by_part = {part: f"{sum(m.points for m in marks):g}" if marks else "-" for part, marks in shares.items()}
    said = "; ".join((*report.mistakes, *report.remarks))
    head = {"student": report.name, "points": f"{report.points:g}", "of": f"{report.most:g}"}
    return {**head, **by_part, "mistakes": said}


def _safe(value: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if value[:1] in tuple("=+-@\t\r") and value != "-" else value
