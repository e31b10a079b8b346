"""What stands in the place of something else, in words that go on a sentence "expected ..., got", and what to use.

Nothing is imported to know it: a data frame is what has columns, and a state of training what has a network.
"""

from typing import Any

import numpy as np


def mended(value: Any) -> str:
    """What stands in the place of a layer or another record, and what to use instead, where that is plain.

    >>> mended(int), mended([1, 2]), mended(3)
    ('the class int; use int(...)', 'list; use tuple(...)', 'int')
    """
    if isinstance(value, type):
        return f"the class {value.__name__}; use {value.__name__}(...)"
    mend = "; use tuple(...)" if isinstance(value, list) else "; use its .params" * hasattr(value, "params")
    return type(value).__name__ + mend + " or .chosen" * hasattr(value, "chosen")


def no_numbers(values: Any, kinds: str) -> str:
    """What stands in the place of numbers, which have one of these kinds, and what to do.

    The columns of a data frame are said by their names. Text on one axis is taken for the names of classes.

    >>> no_numbers(["pear", "apple"], "iuf")
    'an array of <U5; number classes from 0 by np.unique(..., return_inverse=True)[1]'
    """
    odd = [name for name in getattr(values, "columns", ()) if np.asarray(values[name]).dtype.kind not in kinds]
    if odd:
        return f"other values in {', '.join(map(repr, odd))}; leave such columns out, or make numbers of them"
    a = np.asarray(values)
    mends = {1: "; number classes from 0 by np.unique(..., return_inverse=True)[1]", 2: "; use .astype(float)"}
    return f"an array of {a.dtype}{mends.get(a.ndim, '') if a.dtype.kind in 'OSUT' else ''}"
