"""Layers that prepare the input, its range and its shape. So a saved model takes the raw image or table."""

import math
from typing import Self, final

import attrs
import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from fnnet.values.array import Array, freeze
from fnnet.values.example_weights import example_weights, shares
from fnnet.values.record import buffer, frozen


def _finite(instance: object, attribute: object, value: float) -> None:
    if not math.isfinite(value):
        raise ValueError(f"factor must be a finite number, got {value}")


@final
@frozen
class Scale:
    """``y = factor x``, and ``dx = factor dout``. ``Scale(1 / 255)`` brings bytes to the range 0 to 1. No cache.

    >>> Scale(0.5).forward(np.array([4.0]))
    (array([2.]), None)
    """

    factor: float = attrs.field(validator=_finite)

    def forward(self, x: Array) -> tuple[Array, None]:
        """``factor x``."""
        return freeze(x * self.factor), None

    def backward(self, cache: None, dout: Array) -> tuple[Array, Self]:
        """``factor dout``."""
        return freeze(dout * self.factor), self


@final
@frozen
class Standardize:
    """``y = (x - mean) / deviation``, each column with its own; ``dx = dout / deviation``. No cache.

    The two are buffers: measured once on the training rows, stored, and not trained.

    >>> Standardize.of(np.array([[1, 5], [3, 5]]), float).forward(np.array([[2.0, 6.0]]))
    (array([[0., 1.]]), None)
    """

    mean: Array = buffer()
    deviation: Array = buffer()

    @classmethod
    def of(cls, x: Array, dtype: DTypeLike = np.float32, weights: ArrayLike | None = None) -> Self:
        """The layer that brings these rows (N, F) to mean 0 and deviation 1; a constant column is only moved.

        With ``weights`` (N,) a row of weight 2 counts as if it stood there twice, one of weight 0 not at all.
        """
        if weights is None:
            mean, deviation = x.mean(0, np.float64), x.std(0, np.float64)
        else:
            share = shares(example_weights(weights, len(x)))
            x, share = x[share > 0], share[share > 0]
            mean = np.dot(share, x)
            deviation = np.sqrt(np.dot(share, np.square(x - mean)))
        varies = x.max(0) > x.min(0)  # a constant column's deviation may be that of rounding
        return cls(freeze(mean.astype(dtype)), freeze(np.where(varies, deviation, 1.0).astype(dtype)))

    def forward(self, x: Array) -> tuple[Array, None]:
        """``(x - mean) / deviation``."""
        return freeze((x - self.mean) / self.deviation), None

    def backward(self, cache: None, dout: Array) -> tuple[Array, Self]:
        """``dout / deviation``."""
        return freeze(dout / self.deviation), self

    def check(self, shape: tuple[int, ...]) -> None:
        """Raise ValueError unless x may have this shape."""
        if self.mean.shape != self.deviation.shape:
            raise ValueError(f"has a mean of {self.mean.shape} and a deviation of {self.deviation.shape}")
        if shape[1:] != self.mean.shape:
            raise ValueError(f"expects x of (N, {len(self.mean)}), got (N, {', '.join(map(str, shape[1:]))})")


@final
@frozen
class Unstandardize:
    """``y = mean + deviation x``, each column with its own; ``dx = deviation dout``. No cache.

    It stands last where numbers are predicted: before it all is near 1, after it in the unit of the targets.

    >>> Unstandardize([10.0], [2.0]).forward(np.array([[0.0], [1.5]]))[0].tolist()
    [[10.0], [13.0]]
    """

    mean: Array = buffer()
    deviation: Array = buffer()

    def forward(self, x: Array) -> tuple[Array, None]:
        """``mean + deviation x``."""
        return freeze(x * self.deviation + self.mean), None

    def backward(self, cache: None, dout: Array) -> tuple[Array, Self]:
        """``deviation dout``."""
        return freeze(dout * self.deviation), self


@final
@frozen
class Flatten:
    """Each example as one row: (N, ...) becomes (N, I). Its cache is the shape of x.

    >>> Flatten().forward(np.zeros((2, 28, 28)))[0].shape
    (2, 784)
    """

    def forward(self, x: Array) -> tuple[Array, tuple[int, ...]]:
        """The same numbers as (N, I), and the shape they had."""
        return _view(x, (len(x), math.prod(x.shape[1:]))), x.shape

    def backward(self, cache: tuple[int, ...], dout: Array) -> tuple[Array, Self]:
        """The same numbers in the shape of x."""
        return _view(dout, cache), self


def _view(x: Array, shape: tuple[int, ...]) -> Array:
    """A read-only view; the array itself, which may be the user's, stays as it is."""
    view = x.reshape(shape)
    view.setflags(write=False)
    return view
