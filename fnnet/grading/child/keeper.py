"""The keeper: it starts the process beside a student's code, and leaves nothing alive that comes of it.

It runs none of that code. However the parent ends, the pipe from it ends, and the keeper sees that even while the
process beside imports a file that never ends. On Linux whatever is left by who started it becomes a child of the
keeper's, also from a session of its own, and dies with the rest.
"""

import ctypes
import os
import select
import sys
from collections.abc import Iterator
from contextlib import suppress
from os import WNOHANG, _exit, fork, getpid, getppid, kill, waitpid
from pathlib import Path
from signal import SIGKILL

ON_LINUX = sys.platform == "linux"
END_WITH_PARENT, ADOPT_ORPHANS = 1, 36

#: How many milliseconds pass until it is seen that the process beside has ended by itself.
PAUSE = 50

_prctl = getattr(ctypes.CDLL(None), "prctl", None) if ON_LINUX else None


def keep() -> None:
    """Return in a new process, which does the work; this one waits for its end or the parent's, and cleans up."""
    keeper = getpid()
    _ask_linux(ADOPT_ORPHANS, 1)
    worker = fork()
    if worker:
        os.close(1)
        _wait(worker)
        _end_all()
        _exit(0)
    os.setpgid(0, 0)
    end_with(keeper)


def end_with(parent: int) -> None:
    """End this process when its parent ends, or now if that has ended already."""
    _ask_linux(END_WITH_PARENT, SIGKILL)
    if getppid() != parent:
        _exit(0)


def _ask_linux(option: int, value: int) -> None:
    if _prctl is not None:
        _prctl(option, value, 0, 0, 0)


def _wait(worker: int) -> None:
    """Wait until the worker ends, or the pipe from the parent."""
    pipe = select.poll()
    pipe.register(0, 0)  # of no data, but of its end
    while not pipe.poll(PAUSE):
        if worker in _buried():
            return


def _buried() -> Iterator[int]:
    """The children that have ended since, as they are laid to rest."""
    with suppress(ChildProcessError):
        while child := waitpid(-1, WNOHANG)[0]:
            yield child


def _end_all() -> None:
    """Kill all descendants, until there is none."""
    with suppress(ChildProcessError):
        while True:
            for process in descendants(getpid()):
                with suppress(OSError):
                    kill(process, SIGKILL)
            waitpid(-1, 0)


def descendants(ancestor: int) -> list[int]:
    """The children of a process, theirs and so on."""
    parents, family = dict(_in_proc() if ON_LINUX else _told_by_ps()), [ancestor]
    for one in family:
        family += [process for process, parent in parents.items() if parent == one]
    return family[1:]


def _in_proc() -> Iterator[tuple[int, int]]:
    """Every process with its parent."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            yield int(folder.name), int((folder / "stat").read_text(errors="replace").rpartition(")")[2].split()[1])


def _told_by_ps() -> Iterator[tuple[int, int]]:
    with os.popen("ps -A -o pid=,ppid=") as lines:
        for line in lines:
            process, parent = map(int, line.split())
            yield process, parent
