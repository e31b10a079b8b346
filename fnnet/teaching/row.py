"""A row of a worked example: what is calculated, by which formula, from which numbers, and what comes out."""

from typing import final

import attrs

from fnnet.teaching import writing
from fnnet.teaching.expression import Equation, Symbol, Term
from fnnet.teaching.writing import BLANK
from fnnet.values.record import frozen

#: What rows are about, in the order of a worked example.
KINDS = ("given", "forward", "errors", "gradients", "updates")


@final
@frozen
class Row:
    """One quantity: ``name = formula = numbers = result``.

    ``kind`` is one of `KINDS`, ``example`` counts from 1 and is None for what all examples share, ``layer`` counts
    the layers of units (0 are the inputs) and ``unit`` the units in it, both as in the letters: the bias of unit 1 of
    layer 1 is u_10. ``rule`` is the general formula. A given row has no formula.

    ``value`` is exact to a double; ``result`` is it in ``digits`` significant digits, and ``numbers`` has the figures
    that bring this result, in ``carried`` digits. Where the row is ``blank`` for an exercise, both are blanks, and so
    is every figure that is ``hidden`` elsewhere.

    >>> row = Row("forward", 1, 1, 1, Symbol("g", (1,), value=1.0), Symbol("f", (1,), value=1.0))
    >>> row.name, row.formula, row.numbers, row.result, row.value
    ('g_1', 'f_1', '1', '1', 1.0)
    >>> print(row)
    g_1 = f_1 = 1 = 1
    """

    kind: str
    example: int | None
    layer: int
    unit: int | None
    symbol: Symbol
    term: Term | None = attrs.field(default=None, repr=False)
    rule: Equation | None = attrs.field(default=None, repr=False)
    digits: int = 4
    carried: int = 4
    blank: bool = False
    hidden: frozenset[str] = attrs.field(default=frozenset(), repr=False)

    @property
    def name(self) -> str:
        """The quantity, such as g_1 or dE/du_12."""
        return writing.name(self.symbol)

    @property
    def formula(self) -> str:
        """The formula for this quantity, in letters."""
        return self.written()[1]

    @property
    def numbers(self) -> str:
        """The formula with the numbers put in."""
        return self.written()[2]

    @property
    def value(self) -> float:
        """The value in double precision."""
        return self.symbol.value

    @property
    def result(self) -> str:
        """The value as it is printed."""
        return self.written()[3]

    def written(self, latex: bool = False) -> tuple[str, str, str, str]:
        """Name, formula, numbers put in, and result, as text or in LaTeX."""
        formula = writing.write(self.term, writing.letters(latex)) if self.term else ""
        blank = writing.LATEX_BLANK if latex else BLANK
        numbers = writing.numbers(self.carried, self.hidden, latex)
        put_in = (blank if self.blank else writing.write(self.term, numbers)) if self.term else ""
        result = blank if self.blank else writing.number(self.value, self.digits, latex)
        return writing.name(self.symbol, latex), formula, put_in, result

    def __str__(self) -> str:
        name, *rest = self.written()
        sign = "<-" if self.kind == "updates" else "="
        return f"{name} {sign} {' = '.join(part for part in rest if part)}"
