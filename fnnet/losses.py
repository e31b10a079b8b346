"""Losses: the last layer of a network in training. A loss knows its targets and returns one number.

``forward(logits)`` gives the value and a cache, ``backward(cache, dout)`` gives dlogits for ``dout`` = 1.0 (or any
factor). With weights, one an example, the value is ``sum(w l) / sum(w)``. N examples, K classes or outputs.
"""

from typing import Any, Self, final

import numpy as np

from fnnet.values.array import Array, freeze, readonly, unmasked
from fnnet.values.errors import UsageError
from fnnet.values.example_weights import example_weights, shares
from fnnet.values.numeric import log_softmax_and_softmax, sigmoid, softplus
from fnnet.values.record import data, frozen
from fnnet.values.targets import answers, distributions, numeric_targets


def _weights(values: Any) -> Array | None:
    return None if values is None else example_weights(values)


def _shares(weights: Array, like: Array) -> Array:
    """What each example's loss counts for in the value, (N,)."""
    return shares(example_weights(weights, len(like))).astype(like.real.dtype)


def _total(losses: Array, weights: Array | None) -> Any:
    """The weighted mean of one loss an example, (N,)."""
    return np.add.reduce(losses) / len(losses) if weights is None else np.dot(losses, _shares(weights, losses))


def _by_example(weights: Array | None, like: Array) -> Any:
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


def _check(targets: Array, x: Array, name: str) -> None:
    if targets.shape != x.shape:
        mend = f"; use one_hot(labels, {x.shape[-1]})" if targets.ndim == 1 else ""
        if mend and targets.dtype.kind not in "iu":
            mend += f" or, for class indices, labels.astype(int): these are {targets.dtype}"
        raise UsageError(f"targets must be (N, K) like {name} {x.shape}, got {targets.shape}{mend}")
    _two_axes(x, name)


def _two_axes(x: Array, name: str) -> None:
    if x.ndim != 2:
        raise UsageError(f"{name} must be (N, K), got {x.shape}")


def _labels(targets: Array, logits: Array) -> bool:
    """Whether the targets are class indices; raise ValueError when they don't fit the logits."""
    if targets.ndim != 1 or targets.dtype.kind not in "iu":
        _check(targets, logits, "logits")
        return False
    _two_axes(logits, "logits")
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
    weights: Array | None = data(default=None, converter=_weights)

    def forward(self, x: Array) -> tuple[Any, Array]:
        """The value and softmax(x)."""
        logs, y = log_softmax_and_softmax(x)
        if _labels(self.targets, x):
            losses = _of_labels(logs, self.targets)
        else:
            losses = np.add.reduce(self.targets.astype(x.real.dtype, copy=False) * logs, axis=1)
        return -_total(losses, self.weights), freeze(y)

    def backward(self, cache: Array, dout: Any) -> tuple[Array, Self]:
        """``dout (y - t) / N``, and the loss itself, which has no parameters."""
        if self.targets.ndim == 1:
            dx = cache.copy()
            dx[np.arange(len(cache)), self.targets] -= 1
        else:
            dx = cache - self.targets.astype(cache.real.dtype, copy=False)
        dx *= dout * _by_example(self.weights, cache)
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
    weights: Array | None = data(default=None, converter=_weights)

    def forward(self, x: Array) -> tuple[Any, Array]:
        """The value and x."""
        _check(self.targets, x, "logits")
        losses = np.mean(softplus(x) - self.targets.astype(x.real.dtype, copy=False) * x, axis=1)
        return _total(losses, self.weights), readonly(x)

    def backward(self, cache: Array, dout: Any) -> tuple[Array, Self]:
        """``dout (s(x) - t) / (N K)``, and the loss itself, which has no parameters."""
        dx = sigmoid(cache)
        dx -= self.targets.astype(cache.real.dtype, copy=False)
        dx *= dout * _by_example(self.weights, cache) / cache.shape[1]
        return freeze(dx), self


@final
@frozen
class MeanSquaredError:
    """``(y - t)^2``, averaged over examples and outputs, as PyTorch's. Its cache is ``y - t``.

    Targets are (N, K) like the outputs y. ``dl/dy = 2 (y - t)``, so ``dx = 2 (y - t) / (N K)``.

    >>> loss = MeanSquaredError(np.array([[1.0, 0.0]]))
    >>> value, cache = loss.forward(np.array([[3.0, 0.0]]))
    >>> float(value), loss.backward(cache, 1.0)[0]
    (2.0, array([[2., 0.]]))
    """

    targets: Array = data(converter=numeric_targets)
    weights: Array | None = data(default=None, converter=_weights)

    def forward(self, x: Array) -> tuple[Any, Array]:
        """The value and ``y - t``."""
        _check(self.targets, x, "outputs")
        away = x - self.targets.astype(x.real.dtype, copy=False)
        return _total(np.mean(away * away, axis=1), self.weights), freeze(away)

    def backward(self, cache: Array, dout: Any) -> tuple[Array, Self]:
        """``2 dout (y - t) / (N K)``, and the loss itself, which has no parameters."""
        return freeze(cache * (2.0 * dout * _by_example(self.weights, cache) / cache.shape[1])), self


#: The losses of this file: `train` looks at all their targets when it begins, and not again at each step.
OWN = (SoftmaxCrossEntropy, SigmoidCrossEntropy, MeanSquaredError)
