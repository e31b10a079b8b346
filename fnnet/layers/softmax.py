"""Softmax as a layer of its own. For training, prefer `SoftmaxCrossEntropy`, which is stable and simpler."""

from typing import Self, final

import numpy as np

from fnnet.values.array import Array, freeze
from fnnet.values.numeric import softmax
from fnnet.values.record import frozen


@final
@frozen
class Softmax:
    """``y_k = e^x_k / sum_j e^x_j`` over the last axis. Its cache is y.

    ``dy_j/dx_k = y_j ([j = k] - y_k)``, so
    ``dx_k = sum_j dout_j dy_j/dx_k = y_k (dout_k - sum_j dout_j y_j)``.
    Source: the course, "Making Softmax Layer"; there it is joined with the cross-entropy.

    >>> y, cache = Softmax().forward(np.array([[0.0, 0.0]]))
    >>> y, Softmax().backward(cache, np.array([[1.0, 0.0]]))[0]
    (array([[0.5, 0.5]]), array([[ 0.25, -0.25]]))
    """

    def forward(self, x: Array) -> tuple[Array, Array]:
        """y, twice: it is its own cache."""
        y = freeze(softmax(x))
        return y, y

    def backward(self, cache: Array, dout: Array) -> tuple[Array, Self]:
        """``y (dout - sum_j dout_j y_j)``."""
        dx = dout - np.add.reduce(dout * cache, axis=-1, keepdims=True)
        dx *= cache
        return freeze(dx), self
