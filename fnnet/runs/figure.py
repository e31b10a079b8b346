"""The figure by which a run is judged beside its loss: at each batch while it trains, and in its history."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from fnnet.learning.metrics import predicted
from fnnet.runs.recipe import Recipe
from fnnet.values.array import Array


class Figure(NamedTuple):
    """A figure: its name in tables, and from the outputs of a batch and its targets its sum over the examples."""

    name: str
    total: Callable[[Array, Array], float]


def right(outputs: Array, targets: Array) -> int:
    """How many examples have their largest output (N, K) where their target, a class index or a row, has it.

    >>> right(np.array([[0.1, 0.9], [0.7, 0.3]]), np.array([1, 1]))
    1
    """
    labels = targets if targets.ndim == 1 else predicted(targets)
    return int(np.count_nonzero(predicted(outputs) == labels))


ACCURACY = Figure("accuracy", right)


def figure_of(recipe: Recipe) -> Figure:
    """The figure of a recipe's runs."""
    return ACCURACY
