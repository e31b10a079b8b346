"""The training step of a plain network, fused: the same bits as the clear form, in half the time.

Plain is a tuple of Affine layers and of layers in which nothing is trained, with a loss of fnnet's own and an
optimizer that treats every number alike. What is saved: records of gradients that nobody sees, arrays that can be
written over because they are ours alone, and a pass over each small parameter, since all lie in one flat array. That
array is made anew at each step, so states stay values; only the gradient's is used again.
"""

import math
from collections.abc import Callable
from typing import Any, final

import numpy as np

from fnnet.layers.affine import Affine
from fnnet.learning.arguments import Arguments
from fnnet.learning.clear import Learn, unchecked
from fnnet.losses import SoftmaxCrossEntropy, is_own
from fnnet.optimizers import OptimizerState
from fnnet.optimizers.base import decayed, elementwise, flushed
from fnnet.optimizers.schedules import rate
from fnnet.values.array import Array, freeze
from fnnet.values.keys import Key
from fnnet.values.numeric import ones, row_max
from fnnet.values.record import frozen, kept_fields, replace
from fnnet.values.tree import params_of

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
        """The parameters of a network of this layout, copied into one array."""
        flat: Array = np.concatenate([a.ravel() for a in params_of(net)])
        return flat

    def views(self, flat: Array) -> list[tuple[int, Array, Array]]:
        """Each Affine layer's number, W and b, as views of the array."""
        return [(i, flat[a:b].reshape(shape), flat[b:c]) for i, a, b, c, shape in self.places]

    def tree(self, net: Any, flat: Array) -> Any:
        """The network with its parameters replaced by views of a read-only array."""
        flat = flat if flat.base is None else freeze(flat.copy())  # the base of a view is the array that owns memory
        layers = list(net)
        for i, W, b in self.views(flat):
            layers[i] = replace(layers[i], W=W, b=b)
        return tuple(layers)


def fuse(args: Arguments, net: Any) -> Learn | None:
    """The fused step of a plain network; None for any other.

    It takes a network and moments whose arrays are views of flat ones, as `laid_out` makes them, and gives such.
    """
    if not _is_plain(args, net):
        return None
    layout = Layout.of(net)
    first = layout.places[0][0]
    gradient = np.empty(layout.size, args.dtype)
    backward = _backward(net, {i: (dW, db) for i, dW, db in layout.views(gradient)})
    measure = _softmax_cross_entropy if _of_classes(args, net) else _by(unchecked(args.loss))
    noisy = [i for i, layer in enumerate(net) if hasattr(layer, "training")]
    metric = args.metric
    optimizer: Any = args.optimizer  # whose step is `elementwise`, so that it has a rule

    def learn(
        params: Any, state: OptimizerState, noise: Key | None, x: Array, y: Array, weights: Array | None
    ) -> tuple[Any, float | None, Any, OptimizerState]:
        layers = params
        if noise is not None:
            layers = list(params)
            for i in noisy:
                layers[i] = layers[i].training(noise._replace(layer=i))
        outputs, caches = _forward(layers, x)
        figure = None if metric is None else float(metric(outputs, y))  # before the outputs are written over
        value, dout = measure(outputs, y)
        if not math.isfinite(value):
            return value, None, params, state
        backward(layers, caches, dout)
        lr = rate(optimizer.lr, state.step)
        p, *moments = [tree[first].W.base for tree in (params, *state.moments)]
        p, g = _decayed(optimizer, lr, layout, p, gradient)
        p, *moments = flushed(optimizer.rule(lr, state.step)(p, g, *moments), state.step)
        trees = tuple([layout.tree(old, a) for old, a in zip(state.moments, moments, strict=True)])
        return value, figure, layout.tree(params, p), OptimizerState(state.step + 1, trees)

    return learn


def laid_out(params: Any, state: OptimizerState) -> tuple[Any, OptimizerState]:
    """A plain network and the state of its optimizer, the arrays of each being views of one flat array."""
    layout = Layout.of(params)
    net, *moments = (layout.tree(tree, freeze(layout.flat(tree))) for tree in (params, *state.moments))
    return net, OptimizerState(state.step, tuple(moments))


