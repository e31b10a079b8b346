"""Layers for the columns of a table: gaps, which are NaN, are filled, and categories, which are codes, become units."""

from itertools import accumulate, pairwise
from typing import Any, Self, final

import attrs
import numpy as np

from fnnet.values.array import Array, freeze
from fnnet.values.record import buffer, frozen

#: For each column the codes of its categories; none for a column of numbers.
Codes = tuple[tuple[int, ...], ...]


@final
@frozen
class Impute:
    """Gaps filled in: NaN in a column becomes its ``fill``, and columns at the end say where the gaps were.

    x is (N, F) and y (N, F + G), for the G columns named in ``indicators``: 1 where there was a gap, else 0. dx is
    dout, and 0 at the gaps. Its cache says where these are.

    >>> x = np.array([[1.0, np.nan], [np.nan, 2.0]])
    >>> Impute([5.0, 7.0], indicators=(1,)).forward(x)[0].tolist()
    [[1.0, 7.0, 1.0], [5.0, 2.0, 0.0]]
    """

    fill: Array = buffer()
    indicators: tuple[int, ...] = attrs.field(default=(), converter=tuple)

    @classmethod
    def of(cls, x: Array, dtype: Any = np.float32) -> Self:
        """The layer that fills gaps with the medians of these rows (N, F), and shows those of columns that have any.

        A column of gaps alone is filled with 0.
        """
        gaps = np.isnan(x)
        empty = gaps.all(axis=0)
        medians = np.nanmedian(np.where(empty, 0.0, x), axis=0)
        return cls(freeze(medians.astype(dtype)), tuple(np.flatnonzero(gaps.any(axis=0) & ~empty).tolist()))

    def forward(self, x: Array) -> tuple[Array, Array]:
        """The filled columns with the indicators behind them, and where the gaps were."""
        gaps = np.isnan(x)
        filled = np.where(gaps, self.fill, x)
        if self.indicators:
            filled = np.concatenate([filled, gaps[:, list(self.indicators)].astype(x.real.dtype)], axis=1)
        return freeze(filled), freeze(gaps)

    def backward(self, cache: Array, dout: Array) -> tuple[Array, Self]:
        """dout without the indicators, and 0 at the gaps."""
        return freeze(np.where(cache, 0.0, dout[:, : cache.shape[1]])), self

    def check(self, shape: tuple[int, ...]) -> None:
        """Raise ValueError unless x may have this shape."""
        if shape[1:] != self.fill.shape:
            raise ValueError(f"expects x of (N, {len(self.fill)}), got (N, {', '.join(map(str, shape[1:]))})")


@final
@frozen
class OneHot:
    """Codes of categories as units: a column with codes becomes one of 0 and 1 for each, which is 1 where x is it.

    ``codes`` are those of each column, in order; a column without any stays as it is, and so do columns beyond the
    last that is named. A code that is none of them gives 0 everywhere. dx is dout where a column stays, and 0 for
    codes, which have no slope. Its cache is the shape of x.

    >>> x = np.array([[0.5, 2.0], [1.5, 0.0], [2.5, 1.0]])
    >>> OneHot(((), (0, 2))).forward(x)[0].tolist()
    [[0.5, 0.0, 1.0], [1.5, 1.0, 0.0], [2.5, 0.0, 0.0]]
    """

    codes: Codes = attrs.field(converter=lambda codes: tuple(map(tuple, codes)))

    @classmethod
    def of(cls, x: Array, categories: tuple[int, ...]) -> Self:
        """The layer with the codes that occur in these rows (N, F), in the columns named in ``categories``."""
        there = range(x.shape[1])
        return cls(tuple(tuple(np.unique(x[:, i]).astype(int).tolist()) if i in categories else () for i in there))

    def forward(self, x: Array) -> tuple[Array, tuple[int, ...]]:
        """The columns, each as it is or as its units."""
        rounded = np.rint(x.real)
        columns = [
            (rounded[:, i, None] == list(codes)).astype(x.dtype) if codes else x[:, i, None]
            for i, codes in enumerate(self.codes)
        ]
        return freeze(np.concatenate([*columns, x[:, len(self.codes) :]], axis=1)), x.shape

    def backward(self, cache: tuple[int, ...], dout: Array) -> tuple[Array, Self]:
        """dout of the columns that stay, and 0 for the others."""
        dx = np.zeros(cache, dout.dtype)
        starts = list(accumulate((len(codes) or 1 for codes in self.codes), initial=0))
        for i, (start, end) in enumerate(pairwise(starts)):
            if not self.codes[i]:
                dx[:, i] = dout[:, start:end].sum(axis=1)
        dx[:, len(self.codes) :] = dout[:, starts[-1] :]
        return freeze(dx), self

    def check(self, shape: tuple[int, ...]) -> None:
        """Raise ValueError unless x may have this shape."""
        if len(shape) != 2 or shape[1] < len(self.codes):
            raise ValueError(f"expects x of (N, {len(self.codes)} or more), got (N, {', '.join(map(str, shape[1:]))})")
