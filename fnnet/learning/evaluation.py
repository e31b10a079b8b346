"""How good a network is: its mean loss, and its accuracy or R², on any number of examples."""

from collections.abc import Callable
from typing import Any

import numpy as np

from fnnet.learning.arguments import check_loss, same_number
from fnnet.learning.metrics import accuracy, predicted, r2
from fnnet.losses import SigmoidCrossEntropy
from fnnet.network.chunks import chunks, examples, finite, inputs
from fnnet.network.folds import Params
from fnnet.values.array import Array


def evaluate(net: Params, loss: Callable[[Any], Any], x: Any, targets: Any) -> tuple[float, float]:
    """The mean loss, and the accuracy: the share of examples whose largest output is the one of their target.

    Targets are class indices (N,) or rows (N, K), as ``loss(targets)`` takes them. Where they are numbers, of one
    output or not from 0 to 1, the second figure is `r2`. One output of `SigmoidCrossEntropy` says yes above 0.

    >>> from fnnet import Affine, MeanSquaredError, SoftmaxCrossEntropy
    >>> same = (Affine(np.eye(2), np.zeros(2)),)
    >>> value, share = evaluate(same, SoftmaxCrossEntropy, [[0, 9], [9, 0]], [1, 1])
    >>> round(value, 3), share
    (4.5, 0.5)
    >>> evaluate((Affine([[1.0]], [0.0]),), MeanSquaredError, [[1], [2], [4]], [1, 2, 3])
    (0.3333333333333333, 0.5)
    """
    x, targets = inputs(net, x), finite(examples(targets, "targets"), "targets")
    check_loss(loss)
    same_number(x, targets, "x and targets")
    total, found = 0.0, []
    with np.errstate(over="ignore", invalid="ignore"):  # a loss that is not finite says so itself
        for part, y in chunks(net, x):
            total += float(loss(targets[part]).forward(y)[0]) * len(y)
            found.append(y)
        return total / len(targets), _score(np.concatenate(found), targets, loss)


def _score(outputs: Array, targets: Array, loss: Any) -> float:
    if outputs.shape[1] == 1 and getattr(loss, "func", loss) is SigmoidCrossEntropy:
        return float(np.mean((outputs > 0) == (targets.reshape(outputs.shape) > 0.5)))
    if outputs.shape[1] == 1 or (targets.ndim == 2 and not (targets.min() >= 0 and targets.max() <= 1)):
        return r2(outputs, targets)
    return accuracy(outputs, targets if targets.ndim == 1 else predicted(targets))
