"""The limit: products of two 2048 x 2048 float32 matrices."""

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.work import Work

#: How many products an epoch is.
PRODUCTS = 10


def prepare(work: Work) -> tuple[Callable[[int], Any], Callable[[Any], Any]]:
    """An epoch is some products."""
    a, b = np.random.default_rng(0).random((2, 2048, 2048), np.float32)

    def epoch(number: int) -> None:
        for _ in range(PRODUCTS):
            a @ b

    return epoch, lambda images: images
