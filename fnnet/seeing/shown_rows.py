"""Rows of a data set as the page shows them: as a picture, or cell by cell as texts and numbers."""

from math import prod
from typing import Any

import numpy as np

from fnnet.datasets import Dataset
from fnnet.datasets.grays import are_images, grays
from fnnet.seeing.seen_weights import thinned
from fnnet.tables import Column
from fnnet.values.array import Array

#: The most rows that are shown, the most bytes that their pictures have together, and the most cells of a row.
ROWS, BYTES, CELLS = 320, 220_000, 40


def room(data: Dataset) -> int:
    """How many of the rows can be shown."""
    shape = data.x_test.shape[1:]
    if not are_images(shape):
        return ROWS
    return min(ROWS, max(1, BYTES // prod(thinned(np.empty((1, *shape[-2:]), np.bool_)).shape)))


def pictures(data: Dataset, rows: list[int]) -> Array | None:
    """The pictures (N, H, W) of these rows of the test part, as bytes from black to white; None where they are none.

    Of colors the mean; the sides are at most 64.

    >>> from fnnet.datasets import digits
    >>> pictures(digits(), [0, 1]).shape
    (2, 8, 8)
    """
    if not rows or not are_images(data.x_test.shape[1:]):
        return None
    bytes_: Array = np.rint(255 * thinned(grays(data, rows))).astype(np.uint8)
    return bytes_


def names(data: Dataset) -> list[str]:
    """What the cells of a row are called: the columns of a table, or x_1, x_2, ...; none of pictures.

    >>> from fnnet.datasets import xor
    >>> names(xor())
    ['x_1', 'x_2']
    """
    if are_images(data.x_test.shape[1:]):
        return []
    called = data.schema.names if data.schema else [f"x_{i + 1}" for i in range(prod(data.x_test.shape[1:]))]
    return list(called[:CELLS])


def cells(data: Dataset, row: int) -> list[str | float | None]:
    """The first cells of a row: texts of categories, numbers, and None for a gap; none of pictures."""
    if are_images(data.x_test.shape[1:]):
        return []
    values = data.x_test[row].ravel()[:CELLS].astype(float).tolist()
    columns = data.schema.columns if data.schema else [Column("")] * len(values)
    return [_cell(column, value) for column, value in zip(columns, values, strict=False)]


def _cell(column: Column, value: float) -> Any:
    if not np.isfinite(value):
        return None
    if column.categories:
        return column.categories[int(value)] if 0 <= value < len(column.categories) else None
    return float(f"{value:.6g}")
