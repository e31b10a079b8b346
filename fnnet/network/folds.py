"""The two folds: a network is a tuple of layers, run from the left and differentiated from the right.

Everything here takes a layer or a tuple of them, and a tuple of layers is itself a layer, so networks nest. No
layer is known by name: whatever has ``forward`` and ``backward`` joins in.
"""

from collections.abc import Callable, Generator
from typing import Any, Protocol, TypeAlias, TypeVar

from fnnet.values.array import Array
from fnnet.values.tree import has_params


class Layer(Protocol):
    """What a layer must offer: two pure methods. See ``docs/contract.md`` for the optional ones."""

    def forward(self, x: Array, /) -> tuple[Any, Any]:
        """``y`` and the least that backward needs, the cache."""

    def backward(self, cache: Any, dout: Any, /) -> tuple[Array, Any]:
        """``dx`` and the gradient of the parameters, a record of the layer's own class."""


Params: TypeAlias = Layer | tuple["Params", ...]
P = TypeVar("P", bound=Params)


def forward(params: Params, x: Array) -> tuple[Any, Any]:
    """Run a network on x (N, ...): its output and its caches, one for each layer.

    >>> import numpy as np
    >>> from fnnet import Affine, Sigmoid
    >>> y, caches = forward((Affine([[0.0], [1.0]], [0.0]), Sigmoid()), np.array([[5, 0]]))
    >>> y
    array([[0.5]])
    """
    if not isinstance(params, tuple):
        return params.forward(x)
    caches = []
    for i, layer in enumerate(params):
        try:
            x, cache = forward(layer, x) if isinstance(layer, tuple) else layer.forward(x)
        except Exception as error:
            note_place(error, i, layer)
            raise
        caches.append(cache)
    return x, tuple(caches)


def backward(params: P, caches: Any, dout: Any) -> tuple[Array, P]:
    """Differentiate a network: dx like x, and the gradients, in the shape of the network.

    >>> import numpy as np
    >>> from fnnet import Affine
    >>> net = (Affine([[2.0], [3.0]], [0.0]),)
    >>> y, caches = forward(net, np.array([[1.0, 10.0]]))
    >>> dx, grads = backward(net, caches, np.array([[1.0]]))
    >>> dx, grads[0].W.ravel()
    (array([[2., 3.]]), array([ 1., 10.]))
    """
    if not isinstance(params, tuple):
        return params.backward(caches, dout)
    dout, grads = unwind(backward, params, caches, dout)
    return dout, tuple(grads)  # type: ignore[return-value]  # a tuple of the same layers, which P cannot say


def unwind(
    back: Callable[[Any, Any, Any], tuple[Any, Any]], params: tuple[Any, ...], caches: Any, dout: Any, stop: int = 0
) -> tuple[Any, list[Any]]:
    """``back``, which is `backward` or of its kind, of each layer from the last down to number ``stop``.

    In the list of gradients the layers before it stand in for theirs.
    """
    grads: list[Any] = list(params)
    for i in range(len(params) - 1, stop - 1, -1):
        try:
            dout, grads[i] = back(params[i], caches[i], dout)
        except Exception as error:
            note_place(error, i, params[i])
            raise
    return dout, grads


def gradients(params: P, caches: Any, dout: Any) -> P:
    """The gradients of `backward` without dx, and without the work for it.

    No dx is computed at, or to the left of, the first layer that has parameters.

    >>> import numpy as np
    >>> from fnnet import Affine, MeanSquaredError
    >>> net, loss = (Affine([[2.0]], [0.0]),), MeanSquaredError([[0.0]])
    >>> value, caches = forward((net, loss), np.array([[1.0]]))
    >>> grads, _ = gradients((net, loss), caches, 1.0)
    >>> float(value), float(grads[0].b[0])
    (4.0, 4.0)
    """
    if not isinstance(params, tuple):
        return params.grads(caches, dout) if hasattr(params, "grads") else params.backward(caches, dout)[1]  # type: ignore[no-any-return]  # as P
    first = first_with_params(params)
    if first == len(params):
        return params
    dout, grads = unwind(backward, params, caches, dout, first + 1)
    try:
        grads[first] = gradients(params[first], caches[first], dout)
    except Exception as error:
        note_place(error, first, params[first])
        raise
    return tuple(grads)  # type: ignore[return-value]  # as in backward


def first_with_params(params: tuple[Any, ...]) -> int:
    """The number of the first layer in which anything is trained, or of the layers where there is none."""
    return next((i for i, layer in enumerate(params) if has_params(layer)), len(params))


def note_place(error: Exception, i: int, layer: Any) -> None:
    """Add to an error the place of the layer that raised it."""
    name = f"a tuple of {len(layer)}" if isinstance(layer, tuple) else repr(layer)
    error.add_note(f"in layer {i}, {name}")


def backward_trace(params: Params, caches: Any, dout: Any) -> Generator[tuple[Any, Any], None, Any]:
    """`backward` as a scan: for each layer of the flattened network, from the right, ``(dout, grads)``.

    ``dout`` is the gradient in the layer's output and ``grads`` the one in its parameters. The generator's return
    value is dx.
    """
    if not isinstance(params, tuple):
        dx, grads = params.backward(caches, dout)
        yield dout, grads
        return dx
    for layer, cache in zip(reversed(params), reversed(caches), strict=True):
        dout = yield from backward_trace(layer, cache, dout)
    return dout
