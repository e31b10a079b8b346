"""Grade a Model by layers that write down how they are called: its order, its chaining, its learning rate."""

from collections.abc import Mapping, Sequence

import numpy as np

from fnnet.grading import driving, pages
from fnnet.grading.calls import Rates, Steps
from fnnet.grading.catalog.model_mistakes import BACK, BACKWARD, LAYERS
from fnnet.grading.child.probe import is_rate
from fnnet.grading.child.records import Called, Failure, Value
from fnnet.grading.child.verbs import Invoke, Look, Plain, Probe, Slot, Step
from fnnet.grading.driving import RATE
from fnnet.grading.following import Way, calls_of, drawn_way, forward_complaints, in_order, ways_of
from fnnet.grading.judge import Complaint, not_an_array, same
from fnnet.grading.layer_grader import Said
from fnnet.grading.parts import Part
from fnnet.grading.report import Mark, marks
from fnnet.grading.session import Session
from fnnet.values.array import Array

KINDS = ("Affine", "Sigmoid", "Affine", "Softmax")
PROBES = tuple(f"probe {i}" for i in LAYERS)


def grade_model(session: Session, part: Part, parts: Mapping[str, Part]) -> list[Mark]:
    """The marks of a Model of the course."""
    rates, way = driving.rates_of(session, part), drawn_way()
    answer = session.watch(_program(part, parts, rates, way))
    went = calls_of(answer.get("calls back"), back=True)
    there = forward_complaints(answer.get("y"), calls_of(answer.get("calls forward"), back=False), way)
    complaints: Said = {"forward": there, "backward": _backward(answer.get("back"), went, way)}
    affine = parts.get("Affine")
    if affine is None or affine.rate():
        known = bool(rates) or any(is_rate(p.name) for p in part.parameters("backward"))
        spared = affine is not None and affine.rate_is_optional() and not known
        complaints["learning rate"] = [] if spared else _rates(went, known)
    return marks("Model", complaints)


def _program(part: Part, parts: Mapping[str, Part], rates: Rates, way: Way) -> Steps:
    """Forward, the same layers run by hand, so that backward finds them in order whatever forward did, and backward."""
    t = np.eye(2)[[0, 1, 1, 0, 1]]
    layers = zip(KINDS, way.matrices, strict=True)
    return [
        *(Step(PROBES[i], Probe(i, m, kind, _base(parts, kind))) for i, (kind, m) in enumerate(layers)),
        *driving.make(part, PROBES),
        driving.forward(part, way.x, t, "y"),
        Step("calls forward", Look()),
        *_by_hand(way.x),
        driving.loss(part, t, PROBES[-1]),
        Step("calls by hand", Look()),
        *driving.backward(part, rates, t, RATE),
        Step("calls back", Look()),
    ]


def _base(parts: Mapping[str, Part], kind: str) -> str | None:
    return parts[kind].name if kind in parts and parts[kind].style == "course" else None


def _by_hand(x: Array) -> Steps:
    handed: list[Plain] = [x, *(Slot(f"by hand {name}") for name in PROBES[:-1])]
    pairs = zip(PROBES, handed, strict=True)
    return [Step(f"by hand {name}", Invoke(name, "forward", (got,))) for name, got in pairs]


def _backward(back: Value, went: Sequence[Called], way: Way) -> list[Complaint]:
    failed = [Complaint(not_an_array("Model.backward", back))] if isinstance(back, Failure) else []
    if in_order(went, BACK) and not failed:
        return []
    if isinstance(back, Failure) and back.kind == "raised" and not went:
        return failed
    start = went[0].got if went and isinstance(went[0].got, np.ndarray) else np.asarray(1.0)
    wrong = f"Model.backward does not hand d_out through all layers: see {pages.MODEL_BACKWARD}"
    return [*ways_of(BACKWARD, went, start, way.backward), *failed] or [Complaint(wrong)]


def _rates(went: Sequence[Called], known: bool) -> list[Complaint]:
    """The learning rate must reach both Affine layers."""
    got = [c.rate for c in went if KINDS[c.layer] == "Affine"]
    if not got:
        return [Complaint("no learning rate can be seen before backward reaches the Affine layers")]
    rates = [rate.reshape(()) for rate in got if isinstance(rate, np.ndarray) and rate.size == 1]
    if len(rates) < len(got):
        text = f"the Affine layers are not given a learning rate: see {pages.LEARNING_RATE}"
        return [Complaint(text, "no learning rate")]
    if known and not all(same(rate, RATE) for rate in rates):
        text = f"the learning rate that reaches the layers is not the one that was given: see {pages.LEARNING_RATE}"
        return [Complaint(text, "another learning rate")]
    return []
