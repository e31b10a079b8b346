"""The steps that can be asked for: a verb with its words, and the slot for what it gives."""

from typing import NamedTuple, TypeAlias

from fnnet.grading.child.records import Array

#: The way from an object to what it holds, by names of attributes or keys, or by an index.
Place: TypeAlias = tuple[str | int, ...]


class Slot(NamedTuple):
    """What an earlier step gave."""

    name: str


Plain: TypeAlias = Array | Slot | float | None


class AsTuple(NamedTuple):
    """A tuple of values."""

    items: tuple[Plain, ...]


Argument: TypeAlias = Plain | AsTuple | list[Plain] | dict[str, Plain]


class Invoke(NamedTuple):
    """Call a method of an owner, or a name of the file where there is no owner."""

    owner: str | None
    name: str
    args: tuple[Argument, ...]
    named: dict[str, Argument]


class Get(NamedTuple):
    """What stands at a place of an owner."""

    owner: str
    place: Place


class Make(NamedTuple):
    """The value itself."""

    value: Argument


class Fill(NamedTuple):
    """Write values into the array that stands there, or put a new one in its place."""

    owner: str
    place: Place
    value: Argument


class Put(NamedTuple):
    """Set an attribute or a key of an owner, or a name of the file where there is no owner."""

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


class Seed(NamedTuple):
    """Seed the generator that students use."""

    number: int


class Batch(NamedTuple):
    """The batch of this size whose turn it is."""

    whole: Argument
    size: int


class Repeat(NamedTuple):
    """Do these steps so many times."""

    times: int
    steps: "tuple[Step, ...]"


class Descend(NamedTuple):
    """Parameters after a step down their gradients."""

    params: Argument
    grads: Argument
    rate: float


Verb: TypeAlias = Invoke | Get | Make | Fill | Put | Probe | Look | Seed | Batch | Repeat | Descend


class Step(NamedTuple):
    """A verb, and the slot of what it gives, which is ``sent`` back or only kept; warnings may be ``heard``."""

    slot: str
    verb: Verb
    sent: bool = True
    heard: bool = False


class Request(NamedTuple):
    """Steps to do in a fresh copy, under limits; what they are handed may be ``writable``."""

    steps: tuple[Step, ...]
    writable: bool
    seconds: float
    memory: int
