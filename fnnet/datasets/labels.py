"""The labels of one's own data: whole numbers or one-hot rows, made into the indices of the classes that occur."""

from typing import Any

import numpy as np

from fnnet.datasets.dataset import whole_numbers
from fnnet.values.array import Array
from fnnet.values.errors import DataError

#: Up to so many classes there may be in arrays in any case; beyond, a class has two rows or more.
FEW = 100


def whole_labels(name: str, y: Array) -> Array:
    """Labels (N,), or the places of the ones in one-hot rows (N, K), as int64, in which they are exact, or DataError.

    >>> whole_labels("y", np.array([7.0, 8.0])), whole_labels("y", np.eye(2))
    (array([7, 8]), array([0, 1]))
    """
    if y.ndim != 2:
        return _exact(name, whole_numbers(name, y))
    if y.dtype.kind not in "buif" or y.shape[1] < 2 or not ((y == 1).sum(1) == 1).all() or (y != 0).sum() != len(y):
        raise DataError(f"{name} must be (N,) labels or (N, K) one-hot rows, got {y.shape} with other rows")
    places: Array = y.argmax(axis=1)
    return places


def classes_in(labels: Any, name: str = "y", few: int = FEW) -> Array:
    """The labels that occur, in order; DataError where they are no classes.

    >>> classes_in(np.array([8, 7, 8]))
    array([7, 8])
    """
    classes: Array = np.unique(labels)
    if len(classes) == 1:
        raise DataError(f"{name} must have two classes or more, got {classes[0]} in every row")
    if len(classes) > max(few, len(labels) // 2):
        raise DataError(
            f"{name} must hold classes, got {len(classes)} of them in {len(labels)} rows, which looks like a "
            "measurement or a name: predict numbers by --task numbers, or another column by --target"
        )
    return classes


def indices(name: str, labels: Array, classes: Array) -> Array:
    """Which of the classes each label is; DataError for one that is none."""
    strange = ~np.isin(labels, classes)
    if strange.any():
        raise DataError(f"{name} has label {int(labels[np.argmax(strange)])}, which no training row has")
    return np.searchsorted(classes, labels).astype(np.uint8 if len(classes) <= 256 else np.uint32)


def _exact(name: str, y: Array) -> Array:
    floating = y.dtype.kind == "f"
    digits = min(63, np.finfo(y.dtype).nmant + 1) if floating else 63  # of larger numbers some are one and the same
    large = abs(y) >= 2.0**digits if floating else y > 2**digits - 1
    if large.any():
        row = int(np.argmax(large))
        raise DataError(
            f"{name} must hold labels that are exact, in {y.dtype} below 2**{digits}, got {int(y[row])} in row {row}: "
            "number the classes from 0"
        )
    return y.astype(np.int64)
