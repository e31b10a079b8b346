"""Ctrl-C, and the signal by which machines end a process: a run stops after the step in hand."""

import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from fnnet.learning.state import State

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def interruptions() -> Iterator[list[int]]:
    """A list to which the first such signal is added, instead of what it usually does; a second does that.

    What this process was started to ignore stays ignored.
    """
    seen: list[int] = []
    handlers = {number: signal.getsignal(number) for number in SIGNALS}
    before = {number: handler for number, handler in handlers.items() if handler is not signal.SIG_IGN}

    def note(number: int, frame: Any) -> None:
        seen.append(number)
        restore()

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    try:
        for number in before:
            signal.signal(number, note)
        yield seen
    finally:
        restore()


def uninterrupted(states: Iterable[State], seen: list[int]) -> Iterator[State]:
    """The states until there is a signal."""
    for state in states:
        yield state
        if seen:
            return
