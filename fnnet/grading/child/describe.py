"""What a student's file holds, in plain words for the parent: its classes, functions, signatures and numbers."""

import inspect
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from numpy import float64

from fnnet.grading.child.records import Class, Contents, Failure, Parameter, Parameters

METHODS = ("__init__", "forward", "backward", "loss", "add", "update", "step", "predict", "__call__")


class Unreached(ValueError):
    """A step needs what an earlier one did not give."""


def describe(module: ModuleType) -> Contents:
    """Each class with its methods, each function, and each number, by name."""
    held = {name: value for name, value in list(vars(module).items()) if not name.startswith("__")}
    own = {name: value for name, value in held.items() if not _home(value).startswith("fnnet")}
    return Contents(
        {name: _class(value) for name, value in own.items() if isinstance(value, type)},
        {name: _parameters(value) for name, value in own.items() if inspect.isfunction(value)},
        tuple(name for name, value in own.items() if _is_number(value)),
    )


def _class(cls: type) -> Class:
    methods = {name: _parameters(there) for name in METHODS if callable(there := _of(cls, name))}
    names = dict.fromkeys(name for base in type.mro(cls) for name in vars(base) if name[:2] != "__")
    return Class(methods, tuple(name for name in names if _is_number(_of(cls, name))))


def _home(value: object) -> str:
    return str(getattr(value, "__module__", "")) if isinstance(value, type) or inspect.isfunction(value) else ""


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | float64) and not isinstance(value, bool) and abs(value) < 1e300


def _of(cls: type, name: str) -> Any:
    """An attribute of a class, None where asking for it raises."""
    try:
        return getattr(cls, name, None)
    except BaseException:
        return None


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
    try:
        return str(error)[:300]
    except BaseException:
        return ""
