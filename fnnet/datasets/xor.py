"""Exclusive or: the smallest problem that no single layer can solve."""

import numpy as np

from fnnet.datasets.dataset import Dataset, of_arrays
from fnnet.values.array import freeze


def xor() -> Dataset:
    """The four rows of exclusive or, x (4, 2) float64 and y (4,); the test part is the same four rows.

    The problem of Minsky and Papert, "Perceptrons", 1969.

    >>> xor().x.tolist(), xor().y.tolist()
    ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0])
    """
    x = freeze(np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]))
    y = freeze(np.array([0, 1, 1, 0], np.uint8))
    return of_arrays("xor", x, y, x, y, known="xor")
