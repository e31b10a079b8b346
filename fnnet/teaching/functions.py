"""The functions of the course's formulas, one record for each, and what a formula comes to."""

import math
from collections.abc import Callable
from typing import final

import numpy as np

from fnnet.layers import LeakyReLU, ReLU, Sigmoid, Tanh
from fnnet.teaching.terms import Call, Minus, Number, Product, Ratio, Root, Slope, Square, Sum, Symbol, Term
from fnnet.values.numeric import sigmoid
from fnnet.values.record import frozen


@final
@frozen
class Function:
    """A function of a weighted sum z: an activation, or one of those that losses are made of.

    ``at(z, slope)`` is its value; ``slope`` is that of leaky to the left of 0, and nothing to the others. Of an
    activation ``layer`` is the class of layers, ``derivative(g, slope)`` the formula for s'(g_j) by the output g_j, and
    ``note`` says it in words, LaTeX between dollars, with ``{f}`` for the letter.
    """

    letter: str
    latex: str
    at: Callable[[float, float], float]
    layer: type | None = None
    derivative: Callable[[Symbol, float], Term] | None = None
    note: str = ""

    def noted(self, latex: bool = False) -> str:
        """The note as text or in LaTeX.

        >>> FUNCTIONS["tanh"].noted()
        "tanh'(g_j) of an output g_j means 1 - g_j^2."
        """
        return self.note.format(f=self.latex) if latex else self.note.format(f=self.letter).replace("$", "")


SIGMOID = Function(
    letter="s",
    latex=r"\sigma",  # the slides write the sigmoid as sigma
    at=lambda z, slope: float(sigmoid(np.asarray(z))),
    layer=Sigmoid,
    derivative=lambda g, slope: Product((g, Sum((Number(1.0), Minus(g))))),
    note="${f}'(g_j)$ of an output $g_j$ means $g_j (1 - g_j)$.",
)
TANH = Function(
    letter="tanh",
    latex=r"\tanh",
    at=lambda z, slope: math.tanh(z),
    layer=Tanh,
    derivative=lambda g, slope: Sum((Number(1.0), Minus(Square(g)))),
    note="${f}'(g_j)$ of an output $g_j$ means $1 - g_j^2$.",
)
RELU = Function(
    letter="relu",
    latex=r"\mathrm{relu}",
    at=lambda z, slope: max(z, 0.0),
    layer=ReLU,
    derivative=lambda g, slope: Number(1.0 if g.value > 0 else 0.0),
    note="${f}'(g_j)$ of an output $g_j$ means 1 where $g_j > 0$, and 0 elsewhere.",
)
LEAKY = Function(
    letter="leaky",
    latex=r"\mathrm{leaky}",
    at=lambda z, slope: max(z, slope * z),
    layer=LeakyReLU,
    derivative=lambda g, slope: Number(1.0 if g.value > 0 else slope),
    note="${f}(z)$ means $z$ where $z > 0$, and slope $z$ elsewhere; ${f}'(g_j)$ of an output $g_j$ means 1 or slope.",
)
EXP = Function("exp", r"\exp", lambda z, slope: math.exp(z))
LOG = Function("log", r"\log", lambda z, slope: math.log(z))

#: All functions by their letters, and the activations by their layers.
FUNCTIONS = {function.letter: function for function in (SIGMOID, TANH, RELU, LEAKY, EXP, LOG)}
ACTIVATION_OF = {function.layer: function for function in FUNCTIONS.values() if function.layer}


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
            return FUNCTIONS[function].at(evaluate(argument, number), slope)
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
        case Root(base):
            return math.sqrt(evaluate(base, number))
    raise ValueError("a sum over an index has no numbers")
