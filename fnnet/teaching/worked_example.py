"""One example on the board: every number of its forward and its backward, asked for by layer and unit."""

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Self, final

import numpy as np

from fnnet.layers import Affine
from fnnet.losses import SigmoidCrossEntropy, SoftmaxCrossEntropy
from fnnet.network.folds import backward_trace
from fnnet.teaching.board import SQUARES, Board, Loss
from fnnet.teaching.terms import Index, Over, Symbol, Term
from fnnet.values.array import Array, freeze
from fnnet.values.numeric import sigmoid, softmax
from fnnet.values.record import data, evolve, frozen
from fnnet.values.tree import map_params

UNITS, WEIGHTS, INDICES = "fghy", "uvw", "kjim"


@final
@frozen
class WorkedExample:
    """One example, run forward and backward. Arrays are lists of rows: one for each layer of units.

    ``total`` is the loss E, or E_n where there are several examples. ``raw`` is the input before it is prepared,
    ``units`` begin with the inputs f, ``errors`` and ``grads`` with the first layer after them. ``probabilities`` are
    those of the outputs where there are any, and ``softmax_errors`` the errors on those of a Softmax layer. ``masks``
    are what dropout multiplies the units of a layer by, the inputs first, None where nothing is dropped.

    Its symbols are asked for by number, or by letter for a general formula, in which nobody looks at the value. Up to
    three layers have the lecture's letters: f, u, g, v, h, w, y, with the indices k, j, i, m. A deeper network numbers
    its layers: f_k are the inputs, g(1)_j the units of the first layer, u(1)_jk its weights, and so on.
    """

    number: int | None
    board: Board
    loss: Loss
    total: Symbol
    raw: Array
    units: tuple[Array, ...]
    probabilities: Array | None
    targets: Array
    softmax_errors: Array | None
    errors: tuple[Array, ...]
    grads: tuple[Affine, ...]
    masks: tuple[Array | None, ...]

    @property
    def last(self) -> int:
        """The last layer of units."""
        return len(self.board.levels)

    @property
    def deep(self) -> bool:
        """Whether letters run out."""
        return self.last > len(WEIGHTS)

    def index(self, layer: int, seen_from: int) -> str:
        """The index that runs over the units of a layer, in a formula about another one or the same."""
        return "kji"[layer - seen_from + 1] if self.deep and layer > 0 else INDICES[layer]

    def numbers(self, layer: int) -> range:
        """The numbers of the units of a layer."""
        return range(1, len(self.units[layer]) + 1)

    def over(self, layer: int, outer: Index, index: str, part: Callable[[Index], Term]) -> tuple[Term, ...]:
        """The parts of a sum over the units of a layer, by numbers where ``outer`` is one, else over an index."""
        return tuple(map(part, self.numbers(layer))) if isinstance(outer, int) else (Over(index, part(index)),)

    def input(self, k: Index) -> Symbol:
        """Input k as it is before anything prepares it."""
        return numbered("x", self.raw, k)

    def unit(self, layer: int, i: Index) -> Symbol:
        """Unit i of a layer, with its output; layer 0 are the inputs f."""
        letter, number = ("g", layer) if self.deep and layer > 0 else (UNITS[layer], None)
        return Symbol(letter, (i,), number, value=_entry(self.units[layer], i))

    def kept(self, layer: int, i: Index) -> tuple[Symbol, ...]:
        """What dropout multiplies unit i of a layer by, as a factor: none where the layer has no dropout."""
        mask, number = self.masks[layer], layer or None
        return () if mask is None else (Symbol("r", (i,), number, value=_entry(mask, i)),)

    def outcome(self, i: Index) -> Symbol:
        """What E is made of: the probability p_i, or the last unit i itself."""
        if self.probabilities is None:
            return self.unit(self.last, i)
        return numbered("p", self.probabilities, i)

    def target(self, i: Index) -> Symbol:
        """The target y*_i; of a class index, a 1 among zeros."""
        return numbered("y*", self.targets, i)

    def outcome_error(self, i: Index) -> Symbol:
        """The error on what E is made of."""
        if self.softmax_errors is None:
            return self.error(self.last, i)
        return self._error(self.outcome(i), _entry(self.softmax_errors, i))

    def error(self, layer: int, i: Index) -> Symbol:
        """The error on unit i of a layer."""
        return self._error(self.unit(layer, i), _entry(self.errors[layer - 1], i))

    def weight(self, layer: int, j: Index, k: Index) -> Symbol:
        """The weight from unit k of the layer before to unit j of this one; its bias where k is 0."""
        letter, number = ("u", layer) if self.deep else (WEIGHTS[layer - 1], None)
        return Symbol(letter, (j, k), number, value=_weight(self.board.levels[layer - 1].layer, j, k))

    def gradient(self, layer: int, j: Index, k: Index) -> Symbol:
        """The error on a weight."""
        return self._error(self.weight(layer, j, k), _weight(self.grads[layer - 1], j, k))

    def _error(self, symbol: Symbol, value: float) -> Symbol:
        """The derivative of the loss in what a symbol stands for."""
        return evolve(symbol, of=self.total, value=value)


