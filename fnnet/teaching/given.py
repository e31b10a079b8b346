"""What a worked example starts from: the inputs, the targets, eta, the weights; and how inputs are prepared."""

from collections.abc import Iterator
from typing import TypeAlias

from fnnet.layers import LeakyReLU, Scale, Standardize
from fnnet.teaching import ends
from fnnet.teaching.example import Example
from fnnet.teaching.expression import Equation, Minus, Product, Ratio, Sum, Symbol, Term
from fnnet.teaching.levels import Board
from fnnet.teaching.row import Row
from fnnet.teaching.steps import Step, weights
from fnnet.values.array import Array

#: Symbols by their letter and indices.
Constants: TypeAlias = dict[tuple[int | str, ...], Symbol]


def shared(ex: Example, lr: float, digits: int) -> Iterator[Row]:
    """What all examples share."""
    yield _row(None, 0, Symbol("eta", value=lr), digits)
    slopes = [level.activation.slope for level in ex.board.levels if isinstance(level.activation, LeakyReLU)]
    for slope in sorted(set(slopes)):
        yield _row(None, 0, Symbol("slope", value=slope), digits)
    for symbol in _constants(ex.board):
        yield _row(None, 0, symbol, digits)
    for n in range(1, len(ex.board.levels) + 1):
        for j, k in weights(ex, n):
            yield _row(None, n, ex.weight(n, j, k), digits)


def own(ex: Example, digits: int) -> Iterator[Row]:
    """What an example brings: its inputs, as they are before anything prepares them, and its targets."""
    raw = list(_raw(ex)) if list(_constants(ex.board)) else [ex.unit(0, k) for k in range(1, len(ex.units[0]) + 1)]
    for symbol in raw:
        yield _row(ex.number, 0, symbol, digits)
    for symbol in ends.targets(ex):
        yield _row(ex.number, len(ex.board.levels), symbol, digits)


def _row(example: int | None, layer: int, symbol: Symbol, digits: int) -> Row:
    unit = next((index for index in symbol.indices if isinstance(index, int)), None)
    return Row("given", example, layer, unit, symbol, digits=digits, carried=digits)


def _raw(ex: Example) -> Iterator[Symbol]:
    for k, value in enumerate(ex.raw, 1):
        yield Symbol("x", (k,), value=float(value))


def _constants(board: Board) -> Iterator[Symbol]:
    """The numbers of the layers that prepare the input."""
    for layer in board.first:
        if isinstance(layer, Scale):
            yield Symbol("c", value=float(layer.factor))
        if isinstance(layer, Standardize):
            yield from _column("m", layer.mean)
            yield from _column("d", layer.deviation)


def _column(letter: str, values: Array) -> Iterator[Symbol]:
    for k, value in enumerate(values.ravel(), 1):
        yield Symbol(letter, (k,), value=float(value))


def prepared(ex: Example) -> Iterator[Step]:
    """The inputs f_k from the raw x_k: ``c x_k`` after Scale, ``(x_k - m_k) / d_k`` after Standardize."""
    constants: Constants = {(symbol.letter, *symbol.indices): symbol for symbol in _constants(ex.board)}
    if not constants:
        return
    general: Constants = {("c",): Symbol("c"), ("m", "k"): Symbol("m", ("k",)), ("d", "k"): Symbol("d", ("k",))}
    rule = Equation(ex.letters.unit(0, "k"), _term(ex.board, general, Symbol("x", ("k",)), "k"))
    for k, x in enumerate(_raw(ex), 1):
        yield 0, k, Equation(ex.unit(0, k), _term(ex.board, constants, x, k)), rule


def _term(board: Board, constants: Constants, x: Symbol, k: int | str) -> Term:
    term: Term = x
    for layer in board.first:
        if isinstance(layer, Scale):
            term = Product((constants["c",], term))
        if isinstance(layer, Standardize):
            term = Ratio(Sum((term, Minus(constants["m", k]))), constants["d", k])
    return term
