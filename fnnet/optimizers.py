"""Optimizers: from parameters, gradients and a state to new parameters and a new state.

An optimizer is a record of its settings. ``state = opt.init(params)``, then
``params, state = opt.step(params, grads, state)``. What a state holds of the network's shape (a velocity, a moment)
is a network of that shape. ``lr`` is a number or a schedule. Weight decay acts on matrices alone, sparing biases
and norms, unless ``decay="all"``, which is PyTorch's. p is a parameter, g its gradient.
"""

import math
from collections.abc import Callable
from typing import Any, Literal, Protocol, TypeAlias, TypeVar, final

import attrs
import numpy as np

from fnnet.array import Array, freeze
from fnnet.numeric import flush
from fnnet.record import frozen, sub
from fnnet.schedules import Rate, rate
from fnnet.tree import map_params, params_of, same_structure, with_params

T = TypeVar("T")
Decay: TypeAlias = Literal["matrices", "all"]


@final
@frozen
class OptimizerState:
    """What an optimizer carries from step to step: how many there were, and its moments."""

    step: int
    moments: tuple[Any, ...] = sub()


class Optimizer(Protocol):
    """What an optimizer must offer."""

    @property
    def lr(self) -> Rate:
        """The learning rate, or its schedule."""

    def init(self, params: Any) -> OptimizerState:
        """The state before the first step."""

    def step(self, params: T, grads: T, state: OptimizerState) -> tuple[T, OptimizerState]:
        """The parameters and the state after one step."""


def _start(params: Any, moments: int) -> OptimizerState:
    zeros = map_params(np.zeros_like, params)
    return OptimizerState(0, (zeros,) * moments)


def _each(
    update: Callable[..., tuple[Array, ...]], params: Any, grads: Any, state: OptimizerState
) -> tuple[Any, OptimizerState]:
    """Apply ``update(p, g, *moments) -> (p, *moments)`` to every parameter; it returns fresh arrays.

    Every 32nd step what is left of long-gone gradients is flushed from the moments, because numbers below the
    smallest normal one compute a hundred times slower and a decaying moment would stay there for ever.
    """
    same_structure(params, grads)
    updated = [update(*column) for column in zip(*map(params_of, (params, grads, *state.moments)), strict=True)]
    if not updated:
        return params, OptimizerState(state.step + 1, state.moments)
    new, *moments = zip(*updated, strict=True)
    if state.step % 32 == 31:
        moments = [tuple(map(flush, moment)) for moment in moments]
    made = (with_params(old, map(freeze, moment)) for old, moment in zip(state.moments, moments, strict=True))
    return with_params(params, map(freeze, new)), OptimizerState(state.step + 1, tuple(made))


def _decayed(g: Array, p: Array, optimizer: Any) -> Array:
    """``g + weight_decay p`` where the decay reaches."""
    return g + optimizer.weight_decay * p if _decays(p, optimizer) else g


def _decays(p: Array, optimizer: Any) -> bool:
    return bool(optimizer.weight_decay) and (optimizer.decay == "all" or p.ndim > 1)


def _lerp(old: Array, new: Array, keep: float) -> Array:
    """``keep old + (1 - keep) new``, written over ``new``."""
    new *= 1.0 - keep
    new += keep * old
    return new


def _moved(p: Array, change: Array) -> Array:
    """``p - change``, written over ``change``."""
    return np.subtract(p, change, out=change)


def _number(least: float, below: float) -> Any:
    def check(instance: object, attribute: Any, value: Any) -> None:
        if callable(value):
            return
        if not isinstance(value, (int, float)) or not least <= value < below:
            limit = "" if below == math.inf else f" and below {below:g}"
            raise ValueError(f"{attribute.name} must be a finite number of at least {least:g}{limit}, got {value!r}")

    return check


def _decay(instance: object, attribute: Any, value: Any) -> None:
    if value not in ("matrices", "all"):
        raise ValueError(f"decay must be 'matrices' or 'all', got {value!r}")


def _setting(default: Any, below: float = math.inf) -> Any:
    return attrs.field(default=default, validator=_number(0.0, below))


def _decay_setting() -> Any:
    return attrs.field(default="matrices", validator=_decay)


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

    lr: Rate = _setting(0.1)
    momentum: float = _setting(0.0, below=1.0)
    nesterov: bool = False
    weight_decay: float = _setting(0.0)
    decay: Decay = _decay_setting()

    def init(self, params: Any) -> OptimizerState:
        """A velocity of zeros, or nothing without momentum."""
        return _start(params, 1 if self.momentum else 0)

    def step(self, params: T, grads: T, state: OptimizerState) -> tuple[T, OptimizerState]:
        """The parameters and the state after one step."""
        lr = rate(self.lr, state.step)

        def plain(p: Array, g: Array) -> tuple[Array, ...]:
            return (_moved(p, lr * _decayed(g, p, self)),)

        def heavy(p: Array, g: Array, v: Array) -> tuple[Array, ...]:
            g = _decayed(g, p, self)
            v = self.momentum * v
            v += g
            return _moved(p, lr * (g + self.momentum * v if self.nesterov else v)), v

        return _each(heavy if self.momentum else plain, params, grads, state)


