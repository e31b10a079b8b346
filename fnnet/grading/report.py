"""What a grading says: points for each quantity, and why one is not full."""

from typing import Any, final

from fnnet.grading.judge import Complaint
from fnnet.values.record import as_dict, frozen


@final
@frozen
class Row:
    """One quantity of one part. ``points`` of ``most``; without complaints they are all given."""

    part: str
    quantity: str
    points: float
    most: float
    complaints: tuple[Complaint, ...] = ()

    @property
    def full(self) -> bool:
        """Whether nothing is wrong."""
        return self.points == self.most


@final
@frozen
class Report:
    """A graded file: its rows, and remarks that cost no points."""

    name: str
    form: str
    rows: tuple[Row, ...]
    remarks: tuple[str, ...] = ()

    @property
    def points(self) -> float:
        """The points that were reached."""
        return sum(row.points for row in self.rows)

    @property
    def most(self) -> float:
        """The points that could be reached."""
        return sum(row.most for row in self.rows)

    @property
    def mistakes(self) -> tuple[str, ...]:
        """The names of the mistakes of the catalog that fit, each with its part and quantity."""
        return tuple(f"{r.part}.{r.quantity}: {c.mistake}" for r in self.rows for c in r.complaints if c.mistake)

    def row(self, part: str, quantity: str) -> Row:
        """The row of a quantity. Raises ValueError where there is none."""
        for row in self.rows:
            if (row.part, row.quantity) == (part, quantity):
                return row
        raise ValueError(f"{self.name} has no row {part} {quantity}")

    def as_json(self) -> dict[str, Any]:
        """All of it in JSON's types."""
        rows = [{**as_dict(row), "complaints": [as_dict(c) for c in row.complaints]} for row in self.rows]
        head = {"name": self.name, "form": self.form, "points": self.points, "most": self.most}
        return {**head, "rows": rows, "remarks": list(self.remarks)}


def row(part: str, quantity: str, most: float, complaints: list[Complaint]) -> Row:
    """A row with all of its points, or with none where there is a complaint."""
    unique = [c for i, c in enumerate(complaints) if c not in complaints[:i]]
    return Row(part, quantity, 0.0 if complaints else most, most, tuple(unique))


def missing(part: str, rows: list[tuple[str, float]], why: str) -> list[Row]:
    """The rows of a part that is not there."""
    return [row(part, quantity, most, [Complaint(why)]) for quantity, most in rows]


def markdown(report: Report) -> str:
    """The report as Markdown, to paste into a submission.

    >>> print(markdown(Report("a.py", "course", (Row("Affine", "dx", 5.0, 5.0),))))
    ## a.py: 5 of 5 points
    <BLANKLINE>
    | part | quantity | points | |
    |---|---|---|---|
    | Affine | dx | 5/5 | ok |
    """
    lines = [f"## {_cell(report.name)}: {report.points:g} of {report.most:g} points", ""]
    lines += ["| part | quantity | points | |", "|---|---|---|---|"]
    for r in report.rows:
        text = "<br>".join(_cell(c.sentence) for c in r.complaints) or "ok"
        lines.append(f"| {r.part} | {r.quantity} | {r.points:g}/{r.most:g} | {text} |")
    return "\n".join(lines + [""] * bool(report.remarks) + [f"* {_cell(remark)}" for remark in report.remarks])


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
