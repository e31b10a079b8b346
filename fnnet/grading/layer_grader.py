"""What the graders of layers share: their cases are judged quantity by quantity, then large inputs, laws and arrays."""

from collections.abc import Mapping, Sequence
from typing import final

import numpy as np

from fnnet.grading import calls
from fnnet.grading.catalog.mistake import Quantity
from fnnet.grading.child.records import Failure, Value
from fnnet.grading.inputs import Inputs
from fnnet.grading.judge import Complaint, Seen, judge, not_an_array
from fnnet.grading.own_laws import Subject, check
from fnnet.grading.parts import Part
from fnnet.grading.report import Mark, marks
from fnnet.grading.session import Session
from fnnet.values.record import frozen

Said = dict[str, Sequence[Complaint]]


@final
@frozen
class Observed:
    """One case: each quantity by its slot, the readings of what it was computed from, and who wrote on the way."""

    values: dict[str, Value]
    readings: tuple[Inputs, ...]
    wrote: tuple[Complaint, ...] = ()

    def seen(self, slot: str) -> Seen:
        """A quantity, and what it may have been computed from."""
        return Seen(self.values[slot], self.readings)


def judged(observed: Sequence[Observed], quantities: Mapping[str, Quantity]) -> Said:
    """What is wrong with each quantity, which is seen in the slot of its letter."""
    return {name: judge(q, [o.seen(q.letter) for o in observed]) for name, q in quantities.items()}


def large_inputs(session: Session, part: Part, case: Inputs, right: bool, page: str) -> list[Complaint]:
    """Forward of numbers whose exponential is too large: no warning, no NaN, and the right limits."""
    answer = session.watch([*calls.make_plain(part, part.kind), *calls.forward(part, part.kind, case.x, "y")])
    y, where = answer.get("y"), f"see {page}"
    heard = [w for w in answer.warnings("y", calls.all_of("y")) if w.category == "RuntimeWarning"]
    overflow = "the exponential grows too large for large inputs"
    signs = [f"{w.message}, line {w.line} of {w.file}" for w in heard]
    if isinstance(y, Failure) and y.what in ("FloatingPointError", "OverflowError"):
        signs.append(y.sentence)
    if signs:
        return [Complaint(f"{overflow} ({signs[0]}): {where}", "overflow")]
    if not isinstance(y, np.ndarray):
        return [Complaint(not_an_array("y", y))]
    if not np.all(np.isfinite(y)):
        return [Complaint(f"the output is not finite for large inputs: {where}", "overflow")]
    if right and not (y.shape == case.y.shape and np.allclose(y, case.y, atol=1e-6)):
        return [Complaint(f"the output is wrong for large inputs, and right for small ones: {where}", "large inputs")]
    return []


def graded(session: Session, kind: str, said: Said, observed: Sequence[Observed], subject: Subject) -> list[Mark]:
    """The marks of a layer: what is said of its quantities, then of its laws, and of who wrote on arrays.

    Arrays are only handled rightly by code that ran.
    """
    wrong = {"y" if name == "forward" else name for name, complaints in said.items() if complaints}
    laws, wrote = check(session, subject, wrong)
    ran = any(isinstance(o.values[slot], np.ndarray) for o in observed for slot in ("y", "dx"))
    arrays = [*written(observed), *wrote] or ([] if ran else [Complaint("nothing ran that could show it")])
    return marks(kind, {**said, "laws": laws, "arrays": arrays})


def written(observed: Sequence[Observed]) -> list[Complaint]:
    """Who wrote on arrays of his caller."""
    return [complaint for o in observed for complaint in o.wrote]
