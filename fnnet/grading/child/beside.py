"""The process beside a student's code: it imports the file once, and forks for every check."""

import gc
import os
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from fcntl import F_DUPFD_CLOEXEC, fcntl
from os import WNOHANG, _exit, close, dup2, fork, getpid, kill, killpg, pipe, setpgid, waitpid
from pathlib import Path
from types import ModuleType


def _shell(name: str, folder: Path) -> None:
    """A package of this name that holds nothing: so that the files beside this one are found without loading fnnet."""
    sys.modules[name] = ModuleType(name)
    sys.modules[name].__path__ = [str(folder)]


if __name__ == "__main__":
    _shell("fnnet", Path(__file__).parents[2])
    _shell("fnnet.grading", Path(__file__).parents[1])

from fnnet.grading.child.keeper import end_with, keep  # noqa: E402  # before anything that takes time

if __name__ == "__main__":
    keep()

import numpy as np  # noqa: E402  # numpy as it is before the student's code can change it
from numpy.random import seed  # noqa: E402  # of the generator that students use

from fnnet.grading.child.codec import Closed, Frame, Late, pack, receive, send, unpack  # noqa: E402
from fnnet.grading.child.describe import describe, encode, failure  # noqa: E402
from fnnet.grading.child.limits import limit_memory, limit_rest, watch_processes  # noqa: E402
from fnnet.grading.child.loading import load  # noqa: E402
from fnnet.grading.child.records import Begun, Ended, Gave, Order, Warned  # noqa: E402
from fnnet.grading.child.refusing import refuse_answers  # noqa: E402
from fnnet.grading.child.verbs import Request, Step  # noqa: E402
from fnnet.grading.child.world import World  # noqa: E402

KILL = 9

Switch = Callable[[bool], None]


def main() -> None:
    """Answer requests until the parent closes the pipe."""
    for name in [name for name in sys.modules if name.split(".")[0] == "fnnet"]:
        del sys.modules[name]  # so that a student who imports fnnet gets the real one
    requests, replies = _pipes()
    order = unpack(receive(requests), Order)
    folder = Path(order.path).parent
    sys.path.insert(0, str(folder))
    sys.path.append(str(Path(__file__).parents[3]))
    limit_rest()
    limit_memory(order.memory * 4)
    switch = watch_processes()
    refuse_answers()
    module = _load(order, folder, replies)
    while True:
        try:
            frame = receive(requests)
        except Closed:
            _exit(0)
        switch(False)
        _check(frame, module, folder, (requests, replies), switch)


def _pipes() -> tuple[int, int]:
    """The pipes from the parent and to it, where a student's code doesn't look; its standard streams lead nowhere."""
    requests, replies = fcntl(0, F_DUPFD_CLOEXEC, 240), fcntl(1, F_DUPFD_CLOEXEC, 240)
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        dup2(nothing, standard)
    return requests, replies


def _load(order: Order, folder: Path, replies: int) -> ModuleType:
    me, path = getpid(), Path(order.path)

    def say(record: object) -> None:
        """Send it, unless this is a copy that the student's code has forked."""
        send(replies, pack(record)) if getpid() == me else _exit(0)

    def done(place: int, line: int, error: BaseException | None) -> None:
        say(Begun(place, line, failure(error, folder) if error else None))

    warnings.simplefilter("ignore")
    module = ModuleType(path.stem)
    try:
        load(module, path, order.skip, order.only, done)
        say(describe(module))
    except BaseException as error:
        say(failure(error, folder))
    return module


def _check(frame: Frame, module: ModuleType, folder: Path, pipes: tuple[int, int], switch: Switch) -> None:
    """Fork; the copy works and writes frames, which this process hands on until the last, or until time is up."""
    request, sent = unpack(frame, Request), sum(map(len, frame.blobs))
    (inside, outside), me = pipe(), getpid()
    gc.freeze()
    child = fork()
    if child == 0:
        try:
            setpgid(0, 0)
            end_with(me)
            for other in (inside, *pipes):
                close(other)
            switch(True)
            limit_memory(request.memory + 2 * sent)
            mine = unpack(frame, Request, writable=True) if request.writable else request
            _work(mine, module, folder, outside, switch)
        finally:
            _exit(0)
    close(outside)
    late = _relay(inside, pipes[1], request)
    ended, status = waitpid(child, WNOHANG)
    for stop in (killpg, kill):
        with suppress(OSError):
            stop(child, KILL)
    if not ended:
        _, status = waitpid(child, 0)
    close(inside)
    send(pipes[1], pack(Ended(late and not ended, os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0)))


def _relay(inside: int, replies: int, request: Request) -> bool:
    """Hand a frame on for each step; whether one was waited for too long."""
    for _ in request.steps:
        try:
            send(replies, receive(inside, request.seconds))
        except (Closed, Late) as error:
            return isinstance(error, Late)
    return False


def _work(request: Request, module: ModuleType, folder: Path, outside: int, switch: Switch) -> None:
    me = getpid()

    def guard() -> None:
        if getpid() != me:
            _exit(0)
        switch(True)

    world = World(module, guard)
    np.seterr(all="warn", under="ignore")
    seed(request.seed)  # noqa: NPY002
    for step in request.steps:
        frame = _done(world, step, folder)
        guard()
        send(outside, frame)


def _done(world: World, step: Step, folder: Path) -> Frame:
    """What came of a step, packed; or why nothing came of it, or could be packed."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            world.values[step.slot] = value = world.run(step.verb)
            sent = encode(value if step.sent else None)
            said = [
                Warned(w.category.__name__, str(w.message)[:200], w.lineno, Path(w.filename).name) for w in heard[:8]
            ]
            return pack(Gave(step.slot, sent, tuple(said)))
        except BaseException as error:
            return pack(Gave(step.slot, failure(error, folder)))


if __name__ == "__main__":
    main()
