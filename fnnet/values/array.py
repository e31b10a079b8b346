"""Arrays that nobody can write to: how fnnet keeps its values immutable."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array: TypeAlias = NDArray[Any]


def freeze(a: Array) -> Array:
    """``a`` itself, made read-only with all its bases. Only for an array that the caller has just made.

    >>> freeze(np.ones(2))[0] = 3.0
    Traceback (most recent call last):
    ValueError: assignment destination is read-only
    """
    a.setflags(False)  # type: ignore[call-arg]  # write=False by position is twice as fast
    base: Any = a.base
    while base is not None and isinstance(base, np.ndarray):
        base.setflags(write=False)
        base = base.base
    return a


def readonly(values: ArrayLike) -> Array:
    """``values`` as an array that nobody can write to: itself where that already holds, otherwise a frozen copy.

    Raises TypeError when the values are not numbers.

    >>> a = np.ones(2)
    >>> readonly(a) is a, readonly(freeze(a)) is a
    (False, True)
    """
    if type(values) is np.ndarray and _is_readonly(values):
        return values
    copy = np.array(values)
    if copy.dtype.kind not in "biufc":
        raise TypeError(f"expected numbers, got an array of {copy.dtype}")
    return freeze(copy)


def _is_readonly(a: Array) -> bool:
    owner: Any = a
    while owner is not None:
        if not isinstance(owner, np.ndarray):
            return type(owner) is bytes
        if owner.flags.writeable:
            return False
        owner = owner.base
    return True


def same_array(a: Array, b: Array) -> bool:
    """Whether two arrays are the same value: dtype, shape and every entry (NaN equals NaN)."""
    return a.dtype == b.dtype and a.shape == b.shape and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")


def short_repr(a: Array) -> str:
    """The type of an array in a few letters.

    >>> short_repr(np.zeros((784, 128), np.float32))
    'f4[784,128]'
    """
    return f"{a.dtype.str[1:]}[{','.join(map(str, a.shape))}]"
