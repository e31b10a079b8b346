"""What all optimizers share: their protocol, their state, and one update applied to every parameter.

An optimizer is a record of its settings. ``state = opt.init(params)``, then
``params, state = opt.step(params, grads, state)``. What a state holds of the network's shape (a velocity, a moment)
is a network of that shape. ``lr`` is a number or a schedule. Weight decay acts on matrices alone, sparing biases
and norms, unless ``decay="all"``, which is PyTorch's. p is a parameter, g its gradient.
"""

import math
from collections.abc import Callable
from sys import float_info
from typing import Any, Literal, Protocol, TypeAlias, TypeVar, final

import attrs
import numpy as np

from fnnet.optimizers.schedules import Rate, rate
from fnnet.values.array import Array, freeze
from fnnet.values.errors import UsageError
from fnnet.values.numeric import flush
from fnnet.values.record import frozen, sub
from fnnet.values.tree import map_params, params_of, same_structure, with_params

T = TypeVar("T")

#: The move of one parameter, ``update(p, g, *moments) -> (p, *moments)``: it returns fresh arrays.
Update: TypeAlias = Callable[..., tuple[Array, ...]]
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


class Elementwise(Protocol):
    """What an optimizer offers whose move treats every number alike: its `rule`, from which `elementwise` makes steps.

    Weight decay is added to the gradient, or with ``decoupled`` taken from the parameter.
    """

    @property
    def lr(self) -> Rate:
        """The learning rate, or its schedule."""

    @property
    def weight_decay(self) -> float:
        """What is pulled towards 0, and how strongly: g + weight_decay p."""

    @property
    def decay(self) -> Decay:
        """Which parameters are."""

    @property
    def decoupled(self) -> bool:
        """Whether the decay acts on the parameter itself: p (1 - lr weight_decay)."""

    def rule(self, lr: float, step: int) -> Update:
        """The move of one parameter at a step, by its learning rate and without weight decay."""


def start(params: Any, moments: int) -> OptimizerState:
    """The state before the first step, with so many moments of zeros."""
    zeros = map_params(np.zeros_like, params)
    return OptimizerState(0, (zeros,) * moments)


def elementwise(optimizer: Elementwise, params: T, grads: T, state: OptimizerState) -> tuple[T, OptimizerState]:
    """The step of an optimizer that treats every number alike: its `rule`, applied to every parameter.

    A class says that it is such an optimizer by taking this function for its step: ``step = elementwise``. The training
    step of a plain network then applies the rule to all parameters at once.
    """
    same_structure(params, grads)
    lr = rate(optimizer.lr, state.step)
    update = optimizer.rule(lr, state.step)
    columns = zip(*map(params_of, (params, grads, *state.moments)), strict=True)
    updated = [flushed(update(*decayed(optimizer, lr, p, g), *moments), state.step) for p, g, *moments in columns]
    if not updated:
        return params, OptimizerState(state.step + 1, state.moments)
    new, *moments = zip(*updated, strict=True)
    after = (with_params(old, moment) for old, moment in zip(state.moments, moments, strict=True))
    return with_params(params, new), OptimizerState(state.step + 1, tuple(after))


def decayed(optimizer: Elementwise, lr: float, p: Array, g: Array) -> tuple[Array, Array]:
    """p and g with the weight decay in one of them, where it reaches p."""
    if not optimizer.weight_decay or (optimizer.decay == "matrices" and p.ndim < 2):
        return p, g
    if optimizer.decoupled:
        return p * (1.0 - lr * optimizer.weight_decay), g
    return p, g + optimizer.weight_decay * p


def flushed(updated: tuple[Array, ...], step: int) -> list[Array]:
    """A parameter and its moments after an update, read-only.

    Every 32nd step what is left of long-gone gradients is flushed from the moments, because numbers below the
    smallest normal one compute a hundred times slower and a decaying moment would stay there for ever.
    """
    p, *moments = updated
    if step % 32 == 31:
        moments = list(map(flush, moments))
    return [freeze(a) for a in (p, *moments)]


def lerp(old: Array, new: Array, keep: float) -> Array:
    """A fresh ``keep old + (1 - keep) new``."""
    made: Array = (1.0 - keep) * new
    made += keep * old
    return made


def moved(p: Array, change: Array) -> Array:
    """``p - change``, written over ``change``."""
    return np.subtract(p, change, out=change)


def _number(below: float) -> Any:
    def check(instance: object, attribute: Any, value: Any) -> None:
        if callable(value):
            return
        if isinstance(value, int) and value > float_info.max:
            raise UsageError(
                f"{attribute.name} must be a finite number of at least 0, got a whole number beyond all floats"
            )
        if not isinstance(value, (int, float)) or not 0.0 <= value < below:
            limit = "" if below == math.inf else f" and below {below:g}"
            raise UsageError(f"{attribute.name} must be a finite number of at least 0{limit}, got {value!r}")

    return check


def _decay(instance: object, attribute: Any, value: Any) -> None:
    if value not in ("matrices", "all"):
        raise ValueError(f"decay must be 'matrices' or 'all', got {value!r}")


def setting(default: Any, below: float = math.inf) -> Any:
    """A setting that is a schedule, or a finite number of at least 0 and below a limit."""
    return attrs.field(default=default, validator=_number(below))


def decay_setting() -> Any:
    """Which parameters the weight decay reaches: matrices, or all."""
    return attrs.field(default="matrices", validator=_decay)
