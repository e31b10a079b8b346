"""Read what layers of known arithmetic have written down, and find the known slip that leaves the same trace."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from fnnet.grading.catalog.model import Slip, checksum, trace
from fnnet.grading.judge import Complaint, same
from fnnet.grading.wire import Odd


def calls_of(value: Any) -> list[list[Any]]:
    """Each call as (kind, layer, got, rate, returned)."""
    return [[*map(_whole, e.items[:2]), *e.items[2:]] for e in value.items] if isinstance(value, Odd) else []


def _whole(value: Any) -> int:
    return int(value) if isinstance(value, np.ndarray) else -1


def slips(known: Sequence[Slip], went: list[list[Any]], start: Any, call: Any) -> list[Complaint]:
    """The slips of the catalog whose trace is that of these calls."""
    seen = np.array([(c[1], checksum(c[2])) for c in went if isinstance(c[2], np.ndarray)]).reshape(-1, 2)
    fitting = [slip for slip in known if same(seen, trace(slip.order, slip.handed, start, call))]
    return [Complaint(slip.sentence, slip.name) for slip in fitting]


def chained(went: list[list[Any]]) -> bool:
    """Whether each call was handed what the one before it returned."""
    pairs = pairwise(went)
    return all(isinstance(a[4], np.ndarray) and same(b[2], a[4]) for a, b in pairs)
