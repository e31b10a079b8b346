"""Follow a student's Model through layers of known arithmetic, and find the known way that leaves the same trace."""

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise

import numpy as np

from fnnet.grading import pages
from fnnet.grading.catalog.mistake import Quantity
from fnnet.grading.catalog.model_mistakes import FORWARD, LAYERS, checksum, trace
from fnnet.grading.child.records import Called, Log
from fnnet.grading.inputs import Inputs
from fnnet.grading.judge import Complaint, Seen, known, not_an_array, same
from fnnet.grading.session import Answer
from fnnet.values.array import Array
from fnnet.values.keys import Purpose, generator, key

SIZES = (3, 4, 5, 2, 2)


_DRAWN = generator(key(0, Purpose.CHECK, step=10))

#: Where the way that every model is followed on begins, and the matrix of each of the four layers.
START = _DRAWN.standard_normal((5, 3))
MATRICES = [_DRAWN.standard_normal(size) for size in pairwise(SIZES)]

#: What each layer is handed on the right way forward, and last what the last returns.
HANDED = list(accumulate(MATRICES, np.matmul, initial=START))


def through(layer: int, got: Array) -> Array:
    """What a layer makes of its input."""
    return np.asarray(got @ MATRICES[layer])


def back_through(layer: int, got: Array) -> Array:
    """What a layer makes of its d_out; the course's model begins with the number 1."""
    return np.asarray(got @ MATRICES[layer].T if got.ndim == 2 else got * HANDED[layer])


def calls_of(answer: Answer, slot: str, back: bool) -> list[Called]:
    """The calls that were written down, forward or back."""
    log = answer.get(slot)
    return [call for call in log.calls if call.back == back] if isinstance(log, Log) else []


def ways_of(q: Quantity, went: Sequence[Called], start: Array, call: Callable[[int, Array], Array]) -> list[Complaint]:
    """The known wrong ways whose trace is that of these calls."""
    seen = trace([(c.layer, checksum(c.got)) for c in went if isinstance(c.got, np.ndarray)])
    return known(q, [Seen(seen, (Inputs(start=start, call=call),))])


def in_order(went: Sequence[Called], order: Sequence[int]) -> bool:
    """Whether the layers were called in this order, and each was handed what the one before it returned."""
    chained = all(isinstance(a.returned, np.ndarray) and same(b.got, a.returned) for a, b in pairwise(went))
    return [c.layer for c in went] == list(order) and chained


def forward_complaints(answer: Answer) -> list[Complaint]:
    """What is wrong with the way forward."""
    y, went = answer.get("y"), calls_of(answer, "calls forward", back=False)
    right = in_order(went, LAYERS)
    if right and same(y, HANDED[-1]):
        return []
    if complaints := ways_of(FORWARD, went, START, through):
        return complaints
    if not isinstance(y, np.ndarray):
        return [Complaint(not_an_array("the output of Model.forward", y))]
    wrong = "return what its last layer returned" if right else "hand x through all layers in order"
    return [Complaint(f"Model.forward does not {wrong}: see {pages.MODEL}")]
