"""What all losses share: how targets fit outputs, and how examples are weighed. N examples, K classes or outputs."""

from typing import Any

import numpy as np

from fnnet.values.array import Array, freeze, unmasked
from fnnet.values.errors import UsageError
from fnnet.values.example_weights import example_weights, shares


def optional_weights(values: Any) -> Array | None:
    """Weights of examples, (N,), or none."""
    return None if values is None else example_weights(values)


def _shares(weights: Array, like: Array) -> Array:
    """What each example's loss counts for in the value, (N,)."""
    return shares(example_weights(weights, len(like))).astype(like.real.dtype)


def total(losses: Array, weights: Array | None) -> Any:
    """The weighted mean of one loss an example, (N,)."""
    return np.add.reduce(losses) / len(losses) if weights is None else np.dot(losses, _shares(weights, losses))


def by_example(weights: Array | None, like: Array) -> Any:
    """What each row of the gradient is multiplied by: (N, 1), or 1 / N for all of them."""
    return 1.0 / len(like) if weights is None else _shares(weights, like)[:, None]


def one_hot(labels: Any, classes: int, dtype: Any = np.float32) -> Array:
    """Class indices (N,) as rows (N, K) of zeros with a single 1.

    Raises ValueError for labels that are not whole numbers from 0 to K - 1.

    >>> one_hot([2, 0], 3)
    array([[0., 0., 1.],
           [1., 0., 0.]], dtype=float32)
    """
    labels = np.asarray(unmasked(labels, "labels"))
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise UsageError(f"labels must be (N,) whole numbers, got {labels.shape} of {labels.dtype}")
    if len(labels) and not 0 <= labels.min() <= labels.max() < classes:
        raise UsageError(f"labels must be from 0 to {classes - 1}, got {labels.min()} to {labels.max()}")
    rows = np.zeros((len(labels), classes), dtype)
    rows[np.arange(len(labels)), labels] = 1
    return freeze(rows)


def column(targets: Array, x: Array) -> Array:
    """Targets (N, K) for outputs of that shape; numbers (N,) are those of the only output."""
    return targets[:, None] if targets.ndim == 1 and x.ndim == 2 and x.shape[1] == 1 else targets


def check(targets: Array, x: Array, name: str) -> None:
    """Raise UsageError unless the targets are (N, K) like x."""
    if targets.shape != x.shape:
        mend = f"; use one_hot(labels, {x.shape[-1]})" if targets.ndim == 1 else ""
        if mend and targets.dtype.kind not in "iu":
            mend += f" or, for class indices, labels.astype(int): these are {targets.dtype}"
        raise UsageError(f"targets must be (N, K) like {name} {x.shape}, got {targets.shape}{mend}")
    two_axes(x, name)


def two_axes(x: Array, name: str) -> None:
    """Raise UsageError unless x is (N, K)."""
    if x.ndim != 2:
        raise UsageError(f"{name} must be (N, K), got {x.shape}")
