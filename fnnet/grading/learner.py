"""A student's model in training, as steps: made from drawn weights, repeated batch by batch, and run on a test part."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias, final

import numpy as np

from fnnet.grading import calls, driving
from fnnet.grading.calls import Steps
from fnnet.grading.child.verbs import Batch, Descend, Fill, Get, Make, Place, Plain, Repeat, Seed, Slot, Step
from fnnet.grading.driving import Handle
from fnnet.grading.parts import Part
from fnnet.grading.places import Places
from fnnet.grading.session import Session
from fnnet.values.array import Array
from fnnet.values.record import frozen

AFFINES = ("a", "c")
X, T = Slot("x"), Slot("t")

Chain: TypeAlias = Sequence[tuple[str, Part]]


@final
@frozen
class Lesson:
    """What is learned: the widths of the model, the examples and their targets, a test part, and how."""

    sizes: tuple[int, int, int]
    x: Array
    t: Array
    x_test: Array
    batch: int
    steps: int
    rate: float


def program(session: Session, parts: Mapping[str, Part], places: Places, lesson: Lesson, seed: int) -> Steps:
    """All of the training, which leaves the outputs on the test part in ``out``."""
    weights = _drawn(lesson, seed)
    if parts["Affine"].pure:
        return _pure(parts, places, lesson, weights)
    held = driving.handle(session, parts["Model"])
    return [Step("seeded", Seed(seed), sent=False), *_course(parts, places, lesson, weights, held)]


def _drawn(lesson: Lesson, seed: int) -> list[Array]:
    drawn, (inputs, hidden, outputs) = np.random.default_rng(seed), lesson.sizes
    sizes = ((inputs, hidden), (hidden, outputs))
    return [np.asarray(drawn.standard_normal(size) / max(1.0, size[0] / 16) ** 0.5) for size in sizes]


def _batch(lesson: Lesson) -> Steps:
    pairs = ((X, lesson.x), (T, lesson.t))
    return [Step(slot.name, Batch(whole, lesson.batch), sent=False) for slot, whole in pairs]


def _course(parts: Mapping[str, Part], places: Places, lesson: Lesson, weights: list[Array], held: Handle) -> Steps:
    affine, part, rate = parts["Affine"], parts["Model"], lesson.rate
    steps: Steps = []
    for slot, W in zip(AFFINES, weights, strict=True):
        steps += calls.make_affine(affine, W, np.zeros(W.shape[1]), slot)
        steps += calls.put_rates(slot, places.rates, (), rate)
        steps += calls.fill(slot, places.W, places.upright(W))
    return [
        *steps,
        *calls.make_plain(parts["Sigmoid"], "b"),
        *calls.make_plain(parts["Softmax"], "d"),
        *driving.make(part, ("a", "b", "c", "d")),
        Step("trained", Repeat(lesson.steps, tuple(_course_step(part, affine, places, lesson, held))), sent=False),
        driving.forward(part, lesson.x_test, lesson.t, "out"),
    ]


def _course_step(part: Part, affine: Part, places: Places, lesson: Lesson, held: Handle) -> Steps:
    return [
        *_batch(lesson),
        driving.forward(part, X, T, "y"),
        driving.loss(part, T, "d"),
        *driving.backward(part, held, T, lesson.rate),
        *(step for slot in AFFINES for step in _update(affine, places, slot, lesson.rate)),
    ]


def _update(affine: Part, places: Places, slot: str, rate: float) -> Steps:
    """Where the layers leave the update to others: it is done for them."""
    if steps := calls.updates(affine, slot, rate):
        return steps
    if affine.rate() or places.rates or not (places.dW and places.db):
        return []
    pairs = ((places.W, places.dW), (places.b, places.db))
    return [step for param, grad in pairs for step in _stepped(slot, param, grad, rate)]


def _stepped(slot: str, param: Place, grad: Place, rate: float) -> Steps:
    return [
        Step("parameter", Get(slot, param), sent=False),
        Step("gradient", Get(slot, grad), sent=False),
        Step("lower", Descend(Slot("parameter"), Slot("gradient"), rate), sent=False),
        Step("stepped", Fill(slot, param, Slot("lower")), sent=False),
    ]


def _pure(parts: Mapping[str, Part], places: Places, lesson: Lesson, weights: list[Array]) -> Steps:
    """Layer by layer through the student's own functions; the steps down are the grader's."""
    affine, sigmoid = parts["Affine"], parts["Sigmoid"]
    chain = (("a", affine), ("b", sigmoid), ("c", affine))
    made = [calls.make_affine(affine, W, np.zeros(W.shape[1]), slot, places.tupled)
            for slot, W in zip(AFFINES, weights, strict=True)]  # fmt: skip
    return [
        *(step for steps in made for step in steps),
        *calls.make_plain(sigmoid, "b"),
        Step("trained", Repeat(lesson.steps, tuple(_pure_step(chain, parts["Loss"], lesson))), sent=False),
        *_through(chain, lesson.x_test),
        Step("out", Make(Slot("y of c"))),
    ]


def _pure_step(chain: Chain, loss: Part, lesson: Lesson) -> Steps:
    descents = [(slot, Descend(Slot(slot), Slot(calls.grads_of(f"dx of {slot}")), lesson.rate)) for slot in AFFINES]
    return [
        *_batch(lesson),
        *_through(chain, X),
        *calls.make_plain(loss, "loss layer", T),
        *calls.forward(loss, "loss layer", Slot("y of c"), "loss"),
        *calls.backward(loss, "loss layer", 1.0, "dx of loss", lesson.rate, "loss"),
        *_back(chain, lesson.rate),
        *(Step(slot, descend, sent=False) for slot, descend in descents),
    ]


def _through(chain: Chain, x: Plain) -> Steps:
    handed: list[Plain] = [x, *(Slot(f"y of {slot}") for slot, _ in chain)]
    pairs = zip(chain, handed, strict=False)
    return [step for (slot, part), got in pairs for step in calls.forward(part, slot, got, f"y of {slot}")]


def _back(chain: Chain, rate: float) -> Steps:
    steps: Steps = []
    d = Slot("dx of loss")
    for slot, part in reversed(chain):
        steps += calls.backward(part, slot, d, f"dx of {slot}", rate, f"y of {slot}")
        d = Slot(f"dx of {slot}")
    return steps
