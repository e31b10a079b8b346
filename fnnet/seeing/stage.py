"""Which part of a network is shown by formulas and computed anew on the page, and what has happened to rows before."""

from collections.abc import Callable
from typing import Any, final

from fnnet.layers import Dropout, Flatten, Scale, Standardize, Unstandardize
from fnnet.losses import MeanSquaredError
from fnnet.network.folds import forward
from fnnet.network.modes import training
from fnnet.network.shapes import describe, layers_of
from fnnet.tables import Impute, OneHot
from fnnet.teaching.board import RESTING, Board, board
from fnnet.values.array import Array
from fnnet.values.errors import UsageError
from fnnet.values.keys import Key
from fnnet.values.record import frozen, replace
from fnnet.values.tree import has_params

#: Layers that the page applies to a row itself, so that the row is shown as it came, and can be changed.
PREPARING = (Flatten, Impute, OneHot, Scale, Standardize)

#: Those of them that have no formula in the course's letters.
UNWRITTEN = (Impute, OneHot)

#: No network is too large for a page.
ENDLESS = 2**62


@final
@frozen
class Stage:
    """A network as the page shows it, with its layers in one row, however they were nested.

    The layers before ``begin`` have been applied to each row: they draw at random, or the page does not know them.
    The page itself applies the layers up to ``written``, and from there on the ``board`` has the formulas, which is
    None with a reason ``why`` where they can't be written. ``unit`` are the mean and the deviation of what is
    predicted, where it is a number.
    """

    begin: int
    written: int
    board: Board | None
    why: str
    unit: tuple[float, float] | None

    def shown(self, net: Any) -> tuple[Any, ...]:
        """The layers that the board has the formulas of."""
        last = -1 if self.unit else None
        return flat(net)[self.written : last]

    def prepares(self, net: Any) -> tuple[Any, ...]:
        """The layers that the page applies to a row before the formulas begin."""
        return flat(net)[self.begin : self.written]

    def come(self, net: Any, x: Array, noise: Key | None = None) -> Array:
        """Rows as they come to the page; with a key as the training step with this key has drawn them."""
        moved = net if noise is None else training(net, noise)
        y: Array = forward(flat(moved)[: self.begin], x)[0] if self.begin else x
        return y

    def changes(self, net: Any) -> bool:
        """Whether rows come to the page as something else than they were: not only drawn at random."""
        return not all(isinstance(layer, RESTING) for layer in flat(net)[: self.begin])

    def targets(self, y: Array) -> Array:
        """The targets in the measure of the board's last units."""
        return (y.reshape(len(y), -1) - self.unit[0]) / self.unit[1] if self.unit else y


def flat(net: Any) -> tuple[Any, ...]:
    """The layers of a network in one row, however they are nested."""
    return tuple(layer for _, layer in layers_of(net))


def stage(net: Any, make: Callable[..., Any], y: Array) -> Stage:
    """How the page shows a network, trained by the losses that ``make`` makes of targets such as y.

    >>> import numpy as np
    >>> from fnnet import Affine, SoftmaxCrossEntropy
    >>> net = (Scale(0.5), Affine([[1.0, 2.0]], [0.0, 0.0]))
    >>> stage(net, SoftmaxCrossEntropy, np.array([0, 1])).board.sizes
    (1, 2)
    """
    layers = flat(net)
    trained = next((i for i, layer in enumerate(layers) if has_params(layer)), len(layers))
    begin = max((i + 1 for i in range(trained) if not _known(layers, i, trained)), default=0)
    prepared = [i + 1 for i in range(begin, trained) if isinstance(layers[i], UNWRITTEN)]
    written = max(prepared, default=begin)
    loss = make(y[:1])
    unit = _unit(layers, loss)
    try:
        _check(layers[written:])
        shown = layers[written:-1] if unit else layers[written:]
        return Stage(begin, written, board(shown, replace(loss, unit=1.0) if unit else loss, ENDLESS), "", unit)
    except UsageError as error:
        return Stage(begin, written, None, str(error), None)


def _known(layers: tuple[Any, ...], place: int, trained: int) -> bool:
    """Whether the page knows one of the layers before the first trained one: dropout may stand right before that."""
    return isinstance(layers[place], PREPARING) or (isinstance(layers[place], Dropout) and place == trained - 1)


def _unit(layers: tuple[Any, ...], loss: Any) -> tuple[float, float] | None:
    """Mean and deviation of the targets, where the error is measured in the latter."""
    last = layers[-1]
    if isinstance(last, Unstandardize) and isinstance(loss, MeanSquaredError) and last.mean.size == 1:
        return float(last.mean[0]), float(last.deviation[0])
    return None


def _check(layers: tuple[Any, ...]) -> None:
    """Raise UsageError where dropout stands elsewhere than between two layers of units."""
    for before, layer, after in zip(layers, layers[1:], (*layers[2:], None), strict=False):
        if isinstance(layer, Dropout) and (not hasattr(after, "W") or hasattr(before, "W")):
            raise UsageError(
                f"{describe(layer)} can't be written: it must stand between an activation and an Affine layer"
            )
