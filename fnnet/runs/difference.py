"""Whether a run, trained again, comes to the same bits; and if not, where it first differs."""

from collections.abc import Iterable
from itertools import zip_longest

import numpy as np

from fnnet.learning.state import State
from fnnet.runs.history import Epoch
from fnnet.values.array import Array
from fnnet.values.fingerprint import structure
from fnnet.values.record import replace, settings
from fnnet.values.tree import arrays

#: Figures of a state, and of an epoch, that a run of an earlier fnnet does not have, so that nothing compares to them.
NEWER, NEWER_OF_EPOCH = ("metric_total", "validation_metric"), ("metric", "validation_metric")


def difference(was: State, now: State) -> str | None:
    """The first figure or array in which two states differ, in one sentence; None when they are equal to the bit."""
    now = replace(now, **{name: None for name in NEWER if getattr(was, name) is None})
    for name in settings(State):
        a, b = repr(getattr(was, name)), repr(getattr(now, name))
        if a != b:
            return f"{name} was {a} and is {b}"
    for before, after in zip_longest(structure(was), structure(now), fillvalue="nothing"):
        if before != after:
            return f"{before} has become {after}"
    return _first_array(arrays(was), arrays(now))


def _first_array(was: dict[str, Array], now: dict[str, Array]) -> str | None:
    for path, a in was.items():
        b = now[path]
        if a.shape != b.shape or a.dtype != b.dtype:
            return f"{path} differs in its shape"
        if (others := _bits(a) != _bits(b)).any():
            with np.errstate(invalid="ignore"):  # infinity minus infinity, of which there may be some
                away = np.abs(a.ravel() - b.ravel())[others].max()
            return f"{path} differs in {np.count_nonzero(others):,} of {a.size:,} numbers, by {away:.3g} at most"
    return None


def _bits(a: Array) -> Array:
    """The bits of each number."""
    return np.frombuffer(a.tobytes(), f"V{a.itemsize}")


def first_difference(was: Iterable[Epoch], now: Iterable[Epoch]) -> str | None:
    """The first epoch in which two histories differ, in one sentence; None when the epochs of both are the same.

    Seconds are never the same, and are not compared.
    """
    for before, after in zip(was, now, strict=False):
        for name in Epoch._fields[:-1]:
            a, b = repr(getattr(before, name)), repr(getattr(after, name))
            if a != b and not (a == "None" and name in NEWER_OF_EPOCH):
                return f"epoch {before.epoch}: {name} was {a} and is {b}"
    return None
