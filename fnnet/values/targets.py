"""Targets of examples: what a loss may be asked to learn. N examples, K classes or outputs."""

from typing import Any

import numpy as np

from fnnet.values.array import Array, numbers, readonly
from fnnet.values.errors import UsageError

#: How far from 1 the sum of a distribution may be, and how far below 0 or above 1 a target: rounding, as of float16.
ROUNDING = 1e-3


def numeric_targets(values: Any) -> Array:
    """Targets of real numbers, read-only; TypeError for others."""
    return readonly(numbers(values, "targets"))


def answers(values: Any) -> Array:
    """Targets whose rows (N, K), where they are rows, are from 0 to 1; otherwise UsageError."""
    targets = numeric_targets(values)
    if targets.ndim == 2 and not (np.all(targets >= -ROUNDING) and np.all(targets <= 1 + ROUNDING)):
        raise UsageError(f"targets must be from 0 to 1, got {targets.min():g} to {targets.max():g}")
    return targets


def distributions(values: Any) -> Array:
    """Targets whose rows (N, K), where they are rows, are distributions; otherwise UsageError, naming the worst row.

    >>> distributions([[0.5, 0.5], [0.5, 0.6]])
    Traceback (most recent call last):
    fnnet.values.errors.UsageError: each row of targets must sum to 1, got 1.1 in row 1; divide by the sums
    """
    targets = numeric_targets(values)
    if targets.shape[1:] == (1,) and not np.all(targets == 1):
        raise UsageError(f"targets must be (N,) class indices or (N, K) rows, got {targets.shape}; use np.ravel(y)")
    if answers(targets).ndim == 2:
        sums = targets.sum(axis=1, dtype=np.float64)
        away = np.abs(sums - 1)
        if np.any(away > ROUNDING):
            row = int(away.argmax())
            raise UsageError(f"each row of targets must sum to 1, got {sums[row]:g} in row {row}; divide by the sums")
    return targets
