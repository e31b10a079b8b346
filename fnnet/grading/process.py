"""A process of its own for a student's code, and the messages to it and from it."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import final

import attrs

from fnnet.grading.child.codec import Closed, pack, receive, send, unpack
from fnnet.values.record import frozen

#: How many seconds the keeper has to end all that a file has started.
PATIENCE = 5.0

#: What the child is told beside the caller's environment: one thread, no windows, no files beside the student's.
QUIET = {
    **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    "MPLBACKEND": "Agg",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
}


@final
@frozen
class Limits:
    """What a student's code may use: seconds a call and a statement, bytes of memory, and the child's environment."""

    seconds: float = 5.0
    memory: int = 1 << 30
    environment: Mapping[str, str] = attrs.field(factory=dict)


@final
@frozen
class Process:
    """The pipes to a child and from it, and its limits."""

    requests: int
    replies: int
    limits: Limits

    def ask(self, record: object) -> None:
        """Send a request; a child that is gone is noticed by whoever waits for its answer."""
        with suppress(OSError):
            send(self.requests, pack(record))

    def answer(self, seconds: float) -> object:
        """The next message. Raises `Late` and `Closed`, and ValueError for a message that is none."""
        try:
            frame = receive(self.replies, seconds)
        except OSError as error:
            raise Closed(str(error)) from None
        return unpack(frame, object)


@contextmanager
def process(limits: Limits) -> Iterator[Process]:
    """Start a child; in the end it is gone, with all that it has started, however this block is left."""
    if not hasattr(os, "fork"):
        raise OSError("fnnet grade runs on Linux and macOS; this system has no fork")
    (asked, requests), (replies, answered) = os.pipe(), os.pipe()
    child = subprocess.Popen(
        [sys.executable, "-B", "-P", str(Path(__file__).parent / "child" / "beside.py")],
        stdin=asked,
        stdout=answered,
        stderr=subprocess.DEVNULL,
        env={**limits.environment, **QUIET},
        start_new_session=True,
    )
    os.close(asked)
    os.close(answered)
    try:
        yield Process(requests, replies, limits)
    finally:
        os.close(requests)  # the keeper ends all the others when it sees that
        os.close(replies)
        with suppress(subprocess.TimeoutExpired):
            child.wait(PATIENCE)
        child.kill()
        child.wait()
