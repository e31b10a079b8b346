"""Formulas as values: the few kinds of terms that back-propagation is written in, in the letters of the course.

A formula is written down twice, once in letters and once with numbers put in. Both are read off the same value.
"""

from collections.abc import Iterator
from itertools import chain
from typing import TypeAlias, final

from fnnet.values.record import frozen

#: A number, or a letter in a general formula.
Index: TypeAlias = int | str


@final
@frozen
class Symbol:
    """A letter with its indices, such as u_12, and its value; with ``of``, a derivative such as dE/du_12.

    In a general formula an index is a letter, and nobody looks at the value. ``layer`` is for networks so deep that
    letters run out: u(3)_12. An index above 9 makes a comma necessary: u_1,12.
    """

    letter: str
    indices: tuple[Index, ...] = ()
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
    """A function of one term, by its letter. ``slope`` is that of leaky to the left of 0."""

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
class Root:
    """The square root of a term."""

    base: "Term"


@final
@frozen
class Over:
    """``sum_k``: the sum over an index, for general formulas, which have no numbers."""

    index: str
    term: "Term"


Term: TypeAlias = Symbol | Number | Call | Slope | Sum | Product | Minus | Ratio | Square | Root | Over


@final
@frozen
class Equation:
    """``left = right``, or for a step of the weights ``left <- right``."""

    left: Symbol
    right: Term
    step: bool = False


def symbols(term: Term) -> Iterator[Symbol]:
    """The symbols that a term is made of; of a slope, the output that it is a slope at.

    >>> slope = Slope("s", Symbol("g"), Number(1.0))
    >>> [symbol.letter for symbol in symbols(Sum((Symbol("u"), Minus(Product((slope, Symbol("f")))))))]
    ['u', 'g', 'f']
    """
    match term:
        case Symbol():
            yield term
        case Slope(_, output, _):
            yield output
        case Sum(parts) | Product(parts):
            yield from chain.from_iterable(map(symbols, parts))
        case Ratio(top, bottom):
            yield from (*symbols(top), *symbols(bottom))
        case Call(_, part) | Minus(part) | Square(part) | Root(part) | Over(_, part):
            yield from symbols(part)
