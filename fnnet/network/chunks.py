"""Running a network on any number of examples, in chunks that stay in the processor's cache."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np

from fnnet.network.folds import Params, first_with_params, forward
from fnnet.network.shapes import check_network, fits, layers_of
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
    """x as `examples`, and `finite`, for a network that is checked as well, and stands without its loss."""
    check_network(net)
    if isinstance(net, tuple) and net and hasattr(net[-1], "targets"):
        raise UsageError(f"a network must be without its loss here; leave {type(net[-1]).__name__} out")
    x = examples(x)
    if x.ndim == 1:
        fits(net, x)
    return finite(x, net=net)


def met(net: Params, x: Array) -> Any:
    """What the first parameters of a network meet when it is given x."""
    layers = tuple(layer for _, layer in layers_of(net))
    with np.errstate(all="ignore"):
        return _outputs(layers[: first_with_params(layers)], cast(x, dtype_of(net)))


def finite(x: Array, name: str = "x", net: Params = ()) -> Array:
    """x itself; UsageError, by its name and row, where it is not finite, and not made so before the first parameters.

    >>> finite(np.array([[1.0, 2.0], [3.0, np.nan]]))
    Traceback (most recent call last):
    fnnet.values.errors.UsageError: x must be finite numbers, got nan in row 1; leave such rows out or fill them
    """
    for start in range(0, len(x) if x.dtype.kind == "f" else 0, CHUNK):
        part = x[start : start + CHUNK]
        odd = ~_finite_rows(part)
        if odd.any():
            odd &= ~_finite_rows(met(net, part))
        if odd.any():
            row = np.ravel(part[odd.argmax()])
            what = f"finite numbers, got {row[~np.isfinite(row)][0]} in row {start + odd.argmax()}"
            raise UsageError(f"{name} must be {what}; leave such rows out or fill them")
    return x


def _finite_rows(x: Array) -> Any:
    return np.isfinite(x).reshape(len(x), -1).all(axis=1)


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
        yield part, _outputs(net, cast(x[part], dtype))


def _outputs(net: Params, x: Array) -> Any:
    """What the network makes of x; UsageError, naming the layer, where x is of another shape than it expects."""
    with suppress(ValueError, TypeError, IndexError):
        return forward(net, x)[0]
    fits(net, x)
    return forward(net, x)[0]


def predict(net: Params, x: Any) -> Array:
    """The outputs (N, ...) of a network for x (N, ...), which is cast to the network's dtype.

    Raises UsageError for x of another shape, and by its row for what is not finite when it meets the first parameters.
    With other rows beside it a row's outputs may differ in the last bit, for the BLAS then adds up in another order:
    in float32 by up to 1e-6 of the largest output, in float64 by 2e-15. Where that matters, use float64.

    >>> from fnnet import Affine, Softmax
    >>> predict((Affine(np.eye(2), np.zeros(2)), Softmax()), [[0, 0]])
    array([[0.5, 0.5]])
    """
    with np.errstate(over="ignore", invalid="ignore"):  # an output that is not finite says so itself
        return freeze(np.concatenate([y for _, y in chunks(net, inputs(net, x))]))
