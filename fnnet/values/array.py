"""Arrays that nobody can write to: how fnnet keeps its values immutable."""

from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fnnet.telling.slips import no_numbers

Array: TypeAlias = NDArray[Any]
T = TypeVar("T")


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


def unmasked(values: T, name: str) -> T:
    """The values themselves; TypeError for a masked array, whose mask nothing here would heed."""
    if isinstance(values, np.ndarray) and hasattr(values, "filled"):  # as only masked ones have it
        raise TypeError(f"expected numbers for {name}, got a masked array; fill its gaps with .filled(...)")
    return values


def numbers(values: Any, name: str = "values", kinds: str = "biuf") -> Array:
    """``values`` as an array, itself where they are one; TypeError, by their name, for all but real numbers.

    >>> numbers([["a"]], "x")
    Traceback (most recent call last):
    TypeError: expected numbers for x, got an array of <U1; use .astype(float)
    """
    if getattr(values, "requires_grad", False):
        raise TypeError(f"expected numbers for {name}, got a tensor with a gradient; use .detach().numpy()")
    a = np.asarray(unmasked(values, name))
    if a.dtype.kind not in kinds:
        real = "real " if a.dtype.kind == "c" else ""
        raise TypeError(f"expected {real}numbers for {name}, got {no_numbers(values, kinds)}")
    return a


def readonly(values: ArrayLike) -> Array:
    """``values`` as an array that nobody can write to: itself where that already holds, otherwise a frozen copy.

    Raises TypeError as `numbers` does, but complex numbers are welcome.

    >>> a = np.ones(2)
    >>> readonly(a) is a, readonly(freeze(a)) is a
    (False, True)
    """
    if type(values) is np.ndarray and _is_readonly(values):
        return values
    return freeze(np.array(numbers(values, kinds="biufc")))


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
