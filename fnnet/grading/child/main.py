"""The process beside a student's code: it imports the file once, and forks for every check."""

import gc
import os
import sys
import warnings
from contextlib import suppress
from fcntl import F_DUPFD_CLOEXEC, fcntl
from os import WNOHANG, _exit, close, dup2, fork, getpid, kill, killpg, pipe, setpgid, waitpid
from pathlib import Path
from types import ModuleType
from typing import Any


def _shell(name: str, folder: Path) -> None:
    """A package of this name that holds nothing: so that the files beside this one are found without loading fnnet."""
    sys.modules[name] = ModuleType(name)
    sys.modules[name].__path__ = [str(folder)]


if __name__ == "__main__":
    _shell("fnnet", Path(__file__).parents[2])
    _shell("fnnet.grading", Path(__file__).parents[1])

import numpy as np  # noqa: E402  # numpy as it is before the student's code can change it

from fnnet.grading.child.describe import describe, failure  # noqa: E402
from fnnet.grading.child.encode import decode_array  # noqa: E402
from fnnet.grading.child.frames import Closed, Late, cut, receive, send  # noqa: E402
from fnnet.grading.child.limits import limit_memory, limit_rest, watch_processes  # noqa: E402
from fnnet.grading.child.loading import load  # noqa: E402
from fnnet.grading.child.steps import World, answer  # noqa: E402

KILL = 9


def main() -> None:
    """Answer requests until the parent closes the pipe."""
    for name in [name for name in sys.modules if name.split(".")[0] == "fnnet"]:
        del sys.modules[name]  # so that a student who imports fnnet gets the real one
    requests, replies = fcntl(0, F_DUPFD_CLOEXEC, 240), fcntl(1, F_DUPFD_CLOEXEC, 240)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        dup2(nothing, standard)
    order, _ = receive(requests)
    sys.path.insert(0, order["folder"])
    sys.path.append(order["library"])
    limit_rest(order["cpu"])
    limit_memory(order["memory"] * 4)
    switch = watch_processes()
    module = _load(order, replies)
    while True:
        try:
            request, data = receive(requests)
        except Closed:
            _exit(0)
        switch(False)
        _check(request, data, module, Path(order["folder"]), (requests, replies), switch)


def _load(order: dict[str, Any], replies: int) -> Any:
    folder, me = Path(order["folder"]), getpid()

    def done(place: int, line: int, error: BaseException | None) -> None:
        if getpid() != me:
            _exit(0)
        send(replies, {"at": place, "line": line, "failure": failure(error, folder) if error else None})

    warnings.simplefilter("ignore")
    module: Any = None
    try:
        module = load(Path(order["path"]), order["skip"], order["only"], done)
        send(replies, {"loaded": describe(module)}) if getpid() == me else _exit(0)
    except BaseException as error:
        send(replies, {"unreadable": failure(error, folder)}) if getpid() == me else _exit(0)
    return module


def _check(request: Any, data: bytes, module: Any, folder: Path, pipes: tuple[int, int], switch: Any) -> None:
    """Fork; the copy works and writes frames, which this process hands on until the last, or until time is up."""
    inside, outside = pipe()
    gc.freeze()
    child = fork()
    if child == 0:
        try:
            setpgid(0, 0)
            for mine in (inside, *pipes):
                close(mine)
            switch(True)
            _work(request, data, module, folder, outside, switch)
        finally:
            _exit(0)
    close(outside)
    end = _relay(inside, pipes[1], request["seconds"])
    ended, status = waitpid(child, WNOHANG)
    for stop in (killpg, kill):
        with suppress(OSError):
            stop(child, KILL)
    if not ended:
        _, status = waitpid(child, 0)
    close(inside)
    end = "closed" if end == "late" and ended else end
    send(pipes[1], {"end": end, "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0})


def _relay(inside: int, replies: int, seconds: float) -> str:
    while True:
        try:
            frame, data = receive(inside, seconds)
        except Late:
            return "late"
        except (Closed, ValueError):
            return "closed"
        if "end" in frame:
            return "done"
        send(replies, frame, data)


def _work(request: Any, data: bytes, module: Any, folder: Path, outside: int, switch: Any) -> None:
    me = getpid()
    arrays = cut(data, request["arrays"], lambda o, part: decode_array(o, part, request["writable"]))

    def guard() -> None:
        if getpid() != me:
            _exit(0)
        switch(True)

    world = World(module, arrays, guard)
    limit_memory(request["memory"])
    np.seterr(all="warn", under="ignore")
    for slot, *step in request["steps"]:
        frame, blob = _step(world, slot, step, folder)
        guard()
        send(outside, frame, blob)
    send(outside, {"end": True})


def _step(world: World, slot: str, step: list[Any], folder: Path) -> tuple[Any, bytes]:
    with warnings.catch_warnings(record=True) as heard:
        if slot.startswith("!"):
            warnings.simplefilter("always")
        try:
            world.values[slot] = value = world.run(step)
            outline, blob = ({"k": "kept"}, b"") if slot.startswith("_") else answer(value)
        except BaseException as error:
            return {"slot": slot, "failure": failure(error, folder)}, b""
    said = [[w.category.__name__, str(w.message)[:200], w.lineno, Path(w.filename).name] for w in heard[:8]]
    return {"slot": slot, "value": outline, "warnings": said}, blob


if __name__ == "__main__":
    main()
