"""Limits on memory, on the size of files and on new processes, set before a student's code runs."""

import resource
import sys
from collections.abc import Callable
from contextlib import suppress
from os import getppid
from pathlib import Path
from typing import Any

MOST_FORKS, MOST_IN_ALL = 3, 32
EVERYBODY = -1
STARTS = ("os.fork", "os.forkpty", "os.posix_spawn", "os.system", "os.exec", "subprocess.Popen", "pty.spawn")


def limit_memory(more: int) -> None:
    """Let this process grow by so many bytes and no further. Where the system can't limit it, nothing is done."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = pages * resource.getpagesize() + more
    except (OSError, ValueError):
        most = 8 * more
    _limit(resource.RLIMIT_AS, most)


def limit_rest() -> None:
    """No core files, no large files, and an end to what nobody ends."""
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 1 << 28)
    _limit(resource.RLIMIT_CPU, 3600)


def _limit(what: int, most: int) -> None:
    with suppress(OSError, ValueError):
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def watch_processes() -> Callable[[bool], None]:
    """Let a student's code start a few processes in a row and no more, and end neither its parent nor everybody.

    So a bomb of forks ends by itself.

    Returns a switch, with which the runner's own forks are let through, and a new step may start a few again.
    """
    state = {"count": 0, "all": 0, "on": True}

    def hook(event: str, about: tuple[Any, ...]) -> None:
        if state["on"] and event == "os.kill" and about[0] in (EVERYBODY, getppid()):
            raise PermissionError("a file may end itself, and nobody else")
        if state["on"] and event in STARTS:
            state["count"] += 1
            state["all"] += 1
            if state["count"] > MOST_FORKS or state["all"] > MOST_IN_ALL:
                raise PermissionError("the grader lets a file start only a few processes")

    sys.addaudithook(hook)
    return lambda on: state.update(on=on, count=0)
