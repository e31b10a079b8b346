"""What a data set is: examples and their classes, for training and for testing.

Axis letters: N examples, K classes.
"""

import hashlib
from collections.abc import Sequence
from typing import Any, final

import attrs
import numpy as np
from numpy.typing import ArrayLike

from fnnet.values.array import Array
from fnnet.values.record import data, frozen

MOST_CLASSES = 65_536


class DataError(ValueError):
    """Something is wrong with the data, said in one sentence."""


@final
@frozen
class Dataset:
    """Examples `x` (N, ...) with their class indices `y` (N,), and a test part, which may have no rows.

    Make it with `dataset`, which checks it. `x` keeps its dtype (images stay uint8); `y` is uint8 up to 256 classes,
    else uint32; `classes` are the names of the K classes, in the order of the indices. `known` is the name under which
    fnnet knows it, and None for data of one's own, which may be called as they like.
    """

    name: str
    x: Array = data()
    y: Array = data()
    x_test: Array = data()
    y_test: Array = data()
    classes: tuple[str, ...]
    known: str | None = attrs.field(default=None, repr=False)


def dataset(
    name: str,
    x: ArrayLike,
    y: ArrayLike,
    x_test: ArrayLike | None = None,
    y_test: ArrayLike | None = None,
    classes: Sequence[str] | None = None,
    known: str | None = None,
) -> Dataset:
    """The checked data set of these arrays, of which read-only ones are kept without a copy.

    Without `classes` they are "0", "1", ... up to the largest label in `y`. Raises DataError when an array is empty or
    not real numbers, `x` has NaN or infinity, the lengths or shapes disagree, or a label is not the index of a class.

    >>> dataset("pair", [[0.0], [1.0]], [0, 1])
    Dataset(name='pair', x=f8[2,1], y=u1[2], ..., y_test=u1[0], classes=('0', '1'))
    """
    if (x_test is None) != (y_test is None):
        raise DataError("x_test and y_test must be given together, got only one of them")
    examples, labels = _part("x", x, "y", y)
    names = _numbered(labels) if classes is None else tuple(classes)
    labels = _indices("y", labels, len(names))
    if x_test is None or y_test is None or _array("x_test", x_test).size == _array("y_test", y_test).size == 0:
        return Dataset(name, examples, labels, _no_rows(examples), _no_rows(labels), names, known)
    test_examples, test_labels = _part("x_test", x_test, "y_test", y_test)
    if test_examples.shape[1:] != examples.shape[1:]:
        raise DataError(f"x_test must have rows of shape {examples.shape[1:]} like x, got {test_examples.shape[1:]}")
    test_labels = _indices("y_test", test_labels, len(names))
    return Dataset(name, examples, labels, test_examples, test_labels, names, known)


def digest(data: Dataset) -> str:
    """The SHA-256 over all examples, labels and names of classes, as 64 hexadecimal digits.

    >>> digest(dataset("pair", [[0.0]], [0])) == digest(dataset("other", [[0.0]], [0]))
    True
    """
    found = hashlib.sha256(repr(data.classes).encode())
    for a in (data.x, data.y, data.x_test, data.y_test):
        found.update(f"{a.dtype.str} {a.shape}".encode())
        found.update(np.ascontiguousarray(a).data if a.size else b"")
    return found.hexdigest()


def whole_numbers(name: str, values: ArrayLike) -> Array:
    """`values` as an array (N,), any real dtype; DataError, with this name, where one is not a whole number."""
    y = _array(name, values)
    if y.ndim != 1:
        raise DataError(f"{name} must be (N,), one label a row, got {y.shape}")
    if y.dtype.kind == "f" and not (whole := np.isfinite(y) & (y == np.trunc(y))).all():
        row = int(np.argmin(whole))
        raise DataError(f"{name} must hold whole numbers, got {y[row]} in row {row}")
    return y


def _array(name: str, values: ArrayLike) -> Array:
    try:
        array: Array = np.asarray(values)
    except ValueError as error:
        raise DataError(f"{name} must be an array, got rows of different lengths") from error
    if array.dtype.kind not in "buif":
        raise DataError(f"{name} must hold real numbers, got {array.dtype}")
    return array


def _part(x_name: str, x: ArrayLike, y_name: str, y: ArrayLike) -> tuple[Array, Array]:
    examples, labels = _examples(x_name, x), whole_numbers(y_name, y)
    if len(examples) != len(labels):
        raise DataError(f"{x_name} and {y_name} must have as many rows, got {len(examples)} and {len(labels)}")
    return examples, labels


def _examples(name: str, values: ArrayLike) -> Array:
    x = _array(name, values)
    if x.ndim < 2 or x.size == 0:
        raise DataError(f"{name} must be (N, ...) with at least one row and one number a row, got shape {x.shape}")
    if x.dtype.kind == "f" and not (finite := np.isfinite(x)).all():
        row = int(np.argmin(finite.reshape(len(x), -1).all(axis=1)))
        raise DataError(f"{name} must be finite, got NaN or infinity in row {row}; remove or fill such rows")
    return x


def _numbered(labels: Array) -> tuple[str, ...]:
    largest = int(labels.max())
    if largest >= MOST_CLASSES:
        raise DataError(f"y must hold class indices below {MOST_CLASSES}, got {largest}; number the classes from 0")
    return tuple(map(str, range(largest + 1)))


def _indices(name: str, labels: Array, classes: int) -> Array:
    if labels.min() < 0:
        raise DataError(f"{name} must hold class indices from 0 up, got {int(labels.min())}")
    if labels.max() >= classes:
        raise DataError(f"{name} must hold indices of the {classes} training classes, got {int(labels.max())}")
    return labels.astype(np.uint8 if classes <= 256 else np.uint32, copy=False)


def _no_rows(like: Array) -> Any:
    return np.empty((0, *like.shape[1:]), like.dtype)
