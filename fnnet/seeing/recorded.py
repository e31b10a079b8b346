"""Networks whose formulas are not known: what comes out of each layer, and the gradients, as Python has them."""

from typing import Any

import numpy as np

from fnnet.network.chunks import cast
from fnnet.network.folds import backward_trace, forward
from fnnet.network.modes import training
from fnnet.network.shapes import describe, layers_of
from fnnet.seeing.film import Moment, Training
from fnnet.seeing.stage import Stage, flat
from fnnet.values.array import Array
from fnnet.values.tree import dtype_of, leaves

#: So many examples of each batch are recorded at most, and so many numbers of a layer's output.
EXAMPLES, NUMBERS = 8, 4096


def recorded(moments: tuple[Moment, ...], run: Training, stage: Stage) -> tuple[dict[str, Any], dict[str, Array]]:
    """What the page is told of the layers, and by name the numbers over time (M, P).

    Of layer i ``value<i>`` are outputs and ``slope<i>`` the gradients in them, of the first examples of each batch, one
    after the other, each under its own loss; ``grad`` are the means of the gradients of all parameters.
    """
    many = min(EXAMPLES, *(len(at.rows) for at in moments))
    steps = [_step(at, run, stage) for at in moments]
    films = {"grad": np.stack([grads for _, _, grads in steps])}
    first, slopes, _ = steps[0]
    shown = [i for i, value in enumerate(first) if value[0].size <= NUMBERS and value.shape == slopes[i].shape]
    for i in shown:
        films[f"value{i}"] = np.stack([values[i][:many].ravel() for values, _, _ in steps])
        films[f"slope{i}"] = np.stack([slopes[i][:many].ravel() for _, slopes, _ in steps])
    layers = list(layers_of(moments[0].state.params))[stage.begin :]
    told = [_told(place, layer, first[i], i in shown) for i, (place, layer) in enumerate(layers)]
    return {"recorded": many, "layers": told, "outputs": told[-1]["outputs"]}, films


def _step(at: Moment, run: Training, stage: Stage) -> tuple[list[Array], list[Array], Array]:
    """Outputs and gradients of all layers that are shown, for the examples of a step, and those of all parameters."""
    net = at.state.params if at.noise is None else training(at.state.params, at.noise)
    x = cast(run.x[at.rows], dtype_of(net))
    loss, outputs, caches = run.make(run.targets[at.rows]), [x], []
    for layer in flat(net):
        y, cache = forward(layer, outputs[-1])
        outputs.append(y)
        caches.append(cache)
    _, cache = loss.forward(outputs[-1])
    scan = list(backward_trace((*flat(net), loss), (*caches, cache), 1.0))
    douts, grads = zip(*reversed(scan), strict=True)
    slopes = [dout * len(at.rows) for dout in douts[stage.begin : -1]]
    found = [a.ravel() for layer in grads[stage.begin : -1] for a in leaves(layer).values()]
    return outputs[stage.begin + 1 :], slopes, np.concatenate(found)


def _told(place: str, layer: Any, value: Array, shown: bool) -> dict[str, Any]:
    """A layer in words: where it stands, what it holds, and how many numbers come out of it."""
    params = [[name, list(a.shape)] for name, a in leaves(layer).items()]
    return {"place": place, "name": describe(layer), "outputs": int(value[0].size), "params": params, "shown": shown}
