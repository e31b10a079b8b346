"""Whether a run, trained again, comes to the same bits; and if not, where it first differs."""

from collections.abc import Iterable, Iterator

import numpy as np

from fnnet.array import Array, same_array
from fnnet.record import settings
from fnnet.runs.history import Row
from fnnet.stream import State
from fnnet.tree import arrays


def until(states: Iterable[State], step: int) -> Iterator[State]:
    """The states up to that of a step, which is the last."""
    for state in states:
        yield state
        if state.step >= step:
            return


def difference(was: State, now: State) -> str | None:
    """The first figure or array in which two states differ, in one sentence; None when they are equal to the bit."""
    for name in settings(State):
        a, b = getattr(was, name), getattr(now, name)
        if a != b:
            return f"{name} was {a!r} and is {b!r}"
    before, after = arrays(was), arrays(now)
    if before.keys() != after.keys():
        return "they do not hold the same arrays"
    for path, a in before.items():
        if not same_array(a, after[path]):
            return f"{path} differs in {_amount(a, after[path])}"
    return None


def _amount(a: Array, b: Array) -> str:
    if a.shape != b.shape or a.dtype != b.dtype:
        return "its shape"
    away = np.abs(a - b)
    return f"{np.count_nonzero(a != b):,} of {a.size:,} numbers, by {away.max():.3g} at most"


def first_difference(was: Iterable[Row], now: Iterable[Row]) -> str | None:
    """The first epoch in which two histories differ, in one sentence; None when the epochs of both are the same."""
    for before, after in zip(was, now, strict=False):
        for name in Row._fields:
            a, b = getattr(before, name), getattr(after, name)
            if a != b:
                return f"epoch {before.epoch}: {name} was {a!r} and is {b!r}"
    return None
