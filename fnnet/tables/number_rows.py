"""Rows of numbers in text, such as "1,0": they are read here for the whole library."""

import math
import re
from collections.abc import Sequence

import numpy as np

from fnnet.values.array import Array
from fnnet.values.errors import UsageError


def numbers_in(text: str, name: str, form: str = " such as 1,0") -> list[float]:
    """The numbers in a text, parted by commas or spaces.

    Raises UsageError, saying what ``name`` must be, for what is not a number or not finite.

    >>> numbers_in("0.5, -1e3", "a row"), numbers_in("1 2 3", "a row")
    ([0.5, -1000.0], [1.0, 2.0, 3.0])
    >>> numbers_in("1,a", "--x")
    Traceback (most recent call last):
    fnnet.values.errors.UsageError: --x must be numbers such as 1,0, got '1,a'
    """
    try:
        row = [float(cell) for cell in re.split(r"\s*,\s*|\s+", text.strip())]
    except ValueError:
        raise UsageError(f"{name} must be numbers{form}, got {text!r}") from None
    if not all(map(math.isfinite, row)):
        raise UsageError(f"{name} must be finite numbers, got {text!r}")
    return row


def table_in(texts: Sequence[str], name: str) -> Array:
    """The rows of numbers in some texts, (N, I). Raises UsageError also where one has more numbers than another.

    >>> table_in(["1,0", "1,1"], "--x")
    array([[1., 0.],
           [1., 1.]])
    """
    rows = [numbers_in(text, name) for text in texts]
    for row in rows:
        if len(row) != len(rows[0]):
            raise UsageError(f"{name} must have as many numbers every time, got {len(rows[0])} and {len(row)}")
    return np.array(rows)
