"""Grade the two folds: ``forward(params, x)`` and ``backward(params, cache, dout)`` over a tuple of layers."""

from typing import Any

import numpy as np

from fnnet.grading import calls, pages
from fnnet.grading.calls import Program
from fnnet.grading.catalog.model import BACKWARDS, LAYERS
from fnnet.grading.following import calls_of, chained, slips
from fnnet.grading.found import Part
from fnnet.grading.judge import Complaint, said, same
from fnnet.grading.model import RATE, ROWS, arrays, forward_complaints
from fnnet.grading.report import Row, row
from fnnet.grading.running import run
from fnnet.grading.session import Session
from fnnet.grading.wire import Odd
from fnnet.values.array import Array


def grade_folds(session: Session, part: Part) -> list[Row]:
    """The rows of ``forward(params, x)`` and ``backward(params, cache, dout)`` over a tuple of layers."""
    p = Program()
    x, matrices = arrays()
    for i, matrix in enumerate(matrices):
        p.add(f"_p{i}", "pure_probe", i, p.array(matrix))
    p.add("_net", "make", {"t": [{"s": f"_p{i}"} for i in LAYERS]})
    calls.forward(p, part, "_net", p.array(x), "y")
    p.add("forwards", "calls")
    dout = np.asarray(x[:, :2])
    calls.backward(p, part, "_net", p.array(dout), "back", RATE, "y")
    p.add("calls", "calls")
    answer = run(session, p, [])
    before = calls_of(answer.get("forwards"))
    m = dict(ROWS)
    wanted = np.linalg.multi_dot([x, *matrices])
    there = forward_complaints(answer.get("y"), [c for c in before if c[0] == 0], wanted, x, matrices)
    went = [c for c in calls_of(answer.get("calls"))[len(before) :] if c[0] == 1]
    back = _folded(answer.get("back"), answer.get("grads_back"), went, dout, matrices, not there)
    return [row("Model", "forward", m["forward"], there), row("Model", "backward", m["backward"], back)]


def _folded(
    dx: Any, grads: Any, went: list[list[Any]], dout: Array, matrices: list[Array], forward_right: bool
) -> list[Complaint]:
    right = np.linalg.multi_dot([dout, *(matrix.T for matrix in matrices[::-1])])
    in_order = [c[1] for c in went] == list(LAYERS[::-1]) and chained(went)
    if in_order and same(dx, right):
        ordered = isinstance(grads, Odd) and [_number(v) for v in grads.items] == list(LAYERS)
        text = f"the gradients must stand in the order of the layers, one for each: see {pages.MODEL_BACKWARD}"
        return [] if ordered else [Complaint(text, "gradients out of order")]
    if not forward_right:
        return [Complaint("backward can't be seen before forward is right")]
    found = slips(BACKWARDS, went, dout, lambda layer, got: np.asarray(got @ matrices[layer].T))
    if found:
        return found
    if not isinstance(dx, np.ndarray):
        return [Complaint(said("backward", dx))]
    return [Complaint(f"backward does not hand dout through all layers: see {pages.MODEL_BACKWARD}")]


def _number(value: Any) -> float:
    return float(value) if isinstance(value, np.ndarray) and value.size == 1 else -1.0
