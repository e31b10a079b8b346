"""Data sets from Python: of arrays, or of a data frame."""

from collections.abc import Sequence
from typing import Any

from numpy.typing import ArrayLike

from fnnet.datasets.dataset import Dataset, of_arrays
from fnnet.datasets.table import Reading, of_frame, table_like
from fnnet.tables.finding import Task
from fnnet.tables.frame import cells_of, frame_of
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
    test part is empty, see `hold_out`. Arrays are `x` (N, ...) and `y` (N,): whole numbers are class indices, named by
    ``classes``, or "0", "1", ... up to the largest; others, and all where ``task`` is "numbers", are predicted as
    numbers. Raises DataError when an array is empty or not real numbers, `x` has NaN or infinity, the lengths or shapes
    disagree, or a label is not the index of a class, and as `load_table` does.

    >>> dataset([[0.0], [1.0]], [0, 1])
    Dataset(name='data', x=f8[2,1], y=u1[2], ..., classes=('0', '1'))
    >>> dataset({"size": [1.5, None, 3.0], "price": [10.0, 20.0, 35.5]}, target="price")
    Dataset(name='data', x=f8[3,1], y=f8[3], x_test=f8[0,1], y_test=f8[0], classes=())
    """
    if not table_like(x):
        if y is None:
            raise TypeError("dataset() needs y beside an array x; a frame may hold it as a column")
        return of_arrays(name, x, y, x_test, y_test, classes, known, task)
    frame = frame_of(x, name)
    if y is not None:
        target = target or str(getattr(y, "name", None) or "target")
        frame = evolve(frame, columns={**frame.columns, target: cells_of(y, target)})
    return of_frame(frame, Reading(target, tuple(drop), task), name)
