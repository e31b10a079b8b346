"""How far a training run has come, shown while its states go by: a bar on a terminal, and lines elsewhere."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from fnnet.learning.state import State
from fnnet.watching.words import Pace, Wording, behind, fitting

#: Seconds between two looks of the bar, and seconds after which a line is due.
OFTEN, SELDOM = 0.1, 10.0

#: The fewest characters of the bar itself.
SHORTEST = 10


def watch(
    states: Iterable[State],
    epochs: int | None = None,
    *,
    figure: str = "accuracy",
    console: Console | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[State]:
    """The same states, while stderr shows how far they are: a bar on a terminal and in a notebook, and else lines.

    A line comes at each tenth of the epochs, at least every ten seconds, and at the end; the bar leaves that last one.
    ``epochs`` is what `train` was told: without it nobody knows how many are to come, and there are no tenths.
    ``figure`` is what its metric is called, where there is one. A notebook's bar needs ipywidgets.

    >>> from fnnet import SoftmaxCrossEntropy, datasets, mlp, train
    >>> xor, net = datasets.xor(), mlp([2, 8, 2], dtype=float)
    >>> states = train(net, xor.x, xor.y, loss=SoftmaxCrossEntropy, epochs=2)
    >>> for state in watch(states, epochs=2, console=Console(), clock=lambda: 0.0):
    ...     pass
    epoch 1 of 2: loss 0.8696
    epoch 2 of 2: loss 0.8271, in 0.0 s
    """
    console = console or Console(stderr=True)
    return (_drawn if _draws(console) else _told)(states, Wording(epochs, figure), console, clock)


def _draws(console: Console) -> bool:
    if console.is_jupyter:
        return find_spec("ipywidgets") is not None
    return console.is_terminal and not console.is_dumb_terminal and console.file.isatty()  # a log may be in color


def _leave(console: Console, line: str) -> None:
    console.print(line, highlight=False, markup=False, emoji=False, soft_wrap=True)


def _told(states: Iterable[State], wording: Wording, console: Console, clock: Callable[[], float]) -> Iterator[State]:
    """The same states, and lines."""
    began = last = now = clock()
    pace: Pace | None = None
    state = said = None
    try:
        for state in states:
            yield state
            now = clock()
            pace = pace or Pace(began, state, now)
            if now - last >= SELDOM or wording.at_a_tenth(state):
                _leave(console, wording.line(state, pace, now, console.width))
                last, said = now, state
    finally:
        if state is not said and state is not None:
            _leave(console, wording.line(state, pace or Pace(began, state, now), now, console.width, ended=True))


def _drawn(states: Iterable[State], wording: Wording, console: Console, clock: Callable[[], float]) -> Iterator[State]:
    """The same states, and a bar that leaves a line."""
    began = last = now = clock()
    pace: Pace | None = None
    state = None
    place, seen = (TextColumn(f"{{task.{name}}}", markup=False) for name in ("description", "fields[seen]"))
    prints = bool(sys.stdout and sys.stdout.isatty())  # what the caller prints there stands above the bar
    bar = Progress(place, BarColumn(None), seen, console=console, transient=True, redirect_stdout=prints, expand=True)
    try:
        with bar:
            task = bar.add_task("epoch 1", total=wording.epochs or 1, seen="")
            for state in states:
                yield state
                now = clock()
                pace = pace or Pace(began, state, now)
                if now - last >= OFTEN:
                    last, epoch = now, wording.place(state)
                    room = console.width - len(epoch) - SHORTEST - 2
                    words = fitting(wording.words(state, pace, now, False), room, "  ")
                    done = behind(state) if wording.epochs else (behind(state) % 1 or 1.0)
                    bar.update(task, completed=done, description=epoch, seen=words)
    finally:
        if state is not None:
            pace = pace or Pace(began, state, now)
            _leave(console, wording.line(state, pace, now, console.width, ended=True))
