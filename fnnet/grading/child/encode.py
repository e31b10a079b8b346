"""A student's value in the few kinds that are sent: arrays, the parts of records and containers, and names of types."""

import dataclasses
from typing import Any

from numpy import asarray, bool_, generic, ndarray

from fnnet.grading.child.records import Log, Odd, Value

DEEPEST, WIDEST, LARGEST = 4, 64, 1 << 28


def encode(value: Any, depth: int = 0) -> Value:
    """What a value is; numbers of Python are arrays too."""
    if value is None or isinstance(value, Log):
        return value
    if isinstance(value, ndarray | generic | bool | int | float | complex):
        return _array(value)
    return Odd(type(value).__name__, {str(name): encode(item, depth + 1) for name, item in _parts(value, depth)})


def _array(value: Any) -> Value:
    try:
        a = asarray(value)
    except (OverflowError, ValueError):
        return Odd(type(value).__name__, {})
    if a.nbytes > LARGEST:
        return Odd("array of too many numbers", {})
    if a.dtype.kind not in "biufc":
        return Odd(f"array of {a.dtype}", {})
    return a if a.dtype == bool_ else a.astype(a.dtype.newbyteorder("<"))


def _parts(value: Any, depth: int) -> list[tuple[Any, Any]]:
    """The parts to go on with; none of what lies too deep or holds too many."""
    if isinstance(value, tuple | list):
        named: dict[Any, Any] = dict(enumerate(value)) if len(value) <= WIDEST else {}
    else:
        named = fields(value)
    return list(named.items()) if depth < DEEPEST and len(named) <= WIDEST else []


def fields(value: Any) -> dict[Any, Any]:
    """The parts of a dictionary, a record or an object by name; none for what has none."""
    if isinstance(value, dict):
        return value
    if isinstance(value, type):
        return {}
    if hasattr(value, "__attrs_attrs__"):
        return {a.name: getattr(value, a.name, None) for a in value.__attrs_attrs__}
    if dataclasses.is_dataclass(value):
        return {f.name: getattr(value, f.name, None) for f in dataclasses.fields(value)}
    if type(value).__module__ != "builtins" and hasattr(value, "__dict__"):
        return dict(vars(value))
    return {}
