"""Numbers as they are printed, and how many digits a calculation must carry to come to the printed result."""

import math
from decimal import Decimal

from fnnet.teaching.expression import Term, evaluate

#: More digits than these a double does not have.
ALL = 17


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


def carried(term: Term, value: float, digits: int) -> int:
    """The fewest significant digits, from ``digits`` on, of the numbers put in that bring the printed result.

    Raises ValueError when nothing finite comes out of even the most, as of the logarithm of a probability that is 0
    in double precision.
    """
    found = value
    for many in range(digits, ALL + 1 if math.isfinite(value) else 0):
        found = _with_digits(term, many)
        if _prints(found, value, digits):
            return many
    if not math.isfinite(found):
        raise ValueError("the numbers are too large or too small to be calculated with in double precision")
    return ALL


def _with_digits(term: Term, digits: int) -> float:
    try:
        return evaluate(term, lambda value: float(figure(value, digits)))
    except (ArithmeticError, ValueError):
        return math.nan


def _prints(found: float, value: float, digits: int) -> bool:
    """Whether ``found``, rounded, is the figure of ``value``; where it lies halfway, either neighbor is right."""
    printed = float(figure(value, digits))
    if printed == 0:
        return found == 0
    unit = 10.0 ** (math.floor(math.log10(abs(printed))) - digits + 1)
    return abs(found - printed) <= 0.5 * unit * (1.0 + 1e-9)
