"""Normalization: entries brought to mean 0 and variance 1, then stretched and moved by what is learned.

``xhat = (x - mean) / sqrt(var + eps)`` and ``y = gamma xhat + beta``. Where mean and var come from x itself (over
n entries), they depend on every entry, and the chain rule through both gives, with ``d = dout gamma``::

    dx = (d - mean(d) - xhat mean(d xhat)) / sqrt(var + eps)

Where they are constants, ``dx = d / sqrt(var + eps)``. N examples, F features.
"""

from typing import Self, final

import attrs
import numpy as np
from numpy.typing import DTypeLike

from fnnet.values.array import Array, freeze, readonly
from fnnet.values.keys import Key
from fnnet.values.record import buffer, data, frozen, param, replace


@final
@frozen
class Normalized:
    """The cache of a normalization: xhat, ``1 / sqrt(var + eps)``, and in training (mean, var) of the batch."""

    xhat: Array = data()
    inverse: Array = data()
    moments: Array | None = data(default=None, converter=attrs.converters.optional(readonly))


def _moments(x: Array, axis: int) -> tuple[Array, Array]:
    """Mean and variance; the square is a product, since ``np.var`` takes absolute values and is not analytic."""
    mean = x.mean(axis, keepdims=True)
    away = x - mean
    return mean, np.mean(away * away, axis, keepdims=True)


def _normalize(x: Array, mean: Array, var: Array, eps: float) -> tuple[Array, Array]:
    inverse = 1.0 / np.sqrt(var + eps)
    xhat = x - mean
    xhat *= inverse
    return freeze(xhat), freeze(inverse)


def _through_moments(d: Array, cache: Normalized, axis: int) -> Array:
    dx: Array = d - d.mean(axis, keepdims=True)
    dx -= cache.xhat * np.mean(d * cache.xhat, axis, keepdims=True)
    dx *= cache.inverse
    return dx


def _expects(shape: tuple[int, ...], gamma: Array, *others: Array) -> None:
    if gamma.ndim != 1 or any(a.shape != gamma.shape for a in others):
        raise ValueError(f"must hold rows of one length, got {', '.join(str(a.shape) for a in (gamma, *others))}")
    if shape[-1] != len(gamma):
        raise ValueError(f"expects {len(gamma)} inputs, got {shape[-1]}")


