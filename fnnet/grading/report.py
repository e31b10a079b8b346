"""What a grading says: points for each quantity, and why one is not full."""

from collections.abc import Mapping, Sequence
from typing import final

from fnnet.grading.judge import Complaint
from fnnet.notebook import records_table
from fnnet.telling.markup import table
from fnnet.values.record import as_dict, frozen


@final
@frozen
class Mark:
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

    def shown(self) -> dict[str, str]:
        """For a notebook: points of most, and all that is wrong."""
        why = " ".join(complaint.sentence for complaint in self.complaints) or "ok"
        return {"part": self.part, "quantity": self.quantity, "points": f"{self.points:g}/{self.most:g}", "": why}


@final
@frozen
class Report:
    """A graded file: its marks, and remarks that cost no points."""

    name: str
    form: str
    marks: tuple[Mark, ...]
    remarks: tuple[str, ...] = ()

    @property
    def points(self) -> float:
        """The points that were reached."""
        return sum(m.points for m in self.marks)

    @property
    def most(self) -> float:
        """The points that could be reached."""
        return sum(m.most for m in self.marks)

    @property
    def mistakes(self) -> tuple[str, ...]:
        """The names of the mistakes of the catalog that fit, each with its part and quantity."""
        return tuple(f"{m.part}.{m.quantity}: {c.mistake}" for m in self.marks for c in m.complaints if c.mistake)

    def mark(self, part: str, quantity: str) -> Mark:
        """The mark of a quantity. Raises ValueError where there is none."""
        for mark in self.marks:
            if (mark.part, mark.quantity) == (part, quantity):
                return mark
        raise ValueError(f"{self.name} has no mark {part} {quantity}")

    def _repr_html_(self) -> str:
        marks = records_table(f"{self.name}: {self.points:g} of {self.most:g} points", self.marks)
        return marks + (table("remarks", [[remark] for remark in self.remarks]) if self.remarks else "")

    def as_json(self) -> dict[str, object]:
        """All of it in JSON's types."""
        rows = [{**as_dict(m), "complaints": [as_dict(c) for c in m.complaints]} for m in self.marks]
        head = {"name": self.name, "form": self.form, "points": self.points, "most": self.most}
        return {**head, "rows": rows, "remarks": list(self.remarks)}


#: The points of each quantity of each part, in the order of a report.
POINTS: dict[str, dict[str, float]] = {
    "Affine": {"forward": 6, "dx": 6, "dW": 6, "db": 6, "update": 4, "laws": 4, "arrays": 2},
    "Sigmoid": {"forward": 5, "large inputs": 3, "dx": 6, "laws": 3, "arrays": 1},
    "Softmax": {"forward": 5, "large inputs": 3, "loss": 6, "dx": 6, "laws": 3, "arrays": 1},
    "Loss": {"loss": 6, "large inputs": 3, "gradient": 6, "arrays": 1},
    "Model": {"forward": 5, "backward": 6, "learning rate": 3},
    "training": {"XOR": 5, "MNIST": 5},
}


def marks(part: str, complaints: Mapping[str, Sequence[Complaint]]) -> list[Mark]:
    """The marks of a part: all points of a quantity, or none where there is a complaint."""
    asked = [(name, float(most), complaints[name]) for name, most in POINTS[part].items() if name in complaints]
    return [Mark(part, name, 0.0 if why else most, most, tuple(dict.fromkeys(why))) for name, most, why in asked]


def markdown(report: Report) -> str:
    """The report as Markdown, to paste into a submission.

    >>> print(markdown(Report("a.py", "course", (Mark("Affine", "dx", 5.0, 5.0),))))
    ## a.py: 5 of 5 points
    <BLANKLINE>
    | part | quantity | points | |
    |---|---|---|---|
    | Affine | dx | 5/5 | ok |
    """
    lines = [f"## {_cell(report.name)}: {report.points:g} of {report.most:g} points", ""]
    lines += ["| part | quantity | points | |", "|---|---|---|---|"]
    for m in report.marks:
        text = "<br>".join(_cell(c.sentence) for c in m.complaints) or "ok"
        lines.append(f"| {m.part} | {m.quantity} | {m.points:g}/{m.most:g} | {text} |")
    return "\n".join(lines + [""] * bool(report.remarks) + [f"* {_cell(remark)}" for remark in report.remarks])


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
