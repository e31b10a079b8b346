"""Formulas as text and as LaTeX, in letters or with numbers put in. The text with numbers can be calculated with."""

import math
import re
from decimal import Decimal
from typing import final

from fnnet.teaching.functions import FUNCTIONS
from fnnet.teaching.terms import (
    Call,
    Equation,
    Minus,
    Number,
    Over,
    Product,
    Ratio,
    Root,
    Slope,
    Square,
    Sum,
    Symbol,
    Term,
)
from fnnet.values.record import frozen

#: Letters that LaTeX writes otherwise.
LATEX = {"eta": r"\eta", "y*": "y^*", "lambda": r"\lambda", "beta": r"\beta", "alpha": r"\alpha", "m^": r"\hat m"}

#: More digits than these a double does not have.
ALL = 17


@final
@frozen
class Style:
    """How to write: as text or in LaTeX; in letters, or with numbers of so many ``digits`` and slopes written out."""

    latex: bool = False
    digits: int | None = None

    def blank(self, width: int = 4) -> str:
        """What stands where something of so many characters is to be filled in; in LaTeX one is half an em."""
        return rf"\underline{{\hspace{{{max(width / 2, 3):g}em}}}}" if self.latex else "_" * max(width, 4)

    def leaf(self, symbol: Symbol) -> str:
        """What stands for a symbol."""
        return name(symbol, self.latex) if self.digits is None else number(symbol.value, self.digits, self.latex)


def figure(value: float, digits: int) -> str:
    """A number rounded to so many significant digits; zeros at its end say that it was rounded, not that it is exact.

    >>> figure(0.5, 4), figure(0.50001, 4), figure(1234.56, 4), figure(-0.0000123456, 4)
    ('0.5', '0.5000', '1235', '-1.235e-5')
    """
    if value == 0:
        return "0"
    rounded = Decimal(f"{value:.{digits - 1}e}")
    if math.isclose(float(rounded), value, rel_tol=1e-15):
        rounded = Decimal(repr(float(rounded))).normalize()
    return format(rounded, "f" if 1e-4 <= abs(value) < 1e6 else "e")


def number(value: float, digits: int, latex: bool = False) -> str:
    """A number, in LaTeX with its power of ten."""
    text = figure(value, digits)
    return re.sub(r"e([+-])0*(\d+)", lambda m: rf" \cdot 10^{{{m[1].strip('+')}{m[2]}}}", text) if latex else text


def name(symbol: Symbol, latex: bool = False) -> str:
    r"""A symbol's name.

    >>> name(Symbol("u", (1, 2), of=Symbol("E"))), name(Symbol("u", (1, 2), of=Symbol("E")), latex=True)
    ('dE/du_12', '\\frac{\\partial E}{\\partial u_{12}}')
    """
    base = _base(symbol, latex)
    if symbol.of is None:
        return base
    of = _base(symbol.of, latex)
    return rf"\frac{{\partial {of}}}{{\partial {base}}}" if latex else f"d{of}/d{base}"


def _base(symbol: Symbol, latex: bool) -> str:
    parts = [str(index) for index in symbol.indices]
    index = ("" if all(len(part) == 1 for part in parts) else ",").join(parts)
    if not latex:
        return symbol.letter + (f"({symbol.layer})" if symbol.layer else "") + (f"_{index}" if index else "")
    letter = LATEX.get(symbol.letter, symbol.letter)
    return letter + (f"^{{({symbol.layer})}}" if symbol.layer else "") + (f"_{{{index}}}" if index else "")


def write(term: Term, style: Style) -> str:
    """A term, written.

    >>> g = Symbol("g", (1,), value=-0.25)
    >>> term = Product((Number(2.0), Sum((g, Minus(Number(1.0))))))
    >>> write(term, Style()), write(term, Style(digits=4)), write(Product((Number(2.0), g)), Style(digits=4))
    ('2 (g_1 - 1)', '2*(-0.25 - 1)', '2*(-0.25)')
    """
    match term:
        case Symbol():
            return style.leaf(term)
        case Number(value):
            return number(value, ALL, style.latex)
        case Call(function, argument):
            return _call(function, "", write(argument, style), style)
        case Slope(function, output, meaning):
            return write(meaning, style) if style.digits else _call(function, "'", style.leaf(output), style)
        case Sum(terms):
            return _added([write(part, style) for part in terms])
        case Product(factors):
            return _times(style).join(_in_product(factors, i, style) for i in range(len(factors)))
        case Minus(Over() as part):
            return "-" + write(part, style)
        case Minus(part):
            return "-" + _factor(part, style)
        case Ratio(top, bottom) if style.latex:
            return rf"\frac{{{write(top, style)}}}{{{write(bottom, style)}}}"
        case Ratio(top, bottom):
            return f"{_factor(top, style, first=True)}/{_factor(bottom, style)}"
        case Square(base):
            return f"{_base_of_power(base, style)}^2"
        case Root(base):
            return rf"\sqrt{{{write(base, style)}}}" if style.latex else f"sqrt({write(base, style)})"
        case Over(index, part):
            return (rf"\sum_{index} " if style.latex else f"sum_{index} ") + _factor(part, style)


def _call(function: str, prime: str, argument: str, style: Style) -> str:
    return (FUNCTIONS[function].latex if style.latex else function) + prime + _bracketed(argument, style)


def _bracketed(text: str, style: Style) -> str:
    return rf"\left({text}\right)" if style.latex else f"({text})"


def _times(style: Style) -> str:
    if style.digits:
        return r" \cdot " if style.latex else "*"
    return r"\, " if style.latex else " "


def _added(terms: list[str]) -> str:
    signed = [f" - {text[1:]}" if text.startswith("-") else f" + {text}" for text in terms[1:]]
    return terms[0] + "".join(signed)


def _factor(term: Term, style: Style, first: bool = False) -> str:
    """A term as a factor: in brackets where it is a sum, or begins with a sign inside a product."""
    text = write(term, style)
    whole = term.meaning if isinstance(term, Slope) and style.digits else term
    return _bracketed(text, style) if isinstance(whole, Sum | Over) or (text.startswith("-") and not first) else text


def _in_product(factors: tuple[Term, ...], place: int, style: Style) -> str:
    """A factor of a product; a sum over an index at its end needs no brackets."""
    part = factors[place]
    if isinstance(part, Over) and place == len(factors) - 1:
        return write(part, style)
    return _factor(part, style, first=place == 0)


def _base_of_power(term: Term, style: Style) -> str:
    text = _factor(term, style)
    return _bracketed(text, style) if style.latex and "^" in text and not text.startswith(r"\left") else text


def equation(equation: Equation, latex: bool = False) -> str:
    """An equation in letters.

    >>> u = Symbol("u", (1, 2))
    >>> equation(Equation(u, Sum((u, Minus(Symbol("eta")))), step=True))
    'u_12 <- u_12 - eta'
    """
    sign = (r"\leftarrow" if latex else "<-") if equation.step else "="
    return f"{name(equation.left, latex)} {sign} {write(equation.right, Style(latex))}"
