"""A run that is replaced waits aside until the new one has a state worth keeping.

It waits in the folder `BEFORE` inside the run's own. All of it is renamed, so it costs no space and no time, and a
process that is killed on the way leaves what `recover` brings back.
"""

import os
from collections.abc import Iterable
from pathlib import Path

#: Where the run waits, where its files are on the way, to there or back, and where they are when they go for good.
BEFORE, MOVING, GOING = "before", ".moving", ".going"


def waits(folder: Path) -> bool:
    """Whether another run waits in the folder: the one in it has kept nothing yet."""
    return (folder / BEFORE).is_dir()


def on_the_way(folder: Path) -> bool:
    """Whether a process was killed on the way, so that a part of a run's files is elsewhere; see `recover`."""
    return (folder / MOVING).is_dir()


def set_aside(folder: Path, files: Iterable[str]) -> None:
    """Let the run that the files are of wait; where one waits already, they are of one that kept nothing, and go."""
    if waits(folder):
        _remove(folder, files)
        return
    there = [name for name in files if (folder / name).exists()]
    if there:
        (folder / MOVING).mkdir()
        for name in there:
            os.replace(folder / name, folder / MOVING / name)
        os.replace(folder / MOVING, folder / BEFORE)


def put_back(folder: Path, files: Iterable[str]) -> None:
    """Let the run that waits be that of the folder again; the one that is there has kept nothing, and goes."""
    _remove(folder, files)
    os.replace(folder / BEFORE, folder / MOVING)
    recover(folder, files)


def let_go(folder: Path, files: Iterable[str]) -> None:
    """Remove the run that waits, for the one in the folder has kept a state."""
    if waits(folder):
        _finish_going(folder, files)
        os.replace(folder / BEFORE, folder / GOING)
        _finish_going(folder, files)


def recover(folder: Path, files: Iterable[str]) -> None:
    """Bring back what a killed process left on the way, and the run that waits where the new one has not begun."""
    _finish_going(folder, files)
    if on_the_way(folder):
        for path in (folder / MOVING).iterdir():
            os.replace(path, folder / path.name)
        (folder / MOVING).rmdir()
    if waits(folder) and not any((folder / name).exists() for name in files):
        put_back(folder, files)


def _finish_going(folder: Path, files: Iterable[str]) -> None:
    if (folder / GOING).is_dir():
        _remove(folder / GOING, files)
        (folder / GOING).rmdir()


def _remove(folder: Path, files: Iterable[str]) -> None:
    for name in files:
        (folder / name).unlink(missing_ok=True)
