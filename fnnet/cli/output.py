"""What the commands print: results to stdout, everything else to stderr."""

import json
import sys
from typing import Any

from rich.console import Console
from rich.table import Table

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """One line of the result."""
    out.print(text, markup=False)


def complain(text: str) -> None:
    """One line to stderr."""
    err.print(f"fnnet: {' '.join(text.split())}", markup=False)


def print_json(value: Any) -> None:
    """The result as one JSON object on one line."""
    sys.stdout.write(json.dumps(value, allow_nan=False) + "\n")


def table(*columns: str) -> Table:
    """An empty table; columns named with a leading ``>`` are numbers."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column.lstrip(">"), justify="right" if column.startswith(">") else "left", no_wrap=True)
    return made
