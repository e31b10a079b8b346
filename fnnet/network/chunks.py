"""Running a network on any number of examples, in chunks that stay in the processor's cache."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from fnnet.network.folds import Params, forward
from fnnet.network.shapes import check_network
from fnnet.values.array import Array, freeze, numbers
from fnnet.values.errors import UsageError
from fnnet.values.tree import dtype_of

CHUNK = 1000


def cast(x: Array, dtype: np.dtype[Any]) -> Array:
    """``x`` in the dtype of the network, without a copy where it already is; a copy is frozen."""
    return x if x.dtype == dtype else freeze(x.astype(dtype))


def examples(x: Any, name: str = "x") -> Array:
    """x (N, ...) as an array; refused by its name unless it holds real numbers, one example after the other."""
    a = numbers(x, name)
    if a.ndim == 0:
        raise UsageError(f"{name} must be (N, ...), one example after the other, got a single number")
    return a


def inputs(net: Params, x: Any) -> Array:
    """x as `examples`, for a network that is checked as well."""
    check_network(net)
    return examples(x)


def held(x: Array, dtype: np.dtype[Any], name: str = "x") -> Array:
    """x itself; UsageError, by its name, where a network of this dtype can't hold its numbers.

    >>> held(np.array([1e200]), np.dtype(np.float32))
    Traceback (most recent call last):
    fnnet.values.errors.UsageError: x must be numbers that float32 can hold, up to 3.4e+38, got 1e+200; scale them
    """
    if not np.can_cast(x.dtype, dtype) and (most := float(np.finfo(dtype).max)) < reach(x) < np.inf:
        what = f"numbers that {dtype} can hold, up to {most:.1e}"
        raise UsageError(f"{name} must be {what}, got {reach(x):g}; scale them")
    return x


def reach(a: Array) -> float:
    """The largest size of a number in an array, NaN aside."""
    return max(float(np.fmax.reduce(a, axis=None, initial=0)), -float(np.fmin.reduce(a, axis=None, initial=0)))


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
    with np.errstate(over="ignore", invalid="ignore"):  # an output that is not finite says so itself
        return freeze(np.concatenate([y for _, y in chunks(net, inputs(net, x))]))