@final
@frozen
class AdaGrad:
    """``s <- s + g^2`` and ``p - lr g / (sqrt(s) + eps)``. As PyTorch's ``Adagrad``. Source: Duchi et al. 2011.

    >>> from fnnet import Affine
    >>> net = Affine([[2.0]], [0.0])
    >>> AdaGrad(lr=0.5).step(net, net, AdaGrad().init(net))[0].W
    array([[1.5]])
    """

    lr: Rate = _setting(0.01)
    eps: float = _setting(1e-10)
    weight_decay: float = _setting(0.0)
    decay: Decay = _decay_setting()

    def init(self, params: Any) -> OptimizerState:
        """A sum of squares of zeros."""
        return _start(params, 1)

    def step(self, params: T, grads: T, state: OptimizerState) -> tuple[T, OptimizerState]:
        """The parameters and the state after one step."""
        lr = rate(self.lr, state.step)

        def update(p: Array, g: Array, s: Array) -> tuple[Array, ...]:
            g = _decayed(g, p, self)
            s = s + g * g
            return _moved(p, lr * g / (np.sqrt(s) + self.eps)), s

        return _each(update, params, grads, state)


@final
@frozen
class RMSprop:
    """``s <- alpha s + (1 - alpha) g^2`` and ``p - lr g / (sqrt(s) + eps)``. As PyTorch's ``RMSprop``.

    Source: Tieleman and Hinton 2012.

    >>> from fnnet import Affine
    >>> net = Affine([[2.0]], [0.0])
    >>> RMSprop(lr=0.05).step(net, net, RMSprop().init(net))[0].W
    array([[1.5]])
    """

    lr: Rate = _setting(0.001)
    alpha: float = _setting(0.99, below=1.0)
    eps: float = _setting(1e-8)
    weight_decay: float = _setting(0.0)
    decay: Decay = _decay_setting()

    def init(self, params: Any) -> OptimizerState:
        """A mean square of zeros."""
        return _start(params, 1)

    def step(self, params: T, grads: T, state: OptimizerState) -> tuple[T, OptimizerState]:
        """The parameters and the state after one step."""
        lr = rate(self.lr, state.step)

        def update(p: Array, g: Array, s: Array) -> tuple[Array, ...]:
            g = _decayed(g, p, self)
            s = _lerp(s, g * g, self.alpha)
            return _moved(p, lr * g / (np.sqrt(s) + self.eps)), s

        return _each(update, params, grads, state)


def _adam(p: Array, g: Array, m: Array, v: Array, opt: Any, lr: float, step: int) -> tuple[Array, Array, Array]:
    m = _lerp(m, g.copy(), opt.beta1)
    v = _lerp(v, g * g, opt.beta2)
    under = np.sqrt(v)
    under *= 1.0 / math.sqrt(1.0 - opt.beta2**step)
    under += opt.eps
    change = m / under
    change *= lr / (1.0 - opt.beta1**step)
    return change, m, v


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

    lr: Rate = _setting(0.001)
    beta1: float = _setting(0.9, below=1.0)
    beta2: float = _setting(0.999, below=1.0)
    eps: float = _setting(1e-8)
    weight_decay: float = _setting(0.0)
    decay: Decay = _decay_setting()

    def init(self, params: Any) -> OptimizerState:
        """Two moments of zeros."""
        return _start(params, 2)

    def step(self, params: T, grads: T, state: OptimizerState) -> tuple[T, OptimizerState]:
        """The parameters and the state after one step."""
        lr = rate(self.lr, state.step)

        def update(p: Array, g: Array, m: Array, v: Array) -> tuple[Array, ...]:
            change, m, v = _adam(p, _decayed(g, p, self), m, v, self, lr, state.step + 1)
            return _moved(p, change), m, v

        return _each(update, params, grads, state)


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

    lr: Rate = _setting(0.001)
    beta1: float = _setting(0.9, below=1.0)
    beta2: float = _setting(0.999, below=1.0)
    eps: float = _setting(1e-8)
    weight_decay: float = _setting(0.01)
    decay: Decay = _decay_setting()

    def init(self, params: Any) -> OptimizerState:
        """Two moments of zeros."""
        return _start(params, 2)

    def step(self, params: T, grads: T, state: OptimizerState) -> tuple[T, OptimizerState]:
        """The parameters and the state after one step."""
        lr = rate(self.lr, state.step)

        def update(p: Array, g: Array, m: Array, v: Array) -> tuple[Array, ...]:
            change, m, v = _adam(p, g, m, v, self, lr, state.step + 1)
            return _moved(p * (1.0 - lr * self.weight_decay) if _decays(p, self) else p, change), m, v

        return _each(update, params, grads, state)


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

    >>> Clipped(SGD(lr=0.1), norm=1.0).lr
    0.1
    """

    optimizer: Optimizer
    norm: float = _setting(1.0)

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
