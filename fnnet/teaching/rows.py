"""Rows of a worked example: each one quantity, its formula, its numbers; and rows left blank for an exercise."""

import math
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import final

import attrs

from fnnet.teaching import writing
from fnnet.teaching.functions import evaluate
from fnnet.teaching.terms import Equation, Ratio, Symbol, Term, symbols
from fnnet.teaching.writing import Style, figure, write
from fnnet.values.errors import UsageError
from fnnet.values.record import evolve, frozen

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
    that bring this result, in ``carried`` digits. Where the row is ``blank`` for an exercise, both are blanks.

    >>> row = Row("forward", 1, 1, 1, *(Symbol(name, (1,), value=1.0) for name in "gf"))
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

    @property
    def name(self) -> str:
        """The quantity, such as g_1 or dE/du_12."""
        return writing.name(self.symbol)

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """What this quantity is calculated from."""
        return tuple(symbols(self.term)) if self.term else ()

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
        numbers = Style(latex, self.carried)
        formula = write(self.term, Style(latex)) if self.term else ""
        put_in = (numbers.blank() if self.blank else write(self.term, numbers)) if self.term else ""
        result = numbers.blank() if self.blank else writing.number(self.value, self.digits, latex)
        return writing.name(self.symbol, latex), formula, put_in, result

    def shown(self) -> dict[str, str]:
        """For a notebook: the line that is written, in its parts."""
        return dict(zip(("", "formula", "numbers put in", "value"), self.written(), strict=True))

    def __str__(self) -> str:
        name, *rest = self.written()
        sign = "<-" if self.kind == "updates" else "="
        return f"{name} {sign} {' = '.join(part for part in rest if part)}"


def in_digits(rows: Iterable[Row], digits: int) -> tuple[Row, ...]:
    """The rows with results of so many digits, as many or more put in, and what is given in the most of these.

    The gradients of a layer are put in alike.
    """
    rows = tuple(rows)
    keys = [(row.example, row.layer) if row.kind == "gradients" else i for i, row in enumerate(rows)]
    alike = {key: [row for row, other in zip(rows, keys, strict=True) if other == key] for key in keys}
    carried = {key: _carried(group, digits) for key, group in alike.items()}
    shown = [evolve(row, digits=digits, carried=carried[key]) for row, key in zip(rows, keys, strict=True)]
    most = max(row.carried for row in shown)
    return tuple(row if row.term else evolve(row, digits=most, carried=most) for row in shown)


def _carried(rows: Sequence[Row], digits: int) -> int:
    """The fewest significant digits, from ``digits`` on, of the numbers put in that bring the printed results.

    Raises UsageError when nothing finite comes out of even the most, as of the logarithm of a probability that is 0
    in double precision.
    """
    worked = [(row.term, row.value) for row in rows if row.term]
    results = [value for _, value in worked]
    for many in range(digits, writing.ALL + 1 if all(map(math.isfinite, results)) else 0):
        results = [_with_digits(term, many) for term, _ in worked]
        if all(_prints(result, value, digits) for result, (_, value) in zip(results, worked, strict=True)):
            return many
    if not all(map(math.isfinite, results)):
        raise UsageError("the numbers are too large or too small to be calculated with in double precision")
    return writing.ALL


def _with_digits(term: Term, digits: int) -> float:
    try:
        return evaluate(term, lambda value: float(figure(value, digits)))
    except (ArithmeticError, ValueError):
        return math.nan


def _prints(result: float, value: float, digits: int) -> bool:
    """Whether ``result``, rounded, is the figure of ``value``; where it lies halfway, either neighbor is right."""
    printed = float(figure(value, digits))
    if printed == 0:
        return result == 0
    unit = 10.0 ** (math.floor(math.log10(abs(printed))) - digits + 1)
    return abs(result - printed) <= 0.5 * unit * (1.0 + 1e-9)


def blank(rows: Iterable[Row], cells: Sequence[str]) -> tuple[Row, ...]:
    r"""The rows with some cells left blank: those of a kind (forward, errors, gradients, updates) or of a name.

    Names may have ``*`` and ``?`` in them, as in ``dE/dg_*``. A blank row keeps its formula; its numbers and its
    result are to be filled in. Blank too is every row that was calculated from a blank one, since one could calculate
    back from it: what is shown was calculated from what is shown, and a blank from what stands above it. And blank are
    the neighbors that a blank could be read off: the gradients of one unit, which are one product times each input,
    and what a softmax adds up. What is given can't be blank. Raises UsageError for what no row is called.

    >>> from fnnet import Affine
    >>> from fnnet.teaching import HalfSquaredError, trace
    >>> rows = trace((Affine([[3.0]], [1.0]),), HalfSquaredError([[5.0]]), [[2.0]])
    >>> print(*blank(rows, ["dE/du_11"])[-5:-1], sep="\n")
    dE/dg_1 = g_1 - y*_1 = 7 - 5 = 2
    dE/du_10 = dE/dg_1 = ____ = ____
    dE/du_11 = dE/dg_1 f_1 = ____ = ____
    u_10 <- u_10 - eta dE/du_10 = ____ = ____
    >>> print(*solution(blank(rows, ["u_11"])), sep="\n")
    u_11 <- u_11 - eta dE/du_11 = 3 - 0.5*4 = 1
    """
    rows = tuple(rows)
    asked = {place for cell in cells for place in _places(rows, cell)}
    return tuple(_without_what_follows(rows, _with_neighbors(rows, asked)))


def _with_neighbors(rows: tuple[Row, ...], asked: set[int]) -> set[int]:
    """These places and those of the neighbors that they could be read off."""
    softmax = next((row.layer for row in rows if row.symbol.letter == "p" and isinstance(row.term, Ratio)), None)
    together = [_together(row, softmax) or i for i, row in enumerate(rows)]
    groups = {together[i] for i in asked}
    return {i for i, group in enumerate(together) if group in groups}


def _together(row: Row, softmax: int | None) -> tuple[object, ...] | None:
    """What a row has in common with its neighbors: an error and a slope, or a known sum in the ``softmax`` layer."""
    if row.kind == "gradients" and row.example:  # of an example; the means of a batch have nothing in common
        return row.kind, row.example, row.layer, row.unit
    if row.layer == softmax and (row.kind == "errors" or row.symbol.letter == "p"):
        return row.kind, row.example, row.symbol.letter
    return None


def _without_what_follows(rows: tuple[Row, ...], asked: set[int]) -> Iterator[Row]:
    """The rows, blank at these places and wherever a blank quantity is put in: each stands below what it is made of."""
    unknown: set[str] = set()
    for i, row in enumerate(rows):
        blank = i in asked or any(writing.name(symbol) in unknown for symbol in row.symbols)
        if blank and row.kind != "updates":  # the weight after the step has the name of the one before, which is given
            unknown.add(row.name)
        yield evolve(row, blank=blank)


def _places(rows: tuple[Row, ...], cell: str) -> list[int]:
    """Where the rows of a kind or name stand."""
    places = [i for i, row in enumerate(rows) if _is(row, cell)]
    if not places:
        kinds = ", ".join(KINDS[1:])
        names = ", ".join(next(row.name for row in rows if row.kind == kind) for kind in KINDS[1:4])
        raise UsageError(f"there is no cell {cell!r} to leave blank; say {kinds}, or a name such as {names}")
    return places


def _is(row: Row, cell: str) -> bool:
    return row.kind != "given" and (row.kind == cell or fnmatchcase(row.name, cell))


def solution(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The blank rows of a sheet, filled in."""
    return tuple(evolve(row, blank=False) for row in rows if row.blank)
