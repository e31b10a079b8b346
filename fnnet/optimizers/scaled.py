"""Gradients divided by the root of their mean square: AdaGrad and RMSprop."""

from typing import Any, ClassVar, final

import numpy as np

from fnnet.optimizers.base import Decay, OptimizerState, Update, decay_setting, elementwise, lerp, moved, setting, start
from fnnet.optimizers.schedules import Rate
from fnnet.values.array import Array
from fnnet.values.record import frozen


@final
@frozen
class AdaGrad:
    """``s <- s + g^2`` and ``p - lr g / (sqrt(s) + eps)``. As PyTorch's ``Adagrad``. Source: Duchi et al. 2011.

    >>> from fnnet import Affine
    >>> net = Affine([[2.0]], [0.0])
    >>> AdaGrad(lr=0.5).step(net, net, AdaGrad().init(net))[0].W
    array([[1.5]])
    """

    lr: Rate = setting(0.01)
    eps: float = setting(1e-10)
    weight_decay: float = setting(0.0)
    decay: Decay = decay_setting()
    decoupled: ClassVar[bool] = False

    def init(self, params: Any) -> OptimizerState:
        """A sum of squares of zeros."""
        return start(params, 1)

    step = elementwise

    def rule(self, lr: float, step: int) -> Update:
        """The move of one parameter at a step."""

        def update(p: Array, g: Array, s: Array) -> tuple[Array, ...]:
            s = s + g * g
            return moved(p, lr * g / (np.sqrt(s) + self.eps)), s

        return update


@final
@frozen
class RMSprop:
    """``s <- alpha s + (1 - alpha) g^2`` and ``p - lr g / (sqrt(s) + eps)``. As PyTorch's ``RMSprop``.

    Source: Tieleman and Hinton 2012.

    >>> from fnnet import Affine
    >>> net = Affine([[2.0]], [0.0])
    >>> RMSprop(lr=0.05).step(net, net, RMSprop().init(net))[0].W.round(6)
    array([[1.5]])
    """

    lr: Rate = setting(0.001)
    alpha: float = setting(0.99, below=1.0)
    eps: float = setting(1e-8)
    weight_decay: float = setting(0.0)
    decay: Decay = decay_setting()
    decoupled: ClassVar[bool] = False

    def init(self, params: Any) -> OptimizerState:
        """A mean square of zeros."""
        return start(params, 1)

    step = elementwise

    def rule(self, lr: float, step: int) -> Update:
        """The move of one parameter at a step."""

        def update(p: Array, g: Array, s: Array) -> tuple[Array, ...]:
            s = lerp(s, g * g, self.alpha)
            return moved(p, lr * g / (np.sqrt(s) + self.eps)), s

        return update
