"""`trace`: the worked example of back-propagation, as a tuple of rows: what is calculated after what."""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from fnnet.checking.problem import promoted
from fnnet.layers import Scale, Standardize
from fnnet.network.folds import Params
from fnnet.network.shapes import summarize
from fnnet.teaching import equations
from fnnet.teaching.board import Loss, board
from fnnet.teaching.functions import LEAKY
from fnnet.teaching.rows import Row, in_digits
from fnnet.teaching.terms import Equation, Index, Over, Symbol
from fnnet.teaching.worked_example import WorkedExample, averaged, work_out
from fnnet.values.array import Array
from fnnet.values.errors import UsageError
from fnnet.values.record import evolve

#: The most units, inputs and outputs counted, of a network that is traced when nothing else is said.
LIMIT = 32


def trace(
    net: Params, loss: Loss, x: ArrayLike, lr: float = 0.5, *, digits: int = 4, limit: int = LIMIT
) -> tuple[Row, ...]:
    """The worked example: every number of one step of gradient descent on x (N, I), with its formula.

    Each `Row` is one quantity in the lecture's letters: what is given, the units forward, the errors backward, the
    gradients, and the weights after a step of the learning rate ``lr``. The values are those of forward and
    `backward_trace` in double precision. With more examples than one each has rows of its own with its own loss E_n;
    then follow the batch's loss and gradients, the means of theirs, and one update.

    Results have ``digits`` significant digits. The numbers put in have as many, or the fewest more with which the
    calculation comes to the printed result.

    Traced are Affine layers with Sigmoid, Tanh, ReLU, LeakyReLU or no activation, after Scale, Standardize and
    Flatten, under the lecture's `HalfSquaredError`, under `MeanSquaredError`, `SigmoidCrossEntropy` or
    `SoftmaxCrossEntropy`; Dropout and its like rest.
    Raises UsageError, naming it, for anything else, for shapes that don't fit, and for more units than ``limit``.

    >>> from fnnet import Affine, Sigmoid
    >>> from fnnet.teaching import HalfSquaredError
    >>> net = (Affine([[0.5], [-0.5]], [0.1]), Sigmoid())
    >>> for row in trace(net, HalfSquaredError([[1.0]]), [[1.0, 0.0]])[-4:-2]:
    ...     print(row)
    dE/du_12 = dE/dg_1 s'(g_1) f_2 = -0.35434*0.64566*(1 - 0.64566)*0 = 0
    u_10 <- u_10 - eta dE/du_10 = 0.1 - 0.5*(-0.08107) = 0.1405
    """
    x = np.asarray(x, np.float64)
    network = board(promoted(net, np.float64), loss, limit)
    _check(net, loss, x, lr, digits)
    examples = [work_out(network, loss, x, n) for n in range(1, len(x) + 1)]
    batch = averaged(examples)
    each = [row for example in examples for row in _of_example(example)]
    means = _means(examples, batch) if len(examples) > 1 else ()
    return in_digits([*_shared(batch, lr), *each, *means, *_updates(batch, lr)], digits)


def _check(net: Params, loss: Loss, x: Array, lr: float, digits: int) -> None:
    """What can be said of the examples and the settings."""
    if not 0 < lr < math.inf:
        raise UsageError(f"lr must be a finite number above 0, got {lr:g}")
    if not 1 <= digits <= 12:
        raise UsageError(f"digits must be from 1 to 12, got {digits}")
    summarize(net, x.shape[1:])
    if len(x) == 0 or len(x) != len(loss.targets):
        raise UsageError(
            f"x and targets must have the same number of examples, at least one, got {len(x)} and {len(loss.targets)}"
        )
    if not np.isfinite(x).all():
        raise UsageError("x must be finite numbers")


def _shared(batch: WorkedExample, lr: float) -> Iterator[Row]:
    """What is given of all examples: eta, what prepares the inputs, and the weights."""
    leaky = sorted({level.slope for level in batch.board.levels if level.function is LEAKY})
    slopes = [Symbol("slope", value=slope) for slope in leaky]
    for symbol in (Symbol("eta", value=lr), *slopes, *equations.constants(batch)):
        yield _given(batch, 0, symbol)
    for n, j, k in sorted(_places(batch)):
        yield _given(batch, n, batch.weight(n, j, k))


