"""Whether the student's own model learns: the last check, and the least of proofs."""

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np

from fnnet.datasets import Dataset
from fnnet.grading import pages
from fnnet.grading.child.records import Value
from fnnet.grading.judge import Complaint
from fnnet.grading.learner import Lesson, program
from fnnet.grading.parts import Part
from fnnet.grading.places import scout
from fnnet.grading.report import Mark, marks
from fnnet.grading.session import Session
from fnnet.values.array import Array

SEEDS, BATCH, ENOUGH = 4, 50, 0.85

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


def xor(convention: str) -> Lesson:
    """All of XOR by 2-8-2, from one of a few seeds."""
    x, t = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.eye(2)[[0, 1, 1, 0]]
    batch, steps, rate = 4, 3000, 1.0 if convention == "mean" else 0.25
    says = f"the model does not solve XOR from any of {SEEDS} seeds: see {pages.XOR}"
    return Lesson("XOR", (2, 8, 2), x, t, x, t, batch, steps, rate, seeds=SEEDS, calls=4, enough=1.0, says=says)


def mnist(convention: str, digits: Digits) -> Lesson:
    """Most of MNIST's digits by 784-32-10, after a few rounds through the examples."""
    x, labels, x_test, labels_test = digits
    data = (x, np.eye(10)[labels], x_test, np.eye(10)[labels_test])
    batch, steps, rate = BATCH, 6 * len(x) // BATCH, 0.5 if convention == "mean" else 0.5 / BATCH
    says = f"the model tells {{:.0%}} of the test digits right, expected {ENOUGH:.0%}: see {pages.MNIST}"
    return Lesson("MNIST", (784, 32, 10), *data, batch, steps, rate, seeds=1, calls=60, enough=ENOUGH, says=says)


def grade_lesson(session: Session, parts: Mapping[str, Part], lesson: Lesson) -> list[Mark]:
    """The mark for learning a lesson."""
    return marks("training", {lesson.name: _complaints(session, parts, lesson)})


def _complaints(session: Session, parts: Mapping[str, Part], lesson: Lesson) -> list[Complaint]:
    affine, places = scout(session, parts["Affine"])
    share, seconds = 0.0, lesson.calls * session.process.limits.seconds
    for seed in range(lesson.seeds):
        steps = program(session, {**parts, "Affine": affine}, places, lesson, seed)
        answer = session.run(steps, seconds=seconds, writable=True, seed=seed)
        if answer.failures:
            return [Complaint(f"training {lesson.name}: it {answer.failures[0].sentence}")]
        share = _accuracy(answer.get("out"), lesson.t_test)
        if share >= lesson.enough:
            return []
    return [Complaint(lesson.says.format(share))]


def _accuracy(y: Value, t: Array) -> float:
    if not isinstance(y, np.ndarray) or y.shape != t.shape or not np.all(np.isfinite(y)):
        return 0.0
    return float((y.argmax(axis=1) == t.argmax(axis=1)).mean())
