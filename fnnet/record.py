"""What a record is: an immutable value whose fields are parameters, buffers, parts and settings."""

from functools import cache
from typing import Any, TypeVar, dataclass_transform

import attrs
import numpy as np

from fnnet.array import readonly, same_array, short_repr

T = TypeVar("T")
_KIND = "fnnet.kind"


def _array_field(kind: str) -> Any:
    equal = attrs.cmp_using(eq=same_array, class_name="ArrayValue")
    return attrs.field(converter=readonly, eq=equal, repr=short_repr, metadata={_KIND: kind})


def param() -> Any:
    """A field that holds a trained array."""
    return _array_field("param")


def buffer() -> Any:
    """A field that holds an array which is stored but not trained, such as a running mean."""
    return _array_field("buffer")


def data() -> Any:
    """A setting that is an array, such as the targets of a loss: read-only, compared by value, never saved."""
    return _array_field("data")


def sub() -> Any:
    """A field that holds a layer or a tuple of layers."""
    return attrs.field(metadata={_KIND: "sub"})


def _restore(self: Any, state: dict[str, Any]) -> None:
    for name, value in state.items():
        object.__setattr__(self, name, readonly(value) if isinstance(value, np.ndarray) else value)


@dataclass_transform(frozen_default=True, field_specifiers=(attrs.field, param, buffer, data, sub))
def frozen(cls: type[T]) -> type[T]:
    """``attrs.frozen``, and its arrays stay read-only through pickle, copy and deepcopy.

    >>> @frozen
    ... class Shift:
    ...     b: np.ndarray = param()
    >>> Shift([1.0, 2.0])
    Shift(b=f8[2])
    """
    record = attrs.frozen(cls)
    record.__setstate__ = _restore  # type: ignore[attr-defined]  # attrs' own lets copies be written to
    return record


@cache
def kept_fields(cls: type) -> tuple[tuple[str, str], ...]:
    """The name and kind (param, buffer or sub) of each field of a class that a saved model keeps as arrays."""
    fields = attrs.fields(cls) if attrs.has(cls) else ()
    named = ((field.name, field.metadata.get(_KIND)) for field in fields)
    return tuple((name, kind) for name, kind in named if kind in ("param", "buffer", "sub"))


@cache
def settings(cls: type) -> tuple[str, ...]:
    """The names of the fields of a class that are plain settings."""
    fields = attrs.fields(cls) if attrs.has(cls) else ()
    return tuple(field.name for field in fields if _KIND not in field.metadata)


def replace(record: T, **changes: Any) -> T:
    """A copy of the record with some fields changed. Arrays given here must already be read-only.

    Nothing is converted or copied: this is the way by which training makes a million records.
    """
    cls = type(record)
    copy = object.__new__(cls)
    for field in attrs.fields(cls):
        value = changes[field.name] if field.name in changes else getattr(record, field.name)
        object.__setattr__(copy, field.name, value)
    return copy