def _of_example(example: WorkedExample) -> Iterator[Row]:
    """What is given of an example, its inputs as they are before anything prepares them, and what follows from it."""
    named = example.input if _prepares(example) else partial(example.unit, 0)
    yield from (_given(example, 0, named(k)) for k in example.numbers(0))
    yield from (_given(example, example.last, example.target(i)) for i in example.numbers(example.last))
    yield from _forward(example)
    yield from _errors(example)
    for n, j, k in _places(example):
        rule = equations.weight_error(example, *_general(example, n, k))
        yield _row("gradients", example, n, j, equations.weight_error(example, n, j, k), rule)


def _prepares(example: WorkedExample) -> bool:
    """Whether the network calculates f_k from x_k."""
    return any(isinstance(layer, Scale | Standardize) for layer in example.board.first)


def _forward(example: WorkedExample) -> Iterator[Row]:
    """From the raw inputs to E."""
    if _prepares(example):
        yield from _units("forward", example, 0, partial(equations.prepared, example))
    for n in range(1, example.last + 1):
        yield from _units("forward", example, n, partial(equations.unit, example, n))
    if example.probabilities is not None:
        yield from _units("forward", example, example.last, partial(equations.probability, example))
    yield _row("forward", example, example.last, None, equations.loss(example), equations.loss_rule(example))


def _errors(example: WorkedExample) -> Iterator[Row]:
    """From E to the first layer of units, through the Softmax layer if there is one."""
    yield from _units("errors", example, example.last, partial(equations.output_error, example))
    if example.board.softmax:
        yield from _units("errors", example, example.last, partial(equations.softmax_error, example))
    for n in range(example.last - 1, 0, -1):
        yield from _units("errors", example, n, partial(equations.unit_error, example, n))


def _means(examples: Sequence[WorkedExample], batch: WorkedExample) -> Iterator[Row]:
    """What a batch has, from what its examples have."""
    any_one, many = evolve(batch, total=Symbol("E", ("n",))), len(examples)
    rule = equations.average(batch.total, (Over("n", any_one.total),), many)
    parts = tuple(example.total for example in examples)
    yield _row("forward", batch, batch.last, None, equations.average(batch.total, parts, many), rule)
    for n, j, k in _places(batch):
        general = _general(batch, n, k)
        rule = equations.average(batch.gradient(*general), (Over("n", any_one.gradient(*general)),), many)
        parts = tuple(example.gradient(n, j, k) for example in examples)
        yield _row("gradients", batch, n, j, equations.average(batch.gradient(n, j, k), parts, many), rule)


def _updates(batch: WorkedExample, lr: float) -> Iterator[Row]:
    """Each weight after one step."""
    update = partial(equations.update, batch, lr)
    for n, j, k in _places(batch):
        yield _row("updates", batch, n, j, update(n, j, k), update(*_general(batch, n, 1)))


def _places(example: WorkedExample) -> Iterator[tuple[int, int, int]]:
    """Layer and indices j, k of all weights: the last layer first, unit by unit, and of each the bias first."""
    for n in range(example.last, 0, -1):
        yield from ((n, j, k) for j in example.numbers(n) for k in (0, *example.numbers(n - 1)))


def _general(example: WorkedExample, n: int, k: int) -> tuple[int, str, Index]:
    """Layer and indices of a weight in general formulas, in which a bias keeps its 0."""
    return n, example.index(n, n), example.index(n - 1, n) if k else 0


def _units(kind: str, example: WorkedExample, n: int, formula: Callable[[Index], Equation]) -> Iterator[Row]:
    """One formula for each unit of a layer."""
    rule = formula(example.index(n, n))
    for j in example.numbers(n):
        yield _row(kind, example, n, j, formula(j), rule)


def _row(kind: str, example: WorkedExample, layer: int, unit: int | None, equation: Equation, rule: Equation) -> Row:
    return Row(kind, example.number, layer, unit, equation.left, equation.right, rule)


def _given(example: WorkedExample, layer: int, symbol: Symbol) -> Row:
    unit = next((index for index in symbol.indices if isinstance(index, int)), None)
    return Row("given", example.number, layer, unit, symbol)
