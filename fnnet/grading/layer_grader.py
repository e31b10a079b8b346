"""What the graders of layers share: their cases are judged quantity by quantity, then large inputs, laws and arrays."""

from collections.abc import Mapping, Sequence

import numpy as np

from fnnet.grading import calls
from fnnet.grading.calls import Steps
from fnnet.grading.cases import Case
from fnnet.grading.catalog.mistake import Quantity, Right
from fnnet.grading.child.records import Failure
from fnnet.grading.child.verbs import Put, Step
from fnnet.grading.judge import Complaint, judge, not_an_array
from fnnet.grading.observing import Observed, readings, watched
from fnnet.grading.own_laws import Subject, check
from fnnet.grading.parts import Part
from fnnet.grading.session import Session
from fnnet.values.array import Array

#: The slots in which the quantities of a report are seen.
SLOTS = {"forward": "y", "gradient": "dx"}

Said = dict[str, Sequence[Complaint]]


def slot_of(quantity: str) -> str:
    """The slot in which a quantity is seen."""
    return SLOTS.get(quantity, quantity)


def judged(observed: Sequence[Observed], quantities: Mapping[str, Quantity]) -> Said:
    """What is wrong with each quantity."""
    return {name: judge(q, [o.seen(slot_of(name)) for o in observed]) for name, q in quantities.items()}


def observe(session: Session, part: Part, case: Case, right: Right) -> Observed:
    """Forward and backward of a layer without parameters; where forward gives nothing, backward gets the right y."""
    seen = watched(session, round_of(part, case))
    wrote = seen.wrote
    if not part.pure and not isinstance(seen.answer.get("y"), np.ndarray):
        seen = watched(session, round_of(part, case, right(case)))
        wrote += seen.wrote
    y, dx = seen.answer.get("y"), seen.answer.get("dx")
    return Observed({"y": y, "dx": dx}, readings(case, right(case), y), wrote)


def round_of(part: Part, case: Case, y: Array | None = None) -> Steps:
    """Make a layer without parameters and run it forward and backward; ``y`` is put where its forward left none."""
    helped = [] if y is None else put_arrays(part.kind, {"x": case.x, "y": y})
    return [
        *calls.make_plain(part, part.kind),
        *calls.forward(part, part.kind, case.x, "y"),
        *helped,
        *calls.backward(part, part.kind, case.dout, "dx", 0.5, "y"),
    ]


def put_arrays(owner: str, arrays: Mapping[str, Array]) -> Steps:
    """Set attributes of a layer that has not set them."""
    return [Step(f"{name} put", Put(owner, (name,), a), sent=False) for name, a in arrays.items()]


def large_inputs(session: Session, part: Part, x: Array, expected: Array, right: bool, page: str) -> list[Complaint]:
    """Forward of numbers whose exponential is too large: no warning, no NaN, and the right limits."""
    steps = [*calls.make_plain(part, part.kind), *calls.forward(part, part.kind, x, "y")]
    answer = watched(session, steps).answer
    y, where = answer.get("y"), f"see {page}"
    heard = [w for w in calls.heard(answer, "y") if w.category == "RuntimeWarning"]
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


def lawful(session: Session, subject: Subject, said: Said) -> tuple[list[Complaint], tuple[Complaint, ...]]:
    """The complaints of the laws about quantities that are not wrong by themselves, and who wrote on arrays."""
    return check(session, subject, {slot_of(name) for name, complaints in said.items() if complaints})
