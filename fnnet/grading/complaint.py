"""What is wrong, in a sentence, and the sentences that any value may earn."""

from typing import final

import numpy as np

from fnnet.grading.child.records import Failure, Nothing, Odd, Value
from fnnet.values.record import frozen


@final
@frozen
class Complaint:
    """What is wrong, in a sentence; ``mistake`` is its name in the catalog, empty for what is not in it."""

    sentence: str
    mistake: str = ""


def said(name: str, value: Value) -> str:
    """What is wrong with a value that is no array."""
    if isinstance(value, Nothing):
        return f"{name} is None: it is not written yet, or a return is missing"
    if isinstance(value, Failure):
        return f"{name}: it {value.sentence}"
    kind = value.type if isinstance(value, Odd) else type(value).__name__
    return f"{name} is a {kind}, expected a NumPy array"


def same(value: object, expected: object, slack: float = 1.0) -> bool:
    """Whether a value is the expected array, up to the rounding of its dtype."""
    if not isinstance(value, np.ndarray) or not isinstance(expected, np.ndarray | np.generic | float):
        return False
    if value.shape != np.shape(expected) or not np.all(np.isfinite(expected)):
        return False
    rough = {2: 2e-2, 4: 3e-4}.get(value.dtype.itemsize if value.dtype.kind == "f" else 8, 1e-6)
    scale = max(float(np.max(np.abs(expected), initial=0.0)), 1e-6)  # below it, a 0 that rounding has missed
    with np.errstate(all="ignore"):
        return bool(np.all(np.abs(value - expected) <= rough * slack * scale))
