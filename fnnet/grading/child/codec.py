"""Records over a pipe: JSON, and raw bytes for arrays. Nothing is pickled, and only records known here are made.

What comes from a student's process is made only of fields that have the types that the record says. On the pipe stand
how many parts a message has, the length of each, then the text and the bytes of the arrays.
"""

import json
from os import read, write
from select import select
from struct import pack as packed
from struct import unpack as unpacked
from types import UnionType
from typing import Any, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

from numpy import array, dtype, frombuffer, ndarray

from fnnet.grading.child import records, verbs

T = TypeVar("T")

dumps, loads = json.dumps, json.loads
KIND, NUMBERS = "$", "biufc"
UNIONS = (Union, UnionType)
MOST, LARGEST = 1 << 16, 1 << 31
HINTS = {
    name: (cls, get_type_hints(cls))
    for home in (records, verbs)
    for name, cls in vars(home).items()
    if getattr(cls, "__module__", "") == home.__name__
}


class Closed(ValueError):
    """The other side is gone."""


class Late(ValueError):
    """Nothing came within the time that was given."""


class Frame(NamedTuple):
    """A text, and the bytes of the arrays that it speaks of."""

    text: bytes
    blobs: tuple[bytes, ...] = ()


def pack(record: object) -> Frame:
    """A record as a text and the bytes of its arrays."""
    blobs: list[bytes] = []

    def plain(value: Any) -> Any:
        if isinstance(value, ndarray):
            blobs.append(value.tobytes())
            return {KIND: "array", "at": len(blobs) - 1, "dtype": value.dtype.str, "shape": value.shape}
        if hasattr(value, "_fields"):
            return {KIND: type(value).__name__, **{n: plain(v) for n, v in zip(value._fields, value, strict=True)}}
        if isinstance(value, tuple | list):
            return [plain(item) for item in value]
        return {name: plain(item) for name, item in value.items()} if isinstance(value, dict) else value

    return Frame(dumps(plain(record)).encode(), tuple(blobs))


def unpack(frame: Frame, cls: type[T], writable: bool = False) -> T:
    """The record of this class. Raises ValueError for anything else.

    >>> unpack(pack(records.Begun(1, 7)), records.Begun)
    Begun(at=1, line=7, failure=None)
    >>> unpack(pack(records.Begun("one", 7)), records.Begun)
    Traceback (most recent call last):
    ValueError: a message that is no message: int expected, got str
    """

    def made(said: dict[str, Any]) -> Any:
        if KIND not in said:
            return said
        name = said.pop(KIND)
        if name == "array":
            return _array(frame.blobs[said["at"]], said["dtype"], said["shape"], writable)
        kind, hints = HINTS[name]
        return kind(**{field: _fitting(value, hints[field]) for field, value in said.items()})

    try:
        return _fitting(loads(frame.text, object_hook=made), cls)  # type: ignore[no-any-return]  # it is a cls
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(f"a message that is no message: {error}") from None


def _array(data: bytes, code: str, shape: list[int], writable: bool) -> Any:
    if dtype(code).kind not in NUMBERS:
        raise ValueError(f"an array of {code} came back")
    flat = frombuffer(data, code).reshape(shape)
    return array(flat, order="C") if writable else flat


def _fitting(value: Any, hint: Any) -> Any:
    """The value, if it is of this type; a list where a tuple belongs becomes one."""
    for kind in get_args(hint) if get_origin(hint) in UNIONS else (hint,):
        home, inner = get_origin(kind) or kind, get_args(kind)
        if home is tuple and isinstance(value, list):
            return tuple([_fitting(item, inner[0]) for item in value])
        if home is dict and isinstance(value, dict):
            return {name: _fitting(item, inner[1]) for name, item in value.items()}
        if isinstance(value, home) or (home is float and type(value) is int):
            return value
    raise ValueError(f"{getattr(hint, '__name__', hint)} expected, got {type(value).__name__}")


def send(pipe: int, frame: Frame) -> None:
    """Write one message whole."""
    parts = (frame.text, *frame.blobs)
    head = packed(f">{len(parts) + 1}Q", len(parts), *map(len, parts))
    for part in (head, *parts):
        view = memoryview(part)
        while view:
            view = view[write(pipe, view) :]


def receive(pipe: int, seconds: float | None = None) -> Frame:
    """The next message. Raises `Late` when nothing comes for so many seconds, `Closed` at the end of the pipe."""
    (many,) = unpacked(">Q", _exactly(pipe, 8, seconds))
    sizes = unpacked(f">{many}Q", _exactly(pipe, 8 * many, seconds)) if 0 < many < MOST else ()
    if not sizes or sum(sizes) > LARGEST:
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
