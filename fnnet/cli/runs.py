"""`fnnet runs`: all runs at a glance, or two of them side by side."""

import os
from collections.abc import Callable
from operator import attrgetter
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

#: What is said of a run beside these, and the column that is left out first where there is little room.
FIGURES: dict[str, Callable[[Overview], str]] = {
    ">epochs": epochs,
    ">accuracy": score,
    ">seconds": seconds,
    "state": attrgetter("condition"),
}
FIRST = ">seconds"


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
    said = [(visible(run.folder), about(run)) for run in found]
    folder = max(cell_len(name) for name, _ in [("folder", ""), *said])
    least = max(ROOM, *(cell_len(part) for _, what in said for part in what.split(" ")))
    figures, left = _chosen(found, folder + 2 + least, max(folder, 2 + least))
    left = max(left, 2 + least)
    beside = left >= folder + 2 + least
    made = table(*(("folder", "data, settings") if beside else ("folder, data, settings",)), *figures)
    for (name, what), *rest in zip(said, *figures.values(), strict=True):
        first = (name, _wrapped(what, left - folder - 2)) if beside else (_stacked(name, what, left),)
        made.add_row(*first, *rest)
    return made


def _chosen(found: list[Overview], beside: int, below: int) -> tuple[dict[str, list[str]], int]:
    """The columns of figures, and the room that they leave: for texts ``beside`` the folders, or else ``below``."""
    every = {head: [cell(run) for run in found] for head, cell in FIGURES.items()}
    fewer = {head: cells for head, cells in every.items() if head != FIRST}
    for wanted, figures in ((beside, every), (beside, fewer), (below, every)):
        if _left(figures) >= wanted:
            return figures, _left(figures)
    return fewer, _left(fewer)


def _left(figures: dict[str, list[str]]) -> int:
    widths = (2 + max(map(cell_len, (head.lstrip(">"), *cells))) for head, cells in figures.items())
    return (room(out) or WHOLE) - sum(widths)


def _stacked(folder: str, what: str, width: int) -> str:
    return f"{fill(folder, width)}\n{indent(_wrapped(what, width - 2), '  ')}"


def _wrapped(text: str, width: int) -> str:
    """The text in lines, no setting parted from its value."""
    return fill(text, width, break_on_hyphens=False).replace(TIED, " ")
