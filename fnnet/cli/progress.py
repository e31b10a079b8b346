"""How far a run has come at the command line, and the seconds that it took, also over several days."""

import json
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from fnnet.cli.output import err
from fnnet.learning.state import State
from fnnet.runs.build import Experiment
from fnnet.runs.figure import figure_of
from fnnet.runs.folder import HISTORY, RECORD
from fnnet.runs.history import read_history
from fnnet.tables.opening import open_regular
from fnnet.watching import watch


def shown(states: Iterable[State], run: Experiment) -> Iterator[State]:
    """The same states, with a bar on a terminal, and lines elsewhere."""
    return watch(states, run.recipe.epochs, figure=figure_of(run.net).name, console=err)


def timed(states: Iterable[State], seconds: list[float]) -> Iterator[State]:
    """The same states; the time that it takes to make each is added to ``seconds[0]``."""
    start = time.perf_counter()
    for state in states:
        seconds[0] += time.perf_counter() - start
        yield state
        start = time.perf_counter()


def spent(folder: Path, epoch: int) -> float:
    """The seconds that the run of a folder has behind it at this epoch.

    Its result says them; that of a run that was killed is missing, and the last row of its history says them.
    """
    rows = [row.seconds or 0.0 for row in read_history(folder / HISTORY) if row.epoch <= epoch]
    return max([_said(folder), *rows])


def _said(folder: Path) -> float:
    try:
        with open_regular(folder / RECORD) as file:
            return float(json.load(file)["result"]["seconds"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0.0
