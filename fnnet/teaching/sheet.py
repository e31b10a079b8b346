"""Exercise sheets: rows with cells left blank, and the rows that fill them."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from fnnet.teaching.row import KINDS, Row
from fnnet.values.record import evolve


def blank(rows: Iterable[Row], cells: Sequence[str]) -> tuple[Row, ...]:
    r"""The rows with some cells left blank: those of a kind (forward, errors, gradients, updates) or of a name.

    Names may have ``*`` and ``?`` in them, as in ``dE/dg_*``. A blank row keeps its formula; its numbers and its
    result are to be filled in, and its figure is blank wherever it is put in. What is given can't be blank.
    Raises ValueError for what no row is called.

    >>> from fnnet import Affine, MeanSquaredError
    >>> from fnnet.teaching import trace
    >>> rows = trace((Affine([[3.0]], [1.0]),), MeanSquaredError([[5.0]]), [[2.0]])
    >>> print(*blank(rows, ["g_1", "updates"])[5:7], sep="\n")
    g_1 = u_10 + u_11 f_1 = ____ = ____
    E = (g_1 - y*_1)^2 = (____ - 5)^2 = 4
    >>> print(solution(blank(rows, ["g_1"]))[0])
    g_1 = u_10 + u_11 f_1 = 1 + 3*2 = 7
    """
    rows = tuple(rows)
    chosen = [_chosen(rows, cell) for cell in cells]
    places = {place for found in chosen for place in found}
    hidden = frozenset(rows[i].name for i in places if rows[i].kind != "updates")
    return tuple(evolve(row, blank=i in places, hidden=hidden) for i, row in enumerate(rows))


def _chosen(rows: tuple[Row, ...], cell: str) -> list[int]:
    found = [
        i for i, row in enumerate(rows) if row.kind != "given" and (row.kind == cell or fnmatchcase(row.name, cell))
    ]
    if not found:
        kinds = ", ".join(KINDS[1:])
        raise ValueError(f"there is no cell {cell!r} to leave blank; say {kinds}, or a name such as {_such(rows)}")
    return found


def _such(rows: tuple[Row, ...]) -> str:
    """The first name of each kind."""
    return ", ".join(next(row.name for row in rows if row.kind == kind) for kind in KINDS[1:4])


def solution(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The blank rows of a sheet, filled in."""
    return tuple(evolve(row, blank=False, hidden=frozenset()) for row in rows if row.blank)
