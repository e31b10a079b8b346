"""A student's model in training, as steps: made from drawn weights, repeated batch by batch, and run on a test part."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import final

import numpy as np

from fnnet.grading import calls
from fnnet.grading.calls import MODEL, Steps
from fnnet.grading.child.verbs import Descend, Make, Plain, Repeat, Slot, Step
from fnnet.grading.parts import Part
from fnnet.grading.places import Places, Rates, model_rates
from fnnet.grading.session import Session
from fnnet.values.array import Array
from fnnet.values.record import frozen

AFFINES = ("a", "c")
X, T = Slot("x"), Slot("t")


@final
@frozen
class Lesson:
    """What is learned: the widths of the model, the examples and their targets, a test part, and how.

    It is tried from so many ``seeds``, for the seconds of so many ``calls``, until the share of right answers is
    ``enough``; where it never is, ``says`` tells of the last share.
    """

    name: str
    sizes: tuple[int, int, int]
    x: Array
    t: Array
    x_test: Array
    t_test: Array
    batch: int
    steps: int
    rate: float
    seeds: int
    calls: int
    enough: float
    says: str


def program(session: Session, parts: Mapping[str, Part], places: Places, lesson: Lesson, seed: int) -> Steps:
    """All of the training, which leaves the outputs on the test part in ``out``."""
    drawn, sizes = np.random.default_rng(seed), pairwise(lesson.sizes)
    weights = [np.asarray(drawn.standard_normal(size) / max(1.0, size[0] / 16) ** 0.5) for size in sizes]
    if parts["Affine"].pure:
        return _pure(parts, places, lesson, weights)
    return _course(parts, places, lesson, weights, model_rates(session, parts["Model"]))


def _repeat(lesson: Lesson, steps: Steps) -> Step:
    return Step("trained", Repeat(lesson.steps, tuple(steps), {X.name: lesson.x, T.name: lesson.t}, lesson.batch))


def _course(parts: Mapping[str, Part], places: Places, lesson: Lesson, weights: list[Array], rates: Rates) -> Steps:
    affine, part = parts["Affine"], parts["Model"]
    steps: Steps = []
    for slot, W in zip(AFFINES, weights, strict=True):
        steps += calls.make_affine(affine, W, np.zeros(W.shape[1]), slot)
        steps += calls.put(slot, {(name,): lesson.rate for name in places.rates.attributes})
        steps += calls.put(slot, {places.W: places.upright(W)})
    return [
        *steps,
        *calls.make_plain(parts["Sigmoid"], "b"),
        *calls.make_plain(parts["Softmax"], "d"),
        *calls.make_model(part, ("a", "b", "c", "d")),
        _repeat(lesson, _course_step(part, affine, places, lesson.rate, rates)),
        calls.model_forward(part, lesson.x_test, lesson.t, "out"),
    ]


def _course_step(part: Part, affine: Part, places: Places, rate: float, rates: Rates) -> Steps:
    return [
        calls.model_forward(part, X, T, "y"),
        calls.model_loss(part, T, "d"),
        *rates.put(MODEL, rate),
        calls.model_backward(part, T, rate),
        *(step for slot in AFFINES for step in _update(affine, places, slot, rate)),
    ]


def _update(affine: Part, places: Places, slot: str, rate: float) -> Steps:
    """Where the layers leave the update to others: it is done for them."""
    if steps := calls.updates(affine, slot, rate):
        return steps
    if affine.rate() or places.rates.attributes or not (places.dW and places.db):
        return []
    for param, grad in ((places.W, places.dW), (places.b, places.db)):
        steps.append(Step("lower", Descend(Slot(slot, param), Slot(slot, grad), rate)))
        steps += calls.put(slot, {param: Slot("lower")})
    return steps


def _pure(parts: Mapping[str, Part], places: Places, lesson: Lesson, weights: list[Array]) -> Steps:
    """Layer by layer through the student's own functions; the steps down are the grader's."""
    affine, sigmoid = parts["Affine"], parts["Sigmoid"]
    chain = (("a", affine), ("b", sigmoid), ("c", affine))
    steps = calls.make_plain(sigmoid, "b")
    for slot, W in zip(AFFINES, weights, strict=True):
        steps += calls.make_affine(affine, W, np.zeros(W.shape[1]), slot, places.tupled)
    return [
        *steps,
        _repeat(lesson, _pure_step(chain, parts["Loss"], lesson.rate)),
        *_through(chain, lesson.x_test),
        Step("out", Make(Slot("y of c"))),
    ]


def _pure_step(chain: Sequence[tuple[str, Part]], loss: Part, rate: float) -> Steps:
    grads = [(slot, Slot(calls.grads_of(f"dx of {slot}"))) for slot in AFFINES]
    return [
        *_through(chain, X),
        *calls.make_plain(loss, "loss layer", T),
        *calls.forward(loss, "loss layer", Slot("y of c"), "loss"),
        *calls.backward(loss, "loss layer", 1.0, "dx of loss", rate, "loss"),
        *_back(chain, rate),
        *(Step(slot, Descend(Slot(slot), grad, rate)) for slot, grad in grads),
    ]


def _through(chain: Sequence[tuple[str, Part]], x: Plain) -> Steps:
    steps: Steps = []
    for slot, part in chain:
        steps += calls.forward(part, slot, x, f"y of {slot}")
        x = Slot(f"y of {slot}")
    return steps


def _back(chain: Sequence[tuple[str, Part]], rate: float) -> Steps:
    steps: Steps = []
    d = Slot("dx of loss")
    for slot, part in reversed(chain):
        steps += calls.backward(part, slot, d, f"dx of {slot}", rate, f"y of {slot}")
        d = Slot(f"dx of {slot}")
    return steps