def numbered(letter: str, values: Array, i: Index) -> Symbol:
    """A letter with an index from 1 on, and the number of that index."""
    return Symbol(letter, (i,), value=_entry(values.ravel(), i))


def _entry(values: Array, i: Index) -> float:
    return float(values[i - 1]) if isinstance(i, int) else 0.0


def _weight(affine: Affine, j: Index, k: Index) -> float:
    """In the course's letters u_jk is ``W[k - 1, j - 1]``, and u_j0 is ``b[j - 1]``."""
    if isinstance(j, str) or isinstance(k, str):
        return 0.0
    return float(affine.W[k - 1, j - 1] if k else affine.b[j - 1])


@final
@frozen
class Masked:
    """``y = m x`` for the mask m (1, I) that dropout has drawn."""

    mask: Array = data()

    def forward(self, x: Array) -> tuple[Array, None]:
        """``m x``."""
        return freeze(self.mask * x), None

    def backward(self, cache: None, dout: Array) -> tuple[Array, Self]:
        """``m dout``."""
        return freeze(self.mask * dout), self


def work_out(
    board: Board, loss: Loss, x: Array, number: int, masks: Mapping[int, Array] = MappingProxyType({})
) -> WorkedExample:
    """Example ``number`` of x (N, ...), counted from 1, with its own loss, run forward and backward.

    Dropout rests, but where its place in the flattened network has in ``masks`` what was drawn for all examples.
    """
    one, loss = x[number - 1 : number], evolve(loss, targets=loss.targets[number - 1 : number])
    drawn = {place: Masked(mask[number - 1 : number]) for place, mask in masks.items()}
    outputs, caches = [one], []
    layers = tuple(drawn.get(place, layer) for place, layer in enumerate(board.layers))
    for layer in layers:
        y, cache = layer.forward(outputs[-1])
        outputs.append(y)
        caches.append(cache)
    value, cache = loss.forward(outputs[-1])
    scan = list(backward_trace((*layers, loss), (*caches, cache), 1.0))
    douts, grads = zip(*reversed(scan), strict=True)
    levels = board.levels
    after = (levels[0].affine - (levels[0].affine - 1 in drawn), *(level.output + 1 for level in levels))
    units = tuple(outputs[place][0] for place in after)
    return WorkedExample(
        number=number,
        board=board,
        loss=loss,
        total=Symbol("E", (number,) if len(x) > 1 else (), value=float(value)),
        raw=one,
        units=units,
        probabilities=_probabilities(board, loss, units[-1]),
        targets=_targets(loss, len(units[-1])),
        softmax_errors=douts[-2][0] if board.softmax else None,
        errors=tuple(douts[level.output][0] for level in levels),
        grads=tuple(grads[level.affine] for level in levels),
        masks=tuple(drawn[place].mask[0] if place in drawn else None for place in after),
    )


def _probabilities(board: Board, loss: Loss, last: Array) -> Array | None:
    if isinstance(loss, SQUARES) and not board.softmax:
        return None
    return sigmoid(last) if isinstance(loss, SigmoidCrossEntropy) else softmax(last)


def _targets(loss: Loss, outputs: int) -> Array:
    """The targets of the one example, (K,)."""
    classes = isinstance(loss, SoftmaxCrossEntropy) and loss.targets.ndim == 1
    (row,) = np.eye(outputs)[loss.targets] if classes else loss.targets
    return np.atleast_1d(row)


def averaged(examples: Sequence[WorkedExample]) -> WorkedExample:
    """A batch: its first example, without a number, and with the means of all losses and errors on weights."""
    total = Symbol("E", value=math.fsum(example.total.value for example in examples) / len(examples))
    grads = map_params(_mean, *(example.grads for example in examples))
    return evolve(examples[0], number=None, total=total, grads=grads)


def _mean(*arrays: Array) -> Array:
    return np.apply_along_axis(math.fsum, 0, np.stack(arrays)) / len(arrays)
