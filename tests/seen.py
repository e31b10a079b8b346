"""What a page of `see` must say, asked of fnnet itself: every line of a unit or a weight, in digits."""

from typing import Any

import numpy as np

from fnnet.checking.problem import promoted
from fnnet.seeing.film import Moment, Training
from fnnet.seeing.stage import Stage
from fnnet.seeing.worked import of_batch
from fnnet.teaching import equations
from fnnet.teaching.rows import Row, in_digits
from fnnet.teaching.terms import Equation
from fnnet.teaching.worked_example import WorkedExample, averaged
from fnnet.teaching.writing import figure
from fnnet.values.array import freeze
from fnnet.values.record import evolve, replace

#: How far a weight is moved both ways to measure its slope.
STEP = 1e-4


def line(equation: Equation) -> list[str]:
    """A line as the page shows it: name, formula, numbers put in, result."""
    (row,) = in_digits([Row("", 1, 1, 1, equation.left, equation.right)], 4)
    return list(row.written())


def example(stage: Stage, run: Training, at: Moment, number: int) -> WorkedExample:
    """An example of the batch of a moment, by its number from 1."""
    return evolve(of_batch(stage, run, at, number), number=number)


def examples(stage: Stage, run: Training, at: Moment) -> list[WorkedExample]:
    """All examples of the batch of a moment, worked out."""
    return [example(stage, run, at, n + 1) for n in range(len(at.rows))]


def unit_lines(example: WorkedExample, n: int, j: int) -> list[list[str]]:
    """What the page says of a unit: its value, and the error on it."""
    if n == example.last:
        error = equations.softmax_error if example.board.softmax else equations.output_error
        return [line(equations.unit(example, n, j)), line(error(example, j))]
    return [line(equations.unit(example, n, j)), line(equations.unit_error(example, n, j))]


def mean_line(batch: list[WorkedExample], n: int, j: int, k: int) -> list[str]:
    """The mean gradient of a weight over the examples of a batch."""
    parts = tuple(one.gradient(n, j, k) for one in batch)
    return line(equations.average(averaged(batch).gradient(n, j, k), parts, len(batch)))


def moved(stage: Stage, run: Training, at: Moment, batch: list[WorkedExample], n: int, j: int, k: int) -> list[str]:
    """What the optimizer remembers of a weight after the step, and its new value: by its own step, in digits."""
    grads = averaged(batch).grads if len(batch) > 1 else batch[0].grads
    trees = [promoted(tree, np.float64) for tree in (at.state.params, *at.state.optimizer.moments)]
    levels = [tuple(stage.shown(tree)[level.affine] for level in stage.board.levels) for tree in trees]
    state = replace(at.state.optimizer, moments=tuple(levels[1:]))
    params, after = run.optimizer.step(levels[0], grads, state)
    return [figure(_entry(tree[n - 1], j, k), 4) for tree in (*after.moments, params)]


def measured(stage: Stage, run: Training, at: Moment, number: int, n: int, j: int, k: int) -> str:
    """The central difference of one example's loss in a weight."""
    up, down = (_loss(stage, run, at, number, n, j, k, by) for by in (STEP, -STEP))
    return figure(round((up - down) / (2 * STEP), 8), 4)


def _loss(stage: Stage, run: Training, at: Moment, number: int, n: int, j: int, k: int, by: float) -> float:
    place = stage.written + stage.board.levels[n - 1].affine
    net = list(promoted(at.state.params, np.float64))
    affine = net[place]
    array = np.array(affine.W if k else affine.b)
    array[(k - 1, j - 1) if k else j - 1] += by
    net[place] = replace(affine, **{"W" if k else "b": freeze(array)})
    state = replace(at.state, params=tuple(net))
    return float(of_batch(stage, run, replace(at, state=state), number).total.value)


def _entry(affine: Any, j: int, k: int) -> float:
    return float(affine.W[k - 1, j - 1] if k else affine.b[j - 1])
