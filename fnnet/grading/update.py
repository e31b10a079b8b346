"""Whether an Affine layer takes the step down its own gradient, and takes it once."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from fnnet.grading.catalog.affine_mistakes import STEPS, stepped
from fnnet.grading.catalog.mistake import Quantity
from fnnet.grading.child.records import Value
from fnnet.grading.inputs import Inputs
from fnnet.grading.judge import Complaint, Seen, judge, named, same
from fnnet.grading.layer_grader import Observed
from fnnet.grading.parts import Part
from fnnet.values.array import Array
from fnnet.values.record import evolve

#: The learning rate that is handed over; not 1, so that one that is forgotten is seen.
RATE = 0.5
UNSEEN = "the update can't be seen before backward runs"

Cases: TypeAlias = Sequence[Observed]


def update_complaints(part: Part, cases: Cases, told: bool) -> list[Complaint] | None:
    """What is wrong with the update of stored gradients; None where a layer leaves it to others.

    ``told`` is whether the learning rate can be handed to the layer at all.
    """
    updated = any(not same(o.values["W1"], _own(o).W) for o in cases if isinstance(o.values["W1"], np.ndarray))
    by_method = not updated and "W2" in cases[0].values
    if not updated and not by_method and (not part.rate() or part.rate_is_optional()):
        ran = any(isinstance(o.values["dx"], np.ndarray) for o in cases)
        return None if ran else [Complaint("it can't be seen before backward runs")]
    W, b = ("W2", "b2") if by_method else ("W1", "b1")
    parameters = {"W": _seen(cases, W, "dW"), "b": _seen(cases, b, "db")}
    if not any(parameters.values()):
        return [Complaint("the update can't be seen before the gradients are there")]
    return [c for letter, seen in parameters.items() if seen for c in _step(letter, seen, told)]


def _own(o: Observed) -> Inputs:
    return o.readings[0]


def _seen(cases: Cases, new: str, grad: str) -> list[Seen]:
    """A parameter after the step, with what it was and its gradient as W and dW."""
    there = [(o, value) for o in cases if isinstance(o.values["dx"], np.ndarray)
             and isinstance(value := o.values[grad], np.ndarray)]  # fmt: skip
    held = [(o, value, _own(o).W if grad == "dW" else _own(o).b) for o, value in there]
    return [
        Seen(own(o.values[new], old), (evolve(_own(o), W=old, dW=value.reshape(old.shape)),))
        for o, value, old in held
        if value.size == old.size
    ]


def own(value: Value, like: Array) -> Value:
    """A layer's own parameter in the shape of the lecture, where it has as many numbers."""
    return value.reshape(like.shape) if isinstance(value, np.ndarray) and value.size == like.size else value


def _step(letter: str, seen: list[Seen], told: bool) -> list[Complaint]:
    first = seen[0]
    seen = seen if told else [_at_its_own_rate(s, first) for s in seen]
    complaints = judge(Quantity(letter, stepped, STEPS), seen)
    return [evolve(c, sentence=f"{letter}: {c.sentence}") for c in complaints]


def _at_its_own_rate(s: Seen, first: Seen) -> Seen:
    """What was seen, at the rate of the first step, for a layer with a learning rate of its own that nobody can set."""
    case = first.readings[0]
    moved = case.W - first.value if isinstance(first.value, np.ndarray) else 0.0 * case.W
    rate = float(np.sum(moved * case.dW) / (np.sum(case.dW**2) or 1.0))
    return Seen(s.value, (evolve(s.readings[0], lr=rate if rate > 0 else RATE),))


def proportion_complaints(cases: Cases, again: Cases) -> list[Complaint]:
    """Where no gradient is stored, the step at `RATE` must be so much of the step at 1."""
    steps = {letter: [(o.values[f"d{letter}"], a.values[f"d{letter}"]) for o, a in zip(cases, again, strict=True)]
             for letter in ("W", "b")}  # fmt: skip
    if not all(isinstance(value, np.ndarray) for pairs in steps.values() for pair in pairs for value in pair):
        return [Complaint(UNSEEN)]
    return [c for letter, pairs in steps.items() for c in _in_proportion(letter, pairs)]


def _in_proportion(letter: str, pairs: list[tuple[Value, Value]]) -> list[Complaint]:
    if all(not np.any(np.asarray(one)) for _, one in pairs):
        return [_named(letter, "not updated")]
    if all(same(half, one) for half, one in pairs):
        return [_named(letter, "learning rate ignored")]
    if not all(same(half, RATE * np.asarray(one)) for half, one in pairs):
        return [Complaint(f"{letter}: the step is not in proportion to the learning rate")]
    return []


def _named(letter: str, name: str) -> Complaint:
    mistake = next(m for m in STEPS if m.name == name)
    return evolve(named(mistake), sentence=f"{letter}: {mistake.sentence}")
