"""What the commands print: results to stdout, everything else to stderr."""

import json
import sys
from typing import Any

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

PLAIN: Any = {"highlight": False, "soft_wrap": True, "markup": False, "emoji": False}
out = Console(**PLAIN)
err = Console(stderr=True, **PLAIN)


def visible(text: object) -> str:
    r"""A text that is not ours, on one line: what would steer the terminal or can't be seen stands there as an escape.

    >>> print(visible("100 of 95\n\x1b[2J"))
    100 of 95\n\x1b[2J
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(text))


def say(text: str) -> None:
    """Lines of the result."""
    out.print("\n".join(map(visible, text.split("\n"))))


def complain(text: str) -> None:
    """One line to stderr."""
    err.print(f"fnnet: {visible(' '.join(text.split()))}")


def print_json(value: Any) -> None:
    """The result as one JSON object on one line."""
    sys.stdout.write(json.dumps(value, allow_nan=False) + "\n")


def table(*columns: str) -> Table:
    """An empty table; columns named with a leading ``>`` are numbers."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(
            visible(column.lstrip(">")), justify="right" if column.startswith(">") else "left", no_wrap=True
        )
    return made


def add_row(made: Table, *cells: str, style: str | None = None) -> None:
    """One more row, in which nothing steers the terminal."""
    made.add_row(*map(visible, cells), style=style)


def print_table(made: Table) -> None:
    """Print a table as wide as it is, also where the terminal is narrower: figures are never cut off."""
    wide = out.options.update(max_width=1_000_000)
    Console(**PLAIN, width=max(out.width, Measurement.get(out, wide, made).maximum)).print(made)
