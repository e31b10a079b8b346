"""Setting a random share of the rows aside, for validation or for testing."""

import numpy as np

from fnnet.datasets.dataset import Dataset
from fnnet.values.array import Array, freeze
from fnnet.values.errors import DataError
from fnnet.values.keys import Key, generator
from fnnet.values.record import replace


def split(x: Array, y: Array, share: float, key: Key) -> tuple[Array, Array, Array, Array]:
    """`(x1, y1, x2, y2)`: the rows that stay, and the random share of them that the key draws, each in their old order.

    The second part has `share * N` rows, rounded, though each part keeps at least one. Raises ValueError when the share
    is not between 0 and 1, or when there are fewer than two rows or not as many in `x` as in `y`.

    >>> from fnnet.values.keys import Purpose, key
    >>> x = np.arange(8).reshape(4, 2)
    >>> x1, y1, x2, y2 = split(x, np.arange(4), 0.25, key(7, Purpose.SPLIT))
    >>> x1.shape, y1.shape, x2.shape, y2.shape
    ((3, 2), (3,), (1, 2), (1,))
    """
    if not 0 < share < 1:
        raise ValueError(f"share must be greater than 0 and less than 1, got {share}")
    if len(x) != len(y) or len(x) < 2:
        raise DataError(f"x and y must have as many rows, at least 2 to be split, got {len(x)} and {len(y)}")
    drawn = max(1, min(len(x) - 1, round(share * len(x))))
    order = generator(key).permutation(len(x))
    kept, aside = np.sort(order[drawn:]), np.sort(order[:drawn])
    return freeze(x[kept]), freeze(y[kept]), freeze(x[aside]), freeze(y[aside])


def hold_out(dataset: Dataset, share: float, key: Key) -> Dataset:
    """The data set with a random share of its training rows as its test part, for data that came without one.

    Raises ValueError as `split` does, and DataError when there is a test part already.

    >>> from fnnet.datasets.dataset import of_arrays
    >>> from fnnet.values.keys import Purpose, key
    >>> hold_out(of_arrays("pair", [[0.0], [1.0]], [0, 1]), 0.5, key(7, Purpose.SPLIT))
    Dataset(name='pair', x=f8[1,1], y=u1[1], x_test=f8[1,1], y_test=u1[1], classes=...)
    """
    if len(dataset.y_test):
        raise DataError(f"{dataset.name} has a test part of {len(dataset.y_test)} rows already: hold_out is not needed")
    x, y, x_test, y_test = split(dataset.x, dataset.y, share, key)
    return replace(dataset, x=x, y=y, x_test=x_test, y_test=y_test)
