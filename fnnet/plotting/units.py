"""What of a network is drawn: its layers of units, the names of what these meet, and what an example makes of them."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from fnnet.layers import Affine
from fnnet.network.folds import forward
from fnnet.network.shapes import layers_of
from fnnet.tables import Impute, OneHot, Schema
from fnnet.values.array import Array
from fnnet.values.errors import UsageError
from fnnet.values.tree import parts


def affine_layers(net: Any) -> list[Affine]:
    """The layers of a network that have units, also those that stand inside of others; UsageError for none."""
    found = list(_affine(net))
    if not found:
        raise UsageError("units are drawn, and this network has no Affine layer")
    return found


def _affine(net: Any) -> Iterator[Affine]:
    for _, layer in layers_of(net):
        if isinstance(layer, Affine):
            yield layer
        else:
            yield from (inner for _, part in parts(layer) for inner in _affine(part))


def is_plain(net: Any) -> bool:
    """Whether a network is layers of units one after the other, each meeting what the one before gives, and no other.

    >>> is_plain((Affine([[1.0, 2.0]], [0.0, 0.0]), Affine([[1.0], [2.0]], [0.0])))
    True
    """
    layers = [layer for _, layer in layers_of(net)]
    own = [layer for layer in layers if isinstance(layer, Affine)]
    inside = [layer for layer in layers if not isinstance(layer, Affine) and list(_affine(layer))]
    return bool(own) and not inside and all(a.W.shape[1] == b.W.shape[0] for a, b in pairwise(own))


def between(net: Any) -> list[str]:
    """What stands behind each layer of units before the next, by the names of the classes; of the last too."""
    names: list[list[str]] = []
    for _, layer in layers_of(net):
        if isinstance(layer, Affine):
            names.append([])
        elif names:
            names[-1].append(type(layer).__name__)
    return [", ".join(after) for after in names]


def values_of(net: Any, x: Any) -> list[Array]:
    """What one example x makes of a network: what the first units meet, and what comes of each layer of units."""
    found: list[Array] = []
    y: Array = np.asarray(x, float)[None]
    for _, layer in layers_of(net):
        if isinstance(layer, Affine):
            found.append(y[0])
        y = forward(layer, y)[0]
    return [*found, y[0]]


def input_names(net: Any, schema: Schema | None) -> list[str]:
    """The names of what the first units meet of a table: its columns, their categories, and where gaps were.

    >>> from fnnet.tables import Column
    >>> schema = Schema((Column("size"), Column("color", ("blue", "red"))), "price")
    >>> input_names((Impute([1.0, -1.0], (0,)), OneHot(((), (0, 1)))), schema)
    ['size', 'color: blue', 'color: red', 'size: gap']
    """
    if schema is None:
        return []
    names = list(schema.names)
    for _, layer in layers_of(net):
        if isinstance(layer, Affine):
            break
        if isinstance(layer, Impute):
            names += [f"{schema.names[i]}: gap" for i in layer.indicators]
        elif isinstance(layer, OneHot):
            names = [name for i, column in enumerate(names) for name in _unfolded(column, i, layer, schema)]
    return names


def _unfolded(name: str, i: int, layer: OneHot, schema: Schema) -> Sequence[str]:
    codes = layer.codes[i] if i < len(layer.codes) else ()
    return [f"{name}: {schema.columns[i].categories[code] or '(gap)'}" for code in codes] or [name]
