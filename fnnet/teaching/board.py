"""Which networks can be written on a board: layers of units, each a weighted sum and at most one activation."""

from collections.abc import Iterator
from itertools import pairwise
from typing import TypeAlias, final, get_args

from fnnet.layers import Affine, Dropout, Flatten, GaussianNoise, RandomShift, Scale, Softmax, Standardize
from fnnet.losses import MeanSquaredError, SigmoidCrossEntropy, SoftmaxCrossEntropy
from fnnet.network.folds import Layer, Params
from fnnet.network.shapes import describe, layers_of
from fnnet.teaching.functions import ACTIVATION_OF, Function
from fnnet.teaching.half_squared_error import HalfSquaredError
from fnnet.teaching.terms import Call, Slope, Symbol, Term
from fnnet.values.errors import UsageError
from fnnet.values.keys import Key
from fnnet.values.record import frozen

Loss: TypeAlias = HalfSquaredError | MeanSquaredError | SigmoidCrossEntropy | SoftmaxCrossEntropy

#: The losses made of squares, which take any outputs; the others take logits.
SQUARES = (HalfSquaredError, MeanSquaredError)

#: Layers that do nothing in use, and those that prepare the input.
RESTING = (Dropout, GaussianNoise, RandomShift)
PREPARING = (Scale, Standardize, Flatten)


@final
@frozen
class Level:
    """A layer of units: its Affine layer, its activation as the course writes it, and the places of both.

    There is no ``function`` for a weighted sum alone; ``slope`` is that of leaky to the left of 0. ``affine`` and
    ``output`` count the layers of the flattened network.
    """

    layer: Affine
    function: Function | None
    slope: float
    affine: int
    output: int

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


def board(net: Params, loss: Loss, limit: int) -> Board:
    """The network in levels, for training under this loss.

    Raises UsageError, naming it, for a layer or loss that the course's letters can't say, and for more units than
    ``limit``.

    >>> from fnnet import Sigmoid
    >>> net = (Affine([[1.0, 2.0], [3.0, 4.0]], [0.0, 0.0]), Sigmoid(), Affine([[1.0], [2.0]], [0.0]))
    >>> board(net, HalfSquaredError([[1.0]]), 32).sizes
    (2, 2, 1)
    """
    names = [f"layer {place} ({describe(layer)})" for place, layer in layers_of(net)]
    layers = tuple(layer for _, layer in layers_of(net))
    working = [n for n, layer in enumerate(layers) if not _rests(layer, names[n])]
    kinds = [type(layers[n]) for n in working]
    many = _leading(kinds)
    first, behind = working[:many], working[many:]
    _check(kinds[many:], [names[n] for n in behind])
    softmax = kinds[-1] is Softmax
    network = Board(layers, tuple(layers[n] for n in first), tuple(_levels(layers, behind)), softmax)
    check_size(network.sizes, limit)
    _check_loss(loss, softmax)
    check_outputs(softmax or type(loss) is SoftmaxCrossEntropy, network.sizes[-1])
    return network


def _check_loss(loss: Loss, softmax: bool) -> None:
    if type(loss) not in get_args(Loss):
        *names, last = (known.__name__ for known in get_args(Loss))
        raise UsageError(f"a traced loss must be {', '.join(names)} or {last}, got {type(loss).__name__}")
    if getattr(loss, "weights", None) is not None:
        raise UsageError("a traced loss can't have weights of examples; leave them out")
    if getattr(loss, "unit", 1.0) != 1.0:
        raise UsageError(f"a traced loss must measure errors as they are, got a unit of {getattr(loss, 'unit', 1.0):g}")
    if softmax and type(loss) not in SQUARES:
        raise UsageError(f"{type(loss).__name__} takes logits: leave the Softmax layer before it out")


def check_outputs(softmax: bool, outputs: int) -> None:
    """Raise UsageError for a softmax of one output, which is 1, and its slopes 0, whatever the weights."""
    if softmax and outputs == 1:
        raise UsageError(
            "a softmax of one output is always 1, with nothing to learn: give the network an output for each class, "
            "or take the loss for a yes or no, SigmoidCrossEntropy (--loss sigmoid)"
        )


def check_size(sizes: tuple[int, ...], limit: int) -> None:
    """Raise UsageError for more units than ``limit``."""
    many = sum(sizes)
    if many > limit:
        raise UsageError(
            f"a network of {many} units ({'-'.join(map(str, sizes))}) makes too long a table: the limit is {limit}, "
            f"inputs and outputs counted; to have it all the same say limit={many}, or --max-units {many}"
        )


def _rests(layer: Layer, name: str) -> bool:
    """Whether a layer does nothing; a random one in training mode is refused."""
    if isinstance(getattr(layer, "key", None), Key):
        raise UsageError(f"{name} is in training mode; trace the network as stored")
    return isinstance(layer, RESTING)


def _leading(kinds: list[type]) -> int:
    """How many layers at the beginning prepare the input, each kind once."""
    return next((i for i, kind in enumerate(kinds) if kind not in PREPARING or kind in kinds[:i]), len(kinds))


def _check(kinds: list[type], names: list[str]) -> None:
    """Refuse what is no Affine layer, nor one activation after it, nor a Softmax after the last."""
    for i, kind in enumerate(kinds):
        ends = kind in ACTIVATION_OF or (kind is Softmax and i == len(kinds) - 1)
        if kind is not Affine and not (ends and i > 0 and kinds[i - 1] is Affine):
            raise UsageError(f"{names[i]} can't be traced: {_reason(kind)}")
    if not kinds:
        raise UsageError("a network must have an Affine layer to be traced, and this one has none")


def _levels(layers: tuple[Layer, ...], working: list[int]) -> Iterator[Level]:
    for n, after in pairwise((*working, working[-1])):
        layer, function = layers[n], ACTIVATION_OF.get(type(layers[after]))
        if isinstance(layer, Affine):
            last = after if function else n
            yield Level(layer, function, getattr(layers[last], "slope", 0.0), n, last)


def _reason(kind: type) -> str:
    if kind in ACTIVATION_OF:
        return "an activation must stand after an Affine layer"
    if kind in PREPARING:
        return "it may only stand at the beginning, and once, where it prepares the input"
    if kind is Softmax:
        return "it may only stand at the end, after an Affine layer"
    activations = ", ".join(layer.__name__ for layer in ACTIVATION_OF)
    return f"a trace knows Affine, {activations}, and a Softmax at the end"
