"""Which training examples pushed a weight: one number of the gradient, taken apart by example."""

import re
from collections.abc import Iterator
from typing import Any, final

import numpy as np

from fnnet.network.chunks import cast, held, inputs, predict
from fnnet.network.folds import Params, backward, forward
from fnnet.network.modes import parts_of
from fnnet.network.per_example import per_example
from fnnet.network.shapes import describe, layers_of, summarize
from fnnet.values.array import Array, freeze
from fnnet.values.keys import Key, Purpose, generator, key
from fnnet.values.record import frozen
from fnnet.values.tree import dtype_of, leaves

#: How many numbers of gradients are held at a time, about 80 MB in float64.
HELD = 10_000_000


@final
@frozen
class Push:
    """What one example did to a weight.

    ``push`` is its part of the gradient, with its sign: a step of gradient descent moves the weight by ``-lr`` times
    the sum of all pushes. ``share`` is its size over the sum of all sizes. ``index`` counts from 0, as x does.
    """

    index: int
    push: float
    share: float


def who_moved(net: Params, loss: Any, x: Any, weight: str) -> tuple[Push, ...]:
    """The examples of x (N, ...), ranked by how hard each pushes one weight, the hardest first.

    ``weight`` is a path of `leaves` with the place of the number in its array, such as ``0.W[1,2]``; the place may be
    left out where there is only one. ``net`` is the network as stored, which is the mode of use. It comes from one
    backward pass, in portions: the gradients of no more than ten million numbers are held at a time.

    Raises ValueError for a path or place that is not there, x that does not fit, and a network in training mode.

    >>> from fnnet import Affine, MeanSquaredError
    >>> net = (Affine([[1.0]], [0.0]),)
    >>> for push in who_moved(net, MeanSquaredError([[0.0], [4.0]]), [[1.0], [3.0]], "0.W"):
    ...     print(push)
    Push(index=1, push=-3.0, share=0.75)
    Push(index=0, push=1.0, share=0.25)
    """
    x = held(inputs(net, x), dtype_of(net))
    path, place = _number(leaves(net), weight)
    _stored(net)
    summarize(net, x.shape[1:])
    x = cast(x, dtype_of(net))
    _apart(net, x[:2])
    logits = predict(net, x)
    dout = loss.backward(loss.forward(logits)[1], 1.0)[0]
    every: Any = (slice(None), *place)
    pushes = np.concatenate([found[every] for found in _portions(net, x, dout, path)])
    sizes = np.abs(pushes.astype(float))
    total = float(sizes.sum()) or 1.0
    order = np.argsort(-sizes, kind="stable")
    return tuple(Push(int(i), float(pushes[i]) + 0.0, float(sizes[i]) / total) for i in order)


def _portions(net: Any, x: Array, dout: Array, path: str) -> Iterator[Array]:
    """The gradients (n, ...) of one array, for a portion of the examples after the other."""
    size = max(1, HELD // leaves(net)[path].size)
    for start in range(0, len(x), size):
        part = slice(start, start + size)
        _, caches = forward(net, x[part])
        yield _of_array(net, caches, dout[part], path)


def _of_array(net: Any, caches: Any, dout: Array, path: str) -> Array:
    """The gradients of each example in one array: no others are made, which would take as much memory each."""
    if not isinstance(net, tuple):
        return leaves(per_example(net, caches, dout)[1])[path]
    head, rest = path.split(".", 1)
    i = int(head)
    dout, _ = backward(net[i + 1 :], caches[i + 1 :], dout)
    return _of_array(net[i], caches[i], dout, rest)


def _number(arrays: dict[str, Array], weight: str) -> tuple[str, tuple[int, ...]]:
    """The path and the place that ``weight`` names."""
    said = re.fullmatch(r"([^\[\]]+)(?:\[([\d,\s]+)\])?", weight)
    if said is None or said[1] not in arrays:
        raise ValueError(f"weight must be one of {', '.join(arrays)}, and a place in it such as [0,1], got {weight!r}")
    shape = arrays[said[1]].shape
    place = tuple(int(part) for part in said[2].split(",")) if said[2] else (0,) * len(shape)
    inside = len(place) == len(shape) and all(i < size for i, size in zip(place, shape, strict=True))
    if not inside or (not said[2] and arrays[said[1]].size != 1):
        last = ",".join(str(size - 1) for size in shape)
        raise ValueError(
            f"weight must name one number: from {said[1]}[{','.join('0' * len(shape))}] to {said[1]}[{last}], "
            f"got {weight!r}"
        )
    return said[1], place


def _apart(net: Params, x: Array) -> None:
    """Raise ValueError where examples see each other, in any layer: put two of them to all of the network."""
    y, caches = forward(net, x)
    dout = generator(key(0, Purpose.CHECK, step=6)).standard_normal(y.shape).astype(y.dtype)
    per_example(net, caches, freeze(dout))


def _stored(net: Params) -> None:
    for place, layer in layers_of(net):
        if _has_key(layer):
            raise ValueError(f"layer {place} ({describe(layer)}) is in training mode; give the network as stored")


def _has_key(layer: Any) -> bool:
    """Whether a random layer, or one inside it, has been given its key for a training step."""
    if isinstance(layer, tuple):
        return any(map(_has_key, layer))
    return isinstance(getattr(layer, "key", None), Key) or any(map(_has_key, parts_of(layer)))
