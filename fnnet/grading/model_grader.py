"""Grade a Model of the course, or two folds, by layers of known arithmetic that write down how they are called."""

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, pairwise

import numpy as np

from fnnet.grading import calls, pages
from fnnet.grading.calls import MODEL, RATE, Steps
from fnnet.grading.catalog.mistake import Quantity
from fnnet.grading.catalog.model_mistakes import BACK, BACKWARD, FORWARD, LAYERS, checksum, trace
from fnnet.grading.child.probe import is_rate
from fnnet.grading.child.records import Called, Failure, Log, Odd, Value
from fnnet.grading.child.verbs import AsTuple, Invoke, Look, Make, Plain, Probe, Slot, Step
from fnnet.grading.inputs import Inputs
from fnnet.grading.judge import Complaint, Seen, known, not_an_array, same
from fnnet.grading.layer_grader import Said
from fnnet.grading.parts import Part
from fnnet.grading.places import Rates, model_rates
from fnnet.grading.report import Mark, marks
from fnnet.grading.session import Answer, Session
from fnnet.values.array import Array
from fnnet.values.keys import Purpose, generator, key

KINDS = ("Affine", "Sigmoid", "Affine", "Softmax")
PROBES = tuple(f"probe {i}" for i in LAYERS)

_DRAWN = generator(key(0, Purpose.CHECK, step=10))

#: Where the way that every model is followed on begins, and the matrix of each of the four layers.
START = _DRAWN.standard_normal((5, 3))
MATRICES = [_DRAWN.standard_normal(size) for size in pairwise((3, 4, 5, 2, 2))]

#: What each layer is handed on the right way forward, and last what the last returns.
HANDED = list(accumulate(MATRICES, np.matmul, initial=START))


def grade_model(session: Session, part: Part, parts: Mapping[str, Part]) -> list[Mark]:
    """The marks of a Model of the course."""
    rates = model_rates(session, part)
    answer = session.watch(_program(part, parts, rates))
    went = _calls_of(answer, "calls back", back=True)
    complaints: Said = {"forward": _forward(answer), "backward": _backward(answer.get("back"), went)}
    affine = parts.get("Affine")
    if affine is None or affine.rate():
        told = bool(rates) or any(is_rate(p.name) for p in part.parameters("backward"))
        spared = affine is not None and affine.rate_is_optional() and not told
        complaints["learning rate"] = [] if spared else _rates(went, told)
    return marks("Model", complaints)


def _program(part: Part, parts: Mapping[str, Part], rates: Rates) -> Steps:
    """Forward, the same layers run by hand, so that backward finds them in order whatever forward did, and backward."""
    t = np.eye(2)[[0, 1, 1, 0, 1]]
    bases = {kind: its.name for kind, its in parts.items() if its.style == "course"}
    layers = zip(PROBES, MATRICES, KINDS, strict=True)
    handed: list[Plain] = [START, *(Slot(f"by hand {name}") for name in PROBES)]
    pairs = zip(PROBES, handed, strict=False)
    return [
        *(Step(name, Probe(i, matrix, kind, bases.get(kind))) for i, (name, matrix, kind) in enumerate(layers)),
        *calls.make_model(part, PROBES),
        calls.model_forward(part, START, t, "y"),
        Step("calls forward", Look()),
        *(Step(f"by hand {name}", Invoke(name, "forward", (got,))) for name, got in pairs),
        calls.model_loss(part, t, PROBES[-1]),
        Step("calls by hand", Look()),
        *rates.put(MODEL, RATE),
        calls.model_backward(part, t, RATE),
        Step("calls back", Look()),
    ]


def _through(layer: int, got: Array) -> Array:
    return np.asarray(got @ MATRICES[layer])


def _back_through(layer: int, got: Array) -> Array:
    """What a layer makes of its d_out; the course's model begins with the number 1."""
    return np.asarray(got @ MATRICES[layer].T if got.ndim == 2 else got * HANDED[layer])


