"""What a network looks like from outside: each layer's output shape, parameters and bytes, found left to right.

The shapes are not guessed: one row of zeros is run through the network. So a wrong shape is found, and named by its
place, before training starts.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, final

import numpy as np

from fnnet.network.folds import Params
from fnnet.telling.slips import mended
from fnnet.values.errors import UsageError
from fnnet.values.record import frozen
from fnnet.values.tree import arrays, count_params, dtype_of, parts


@final
@frozen
class LayerShape:
    """One layer: its place ("0", "1", and "1.0" inside a nested tuple), name, output shape, and what it holds."""

    place: str
    name: str
    output: tuple[int, ...]
    params: int
    bytes: int


def describe(layer: Any) -> str:
    """The name of a layer and the shape of the first array that it holds.

    >>> from fnnet import Affine, Sigmoid
    >>> describe(Affine(np.zeros((784, 10)), np.zeros(10))), describe(Sigmoid())
    ('Affine 784x10', 'Sigmoid')
    """
    shapes = ["x".join(map(str, a.shape)) for a in arrays(layer).values()]
    return " ".join([type(layer).__name__, *shapes[:1]])


def layers_of(params: Params, place: str = "") -> Iterator[tuple[str, Any]]:
    """The layers of the flattened network with their places."""
    if not isinstance(params, tuple):
        yield place.rstrip(".") or "0", params
        return
    for i, layer in enumerate(params):
        yield from layers_of(layer, f"{place}{i}.")


#: How deep networks may be nested: what walks through one calls itself, and Python stops at a thousand calls.
DEEPEST = 100


def check_network(params: Any, *place: Any) -> None:
    """Raise UsageError, naming the place, unless this is a layer or a tuple of layers, nested at most 100 deep."""
    if len(place) > DEEPEST:
        raise UsageError(f"a network must be nested at most {DEEPEST} deep; put its layers into one tuple")
    if not isinstance(params, tuple) and (isinstance(params, type) or not hasattr(params, "forward")):
        what = f"layer {'.'.join(map(str, place))}" if place else "a network"
        raise UsageError(f"{what} must be a layer or a tuple of layers, got {mended(params)}")
    for name, part in parts(params):
        check_network(part, *place, name)


def summarize(params: Params, shape: tuple[int, ...]) -> list[LayerShape]:
    """A row for each layer, when one example has this shape (without the axis of examples).

    Raises UsageError, naming the layer by its place, where a layer can't take what the one before it gives.

    >>> from fnnet import Affine, Sigmoid
    >>> net = (Affine(np.zeros((2, 8)), np.zeros(8)), Sigmoid())
    >>> [(row.name, row.output) for row in summarize(net, (2,))]
    [('Affine 2x8', (8,)), ('Sigmoid', (8,))]
    """
    check_network(params)
    x = np.zeros((1, *shape), dtype_of(params))
    rows = []
    for place, layer in layers_of(params):
        with np.errstate(all="ignore"):  # the shape is wanted, and not what the zeros come to
            x = _run(layer, x, f"layer {place} ({describe(layer)})")
        size = sum(a.nbytes for a in arrays(layer).values())
        rows.append(LayerShape(place, describe(layer), x.shape[1:], count_params(layer), size))
    return rows


def fits(params: Params, x: Any) -> list[LayerShape]:
    """`summarize` for the examples of x (N, ...); UsageError, saying so, also where x is one without its axis."""
    try:
        return summarize(params, x.shape[1:])
    except UsageError as error:
        mistake = error
    with suppress(UsageError):
        summarize(params, x.shape)
        mistake = UsageError(f"x must be (N, ...), one example after the other, got one of {x.shape}; use x[None]")
    raise mistake


def _run(layer: Any, x: Any, name: str) -> Any:
    try:
        if hasattr(layer, "check"):
            layer.check(x.shape)
    except ValueError as error:
        raise UsageError(f"{name} {error}") from None
    try:
        return layer.forward(x)[0]
    except (ValueError, TypeError, IndexError) as error:
        shape = ", ".join(["N", *map(str, x.shape[1:])])
        raise UsageError(f"{name} cannot take x of ({shape}): {error}") from error
