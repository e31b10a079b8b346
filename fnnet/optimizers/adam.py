"""Adaptive moments: Adam, and AdamW with its own weight decay."""

import math
from typing import Any, ClassVar, final

import numpy as np

from fnnet.optimizers.base import Decay, OptimizerState, Update, decay_setting, elementwise, lerp, moved, setting, start
from fnnet.optimizers.schedules import Rate
from fnnet.values.array import Array
from fnnet.values.record import frozen


def _moves(opt: "Adam | AdamW", lr: float, step: int) -> Update:
    """The move of both, which differ in their weight decay alone."""
    t = step + 1
    root = math.sqrt(1.0 - opt.beta2**t)

    def update(p: Array, g: Array, m: Array, v: Array) -> tuple[Array, ...]:
        m = lerp(m, g, opt.beta1)
        v = lerp(v, g * g, opt.beta2)
        change = np.sqrt(v)  # whose correction is moved out of the fraction, which saves a pass
        change += opt.eps * root
        np.divide(m, change, out=change)
        change *= lr * root / (1.0 - opt.beta1**t)
        return moved(p, change), m, v

    return update


@final
@frozen
class Adam:
    """Adaptive moments: ``m <- beta1 m + (1 - beta1) g``, ``v <- beta2 v + (1 - beta2) g^2``.

    At step t, from 1, ``p - lr mhat / (sqrt(vhat) + eps)`` with ``mhat = m / (1 - beta1^t)`` and
    ``vhat = v / (1 - beta2^t)``. Weight decay is added to g. As PyTorch's ``Adam``. Source: Kingma and Ba 2015.

    >>> from fnnet import Affine
    >>> net = Affine([[2.0]], [0.0])
    >>> Adam(lr=0.5).step(net, net, Adam().init(net))[0].W
    array([[1.5]])
    """

    lr: Rate = setting(0.001)
    beta1: float = setting(0.9, below=1.0)
    beta2: float = setting(0.999, below=1.0)
    eps: float = setting(1e-8)
    weight_decay: float = setting(0.0)
    decay: Decay = decay_setting()
    decoupled: ClassVar[bool] = False

    def init(self, params: Any) -> OptimizerState:
        """Two moments of zeros."""
        return start(params, 2)

    step = elementwise

    rule = _moves


@final
@frozen
class AdamW:
    """`Adam` whose weight decay acts on the parameter itself: ``p (1 - lr weight_decay)`` before the step.

    As PyTorch's ``AdamW``. Source: Loshchilov and Hutter 2019.

    >>> from fnnet import Affine
    >>> net = Affine([[2.0]], [0.0])
    >>> AdamW(lr=0.5, weight_decay=0.1).step(net, net, AdamW().init(net))[0].W
    array([[1.4]])
    """

    lr: Rate = setting(0.001)
    beta1: float = setting(0.9, below=1.0)
    beta2: float = setting(0.999, below=1.0)
    eps: float = setting(1e-8)
    weight_decay: float = setting(0.01)
    decay: Decay = decay_setting()
    decoupled: ClassVar[bool] = True

    def init(self, params: Any) -> OptimizerState:
        """Two moments of zeros."""
        return start(params, 2)

    step = elementwise

    rule = _moves
