"""Records as frames and back: JSON, and raw bytes for arrays. Nothing is pickled, and only records known here are made.

What comes from a student's process is made only of fields that have the types that the record says.
"""

import json
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from numpy import array, dtype, frombuffer, ndarray

from fnnet.grading.child import records, verbs
from fnnet.grading.child.frames import Frame

T = TypeVar("T")

dumps, loads = json.dumps, json.loads
KIND, NUMBERS = "$", "biufc"
UNIONS = (Union, UnionType)
HINTS = {
    name: (cls, get_type_hints(cls))
    for home in (records, verbs)
    for name, cls in vars(home).items()
    if getattr(cls, "__module__", "") == home.__name__
}


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
