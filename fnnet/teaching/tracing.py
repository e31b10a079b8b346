"""`trace`: the worked example of back-propagation, as a tuple of rows."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from fnnet.checking.problem import promoted
from fnnet.losses import MeanSquaredError, SigmoidCrossEntropy, SoftmaxCrossEntropy
from fnnet.network.folds import Params
from fnnet.network.shapes import summarize
from fnnet.teaching import ends, given, steps
from fnnet.teaching.example import Example, example
from fnnet.teaching.expression import Equation, Number, Over, Ratio, Sum, Symbol
from fnnet.teaching.figures import carried
from fnnet.teaching.letters import Letters
from fnnet.teaching.levels import Board, board
from fnnet.teaching.row import Row
from fnnet.teaching.steps import Step
from fnnet.values.record import replace

#: The most units, inputs and outputs counted, of a network that is traced when nothing else is said.
LIMIT = 32


def trace(net: Params, loss: Any, x: Any, lr: float = 0.5, *, digits: int = 4, limit: int = LIMIT) -> tuple[Row, ...]:
    """The worked example: every number of one step of gradient descent on x (N, I), with its formula.

    Each `Row` is one quantity in the lecture's letters: what is given, the units forward, the errors backward, the
    gradients, and the weights after a step of the learning rate ``lr``. The values are those of forward and
    `backward_trace` in double precision. With more examples than one each has rows of its own with its own loss E_n;
    then follow the batch's loss and gradients, the means of theirs, and one update.

    Results have ``digits`` significant digits. The numbers put in have as many, or the fewest more with which the
    calculation comes to the printed result.

    Traced are Affine layers with Sigmoid, Tanh, ReLU, LeakyReLU or no activation, after Scale, Standardize and
    Flatten, under `MeanSquaredError`, `SigmoidCrossEntropy` or `SoftmaxCrossEntropy`; Dropout and its like rest.
    Raises ValueError, naming it, for anything else, for shapes that don't fit, and for more units than ``limit``.

    >>> from fnnet import Affine, Sigmoid
    >>> net = (Affine([[0.5], [-0.5]], [0.1]), Sigmoid())
    >>> for row in trace(net, MeanSquaredError([[1.0]]), [[1.0, 0.0]])[-4:-2]:
    ...     print(row)
    dE/du_12 = dE/dg_1 s'(g_1) f_2 = -0.7087*0.6457*(1 - 0.6457)*0 = 0
    u_10 <- u_10 - eta dE/du_10 = 0.1 - 0.5*(-0.1621) = 0.1811
    """
    x = np.asarray(x, np.float64)
    made = _checked(net, loss, x, lr, digits, limit)
    many, whole = len(x), Letters(len(made.levels))
    names = [replace(whole, loss=Symbol("E", (n,))) for n in range(1, many + 1)] if many > 1 else [whole]
    found = [example(made, loss, x, n, letters) for n, letters in enumerate(names, 1)]
    each = [[_row(*about, digits) for about in _of_example(ex)] for ex in found]
    batch = [_row(*about, digits) for about in _of_batch(found, whole, lr)]
    most = max(row.carried for rows in (*each, batch) for row in rows)
    pairs = zip(found, each, strict=True)
    examples = (row for ex, rows in pairs for row in (*given.own(ex, most), *rows))
    return (*given.shared(found[0], lr, most), *examples, *batch)


def _row(kind: str, number: int | None, step: Step, digits: int) -> Row:
    layer, unit, equation, rule = step
    many = carried(equation.right, equation.left.value, digits)
    return Row(kind, number, layer, unit, equation.left, equation.right, rule, digits, many)


def _of_example(ex: Example) -> Iterator[tuple[str, int, Step]]:
    layers = range(1, len(ex.board.levels) + 1)
    forward = [*given.prepared(ex), *(step for n in layers for step in steps.units(ex, n)), *ends.ahead(ex)]
    errors = [*ends.back(ex), *(step for n in reversed(layers[:-1]) for step in steps.errors(ex, n))]
    gradients = [step for n in reversed(layers) for step in steps.gradients(ex, n)]
    for kind, found in (("forward", forward), ("errors", errors), ("gradients", gradients)):
        for step in found:
            yield kind, ex.number, step


def _of_batch(found: list[Example], letters: Letters, lr: float) -> Iterator[tuple[str, None, Step]]:
    """The means over the examples where there are several, and one update."""
    layers = range(len(found[0].board.levels), 0, -1)
    places = [(n, j, k) for n in layers for j, k in steps.weights(found[0], n)]
    if len(found) > 1:
        values = [Symbol("E", (ex.number,), value=ex.value) for ex in found]
        yield "forward", None, (layers[0], None, *_mean(letters.loss, values, letters.loss, Symbol("E", ("n",))))
    errors = []
    for n, j, k in places:
        of_each = [ex.gradient(n, j, k) for ex in found]
        errors.append(of_each[0])
        if len(found) > 1:
            own, before = letters.index(n, n), letters.index(n - 1, n) if k else 0
            general = letters.weight(n, own, before)
            of_n = replace(letters, loss=Symbol("E", ("n",))).error(general)
            step = _mean(letters.error(letters.weight(n, j, k)), of_each, letters.error(general), of_n)
            errors[-1] = step[0].left
            yield "gradients", None, (n, j, *step)
    eta = Symbol("eta", value=lr)
    for (n, j, k), error in zip(places, errors, strict=True):
        yield "updates", None, steps.update(letters, n, found[0].weight(n, j, k), error, eta)


def _mean(of: Symbol, parts: list[Symbol], general: Symbol, general_part: Symbol) -> tuple[Equation, Equation]:
    many = Number(float(len(parts)))
    mean = replace(of, value=math.fsum(part.value for part in parts) / len(parts))
    rule = Equation(general, Ratio(Over("n", general_part), many))
    return Equation(mean, Ratio(Sum(tuple(parts)), many)), rule


def _checked(net: Params, loss: Any, x: Any, lr: float, digits: int, limit: int) -> Board:
    if type(loss) not in (MeanSquaredError, SigmoidCrossEntropy, SoftmaxCrossEntropy):
        raise ValueError(
            "a traced loss must be MeanSquaredError, SigmoidCrossEntropy or SoftmaxCrossEntropy, "
            f"got {type(loss).__name__}"
        )
    if loss.weights is not None:
        raise ValueError("a traced loss can't have weights of examples; leave them out")
    if not 0 < lr < math.inf:
        raise ValueError(f"lr must be a finite number above 0, got {lr:g}")
    if not 1 <= digits <= 12:
        raise ValueError(f"digits must be from 1 to 12, got {digits}")
    made = board(promoted(net, np.float64))
    if sum(made.sizes) > limit:
        many, sizes = sum(made.sizes), "-".join(map(str, made.sizes))
        raise ValueError(
            f"a network of {many} units ({sizes}) makes too long a table: the limit is {limit}, "
            f"inputs and outputs counted; to have it all the same say limit={many}, or --max-units {many}"
        )
    if made.softmax and type(loss) is not MeanSquaredError:
        raise ValueError(f"{type(loss).__name__} takes logits: leave the Softmax layer before it out")
    summarize(net, x.shape[1:])
    if len(x) == 0 or len(x) != len(loss.targets):
        raise ValueError(
            f"x and targets must have the same number of examples, at least one, got {len(x)} and {len(loss.targets)}"
        )
    if not np.isfinite(x).all():
        raise ValueError("x must be finite numbers")
    return made
