"""The order of a worked example: what is calculated after what, forward, backward, and over a batch."""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import final

from fnnet.layers import Scale, Standardize
from fnnet.teaching import equations
from fnnet.teaching.expression import Equation, Index, Letters, Over, Symbol
from fnnet.teaching.worked_example import WorkedExample
from fnnet.values.record import evolve, frozen


@final
@frozen
class Calculation:
    """An equation of a layer and unit, none for one of the whole network, and the rule that it follows."""

    layer: int
    unit: int | None
    equation: Equation
    rule: Equation


def units_and_loss(example: WorkedExample) -> Iterator[Calculation]:
    """From the raw inputs to E."""
    if prepares(example):
        yield from _units(example, 0, partial(equations.prepared, example))
    for n in range(1, example.last + 1):
        yield from _units(example, n, partial(equations.unit, example, n))
    if example.probabilities is not None:
        yield from _units(example, example.last, partial(equations.probability, example))
    yield Calculation(example.last, None, equations.loss(example), equations.loss_rule(example))


def prepares(example: WorkedExample) -> bool:
    """Whether the network calculates f_k from x_k."""
    return any(isinstance(layer, Scale | Standardize) for layer in example.board.first)


def unit_errors(example: WorkedExample) -> Iterator[Calculation]:
    """From E to the first layer of units, through the Softmax layer if there is one."""
    yield from _units(example, example.last, partial(equations.output_error, example))
    if example.board.softmax:
        yield from _units(example, example.last, partial(equations.softmax_error, example))
    for n in range(example.last - 1, 0, -1):
        yield from _units(example, n, partial(equations.unit_error, example, n))


def weight_errors(example: WorkedExample) -> Iterator[Calculation]:
    """The errors on the weights, from the last layer to the first."""
    for n, j, k in weight_indices(example):
        rule = equations.weight_error(example, *general_indices(example.letters, n, k))
        yield Calculation(n, j, equations.weight_error(example, n, j, k), rule)


def _units(example: WorkedExample, n: int, formula: Callable[[Index], Equation]) -> Iterator[Calculation]:
    """One formula for each unit of a layer."""
    rule = formula(example.letters.index(n, n))
    for j in example.numbers(n):
        yield Calculation(n, j, formula(j), rule)


def weight_indices(example: WorkedExample) -> Iterator[tuple[int, int, int]]:
    """Layer and indices j, k of all weights: the last layer first, unit by unit, and of each the bias first."""
    for n in range(example.last, 0, -1):
        yield from ((n, j, k) for j in example.numbers(n) for k in (0, *example.numbers(n - 1)))


def general_indices(letters: Letters, n: int, k: int) -> tuple[int, str, Index]:
    """Layer and indices of a weight in general formulas, in which a bias keeps its 0."""
    return n, letters.index(n, n), letters.index(n - 1, n) if k else 0


def mean_loss(examples: Sequence[WorkedExample], letters: Letters) -> Calculation:
    """E of a batch, from the E_n of its examples."""
    parts = tuple(example.total for example in examples)
    mean = evolve(letters.loss, value=_mean([example.value for example in examples]))
    rule = equations.average(letters.loss, (Over("n", _of_n(letters).loss),), len(examples))
    return Calculation(examples[0].last, None, equations.average(mean, parts, len(examples)), rule)


def mean_errors(examples: Sequence[WorkedExample], letters: Letters) -> Iterator[Calculation]:
    """The errors of a batch on the weights, from those of its examples."""
    for n, j, k in weight_indices(examples[0]):
        parts = tuple(example.gradient(n, j, k) for example in examples)
        weight = letters.weight(*general_indices(letters, n, k))
        rule = equations.average(letters.error(weight), (Over("n", _of_n(letters).error(weight)),), len(examples))
        mean = batch_error(examples, letters, n, j, k)
        yield Calculation(n, j, equations.average(mean, parts, len(examples)), rule)


def updates(examples: Sequence[WorkedExample], letters: Letters, lr: float) -> Iterator[Calculation]:
    """Each weight after one step."""
    eta = Symbol("eta", value=lr)
    for n, j, k in weight_indices(examples[0]):
        weight = letters.weight(*general_indices(letters, n, 1))
        moved = equations.update(examples[0].weight(n, j, k), batch_error(examples, letters, n, j, k), eta)
        yield Calculation(n, j, moved, equations.update(weight, letters.error(weight), Symbol("eta")))


def batch_error(examples: Sequence[WorkedExample], letters: Letters, n: int, j: int, k: int) -> Symbol:
    """The error on a weight, the mean over the examples."""
    return letters.error(letters.weight(n, j, k), _mean([example.gradient(n, j, k).value for example in examples]))


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _of_n(letters: Letters) -> Letters:
    """The letters of any one example."""
    return evolve(letters, loss=Symbol("E", ("n",)))
