"""Whether the fields of a record have the types that its class says: asked of what comes from a file."""

from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from fnnet.values.record import settings

T = TypeVar("T")


def typed(record: T) -> T:
    """The record, if its settings are of their types; otherwise ValueError, naming the first that is not.

    >>> from fnnet.layers import LayerNorm
    >>> typed(LayerNorm([1.0], [0.0], eps="small"))
    Traceback (most recent call last):
    ValueError: LayerNorm: its eps must be float, got 'small'
    """
    cls: type = type(record)
    hints = _hints(cls)
    for name in settings(cls):
        value = getattr(record, name)
        if not conforms(value, hints[name]):
            kind = getattr(hints[name], "__name__", hints[name])
            raise ValueError(f"{cls.__name__}: its {name} must be {kind}, got {_short(value)}")
    return record


def _short(value: Any) -> str:
    said = repr(value)
    return said if len(said) < 60 else f"{said[:50]}..."


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def conforms(value: Any, hint: Any) -> bool:
    """Whether a value is of a type; a whole number is a float too, and a truth is no number.

    >>> conforms(1, float), conforms(True, int), conforms((1, 2), tuple[int, ...]), conforms(None, str | None)
    (True, False, True, True)
    """
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if origin in (Union, UnionType):
        return any(conforms(value, argument) for argument in arguments)
    if origin is Literal:
        return value in arguments
    if origin is tuple:
        return type(value) is tuple and all(conforms(part, arguments[0]) for part in value)
    if hint is float:
        return type(value) in (int, float)
    return type(value) is (NoneType if hint is None else hint)
