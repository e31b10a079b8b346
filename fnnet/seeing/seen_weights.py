"""The weights of a network as pictures: of each unit what it looks for in an image, or a table by the inputs' names.

Axis letters: I inputs, O units, C channels, H W pixels.
"""

from collections.abc import Sequence
from math import prod
from typing import Any, final

import numpy as np

from fnnet.datasets.grays import are_images
from fnnet.network.folds import first_with_params
from fnnet.network.shapes import describe, layers_of
from fnnet.tables import Impute, OneHot, Schema
from fnnet.values.array import Array, freeze
from fnnet.values.record import data, frozen

#: The most numbers of all pictures of a layer, the longest side of one, and the most rows and columns of a table.
PIXELS, SIDE, ROWS, COLUMNS = 2**18, 64, 100, 40


@final
@frozen
class Pictures:
    """Of the first of ``units`` units a picture each, ``values`` (O, C, H, W): the parameters themselves."""

    layer: str
    units: int
    values: Array = data()


@final
@frozen
class Heat:
    """The weights ``values`` (I, O) of the first inputs, called ``names``, to the first units, of so many of both."""

    layer: str
    inputs: int
    units: int
    names: tuple[str, ...]
    values: Array = data()


def first_weights(net: Any, shape: tuple[int, ...], schema: Schema | None = None) -> Pictures | Heat | None:
    """The weights of the first trained layer, for examples of this shape; None where it has no matrix W.

    >>> from fnnet import Affine, Flatten
    >>> first_weights((Flatten(), Affine(np.ones((4, 3)), np.zeros(3))), (2, 2)).values.shape
    (3, 1, 2, 2)
    """
    layers = [layer for _, layer in layers_of(net)]
    first = first_with_params(tuple(layers))
    W = getattr(layers[first], "W", None) if first < len(layers) else None
    if W is None or W.ndim not in (2, 4):
        return None
    if W.ndim == 4:
        return _pictures(layers[first], W)
    if are_images(shape) and prod(shape) == len(W):
        return _pictures(layers[first], W.T.reshape(-1, *(1, *shape)[-3:]))
    names = names_of_inputs(layers[:first], schema, len(W))
    return Heat(describe(layers[first]), len(W), W.shape[1], names[:ROWS], W[:ROWS, :COLUMNS])


def kernels(net: Any) -> tuple[Pictures, ...]:
    """The kernels (O, C, H, W) of each layer that has such, but for the first that is trained."""
    layers = tuple(layer for _, layer in layers_of(net))
    later = layers[first_with_params(layers) + 1 :]
    return tuple(_pictures(layer, layer.W) for layer in later if getattr(layer, "W", np.empty(0)).ndim == 4)


def _pictures(layer: Any, values: Array) -> Pictures:
    small = thinned(values)
    many = max(1, PIXELS // max(1, small[0].size))
    return Pictures(describe(layer), len(values), freeze(small[:many].copy()))


def thinned(images: Array) -> Array:
    """Images (..., H, W) with every n-th pixel alone, so that no side has more than 64.

    >>> thinned(np.zeros((1, 100, 64))).shape
    (1, 50, 32)
    """
    n = -(-max(images.shape[-2:]) // SIDE)
    return images[..., ::n, ::n]


def names_of_inputs(before: Sequence[Any], schema: Schema | None, many: int) -> tuple[str, ...]:
    """What so many units are called that come from a row of a table through these layers; else x_1, x_2, ...

    >>> from fnnet.tables import Column
    >>> schema = Schema((Column("size"), Column("color", ("blue", "red"))), "price")
    >>> names_of_inputs([OneHot(((), (0, 1)))], schema, 3)
    ('size', 'color = blue', 'color = red')
    """
    names = list(schema.names) if schema else []
    for layer in before if schema else ():
        if isinstance(layer, Impute):
            names += [f"{names[i]} is missing" for i in layer.indicators]
        if isinstance(layer, OneHot) and schema:
            names = _unfolded(names, layer, schema)
    return tuple(names) if len(names) == many else tuple(f"x_{i + 1}" for i in range(many))


def _unfolded(names: list[str], layer: OneHot, schema: Schema) -> list[str]:
    codes = [*layer.codes, *[()] * (len(names) - len(layer.codes))]
    return [each for i, name in enumerate(names) for each in _categories(name, codes[i], schema, i)]


def _categories(name: str, codes: tuple[int, ...], schema: Schema, place: int) -> list[str]:
    if not codes:
        return [name]
    texts = schema.columns[place].categories if place < len(schema.columns) else ()
    return [f"{name} = {texts[code]}" if 0 <= code < len(texts) else f"{name} is another" for code in codes]
