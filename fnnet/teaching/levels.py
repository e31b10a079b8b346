"""Which networks can be written on a board: layers of units, each a weighted sum and at most one activation."""

from collections.abc import Iterator
from typing import Any, TypeAlias, final

from fnnet.layers import (
    Affine,
    Dropout,
    Flatten,
    GaussianNoise,
    LeakyReLU,
    RandomShift,
    ReLU,
    Scale,
    Sigmoid,
    Softmax,
    Standardize,
    Tanh,
)  # fmt: skip
from fnnet.network.folds import Params
from fnnet.network.shapes import describe, layers_of
from fnnet.values.keys import Key
from fnnet.values.record import frozen

Activation: TypeAlias = Sigmoid | Tanh | ReLU | LeakyReLU

#: The activations, by the letters that they have in formulas.
FUNCTIONS: dict[type, str] = {Sigmoid: "s", Tanh: "tanh", ReLU: "relu", LeakyReLU: "leaky"}

#: Layers that do nothing in use, and those that prepare the input.
RESTING = (Dropout, GaussianNoise, RandomShift)
PREPARING = (Scale, Standardize, Flatten)


@final
@frozen
class Level:
    """A layer of units: its Affine layer, its activation where there is one, and the place of its output.

    ``affine`` and ``output`` count the layers of the flattened network.
    """

    layer: Affine
    activation: Activation | None
    affine: int
    output: int

    @property
    def function(self) -> str:
        """The letter of the activation; none for a weighted sum alone."""
        return FUNCTIONS[type(self.activation)] if self.activation else ""


@final
@frozen
class Board:
    """A network as it is written on a board.

    ``first`` are the layers that prepare the input, ``softmax`` whether a Softmax layer stands at the end.
    """

    layers: tuple[Any, ...]
    first: tuple[Any, ...]
    levels: tuple[Level, ...]
    softmax: bool

    @property
    def sizes(self) -> tuple[int, ...]:
        """The numbers of units, the inputs' first."""
        return len(self.levels[0].layer.W), *(len(level.layer.b) for level in self.levels)


def board(net: Params) -> Board:
    """The network in levels. Raises ValueError, naming the layer, for one that the course's letters can't say.

    >>> board((Affine([[1.0, 2.0], [3.0, 4.0]], [0.0, 0.0]), Sigmoid(), Affine([[1.0], [2.0]], [0.0]))).sizes
    (2, 2, 1)
    """
    places = list(layers_of(net))
    steps = [(i, place, layer) for i, (place, layer) in enumerate(places) if not _rests(place, layer)]
    first = _leading(steps)
    levels = tuple(_levels(steps[len(first) :]))
    if not levels:
        raise ValueError("a network must have an Affine layer to be traced, and this one has none")
    softmax = type(steps[-1][2]) is Softmax
    return Board(tuple(layer for _, layer in places), tuple(first), levels, softmax)


def _rests(place: str, layer: Any) -> bool:
    """Whether a layer does nothing; a random one in training mode is refused."""
    if isinstance(getattr(layer, "key", None), Key):
        raise ValueError(f"layer {place} ({describe(layer)}) is in training mode; trace the network as stored")
    return isinstance(layer, RESTING)


def _leading(steps: list[tuple[int, str, Any]]) -> list[Any]:
    first: list[Any] = []
    for _, _, layer in steps:
        if type(layer) not in PREPARING or type(layer) in map(type, first):
            break
        first.append(layer)
    return first


def _levels(steps: list[tuple[int, str, Any]]) -> Iterator[Level]:
    pending: tuple[int, Affine] | None = None
    for i, place, layer in steps:
        kind = type(layer)
        if pending and kind in FUNCTIONS:
            yield Level(pending[1], layer, pending[0], i)
            pending = None
        elif kind is Affine:
            if pending:
                yield Level(pending[1], None, pending[0], pending[0])
            pending = i, layer
        elif not (kind is Softmax and pending and i == steps[-1][0]):
            raise ValueError(f"layer {place} ({describe(layer)}) can't be traced: {_reason(kind)}")
    if pending:
        yield Level(pending[1], None, pending[0], pending[0])


def _reason(kind: type) -> str:
    if kind in FUNCTIONS:
        return "an activation must stand after an Affine layer"
    if kind in PREPARING:
        return "it may only stand at the beginning, and once, where it prepares the input"
    if kind is Softmax:
        return "it may only stand at the end, after an Affine layer"
    return "a trace knows Affine, Sigmoid, Tanh, ReLU, LeakyReLU, and a Softmax at the end"
