"""The letters of the course: which name a unit, a weight or an index has in a network of so many layers.

Up to three layers of weights have the lecture's own: f, u, g, v, h, w, y, with the indices k, j, i, m. A deeper
network numbers its layers: f_k are the inputs, g(1)_j the units of the first layer, u(1)_jk its weights, and so on.
An index above 9 makes a comma necessary: u_1,12.
"""

from typing import final

from fnnet.teaching.expression import Symbol
from fnnet.values.record import frozen

UNITS, WEIGHTS, INDICES = "fghy", "uvw", "kjim"
Index = int | str


@final
@frozen
class Letters:
    """The letters of a network with this many layers of weights, whose loss has this name."""

    layers: int
    loss: Symbol = Symbol("E")

    @property
    def deep(self) -> bool:
        """Whether letters run out."""
        return self.layers > len(WEIGHTS)

    def index(self, layer: int, seen_from: int) -> str:
        """The index that runs over the units of a layer, in a formula about another one or the same."""
        return "kji"[layer - seen_from + 1] if self.deep else INDICES[layer]

    def unit(self, layer: int, i: Index, value: float = 0.0) -> Symbol:
        """Unit i of a layer; layer 0 are the inputs f."""
        if self.deep and layer > 0:
            return Symbol("g", (i,), layer, value=value)
        return Symbol(UNITS[layer], (i,), value=value)

    def weight(self, layer: int, j: Index, k: Index, value: float = 0.0) -> Symbol:
        """The weight from unit k of the layer before to unit j of this one; k = 0 is the bias."""
        if self.deep:
            return Symbol("u", (j, k), layer, value=value)
        return Symbol(WEIGHTS[layer - 1], (j, k), value=value)

    def error(self, symbol: Symbol, value: float = 0.0) -> Symbol:
        """The derivative of the loss in what a symbol stands for."""
        return Symbol(symbol.letter, symbol.indices, symbol.layer, self.loss, value)
