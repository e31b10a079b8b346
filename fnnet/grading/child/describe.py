"""What a student's file holds, in plain words for the parent: its classes, functions, signatures and numbers."""

import inspect
import traceback
from pathlib import Path
from typing import Any

from fnnet.grading.child.encode import number

METHODS = ("__init__", "forward", "backward", "loss", "add", "update", "step", "predict", "__call__")


def describe(module: Any) -> dict[str, Any]:
    """Each class with its methods, each function, and each number, by name."""
    found: dict[str, Any] = {"classes": {}, "functions": {}, "numbers": {}}
    for name, value in list(vars(module).items()):
        home = str(getattr(value, "__module__", "") or "")
        if name.startswith("__"):
            continue
        if isinstance(value, type):
            methods = {m: _parameters(there) for m in METHODS if callable(there := _of(value, m))}
            held = {n: number(_of(value, n)) for base in type.mro(value) for n in vars(base) if n[:2] != "__"}
            numbers = [n for n, plain_number in held.items() if plain_number is not None]
            found["classes"][name] = {"home": home, "methods": methods, "numbers": numbers}
        elif inspect.isfunction(value):
            found["functions"][name] = {"home": home, "parameters": _parameters(value)}
        elif (plain := number(value)) is not None:
            found["numbers"][name] = plain
    return found


def _of(cls: type, name: str) -> Any:
    """An attribute of a class, None where asking for it raises."""
    try:
        return getattr(cls, name, None)
    except BaseException:
        return None


def _parameters(function: Any) -> list[dict[str, Any]] | None:
    try:
        named = inspect.signature(function).parameters.values()
    except Exception:
        return None
    return [
        {"name": p.name, "kind": p.kind.name, "optional": p.default is not p.empty, "default": number(p.default)}
        for p in named
    ]


def failure(error: BaseException, folder: Path) -> dict[str, Any]:
    """An exception as words: its type, its message, and the last line of the student's own that it came through."""
    found: dict[str, Any] = {"type": type(error).__name__, "message": _text(error), "line": None}
    if isinstance(error, SyntaxError) and error.filename and Path(error.filename).is_relative_to(folder):
        return {**found, "line": error.lineno, "file": Path(error.filename).name, "source": (error.text or "").strip()}
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.lineno and Path(frame.filename).is_relative_to(folder):
            name = Path(frame.filename).name
            return {**found, "line": frame.lineno, "file": name, "source": (frame.line or "").strip()[:160]}
    return found


def _text(error: BaseException) -> str:
    try:
        return str(error)[:300]
    except BaseException:
        return ""
