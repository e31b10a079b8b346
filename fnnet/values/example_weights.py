"""Weights of examples: how much each counts. 0 is as if the example were absent, 2 as if it stood there twice."""

from typing import Any

import numpy as np

from fnnet.values.array import Array, numbers, readonly
from fnnet.values.errors import UsageError


def example_weights(values: Any, examples: int | None = None) -> Array:
    """The weights (N,), read-only. Raises UsageError unless they are finite and none negative, one for each example.

    >>> example_weights([1.0, 2.0], 2)
    array([1., 2.])
    """
    weights = numbers(values, "weights")
    weights = readonly(weights if weights.dtype.kind == "f" else weights.astype(np.float64))  # sums of bytes overflow
    if weights.ndim != 1 or not np.all(weights >= 0) or not np.isfinite(weights.sum()):
        n = "N" if examples is None else examples
        raise UsageError(f"weights must be ({n},) finite numbers, none negative, got {weights.dtype} {weights.shape}")
    if examples is not None and len(weights) != examples:
        raise UsageError(f"weights must be (N,) for {examples} examples, got {weights.shape}")
    return weights


def shares(weights: Array) -> Array:
    """What each example counts for, of 1 in all; of nothing where all weights are 0.

    >>> shares(np.array([1.0, 3.0]))
    array([0.25, 0.75])
    """
    share: Array = weights / (weights.sum() or 1.0)
    return share
