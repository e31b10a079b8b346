"""Builders of well-known networks: tuples of layers, ready to train."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, final

import numpy as np
from numpy.typing import DTypeLike

from fnnet.layers import GELU, Affine, BatchNorm, Dropout, LeakyReLU, ReLU, Sigmoid, Tanh
from fnnet.network.folds import Layer
from fnnet.telling.slips import mended
from fnnet.values.errors import UsageError
from fnnet.values.initial import Init
from fnnet.values.keys import Purpose, key
from fnnet.values.record import frozen


@final
@frozen
class Activation:
    """What is known of an activation: its layer, and the initialization that keeps the variance of the signal."""

    layer: Callable[[], Layer]
    init: Init = "glorot"


#: The activations by the names that the command line uses.
ACTIVATIONS = {
    "sigmoid": Activation(Sigmoid),
    "tanh": Activation(Tanh),
    "relu": Activation(ReLU, "he"),
    "leaky-relu": Activation(LeakyReLU, "he"),
    "gelu": Activation(GELU, "he"),
}


def mlp(
    sizes: Sequence[int],
    activation: Layer = Sigmoid(),  # noqa: B008  # a frozen record is safe as a default
    *,
    seed: int = 0,
    first: Sequence[Layer] = (),
    init: Init | None = None,
    dropout: float = 0.0,
    batch_norm: bool = False,
    dtype: DTypeLike = np.float32,
) -> tuple[Any, ...]:
    """A multilayer perceptron: an Affine layer between neighbouring sizes, an activation between Affine layers.

    It gives logits; close it with a loss to train it. ``first`` are layers to stand before it. Each weight matrix
    has its own key, by its place. Where ``init`` is not given, "he" goes with the ReLU family and "glorot" with the
    others. Raises ValueError for fewer than two sizes.

    >>> mlp([2, 8, 2])
    (Affine(W=f4[2,8], b=f4[8]), Sigmoid(), Affine(W=f4[8,2], b=f4[2]))
    """
    _check_activation(activation)
    if len(sizes) < 2:
        raise ValueError(f"sizes must name the inputs and the outputs at least, got {list(sizes)}")
    net: list[Layer] = list(first)
    chosen = init or _init_for(activation)
    for inputs, outputs in pairwise(sizes[:-1]):
        net.append(Affine.init(key(seed, Purpose.INITIALIZATION, layer=len(net)), inputs, outputs, chosen, dtype))
        net += [BatchNorm.init(outputs, dtype)] if batch_norm else []
        net.append(activation)
        net += [Dropout(dropout)] if dropout else []
    last = key(seed, Purpose.INITIALIZATION, layer=len(net))
    return (*net, Affine.init(last, sizes[-2], sizes[-1], init or "glorot", dtype))


def _check_activation(activation: Any) -> None:
    """Raise UsageError, saying what to use, for a name or a class in the place of a layer."""
    if isinstance(activation, type):
        raise UsageError(f"activation must be a layer, got {mended(activation)}")
    if not hasattr(activation, "forward"):
        meant = ACTIVATIONS.get(str(activation).lower(), ACTIVATIONS["relu"]).layer
        raise UsageError(f"activation must be a layer, got {activation!r}; use one such as {type(meant()).__name__}()")


def _init_for(activation: Layer) -> Init:
    """The initialization that goes with an activation; "glorot" with one that is not in the table."""
    return next((known.init for known in ACTIVATIONS.values() if known.layer is type(activation)), "glorot")
