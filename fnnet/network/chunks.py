"""Running a network on any number of examples, in chunks that stay in the processor's cache."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from fnnet.network.folds import Params, forward
from fnnet.values.array import Array, freeze
from fnnet.values.tree import dtype_of

CHUNK = 1000


def cast(x: Array, dtype: np.dtype[Any]) -> Array:
    """``x`` in the dtype of the network, without a copy where it already is; a copy is frozen."""
    return x if x.dtype == dtype else freeze(x.astype(dtype))


def chunks(net: Params, x: Array) -> Iterator[tuple[slice, Array]]:
    """The outputs of a network, a chunk of the examples after the other, and which examples they are."""
    dtype = dtype_of(net)
    for start in range(0, max(len(x), 1), CHUNK):
        part = slice(start, start + CHUNK)
        yield part, forward(net, cast(x[part], dtype))[0]


def predict(net: Params, x: Any) -> Array:
    """The outputs (N, ...) of a network for x (N, ...), which is cast to the network's dtype.

    With other rows beside it a row's outputs may differ in the last bit, for the BLAS then adds up in another order:
    in float32 by up to 1e-6 of the largest output, in float64 by 2e-15. Where that matters, use float64.

    >>> from fnnet import Affine, Softmax
    >>> predict((Affine(np.eye(2), np.zeros(2)), Softmax()), [[0, 0]])
    array([[0.5, 0.5]])
    """
    return freeze(np.concatenate([y for _, y in chunks(net, np.asarray(x))]))
