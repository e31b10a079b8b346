"""Layers that prepare the input: Scale its range, Flatten its shape. So a saved model takes the raw image."""

import math
from typing import Self, final

import numpy as np

from fnnet.array import Array, freeze
from fnnet.record import frozen


@final
@frozen
class Scale:
    """``y = factor x``, and ``dx = factor dout``. ``Scale(1 / 255)`` brings bytes to the range 0 to 1. No cache.

    >>> Scale(0.5).forward(np.array([4.0]))
    (array([2.]), None)
    """

    factor: float

    def forward(self, x: Array) -> tuple[Array, None]:
        """``factor x``."""
        return freeze(x * self.factor), None

    def backward(self, cache: None, dout: Array) -> tuple[Array, Self]:
        """``factor dout``."""
        return freeze(dout * self.factor), self


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
