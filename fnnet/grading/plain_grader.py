"""Grade layers without parameters: Sigmoid, Softmax with its loss or by itself, and a loss that knows its targets."""

from collections.abc import Sequence

import numpy as np

from fnnet.grading import calls, pages
from fnnet.grading.calls import Steps
from fnnet.grading.catalog import sigmoid_mistakes, softmax_mistakes
from fnnet.grading.catalog.softmax_mistakes import LOSS
from fnnet.grading.child.records import Value
from fnnet.grading.child.verbs import Invoke, Step
from fnnet.grading.inputs import Inputs, sigmoid_cases, softmax_cases
from fnnet.grading.judge import Complaint, Seen, judge, not_an_array, same
from fnnet.grading.layer_grader import FRESH, Observed, Subject, graded, judged, large_inputs
from fnnet.grading.parts import Part
from fnnet.grading.report import Mark, marks
from fnnet.grading.session import Answer, Session
from fnnet.values.numeric import sigmoid, softmax
from fnnet.values.record import evolve

NUMBERS = np.array([[-1000.0, -60.0, 0.0], [40.0, 750.0, 1000.0]])
LARGE_SIGMOID = Inputs(x=NUMBERS, y=sigmoid(NUMBERS))

#: Logits whose exponentials are too large or too small for any float.
LOGITS = np.array([[1000.0, 0.0, -1000.0], [-1000.0, -999.0, -1001.0], [2.0, 1.0, 0.0]])
LARGE_SOFTMAX = Inputs(x=LOGITS, y=softmax(LOGITS), t=np.eye(3)[[0, 1, 0]])


def grade_sigmoid(session: Session, part: Part) -> list[Mark]:
    """The marks of the Sigmoid layer."""
    observed = [_observe(session, part, case) for case in sigmoid_cases()]
    said = judged(observed, {"forward": sigmoid_mistakes.FORWARD, "dx": sigmoid_mistakes.INPUT})
    said["large inputs"] = large_inputs(session, part, LARGE_SIGMOID, not said["forward"], pages.SIGMOID_LARGE)
    return graded(session, "Sigmoid", said, observed, _subject(part, ("y", "dx"), next(sigmoid_cases())))


def grade_softmax(session: Session, part: Part, convention: str) -> list[Mark]:
    """The marks of a Softmax of the course: it remembers y, takes t in ``loss``, and goes back through both."""
    observed = [_observe(session, part, case) for case in softmax_cases(convention)]
    said = judged(observed, {"forward": softmax_mistakes.FORWARD, "dx": softmax_mistakes.INPUT})
    said["loss"] = judge_loss([o.seen("loss") for o in observed], convention)
    said["large inputs"] = large_inputs(session, part, LARGE_SOFTMAX, not said["forward"], pages.SOFTMAX)
    return graded(session, "Softmax", said, observed, _subject(part, ("y", "loss", "dx"), next(softmax_cases("mean"))))


def grade_pure_softmax(session: Session, part: Part) -> list[Mark]:
    """The marks of Softmax as a layer by itself, whose backward may be left out."""
    observed = [_observe(session, part, case) for case in softmax_cases("sum")]
    back = {"dx": softmax_mistakes.INPUT_ALONE} if "backward" in part.methods else {}
    said = judged(observed, {"forward": softmax_mistakes.FORWARD, **back})
    said["large inputs"] = large_inputs(session, part, LARGE_SOFTMAX, not said["forward"], pages.SOFTMAX)
    return marks("Softmax", {**said, "arrays": [c for o in observed for c in o.wrote]})


def grade_loss(session: Session, part: Part, convention: str) -> list[Mark]:
    """The marks of softmax and cross entropy in one, as a loss that knows its targets."""
    ran = [(_run_loss(session, part, case), case) for case in softmax_cases(convention)]
    observed = [Observed({"loss": _number(a.get("loss")), "dx": a.get("dx")}, (case,), a.wrote) for a, case in ran]
    said = judged(observed, {"gradient": softmax_mistakes.INPUT})
    said["loss"] = judge_loss([o.seen("loss") for o in observed], convention)
    said["large inputs"] = _large_loss(session, part, not said["gradient"])
    return marks("Loss", {**said, "arrays": [c for o in observed for c in o.wrote]})


def _observe(session: Session, part: Part, case: Inputs) -> Observed:
    """A round; and where its forward or its loss gives nothing to go on with, another that is helped along."""
    made = calls.make_plain(part, part.kind)
    answer = session.watch([*made, *_round(part, part.kind, case)])
    wrote = answer.wrote
    if not part.pure and not _goes_on(part, answer):
        answer = session.watch([*made, *_round(part, part.kind, case, helped=True)])
        wrote += answer.wrote
    y = answer.get("y")
    values = {"y": y, "dx": answer.get("dx"), "loss": _number(answer.get("loss"))}
    return Observed(values, (case, *_own(y, case)), wrote)


