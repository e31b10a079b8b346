"""How good a network is: its mean loss and its accuracy on any number of examples."""

from collections.abc import Callable
from typing import Any

import numpy as np

from fnnet.learning.arguments import same_number
from fnnet.learning.metrics import predicted
from fnnet.network.chunks import chunks, examples, inputs
from fnnet.network.folds import Params


def evaluate(net: Params, loss: Callable[[Any], Any], x: Any, targets: Any) -> tuple[float, float]:
    """The mean loss, and the share of examples whose largest output is the one of their target.

    Targets are class indices (N,) or rows (N, K), as ``loss(targets)`` takes them.

    >>> from fnnet import Affine, SoftmaxCrossEntropy
    >>> same = (Affine(np.eye(2), np.zeros(2)),)
    >>> value, accuracy = evaluate(same, SoftmaxCrossEntropy, [[0, 9], [9, 0]], [1, 1])
    >>> round(value, 3), accuracy
    (4.5, 0.5)
    """
    x, targets = inputs(net, x), examples(targets, "targets")
    same_number(x, targets, "x and targets")
    labels = targets if targets.ndim == 1 else predicted(targets)
    total, right = 0.0, 0
    with np.errstate(over="ignore", invalid="ignore"):  # a loss that is not finite says so itself
        for part, y in chunks(net, x):
            total += float(loss(targets[part]).forward(y)[0]) * len(y)
            right += int(np.count_nonzero(predicted(y) == labels[part]))
    return total / len(targets), right / len(targets)
