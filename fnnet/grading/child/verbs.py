"""The steps that can be asked for: a verb with its words, and the slot for what it gives."""

from typing import NamedTuple, TypeAlias

from fnnet.grading.child.records import Array

#: The way from an object to what it holds, by names of attributes or keys, or by an index.
Place: TypeAlias = tuple[str | int, ...]


class Slot(NamedTuple):
    """What an earlier step gave, or what stands at a place of that."""

    name: str
    place: Place = ()


Plain: TypeAlias = Array | Slot | float | None


class AsTuple(NamedTuple):
    """A tuple of values."""

    items: tuple[Plain, ...]


Argument: TypeAlias = Plain | AsTuple | list[Plain] | dict[str, Plain]


class Invoke(NamedTuple):
    """Call a method of an owner, or a name of the file where there is no owner."""

    owner: str | None
    name: str
    args: tuple[Argument, ...] = ()
    named: dict[str, Argument] = {}  # noqa: RUF012  # nobody writes to it


class Make(NamedTuple):
    """The value itself, or what stands in a slot."""

    value: Argument


class Put(NamedTuple):
    """Set a place of an owner, or a name of the file without one; an array that stands there gets the new values."""

    owner: str | None
    place: Place
    value: Argument


class Probe(NamedTuple):
    """A layer of known arithmetic: in fnnet's form, or of a ``kind`` of the course and a class ``base`` of the file."""

    number: int
    matrix: Array
    kind: str = ""
    base: str | None = None


class Look(NamedTuple):
    """The calls that the probes have written down since the last look."""


class Repeat(NamedTuple):
    """Do these steps so many times, each time with the next ``size`` rows of each array in its slot."""

    times: int
    steps: "tuple[Step, ...]"
    rows: dict[str, Array]
    size: int


class Descend(NamedTuple):
    """Parameters after a step down their gradients."""

    params: Argument
    grads: Argument
    rate: float


Verb: TypeAlias = Invoke | Make | Put | Probe | Look | Repeat | Descend


class Step(NamedTuple):
    """A verb, and the slot of what it gives, which is ``sent`` back or only kept."""

    slot: str
    verb: Verb
    sent: bool = True


class Request(NamedTuple):
    """Steps to do in a fresh copy, under limits, from a seed; what they are handed may be ``writable``."""

    steps: tuple[Step, ...]
    writable: bool
    seconds: float
    memory: int
    seed: int = 0
