"""Whether an Affine layer takes the step down its own gradient, and takes it once."""

from collections.abc import Sequence

import numpy as np

from fnnet.grading.catalog.affine_mistakes import STEPS, stepped
from fnnet.grading.catalog.mistake import Quantity
from fnnet.grading.child.records import Failure, Value
from fnnet.grading.judge import Complaint, Seen, judge, same
from fnnet.grading.layer_grader import Observed
from fnnet.grading.parts import Part
from fnnet.values.record import evolve

#: The learning rate that is handed over; not 1, so that one that is forgotten is seen.
RATE = 0.5


def update_complaints(part: Part, cases: Sequence[Observed], told: bool) -> list[Complaint] | None:
    """What is wrong with the update of stored gradients; None where a layer leaves it to others.

    ``told`` is whether the learning rate can be handed to the layer at all.
    """
    updated = any(isinstance(W1 := o.values["W1"], np.ndarray) and not same(W1, o.readings[0].W) for o in cases)
    by_method = not updated and "W2" in cases[0].values
    if not updated and not by_method and (not part.rate() or part.rate_is_optional()):
        ran = any(_is_there(o.values["dx"]) for o in cases)
        return None if ran else [Complaint("it can't be seen before backward runs")]
    steps = {letter: _steps(cases, letter, "2" if by_method else "1") for letter in ("W", "b")}
    if not any(steps.values()):
        return [Complaint("the update can't be seen before the gradients are there")]
    return [c for letter, seen in steps.items() if seen for c in _step(letter, seen, told)]


def _is_there(dx: Value) -> bool:
    """Whether backward has run, whatever it returned."""
    return not isinstance(dx, Failure | None)


def _steps(cases: Sequence[Observed], letter: str, after: str) -> list[Seen]:
    """A parameter after the step, with what it was and its gradient as W and dW."""
    steps = []
    for o in cases:
        case, grad = o.readings[0], o.values[f"d{letter}"]
        old = case.W if letter == "W" else case.b
        if _is_there(o.values["dx"]) and isinstance(grad, np.ndarray) and grad.size == old.size:
            steps.append(Seen(o.values[letter + after], (evolve(case, W=old, dW=grad.reshape(old.shape)),)))
    return steps


def _step(letter: str, seen: list[Seen], told: bool) -> list[Complaint]:
    steps = seen if told else [_at_its_own_rate(s, seen[0]) for s in seen]
    complaints = judge(Quantity(letter, stepped, STEPS), steps)
    return [evolve(c, sentence=f"{letter}: {c.sentence}") for c in complaints]


def _at_its_own_rate(s: Seen, first: Seen) -> Seen:
    """What was seen, at the rate of the first step, for a layer with a learning rate of its own that nobody can set."""
    case = first.readings[0]
    moved = case.W - first.value if isinstance(first.value, np.ndarray) else 0.0 * case.W
    rate = float(np.sum(moved * case.dW) / (np.sum(case.dW**2) or 1.0))
    return Seen(s.value, (evolve(s.readings[0], lr=rate if rate > 0 else RATE),))


def proportion_complaints(cases: Sequence[Observed], again: Sequence[Observed]) -> list[Complaint]:
    """Where no gradient is stored, the step at `RATE` must be so much of the step at 1."""
    if not all(isinstance(o.values[slot], np.ndarray) for o in (*cases, *again) for slot in ("dW", "db")):
        return [Complaint("the update can't be seen before backward runs")]
    both = list(zip(cases, again, strict=True))
    steps = {letter: [(o.values[f"d{letter}"], a.values[f"d{letter}"]) for o, a in both] for letter in ("W", "b")}
    return [c for letter, pairs in steps.items() for c in _in_proportion(letter, pairs)]


def _in_proportion(letter: str, pairs: list[tuple[Value, Value]]) -> list[Complaint]:
    names = {mistake.name: Complaint(f"{letter}: {mistake.sentence}", mistake.name) for mistake in STEPS}
    if all(not np.any(np.asarray(one)) for _, one in pairs):
        return [names["not updated"]]
    if all(same(half, one) for half, one in pairs):
        return [names["learning rate ignored"]]
    if not all(same(half, RATE * np.asarray(one)) for half, one in pairs):
        return [Complaint(f"{letter}: the step is not in proportion to the learning rate")]
    return []
