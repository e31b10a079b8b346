"""Where two runs part: the first step after which their networks are not the same to the bit."""

from itertools import zip_longest
from typing import Any

import numpy as np

from fnnet.seeing.film import Training
from fnnet.values.array import short_repr
from fnnet.values.tree import leaves


def parting(one: Training, other: Training, names: tuple[str, str]) -> dict[str, Any]:
    """The step at which two runs part and a sentence that says where; the step is None where they never do.

    Both are trained from the beginning, up to there and no further.
    """
    first, second = names
    a, b = one.first.params, other.first.params
    if there := _difference(a, b, names):
        return {"step": 0, "text": f"They differ from the beginning: {there}."}
    step = 0
    for step, (s, t) in enumerate(zip_longest(one.states(), other.states()), start=1):  # and after it
        if s is None or t is None:
            longer = second if s is None else first
            return {"step": None, "text": f"All {step - 1:,} steps are the same to the bit, and {longer} goes on."}
        if there := _difference(s.params, t.params, names):
            return {"step": step, "text": f"They part with step {step:,}: {there}."}
    return {"step": None, "text": f"All {step:,} steps are the same to the bit."}


def _difference(a: Any, b: Any, names: tuple[str, str]) -> str | None:
    """The first number in which two networks differ, in a sentence."""
    here, there = leaves(a), leaves(b)
    for (path, one), (other_path, other) in zip_longest(
        here.items(), there.items(), fillvalue=("nothing", np.zeros(0))
    ):
        if path != other_path or one.shape != other.shape or one.dtype != other.dtype:
            return f"{path} is {short_repr(one)} in {names[0]}, and {other_path} {short_repr(other)} in {names[1]}"
        differs = one.view(f"u{one.itemsize}") != other.view(f"u{other.itemsize}")
        if differs.any():
            place = tuple(int(i) for i in np.argwhere(differs)[0])
            where = f"{path}[{','.join(map(str, place))}]"
            return f"{where} is {one[place]} in {names[0]} and {other[place]} in {names[1]}"
    return None
