"""Compare what a student's code gave with what is right, and with every known mistake."""

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any, final

import numpy as np

from fnnet.grading import pages
from fnnet.grading.catalog.mistake import Catalog, Mistake
from fnnet.grading.given import Given
from fnnet.grading.wire import Failure, Nothing, Odd
from fnnet.values.array import Array
from fnnet.values.record import frozen


@final
@frozen
class Complaint:
    """What is wrong, in a sentence; ``mistake`` is its name in the catalog, empty for what is not in it."""

    sentence: str
    mistake: str = ""


@final
@frozen
class Seen:
    """One observation: the quantity as it came, and what it may have been computed from."""

    value: Any
    givens: tuple[Given, ...]


Right = Callable[[Given], Array]


def same(value: Any, expected: Any, slack: float = 1.0) -> bool:
    """Whether a value is the expected array, up to the rounding of its dtype."""
    expected = np.asarray(expected)
    if not isinstance(value, np.ndarray) or value.shape != expected.shape or not np.all(np.isfinite(expected)):
        return False
    rough = {2: 2e-2, 4: 3e-4}.get(value.dtype.itemsize if value.dtype.kind == "f" else 8, 1e-6)
    scale = max(float(np.max(np.abs(expected), initial=0.0)), 1e-6)  # below it, a 0 that rounding has missed
    with np.errstate(all="ignore"):
        return bool(np.all(np.abs(value - expected) <= rough * slack * scale))


def judge(
    name: str, seen: Sequence[Seen], right: Right, catalog: Catalog, slack: float = 1.0, reshape: bool = False
) -> list[Complaint]:
    """What is wrong with a quantity: nothing, or the mistakes that fit, or what can be said without one."""
    if _is(seen, right, slack, reshape):
        return []
    first = next((s.value for s in seen if not isinstance(s.value, np.ndarray)), None)
    if isinstance(first, Nothing | Failure) and all(isinstance(s.value, type(first)) for s in seen):
        return [Complaint(said(name, first))]
    found = [m for m in catalog if _is(seen, m.f, slack, reshape)]
    if found:
        return [Complaint(m.sentence, m.name) for m in found]
    pairs = [(a, b) for a, b in product(FACTORS, catalog) if _is(seen, _both(a, b), slack, reshape)]
    if pairs:
        a, b = pairs[0]
        return [Complaint(a.sentence, a.name), Complaint(b.sentence, b.name)]
    return [Complaint(_plainly(name, seen, right))]


def partly(seen: Sequence[Seen], right: Right, reshape: bool = False) -> bool:
    """Whether a quantity is right wherever something else did not stop it before it was there."""
    there = [s for s in seen if not isinstance(s.value, Failure | Nothing)]
    return bool(there) and _is(there, right, 1.0, reshape)


FACTORS: Catalog = (
    Mistake("negated too", "its sign is wrong besides", pages.CHECKING, lambda g: np.float64(-1.0)),
    Mistake("averaged too", "it is divided by the batch size besides", pages.CHECKING, lambda g: np.float64(1.0 / g.n)),
    Mistake("doubled too", "it is twice as large besides", pages.CHECKING, lambda g: np.float64(2.0)),
)


def _both(factor: Mistake, base: Mistake) -> Right:
    return lambda g: np.asarray(factor.f(g) * base.f(g))


def _is(seen: Sequence[Seen], f: Right, slack: float, reshape: bool) -> bool:
    """Whether a formula fits all that was seen, for one and the same reading of what it was computed from."""
    readings = max(len(s.givens) for s in seen)
    return any(_fits([(s.value, s.givens[min(i, len(s.givens) - 1)]) for s in seen], f, slack, reshape)
               for i in range(readings))  # fmt: skip


def _fits(pairs: list[tuple[Any, Given]], f: Right, slack: float, reshape: bool) -> bool:
    hits = 0
    for value, given in pairs:
        try:
            with np.errstate(all="ignore"):
                expected = np.asarray(f(given))
        except (ValueError, IndexError):
            if not isinstance(value, Failure | Nothing):
                return False
            continue
        if reshape and isinstance(value, np.ndarray) and value.shape == (1, *expected.shape):
            value = value[0]
        if not same(value, expected, slack):
            return False
        hits += 1
    return hits > 0


def said(name: str, value: Any) -> str:
    """What is wrong with a value that is no array."""
    if isinstance(value, Nothing):
        return f"{name} is None: it is not written yet, or a return is missing"
    if isinstance(value, Failure):
        return f"{name}: it {value.sentence}"
    kind = value.type if isinstance(value, Odd) else type(value).__name__
    return f"{name} is a {kind}, expected a NumPy array"


def _plainly(name: str, seen: Sequence[Seen], right: Right) -> str:
    for s in seen:
        if not isinstance(s.value, np.ndarray):
            return said(name, s.value)
        with np.errstate(all="ignore"):
            expected = np.asarray(right(s.givens[0]))
        if s.value.shape != expected.shape:
            return f"{name} has the shape {s.value.shape}, expected {expected.shape}"
        if not np.all(np.isfinite(s.value)):
            return f"{name} is not finite: it holds NaN or infinity"
    return f"{name} is wrong, in no way that the catalog knows; compare it with a measured slope: see {pages.CHECKING}"
