"""Using a network: outputs and figures for any number of examples, in chunks that stay in the processor's cache."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from fnnet.learning.metrics import predicted
from fnnet.network.folds import Params, forward
from fnnet.values.array import Array, freeze
from fnnet.values.tree import dtype_of

CHUNK = 1000


def cast(x: Array, dtype: np.dtype[Any]) -> Array:
    """``x`` in the dtype of the network, without a copy where it already is; a copy is frozen."""
    return x if x.dtype == dtype else freeze(x.astype(dtype))


def _chunks(net: Params, x: Array) -> Iterator[tuple[slice, Array]]:
    dtype = dtype_of(net)
    for start in range(0, max(len(x), 1), CHUNK):
        part = slice(start, start + CHUNK)
        yield part, forward(net, cast(x[part], dtype))[0]


def predict(net: Params, x: Any) -> Array:
    """The outputs (N, ...) of a network for x (N, ...), which is cast to the network's dtype.

    >>> from fnnet import Affine, Softmax
    >>> predict((Affine(np.eye(2), np.zeros(2)), Softmax()), [[0, 0]])
    array([[0.5, 0.5]])
    """
    return freeze(np.concatenate([y for _, y in _chunks(net, np.asarray(x))]))


def evaluate(net: Params, loss: Callable[[Any], Any], x: Any, targets: Any) -> tuple[float, float]:
    """The mean loss, and the share of examples whose largest output is the one of their target.

    Targets are class indices (N,) or rows (N, K), as ``loss(targets)`` takes them.

    >>> from fnnet import Affine, SoftmaxCrossEntropy
    >>> value, accuracy = evaluate((Affine(np.eye(2), np.zeros(2)),), SoftmaxCrossEntropy, [[0, 9], [9, 0]], [1, 1])
    >>> round(value, 3), accuracy
    (4.5, 0.5)
    """
    targets = np.asarray(targets)
    labels = targets if targets.ndim == 1 else predicted(targets)
    total, right = 0.0, 0
    for part, y in _chunks(net, np.asarray(x)):
        total += float(loss(targets[part]).forward(y)[0]) * len(y)
        right += int(np.count_nonzero(predicted(y) == labels[part]))
    return total / len(targets), right / len(targets)
