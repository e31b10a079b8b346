"""Formulas as values: the few kinds of terms that back-propagation is written in, and what they come to.

A formula is written down twice, once in letters and once with numbers put in. Both are read off the same value.
"""

import math
from collections.abc import Callable
from typing import Any, TypeAlias, final

import numpy as np

from fnnet.values.numeric import sigmoid
from fnnet.values.record import frozen


@final
@frozen
class Symbol:
    """A letter with its indices, such as u_12, and its value; with ``of``, a derivative such as dE/du_12.

    In a general formula nobody looks at the value. ``layer`` is for networks so deep that letters run out: u(3)_12.
    """

    letter: str
    indices: tuple[int | str, ...] = ()
    layer: int | None = None
    of: "Symbol | None" = None
    value: float = 0.0


@final
@frozen
class Number:
    """A number that belongs to the formula itself."""

    value: float


@final
@frozen
class Call:
    """A function of one term. ``slope`` is that of leaky to the left of 0."""

    function: str
    argument: "Term"
    slope: float = 0.0


@final
@frozen
class Slope:
    """``s'(g_j)`` of an output g_j: a name in letters, and ``meaning`` where numbers are put in."""

    function: str
    output: Symbol
    meaning: "Term"


@final
@frozen
class Sum:
    """Terms added up."""

    terms: tuple["Term", ...]


@final
@frozen
class Product:
    """Factors multiplied."""

    factors: tuple["Term", ...]


@final
@frozen
class Minus:
    """A term with the other sign."""

    term: "Term"


@final
@frozen
class Ratio:
    """One term over another."""

    top: "Term"
    bottom: "Term"


@final
@frozen
class Square:
    """A term times itself."""

    base: "Term"


@final
@frozen
class Over:
    """``sum_k``: the sum over an index, for general formulas, which have no numbers."""

    index: str
    term: "Term"


Term: TypeAlias = Symbol | Number | Call | Slope | Sum | Product | Minus | Ratio | Square | Over


@final
@frozen
class Equation:
    """``left = right``, or for a step of the weights ``left <- right``."""

    left: Symbol
    right: Term
    step: bool = False


FUNCTIONS: dict[str, Callable[[float, float], float]] = {
    "s": lambda z, slope: float(sigmoid(np.asarray(z))),
    "tanh": lambda z, slope: math.tanh(z),
    "relu": lambda z, slope: max(z, 0.0),
    "leaky": lambda z, slope: max(z, slope * z),
    "exp": lambda z, slope: math.exp(z),
    "log": lambda z, slope: math.log(z),
}


def evaluate(term: Term, number: Callable[[float], float]) -> float:
    """What a term comes to when every symbol's value is first passed through ``number``, such as a rounding.

    >>> evaluate(Sum((Symbol("g", (1,), value=0.25), Minus(Number(1.0)))), lambda value: value)
    -0.75
    """
    match term:
        case Symbol():
            return number(term.value)
        case Number():
            return term.value
        case Call(function, argument, slope):
            return FUNCTIONS[function](evaluate(argument, number), slope)
        case Slope(_, _, meaning):
            return evaluate(meaning, number)
        case Sum(terms):
            return math.fsum(evaluate(part, number) for part in terms)
        case Product(factors):
            return math.prod(evaluate(part, number) for part in factors)
        case Minus(part):
            return -evaluate(part, number)
        case Ratio(top, bottom):
            return evaluate(top, number) / evaluate(bottom, number)
        case Square(base):
            return evaluate(base, number) ** 2
    raise ValueError("a sum over an index has no numbers")


def slopes(term: Any) -> dict[str, Slope]:
    """The slopes that a term holds, by their functions."""
    match term:
        case Slope(function):
            return {function: term}
        case Sum(parts) | Product(parts):
            return {name: found for part in parts for name, found in slopes(part).items()}
        case Minus(part) | Square(part) | Over(_, part) | Call(_, part):
            return slopes(part)
        case Ratio(top, bottom):
            return slopes(top) | slopes(bottom)
    return {}
