"""All parameters of a plain network in one flat array: each layer's W and b are views of it.

So an optimizer goes over one array, and not over each of many small ones.
"""

from typing import Any, final

import numpy as np

from fnnet.array import Array
from fnnet.record import frozen, replace
from fnnet.tree import params_of

#: An Affine layer's number in the network, where W begins and b, where b ends, and the shape of W.
Place = tuple[int, int, int, int, tuple[int, int]]


@final
@frozen
class Layout:
    """Where the parameters of a network's Affine layers lie in a flat array of ``size`` numbers.

    >>> from fnnet import Affine, Sigmoid
    >>> net = (Affine([[1.0, 2.0]], [3.0, 4.0]), Sigmoid())
    >>> layout = Layout.of(net)
    >>> layout.flat(net), layout.tree(net, layout.flat(net)) == net
    (array([1., 2., 3., 4.]), True)
    """

    places: tuple[Place, ...]
    size: int

    @classmethod
    def of(cls, net: tuple[Any, ...]) -> "Layout":
        """The layout of a network whose only parameters are those of Affine layers."""
        places, start = [], 0
        for i, layer in enumerate(net):
            if params := params_of(layer):
                W, b = params
                middle, end = start + W.size, start + W.size + b.size
                places.append((i, start, middle, end, W.shape))
                start = end
        return cls(tuple(places), start)

    def flat(self, net: Any) -> Array:
        """The parameters of a network of this layout, as one array."""
        made: Array = np.concatenate([a.ravel() for a in params_of(net)])
        return made

    def views(self, flat: Array) -> list[tuple[int, Array, Array]]:
        """Each Affine layer's number, W and b, as views of the array."""
        return [(i, flat[a:b].reshape(shape), flat[b:c]) for i, a, b, c, shape in self.places]

    def tree(self, net: Any, flat: Array) -> Any:
        """The network with its parameters replaced by views of a read-only array."""
        layers = list(net)
        for i, W, b in self.views(flat):
            layers[i] = replace(layers[i], W=W, b=b)
        return tuple(layers)
