"""One training step, in its clear form: forward, loss, backward, and the optimizer's move."""

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from fnnet.learning.arguments import Arguments
from fnnet.losses import is_own
from fnnet.network.folds import forward, gradients
from fnnet.network.modes import absorb, training
from fnnet.optimizers import OptimizerState
from fnnet.values.array import Array
from fnnet.values.keys import Key
from fnnet.values.record import replace

#: From the network, the optimizer's state, the key of the step's noise, x, y and weights to the loss, the sum of the
#: metric where there is one, and the network and the optimizer's state after the step. The last two are unchanged when
#: the loss is not finite.
Learn: TypeAlias = Callable[
    [Any, OptimizerState, Key | None, Array, Array, Array | None], tuple[Any, float | None, Any, OptimizerState]
]


def clear(args: Arguments) -> Learn:
    """The step of any network. `fused` has a faster one for plain networks, with the same bits."""
    make = unchecked(args.loss)

    def learn(
        params: Any, optimizer: OptimizerState, noise: Key | None, x: Array, y: Array, weights: Array | None
    ) -> tuple[Any, float | None, Any, OptimizerState]:
        net = params if noise is None else training(params, noise)
        loss = make(y) if weights is None else make(y, weights)
        outputs, caches = forward(net, x)
        value, cache = forward(loss, outputs)
        if not math.isfinite(value):
            return value, None, params, optimizer
        figure = None if args.metric is None else float(args.metric(outputs, y))
        grads, _ = gradients((net, loss), (caches, cache), 1.0)
        params, optimizer = args.optimizer.step(params, grads, optimizer)
        return value, figure, absorb(params, caches) if args.absorbs else params, optimizer

    return learn


def unchecked(make: Callable[..., Any]) -> Callable[..., Any]:
    """What makes losses from targets and weights that were looked at when training began, and not at each step."""
    if not is_own(make):
        return make
    blank = make(np.zeros(0))
    return lambda targets, weights=None: replace(blank, targets=targets, weights=weights)
