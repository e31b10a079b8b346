"""Data sets from Python: of arrays, or of a data frame."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from fnnet.datasets.dataset import Dataset, of_arrays
from fnnet.datasets.labels import classes_in, indices
from fnnet.datasets.table import Reading, of_frame, table_like
from fnnet.tables.finding import Task
from fnnet.tables.frame import Frame, cells_of, frame_of
from fnnet.tables.schema import known_targets
from fnnet.values.errors import DataError
from fnnet.values.record import evolve


def dataset(
    x: Any,
    y: ArrayLike | None = None,
    x_test: ArrayLike | None = None,
    y_test: ArrayLike | None = None,
    *,
    name: str = "data",
    target: str | None = None,
    drop: Sequence[str] = (),
    task: Task | None = None,
    classes: Sequence[str] | None = None,
    known: str | None = None,
) -> Dataset:
    """The checked data set of a data frame, or of arrays, of which read-only ones are kept without a copy.

    A frame of pandas or polars, or a mapping from names to columns, holds the column ``target``, the last one if
    nothing is said; or ``y`` is given beside it. Its columns may be categories, and have gaps, see `load_table`; the
    test part is another frame, or empty, see `hold_out`.

    Arrays are `x` (N, ...) and `y` (N,). Texts are classes, and so are whole numbers, by their index, which ``classes``
    name, or "0", "1", ... up to the largest; other numbers, and all where ``task`` is "numbers", are predicted as such.

    Raises DataError when an array is empty or not real numbers, `x` has NaN or infinity, the lengths or shapes
    disagree, or a label is not the index of a class, and as `load_table` does.

    >>> dataset([[0.0], [1.0]], [0, 1])
    Dataset(name='data', x=f8[2,1], y=u1[2], ..., classes=('0', '1'))
    >>> dataset({"size": [1.5, None, 3.0], "price": [10.0, 20.0, 35.5]}, target="price")
    Dataset(name='data', x=f8[3,1], y=f8[3], x_test=f8[0,1], y_test=f8[0], classes=())
    """
    if not table_like(x):
        if y is None:
            raise TypeError("dataset() needs y beside an array x; a frame may hold it as a column")
        return of_arrays(name, x, *_labelled(y, x_test, y_test, classes), known=known, task=task)
    if classes is not None or known is not None:
        raise TypeError("dataset() finds the classes of a frame in its target; leave classes and known out")
    frame, reading = frame_of(x, name), Reading(target, drop, task)  # type: ignore[arg-type]  # which it converts
    if y is not None:
        reading = evolve(reading, target=reading.target or str(getattr(y, "name", None) or "target"))
        frame = _beside(frame, reading, y)
    data = of_frame(frame, reading, name)
    return data if x_test is None else _with_test(data, frame_of(x_test, name), y_test)


def _labelled(y: Any, x_test: Any, y_test: Any, classes: Sequence[str] | None) -> tuple[Any, Any, Any, Any]:
    """Targets, the test part and the classes; where targets are texts, they are the classes."""
    texts = np.asarray(y)
    if classes is not None or texts.dtype.kind not in "UO" or not all(isinstance(text, str) for text in texts.ravel()):
        return y, x_test, y_test, classes
    found = classes_in(texts)
    test = None if y_test is None else indices("y_test", np.asarray(y_test), found)
    return indices("y", texts, found), x_test, test, tuple(map(str, found))


def _beside(frame: Frame, reading: Reading, y: Any) -> Frame:
    target = str(reading.target)
    if target in frame.columns:
        raise DataError(f"{frame.name} has a column {target} already, and y beside it; leave one out")
    cells = cells_of(y, target)
    if len(cells) != frame.rows:
        raise DataError(f"x and y must have as many rows, got {frame.rows} and {len(cells)}")
    return evolve(frame, columns={**frame.columns, target: cells})


def _with_test(data: Dataset, frame: Frame, y_test: Any) -> Dataset:
    """The data set with a frame as its test part, which may hold what is to be predicted, or have it beside it."""
    schema: Any = data.schema
    if y_test is not None:
        frame = _beside(frame, Reading(schema.target), y_test)
    y, there = known_targets(frame, schema.target, data.classes)
    if not there.all():
        raise DataError(
            f"{frame.name}: the test part has nothing to be predicted in {frame.place(int(np.argmin(there)))}"
        )
    return evolve(data, x_test=schema.encode(frame), y_test=y.astype(data.y.dtype))
