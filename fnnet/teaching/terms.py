"""Formulas as values: the few kinds of terms that back-propagation is written in, in the letters of the course.

A formula is written down twice, once in letters and once with numbers put in. Both are read off the same value.
"""

from typing import TypeAlias, final

from fnnet.values.record import frozen

UNITS, WEIGHTS, INDICES = "fghy", "uvw", "kjim"

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


@final
@frozen
class Letters:
    """The letters of a network with this many layers of weights, whose loss has this name.

    Up to three layers have the lecture's own: f, u, g, v, h, w, y, with the indices k, j, i, m. A deeper network
    numbers its layers: f_k are the inputs, g(1)_j the units of the first layer, u(1)_jk its weights, and so on.
    """

    layers: int
    loss: Symbol = Symbol("E")

    @property
    def deep(self) -> bool:
        """Whether letters run out."""
        return self.layers > len(WEIGHTS)

    def index(self, layer: int, seen_from: int) -> str:
        """The index that runs over the units of a layer, in a formula about another one or the same."""
        return "kji"[layer - seen_from + 1] if self.deep and layer > 0 else INDICES[layer]

    def unit(self, layer: int, i: Index, value: float = 0.0) -> Symbol:
        """Unit i of a layer; layer 0 are the inputs f."""
        if self.deep and layer > 0:
            return Symbol("g", (i,), layer, value=value)
        return Symbol(UNITS[layer], (i,), value=value)

    def weight(self, layer: int, j: Index, k: Index, value: float = 0.0) -> Symbol:
        """The weight from unit k of the layer before to unit j of this one; k = 0 is the bias."""
        if self.deep:
            return Symbol("u", (j, k), layer, value=value)
        return Symbol(WEIGHTS[layer - 1], (j, k), value=value)

    def error(self, symbol: Symbol, value: float = 0.0) -> Symbol:
        """The derivative of the loss in what a symbol stands for."""
        return Symbol(symbol.letter, symbol.indices, symbol.layer, self.loss, value)
