"""Losses of classes, from logits."""

from typing import Any, Self, final

import numpy as np

from fnnet.losses.fitting import by_example, check, column, optional_weights, total, two_axes
from fnnet.values.array import Array, freeze, readonly
from fnnet.values.errors import UsageError
from fnnet.values.numeric import log_softmax_and_softmax, sigmoid, softplus
from fnnet.values.record import data, frozen
from fnnet.values.targets import answers, distributions


def _labels(targets: Array, logits: Array) -> bool:
    """Whether the targets are class indices; raise ValueError when they don't fit the logits."""
    if targets.ndim != 1 or targets.dtype.kind not in "iu":
        check(targets, logits, "logits")
        return False
    two_axes(logits, "logits")
    if len(targets) != len(logits):
        raise UsageError(f"targets must be (N,) for logits {logits.shape}, got {targets.shape}")
    if targets.dtype.kind == "i" and targets.min() < 0:
        raise UsageError(f"class indices must be from 0 to {logits.shape[1] - 1}, got {targets.min()}")
    return True


def _of_labels(logs: Array, labels: Array) -> Array:
    try:
        return logs[np.arange(len(logs)), labels]
    except IndexError:
        raise UsageError(f"class indices must be from 0 to {logs.shape[1] - 1}, got {labels.max()}") from None


@final
@frozen
class SoftmaxCrossEntropy:
    """``-sum_k t_k log softmax(x)_k``, averaged over the examples. Its cache is softmax(x).

    Targets are class indices (N,), one-hot rows or distributions (N, K), each row summing to 1. Logits are (N, K).
    With y = softmax(x) and l = log sum_k e^x_k - sum_k t_k x_k, ``dl/dx_k = y_k - t_k``, so ``dx = (y - t) / N``.
    Source: the course, "Making Softmax Layer" (its hint: the mean of hypothesis minus answer).

    >>> loss = SoftmaxCrossEntropy(np.array([1]))
    >>> value, cache = loss.forward(np.array([[0.0, 0.0]]))
    >>> round(float(value), 4), loss.backward(cache, 1.0)[0]
    (0.6931, array([[ 0.5, -0.5]]))
    """

    targets: Array = data(converter=distributions)
    weights: Array | None = data(default=None, converter=optional_weights)

    def forward(self, x: Array) -> tuple[Any, Array]:
        """The value and softmax(x)."""
        logs, y = log_softmax_and_softmax(x)
        if _labels(self.targets, x):
            losses = _of_labels(logs, self.targets)
        else:
            losses = np.add.reduce(self.targets.astype(x.real.dtype, copy=False) * logs, axis=1)
        return -total(losses, self.weights), freeze(y)

    def backward(self, cache: Array, dout: Any) -> tuple[Array, Self]:
        """``dout (y - t) / N``, and the loss itself, which has no parameters."""
        if self.targets.ndim == 1:
            dx = cache.copy()
            dx[np.arange(len(cache)), self.targets] -= 1
        else:
            dx = cache - self.targets.astype(cache.real.dtype, copy=False)
        dx *= dout * by_example(self.weights, cache)
        return freeze(dx), self


@final
@frozen
class SigmoidCrossEntropy:
    """``-(t log s(x) + (1 - t) log(1 - s(x)))``, averaged over examples and outputs. Its cache is x.

    Targets are (N, K) like the logits, each from 0 to 1: K yes-or-no questions. With
    l = softplus(x) - t x, ``dl/dx = s(x) - t``, so ``dx = (s(x) - t) / (N K)``.

    >>> loss = SigmoidCrossEntropy(np.array([[1.0]]))
    >>> value, cache = loss.forward(np.array([[0.0]]))
    >>> round(float(value), 4), loss.backward(cache, 1.0)[0]
    (0.6931, array([[-0.5]]))
    """

    targets: Array = data(converter=answers)
    weights: Array | None = data(default=None, converter=optional_weights)

    def forward(self, x: Array) -> tuple[Any, Array]:
        """The value and x."""
        targets = column(self.targets, x)
        check(targets, x, "logits")
        losses = np.mean(softplus(x) - targets.astype(x.real.dtype, copy=False) * x, axis=1)
        return total(losses, self.weights), readonly(x)

    def backward(self, cache: Array, dout: Any) -> tuple[Array, Self]:
        """``dout (s(x) - t) / (N K)``, and the loss itself, which has no parameters."""
        dx = sigmoid(cache)
        dx -= column(self.targets, cache).astype(cache.real.dtype, copy=False)
        dx *= dout * by_example(self.weights, cache) / cache.shape[1]
        return freeze(dx), self
