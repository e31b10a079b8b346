"""Examples to calculate by hand, made from a seed: round numbers, and nothing that is saturated, dead or 0."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np

from fnnet.layers import Affine, LeakyReLU, ReLU, Sigmoid, Tanh
from fnnet.losses import SigmoidCrossEntropy, SoftmaxCrossEntropy
from fnnet.network.folds import Layer, Params, forward, gradients
from fnnet.teaching.board import Loss, check_size
from fnnet.teaching.half_squared_error import HalfSquaredError
from fnnet.teaching.tracing import LIMIT
from fnnet.values.array import Array
from fnnet.values.errors import UsageError
from fnnet.values.keys import Purpose, key
from fnnet.values.tree import leaves

#: A network, its loss, which knows the targets, and the inputs: what `trace` works out.
Task: TypeAlias = tuple[Params, Loss, Array]

#: One decimal for weights, and halves for inputs.
WEIGHTS = tuple(n / 10 for n in range(-9, 10) if n)
INPUTS = tuple(n / 2 for n in range(-4, 5) if n)

#: Between these is a weighted sum in amount, and from the last of them on an output is from its target. They are no
#: decimal fractions, so that no sum of decimals lies on one, to be judged by how a machine rounds.
LEAST, MOST, AWAY = 1 / 12, 16 / 9, 1 / 9

#: Of so many examples that are tried, the one whose smallest slope is largest.
TRIES = 8


def exercise(
    seed: int, sizes: Sequence[float] = (2, 2, 1), hidden: Layer | None = Sigmoid(),  # noqa: B008  # a frozen record
    output: Layer | None = Sigmoid(), loss: Callable[[Any], Loss] = HalfSquaredError, *, limit: int = LIMIT,  # noqa: B008
) -> Task:  # fmt: skip
    """A network, its loss and an example with round numbers, as `trace` takes them; another for another seed.

    ``sizes`` are the numbers of units, the inputs' first; ``hidden`` and ``output`` the activations, None for a
    weighted sum alone; ``loss`` the class of a loss. Weights have one decimal, inputs are halves. No unit is saturated
    or dead, and no slope 0. One seed is one example, on every machine.
    Raises UsageError for sizes that no network has, or that have no slope but 0, and for more units than ``limit``.

    >>> net, loss, x = exercise(7)
    >>> x, loss.targets
    (array([[-1.5,  1.5]]), array([[1.]]))
    >>> net[0].W, net[0].b
    (array([[ 0.7, -0.2],
           [ 0.8,  0.9]]), array([ 0.1, -0.6]))
    """
    sizes = _checked(sizes, limit)
    levels = [*((many, hidden) for many in sizes[1:-1]), (sizes[-1], output)]
    tried = [_example(_draws(seed, n), sizes[0], levels, loss) for n in range(TRIES)]
    slopes = [_smallest_slope(*task) for task in tried]
    if max(slopes) == 0:
        raise UsageError(f"under this loss a network of {sizes[-1]} output has no slope but 0; give it more outputs")
    return tried[slopes.index(max(slopes))]


def _checked(sizes: Sequence[float], limit: int) -> tuple[int, ...]:
    if len(sizes) < 2 or not all(size == int(size) and size >= 1 for size in sizes):
        said = ",".join(f"{size:g}" for size in sizes)
        raise UsageError(f"sizes must be two whole numbers or more, such as 2,2,1, the inputs first, got {said}")
    whole = tuple(map(int, sizes))
    check_size(whole, limit)
    return whole


def _draws(seed: int, attempt: int) -> Iterator[int]:
    """Random whole numbers: the bits of PCG64, which NumPy promises never to change, and none of its distributions."""
    bits = np.random.PCG64(np.random.SeedSequence(key(seed, Purpose.INITIALIZATION, step=attempt)))
    while True:
        yield int(bits.random_raw())


def _pick(draws: Iterator[int], among: Sequence[float]) -> float:
    return among[next(draws) % len(among)]


def _row(draws: Iterator[int], among: Sequence[float], many: int) -> list[float]:
    """So many numbers, no two alike unless they are many: alike, they would hide a wrong index."""
    while True:
        row = [_pick(draws, among) for _ in range(many)]
        if len(set(row)) >= min(many, 4):
            return row


def _example(
    draws: Iterator[int], inputs: int, levels: Sequence[tuple[int, Layer | None]], loss: Callable[[Any], Loss]
) -> Task:
    """A network whose every unit is friendly at its inputs, with targets that its outputs miss."""
    x = np.array([_row(draws, INPUTS, inputs)])
    net: tuple[Layer, ...] = ()
    for outputs, activation in levels:
        net += (_affine(draws, forward(net, x)[0][0], outputs, activation), *([activation] if activation else []))
    targets = _targets(draws, forward(net, x)[0][0], levels[-1][1], loss)
    return net, loss(targets), x


def _affine(draws: Iterator[int], x: Array, outputs: int, activation: Layer | None) -> Affine:
    """As many friendly units on these inputs, (I,)."""
    units = np.array([_unit(draws, x.tolist(), isinstance(activation, ReLU | LeakyReLU)) for _ in range(outputs)])
    return Affine(units[:, 1:].T, units[:, 0])


def _unit(draws: Iterator[int], x: list[float], positive: bool) -> list[float]:
    """A bias and weights whose sum is neither near 0 nor large, and above 0 where the activation has a kink there."""
    while True:
        bias, weights = _pick(draws, WEIGHTS), _row(draws, WEIGHTS, len(x))
        z = math.fsum([bias, *map(math.prod, zip(weights, x, strict=True))])
        if LEAST < (z if positive else abs(z)) < MOST:
            return [bias, *weights]


def _targets(draws: Iterator[int], y: Array, output: Layer | None, loss: Callable[[Any], Loss]) -> Array:
    """A class for the cross-entropy, else for each output a round number that is not near it."""
    if loss is SoftmaxCrossEntropy:
        return np.array([next(draws) % len(y)])
    if loss is SigmoidCrossEntropy or isinstance(output, Sigmoid):
        wanted: tuple[float, ...] = (0.0, 1.0)
    else:
        wanted = (-1.0, 1.0) if isinstance(output, Tanh) else INPUTS
    near = [[target for target in wanted if loss is SigmoidCrossEntropy or abs(target - out) > AWAY] for out in y]
    return np.array([[_pick(draws, targets) for targets in near]])


def _smallest_slope(net: Params, loss: Loss, x: Array) -> float:
    """The smallest error on a weight, in amount, to so many decimals that all machines agree."""
    _, caches = forward((net, loss), x)
    grads, _ = gradients((net, loss), caches, 1.0)
    return round(min(float(np.abs(grad).min()) for grad in leaves(grads).values()), 9)
