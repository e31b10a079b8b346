"""A network that stays as it is: the layers of an earlier run, say, under new ones that learn."""

from typing import Any, Self, final

from fnnet.network.folds import Params, backward, forward
from fnnet.values.array import Array
from fnnet.values.record import frozen, sub


@final
@frozen
class Fixed:
    """``y = inner(x)``, with nothing in inner trained. Its cache is inner's.

    dx passes through as ever. Inner stays in its mode of use: its BatchNorm keeps its running statistics, its Dropout
    is the identity. At the beginning of a network it costs no backward pass at all.

    >>> import numpy as np
    >>> from fnnet import Affine
    >>> from fnnet.values import count_params
    >>> layer = Fixed(Affine([[2.0]], [1.0]))
    >>> layer.forward(np.array([[3.0]]))[0], count_params(layer)
    (array([[7.]]), 0)
    """

    inner: Params = sub(trained=False)

    def forward(self, x: Array) -> tuple[Any, Any]:
        """``inner(x)``, and inner's cache."""
        return forward(self.inner, x)

    def backward(self, cache: Any, dout: Array) -> tuple[Array, Self]:
        """inner's dx, and the layer itself, in which nothing is trained."""
        return backward(self.inner, cache, dout)[0], self

    def check(self, shape: tuple[int, ...]) -> None:
        """Raise ValueError unless x may have this shape."""
        if hasattr(self.inner, "check"):
            self.inner.check(shape)
