"""Values as a JSON outline and raw bytes. Nothing is pickled, so that nothing of a student's runs in the parent."""

import dataclasses
from typing import Any

from numpy import array, asarray, bool_, float64, frombuffer, generic, ndarray

DEEPEST, WIDEST, LARGEST = 4, 64, 1 << 28


def encode(value: Any, blob: list[bytes], depth: int = 0) -> Any:
    """What a value is, in JSON; its numbers are appended to the blob."""
    if value is None:
        return {"k": "none"}
    if isinstance(value, ndarray | generic | bool | int | float | complex):
        return _array(value, blob)
    if depth < DEEPEST and isinstance(value, tuple | list) and len(value) <= WIDEST:
        items = [encode(item, blob, depth + 1) for item in value]
        return {"k": "seq", "type": type(value).__name__, "items": items}
    named = fields(value)
    if depth < DEEPEST and named is not None and len(named) <= WIDEST:
        parts = {str(name): encode(item, blob, depth + 1) for name, item in named.items()}
        return {"k": "fields", "type": type(value).__name__, "items": parts}
    return {"k": "other", "type": type(value).__name__}


def _array(value: Any, blob: list[bytes]) -> Any:
    try:
        a = asarray(value)
    except (OverflowError, ValueError):
        return {"k": "other", "type": type(value).__name__}
    if a.dtype.kind not in "biufc" or a.nbytes > LARGEST:
        return {"k": "other", "type": f"array of {a.dtype}" if a.nbytes <= LARGEST else "array of too many numbers"}
    a = a.astype(a.dtype.newbyteorder("<") if a.dtype != bool_ else a.dtype)
    blob.append(a.tobytes())
    python = "" if isinstance(value, ndarray) else type(value).__name__
    return {"k": "array", "dtype": a.dtype.str, "shape": list(a.shape), "n": len(blob[-1]), "python": python}


def fields(value: Any) -> dict[Any, Any] | None:
    """The parts of a dictionary, a record or an object by name; None where it has none."""
    if isinstance(value, dict):
        return value
    if isinstance(value, type):
        return None
    if hasattr(value, "__attrs_attrs__"):
        return {a.name: getattr(value, a.name, None) for a in value.__attrs_attrs__}
    if dataclasses.is_dataclass(value):
        return {f.name: getattr(value, f.name, None) for f in dataclasses.fields(value)}
    if type(value).__module__ != "builtins" and hasattr(value, "__dict__"):
        return dict(vars(value))
    return None


def decode_array(outline: Any, data: bytes, writable: bool) -> Any:
    """The array that the parent sent."""
    a = frombuffer(data, outline["dtype"]).reshape(outline["shape"])
    return array(a, order="C") if writable else a


def number(value: Any) -> float | None:
    """A plain number, None for everything else."""
    ok = isinstance(value, int | float | float64) and not isinstance(value, bool)
    return float(value) if ok and abs(value) < 1e300 else None
