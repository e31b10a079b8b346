"""What the graders of layers share: their cases are judged quantity by quantity, then large inputs, laws and arrays."""

from collections.abc import Mapping, Sequence
from typing import final

import numpy as np

from fnnet.grading import calls
from fnnet.grading.calls import Steps
from fnnet.grading.catalog.mistake import Quantity, Right
from fnnet.grading.child.records import Failure, Value
from fnnet.grading.inputs import Inputs
from fnnet.grading.judge import Complaint, Seen, judge, not_an_array, same
from fnnet.grading.own_laws import Subject, check
from fnnet.grading.parts import Part
from fnnet.grading.report import Mark, marks
from fnnet.grading.session import Session
from fnnet.values.array import Array
from fnnet.values.record import evolve, frozen

#: The slots in which the quantities of a report are seen.
SLOTS = {"forward": "y", "gradient": "dx"}

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


def readings(case: Inputs, y: Array, own: Value) -> tuple[Inputs, ...]:
    """What a backward may go by: the right y, or the student's own, so that no mistake counts twice."""
    right = evolve(case, y=y)
    if not isinstance(own, np.ndarray) or own.shape != y.shape or own.dtype.kind not in "fiu" or same(own, y):
        return (right,)
    return right, evolve(case, y=own.astype(float))


def slot_of(quantity: str) -> str:
    """The slot in which a quantity is seen."""
    return SLOTS.get(quantity, quantity)


def judged(observed: Sequence[Observed], quantities: Mapping[str, Quantity]) -> Said:
    """What is wrong with each quantity."""
    return {name: judge(q, [o.seen(slot_of(name)) for o in observed]) for name, q in quantities.items()}


def observe(session: Session, part: Part, case: Inputs, right: Right) -> Observed:
    """Forward and backward of a layer without parameters; where forward gives nothing, backward gets the right y."""
    answer = session.watch(round_of(part, case))
    wrote = answer.wrote
    if not part.pure and not isinstance(answer.get("y"), np.ndarray):
        answer = session.watch(round_of(part, case, right(case)))
        wrote += answer.wrote
    y, dx = answer.get("y"), answer.get("dx")
    return Observed({"y": y, "dx": dx}, readings(case, right(case), y), wrote)


def round_of(part: Part, case: Inputs, y: Array | None = None) -> Steps:
    """Make a layer without parameters and run it forward and backward; ``y`` is put where its forward left none."""
    helped = [] if y is None else calls.put(part.kind, {("x",): case.x, ("y",): y})
    return [
        *calls.make_plain(part, part.kind),
        *calls.forward(part, part.kind, case.x, "y"),
        *helped,
        *calls.backward(part, part.kind, case.dout, "dx", 0.5, "y"),
    ]


def large_inputs(session: Session, part: Part, x: Array, expected: Array, right: bool, page: str) -> list[Complaint]:
    """Forward of numbers whose exponential is too large: no warning, no NaN, and the right limits."""
    steps = [*calls.make_plain(part, part.kind), *calls.forward(part, part.kind, x, "y")]
    answer = session.watch(steps)
    y, where = answer.get("y"), f"see {page}"
    heard = [w for w in answer.warnings("y", calls.all_of("y")) if w.category == "RuntimeWarning"]
    overflow = "the exponential grows too large for large inputs"
    if heard:
        place = f"{heard[0].message}, line {heard[0].line} of {heard[0].file}"
        return [Complaint(f"{overflow} ({place}): {where}", "overflow")]
    if isinstance(y, Failure) and y.what in ("FloatingPointError", "OverflowError"):
        return [Complaint(f"{overflow} ({y.sentence}): {where}", "overflow")]
    if not isinstance(y, np.ndarray):
        return [Complaint(not_an_array("y", y))]
    if not np.all(np.isfinite(y)):
        return [Complaint(f"the output is not finite for large inputs: {where}", "overflow")]
    if right and not (y.shape == expected.shape and np.allclose(y, expected, atol=1e-6)):
        return [Complaint(f"the output is wrong for large inputs, and right for small ones: {where}", "large inputs")]
    return []


def graded(session: Session, kind: str, said: Said, observed: Sequence[Observed], subject: Subject) -> list[Mark]:
    """The marks of a layer: what is said of its quantities, then of its laws, and of who wrote on arrays.

    Arrays are only handled rightly by code that ran.
    """
    laws, wrote = check(session, subject, {slot_of(name) for name, complaints in said.items() if complaints})
    ran = any(isinstance(o.values[slot], np.ndarray) for o in observed for slot in ("y", "dx"))
    arrays = [*written(observed), *wrote] or ([] if ran else [Complaint("nothing ran that could show it")])
    return marks(kind, {**said, "laws": laws, "arrays": arrays})


def written(observed: Sequence[Observed]) -> list[Complaint]:
    """Who wrote on arrays of his caller."""
    return [complaint for o in observed for complaint in o.wrote]
