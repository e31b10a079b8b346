"""`fnnet` in a process to which something happens at a chosen moment: it is killed, stopped, or its disk is full.

    python killer.py '{"events": [["half state.npz", 2, "SIGKILL"]], "often": true}' train xor --epochs 9

Moments are "step", when a step has been computed, and everything that is done to a file FILE of the run: "opened FILE",
"half FILE" when half of its bytes are written, "written FILE", "flushed FILE", "renamed FILE", "kept FILE" when its
folder has been flushed after the renaming, "linked FILE" and "removed FILE". What is appended to the history is called
"rows". Each event waits for the one before it; then for the so-manieth of its moments; and then it is a signal, or
"full": from then on nothing more can be written.

The plan may also say ``often``: save after every step; ``limit``: no file may have more bytes; ``links``: false where
the file system has no second names; ``log``: the file to which all moments are written in the end.
"""

import errno
import json
import os
import pathlib
import shutil
import signal
import stat
import sys
from pathlib import Path
from typing import Any

from fnnet.cli import keeping, main
from fnnet.learning import stream
from fnnet.runs.folder import FILES


class Fate:
    """What is to happen, and what has happened."""

    def __init__(self, events: list[tuple[str, int, str]]) -> None:
        self.events = list(events)
        self.seen = 0
        self.full = False
        self.moments: list[str] = []

    def __call__(self, moment: str) -> None:
        """Note a moment; when it is the awaited one, its event happens."""
        self.moments.append(moment)
        if self.events and moment == self.events[0][0]:
            self.seen += 1
            if self.seen == self.events[0][1]:
                self.seen = 0
                self.happen(self.events.pop(0)[2])

    def happen(self, event: str) -> None:
        """A signal to this process; or the disk is full."""
        if event == "full":
            self.full = True
        else:
            signal.raise_signal(signal.Signals[event])

    def need_space(self) -> None:
        """Raise OSError when the disk is full."""
        if self.full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Halved:
    """A file that is written in two halves, both of them at once on the disk."""

    def __init__(self, file: Any, name: str, fate: Fate) -> None:
        self.file, self.name, self.fate = file, name, fate

    def __enter__(self) -> "Halved":
        return self

    def __exit__(self, *raised: object) -> None:
        self.file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def write(self, data: Any) -> int:
        """Write the one half, then the other."""
        middle = len(data) // 2
        if data:
            self._put(data[:middle])
            self.fate(f"half {self.name}")
            self._put(data[middle:])
            self.fate(f"written {self.name}")
        return len(data)

    def _put(self, data: Any) -> None:
        self.fate.need_space()
        self.file.write(data)
        self.file.flush()


def named(path: Any, mode: str = "w") -> str:
    """The file of a run that a path is, or is to become.

    >>> named("run/.state.npz.4711.part"), named("run/state.npz"), named("run/history.csv", "a")
    ('state.npz', 'state.npz', 'rows')
    """
    name = Path(path).name
    if mode.startswith("a"):
        return "rows"
    return name[1:].rsplit(".", 2)[0] if name.endswith(".part") else name


def watch(fate: Fate, links: bool) -> None:
    """Tell of everything that is done to the files of a run, and of every step."""
    fsync, replace, link, unlink = os.fsync, os.replace, os.link, os.unlink
    open_path, step, copyfile = pathlib.Path.open, stream._step, shutil.copyfile
    last = {"opened": "", "renamed": ""}

    def opening(path: Path, mode: str = "r", *more: Any, **named_more: Any) -> Any:
        file = open_path(path, mode, *more, **named_more)
        if mode[0] not in "wa" or named(path) not in FILES:
            return file
        last["opened"] = named(path, mode)
        fate(f"opened {last['opened']}")
        return Halved(file, last["opened"], fate)

    def flushing(descriptor: int) -> None:
        fate.need_space()
        fsync(descriptor)
        folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        fate(f"kept {last['renamed']}" if folder else f"flushed {last['opened']}")

    def replacing(source: Any, to: Any) -> None:
        fate.need_space()
        replace(source, to)
        last["renamed"] = named(to)
        fate(f"renamed {last['renamed']}")

    def linking(source: Any, to: Any, **more: Any) -> None:
        if named(to) not in FILES:
            return link(source, to, **more)
        fate.need_space()
        if not links:
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))
        link(source, to)
        fate(f"linked {named(to)}")

    def copying(source: Any, to: Any, **more: Any) -> Any:
        if named(to) not in FILES:
            return copyfile(source, to, **more)
        with Path(to).open("wb") as file:
            return file.write(Path(source).read_bytes())

    def unlinking(path: Any, **more: Any) -> None:
        unlink(path, **more)
        if named(path) in FILES:
            fate(f"removed {named(path)}")

    def stepping(*arguments: Any) -> Any:
        state = step(*arguments)
        fate("step")
        return state

    pathlib.Path.open, stream._step, shutil.copyfile = opening, stepping, copying
    os.fsync, os.replace, os.link, os.unlink = flushing, replacing, linking, unlinking


def live(plan: dict[str, Any], arguments: list[str]) -> None:
    """Run `fnnet` as the plan says."""
    if plan.get("often"):
        keeping.SPARING = keeping.PATIENCE = 0.0
    if limit := plan.get("limit"):
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    fate = Fate(plan.get("events", []))
    watch(fate, plan.get("links", True))
    sys.argv = ["fnnet", *arguments]
    try:
        main()
    finally:
        if log := plan.get("log"):
            fate.full = False
            Path(log).write_text("\n".join(fate.moments))


if __name__ == "__main__":
    live(json.loads(sys.argv[1]), sys.argv[2:])
