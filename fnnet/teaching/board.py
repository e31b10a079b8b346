"""Which networks can be written on a board: layers of units, each a weighted sum and at most one activation."""

from collections.abc import Iterator
from typing import final

from fnnet.layers import Affine, Dropout, Flatten, GaussianNoise, LeakyReLU, RandomShift, Scale, Softmax, Standardize
from fnnet.network.folds import Layer, Params
from fnnet.network.shapes import describe, layers_of
from fnnet.teaching.expression import Call, Slope, Symbol, Term
from fnnet.teaching.functions import ACTIVATION_OF, Function
from fnnet.values.errors import UsageError
from fnnet.values.keys import Key
from fnnet.values.record import frozen

#: Layers that do nothing in use, and those that prepare the input.
RESTING = (Dropout, GaussianNoise, RandomShift)
PREPARING = (Scale, Standardize, Flatten)


@final
@frozen
class Placed:
    """A layer with its running number and its place in a network, such as "1.0" inside a nested tuple."""

    number: int
    place: str
    layer: Layer

    @property
    def name(self) -> str:
        """Its place and what it is, for a sentence."""
        return f"layer {self.place} ({describe(self.layer)})"


@final
@frozen
class Level:
    """A layer of units: its Affine layer, its activation where there is one, and the place of its output.

    ``affine`` and ``output`` count the layers of the flattened network.
    """

    layer: Affine
    activation: Layer | None
    affine: int
    output: int

    @property
    def function(self) -> Function | None:
        """The activation as the course writes it; none for a weighted sum alone."""
        return ACTIVATION_OF[type(self.activation)] if self.activation else None

    @property
    def slope(self) -> float:
        """The slope of leaky to the left of 0."""
        return self.activation.slope if isinstance(self.activation, LeakyReLU) else 0.0

    def activated(self, z: Term) -> Term:
        """``s(z)`` of a weighted sum z."""
        return Call(self.function.letter, z, self.slope) if self.function else z

    def derivative(self, g: Symbol) -> tuple[Term, ...]:
        """``s'(g_j)`` of an output g_j, as a factor: none where a unit is its weighted sum, whose slope is 1."""
        if self.function is None or self.function.derivative is None:
            return ()
        return (Slope(self.function.letter, g, self.function.derivative(g, self.slope)),)


@final
@frozen
class Board:
    """A network as it is written on a board.

    ``first`` are the layers that prepare the input, ``softmax`` whether a Softmax layer stands at the end.
    """

    layers: tuple[Layer, ...]
    first: tuple[Layer, ...]
    levels: tuple[Level, ...]
    softmax: bool

    @property
    def sizes(self) -> tuple[int, ...]:
        """The numbers of units, the inputs' first."""
        return len(self.levels[0].layer.W), *(len(level.layer.b) for level in self.levels)


def board(net: Params) -> Board:
    """The network in levels. Raises UsageError, naming the layer, for one that the course's letters can't say.

    >>> from fnnet import Sigmoid
    >>> board((Affine([[1.0, 2.0], [3.0, 4.0]], [0.0, 0.0]), Sigmoid(), Affine([[1.0], [2.0]], [0.0]))).sizes
    (2, 2, 1)
    """
    layers = [Placed(i, *placed) for i, placed in enumerate(layers_of(net))]
    working = [placed for placed in layers if not _rests(placed)]
    first = _leading(working)
    behind = working[len(first) :]
    _check(behind)
    softmax = type(behind[-1].layer) is Softmax
    return Board(tuple(placed.layer for placed in layers), first, tuple(_levels(behind)), softmax)


def _rests(placed: Placed) -> bool:
    """Whether a layer does nothing; a random one in training mode is refused."""
    if isinstance(getattr(placed.layer, "key", None), Key):
        raise UsageError(f"{placed.name} is in training mode; trace the network as stored")
    return isinstance(placed.layer, RESTING)


def _leading(layers: list[Placed]) -> tuple[Layer, ...]:
    """The layers that prepare the input, each kind once."""
    first: tuple[Layer, ...] = ()
    for placed in layers:
        if type(placed.layer) not in PREPARING or type(placed.layer) in map(type, first):
            break
        first = *first, placed.layer
    return first


def _check(layers: list[Placed]) -> None:
    """Refuse what is no Affine layer, nor one activation after it, nor a Softmax after the last."""
    for before, placed in zip((None, *layers), layers, strict=False):
        kind = type(placed.layer)
        ends = kind in ACTIVATION_OF or (kind is Softmax and placed is layers[-1])
        if kind is not Affine and not (ends and before is not None and type(before.layer) is Affine):
            raise UsageError(f"{placed.name} can't be traced: {_reason(kind)}")
    if not layers:
        raise UsageError("a network must have an Affine layer to be traced, and this one has none")


def _levels(layers: list[Placed]) -> Iterator[Level]:
    for placed, after in zip(layers, (*layers[1:], None), strict=True):
        if isinstance(placed.layer, Affine):
            activated = after is not None and type(after.layer) in ACTIVATION_OF
            last = after if after is not None and activated else placed
            yield Level(placed.layer, last.layer if activated else None, placed.number, last.number)


def _reason(kind: type) -> str:
    if kind in ACTIVATION_OF:
        return "an activation must stand after an Affine layer"
    if kind in PREPARING:
        return "it may only stand at the beginning, and once, where it prepares the input"
    if kind is Softmax:
        return "it may only stand at the end, after an Affine layer"
    activations = ", ".join(layer.__name__ for layer in ACTIVATION_OF)
    return f"a trace knows Affine, {activations}, and a Softmax at the end"
