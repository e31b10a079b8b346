"""Grade a Model of the course, or two folds, by layers that write down how they are called: order, chaining, rate."""

from collections.abc import Mapping, Sequence

import numpy as np

from fnnet.grading import calls, driving, pages
from fnnet.grading.calls import Rates, Steps
from fnnet.grading.catalog.model_mistakes import BACK, BACKWARD, LAYERS
from fnnet.grading.child.probe import is_rate
from fnnet.grading.child.records import Called, Failure, Odd, Value
from fnnet.grading.child.verbs import AsTuple, Invoke, Look, Make, Plain, Probe, Slot, Step
from fnnet.grading.driving import RATE
from fnnet.grading.following import MATRICES, START, back_through, calls_of, forward_complaints, in_order, ways_of
from fnnet.grading.judge import Complaint, not_an_array, same
from fnnet.grading.layer_grader import Said
from fnnet.grading.parts import Part
from fnnet.grading.report import Mark, marks
from fnnet.grading.session import Session
from fnnet.values.array import Array

KINDS = ("Affine", "Sigmoid", "Affine", "Softmax")
PROBES = tuple(f"probe {i}" for i in LAYERS)
UNSEEN = Complaint("backward can't be seen before forward is right")


def grade_model(session: Session, part: Part, parts: Mapping[str, Part]) -> list[Mark]:
    """The marks of a Model of the course."""
    rates = driving.rates_of(session, part)
    answer = session.watch(_program(part, parts, rates))
    went = calls_of(answer, "calls back", back=True)
    complaints: Said = {"forward": forward_complaints(answer), "backward": _backward(answer.get("back"), went)}
    affine = parts.get("Affine")
    if affine is None or affine.rate():
        known = bool(rates) or any(is_rate(p.name) for p in part.parameters("backward"))
        spared = affine is not None and affine.rate_is_optional() and not known
        complaints["learning rate"] = [] if spared else _rates(went, known)
    return marks("Model", complaints)


def _program(part: Part, parts: Mapping[str, Part], rates: Rates) -> Steps:
    """Forward, the same layers run by hand, so that backward finds them in order whatever forward did, and backward."""
    t = np.eye(2)[[0, 1, 1, 0, 1]]
    bases = {kind: known.name for kind, known in parts.items() if known.style == "course"}
    layers = zip(PROBES, MATRICES, KINDS, strict=True)
    handed: list[Plain] = [START, *(Slot(f"by hand {name}") for name in PROBES)]
    pairs = zip(PROBES, handed, strict=False)
    return [
        *(Step(name, Probe(i, matrix, kind, bases.get(kind))) for i, (name, matrix, kind) in enumerate(layers)),
        *driving.make(part, PROBES),
        driving.forward(part, START, t, "y"),
        Step("calls forward", Look()),
        *(Step(f"by hand {name}", Invoke(name, "forward", (got,))) for name, got in pairs),
        driving.loss(part, t, PROBES[-1]),
        Step("calls by hand", Look()),
        *driving.backward(part, rates, t, RATE),
        Step("calls back", Look()),
    ]


def _backward(back: Value, went: Sequence[Called]) -> list[Complaint]:
    failed = [Complaint(not_an_array("Model.backward", back))] if isinstance(back, Failure) else []
    if in_order(went, BACK) and not failed:
        return []
    if isinstance(back, Failure) and back.kind == "raised" and not went:
        return failed
    start = went[0].got if went and isinstance(went[0].got, np.ndarray) else np.asarray(1.0)
    wrong = f"Model.backward does not hand d_out through all layers: see {pages.MODEL_BACKWARD}"
    return [*ways_of(BACKWARD, went, start, back_through), *failed] or [Complaint(wrong)]


def _rates(went: Sequence[Called], known: bool) -> list[Complaint]:
    got = [c.rate for c in went if KINDS[c.layer] == "Affine"]
    if not got:
        return [Complaint("no learning rate can be seen before backward reaches the Affine layers")]
    if not all(isinstance(rate, np.ndarray) and rate.size == 1 for rate in got):
        text = f"the Affine layers are not given a learning rate: see {pages.LEARNING_RATE}"
        return [Complaint(text, "no learning rate")]
    if known and not all(np.ravel(rate) == RATE for rate in got if isinstance(rate, np.ndarray)):
        text = f"the learning rate that reaches the layers is not the one that was given: see {pages.LEARNING_RATE}"
        return [Complaint(text, "another learning rate")]
    return []


def grade_folds(session: Session, part: Part) -> list[Mark]:
    """The marks of ``forward(params, x)`` and ``backward(params, cache, dout)`` over a tuple of layers."""
    dout = np.asarray(START[:, :2])
    answer = session.watch(_folded(part, dout))
    there, dx, went = forward_complaints(answer), answer.get("back"), calls_of(answer, "calls back", back=True)
    if in_order(went, BACK) and same(dx, np.linalg.multi_dot([dout, *(matrix.T for matrix in MATRICES[::-1])])):
        back = _ordered(answer.get(calls.grads_of("back")))
    else:
        back = [UNSEEN] if there else _back(dx, went, dout)
    return marks("Model", {"forward": there, "backward": back})


def _folded(part: Part, dout: Array) -> Steps:
    return [
        *(Step(PROBES[i], Probe(i, matrix)) for i, matrix in enumerate(MATRICES)),
        Step("net", Make(AsTuple(tuple(map(Slot, PROBES))))),
        *calls.forward(part, "net", START, "y"),
        Step("calls forward", Look()),
        *calls.backward(part, "net", dout, "back", RATE, "y"),
        Step("calls back", Look()),
    ]


def _ordered(grads: Value) -> list[Complaint]:
    numbers = [np.ravel(g).tolist() for g in grads.items if isinstance(g, np.ndarray)] if isinstance(grads, Odd) else []
    if numbers == [[i] for i in LAYERS]:
        return []
    text = f"the gradients must stand in the order of the layers, one for each: see {pages.MODEL_BACKWARD}"
    return [Complaint(text, "gradients out of order")]


def _back(dx: Value, went: Sequence[Called], dout: Array) -> list[Complaint]:
    text = f"backward does not hand dout through all layers: see {pages.MODEL_BACKWARD}"
    plainly = text if isinstance(dx, np.ndarray) else not_an_array("backward", dx)
    return ways_of(BACKWARD, went, dout, back_through) or [Complaint(plainly)]
