"""The first weights of a layer: normal random numbers, as wide as keeps the signal from growing or dying out."""

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import DTypeLike

from fnnet.values.array import Array, freeze
from fnnet.values.errors import UsageError
from fnnet.values.keys import Key, generator

Init = Literal["glorot", "he", "lecun", "normal"]

#: The standard deviation of the first weights, from how many numbers a unit sums up and how many units take its own.
DEVIATIONS: dict[str, Callable[[int, int], float]] = {
    "glorot": lambda inputs, outputs: (2.0 / (inputs + outputs)) ** 0.5,
    "he": lambda inputs, outputs: (2.0 / inputs) ** 0.5,
    "lecun": lambda inputs, outputs: (1.0 / inputs) ** 0.5,
    "normal": lambda inputs, outputs: 1.0,
}


def first_weights(
    key: Key, shape: tuple[int, ...], inputs: int, outputs: int, init: Init, dtype: DTypeLike = np.float32
) -> Array:
    """Weights of this shape from a normal distribution of mean 0, for units with so many inputs and outputs.

    The standard deviation is ``sqrt(1 / I)`` for "lecun" (LeCun et al. 1998), ``sqrt(2 / (I + O))`` for "glorot"
    (Glorot and Bengio 2010), ``sqrt(2 / I)`` for "he" (He et al. 2015) and 1 for "normal", the course's. Raises
    UsageError for an unknown name, and for whole or complex numbers.

    >>> from fnnet.values.keys import Purpose, key
    >>> W = first_weights(key(0, Purpose.INITIALIZATION), (784, 128), 784, 128, "he")
    >>> bool(abs(W.std() - (2 / 784) ** 0.5) < 0.001)
    True
    """
    if init not in DEVIATIONS:
        raise UsageError(f"init must be one of {', '.join(DEVIATIONS)}, got {init!r}")
    if np.dtype(dtype).kind != "f":
        raise UsageError(f"dtype must be one of floating-point numbers, such as float32, got {np.dtype(dtype)}")
    W = DEVIATIONS[init](inputs, outputs) * generator(key).standard_normal(shape)
    return freeze(W.astype(dtype))
