"""One example on the board: every number of its forward and its backward, asked for by layer and unit."""

from typing import Any, final

import numpy as np

from fnnet.network.folds import backward_trace
from fnnet.teaching.expression import Symbol
from fnnet.teaching.letters import Letters
from fnnet.teaching.levels import Board
from fnnet.values.array import Array
from fnnet.values.record import frozen, replace


@final
@frozen
class Example:
    """One example, run forward and backward. Arrays are lists of rows: one for each layer of units.

    ``units`` begin with the inputs f, ``errors`` and ``grads`` with the first layer after them. ``raw`` is the input
    before it is prepared, ``ends`` the output and the error of a Softmax layer, if there is one.
    """

    number: int
    board: Board
    letters: Letters
    raw: Array
    units: tuple[Array, ...]
    errors: tuple[Array, ...]
    grads: tuple[Any, ...]
    ends: tuple[Array, Array] | None
    loss: Any
    value: float

    def unit(self, layer: int, i: int) -> Symbol:
        """Unit i of a layer, with its output."""
        return self.letters.unit(layer, i, float(self.units[layer][i - 1]))

    def error(self, layer: int, i: int) -> Symbol:
        """The error on unit i of a layer."""
        return self.letters.error(self.letters.unit(layer, i), float(self.errors[layer - 1][i - 1]))

    def weight(self, layer: int, j: int, k: int) -> Symbol:
        """The weight from unit k to unit j of a layer; its bias where k is 0."""
        return weight(self.letters, self.board.levels[layer - 1].layer, layer, j, k)

    def gradient(self, layer: int, j: int, k: int) -> Symbol:
        """The error on a weight."""
        return gradient(self.letters, self.grads[layer - 1], layer, j, k)


def weight(letters: Letters, affine: Any, layer: int, j: int, k: int) -> Symbol:
    """A weight of an Affine layer in the course's letters: u_jk is ``W[k - 1, j - 1]``, and u_j0 is ``b[j - 1]``."""
    return letters.weight(layer, j, k, float(affine.W[k - 1, j - 1] if k else affine.b[j - 1]))


def gradient(letters: Letters, grads: Any, layer: int, j: int, k: int) -> Symbol:
    """The error on a weight, from the gradient of its Affine layer."""
    return letters.error(letters.weight(layer, j, k), weight(letters, grads, layer, j, k).value)


def example(board: Board, loss: Any, x: Array, number: int, letters: Letters) -> Example:
    """Example ``number`` of x (N, ...), counted from 1, with its own loss, run forward and backward."""
    one, loss = x[number - 1 : number], replace(loss, targets=loss.targets[number - 1 : number])
    outputs, caches = [one], []
    for layer in board.layers:
        y, cache = layer.forward(outputs[-1])
        outputs.append(y)
        caches.append(cache)
    value, cache = loss.forward(outputs[-1])
    scan = list(backward_trace((*board.layers, loss), (*caches, cache), 1.0))
    douts, grads = zip(*reversed(scan), strict=True)
    levels = board.levels
    return Example(
        number=number,
        board=board,
        letters=letters,
        raw=one.ravel(),
        units=(outputs[levels[0].affine][0], *(outputs[level.output + 1][0] for level in levels)),
        errors=tuple(douts[level.output][0] for level in levels),
        grads=tuple(grads[level.affine] for level in levels),
        ends=(outputs[-1][0], np.asarray(douts[-2])[0]) if board.softmax else None,
        loss=loss,
        value=float(value),
    )
