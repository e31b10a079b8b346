"""Whether the student's own model learns: the last check, and the least of proofs."""

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np

from fnnet.datasets import Dataset
from fnnet.grading import pages
from fnnet.grading.child.records import Failure, Value
from fnnet.grading.judge import Complaint
from fnnet.grading.learner import Lesson, program
from fnnet.grading.parts import Part
from fnnet.grading.places import scout
from fnnet.grading.report import Mark, marks
from fnnet.grading.session import Session
from fnnet.values.array import Array

SEEDS = 4
STEPS = 3000
ENOUGH = 0.85
BATCH = 50

Digits: TypeAlias = tuple[Array, Array, Array, Array]

#: How many examples are trained on and tested on: enough to see learning, few enough to wait for.
EXAMPLES, TESTED = 10_000, 2_000


def digits_of(data: Dataset) -> Digits:
    """The first examples of MNIST as rows of numbers from 0 to 1."""
    rows = [np.asarray(x[:many].reshape(-1, 784) / 255) for x, many in ((data.x, EXAMPLES), (data.x_test, TESTED))]
    return rows[0], np.asarray(data.y[:EXAMPLES]), rows[1], np.asarray(data.y_test[:TESTED])


def lacking(parts: Mapping[str, Part]) -> str:
    """What training needs and is not there; empty where all is."""
    pure = "Affine" in parts and parts["Affine"].pure
    needed = ("Affine", "Sigmoid", "Loss") if pure else ("Affine", "Sigmoid", "Softmax", "Model")
    names = [kind for kind in needed if kind not in parts]
    return f"training needs {', '.join(names)}" if names else ""


def grade_trial(session: Session, parts: Mapping[str, Part], convention: str, digits: Digits | None) -> list[Mark]:
    """The mark for learning XOR, or MNIST where its digits are given."""
    if digits is None:
        return marks("training", {"XOR": _xor(session, parts, convention)})
    return marks("training", {"MNIST": _mnist(session, parts, convention, digits)})


def _xor(session: Session, parts: Mapping[str, Part], convention: str) -> list[Complaint]:
    x, t = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.eye(2)[[0, 1, 1, 0]]
    lesson = Lesson((2, 8, 2), x, t, x, batch=4, steps=STEPS, rate=1.0 if convention == "mean" else 0.25)
    for seed in range(SEEDS):
        y = _trained(session, parts, lesson, seed, 4 * session.process.limits.seconds)
        if isinstance(y, Failure):
            return [Complaint(f"training XOR: it {y.sentence}")]
        if _accuracy(y, t) == 1.0:
            return []
    return [Complaint(f"the model does not solve XOR from any of {SEEDS} seeds: see {pages.XOR}")]


def _mnist(session: Session, parts: Mapping[str, Part], convention: str, digits: Digits) -> list[Complaint]:
    """Whether 784-32-10 tells most digits apart after a few rounds through the examples."""
    x, labels, x_test, test = digits
    rate = 0.5 if convention == "mean" else 0.5 / BATCH
    lesson = Lesson((784, 32, 10), x, np.eye(10)[labels], x_test, BATCH, 6 * len(x) // BATCH, rate)
    y = _trained(session, parts, lesson, 0, 60 * session.process.limits.seconds)
    if isinstance(y, Failure):
        return [Complaint(f"training MNIST: it {y.sentence}")]
    share = _accuracy(y, np.eye(10)[test])
    text = f"the model tells {share:.0%} of the test digits right, expected {ENOUGH:.0%}: see {pages.MNIST}"
    return [] if share >= ENOUGH else [Complaint(text)]


def _accuracy(y: Value, t: Array) -> float:
    if not isinstance(y, np.ndarray) or y.shape != t.shape or not np.all(np.isfinite(y)):
        return 0.0
    return float((y.argmax(axis=1) == t.argmax(axis=1)).mean())


def _trained(session: Session, parts: Mapping[str, Part], lesson: Lesson, seed: int, seconds: float) -> Value:
    """The outputs of the trained model; a `Failure` where something stopped it."""
    affine, places = scout(session, parts["Affine"])
    steps = program(session, {**parts, "Affine": affine}, places, lesson, seed)
    answer = session.run(steps, seconds=seconds, writable=True, seed=seed)
    return next(iter(answer.failures), None) or answer.get("out")
