"""Grade Softmax: of the course, with its loss, or as a layer by itself."""

import numpy as np

from fnnet.grading import calls, pages
from fnnet.grading.calls import Steps
from fnnet.grading.cases import LARGE_LOGITS, Case, softmax_cases
from fnnet.grading.catalog import softmax_mistakes as known
from fnnet.grading.child.records import Value
from fnnet.grading.child.verbs import Call, Step
from fnnet.grading.complaint import Complaint
from fnnet.grading.layer_grader import judged, large_inputs, lawful, observe, put_arrays
from fnnet.grading.loss_grader import judge_loss, number
from fnnet.grading.observing import Observed, readings, untouched, watched
from fnnet.grading.own_laws import FRESH, Subject
from fnnet.grading.parts import Part
from fnnet.grading.report import Mark, marks
from fnnet.grading.session import Session
from fnnet.values.record import evolve


def grade_softmax(session: Session, part: Part, convention: str) -> list[Mark]:
    """The marks of a Softmax of the course: it remembers y, takes t in ``loss``, and goes back through both."""
    observed = [_observe(session, part, case) for case in softmax_cases(convention)]
    said = judged(observed, {"forward": known.FORWARD, "dx": known.INPUT})
    said["loss"] = judge_loss([o.seen("loss") for o in observed], convention)
    said["large inputs"] = _large(session, part, not said["forward"])
    laws, wrote = lawful(session, _subject(part), said)
    said["laws"] = laws[:1]  # what is kept in y is in the loss and in dx too
    said["arrays"] = untouched(observed, wrote, ("y", "dx"))
    return marks("Softmax", said)


def grade_pure_softmax(session: Session, part: Part) -> list[Mark]:
    """The marks of Softmax as a layer by itself, whose backward may be left out."""
    observed = [observe(session, part, case, known.y) for case in softmax_cases("sum")]
    back = {"dx": known.INPUT_ALONE} if "backward" in part.methods else {}
    said = judged(observed, {"forward": known.FORWARD, **back})
    said["large inputs"] = _large(session, part, not said["forward"])
    said["arrays"] = untouched(observed, ())
    return marks("Softmax", said)


def _large(session: Session, part: Part, right: bool) -> list[Complaint]:
    return large_inputs(session, part, LARGE_LOGITS, known.y(Case(x=LARGE_LOGITS)), right, pages.SOFTMAX_LARGE)


def _observe(session: Session, part: Part, case: Case) -> Observed:
    """A round; and where its forward or its loss gives nothing to go on with, another that is helped along."""
    seen = watched(session, [*calls.make_plain(part, part.kind), *_round(part, part.kind, case)])
    wrote = seen.wrote
    if not _goes_on(seen.answer.get("y"), seen.answer.get("loss")):
        seen = watched(session, [*calls.make_plain(part, part.kind), *_round(part, part.kind, case, helped=True)])
        wrote += seen.wrote
    values = {slot: seen.answer.get(slot) for slot in ("y", "loss", "dx")}
    values["loss"] = number(values["loss"])
    return Observed(values, readings(case, known.y(case), values["y"]), wrote)


def _goes_on(y: Value, loss: Value) -> bool:
    return isinstance(loss, np.ndarray) and isinstance(y, np.ndarray) and bool(np.all((y > 0) & (y < 1)))


def _round(part: Part, made: str, case: Case, name: str = "", helped: bool = False) -> Steps:
    """Forward, loss and backward, as a training step calls them."""
    return [
        *calls.forward(part, made, case.x, f"y{name}"),
        *(put_arrays(made, {"x": case.x, "y": known.y(case)}) if helped else []),
        Step(f"loss{name}", calls.call(part, made, "loss", {"t": case.t}, [case.t])),
        *(put_arrays(made, {"t": case.t}) if helped else []),
        *_back(part, made, case, f"dx{name}"),
    ]


def _wants_targets(part: Part) -> str:
    """The name of backward's parameter for the targets; empty where it has none."""
    return next((p.name for p in part.parameters("backward") if calls.is_name(p.name, calls.TARGETS)), "")


def _back(part: Part, made: str, case: Case, slot: str) -> Steps:
    if name := _wants_targets(part):
        return [Step(slot, Call(made, "backward", (), {name: case.t}))]
    return calls.backward(part, made, 1, slot, 0.5, "")


def _subject(part: Part) -> Subject:
    """Twice the same, and a second batch of another size as if it were the first; and backward twice."""
    whole = next(softmax_cases("mean"))
    few = evolve(whole, x=whole.x[:2], t=whole.t[:2])
    twice = None if _wants_targets(part) else _back(part, FRESH, few, "dx twice")

    def rounds(made: str, name: str, case: Case) -> Steps:
        return _round(part, made, case, f" {name}")

    return Subject(("y", "loss", "dx"), lambda slot: calls.make_plain(part, slot), rounds, whole, few, twice=twice)
