"""The affine layer, ``Y = X W + b``: every output a weighted sum of every input.

N examples, I inputs, O outputs.
"""

from typing import Self, final

import numpy as np
from numpy.typing import DTypeLike

from fnnet.values.array import Array, freeze, readonly
from fnnet.values.initial import Init, first_weights
from fnnet.values.keys import Key
from fnnet.values.numeric import sum_rows
from fnnet.values.record import frozen, param, replace


@final
@frozen
class Affine:
    """``Y = X W + b``. Its cache is X.

    X is (N, I) and Y (N, O). With ``dout`` = dL/dY, the chain rule through ``Y_no = sum_i X_ni W_io + b_o`` gives::

        dL/dX_ni = sum_o dout_no W_io      dx = dout W^T
        dL/dW_io = sum_n X_ni dout_no      dW = X^T dout
        dL/db_o  = sum_n dout_no           db = dout summed over the examples

    Source: the course, "Making Affine layer".

    >>> layer = Affine([[1.0], [2.0]], [0.5])
    >>> y, cache = layer.forward(np.array([[10.0, 1.0]]))
    >>> dx, grads = layer.backward(cache, np.array([[1.0]]))
    >>> float(y[0, 0]), dx, grads.W.ravel(), grads.b
    (12.5, array([[1., 2.]]), array([10.,  1.]), array([1.]))
    """

    W: Array = param()
    b: Array = param()

    @classmethod
    def init(cls, key: Key, inputs: int, outputs: int, init: Init = "glorot", dtype: DTypeLike = np.float32) -> Self:
        """`first_weights`, and ``b = 0``. Raises ValueError for sizes below 1 and unknown names.

        >>> from fnnet.values.keys import Purpose, key
        >>> Affine.init(key(0, Purpose.INITIALIZATION), 784, 128)
        Affine(W=f4[784,128], b=f4[128])
        """
        if inputs < 1 or outputs < 1:
            raise ValueError(f"an Affine layer needs at least 1 input and 1 output, got {inputs} and {outputs}")
        W = first_weights(key, (inputs, outputs), inputs, outputs, init, dtype)
        return cls(W, freeze(np.zeros(outputs, dtype)))

    def forward(self, x: Array) -> tuple[Array, Array]:
        """Y (N, O), and X as the cache."""
        y = np.dot(x, self.W)  # for matrices the same as @, and half a microsecond faster
        y += self.b
        return freeze(y), readonly(x)

    def backward(self, cache: Array, dout: Array) -> tuple[Array, Self]:
        """dx (N, I), and the gradient as an Affine of dW and db."""
        return freeze(np.dot(dout, self.W.T)), self.grads(cache, dout)

    def grads(self, cache: Array, dout: Array) -> Self:
        """The gradient alone, without dx."""
        return type(self)(freeze(np.dot(cache.T, dout)), freeze(sum_rows(dout)))

    def per_example(self, cache: Array, dout: Array) -> tuple[Array, Self]:
        """dx, and each example's own gradient: ``dW_nio = X_ni dout_no`` and ``db_no = dout_no``, before any sum."""
        dW = freeze(cache[:, :, None] * dout[:, None, :])
        return freeze(np.dot(dout, self.W.T)), replace(self, W=dW, b=readonly(dout))

    def check(self, shape: tuple[int, ...]) -> None:
        """Raise ValueError unless x may have this shape, and W is a matrix."""
        if self.W.ndim != 2:
            raise ValueError(f"must have W (I, O), got {self.W.shape}; of sizes I and O it is made by Affine.init")
        if len(shape) != 2:
            axes = ", ".join(["N", *map(str, shape[1:])])
            raise ValueError(f"expects x of (N, {len(self.W)}), got ({axes}); put Flatten() before it")
        if shape[1] != len(self.W):
            raise ValueError(f"expects {len(self.W)} inputs, got {shape[1]}")
