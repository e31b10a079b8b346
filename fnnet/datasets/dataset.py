"""What a data set is: examples and what is to be predicted for each, for training and for testing.

Axis letters: N examples, K classes.
"""

import hashlib
from collections.abc import Sequence
from typing import Any, final

import attrs
import numpy as np
from numpy.typing import ArrayLike

from fnnet.tables.finding import Task, are_classes
from fnnet.tables.schema import Schema
from fnnet.values.array import Array
from fnnet.values.errors import DataError
from fnnet.values.record import data, frozen

MOST_CLASSES = 65_536


@final
@frozen
class Dataset:
    """Examples `x` (N, ...) with their class indices or numbers `y` (N,), and a test part, which may have no rows.

    Make it with `dataset`, which checks it. `x` keeps its dtype (images stay uint8). Class indices are uint8 up to 256
    classes, else uint32, and `classes` the names of the K classes, in their order; where numbers are to be predicted,
    `y` is float64 and there are no classes. `known` is the name under which fnnet knows it, and None for data of one's
    own, which may be called as they like. A table has the `schema` of its columns, and `notes` on how it was read.
    """

    name: str
    x: Array = data()
    y: Array = data()
    x_test: Array = data()
    y_test: Array = data()
    classes: tuple[str, ...]
    known: str | None = attrs.field(default=None, repr=False)
    schema: Schema | None = attrs.field(default=None, repr=False)
    notes: tuple[str, ...] = attrs.field(default=(), repr=False, eq=False)


def of_arrays(
    name: str,
    x: ArrayLike,
    y: ArrayLike,
    x_test: ArrayLike | None = None,
    y_test: ArrayLike | None = None,
    classes: Sequence[str] | None = None,
    known: str | None = None,
    task: Task | None = None,
) -> Dataset:
    """The checked data set of these arrays; see `fnnet.datasets.dataset`, which makes it from tables as well.

    >>> of_arrays("pair", [[0.0], [1.0]], [0, 1])
    Dataset(name='pair', x=f8[2,1], y=u1[2], x_test=f8[0,1], y_test=u1[0], classes=('0', '1'))
    """
    if (x_test is None) != (y_test is None):
        raise DataError("x_test and y_test must be given together, got only one of them")
    numeric = classes is None and (task or task_of_targets(y)) == "numbers"
    targets = _numbers if numeric else whole_numbers
    examples, labels = _part("x", x, "y", targets("y", y))
    names = () if numeric else _numbered(labels) if classes is None else tuple(classes)
    labels = labels if numeric else _indices("y", labels, len(names))
    if x_test is None or y_test is None or _array("x_test", x_test).size == _array("y_test", y_test).size == 0:
        return Dataset(name, examples, labels, _no_rows(examples), _no_rows(labels), names, known)
    test_examples, test_labels = _part("x_test", x_test, "y_test", targets("y_test", y_test))
    if test_examples.shape[1:] != examples.shape[1:]:
        raise DataError(f"x_test must have rows of shape {examples.shape[1:]} like x, got {test_examples.shape[1:]}")
    test_labels = test_labels if numeric else _indices("y_test", test_labels, len(names))
    return Dataset(name, examples, labels, test_examples, test_labels, names, known)


def task_of_targets(y: ArrayLike) -> Task:
    """Numbers where the targets (N,) are floating-point numbers that are no classes.

    >>> task_of_targets([0.0, 1.0, 1.0]), task_of_targets([0.5, 1.5]), task_of_targets([3, 1, 2])
    ('classes', 'numbers', 'classes')
    """
    a = _array("y", y)
    return "numbers" if a.dtype.kind == "f" and a.ndim == 1 and a.size and not are_classes(a) else "classes"


def digest(data: Dataset) -> str:
    """The SHA-256 over all examples, targets, names of classes and the schema, as 64 hexadecimal digits.

    >>> digest(of_arrays("one", [[0.0]], [0])) == digest(of_arrays("other", [[0.0]], [0]))
    True
    """
    found = hashlib.sha256(repr(data.classes).encode())
    if data.schema:
        found.update(repr(data.schema.plain()).encode())
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


def _numbers(name: str, values: ArrayLike) -> Array:
    y = _array(name, values)
    if y.ndim != 1:
        raise DataError(f"{name} must be (N,), one number a row, got {y.shape}")
    if not (finite := np.isfinite(y)).all():
        raise DataError(f"{name} must be finite, got {y[np.argmin(finite)]} in row {np.argmin(finite)}")
    return y.astype(np.float64, copy=False)


def _part(x_name: str, x: ArrayLike, y_name: str, labels: Array) -> tuple[Array, Array]:
    examples = _examples(x_name, x)
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
