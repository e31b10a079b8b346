"""Grade a loss that knows its targets: softmax and cross entropy in one. And judge any loss by its convention."""

from collections.abc import Sequence

import numpy as np

from fnnet.grading import calls, pages
from fnnet.grading.calls import Steps
from fnnet.grading.cases import LARGE_LOGITS, Case, softmax_cases
from fnnet.grading.catalog import softmax_mistakes
from fnnet.grading.catalog.loss_mistakes import LOSS
from fnnet.grading.child.records import Value
from fnnet.grading.complaint import Complaint, said
from fnnet.grading.judge import Seen, judge
from fnnet.grading.layer_grader import judged
from fnnet.grading.observing import Observed, untouched, watched
from fnnet.grading.parts import Part
from fnnet.grading.report import Mark, marks
from fnnet.grading.session import Session
from fnnet.values.record import evolve

LARGE = Case(x=LARGE_LOGITS, t=np.eye(3)[[0, 1, 0]])


def grade_loss(session: Session, part: Part, convention: str) -> list[Mark]:
    """The marks of softmax and cross entropy in one, as a loss that knows its targets."""
    observed = [_observe(session, part, case) for case in softmax_cases(convention)]
    said = judged(observed, {"gradient": softmax_mistakes.INPUT})
    said["loss"] = judge_loss([o.seen("loss") for o in observed], convention)
    said["large inputs"] = _large(session, part, not said["gradient"])
    said["arrays"] = untouched(observed, ())
    return marks("Loss", said)


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


def _round(part: Part, case: Case) -> Steps:
    return [
        *calls.make_plain(part, "loss layer", case.t),
        *calls.forward(part, "loss layer", case.x, "loss"),
        *calls.backward(part, "loss layer", 1.0, "dx", 0.5, "loss"),
    ]


def _observe(session: Session, part: Part, case: Case) -> Observed:
    seen = watched(session, _round(part, case))
    values = {"loss": number(seen.answer.get("loss")), "dx": seen.answer.get("dx")}
    return Observed(values, (evolve(case, y=softmax_mistakes.y(case)),), seen.wrote)


def _large(session: Session, part: Part, right: bool) -> list[Complaint]:
    """No overflow on the way to the gradient; a logarithm of 0 in the value itself is not looked at."""
    answer = watched(session, _round(part, LARGE)).answer
    dx = answer.get("dx")
    heard = any(w.category == "RuntimeWarning" and "overflow" in w.message for w in calls.heard(answer, "loss"))
    if heard or (right and isinstance(dx, np.ndarray) and not np.all(np.isfinite(dx))):
        text = f"the exponential grows too large for large inputs: see {pages.SOFTMAX_LARGE}"
        return [Complaint(text, "overflow")]
    return [] if isinstance(dx, np.ndarray) else [Complaint(said("dx", dx))]
