"""Activations: one function, applied to every entry. Without them a stack of Affine layers is one Affine layer.

Each has no parameters, so the gradient of its parameters is the layer itself. x and y have one shape, any.
"""

from typing import Self, final

import attrs
import numpy as np

from fnnet.values.array import Array, freeze, readonly
from fnnet.values.numeric import sigmoid
from fnnet.values.record import frozen


@final
@frozen
class Sigmoid:
    """``y = s(x) = 1 / (1 + e^-x)``. Its cache is y.

    With u = e^-x, ``dy/dx = u / (1 + u)^2 = y (1 - y)``, so ``dx = dout (1 - y) y``.
    Source: the course, "Making Sigmoid Layer".

    >>> y, cache = Sigmoid().forward(np.array([0.0]))
    >>> Sigmoid().backward(cache, np.array([1.0]))
    (array([0.25]), Sigmoid())
    """

    def forward(self, x: Array) -> tuple[Array, Array]:
        """y, twice: it is its own cache."""
        y = freeze(sigmoid(x))
        return y, y

    def backward(self, cache: Array, dout: Array) -> tuple[Array, Self]:
        """``dout (1 - y) y``."""
        dx = 1.0 - cache
        dx *= cache
        dx *= dout
        return freeze(dx), self


@final
@frozen
class Tanh:
    """``y = tanh(x)``. Its cache is y.

    ``tanh = sinh / cosh``, so ``dy/dx = (cosh^2 - sinh^2) / cosh^2 = 1 - y^2``, and ``dx = dout (1 - y^2)``.

    >>> y, cache = Tanh().forward(np.array([0.0]))
    >>> Tanh().backward(cache, np.array([2.0]))
    (array([2.]), Tanh())
    """

    def forward(self, x: Array) -> tuple[Array, Array]:
        """y, twice: it is its own cache."""
        y = freeze(np.tanh(x))
        return y, y

    def backward(self, cache: Array, dout: Array) -> tuple[Array, Self]:
        """``dout (1 - y^2)``."""
        dx = cache * cache
        np.subtract(1.0, dx, out=dx)
        dx *= dout
        return freeze(dx), self


@final
@frozen
class ReLU:
    """``y = max(x, 0)``. Its cache is y.

    The slope is 1 where y > 0 and 0 elsewhere (at the kink x = 0 too), so ``dx = dout [y > 0]``.

    >>> y, cache = ReLU().forward(np.array([-1.0, 2.0]))
    >>> y, ReLU().backward(cache, np.array([5.0, 5.0]))[0]
    (array([0., 2.]), array([0., 5.]))
    """

    def forward(self, x: Array) -> tuple[Array, Array]:
        """y, twice: it is its own cache."""
        y = freeze(np.maximum(x, 0))
        return y, y

    def backward(self, cache: Array, dout: Array) -> tuple[Array, Self]:
        """``dout [y > 0]``."""
        return freeze(dout * (cache > 0)), self


def _slope(instance: object, attribute: object, value: float) -> None:
    if not 0.0 <= value < 1.0:
        raise ValueError(f"slope must be at least 0 and below 1, got {value}")


@final
@frozen
class LeakyReLU:
    """``y = max(x, slope x)``, for a slope from 0 up to but not including 1. Its cache is y.

    y has the sign of x, so ``dx = dout`` where y > 0 and ``slope dout`` elsewhere. Source: Maas et al. 2013.

    >>> y, cache = LeakyReLU(0.1).forward(np.array([-1.0, 2.0]))
    >>> y, LeakyReLU(0.1).backward(cache, np.array([5.0, 5.0]))[0]
    (array([-0.1,  2. ]), array([0.5, 5. ]))
    """

    slope: float = attrs.field(default=0.01, validator=_slope)

    def forward(self, x: Array) -> tuple[Array, Array]:
        """y, twice: it is its own cache."""
        y = x * self.slope
        y = freeze(np.maximum(x, y, out=y))
        return y, y

    def backward(self, cache: Array, dout: Array) -> tuple[Array, Self]:
        """``dout`` where y > 0, and ``slope dout`` elsewhere."""
        return freeze(np.where(cache > 0, dout, self.slope * dout)), self


_C = (2.0 / np.pi) ** 0.5
_A = 0.044715


@final
@frozen
class GELU:
    """``y = x (1 + t) / 2`` with ``t = tanh(c (x + a x^3))``, c = sqrt(2 / pi), a = 0.044715. Its cache is x.

    ``dt/dx = (1 - t^2) c (1 + 3 a x^2)``, so ``dx = dout ((1 + t) + x dt/dx) / 2``. This is the tanh form of the
    Gaussian error linear unit (Hendrycks and Gimpel 2016); PyTorch calls it ``approximate="tanh"``.

    >>> y, cache = GELU().forward(np.array([0.0, 1.0]))
    >>> y.round(4), GELU().backward(cache, np.array([1.0, 1.0]))[0].round(4)
    (array([0.    , 0.8412]), array([0.5  , 1.083]))
    """

    def forward(self, x: Array) -> tuple[Array, Array]:
        """y, and x as the cache."""
        y = 1.0 + _tanh_part(x)
        y *= x
        y *= 0.5
        return freeze(y), readonly(x)

    def backward(self, cache: Array, dout: Array) -> tuple[Array, Self]:
        """``dout ((1 + t) + x dt/dx) / 2``."""
        x, t = cache, _tanh_part(cache)
        dtdx = (1.0 - t * t) * (_C + 3.0 * _C * _A * (x * x))
        return freeze(0.5 * dout * (1.0 + t + x * dtdx)), self


def _tanh_part(x: Array) -> Array:
    """``t = tanh(c (x + a x^3))``, from products: a power is twenty times as slow."""
    inner: Array = x * x
    inner *= _C * _A
    inner += _C
    inner *= x
    return np.tanh(inner, out=inner)
