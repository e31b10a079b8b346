"""Saving a run while it trains: often enough that little is lost, seldom enough that it costs next to nothing."""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from fnnet.learning.state import State
from fnnet.runs import Run
from fnnet.runs.folder import keep
from fnnet.runs.history import Epoch, row

#: Seconds of an epoch after which its state is saved although it has not ended.
PATIENCE = 30.0

#: How many times the duration of the last save goes by before the next.
SPARING = 50.0


def kept(states: Iterable[State], folder: Path, run: Run, cost: float, seconds: list[float]) -> Iterator[State]:
    """The same states, the newest of them always in the folder.

    Saved is each that ends an epoch, and one every 30 seconds of an epoch, and the last. Only epochs that are shorter
    than 50 times what saving takes, ``cost`` seconds at first, are not all saved. ``seconds[0]`` says at each state how
    long the run has trained; the time of saving is added to it.
    """
    held = state = run.state
    rows: list[Epoch] = []
    saved = time.perf_counter()
    for state in states:
        ends = state.batch == 0
        if ends:
            rows.append(row(state, round(seconds[0], 4)))
        now = time.perf_counter()
        if now - saved > SPARING * cost and (ends or now - saved > PATIENCE):
            keep(folder, run.at(state), rows, held is not None and held.batch == 0)
            held, rows = state, []
            saved = time.perf_counter()
            cost = saved - now
            seconds[0] += cost
        yield state
    if state is not None and state is not held:
        now = time.perf_counter()
        keep(folder, run.at(state), rows, held is not None and held.batch == 0)
        seconds[0] += time.perf_counter() - now
