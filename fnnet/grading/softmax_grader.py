"""Grade Softmax: of the course, with its loss; as a layer by itself; and as a loss that knows its targets."""

from collections.abc import Sequence

import numpy as np

from fnnet.grading import calls, pages
from fnnet.grading.calls import Steps
from fnnet.grading.catalog import softmax_mistakes as known
from fnnet.grading.catalog.loss_mistakes import LOSS
from fnnet.grading.child.records import Value
from fnnet.grading.child.verbs import Invoke, Step
from fnnet.grading.inputs import Inputs, softmax_cases
from fnnet.grading.judge import Complaint, Seen, judge, not_an_array
from fnnet.grading.layer_grader import Observed, graded, judged, large_inputs, observe, readings, written
from fnnet.grading.own_laws import FRESH, Subject
from fnnet.grading.parts import Part
from fnnet.grading.report import Mark, marks
from fnnet.grading.session import Session
from fnnet.values.record import evolve

#: Logits whose exponentials are too large or too small for any float.
LOGITS = np.array([[1000.0, 0.0, -1000.0], [-1000.0, -999.0, -1001.0], [2.0, 1.0, 0.0]])
LARGE = Inputs(x=LOGITS, t=np.eye(3)[[0, 1, 0]])


def grade_softmax(session: Session, part: Part, convention: str) -> list[Mark]:
    """The marks of a Softmax of the course: it remembers y, takes t in ``loss``, and goes back through both."""
    observed = [_observe(session, part, case) for case in softmax_cases(convention)]
    said = judged(observed, {"forward": known.FORWARD, "dx": known.INPUT})
    said["loss"] = judge_loss([o.seen("loss") for o in observed], convention)
    said["large inputs"] = _large(session, part, not said["forward"])
    return graded(session, "Softmax", said, observed, _subject(part))


def grade_pure_softmax(session: Session, part: Part) -> list[Mark]:
    """The marks of Softmax as a layer by itself, whose backward may be left out."""
    observed = [observe(session, part, case, known.y) for case in softmax_cases("sum")]
    back = {"dx": known.INPUT_ALONE} if "backward" in part.methods else {}
    said = judged(observed, {"forward": known.FORWARD, **back})
    said["large inputs"] = _large(session, part, not said["forward"])
    return marks("Softmax", {**said, "arrays": written(observed)})


def _large(session: Session, part: Part, right: bool) -> list[Complaint]:
    return large_inputs(session, part, LARGE.x, known.y(LARGE), right, pages.SOFTMAX_LARGE)


def _observe(session: Session, part: Part, case: Inputs) -> Observed:
    """A round; and where its forward or its loss gives nothing to go on with, another that is helped along."""
    make = calls.make_plain(part, part.kind)
    answer = session.watch([*make, *_round(part, part.kind, case)])
    wrote = answer.wrote
    if not _goes_on(answer.get("y"), answer.get("loss")):
        answer = session.watch([*make, *_round(part, part.kind, case, helped=True)])
        wrote += answer.wrote
    values = {slot: answer.get(slot) for slot in ("y", "loss", "dx")}
    values["loss"] = number(values["loss"])
    return Observed(values, readings(case, known.y(case), values["y"]), wrote)


def _goes_on(y: Value, loss: Value) -> bool:
    return isinstance(loss, np.ndarray) and isinstance(y, np.ndarray) and bool(np.all((y > 0) & (y < 1)))


def _round(part: Part, made: str, case: Inputs, name: str = "", helped: bool = False) -> Steps:
    """Forward, loss and backward, as a training step calls them."""
    return [
        *calls.forward(part, made, case.x, f"y{name}"),
        *(calls.put(made, {("x",): case.x, ("y",): known.y(case)}) if helped else []),
        Step(f"loss{name}", calls.call(part, made, "loss", {"t": case.t}, [case.t])),
        *(calls.put(made, {("t",): case.t}) if helped else []),
        *_back(part, made, case, f"dx{name}"),
    ]


def _wants_targets(part: Part) -> str:
    """The name of backward's parameter for the targets; empty where it has none."""
    return next((p.name for p in part.parameters("backward") if calls.is_name(p.name, calls.TARGETS)), "")


def _back(part: Part, made: str, case: Inputs, slot: str) -> Steps:
    if name := _wants_targets(part):
        return [Step(slot, Invoke(made, "backward", (), {name: case.t}))]
    return calls.backward(part, made, 1, slot, 0.5, "")


def _subject(part: Part) -> Subject:
    """Twice the same, and a second batch of another size as if it were the first; and backward twice."""
    whole = next(softmax_cases("mean"))
    few = evolve(whole, x=whole.x[:2], t=whole.t[:2])
    twice = None if _wants_targets(part) else _back(part, FRESH, few, "dx twice")

    def rounds(made: str, name: str, case: Inputs) -> Steps:
        return _round(part, made, case, f" {name}")

    return Subject(
        ("y", "loss", "dx"), lambda slot: calls.make_plain(part, slot), rounds, whole, few, twice=twice, most=1
    )


def grade_loss(session: Session, part: Part, convention: str) -> list[Mark]:
    """The marks of softmax and cross entropy in one, as a loss that knows its targets."""
    observed = [_observe_loss(session, part, case) for case in softmax_cases(convention)]
    said = judged(observed, {"gradient": known.INPUT})
    said["loss"] = judge_loss([o.seen("loss") for o in observed], convention)
    said["large inputs"] = _large_loss(session, part, not said["gradient"])
    return marks("Loss", {**said, "arrays": written(observed)})


def judge_loss(seen: Sequence[Seen], convention: str) -> list[Complaint]:
    """The loss: where the gradient is a sum's, the loss may be shown as the mean all the same."""
    if convention == "mean":
        return judge(LOSS, seen)
    mean = [Seen(s.value, tuple(evolve(case, share=1 / len(case.t)) for case in s.readings)) for s in seen]
    summed = evolve(LOSS, mistakes=tuple(m for m in LOSS.mistakes if m.name != "loss not averaged"))
    return judge(summed, seen) if judge(LOSS, mean) else []


def number(value: Value) -> Value:
    """A loss in an array of one number is a number."""
    return value.reshape(()) if isinstance(value, np.ndarray) and value.size == 1 else value


def _loss_round(part: Part, case: Inputs) -> Steps:
    return [
        *calls.make_plain(part, "loss layer", case.t),
        *calls.forward(part, "loss layer", case.x, "loss"),
        *calls.backward(part, "loss layer", 1.0, "dx", 0.5, "loss"),
    ]


def _observe_loss(session: Session, part: Part, case: Inputs) -> Observed:
    answer = session.watch(_loss_round(part, case))
    values = {"loss": number(answer.get("loss")), "dx": answer.get("dx")}
    return Observed(values, (evolve(case, y=known.y(case)),), answer.wrote)


def _large_loss(session: Session, part: Part, right: bool) -> list[Complaint]:
    """No overflow on the way to the gradient; a logarithm of 0 in the value itself is not looked at."""
    answer = session.watch(_loss_round(part, LARGE))
    dx = answer.get("dx")
    heard = answer.warnings("loss", calls.all_of("loss"))
    loud = any(w.category == "RuntimeWarning" and "overflow" in w.message for w in heard)
    if loud or (right and isinstance(dx, np.ndarray) and not np.all(np.isfinite(dx))):
        text = f"the exponential grows too large for large inputs: see {pages.SOFTMAX_LARGE}"
        return [Complaint(text, "overflow")]
    return [] if isinstance(dx, np.ndarray) else [Complaint(not_an_array("dx", dx))]
