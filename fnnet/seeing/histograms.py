"""How a network's values and gradients are spread, layer by layer, at each of some moments of its training.

Axis letters: M moments, N examples, U units.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, final

import numpy as np

from fnnet.layers import ReLU, Sigmoid, Tanh
from fnnet.network.chunks import cast
from fnnet.network.folds import first_with_params, gradients
from fnnet.network.shapes import describe, layers_of
from fnnet.values.array import Array, freeze
from fnnet.values.record import data, frozen
from fnnet.values.tree import dtype_of, leaves

BINS = 24
#: The most training rows that are looked at, and the most moments.
SAMPLE, MOMENTS = 512, 60
#: A unit whose slope is below this for every row hardly learns.
FLAT = 1e-3
#: What is larger is counted as lost, with infinity and NaN: the range of a histogram has to be a number.
ENDLESS = 1e300

#: What a unit of a layer is called that hardly learns, and whether an output is of that kind.
QUIET: dict[type, tuple[str, Callable[[Array], Array]]] = {
    ReLU: ("dead", lambda y: y == 0),
    Sigmoid: ("saturated", lambda y: y * (1 - y) < FLAT),
    Tanh: ("saturated", lambda y: 1 - y * y < FLAT),
}


@final
@frozen
class Spread:
    """Histograms over time: ``counts`` (M, 24) in equal bins from ``low`` to ``high``, the same at every moment.

    ``lost`` (M,) counts what is in no bin because it is not finite.
    """

    low: float
    high: float
    counts: Array = data()
    lost: Array = data()


@final
@frozen
class Quiet:
    """Which units (M, U) hardly learn: "dead" are those that are 0 for every row, "saturated" those without a slope."""

    kind: str
    units: Array = data()


@final
@frozen
class LayerOverTime:
    """A layer at each moment: its outputs, the gradients of its parameters if it has any, and its quiet units."""

    place: str
    name: str
    outputs: Spread
    gradients: Spread | None
    quiet: Quiet | None


def over_time(nets: Sequence[Any], make: Callable[[Array], Any], x: Array, targets: Array) -> tuple[LayerOverTime, ...]:
    """The layers of a network at each moment, as it stands there, on these rows; gradients of the mean loss over them.

    The layers before the first that is trained are left out: what they give never changes. Layers that draw at random
    or use the batch in training are as they are in use.

    >>> from fnnet import Affine, MeanSquaredError
    >>> nets = [(Affine([[w]], [0.0]),) for w in (0.0, 24.0)]
    >>> [layer] = over_time(nets, MeanSquaredError, np.array([[0.0], [1.0]]), np.array([0.0, 1.0]))
    >>> layer.outputs.high, [np.flatnonzero(counts).tolist() for counts in layer.outputs.counts]
    (24.0, [[0], [0, 23]])
    """

    def moments() -> Iterator[list[tuple[Array, Array]]]:
        with np.errstate(all="ignore"):  # a run that has gone astray is shown as well
            yield from (_values(net, make(targets), x) for net in nets)

    layers = list(layers_of(nets[0]))
    begin = first_with_params(tuple(layer for _, layer in layers))
    ranges = _ranges(moments())
    counted: list[list[Any]] = [[] for _ in layers[begin:]]
    for values in moments():
        for (_, layer), at, ends, (y, grads) in zip(layers[begin:], counted, ranges, values, strict=True):
            at.append((*_counts(y, *ends[0]), *_counts(grads, *ends[1]), _quiet(layer, y)))
    found = zip(layers[begin:], ranges, counted, strict=True)
    return tuple(_layer(*named, ends, list(zip(*at, strict=True))) for named, ends, at in found)


def sample(many: int) -> Array:
    """Which of so many rows are looked at: all, or 512 that are spread evenly over them."""
    return freeze(np.linspace(0, many - 1, min(many, SAMPLE)).round().astype(np.intp))


def _values(net: Any, loss: Any, x: Array) -> list[tuple[Array, Array]]:
    """For each layer from the first that is trained: its outputs, and the gradients of its parameters in a row."""
    layers = tuple(layer for _, layer in layers_of(net))
    y, outputs, caches = cast(x, dtype_of(net)), [], []
    for layer in layers:
        y, cache = layer.forward(y)
        outputs.append(y)
        caches.append(cache)
    dout, _ = loss.backward(loss.forward(y)[1], 1.0)
    begin = first_with_params(layers)
    grads = gradients(layers, tuple(caches), dout)
    return [(y, _row(layer, grad)) for layer, y, grad in list(zip(layers, outputs, grads, strict=True))[begin:]]


def _row(layer: Any, grad: Any) -> Array:
    """All gradients of a layer's parameters in a row; none for a layer in which nothing is trained."""
    return np.concatenate([a.ravel() for a in leaves(grad).values()] or [np.empty(0)])


def _ranges(moments: Iterator[list[tuple[Array, Array]]]) -> list[list[tuple[float, float]]]:
    """For each layer the least and the largest of its outputs and of its gradients, over all moments."""
    ends = [[[_ends(a) for a in pair] for pair in values] for values in moments]
    return [[_joined(pairs) for pairs in zip(*layer, strict=True)] for layer in zip(*ends, strict=True)]


def _ends(a: Array) -> tuple[float, float]:
    held = _held(a)
    return (float(held.min()), float(held.max())) if held.size else (np.inf, -np.inf)


def _joined(ends: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """A range that holds all of these; where they are one number, 1 around it."""
    low, high = min(low for low, _ in ends), max(high for _, high in ends)
    if low > high:
        return 0.0, 1.0
    return (low, high) if high - low > 1e-12 * abs(high) else (low - 0.5, high + 0.5)


def _held(a: Array) -> Array:
    flat = a.ravel().astype(np.float64)
    held: Array = flat[np.abs(flat) < ENDLESS]
    return held


def _counts(a: Array, low: float, high: float) -> tuple[Array, int]:
    held = _held(a)
    return np.histogram(held, BINS, (low, high))[0], a.size - held.size


def _quiet(layer: Any, y: Array) -> Array | None:
    """Which units are quiet for every row; the units of (N, C, H, W) are its C channels."""
    if type(layer) not in QUIET:
        return None
    return np.asarray(QUIET[type(layer)][1](y).all(axis=(0, *range(2, y.ndim))))


def _layer(place: str, layer: Any, ends: Any, at: list[Any]) -> LayerOverTime:
    outputs, grads = (_spread(ends[i], at[2 * i : 2 * i + 2]) for i in (0, 1))
    quiet = Quiet(QUIET[type(layer)][0], np.stack(at[4])) if type(layer) in QUIET else None
    return LayerOverTime(place, describe(layer), outputs, grads if leaves(layer) else None, quiet)


def _spread(ends: tuple[float, float], at: list[Any]) -> Spread:
    low, high = ends
    return Spread(low, high, np.stack(at[0]), np.array(at[1]))
