"""Messages over a pipe: how many parts, the length of each, then a text and raw bytes behind it."""

from os import read, write
from select import select
from struct import pack, unpack
from typing import NamedTuple

MOST, LARGEST = 1 << 16, 1 << 31


class Closed(ValueError):
    """The other side is gone."""


class Late(ValueError):
    """Nothing came within the time that was given."""


class Frame(NamedTuple):
    """A text, and the bytes of the arrays that it speaks of."""

    text: bytes
    blobs: tuple[bytes, ...] = ()


def send(pipe: int, frame: Frame) -> None:
    """Write one message whole."""
    parts = (frame.text, *frame.blobs)
    head = pack(f">{len(parts) + 1}Q", len(parts), *map(len, parts))
    for part in (head, *parts):
        view = memoryview(part)
        while view:
            view = view[write(pipe, view) :]


def receive(pipe: int, seconds: float | None = None) -> Frame:
    """The next message. Raises `Late` when nothing comes for so many seconds, `Closed` at the end of the pipe."""
    (many,) = unpack(">Q", _exactly(pipe, 8, seconds))
    if not 0 < many < MOST:
        raise Closed("a message that is no message")
    sizes = unpack(f">{many}Q", _exactly(pipe, 8 * many, seconds))
    if sum(sizes) > LARGEST:
        raise Closed("a message that is no message")
    text, *blobs = [_exactly(pipe, size, seconds) for size in sizes]
    return Frame(text, tuple(blobs))


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
