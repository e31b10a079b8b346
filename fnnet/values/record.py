"""What a record is: an immutable value whose fields are parameters, buffers, parts and settings."""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, dataclass_transform

import attrs
import numpy as np
from numpy.typing import ArrayLike

from fnnet.telling.markup import record_table
from fnnet.values.array import Array, freeze, readonly, same_array, short_repr

T = TypeVar("T")
_KIND = "fnnet.kind"
_set = object.__setattr__


def _floating(values: ArrayLike) -> Array:
    a = readonly(values)
    return a if a.dtype.kind in "fc" else freeze(a.astype(np.float64))


def _same(a: Array | None, b: Array | None) -> bool:
    return a is b or (a is not None and b is not None and same_array(a, b))


def _short(a: Array | None) -> str:
    return "None" if a is None else short_repr(a)


def _array_field(kind: str, converter: Callable[[Any], Any], **default: Any) -> Any:
    equal = attrs.cmp_using(eq=_same, class_name="ArrayValue")
    return attrs.field(converter=converter, eq=equal, repr=_short, metadata={_KIND: kind}, **default)


def param() -> Any:
    """A field that holds a trained array, of floating-point numbers; whole numbers become float64."""
    return _array_field("param", _floating)


def buffer() -> Any:
    """A field that holds an array which is stored but not trained, such as a running mean."""
    return _array_field("buffer", _floating)


def data(*, converter: Callable[[Any], Any] = readonly, **default: Any) -> Any:
    """A setting that is an array, such as the targets of a loss: read-only, compared by value, never saved.

    It may be optional, with ``default=None`` and a converter that lets None through.
    """
    return _array_field("data", converter, **default)


def sub(*, trained: bool = True) -> Any:
    """A field that holds a layer or a tuple of layers; what is in it is kept as it is unless it is ``trained``."""
    return attrs.field(metadata={_KIND: "sub" if trained else "fixed"})


def _restore(self: Any, state: dict[str, Any]) -> None:
    for name, value in state.items():
        object.__setattr__(self, name, readonly(value) if isinstance(value, np.ndarray) else value)


@dataclass_transform(frozen_default=True, field_specifiers=(attrs.field, param, buffer, data, sub))
def frozen(cls: type[T]) -> type[T]:
    """``attrs.frozen``, with arrays that stay read-only through pickle, copy and deepcopy, and a table for notebooks.

    >>> @frozen
    ... class Shift:
    ...     b: np.ndarray = param()
    >>> Shift([1.0, 2.0])
    Shift(b=f8[2])
    """
    record = attrs.frozen(cls)
    record.__setstate__ = _restore  # type: ignore[attr-defined]  # attrs' own lets copies be written to
    if not hasattr(record, "_repr_html_"):
        record._repr_html_ = record_table  # type: ignore[attr-defined]  # which notebooks ask for
    return record


def fields(cls: Any) -> tuple[Any, ...]:
    """The attrs fields of a class, and none for a class that is not attrs'."""
    return tuple(attrs.fields(cls)) if attrs.has(cls) else ()


def _kept_fields(cls: Any) -> tuple[tuple[str, str], ...]:
    named = ((field.name, field.metadata.get(_KIND)) for field in fields(cls))
    return tuple((name, kind) for name, kind in named if kind in ("param", "buffer", "sub", "fixed"))


def _settings(cls: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cls) if _KIND not in field.metadata)


def _names(cls: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cls))


#: The name and kind (param, buffer, sub or fixed) of each field of a class that a saved model keeps.
kept_fields: Callable[[Any], tuple[tuple[str, str], ...]] = cache(_kept_fields)

#: The names of the fields of a class that are plain settings.
settings: Callable[[Any], tuple[str, ...]] = cache(_settings)

#: The names of all fields of a class.
names: Callable[[Any], tuple[str, ...]] = cache(_names)


def evolve(record: T, **changes: Any) -> T:
    """A copy of the record with some fields changed, converted and checked as at its making.

    Raises TypeError for a name that is no field.

    >>> from fnnet import Dropout
    >>> evolve(Dropout(0.5), rate=0.9)
    Dropout(rate=0.9, key=None)
    """
    return attrs.evolve(record, **changes)  # type: ignore[misc]  # an attrs class, which T cannot say


def as_dict(record: Any) -> dict[str, Any]:
    """The fields of a record by their names."""
    return {name: getattr(record, name) for name in names(type(record))}


def replace(record: T, **changes: Any) -> T:
    """A copy of the record with some fields changed, not converted, copied or checked: `evolve` for hot paths.

    Arrays given here must already be read-only. Raises TypeError for a name that is no field.
    """
    cls = type(record)
    copy = object.__new__(cls)
    for name in names(cls):
        _set(copy, name, changes.pop(name) if name in changes else getattr(record, name))
    if changes:
        raise TypeError(f"{cls.__name__} has no field {', '.join(changes)}")
    return copy
