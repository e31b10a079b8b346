"""Losses: the last layer of a network in training. A loss knows its targets and returns one number.

``forward(logits)`` gives the value and a cache, ``backward(cache, dout)`` gives dlogits for ``dout`` = 1.0 (or any
factor). With weights, one an example, the value is ``sum(w l) / sum(w)``. N examples, K classes or outputs.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from fnnet.losses.cross_entropy import SigmoidCrossEntropy, SoftmaxCrossEntropy
from fnnet.losses.distance import Huber, MeanAbsoluteError, MeanSquaredError
from fnnet.losses.fitting import one_hot
from fnnet.values.array import Array
from fnnet.values.numeric import sigmoid, softmax

__all__ = [
    "Huber", "MeanAbsoluteError", "MeanSquaredError", "SigmoidCrossEntropy", "SoftmaxCrossEntropy", "one_hot",
]  # fmt: skip


class NamedLoss(NamedTuple):
    """A loss that has a name: what makes it from targets, and whether these are rows (N, K) or class indices (N,).

    ``probabilities`` are what a network trained with it says of each class by its outputs. ``numbers`` says that it
    measures distances, so that targets may be any numbers, in a ``unit``.
    """

    make: Callable[..., Any]
    rows: bool
    probabilities: Callable[[Array], Array]
    numbers: bool = False


def _distance(make: Callable[..., Any]) -> NamedLoss:
    return NamedLoss(make, rows=True, probabilities=lambda outputs: outputs, numbers=True)


#: The losses by the names that the command line uses.
LOSSES = {
    "cross-entropy": NamedLoss(SoftmaxCrossEntropy, rows=False, probabilities=softmax),
    "sigmoid": NamedLoss(SigmoidCrossEntropy, rows=True, probabilities=sigmoid),
    "mse": _distance(MeanSquaredError),
    "mae": _distance(MeanAbsoluteError),
    "huber": _distance(Huber),
}


def is_own(make: Any) -> bool:
    """Whether what makes losses from targets is one of these, with or without settings of its own.

    `train` looks at all targets of such a loss when it begins, and not again at each step.

    >>> from functools import partial
    >>> is_own(Huber), is_own(partial(Huber, delta=2.0)), is_own(print)
    (True, True, False)
    """
    return getattr(make, "func", make) in [loss.make for loss in LOSSES.values()]
