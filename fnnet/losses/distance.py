"""Losses of numbers: how far the outputs are from the targets."""

import math
from typing import Any, Self, final

import attrs
import numpy as np

from fnnet.losses.fitting import by_example, check, column, optional_weights, total
from fnnet.values.array import Array, freeze
from fnnet.values.errors import UsageError
from fnnet.values.record import data, frozen
from fnnet.values.targets import numeric_targets


def _away(targets: Array, x: Array, unit: float) -> Array:
    """How far the outputs are from the targets, in this unit, (N, K)."""
    targets = column(targets, x)
    check(targets, x, "outputs")
    return (x - targets.astype(x.real.dtype, copy=False)) / unit  # type: ignore[no-any-return]  # an array


def _of_outputs(slopes: Array, dout: Any, weights: Array | None, unit: float) -> Array:
    """The gradient by the outputs, from the slope of each output's loss: a mean over examples and outputs."""
    return freeze(slopes * (dout * by_example(weights, slopes) / (slopes.shape[1] * unit)))


def _unit(instance: object, attribute: Any, value: float) -> None:
    if not 0 < value < math.inf:
        raise UsageError(f"{attribute.name} must be a finite number above 0, got {value}")


@final
@frozen
class MeanSquaredError:
    """``a^2`` for ``a = (y - t) / unit``, averaged over examples and outputs, as PyTorch's. Its cache is a.

    Targets are (N, K) like the outputs y, or (N,) where K is 1. ``unit`` is what errors are measured in, such as the
    deviation of the targets. ``dl/dy = 2 a / unit``, so ``dx = 2 a / (N K unit)``.

    >>> loss = MeanSquaredError(np.array([[1.0, 0.0]]))
    >>> value, cache = loss.forward(np.array([[3.0, 0.0]]))
    >>> float(value), loss.backward(cache, 1.0)[0]
    (2.0, array([[2., 0.]]))
    """

    targets: Array = data(converter=numeric_targets)
    weights: Array | None = data(default=None, converter=optional_weights)
    unit: float = attrs.field(default=1.0, converter=float, validator=_unit)

    def forward(self, x: Array) -> tuple[Any, Array]:
        """The value and a."""
        away = _away(self.targets, x, self.unit)
        return total(np.mean(away * away, axis=1), self.weights), freeze(away)

    def backward(self, cache: Array, dout: Any) -> tuple[Array, Self]:
        """``2 dout a / (N K unit)``, and the loss itself, which has no parameters."""
        return _of_outputs(cache, 2.0 * dout, self.weights, self.unit), self


@final
@frozen
class MeanAbsoluteError:
    """``|a|`` for ``a = (y - t) / unit``, averaged over examples and outputs. Its cache is the sign of a.

    Targets and ``unit`` are as for `MeanSquaredError`. ``dl/dy = sign(a) / unit``, which is taken for 0 at a = 0.

    >>> loss = MeanAbsoluteError(np.array([1.0, 4.0]))
    >>> value, cache = loss.forward(np.array([[3.0], [3.0]]))
    >>> float(value), loss.backward(cache, 1.0)[0].tolist()
    (1.5, [[0.5], [-0.5]])
    """

    targets: Array = data(converter=numeric_targets)
    weights: Array | None = data(default=None, converter=optional_weights)
    unit: float = attrs.field(default=1.0, converter=float, validator=_unit)

    def forward(self, x: Array) -> tuple[Any, Array]:
        """The value and the sign of a."""
        away = _away(self.targets, x, self.unit)
        sign = np.sign(away.real)
        return total(np.mean(sign * away, axis=1), self.weights), freeze(sign)

    def backward(self, cache: Array, dout: Any) -> tuple[Array, Self]:
        """``dout sign(a) / (N K unit)``, and the loss itself, which has no parameters."""
        return _of_outputs(cache, dout, self.weights, self.unit), self


@final
@frozen
class Huber:
    """Squared up to ``delta``, and straight from there: outliers pull no harder. Its cache is a, kept within delta.

    With ``a = (y - t) / unit`` and c = a kept from -delta to delta it is ``c (a - c / 2)``: ``a^2 / 2`` near 0 and
    ``delta (|a| - delta / 2)`` far away, averaged over examples and outputs, as PyTorch's. ``dl/dy = c / unit``.
    Targets and ``unit`` are as for `MeanSquaredError`. Source: Huber 1964.

    >>> loss = Huber(np.array([1.0, 4.0]))
    >>> value, cache = loss.forward(np.array([[3.0], [3.5]]))
    >>> float(value), loss.backward(cache, 1.0)[0].tolist()
    (0.8125, [[0.5], [-0.25]])
    """

    targets: Array = data(converter=numeric_targets)
    weights: Array | None = data(default=None, converter=optional_weights)
    unit: float = attrs.field(default=1.0, converter=float, validator=_unit)
    delta: float = attrs.field(default=1.0, converter=float, validator=_unit)

    def forward(self, x: Array) -> tuple[Any, Array]:
        """The value and c."""
        away = _away(self.targets, x, self.unit)
        near = np.minimum(np.maximum(away, -self.delta), self.delta)
        return total(np.mean(near * (away - near / 2), axis=1), self.weights), freeze(near)

    def backward(self, cache: Array, dout: Any) -> tuple[Array, Self]:
        """``dout c / (N K unit)``, and the loss itself, which has no parameters."""
        return _of_outputs(cache, dout, self.weights, self.unit), self
