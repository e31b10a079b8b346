"""The loss of the lecture, half the squared error, whose slope is the error y - y* itself."""

from typing import Any, Self, final

from fnnet.losses import MeanSquaredError
from fnnet.values.array import Array
from fnnet.values.record import data, frozen
from fnnet.values.targets import numeric_targets


@final
@frozen
class HalfSquaredError:
    """``E = 1/2 sum_i (y_i - y*_i)^2``, averaged over the examples. Its cache is ``y - y*``.

    Targets y* are (N, K) like the outputs y. ``dE/dy_i = y_i - y*_i``, so ``dx = (y - y*) / N``. It is K / 2 times
    `MeanSquaredError`, which divides by K and has no half. Source: the lecture, whose step 3 has the error ``y - y*``;
    the mean over examples is its hint for the backward of a batch, "mean of (hypothesis - answer)".

    >>> import numpy as np
    >>> loss = HalfSquaredError([[1.0, 0.0]])
    >>> value, cache = loss.forward(np.array([[3.0, 1.0]]))
    >>> float(value), loss.backward(cache, 1.0)[0]
    (2.5, array([[2., 1.]]))
    """

    targets: Array = data(converter=numeric_targets)

    def forward(self, x: Array) -> tuple[Any, Array]:
        """The value and ``y - y*``."""
        value, away = MeanSquaredError(self.targets).forward(x)
        return value * x.shape[1] / 2.0, away

    def backward(self, cache: Array, dout: Any) -> tuple[Array, Self]:
        """``dout (y - y*) / N``, and the loss itself, which has no parameters."""
        dx, _ = MeanSquaredError(self.targets).backward(cache, dout * cache.shape[1] / 2.0)
        return dx, self
