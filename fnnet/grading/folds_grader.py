"""Grade the two folds: ``forward(params, x)`` and ``backward(params, cache, dout)`` over a tuple of layers."""

from collections.abc import Sequence

import numpy as np

from fnnet.grading import calls, pages
from fnnet.grading.calls import Steps
from fnnet.grading.catalog.model_mistakes import BACK, BACKWARD, LAYERS
from fnnet.grading.child.records import Called, Odd, Value
from fnnet.grading.child.verbs import AsTuple, Look, Make, Probe, Slot, Step
from fnnet.grading.driving import RATE
from fnnet.grading.following import Way, calls_of, drawn_way, forward_complaints, in_order, ways_of
from fnnet.grading.judge import Complaint, not_an_array, same
from fnnet.grading.parts import Part
from fnnet.grading.report import Mark, marks
from fnnet.grading.session import Session
from fnnet.values.array import Array

NET = "net"
UNSEEN = Complaint("backward can't be seen before forward is right")


def grade_folds(session: Session, part: Part) -> list[Mark]:
    """The marks of ``forward(params, x)`` and ``backward(params, cache, dout)`` over a tuple of layers."""
    way = drawn_way()
    dout = np.asarray(way.x[:, :2])
    answer = session.watch(_program(part, way, dout))
    there = forward_complaints(answer.get("y"), calls_of(answer.get("calls forward"), back=False), way)
    went = calls_of(answer.get("calls back"), back=True)
    dx, grads = answer.get("back"), answer.get(calls.grads_of("back"))
    unseen = there and not _right(dx, went, dout, way)
    back = [UNSEEN] if unseen else _backward(dx, grads, went, dout, way)
    return marks("Model", {"forward": there, "backward": back})


def _program(part: Part, way: Way, dout: Array) -> Steps:
    return [
        *(Step(f"probe {i}", Probe(i, matrix)) for i, matrix in enumerate(way.matrices)),
        Step(NET, Make(AsTuple(tuple(Slot(f"probe {i}") for i in LAYERS)))),
        *calls.forward(part, NET, way.x, "y"),
        Step("calls forward", Look()),
        *calls.backward(part, NET, dout, "back", RATE, "y"),
        Step("calls back", Look()),
    ]


def _right(dx: Value, went: Sequence[Called], dout: Array, way: Way) -> bool:
    right = np.linalg.multi_dot([dout, *(matrix.T for matrix in way.matrices[::-1])])
    return in_order(went, BACK) and same(dx, right)


def _backward(dx: Value, grads: Value, went: Sequence[Called], dout: Array, way: Way) -> list[Complaint]:
    if _right(dx, went, dout, way):
        ordered = isinstance(grads, Odd) and [_number(value) for value in grads.items] == list(LAYERS)
        text = f"the gradients must stand in the order of the layers, one for each: see {pages.MODEL_BACKWARD}"
        return [] if ordered else [Complaint(text, "gradients out of order")]
    if complaints := ways_of(BACKWARD, went, dout, way.backward):
        return complaints
    if not isinstance(dx, np.ndarray):
        return [Complaint(not_an_array("backward", dx))]
    return [Complaint(f"backward does not hand dout through all layers: see {pages.MODEL_BACKWARD}")]


def _number(value: Value) -> float:
    return float(value) if isinstance(value, np.ndarray) and value.size == 1 else -1.0