def _calls_of(answer: Answer, slot: str, back: bool) -> list[Called]:
    log = answer.get(slot)
    return [call for call in log.calls if call.back == back] if isinstance(log, Log) else []


def _ways(q: Quantity, went: Sequence[Called], start: Array, call: Callable[[int, Array], Array]) -> list[Complaint]:
    """The known wrong ways whose trace is that of these calls."""
    seen = trace([(c.layer, checksum(c.got)) for c in went if isinstance(c.got, np.ndarray)])
    return known(q, [Seen(seen, (Inputs(start=start, call=call),))])


def _in_order(went: Sequence[Called], order: Sequence[int]) -> bool:
    """Whether the layers were called in this order, and each was handed what the one before it returned."""
    chained = all(isinstance(a.returned, np.ndarray) and same(b.got, a.returned) for a, b in pairwise(went))
    return [c.layer for c in went] == list(order) and chained


def _forward(answer: Answer) -> list[Complaint]:
    y, went = answer.get("y"), _calls_of(answer, "calls forward", back=False)
    right = _in_order(went, LAYERS)
    if right and same(y, HANDED[-1]):
        return []
    if complaints := _ways(FORWARD, went, START, _through):
        return complaints
    if not isinstance(y, np.ndarray):
        return [Complaint(not_an_array("the output of Model.forward", y))]
    wrong = "return what its last layer returned" if right else "hand x through all layers in order"
    return [Complaint(f"Model.forward does not {wrong}: see {pages.MODEL}")]


def _backward(back: Value, went: Sequence[Called]) -> list[Complaint]:
    failed = [Complaint(not_an_array("Model.backward", back))] if isinstance(back, Failure) else []
    if _in_order(went, BACK) and not failed:
        return []
    if isinstance(back, Failure) and back.kind == "raised" and not went:
        return failed
    start = went[0].got if went and isinstance(went[0].got, np.ndarray) else np.asarray(1.0)
    wrong = f"Model.backward does not hand d_out through all layers: see {pages.MODEL_BACKWARD}"
    return [*_ways(BACKWARD, went, start, _back_through), *failed] or [Complaint(wrong)]


def _rates(went: Sequence[Called], told: bool) -> list[Complaint]:
    got = [c.rate for c in went if KINDS[c.layer] == "Affine"]
    if not got:
        return [Complaint("no learning rate can be seen before backward reaches the Affine layers")]
    if not all(isinstance(rate, np.ndarray) and rate.size == 1 for rate in got):
        text = f"the Affine layers are not given a learning rate: see {pages.LEARNING_RATE}"
        return [Complaint(text, "no learning rate")]
    if told and not all(np.ravel(rate) == RATE for rate in got if isinstance(rate, np.ndarray)):
        text = f"the learning rate that reaches the layers is not the one that was given: see {pages.LEARNING_RATE}"
        return [Complaint(text, "another learning rate")]
    return []


def grade_folds(session: Session, part: Part) -> list[Mark]:
    """The marks of ``forward(params, x)`` and ``backward(params, cache, dout)`` over a tuple of layers."""
    dout = np.asarray(START[:, :2])
    answer = session.watch(_folded(part, dout))
    there, dx, went = _forward(answer), answer.get("back"), _calls_of(answer, "calls back", back=True)
    if _in_order(went, BACK) and same(dx, np.linalg.multi_dot([dout, *(matrix.T for matrix in MATRICES[::-1])])):
        back = _ordered(answer.get(calls.grads_of("back")))
    elif there:
        back = [Complaint("backward can't be seen before forward is right")]
    else:
        text = f"backward does not hand dout through all layers: see {pages.MODEL_BACKWARD}"
        plainly = text if isinstance(dx, np.ndarray) else not_an_array("backward", dx)
        back = _ways(BACKWARD, went, dout, _back_through) or [Complaint(plainly)]
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
