"""The residual connection: a network inside a layer."""

from typing import Any, Self, final

from fnnet.network.folds import Params, backward, forward, gradients
from fnnet.network.modes import absorb
from fnnet.network.per_example import per_example
from fnnet.values.array import Array, freeze
from fnnet.values.record import frozen, replace, sub


@final
@frozen
class Residual:
    """``y = x + inner(x)``. Its cache is inner's.

    x reaches y on two ways, so its gradient is the sum of both: ``dx = dout + inner's dx``.
    Source: He et al. 2016. Raises ValueError when inner changes the shape.

    >>> import numpy as np
    >>> from fnnet import Scale
    >>> y, cache = Residual((Scale(3.0),)).forward(np.array([1.0]))
    >>> y, Residual((Scale(3.0),)).backward(cache, np.array([1.0]))[0]
    (array([4.]), array([4.]))
    """

    inner: Params = sub()

    def forward(self, x: Array) -> tuple[Array, Any]:
        """``x + inner(x)``, and inner's cache."""
        y, cache = forward(self.inner, x)
        if y.shape != x.shape:
            raise ValueError(f"a Residual's inner layers must keep the shape {x.shape}, they gave {y.shape}")
        return freeze(x + y), cache

    def backward(self, cache: Any, dout: Array) -> tuple[Array, Self]:
        """dx like x, and a Residual of inner's gradients."""
        dx, inner = backward(self.inner, cache, dout)
        return freeze(dout + dx), replace(self, inner=inner)

    def grads(self, cache: Any, dout: Array) -> Self:
        """The gradient alone, without dx."""
        return replace(self, inner=gradients(self.inner, cache, dout))

    def per_example(self, cache: Any, dout: Array) -> tuple[Array, Self]:
        """dx like x, and inner's gradients of each example apart."""
        dx, inner = per_example(self.inner, cache, dout)
        return freeze(dout + dx), replace(self, inner=inner)

    def absorb(self, cache: Any) -> Self:
        """The layer with inner's running statistics moved on."""
        return replace(self, inner=absorb(self.inner, cache))
