"""What is the same in every epoch is done ahead: the first layers fill, scale and unfold all rows of a table once."""

from itertools import takewhile
from typing import Any, final

import numpy as np

from fnnet.layers import Flatten, Scale, Standardize
from fnnet.learning.state import State
from fnnet.network.chunks import cast, held
from fnnet.network.folds import forward
from fnnet.network.shapes import summarize
from fnnet.tables import Impute, OneHot
from fnnet.values.array import Array
from fnnet.values.record import frozen, replace
from fnnet.values.tree import dtype_of

#: Layers that are not trained and take each row by itself, to the same bits whatever rows stand beside it.
PREPARING = (Flatten, Impute, OneHot, Scale, Standardize)

#: The most bytes that rows may take when they have been prepared; where they would take more, each batch is.
MOST = 2**26


@final
@frozen
class Done:
    """``y = x``: it stands where a layer did whose work is done, so that all others keep their places."""

    def forward(self, x: Array) -> tuple[Array, None]:
        """x itself."""
        return x, None

    def backward(self, cache: None, dout: Array) -> tuple[Array, "Done"]:
        """dout itself."""
        return dout, self


def preparing(net: tuple[Any, ...], x: Array) -> tuple[Any, ...]:
    """The first layers of a network, those that can be applied ahead to all of x; none where that takes much memory.

    >>> from fnnet import Affine, Dropout
    >>> preparing((Scale(0.5), Dropout(0.1), Affine([[1.0]], [0.0])), np.ones((2, 1)))
    (Scale(factor=0.5),)
    """
    first = tuple(takewhile(lambda layer: isinstance(layer, PREPARING), net))
    numbers = len(x) * int(np.prod(summarize(first, x.shape[1:])[-1].output)) if first else 0
    return first if numbers * dtype_of(net).itemsize <= MOST else ()


def prepared(first: tuple[Any, ...], x: Array, dtype: np.dtype[Any]) -> Array:
    """What comes out of the first layers, in the dtype of the network."""
    y: Array = forward(first, cast(held(x, dtype), dtype))[0] if first else x
    return y


def put(layers: tuple[Any, ...], state: State) -> State:
    """The state with other first layers, in its network and in all that is like it."""

    def headed(net: Any) -> Any:
        return (*layers, *net[len(layers) :]) if net else net

    optimizer = replace(state.optimizer, moments=tuple(map(headed, state.optimizer.moments)))
    return replace(state, params=headed(state.params), optimizer=optimizer, best=headed(state.best))
