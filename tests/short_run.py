"""A network, six examples and a run of two epochs, for tests of what train takes and what it refuses."""

from typing import Any

import numpy as np

from fnnet import SoftmaxCrossEntropy, train
from fnnet.learning import State
from fnnet.models import mlp

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [2.0, 0.0], [0.0, 2.0]])
Y = np.array([0, 1, 1, 0, 1, 0])
NET = mlp([2, 3, 2], dtype=np.float64)


def run(net: Any = NET, x: Any = X, y: Any = Y, loss: Any = SoftmaxCrossEntropy, **how: Any) -> list[State]:
    """All states of a short run."""
    return list(train(net, x, y, loss=loss, **{"epochs": 2} | how))
