"""Compare what a student's code gave with what is right, and with every known mistake."""

from collections.abc import Sequence
from itertools import product
from typing import final

import numpy as np

from fnnet.grading import pages
from fnnet.grading.catalog.mistake import Formula, Mistake, Quantity, on
from fnnet.grading.child.records import Failure, Odd, Value
from fnnet.grading.inputs import Inputs
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
    """One observation: the quantity as it came, and the readings of what it may have been computed from."""

    value: Value
    readings: tuple[Inputs, ...]


FACTORS = on(
    pages.CHECKING,
    ("negated too", "its sign is wrong besides", lambda g: -1.0),
    ("averaged too", "it is divided by the batch size besides", lambda g: 1.0 / g.n),
    ("doubled too", "it is twice as large besides", lambda g: 2.0),
)


def judge(q: Quantity, seen: Sequence[Seen]) -> list[Complaint]:
    """What is wrong with a quantity: nothing, or the mistakes that fit, or what can be said without one."""
    if fits(q, q.right, seen):
        return []
    first = next((s.value for s in seen if not isinstance(s.value, np.ndarray)), np.zeros(0))
    if (first is None or isinstance(first, Failure)) and all(isinstance(s.value, type(first)) for s in seen):
        return [Complaint(not_an_array(q.letter, first))]
    return known(q, seen) or _with_a_factor(q, seen) or [Complaint(_plainly(q, seen))]


def known(q: Quantity, seen: Sequence[Seen]) -> list[Complaint]:
    """The mistakes of the catalog that fit."""
    return [Complaint(m.sentence, m.name) for m in q.mistakes if fits(q, m.f, seen)]


def partly(q: Quantity, seen: Sequence[Seen]) -> bool:
    """Whether a quantity is right wherever something else did not stop it before it was there."""
    there = [s for s in seen if not isinstance(s.value, Failure | None)]
    return bool(there) and fits(q, q.right, there)


def _with_a_factor(q: Quantity, seen: Sequence[Seen]) -> list[Complaint]:
    pairs = product(FACTORS, q.mistakes)
    both = next((pair for pair in pairs if fits(q, _both(*pair), seen)), ())
    return [Complaint(m.sentence, m.name) for m in both]


def _both(factor: Mistake, base: Mistake) -> Formula:
    return lambda g: np.asarray(factor.f(g)) * np.asarray(base.f(g))


def fits(q: Quantity, f: Formula, seen: Sequence[Seen]) -> bool:
    """Whether a formula fits all that was seen, for one and the same reading of what it was computed from."""
    most = max(len(s.readings) for s in seen)
    for i in range(most):
        verdicts = [_fits(q, f, s.value, s.readings[min(i, len(s.readings) - 1)]) for s in seen]
        if True in verdicts and False not in verdicts:
            return True
    return False


def _fits(q: Quantity, f: Formula, value: Value, case: Inputs) -> bool | None:
    try:
        with np.errstate(all="ignore"):
            expected = np.asarray(f(case))
    except (ValueError, IndexError):  # what can't be computed fits what gave nothing; but that alone is no proof
        return None if isinstance(value, Failure | None) else False
    if q.row and isinstance(value, np.ndarray) and value.shape == (1, *expected.shape):
        value = value[0]
    return same(value, expected, q.slack)


def _plainly(q: Quantity, seen: Sequence[Seen]) -> str:
    name = q.letter
    for s in seen:
        if not isinstance(s.value, np.ndarray):
            return not_an_array(name, s.value)
        with np.errstate(all="ignore"):
            expected = q.right(s.readings[0])
        if s.value.shape != expected.shape:
            return f"{name} has the shape {s.value.shape}, expected {expected.shape}"
        if not np.all(np.isfinite(s.value)):
            return f"{name} is not finite: it holds NaN or infinity"
        if s.value.dtype == np.float16:
            return f"{name} is wrong, or too coarse to tell: it is in float16; compute it in float64"
    return f"{name} is wrong, in no way that the catalog knows; compare it with a measured slope: see {pages.CHECKING}"


def not_an_array(name: str, value: Value) -> str:
    """What is wrong with a value that is no array."""
    if value is None:
        return f"{name} is None: it is not written yet, or a return is missing"
    if isinstance(value, Failure):
        return f"{name}: it {value.sentence}"
    kind = value.type if isinstance(value, Odd) else type(value).__name__
    return f"{name} is a {kind}, expected a NumPy array"


def same(value: object, expected: object, slack: float = 1.0) -> bool:
    """Whether a value is the expected array, up to the rounding of its dtype; of float16 only up to the last one."""
    if not isinstance(value, np.ndarray) or not isinstance(expected, np.ndarray | np.generic | float):
        return False
    if value.shape != np.shape(expected) or not np.all(np.isfinite(expected)):
        return False
    rough = {2: 1e-3, 4: 3e-4}.get(value.dtype.itemsize if value.dtype.kind == "f" else 8, 1e-6)
    scale = max(float(np.max(np.abs(expected), initial=0.0)), 1e-6)  # below it, a 0 that rounding has missed
    with np.errstate(all="ignore"):
        return bool(np.all(np.abs(value - expected) <= rough * slack * scale))
