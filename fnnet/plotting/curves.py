"""The learning curve: the loss, or the accuracy, of training and validation by epoch, of one run or of many."""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from fnnet.learning.state import State
from fnnet.plotting.canvas import label, load_matplotlib
from fnnet.plotting.palette import Look, look
from fnnet.runs.folder import HISTORY
from fnnet.runs.history import Epoch, read_history, row
from fnnet.runs.overview import overview
from fnnet.values.array import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

History: TypeAlias = Sequence[Epoch]

#: The largest value of a loss is so many times the least where its axis becomes logarithmic.
STEEP = 20.0
MARKS, DASHED = 8, (4, 2)  # markers on a line; the dashes of validation


def epochs(source: str | os.PathLike[str] | Iterable[State]) -> tuple[Epoch, ...]:
    """The epochs of a run in a folder up to its state, or of a stream of states; of a stream no state is kept."""
    if not isinstance(source, str | os.PathLike):
        return tuple(row(state) for state in source if state.batch == 0)
    now = overview(Path(source)).standing
    return tuple(row for row in read_history(Path(source, HISTORY)) if now is None or row.epoch <= now.epoch)


def learning_curve(ax: "Axes", lines: Mapping[str, Sequence[History]], of: str = "loss") -> "Axes":
    """The ``of`` ("loss", or the figure: "accuracy" or "R2") by epoch: training solid, validation dashed.

    Each of the ``lines`` has a name, which may be empty, and the histories of one run or of several, as `epochs` gives
    them. Of several it is the mean over the epochs that all have, in a band from the lowest to the highest.

    >>> from matplotlib.figure import Figure
    >>> one = [Epoch(1, 9, 0.1, 0.5, None), Epoch(2, 18, 0.1, 0.25, None)]
    >>> other = [Epoch(1, 9, 0.1, 1.0, None)]
    >>> ax = learning_curve(Figure().subplots(), {"one": [one], "both": [one, other]})
    >>> ax.lines[0].get_ydata().tolist(), ax.lines[1].get_ydata().tolist()
    ([0.5, 0.25], [0.75])
    """
    for i, (name, histories) in enumerate(lines.items()):
        for column, what in zip(_columns(of), ("training", "validation"), strict=True):
            _line(ax, histories, column, _named(name, what, lines, of), look(i), i if len(lines) > 1 else None)
    ax.set(xlabel="epoch", ylabel=of.replace("R2", "R²"))
    ax.xaxis.set_major_locator(load_matplotlib("ticker").MaxNLocator("auto", integer=True, min_n_ticks=1))
    if of == "loss" and _is_steep(ax):
        ax.set_yscale("log")
    if len(ax.lines) > 1 or any(lines):
        ax.legend()
    return ax


def has(lines: Mapping[str, Sequence[History]], of: str) -> bool:
    """Whether there is anything of this figure to draw."""
    rows = (row for histories in lines.values() for history in histories for row in history)
    return any(getattr(row, column) is not None for row in rows for column in _columns(of))


def _columns(of: str) -> tuple[str, str]:
    return ("loss", "validation") if of == "loss" else ("metric", "validation_metric")


def _named(name: str, what: str, lines: Mapping[str, Sequence[History]], of: str) -> str:
    """What the legend says: training is named where there is validation beside it."""
    column = _columns(of)[1]
    both = any(getattr(row, column) is not None for all_ in lines.values() for history in all_ for row in history)
    return ", ".join([*([label(name, 60)] if name else []), *([what] if both or not name else [])])


def _line(ax: "Axes", histories: Sequence[History], column: str, name: str, look: Look, offset: int | None) -> None:
    numbers, values = _values(histories, column)
    if not np.isfinite(values).any():
        return
    every = max(1, len(numbers) // MARKS)
    shift = 0 if offset is None else offset * every // 4 % every
    marked = {"marker": look.marker, "markevery": (shift, every)} if offset is not None or len(numbers) < 3 else {}
    style = {"dashes": DASHED} if column.startswith("validation") else {}
    ax.plot(numbers, values.mean(axis=0), color=look.color, label=name, lw=1.5, ms=4, **marked, **style)  # type: ignore[arg-type]
    if len(values) > 1:
        ax.fill_between(numbers, values.min(axis=0), values.max(axis=0), color=look.color, alpha=0.2, lw=0)


def _values(histories: Sequence[History], column: str) -> tuple[list[int], Array]:
    """The epochs that all histories have, and the figures of each run in them (runs, epochs), NaN where none is."""
    rows = [{row.epoch: row for row in history} for history in histories]
    numbers = sorted(set.intersection(*map(set, rows)))
    values = [[getattr(of_run[number], column) for number in numbers] for of_run in rows]
    return numbers, np.array(values, float)


def _is_steep(ax: "Axes") -> bool:
    drawn = np.concatenate([np.asarray(line.get_ydata(), float) for line in ax.lines] or [np.ones(1)])
    drawn = drawn[np.isfinite(drawn)]
    return bool(len(drawn) and drawn.min() > 0 and drawn.max() > STEEP * drawn.min())
