"""The figure by which a run is judged beside its loss: at each batch while it trains, and in its history."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from fnnet.layers import Unstandardize
from fnnet.learning.metrics import predicted
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


def explained(variance: float) -> Figure:
    """R² of targets with this variance, as the mean over the examples of what is left of 1 beside their errors.

    >>> explained(2.0).total(np.array([[1.0], [3.0]]), np.array([1.0, 2.0]))
    1.5
    """
    return Figure("R2", lambda outputs, targets: float(np.sum(1 - (outputs[:, 0] - targets) ** 2 / variance)))


def figure_of(net: Any) -> Figure:
    """The figure of a network: R² where its last layer gives numbers their unit, else the accuracy."""
    return explained(float(net[-1].deviation[0]) ** 2) if isinstance(net[-1], Unstandardize) else ACCURACY
