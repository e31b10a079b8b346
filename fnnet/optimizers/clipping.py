"""Gradients clipped by their global norm."""

import math
from typing import Any, final

import numpy as np

from fnnet.optimizers.base import Optimizer, OptimizerState, T, setting
from fnnet.optimizers.schedules import Rate
from fnnet.values.record import frozen
from fnnet.values.tree import map_params, params_of


def global_norm(grads: Any) -> float:
    """The length of all gradients taken as one vector.

    >>> from fnnet import Affine
    >>> global_norm(Affine([[3.0]], [4.0]))
    5.0
    """
    return math.sqrt(sum(float(np.vdot(g, g)) for g in params_of(grads)))


def clip(grads: T, norm: float) -> T:
    """The gradients, scaled down to a global norm of ``norm`` where theirs is larger. Source: Pascanu et al. 2013.

    >>> from fnnet import Affine
    >>> clip(Affine([[3.0]], [4.0]), norm=1.0).b.round(3)
    array([0.8])
    """
    length = global_norm(grads)
    return grads if length <= norm else map_params(lambda g: g * (norm / length), grads)


@final
@frozen
class Clipped:
    """An optimizer whose gradients are clipped by their global norm first.

    >>> from fnnet import SGD
    >>> Clipped(SGD(lr=0.1), norm=1.0).lr
    0.1
    """

    optimizer: Optimizer
    norm: float = setting(1.0)

    @property
    def lr(self) -> Rate:
        """The optimizer's."""
        return self.optimizer.lr

    def init(self, params: Any) -> OptimizerState:
        """The optimizer's first state."""
        return self.optimizer.init(params)

    def step(self, params: T, grads: T, state: OptimizerState) -> tuple[T, OptimizerState]:
        """The parameters and the state after one step."""
        return self.optimizer.step(params, clip(grads, self.norm), state)
