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


def say(text: str) -> None:
    """One line of the result."""
    out.print(text)


def complain(text: str) -> None:
    """One line to stderr."""
    err.print(f"fnnet: {' '.join(text.split())}")


def print_json(value: Any) -> None:
    """The result as one JSON object on one line."""
    sys.stdout.write(json.dumps(value, allow_nan=False) + "\n")


def table(*columns: str) -> Table:
    """An empty table; columns named with a leading ``>`` are numbers."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column.lstrip(">"), justify="right" if column.startswith(">") else "left", no_wrap=True)
    return made


def print_table(made: Table) -> None:
    """Print a table as wide as it is, also where the terminal is narrower: figures are never cut off."""
    wide = out.options.update(max_width=1_000_000)
    Console(**PLAIN, width=max(out.width, Measurement.get(out, wide, made).maximum)).print(made)
