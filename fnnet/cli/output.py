"""What the commands print: results to stdout, everything else to stderr.

On a terminal long lines go on below, between words, and a table that is wider stands in parts. In a pipe or a file each
line and each table stays whole, for grep and the like.
"""

import json
import re
import sys
from collections.abc import Iterator
from typing import Any, Literal

from rich.cells import cell_len
from rich.console import Console
from rich.measure import Measurement
from rich.table import Column, Table

from fnnet.telling.escapes import visible as visible

#: The width of a line in a pipe, where nothing is broken.
WHOLE = 1_000_000

#: What no line is broken in: a command up to the next mark, as it is to be copied; a number with its unit or its name.
WORD = re.compile(
    r"fnnet [a-z-].*?(?:[,;:.)]+(?= |$)|(?= \(|$))"
    r"|(?:seed|lr|epoch|step) \d\S*"
    r"|\d\S* (?:s|bytes|epochs|steps|examples|parameters)\b\S*"
    r"|\S+"
)

PLAIN: Any = {"highlight": False, "soft_wrap": True, "markup": False, "emoji": False}
out = Console(**PLAIN)
err = Console(stderr=True, **PLAIN)


def room(console: Console) -> int | None:
    """How many characters fit into a line of a terminal as it is now; None where there is no terminal."""
    return Console(stderr=console.stderr).width if console.file.isatty() else None


def wrapped(line: str, width: int | None) -> str:
    """A line on as many lines as its words need, the later ones two further in; a command stays on one.

    >>> print(wrapped("network: Affine 2x8 | Sigmoid | Affine 8x2", 24))
    network: Affine 2x8 |
      Sigmoid | Affine 8x2
    >>> print(wrapped("db is summed up: see fnnet learn affine bias", 30))
    db is summed up: see
      fnnet learn affine bias
    """
    if width is None or cell_len(line) <= width:
        return line
    margin = line[: len(line) - len(line.lstrip())]
    first, *words = WORD.findall(line) or [""]
    lines = [margin + first]
    for word in words:
        if cell_len(lines[-1]) + 1 + cell_len(word) <= width:
            lines[-1] += f" {word}"
        else:
            left = len(margin) + 2
            lines.append(" " * (left if " " not in word else max(0, min(left, width - cell_len(word)))) + word)
    return "\n".join(lines)


def say(text: str, style: str | None = None) -> None:
    """Lines of the result."""
    out.print("\n".join(wrapped(visible(line), room(out)) for line in text.split("\n")), style=style)


def raw(text: str) -> None:
    """Lines for another program, such as Markdown, none of which may be broken."""
    out.print("\n".join(map(visible, text.split("\n"))))


def complain(text: str) -> None:
    """One sentence to stderr."""
    err.print(wrapped(f"fnnet: {visible(' '.join(text.split()))}", room(err)))


def print_json(value: Any) -> None:
    """The result as one JSON object on one line."""
    sys.stdout.write(json.dumps(value, allow_nan=False) + "\n")


def number(value: float, *, sign: bool = False) -> str:
    """A number in a unit of its own, for people: four digits or more, none of them a power of ten.

    >>> number(20370.64), number(0.48233), number(-62880.4, sign=True), number(1e-9)
    ('20,371', '0.4823', '-62,880', '1e-09')
    """
    plus = "+" if sign else ""
    return f"{value:{plus},.0f}" if 1000 <= abs(value) < 1e15 else f"{value:{plus}.4g}"


def rows(many: int) -> str:
    """So many rows, in words.

    >>> rows(1), rows(1234)
    ('1 row', '1,234 rows')
    """
    return f"{many:,} row{'' if many == 1 else 's'}"


def table(*columns: str) -> Table:
    """An empty table; a column named with a leading ``>`` has numbers, one with ``~`` texts that may be wrapped."""
    made = _empty()
    for name in columns:
        justify: Literal["right", "left"] = "right" if name.startswith(">") else "left"
        made.add_column(visible(name.lstrip(">~")), justify=justify, no_wrap=not name.startswith("~"))
    return made


def _empty() -> Table:
    return Table(box=None, pad_edge=False, header_style="bold")


def add_row(made: Table, *cells: str, style: str | None = None) -> None:
    """One more row, in which nothing steers the terminal."""
    made.add_row(*map(visible, cells), style=style)


def print_table(made: Table, keep: int = 1) -> None:
    """Print a table, every cell whole: one too wide in parts, each of which begins with the ``keep`` first columns."""
    for number, part in enumerate(_parts(made, keep)):
        if number:
            out.print()
        least, most = _width(part)
        Console(**PLAIN, width=max(least, min(most, room(out) or most))).print(part)


def _parts(made: Table, keep: int) -> Iterator[Table]:
    most = room(out)
    head, rest = made.columns[:keep], made.columns[keep:]
    if not rest:
        yield made
    while rest:
        many = len(rest)
        while most is not None and many > 1 and _width(_of(made, [*head, *rest[:many]]))[0] > most:
            many -= 1
        yield _of(made, [*head, *rest[:many]])
        rest = rest[many:]


def _of(made: Table, columns: list[Column]) -> Table:
    """The table with some of its columns."""
    part = _empty()
    for column in columns:
        texts = [str(text) for text in (column.header, *column.cells)]
        whole = column.no_wrap
        least = max(cell_len(word) for text in texts for word in (text.split("\n") if whole else text.split() or [""]))
        part.add_column(column.header, justify=column.justify, no_wrap=column.no_wrap, min_width=least)
    for row, cells in zip(made.rows, zip(*(column.cells for column in columns), strict=True), strict=True):
        part.add_row(*cells, style=row.style)
    return part


def _width(made: Table) -> Measurement:
    """How wide a table is where its cells take as many lines as they may, and where each takes one."""
    return Measurement.get(out, out.options.update(max_width=WHOLE), made)
