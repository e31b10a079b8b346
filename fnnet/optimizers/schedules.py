"""Learning rates that change: pure functions of the step, counted from 0.

Wherever a learning rate is asked for, a number or one of these may stand.
"""

import math
from typing import Any, Protocol, TypeAlias, final

import attrs

from fnnet.values.record import frozen


class Schedule(Protocol):
    """A learning rate for each step."""

    def __call__(self, step: int, /) -> float:
        """The learning rate of this step, counted from 0."""


Rate: TypeAlias = float | Schedule


def rate(lr: Rate, step: int) -> float:
    """The learning rate of a step, from a number or a schedule.

    >>> rate(0.1, 7), rate(StepDecay(0.1, every=5, factor=0.5), 7)
    (0.1, 0.05)
    """
    return lr(step) if callable(lr) else lr


def _positive(instance: object, attribute: Any, value: int) -> None:
    if value < 1:
        raise ValueError(f"{attribute.name} must be at least 1, got {value}")


@final
@frozen
class Constant:
    """Always ``lr``.

    >>> Constant(0.1)(1000)
    0.1
    """

    lr: float

    def __call__(self, step: int) -> float:
        """The learning rate of this step, from 0."""
        return self.lr


@final
@frozen
class StepDecay:
    """``lr factor^floor(step / every)``.

    >>> [StepDecay(0.1, every=2, factor=0.5)(step) for step in range(5)]
    [0.1, 0.1, 0.05, 0.05, 0.025]
    """

    lr: float
    every: int = attrs.field(validator=_positive)
    factor: float = 0.1

    def __call__(self, step: int) -> float:
        """The learning rate of this step, from 0."""
        return self.lr * self.factor ** (step // self.every)


@final
@frozen
class Exponential:
    """``lr factor^step``.

    >>> Exponential(0.1, factor=0.5)(3)
    0.0125
    """

    lr: float
    factor: float

    def __call__(self, step: int) -> float:
        """The learning rate of this step, from 0."""
        return float(self.lr * self.factor**step)


def _cosine(start: float, end: float, part: float) -> float:
    return end + (start - end) * (1.0 + math.cos(math.pi * min(max(part, 0.0), 1.0))) / 2.0


@final
@frozen
class Cosine:
    """Half a cosine from ``lr`` at step 0 to ``last`` at step ``steps``, and ``last`` from there on.

    Source: Loshchilov and Hutter 2017, without restarts.

    >>> [round(Cosine(0.1, steps=4)(step), 4) for step in range(6)]
    [0.1, 0.0854, 0.05, 0.0146, 0.0, 0.0]
    """

    lr: float
    steps: int = attrs.field(validator=_positive)
    last: float = 0.0

    def __call__(self, step: int) -> float:
        """The learning rate of this step, from 0."""
        return _cosine(self.lr, self.last, step / self.steps)


@final
@frozen
class WarmUp:
    """``then``, its first ``steps`` steps multiplied by 1/steps, 2/steps and so on up to 1.

    >>> [round(WarmUp(4, 0.1)(step), 3) for step in range(6)]
    [0.025, 0.05, 0.075, 0.1, 0.1, 0.1]
    """

    steps: int = attrs.field(validator=_positive)
    then: Rate

    def __call__(self, step: int) -> float:
        """The learning rate of this step, from 0."""
        return rate(self.then, step) * min(1.0, (step + 1) / self.steps)


@final
@frozen
class OneCycle:
    """From ``lr / start`` up to ``lr`` over the first ``up`` of the steps, then down to ``lr / end``, on cosines.

    The peak is ``lr`` itself, at the nearest whole step after the first. PyTorch's ``OneCycleLR`` has it at ``up``
    times the steps less 1, which need not be whole, so that its largest rate may stay below ``lr``; and its last rate
    is ``lr`` over ``start`` and ``end``. Source: Smith and Topin 2018.

    >>> [round(OneCycle(1.0, steps=11, up=0.2)(step), 3) for step in (0, 1, 2, 6, 10)]
    [0.04, 0.52, 1.0, 0.5, 0.0]
    """

    lr: float
    steps: int = attrs.field(validator=_positive)
    up: float = 0.3
    start: float = 25.0
    end: float = 1e5

    def __call__(self, step: int) -> float:
        """The learning rate of this step, from 0."""
        last = self.steps - 1
        peak = max(1, round(self.up * last))
        if step > last:
            return self.lr / self.end
        if step < peak:
            return _cosine(self.lr / self.start, self.lr, step / peak)
        if step == peak:
            return self.lr
        return _cosine(self.lr, self.lr / self.end, (step - peak) / max(last - peak, 1))