def _decayed(optimizer: Any, lr: float, layout: Layout, p: Array, g: Array) -> tuple[Array, Array]:
    """The flat p and g with the weight decay in one of them, where there is any."""
    if not optimizer.weight_decay:
        return p, g
    both = zip(layout.views(p), layout.views(g), strict=True)
    pairs = [
        decayed(optimizer, lr, *pair) for (_, *here), (_, *there) in both for pair in zip(here, there, strict=True)
    ]
    p, g = (np.concatenate([a.ravel() for a in part]) for part in zip(*pairs, strict=True))
    return p, g


def _is_plain(args: Arguments, net: Any) -> bool:
    return (
        isinstance(net, tuple)
        and any(map(_is_affine, net))
        and all(_is_affine(layer) or _is_untrained(layer) for layer in net)
        and not args.absorbs
        and is_own(args.loss)
        and args.weights is None
        and getattr(type(args.optimizer), "step", None) is elementwise
    )


def _is_affine(layer: Any) -> bool:
    return type(layer) is Affine and layer.W.ndim == 2 and layer.b.shape == layer.W.shape[1:]


def _is_untrained(layer: Any) -> bool:
    return not isinstance(layer, tuple) and all(kind == "buffer" for _, kind in kept_fields(type(layer)))


def _of_classes(args: Arguments, net: Any) -> bool:
    """Whether the loss is that of class indices by logits, which come from an Affine layer, so that they are ours."""
    return args.loss is SoftmaxCrossEntropy and args.y.ndim == 1 and type(net[-1]) is Affine


def _by(make: Callable[[Array], Any]) -> Callable[[Array, Array], tuple[Any, Array]]:
    """What finds a loss, which is made of targets, and its gradient by the outputs (N, K)."""

    def measure(outputs: Array, targets: Array) -> tuple[Any, Array]:
        loss = make(targets)
        value, cache = loss.forward(freeze(outputs))
        return value, loss.backward(cache, 1.0)[0] if math.isfinite(value) else outputs

    return measure


def _forward(layers: Any, x: Array) -> tuple[Array, list[Any]]:
    """The outputs, which are nobody's but ours where the last layer is Affine, and the caches."""
    caches = []
    for layer in layers:
        if type(layer) is Affine:
            caches.append(x)
            x = np.dot(x, layer.W)
            x += layer.b
        else:
            x.setflags(False)  # type: ignore[call-arg]  # as in freeze
            x, cache = layer.forward(x)
            caches.append(cache)
    return x, caches


def _softmax_cross_entropy(z: Array, labels: Array) -> tuple[Any, Array]:
    """The mean cross-entropy of logits z (N, K), and its gradient, which is written over them."""
    examples, classes = z.shape
    places = np.arange(0, examples * classes, classes)
    places += labels
    z -= row_max(z)[:, None]
    losses = z.take(places)
    np.exp(z, out=z)
    total = np.dot(z, ones(classes, z.dtype))
    z /= total[:, None]
    losses -= np.log(total, out=total)
    z.reshape(-1)[places] -= 1
    z *= 1.0 / examples
    return -(np.add.reduce(losses) / examples), z


def _backward(net: Any, grads: dict[int, tuple[Array, Array]]) -> Callable[[Any, list[Any], Array], None]:
    """What writes the gradients of the Affine layers into their arrays."""
    first, dtype = min(grads), grads[min(grads)][0].dtype

    def backward(layers: Any, caches: list[Any], dout: Array) -> None:
        for i in range(len(net) - 1, first - 1, -1):
            if i in grads:
                dW, db = grads[i]
                np.dot(caches[i].T, dout, out=dW)
                np.dot(ones(len(dout), dtype), dout, out=db)
                dout = np.dot(dout, layers[i].W.T) if i > first else dout
            else:
                dout, _ = layers[i].backward(caches[i], dout)

    return backward
