"""What crosses the pipe: the steps that the parent asks for, and what the child says of them.

The child imports nothing of fnnet, so these records are the standard library's named tuples, the quickest to load. They
are taken apart by the names of their fields, so that mypy sees one that is renamed on one side alone.
"""

from typing import Any, NamedTuple, TypeAlias

from numpy import ndarray

#: NumPy's own name for it, in numpy.typing, takes 10 ms to load.
Array: TypeAlias = ndarray[Any, Any]


class Failure(NamedTuple):
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
        known = {
            "raised": f"raises {self.what}: {self.message}",
            "hung": "does not end (is there a loop without an end?)",
            "missing": f"has no {self.what}",
        }
        said = known.get(self.kind, self.message)
        return f"{said} ({self.place})" if self.line else said


class Odd(NamedTuple):
    """A value that is no array, by the name of its type; ``parts`` are those of a tuple or a record."""

    type: str
    parts: "dict[str, Value]"

    @property
    def items(self) -> "list[Value]":
        """The parts in order."""
        return list(self.parts.values())


class Called(NamedTuple):
    """One call of a layer that writes down what it is handed, forward or ``back``, and what it returned."""

    back: bool
    layer: int
    got: "Value"
    rate: "Value"
    returned: "Value"


class Log(NamedTuple):
    """The calls since the last look."""

    calls: tuple[Called, ...]


Value: TypeAlias = Array | Odd | Failure | Log | None


class Parameter(NamedTuple):
    """A parameter of a student's function; ``kind`` is a name of inspect's, such as KEYWORD_ONLY."""

    name: str
    kind: str
    optional: bool


Parameters: TypeAlias = tuple[Parameter, ...]

#: The parameters of functions by name; None where Python doesn't know them.
Signatures: TypeAlias = dict[str, Parameters | None]


class Class(NamedTuple):
    """A class: its methods, and the names of the plain numbers it holds."""

    methods: Signatures
    numbers: tuple[str, ...]


class Contents(NamedTuple):
    """What a file holds by name, but what it has from fnnet; of numbers the names alone."""

    classes: dict[str, Class]
    functions: Signatures
    numbers: tuple[str, ...]


class Order(NamedTuple):
    """The first message: which file, under which limit; which statements to skip, and from where only to define."""

    path: str
    memory: int
    skip: tuple[int, ...]
    only: int


class Begun(NamedTuple):
    """A statement of the file begins, or it has failed."""

    at: int
    line: int
    failure: Failure | None = None


class Warned(NamedTuple):
    """A warning that a step gave."""

    category: str
    message: str
    line: int
    file: str


class Gave(NamedTuple):
    """What came of a step."""

    slot: str
    value: Value
    warnings: tuple[Warned, ...] = ()


class Ended(NamedTuple):
    """The copy that did the steps is gone: by itself, ``late``, or by a signal."""

    late: bool
    signal: int
