"""What came back from a student's code: values of a few known kinds, and failures in words."""

from typing import Any, final

import numpy as np

from fnnet.values.array import Array, freeze
from fnnet.values.record import frozen


@final
@frozen
class Failure:
    """Why a step gave no value. ``kind`` is raised, hung, ended or missing; ``line`` is in the student's file."""

    kind: str
    what: str
    message: str = ""
    line: int | None = None
    file: str = ""
    source: str = ""

    @property
    def place(self) -> str:
        """Where it was, such as ``line 12: y = x @ W``; empty where it is not known."""
        return f"line {self.line} of {self.file}: {self.source}" if self.line else ""

    @property
    def sentence(self) -> str:
        """What happened, for a report."""
        said = {
            "raised": f"raises {self.what}: {self.message}",
            "hung": "does not end (is there a loop without an end?)",
            "ended": self.message,
            "missing": f"has no {self.what}",
        }[self.kind]
        return f"{said} ({self.place})" if self.line else said


@final
@frozen
class Odd:
    """A value that is no array, by the name of its type; ``parts`` are those of a tuple or a record."""

    type: str
    parts: dict[str, Any]

    @property
    def items(self) -> list[Any]:
        """The parts in order."""
        return list(self.parts.values())


@final
@frozen
class Nothing:
    """None came back."""


def decode(outline: Any, data: bytes) -> Any:
    """An array, `Odd` or `Nothing`. Raises ValueError for an outline that is none."""
    return _decode(outline, memoryview(data), [0])


def _decode(outline: Any, data: memoryview, at: list[int]) -> Any:
    kind = outline["k"]
    if kind == "array":
        return _array(outline, data, at)
    if kind == "none":
        return Nothing()
    if kind == "seq":
        return Odd(outline["type"], {str(i): _decode(item, data, at) for i, item in enumerate(outline["items"])})
    if kind == "fields":
        return Odd(outline["type"], {name: _decode(item, data, at) for name, item in outline["items"].items()})
    return Odd(str(outline.get("type", kind)), {})


def _array(outline: Any, data: memoryview, at: list[int]) -> Array:
    dtype = np.dtype(outline["dtype"])
    if dtype.kind not in "biufc":
        raise ValueError(f"an array of {dtype} came back")
    size = int(outline["n"])
    made = np.frombuffer(data[at[0] : at[0] + size], dtype).reshape(outline["shape"]).copy()
    at[0] += size
    return freeze(made)


def failure(said: dict[str, Any]) -> Failure:
    """A failure as the child says it."""
    kind, message = str(said.get("type")), str(said.get("message", ""))
    where: dict[str, Any] = {
        "line": said.get("line"),
        "file": str(said.get("file", "")),
        "source": str(said.get("source", "")),
    }
    if kind in ("SystemExit", "KeyboardInterrupt"):
        return Failure("ended", kind, "ends the program: exit() has no place in it", **where)
    if kind == "Unreached":
        return Failure("missing", message)
    if kind == "MemoryError":
        return Failure("ended", kind, "asks for more memory than it is given", **where)
    return Failure("raised", kind, " ".join(message.split()), **where)
