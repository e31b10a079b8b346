"""The folder of a run: files that are whole at every moment, whenever the process is killed."""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fnnet.runs.archive import FileError, write
from fnnet.runs.aside import let_go, on_the_way, put_back, recover, set_aside, waits
from fnnet.runs.figure import figure_of
from fnnet.runs.history import Epoch, head, read_history, text
from fnnet.runs.run import STATE, Run

#: The last state before the newest that ended an epoch; the first network, where another run gave it; the network to
#: use; a row for each epoch; and the settings, the machine and the result, for people to read.
PREVIOUS, START, MODEL, HISTORY, RECORD = "previous.npz", "start.npz", "model.npz", "history.csv", "run.json"
FILES = (STATE, PREVIOUS, START, MODEL, HISTORY, RECORD)


def holds_run(folder: Path) -> bool:
    """Whether there is anything of a run in a folder but a beginning that failed before its first state was saved."""
    return not on_the_way(folder) and any((folder / name).exists() for name in FILES if name != START)


def begin(folder: Path, run: Run, record: dict[str, Any]) -> None:
    """Make the folder that of this run at its first state. Another run in it waits aside until `keep` lets it go."""
    with _explained(folder):
        set_aside(folder, FILES)
        _sweep(folder)
    if run.start:
        write(folder / START, run.packed(run.net))
    _write_state(folder, run)
    _write_history(folder, run, [])
    _write_record(folder, record)


def mend(folder: Path) -> None:
    """Bring back what a killed process left on the way; a run that has begun stays as it is."""
    with _explained(folder):
        recover(folder, FILES)


def restore(folder: Path) -> bool:
    """Let the run that was to be replaced be that of the folder again, if it still waits; whether it did."""
    mend(folder)
    waiting = waits(folder)
    if waiting:
        with _explained(folder):
            put_back(folder, FILES)
    return waiting


def tidy(folder: Path, run: Run, record: dict[str, Any]) -> None:
    """Bring the folder of a run that was stopped anywhere back to its state: rows of later epochs are forgotten."""
    epoch = run.state.epoch if run.state else 0
    with _explained(folder):
        _sweep(folder)
        rows = read_history(folder / HISTORY)
    _write_history(folder, run, [row for row in rows if row.epoch <= epoch])
    _write_record(folder, record)


def keep(folder: Path, run: Run, rows: Iterable[Epoch], ended: bool) -> None:
    """Save the run's state, and before it the rows of the epochs since the state that the folder holds.

    ``ended`` says that that one ended an epoch: it then becomes the previous one. Raises FileError when it can't be
    written, and that one stays.
    """
    with _explained(folder):
        with (folder / HISTORY).open("a") as file:
            file.write(text(rows))
            file.flush()
            os.fsync(file.fileno())
        if ended:
            _remember(folder)
    _write_state(folder, run)
    with _explained(folder):
        let_go(folder, FILES)


def finish(folder: Path, run: Run, record: dict[str, Any]) -> None:
    """Save the network to use, and the result."""
    write(folder / MODEL, run.packed(run.net))
    _write_record(folder, record)


def _write_state(folder: Path, run: Run) -> None:
    write(folder / STATE, run.packed(run.state))


def _write_history(folder: Path, run: Run, rows: Iterable[Epoch]) -> None:
    write(folder / HISTORY, (head(figure_of(run.net).name) + text(rows)).encode())


def _write_record(folder: Path, record: dict[str, Any]) -> None:
    write(folder / RECORD, (json.dumps(record, indent=1, allow_nan=False) + "\n").encode())


def _remember(folder: Path) -> None:
    """Let the state be the previous one too, by a second name where the file system has such."""
    part = folder / f".{PREVIOUS}.{os.getpid()}.part"
    part.unlink(missing_ok=True)
    try:
        os.link(folder / STATE, part)
        os.replace(part, folder / PREVIOUS)
    except OSError:
        part.unlink(missing_ok=True)  # it may be the state under a second name, which must not be written over
        write(folder / PREVIOUS, (folder / STATE).read_bytes())
    finally:
        part.unlink(missing_ok=True)  # to rename a name of a file to another name of it does nothing


def _sweep(folder: Path) -> None:
    """Remove what killed processes left half written."""
    for path in folder.glob(".*.part"):
        path.unlink(missing_ok=True)


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileError(f"{folder} can't be written: {error.strerror or error}") from error
