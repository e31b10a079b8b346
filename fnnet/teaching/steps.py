"""The lecture's four formulas for each unit and weight: feed forward, error on a unit, error on a weight, update."""

from collections.abc import Iterator
from typing import TypeAlias

from fnnet.layers import LeakyReLU
from fnnet.teaching.example import Example
from fnnet.teaching.expression import (
    Call,
    Equation,
    Minus,
    Number,
    Over,
    Product,
    Slope,
    Square,
    Sum,
    Symbol,
    Term,
)  # fmt: skip
from fnnet.teaching.letters import Letters
from fnnet.teaching.levels import Level

#: Layer, unit, what is calculated and how, and the general formula.
Step: TypeAlias = tuple[int, int | None, Equation, Equation]


def units(ex: Example, n: int) -> Iterator[Step]:
    """Step 2 of the lecture, ``g_j = s(u_j0 + sum_k u_jk f_k)``, for each unit of layer n."""
    level, letters = ex.board.levels[n - 1], ex.letters
    j, k = letters.index(n, n), letters.index(n - 1, n)
    inner = Over(k, Product((letters.weight(n, j, k), letters.unit(n - 1, k))))
    rule = Equation(letters.unit(n, j), _activated(level, Sum((letters.weight(n, j, 0), inner))))
    for i in range(1, len(ex.units[n]) + 1):
        products = (Product((ex.weight(n, i, m), ex.unit(n - 1, m))) for m in range(1, len(ex.units[n - 1]) + 1))
        yield n, i, Equation(ex.unit(n, i), _activated(level, Sum((ex.weight(n, i, 0), *products)))), rule


def _activated(level: Level, term: Term) -> Term:
    slope = level.activation.slope if isinstance(level.activation, LeakyReLU) else 0.0
    return Call(level.function, term, slope) if level.function else term


def slope(level: Level, output: Symbol) -> tuple[Term, ...]:
    """``s'(g_j)`` of an output g_j, as a factor: none where a unit is its weighted sum, whose slope is 1."""
    meanings: dict[str, Term] = {
        "s": Product((output, Sum((Number(1.0), Minus(output))))),
        "tanh": Sum((Number(1.0), Minus(Square(output)))),
        "relu": Number(1.0 if output.value > 0 else 0.0),
        "leaky": Number(1.0 if output.value > 0 else getattr(level.activation, "slope", 0.0)),
    }
    return (Slope(level.function, output, meanings[level.function]),) if level.function else ()


def errors(ex: Example, n: int) -> Iterator[Step]:
    """Step 4a, ``dE/dg_j = sum_i s'(h_i) v_ij dE/dh_i``, for each unit of a layer n that is not the last."""
    level, letters = ex.board.levels[n], ex.letters
    j, i = letters.index(n, n), letters.index(n + 1, n)
    h = letters.unit(n + 1, i)
    term = Product((*slope(level, h), letters.weight(n + 1, i, j), letters.error(h)))
    rule = Equation(letters.error(letters.unit(n, j)), Over(i, term))
    for unit in range(1, len(ex.units[n]) + 1):
        products = tuple(
            Product((*slope(level, ex.unit(n + 1, m)), ex.weight(n + 1, m, unit), ex.error(n + 1, m)))
            for m in range(1, len(ex.units[n + 1]) + 1)
        )
        yield n, unit, Equation(ex.error(n, unit), products[0] if len(products) == 1 else Sum(products)), rule


def gradients(ex: Example, n: int) -> Iterator[Step]:
    """Step 4b, ``dE/du_jk = dE/dg_j s'(g_j) f_k``, for each weight of layer n; the bias goes with a 1."""
    level, letters = ex.board.levels[n - 1], ex.letters
    j, k = letters.index(n, n), letters.index(n - 1, n)
    g = letters.unit(n, j)
    own = (letters.error(g), *slope(level, g))
    bias = Equation(letters.error(letters.weight(n, j, 0)), _product(own))
    rule = Equation(letters.error(letters.weight(n, j, k)), Product((*own, letters.unit(n - 1, k))))
    for unit, source in weights(ex, n):
        factors = (ex.error(n, unit), *slope(level, ex.unit(n, unit)))
        from_unit = (ex.unit(n - 1, source),) if source else ()
        yield n, unit, Equation(ex.gradient(n, unit, source), _product(factors + from_unit)), rule if source else bias


def _product(factors: tuple[Term, ...]) -> Term:
    return factors[0] if len(factors) == 1 else Product(factors)


def weights(ex: Example, n: int) -> Iterator[tuple[int, int]]:
    """The indices j, k of the weights of layer n: unit by unit, and of each the bias first."""
    for j in range(1, len(ex.units[n]) + 1):
        for k in range(len(ex.units[n - 1]) + 1):
            yield j, k


def update(letters: Letters, n: int, old: Symbol, error: Symbol, eta: Symbol) -> Step:
    """Step 4c, ``u_jk <- u_jk - eta dE/du_jk``, for one weight."""
    j, k = letters.index(n, n), letters.index(n - 1, n)
    moved = Symbol(old.letter, old.indices, old.layer, value=old.value - eta.value * error.value)
    general = letters.weight(n, j, k)
    rule = Equation(general, _moved(general, letters.error(general), Symbol("eta")), step=True)
    return n, int(old.indices[0]), Equation(moved, _moved(old, error, eta), step=True), rule


def _moved(weight: Symbol, error: Symbol, eta: Symbol) -> Term:
    return Sum((weight, Minus(Product((eta, error)))))
