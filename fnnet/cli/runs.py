"""`fnnet runs`: all runs at a glance, or two of them side by side."""

import os
from pathlib import Path
from textwrap import fill, indent
from typing import Annotated, Optional

import typer
from rich.cells import cell_len
from rich.table import Table

from fnnet.cli import options as o
from fnnet.cli.flags import with_default
from fnnet.cli.glance import TIED, about, entry, epochs, score, seconds
from fnnet.cli.output import WHOLE, out, print_json, print_table, room, say, table, visible
from fnnet.cli.side_by_side import compare
from fnnet.runs.below import runs_below
from fnnet.runs.overview import Overview, overview
from fnnet.values.errors import UsageError

Paths = Annotated[
    Optional[list[Path]],
    typer.Argument(metavar="FOLDER|RUN RUN", help=with_default("Where the runs are, or two of them.", "runs")),
]

#: Columns that data and settings want at least, beside the folder; where there are fewer they stand below it.
ROOM = 16


def runs(paths: Paths = None, json: o.Json = False) -> None:
    """List the runs in FOLDER, or compare two: their settings, scores and records.

    Beside its data stands what was set otherwise than usual. A run is under way while a process writes it; then it has
    ended, or was stopped and can go on.

    fnnet runs                              all below the folder runs

    fnnet runs runs/xor runs/xor-2          two side by side
    """
    if paths and len(paths) > 2:
        raise UsageError(f"runs compares two, got {len(paths)}; to list all in a folder, name that folder alone")
    if paths and len(paths) == 2:
        compare(paths[0], paths[1], json)
        return
    folder = paths[0] if paths else Path("runs")
    if paths:
        os.listdir(folder)  # what can't be opened is said; below it, what can't be is passed over
    found = [overview(run) for run in runs_below(folder)]
    if json:
        print_json(list(map(entry, found)))
    elif found:
        print_table(_table(found))
    else:
        say(f"no runs in the folder {folder} yet; the first is made by: fnnet train digits")


def _table(found: list[Overview]) -> Table:
    """A row for each run; its data and settings stand below the folder where there is no room for them beside it."""
    heads = ("folder", "data, settings", ">epochs", ">accuracy", ">seconds", "state")
    cells = [(visible(run.folder), about(run), epochs(run), score(run), seconds(run), run.condition) for run in found]
    folder, _, *figures = (max(map(cell_len, column)) for column in zip(heads, *cells, strict=True))
    left = max(ROOM + 2, (room(out) or WHOLE) - sum(2 + width for width in figures))
    beside = left - folder - 2 >= max(ROOM, *(len(part) for row in cells for part in row[1].split(" ")))
    made = table(*heads) if beside else table("folder, data, settings", *heads[2:])
    for name, what, *rest in cells:
        first = (name, _wrapped(what, left - folder - 2)) if beside else (_stacked(name, what, left),)
        made.add_row(*first, *rest)
    return made


def _stacked(folder: str, what: str, width: int) -> str:
    return f"{fill(folder, width)}\n{indent(_wrapped(what, width - 2), '  ')}"


def _wrapped(text: str, width: int) -> str:
    """The text in lines, no setting parted from its value."""
    return fill(text, width, break_on_hyphens=False).replace(TIED, " ")