@final
@frozen
class BatchNorm:
    """Batch normalization of x (N, F): each feature over the examples. Its cache is a `Normalized`.

    In training mode mean and variance are the batch's, and `absorb` moves the running ones by ``momentum`` towards
    them (the variance with N - 1, as PyTorch). As stored it uses the running ones.
    Source: Ioffe and Szegedy 2015.

    >>> from fnnet import key, training
    >>> x = np.array([[1.0], [3.0]])
    >>> layer = BatchNorm.init(1, dtype=float)
    >>> training(layer, key(0, 4)).forward(x)[0].round(3).ravel()
    array([-1.,  1.])
    """

    gamma: Array = param()
    beta: Array = param()
    mean: Array = buffer()
    var: Array = buffer()
    momentum: float = 0.1
    eps: float = 1e-5
    batch: bool = False

    @classmethod
    def init(cls, features: int, dtype: DTypeLike = np.float32) -> Self:
        """gamma = 1, beta = 0, running mean 0 and variance 1."""
        zeros, ones = freeze(np.zeros(features, dtype)), freeze(np.ones(features, dtype))
        return cls(gamma=ones, beta=zeros, mean=zeros, var=ones)

    def training(self, key: Key) -> Self:
        """The layer using the batch."""
        return replace(self, batch=True)

    def forward(self, x: Array) -> tuple[Array, Normalized]:
        """y (N, F) and the cache."""
        mean, var = _moments(x, 0) if self.batch else (self.mean, self.var)
        xhat, inverse = _normalize(x, mean, var, self.eps)
        moments = freeze(np.concatenate([mean, var])) if self.batch else None
        return freeze(xhat * self.gamma + self.beta), Normalized(xhat, inverse, moments)

    def backward(self, cache: Normalized, dout: Array) -> tuple[Array, Self]:
        """dx (N, F), and the gradients in gamma and beta."""
        d = dout * self.gamma
        dx = d * cache.inverse if cache.moments is None else _through_moments(d, cache, 0)
        dgamma, dbeta = freeze((dout * cache.xhat).sum(0)), freeze(dout.sum(0))
        return freeze(dx), replace(self, gamma=dgamma, beta=dbeta, batch=False)

    def per_example(self, cache: Normalized, dout: Array) -> tuple[Array, Self]:
        """dx, and each example's own ``dgamma_nf = dout_nf xhat_nf`` and ``dbeta_nf = dout_nf``.

        Raises ValueError in training mode, where mean and variance of the batch join the examples.
        """
        if cache.moments is not None:
            raise ValueError(
                "BatchNorm in training mode joins the examples of a batch, so none has a gradient of its own; "
                "run forward with the network as stored"
            )
        dgamma, dbeta = freeze(dout * cache.xhat), readonly(dout)
        return freeze(dout * self.gamma * cache.inverse), replace(self, gamma=dgamma, beta=dbeta, batch=False)

    def absorb(self, cache: Normalized) -> Self:
        """The layer with its running statistics moved on; one example has no variance and moves nothing."""
        n = len(cache.xhat)
        if cache.moments is None or n < 2:
            return self
        mean, var = cache.moments
        keep, move = 1.0 - self.momentum, self.momentum
        moved = keep * self.mean + move * mean, keep * self.var + move * (n / (n - 1)) * var
        return replace(self, mean=freeze(moved[0]), var=freeze(moved[1]))

    def check(self, shape: tuple[int, ...]) -> None:
        """Raise ValueError unless x may have this shape."""
        if len(shape) != 2:
            raise ValueError(f"expects x of (N, {len(self.gamma)}), got {len(shape)} axes")
        _expects(shape, self.gamma, self.beta, self.mean, self.var)


@final
@frozen
class LayerNorm:
    """Layer normalization of x (N, ..., F): each example over its features. Its cache is a `Normalized`.

    It does the same in training and in use. Source: Ba, Kiros and Hinton 2016.

    >>> LayerNorm.init(2, dtype=float).forward(np.array([[1.0, 3.0]]))[0].round(3)
    array([[-1.,  1.]])
    """

    gamma: Array = param()
    beta: Array = param()
    eps: float = 1e-5

    @classmethod
    def init(cls, features: int, dtype: DTypeLike = np.float32) -> Self:
        """gamma = 1 and beta = 0."""
        return cls(freeze(np.ones(features, dtype)), freeze(np.zeros(features, dtype)))

    def forward(self, x: Array) -> tuple[Array, Normalized]:
        """y (N, ..., F) and the cache."""
        xhat, inverse = _normalize(x, *_moments(x, -1), self.eps)
        return freeze(xhat * self.gamma + self.beta), Normalized(xhat, inverse)

    def backward(self, cache: Normalized, dout: Array) -> tuple[Array, Self]:
        """dx (N, ..., F), and the gradients in gamma and beta."""
        return self._summed(cache, dout, tuple(range(dout.ndim - 1)))

    def per_example(self, cache: Normalized, dout: Array) -> tuple[Array, Self]:
        """dx, and each example's own dgamma and dbeta (N, F): the sums of backward, but not over the examples."""
        return self._summed(cache, dout, tuple(range(1, dout.ndim - 1)))

    def _summed(self, cache: Normalized, dout: Array, axes: tuple[int, ...]) -> tuple[Array, Self]:
        dx = _through_moments(dout * self.gamma, cache, -1)
        dgamma, dbeta = freeze((dout * cache.xhat).sum(axes)), freeze(dout.sum(axes))
        return freeze(dx), replace(self, gamma=dgamma, beta=dbeta)

    def check(self, shape: tuple[int, ...]) -> None:
        """Raise ValueError unless x may have this shape."""
        _expects(shape, self.gamma, self.beta)
