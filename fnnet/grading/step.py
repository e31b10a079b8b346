"""Whether an Affine layer takes the step down its own gradient, and takes it once."""

from typing import Any

import numpy as np

from fnnet.grading.catalog import affine as known
from fnnet.grading.found import Part
from fnnet.grading.given import Given
from fnnet.grading.judge import Complaint, Seen, judge, same
from fnnet.values.record import evolve

#: The learning rate that is handed over; not 1, so that one that is forgotten is seen.
RATE = 0.5


def step_complaints(
    part: Part, cases: list[dict[str, Any]], again: list[dict[str, Any]], told: bool
) -> list[Complaint] | None:
    """What is wrong with the update; None where a layer leaves it to others."""
    updated = any(not same(c["W1"], c["given"].W) for c in cases if isinstance(c["W1"], np.ndarray))
    if again:
        return _in_proportion(cases, again)
    by_method = not updated and "W2" in cases[0]["answer"].values
    if not updated and not by_method and (not part.rate() or part.rate_is_optional()):
        ran = any(isinstance(c["dx"], np.ndarray) for c in cases)
        return None if ran else [Complaint("it can't be seen before backward runs")]
    W1, b1 = ("W2", "b2") if by_method else ("W1", "b1")
    complaints, unseen = [], 0
    for name, new, grad, old in (("W", W1, "dW", "W"), ("b", b1, "db", "b")):
        there = [c for c in cases if isinstance(c["dx"], np.ndarray) and isinstance(c[grad], np.ndarray)]
        fitting = [c for c in there if c[grad].size == getattr(c["given"], old).size]
        seen = [Seen(_shaped(c[new], getattr(c["given"], old)), (_step_given(c, grad, old),)) for c in fitting]
        if not seen:
            unseen += 1
            continue
        seen = seen if told else [_at_its_own_rate(s, seen[0]) for s in seen]
        found = judge(name, seen, known.stepped, known.STEPS)
        complaints += [evolve(c, sentence=f"{name}: {c.sentence}") for c in found]
    return complaints if unseen < 2 else [Complaint("the update can't be seen before the gradients are there")]


def _at_its_own_rate(s: Seen, first: Seen) -> Seen:
    """What was seen, at the rate of the first step, for a layer with a learning rate of its own that nobody can set."""
    given = first.givens[0]
    moved = given.W - first.value if isinstance(first.value, np.ndarray) else 0.0 * given.W
    rate = float(np.sum(moved * given.dW) / (np.sum(given.dW**2) or 1.0))
    return Seen(s.value, (evolve(s.givens[0], lr=rate if rate > 0 else RATE),))


def _shaped(value: Any, like: Any) -> Any:
    return own(value, like) if isinstance(value, np.ndarray) and value.size == like.size else value


def _step_given(case: dict[str, Any], grad: str, old: str) -> Given:
    like = getattr(case["given"], old)
    given: Given = case["given"]
    return evolve(given, W=like, dW=case[grad].reshape(like.shape))


def _in_proportion(cases: list[dict[str, Any]], again: list[dict[str, Any]]) -> list[Complaint]:
    """Where no gradient is stored, the step must be in proportion to the learning rate."""
    complaints = []
    for name in ("dW", "db"):
        pairs = [(c[name], a[name]) for c, a in zip(cases, again, strict=True)]
        if not all(isinstance(v, np.ndarray) for pair in pairs for v in pair):
            return [Complaint("the update can't be seen before backward runs")]
        letter = name[1:]
        if all(not np.any(one) for _, one in pairs):
            mistake = next(m for m in known.STEPS if m.name == "not updated")
            complaints.append(Complaint(f"{letter}: {mistake.sentence}", mistake.name))
        elif all(same(half, one) for half, one in pairs):
            mistake = next(m for m in known.STEPS if m.name == "learning rate ignored")
            complaints.append(Complaint(f"{letter}: {mistake.sentence}", mistake.name))
        elif not all(same(half, RATE * one) for half, one in pairs):
            complaints.append(Complaint(f"{letter}: the step is not in proportion to the learning rate"))
    return complaints


def own(value: Any, like: Any) -> Any:
    """The layer's own parameter in the shape of the lecture."""
    if not isinstance(value, np.ndarray) or value.size != like.size:
        return like
    return value.reshape(like.shape)
