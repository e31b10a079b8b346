"""Laws that need no reference: a student's layer against itself."""

from collections.abc import Callable
from typing import Any, final

import numpy as np

from fnnet.grading import pages
from fnnet.grading.calls import Path, Program, backward, forward
from fnnet.grading.found import Part
from fnnet.grading.judge import Complaint, same
from fnnet.grading.running import run
from fnnet.grading.session import Answer, Session
from fnnet.values.array import Array
from fnnet.values.record import frozen

ACCUMULATES = "adds to what the last backward left; each backward begins anew"
STALE = "a second batch of another size is not treated as the first batch of a fresh layer: something is kept"
REPEAT = "calling it twice with the same arrays gives two answers"
LINEAR = "dx does not grow in proportion to d_out; a gradient is linear in it"
BATCH = "an example gives something else in a batch than among a part of it; examples don't know of each other"


@final
@frozen
class Subject:
    """A layer to put through the laws: how to make it and how to bring it back, and where its gradients are."""

    part: Part
    make: Callable[[Program, str], str]
    restore: Callable[[Program, str, str], None]
    gradients: dict[str, Path]


def check(session: Session, s: Subject, x: Array, dout: Array, wrong: set[str], damage: list[Complaint]) -> Any:
    """The complaints; of quantities that are wrong by themselves nothing more is said."""
    half = len(x) // 2
    runs = {
        "first": (x, dout), "again": (x, dout), "other": (x, dout[::-1] + 1), "sum": (x, 2 * dout - dout[::-1] - 1),
        "part": (x[:half], dout[:half]), "fresh part": (x[:half], dout[:half]),
    }  # fmt: skip
    p = Program()
    layer, fresh = s.make(p, f"_{s.part.kind}"), s.make(p, f"_{s.part.kind} fresh")
    for name, (rows, d) in runs.items():
        made = fresh if name == "fresh part" else layer
        s.restore(p, made, name)
        forward(p, s.part, made, p.array(rows), f"y {name}")
        backward(p, s.part, made, p.array(d), f"dx {name}", 0.5, f"y {name}")
        for quantity, path in s.gradients.items():
            p.add(f"{quantity} {name}", "get", made, path)
    return _complaints(run(session, p, damage), ["y", "dx", *s.gradients], half, wrong)


def _complaints(answer: Answer, quantities: list[str], half: int, wrong: set[str]) -> list[Complaint]:
    found: list[Complaint] = []
    seen = False
    for q in quantities:
        if ("forward" if q == "y" else q) in wrong:
            continue
        first, again, part, fresh = (answer.get(f"{q} {name}") for name in ("first", "again", "part", "fresh part"))
        if not isinstance(first, np.ndarray):
            continue
        seen = True
        if not same(again, first):
            found.append(_named(q, again, first))
        elif isinstance(fresh, np.ndarray) and not same(part, fresh):
            found.append(Complaint(f"{q}: {STALE}: see {pages.LAWS}", "kept from the last batch"))
        elif not isinstance(fresh, np.ndarray) or (q in ("y", "dx") and not same(fresh, first[:half])):
            found.append(Complaint(f"{q}: {BATCH}: see {pages.LAWS}", "batch law"))
        elif q == "dx" and not _linear(answer):
            found.append(Complaint(f"{LINEAR}: see {pages.LAWS}", "not linear"))
    return found if seen else [Complaint("the laws can't be seen before forward and backward are right")]


def _named(q: str, again: Any, first: Array) -> Complaint:
    if q.startswith("d") and same(again, 2 * first):
        return Complaint(f"{q} {ACCUMULATES}: see {pages.LAWS}", "accumulates")
    return Complaint(f"{q}: {REPEAT}: see {pages.LAWS}", "not repeatable")


def _linear(answer: Answer) -> bool:
    first, other, total = (answer.get(f"dx {name}") for name in ("first", "other", "sum"))
    known = all(isinstance(v, np.ndarray) and v.shape == first.shape for v in (other, total))
    return known and same(total, 2 * first - other, 10.0)
