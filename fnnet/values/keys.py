"""Randomness as a value: a key names one stream of random numbers, for ever.

A key is five integers, so that no two uses in a run share a stream: shorter keys would collide, since NumPy
gives ``(1, 2)`` and ``(1, 2, 0)`` one and the same stream.
"""

from enum import IntEnum
from typing import NamedTuple

import numpy as np


class Purpose(IntEnum):
    """What a stream of random numbers is for."""

    INITIALIZATION = 1
    SHUFFLE = 2
    SPLIT = 3
    NOISE = 4
    CHECK = 5


class Key(NamedTuple):
    """The name of one stream of random numbers. Make it with `key`, which checks it."""

    seed: int
    purpose: int
    epoch: int
    step: int
    layer: int


def key(seed: int, purpose: int, epoch: int = 0, step: int = 0, layer: int = 0) -> Key:
    """The key of these five integers, each from 0 to 2**32 - 1, the purpose at least 1; otherwise ValueError.

    >>> key(7, Purpose.SHUFFLE, epoch=3)
    Key(seed=7, purpose=2, epoch=3, step=0, layer=0)
    """
    parts = []
    for name, value in zip(Key._fields, (seed, purpose, epoch, step, layer), strict=True):
        least = 1 if name == "purpose" else 0
        if not hasattr(value, "__index__") or not least <= value < 2**32:
            raise ValueError(f"{name} must be a whole number from {least} to 4294967295, got {value}")
        parts.append(int(value))
    return Key(*parts)


def generator(key: Key) -> np.random.Generator:
    """A fresh generator at the start of the key's stream. Make it where it is used; keep the key, not this.

    >>> a, b = (generator(key(7, Purpose.NOISE)).random() for _ in range(2))
    >>> a == b
    True
    """
    return np.random.default_rng(key)
