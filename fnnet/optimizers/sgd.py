"""Gradient descent, plain and with momentum."""

from typing import Any, ClassVar, final

from fnnet.optimizers.base import Decay, OptimizerState, Update, decay_setting, elementwise, moved, setting, start
from fnnet.optimizers.schedules import Rate
from fnnet.values.array import Array
from fnnet.values.record import frozen


@final
@frozen
class SGD:
    """Stochastic gradient descent, ``p - lr g``; with momentum ``v <- momentum v + g`` and ``p - lr v``.

    With ``nesterov``, ``p - lr (g + momentum v)``. Weight decay is added to g. As PyTorch's ``SGD``.
    Source: Polyak 1964; Nesterov 1983 in the form of Sutskever et al. 2013.

    >>> from fnnet import Affine
    >>> net = Affine([[1.0]], [0.0])
    >>> opt = SGD(lr=0.5)
    >>> opt.step(net, net, opt.init(net))[0].W
    array([[0.5]])
    """

    lr: Rate = setting(0.1)
    momentum: float = setting(0.0, below=1.0)
    nesterov: bool = False
    weight_decay: float = setting(0.0)
    decay: Decay = decay_setting()
    decoupled: ClassVar[bool] = False

    def init(self, params: Any) -> OptimizerState:
        """A velocity of zeros, or nothing without momentum."""
        return start(params, 1 if self.momentum else 0)

    step = elementwise

    def rule(self, lr: float, step: int) -> Update:
        """The move of one parameter at a step."""

        def plain(p: Array, g: Array) -> tuple[Array, ...]:
            return (moved(p, lr * g),)

        def heavy(p: Array, g: Array, v: Array) -> tuple[Array, ...]:
            v = self.momentum * v
            v += g
            return moved(p, lr * (g + self.momentum * v if self.nesterov else v)), v

        return heavy if self.momentum else plain
