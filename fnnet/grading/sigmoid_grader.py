"""Grade a Sigmoid layer."""

import numpy as np

from fnnet.grading import calls, pages
from fnnet.grading.calls import Steps
from fnnet.grading.catalog import sigmoid_mistakes as known
from fnnet.grading.inputs import Inputs, sigmoid_cases
from fnnet.grading.layer_grader import graded, judged, large_inputs, observe
from fnnet.grading.own_laws import Subject
from fnnet.grading.parts import Part
from fnnet.grading.report import Mark
from fnnet.grading.session import Session
from fnnet.values.record import evolve

LARGE = np.array([[-1000.0, -60.0, 0.0], [40.0, 750.0, 1000.0]])


def grade_sigmoid(session: Session, part: Part) -> list[Mark]:
    """The marks of the Sigmoid layer."""
    observed = [observe(session, part, case, known.y) for case in sigmoid_cases()]
    said = judged(observed, {"forward": known.FORWARD, "dx": known.INPUT})
    right = not said["forward"]
    said["large inputs"] = large_inputs(session, part, LARGE, known.y(Inputs(x=LARGE)), right, pages.SIGMOID_LARGE)
    return graded(session, "Sigmoid", said, observed, _subject(part))


def _subject(part: Part) -> Subject:
    one = next(sigmoid_cases())
    whole = Inputs(x=np.concatenate([one.x, one.x / 4]), dout=np.tile(one.dout, (2, 1)))
    half = evolve(whole, x=whole.x[: len(one.x)], dout=one.dout)

    def rounds(made: str, name: str, case: Inputs) -> Steps:
        there = calls.forward(part, made, case.x, f"y {name}")
        return [*there, *calls.backward(part, made, case.dout, f"dx {name}", 0.5, f"y {name}")]

    both = ("y", "dx")
    return Subject(both, lambda slot: calls.make_plain(part, slot), rounds, whole, half, rowwise=both, linear=True)
