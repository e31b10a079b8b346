"""Messages over a pipe: the length of a JSON text, the length of the bytes behind it, then both."""

import json
from collections.abc import Callable
from os import read, write
from select import select
from struct import pack, unpack
from typing import Any

loads, dumps = json.loads, json.dumps
LARGEST = 1 << 31


class Closed(ValueError):
    """The other side is gone."""


class Late(ValueError):
    """Nothing came within the time that was given."""


def send(pipe: int, outline: Any, data: bytes = b"") -> None:
    """Write one message whole."""
    text = dumps(outline).encode()
    for part in (pack(">QQ", len(text), len(data)) + text, data):
        view = memoryview(part)
        while view:
            view = view[write(pipe, view) :]


def receive(pipe: int, seconds: float | None = None) -> tuple[Any, bytes]:
    """The next message. Raises `Late` when nothing comes for so many seconds, `Closed` at the end of the pipe."""
    text, data = unpack(">QQ", _exactly(pipe, 16, seconds))
    if text > LARGEST or data > LARGEST:
        raise Closed("a message that is no message")
    return loads(_exactly(pipe, text, seconds)), _exactly(pipe, data, seconds)


def _exactly(pipe: int, size: int, seconds: float | None) -> bytes:
    parts: list[bytes] = []
    while size:
        if seconds is not None and not select([pipe], [], [], seconds)[0]:
            raise Late("no answer in time")
        part = read(pipe, min(size, 1 << 20))
        if not part:
            raise Closed("the pipe has ended")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def cut(data: bytes, outlines: list[Any], make: Callable[[Any, bytes], Any]) -> list[Any]:
    """The arrays that lie one behind the other in the data."""
    found, at = [], 0
    for outline in outlines:
        found.append(make(outline, data[at : at + outline["n"]]))
        at += outline["n"]
    return found
