"""The fold of `backward` with the gradient of each example apart: one forward, one backward, N gradients."""

from typing import Any, TypeVar

import numpy as np

from fnnet.network.folds import Params, backward, first_with_params, unwind
from fnnet.values.array import Array, freeze
from fnnet.values.tree import has_params, map_params

P = TypeVar("P", bound=Params)


def per_example_grads(params: P, caches: Any, dout: Any) -> P:
    """The gradients of `gradients`, but of each example apart: every array has an axis of N examples in front.

    Their sum over that axis is what `gradients` gives, so with a loss that averages, each is the example's share of
    the batch gradient: 1 / N of the gradient of its own loss. They come from the caches of one forward, by one
    backward; no dx is computed to the left of the first layer that has parameters.

    Memory: N times the parameters. For a batch of 128 and the 203,530 parameters of 784-256-10 in float32 that is
    104 MB; see `who_moved` for one number of many examples.

    A layer offers ``per_example(cache, dout)``, or has no parameters. A layer of your own without the method is
    asked N times for its backward, each time with the dout of one example and zeros for the others. A layer without
    parameters is asked once, and trusted to keep the batch law of `check_laws`.

    Raises ValueError, with the layer's place as a note, for a layer in which the examples of a batch see each other,
    such as BatchNorm in training mode: there no example has a gradient of its own.

    >>> from fnnet import Affine, MeanSquaredError, forward
    >>> net, loss = (Affine([[1.0]], [0.0]),), MeanSquaredError([[0.0], [0.0]])
    >>> value, caches = forward((net, loss), np.array([[1.0], [3.0]]))
    >>> grads, _ = per_example_grads((net, loss), caches, 1.0)
    >>> grads[0].W.ravel(), grads[0].b.ravel()
    (array([1., 9.]), array([1., 3.]))
    """
    if not isinstance(params, tuple):
        return per_example(params, caches, dout)[1]
    first = first_with_params(params)
    return tuple(unwind(per_example, params, caches, dout, first)[1])  # type: ignore[return-value]  # as in backward


def per_example(params: P, caches: Any, dout: Any) -> tuple[Any, P]:
    """`backward`, with the gradient of each example apart: dx, and what `per_example_grads` gives."""
    if isinstance(params, tuple):
        dout, grads = unwind(per_example, params, caches, dout)
        return dout, tuple(grads)  # type: ignore[return-value]  # as in backward
    if hasattr(params, "per_example"):
        return params.per_example(caches, dout)  # type: ignore[no-any-return]  # a layer's own method
    return _one_by_one(params, caches, dout) if has_params(params) else backward(params, caches, dout)


def _one_by_one(layer: Any, cache: Any, dout: Array) -> tuple[Array, Any]:
    """The gradients of a layer without the method: backward is linear in dout, so each row of it is asked alone.

    A cache can't be taken apart without knowing the layer, so all of it is given each time. What row n of dout does
    to another row of dx than n shows that the examples see each other.
    """
    found = []
    for n in range(len(dout)):
        alone = np.zeros_like(dout)
        alone[n] = dout[n]
        dx, grads = layer.backward(cache, freeze(alone))
        if np.any(np.delete(dx, n, axis=0)):
            raise ValueError(_MIXED.format(type(layer).__name__))
        found.append(grads)
    return layer.backward(cache, dout)[0], map_params(lambda *of_each: np.stack(of_each), *found)


_MIXED = "in {} the examples of a batch see each other, so none has a gradient of its own"
