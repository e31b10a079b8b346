"""What a student's file holds and what its code gives, in the few kinds that are sent to the parent."""

import dataclasses
import inspect
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from numpy import asarray, bool_, float64, generic, ndarray

from fnnet.grading.child.records import Class, Contents, Failure, Log, Odd, Parameter, Parameters, Value

METHODS = ("__init__", "forward", "backward", "loss", "add", "update", "step", "predict", "__call__")
DEEPEST, WIDEST, LARGEST = 4, 64, 1 << 28

#: How many attributes of an object are looked at: one may keep many beside its parameters.
MOST = 1 << 12


class Unreached(ValueError):
    """A step needs what an earlier one did not give."""


def describe(module: ModuleType) -> Contents:
    """Each class with its methods, each function, and each number, by name."""
    held = {name: value for name, value in list(vars(module).items()) if not name.startswith("__")}
    return Contents(
        {name: _class(value) for name, value in held.items() if isinstance(value, type) and _is_own(value)},
        {name: _parameters(value) for name, value in held.items() if inspect.isfunction(value) and _is_own(value)},
        tuple(name for name, value in held.items() if _is_number(value)),
    )


def _class(cls: type) -> Class:
    methods = {name: _parameters(there) for name in METHODS if callable(there := _of(cls, name))}
    names = dict.fromkeys(name for base in type.mro(cls) for name in vars(base) if name[:2] != "__")
    return Class(methods, tuple(name for name in names if _is_number(_of(cls, name))))


def _is_own(value: object) -> bool:
    return not str(getattr(value, "__module__", "")).startswith("fnnet")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | float64) and not isinstance(value, bool) and abs(value) < 1e300


def _of(cls: type, name: str) -> Any:
    """An attribute of a class, None where asking for it raises."""
    with suppress(BaseException):
        return getattr(cls, name, None)


def _parameters(function: Callable[..., Any]) -> Parameters | None:
    try:
        named = inspect.signature(function).parameters.values()
    except Exception:
        return None
    return tuple(Parameter(p.name, p.kind.name, p.default is not p.empty) for p in named)


ENDS = "ends the program: exit() has no place in it"

#: What ends a step, by its name, which NumPy's own MemoryError shares.
ENDINGS = {"SystemExit": ENDS, "KeyboardInterrupt": ENDS, "MemoryError": "asks for more memory than it is given"}


def failure(error: BaseException, folder: Path) -> Failure:
    """An exception as words: what it means, and the last line of the student's own that it came through."""
    if isinstance(error, Unreached):
        return Failure("missing", str(error))
    name = type(error).__name__
    kind, text = ("ended", ENDINGS[name]) if name in ENDINGS else ("raised", " ".join(_text(error).split()))
    return Failure(kind, name, text, *next(_lines(error, folder), ()))


def _lines(error: BaseException, folder: Path) -> Iterator[tuple[int | None, str, str]]:
    if isinstance(error, SyntaxError) and error.filename and Path(error.filename).is_relative_to(folder):
        yield error.lineno, Path(error.filename).name, (error.text or "").strip()
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.lineno and Path(frame.filename).is_relative_to(folder):
            yield frame.lineno, Path(frame.filename).name, (frame.line or "").strip()[:160]


def _text(error: BaseException) -> str:
    with suppress(BaseException):
        return str(error)[:300]
    return ""


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
    if depth >= DEEPEST:
        return []
    if isinstance(value, tuple | list):
        return list(enumerate(value)) if len(value) <= WIDEST else []
    named = fields(value)
    return list(named.items()) if len(named) <= (WIDEST if depth else MOST) else []


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