def _own(y: Value, case: Inputs) -> list[Inputs]:
    """What a backward may go by beside the right y: the student's own, so that no mistake counts twice."""
    if not isinstance(y, np.ndarray) or y.shape != case.y.shape or y.dtype.kind not in "fiu" or same(y, case.y):
        return []
    return [evolve(case, y=y.astype(float))]


def _goes_on(part: Part, answer: Answer) -> bool:
    y, loss = answer.get("y"), answer.get("loss")
    if part.kind == "Sigmoid" or not isinstance(y, np.ndarray):
        return isinstance(y, np.ndarray)
    return isinstance(loss, np.ndarray) and bool(np.all((y > 0) & (y < 1)))


def _round(part: Part, made: str, case: Inputs, name: str = "", helped: bool = False) -> Steps:
    """Forward, the loss of a Softmax of the course, and backward, as a training step calls them."""
    with_loss = part.kind == "Softmax" and not part.pure
    return [
        *calls.forward(part, made, case.x, f"y{name}"),
        *(calls.put(made, {("x",): case.x, ("y",): case.y, ("t",): case.t}) if helped else []),
        *([Step(f"loss{name}", calls.call(part, made, "loss", {"t": case.t}, [case.t]))] if with_loss else []),
        *_back(part, made, case, f"dx{name}", f"y{name}"),
    ]


def _back(part: Part, made: str, case: Inputs, slot: str, after: str) -> Steps:
    """Backward; that of a Softmax of the course begins with the number 1, or takes the targets."""
    if part.kind == "Sigmoid" or part.pure:
        return calls.backward(part, made, case.dout, slot, 0.5, after)
    if name := _wants_targets(part):
        return [Step(slot, Invoke(made, "backward", (), {name: case.t}))]
    return calls.backward(part, made, 1, slot, 0.5, after)


def _wants_targets(part: Part) -> str:
    return next((p.name for p in part.parameters("backward") if calls.is_name(p.name, calls.TARGETS)), "")


def _subject(part: Part, slots: Sequence[str], case: Inputs) -> Subject:
    """A layer whose examples are by themselves; or one with a loss, which goes back twice the same."""
    alone = "loss" not in slots
    twice = [] if alone or _wants_targets(part) else _back(part, FRESH, case, "dx twice", "")

    def rounds(made: str, name: str, case: Inputs) -> Steps:
        return _round(part, made, case, f" {name}")

    return Subject(slots, lambda slot: calls.make_plain(part, slot), rounds, case, alone, twice)


def judge_loss(seen: Sequence[Seen], convention: str) -> list[Complaint]:
    """The loss: where the gradient is a sum's, the loss may be shown as the mean all the same."""
    if convention == "mean":
        return judge(LOSS, seen)
    mean = [Seen(s.value, tuple(evolve(case, share=1 / len(case.t)) for case in s.readings)) for s in seen]
    summed = tuple(m for m in LOSS.mistakes if m.name != "loss not averaged")
    return judge(evolve(LOSS, mistakes=summed), seen) if judge(LOSS, mean) else []


def _number(value: Value) -> Value:
    """A loss in an array of one number is a number."""
    return value.reshape(()) if isinstance(value, np.ndarray) and value.size == 1 else value


def _run_loss(session: Session, part: Part, case: Inputs) -> Answer:
    steps = [*calls.make_plain(part, "loss layer", case.t), *calls.forward(part, "loss layer", case.x, "loss")]
    return session.watch([*steps, *calls.backward(part, "loss layer", 1.0, "dx", 0.5, "loss")])


def _large_loss(session: Session, part: Part, right: bool) -> list[Complaint]:
    """No overflow on the way to the gradient; a logarithm of 0 in the value itself is not looked at."""
    answer = _run_loss(session, part, LARGE_SOFTMAX)
    dx, heard = answer.get("dx"), answer.warnings("loss", calls.all_of("loss"))
    loud = any(w.category == "RuntimeWarning" and "overflow" in w.message for w in heard)
    if loud or (right and isinstance(dx, np.ndarray) and not np.all(np.isfinite(dx))):
        return [Complaint(f"the exponential grows too large for large inputs: see {pages.SOFTMAX}", "overflow")]
    return [] if isinstance(dx, np.ndarray) else [Complaint(not_an_array("dx", dx))]
