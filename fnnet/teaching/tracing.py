"""`trace`: the worked example of back-propagation, as a tuple of rows."""

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from fnnet.checking.problem import promoted
from fnnet.layers import LeakyReLU
from fnnet.losses import MeanSquaredError, SigmoidCrossEntropy, SoftmaxCrossEntropy
from fnnet.network.folds import Params
from fnnet.network.shapes import summarize
from fnnet.teaching import calculations, equations
from fnnet.teaching.board import Board, board
from fnnet.teaching.calculations import Calculation
from fnnet.teaching.expression import Letters, Symbol
from fnnet.teaching.rows import Row, carried
from fnnet.teaching.worked_example import Loss, WorkedExample, work_out
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
    Flatten, under `MeanSquaredError`, `SigmoidCrossEntropy` or `SoftmaxCrossEntropy`; Dropout and its like rest.
    Raises UsageError, naming it, for anything else, for shapes that don't fit, and for more units than ``limit``.

    >>> from fnnet import Affine, Sigmoid
    >>> net = (Affine([[0.5], [-0.5]], [0.1]), Sigmoid())
    >>> for row in trace(net, MeanSquaredError([[1.0]]), [[1.0, 0.0]])[-4:-2]:
    ...     print(row)
    dE/du_12 = dE/dg_1 s'(g_1) f_2 = -0.7087*0.6457*(1 - 0.6457)*0 = 0
    u_10 <- u_10 - eta dE/du_10 = 0.1 - 0.5*(-0.1621) = 0.1811
    """
    x = np.asarray(x, np.float64)
    _check(loss, lr, digits)
    network = _board(net, loss, x, limit)
    letters = Letters(len(network.levels))
    own = [evolve(letters, loss=Symbol("E", (n,))) for n in range(1, len(x) + 1)] if len(x) > 1 else [letters]
    examples = [work_out(network, loss, x, n, of_n) for n, of_n in enumerate(own, 1)]
    rows = [*_shared(examples[0], lr), *(row for example in examples for row in _of_example(example, digits))]
    rows += _of_batch(examples, letters, lr, digits)
    most = max(row.carried for row in rows if row.kind != "given")
    return tuple(evolve(row, digits=most, carried=most) if row.kind == "given" else row for row in rows)


def _shared(example: WorkedExample, lr: float) -> Iterator[Row]:
    """What is given of all examples: eta, what prepares the inputs, and the weights."""
    yield _given(None, 0, Symbol("eta", value=lr))
    leaky = {level.slope for level in example.board.levels if isinstance(level.activation, LeakyReLU)}
    yield from (_given(None, 0, Symbol("slope", value=slope)) for slope in sorted(leaky))
    yield from (_given(None, 0, symbol) for symbol in equations.constants(example))
    for n, j, k in sorted(calculations.weight_indices(example)):
        yield _given(None, n, example.weight(n, j, k))


def _of_example(example: WorkedExample, digits: int) -> Iterator[Row]:
    """What is given of an example, its inputs as they are before anything prepares them, and what follows from it."""
    named = example.input if calculations.prepares(example) else partial(example.unit, 0)
    yield from (_given(example.number, 0, named(k)) for k in example.numbers(0))
    yield from (_given(example.number, example.last, example.target(i)) for i in example.numbers(example.last))
    yield from _rows("forward", example.number, calculations.units_and_loss(example), digits)
    yield from _rows("errors", example.number, calculations.unit_errors(example), digits)
    yield from _rows("gradients", example.number, calculations.weight_errors(example), digits)


def _of_batch(examples: Sequence[WorkedExample], letters: Letters, lr: float, digits: int) -> Iterator[Row]:
    """The means over the examples where there are several, and one update."""
    if len(examples) > 1:
        yield from _rows("forward", None, [calculations.mean_loss(examples, letters)], digits)
        yield from _rows("gradients", None, calculations.mean_errors(examples, letters), digits)
    yield from _rows("updates", None, calculations.updates(examples, letters, lr), digits)


def _given(number: int | None, layer: int, symbol: Symbol) -> Row:
    unit = next((index for index in symbol.indices if isinstance(index, int)), None)
    return Row("given", number, layer, unit, symbol)


def _rows(kind: str, number: int | None, lines: Iterable[Calculation], digits: int) -> Iterator[Row]:
    for line in lines:
        left, right = line.equation.left, line.equation.right
        many = carried(right, left.value, digits)
        yield Row(kind, number, line.layer, line.unit, left, right, line.rule, digits, many)


def _check(loss: Loss, lr: float, digits: int) -> None:
    """What can be said without the network."""
    if type(loss) not in (MeanSquaredError, SigmoidCrossEntropy, SoftmaxCrossEntropy):
        raise UsageError(
            "a traced loss must be MeanSquaredError, SigmoidCrossEntropy or SoftmaxCrossEntropy, "
            f"got {type(loss).__name__}"
        )
    if loss.weights is not None:
        raise UsageError("a traced loss can't have weights of examples; leave them out")
    if not 0 < lr < math.inf:
        raise UsageError(f"lr must be a finite number above 0, got {lr:g}")
    if not 1 <= digits <= 12:
        raise UsageError(f"digits must be from 1 to 12, got {digits}")


def _board(net: Params, loss: Loss, x: Array, limit: int) -> Board:
    """The network in levels, if it is small enough and takes the examples."""
    network = board(promoted(net, np.float64))
    if sum(network.sizes) > limit:
        many, sizes = sum(network.sizes), "-".join(map(str, network.sizes))
        raise UsageError(
            f"a network of {many} units ({sizes}) makes too long a table: the limit is {limit}, "
            f"inputs and outputs counted; to have it all the same say limit={many}, or --max-units {many}"
        )
    if network.softmax and type(loss) is not MeanSquaredError:
        raise UsageError(f"{type(loss).__name__} takes logits: leave the Softmax layer before it out")
    summarize(net, x.shape[1:])
    if len(x) == 0 or len(x) != len(loss.targets):
        raise UsageError(
            f"x and targets must have the same number of examples, at least one, got {len(x)} and {len(loss.targets)}"
        )
    if not np.isfinite(x).all():
        raise UsageError("x must be finite numbers")
    return network
