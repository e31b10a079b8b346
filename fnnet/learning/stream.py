"""Training as a fold over batches: a stream of immutable states, each a complete moment of the run.

What the caller does with the stream is the caller's: print, stop early, save every n-th. Any state given back to
`train` continues from there, to the same bits as if nothing had happened.
"""

import math
from collections.abc import Iterator
from contextvars import Context, copy_context
from typing import Any

import numpy as np

from fnnet.learning.arguments import Arguments, MakeLoss, Metric, check_arguments, epoch_order, whole
from fnnet.learning.clear import Learn, clear
from fnnet.learning.evaluation import evaluate
from fnnet.learning.fused import fuse, laid_out
from fnnet.learning.state import State, check_state, first_state
from fnnet.network.chunks import cast
from fnnet.network.folds import Params
from fnnet.network.modes import training
from fnnet.network.shapes import describe, layers_of
from fnnet.optimizers import SGD, Optimizer
from fnnet.optimizers.schedules import rate
from fnnet.values.array import Array, freeze
from fnnet.values.errors import UsageError
from fnnet.values.keys import Purpose, key
from fnnet.values.record import replace


class Diverged(ArithmeticError):
    """The loss is no longer a finite number; says at which step, and which layer's values were the first to go."""


def train(
    net: Params, x: Any, y: Any, *, loss: MakeLoss, optimizer: Optimizer = SGD(lr=0.1),  # noqa: B008  # frozen, so safe
    epochs: int = 10, batch_size: int | None = None, seed: int = 0, weights: Any = None,
    validation: tuple[Any, Any] | None = None, patience: int | None = None, metric: Metric | None = None,
    state: State | None = None,
) -> Iterator[State]:  # fmt: skip
    """Train ``net`` on x (N, ...) and targets y (N,) or (N, K): a state after every step.

    Each epoch is a fresh permutation of the examples, cut into batches, of 32 unless told; the last short one is
    kept. (A single batch is taken in its order.) With ``validation`` = (x, y) the state keeps the best network by
    its loss there, and ``patience`` epochs without a better one end the run. ``metric``, from outputs and targets to
    the sum of a figure over the examples, is asked of each batch before the step learns from it. With ``state`` the
    run continues from it; its own parameters and seed count then. Raises UsageError for what can't be trained, before
    the first step, and for a state of another network or optimizer, or amid an epoch of other batches; and `Diverged`
    when the loss is no longer finite.

    >>> from fnnet import Affine, SoftmaxCrossEntropy
    >>> net = (Affine(np.zeros((1, 2)), np.zeros(2)),)
    >>> states = train(net, [[-1.0], [1.0]], [0, 1], loss=SoftmaxCrossEntropy, epochs=3)
    >>> [round(state.loss, 3) for state in states]
    [0.693, 0.644, 0.6]
    """
    args = check_arguments(net, x, y, loss, optimizer, batch_size, weights, validation, patience, metric)
    if whole(epochs, "epochs") < 0:
        raise UsageError(f"epochs must be at least 0, got {epochs}")
    if state is None:
        return _stream(args, first_state(net, optimizer, seed), epochs)
    check_state(state, net, args, epochs)
    return _stream(args, state, epochs)


def fit(
    net: Params, x: Any, y: Any, *, loss: MakeLoss, optimizer: Optimizer = SGD(lr=0.1),  # noqa: B008  # as in train
    epochs: int = 10, batch_size: int | None = None, seed: int = 0, weights: Any = None,
    validation: tuple[Any, Any] | None = None, patience: int | None = None, metric: Metric | None = None,
    state: State | None = None,
) -> State:  # fmt: skip
    """The last state of `train`, with the same arguments. No other is kept: a list of all would fill the memory.

    Where there is nothing to train, it is the state to begin from.

    >>> from fnnet import Affine, SoftmaxCrossEntropy
    >>> net = (Affine(np.zeros((1, 2)), np.zeros(2)),)
    >>> state = fit(net, [[-1.0], [1.0]], [0, 1], loss=SoftmaxCrossEntropy, epochs=3)
    >>> state.step, round(state.loss, 3)
    (3, 0.6)
    """
    states = train(**locals())
    last = state or first_state(net, optimizer, seed)
    for last in states:  # noqa: B007  # it is used after the loop
        pass
    return last


def _stream(args: Arguments, state: State, epochs: int) -> Iterator[State]:
    fused = fuse(args, state.params)
    if fused:
        params, optimizer = laid_out(state.params, state.optimizer)
        state = replace(state, params=params, optimizer=optimizer)
    learn, calm = fused or clear(args), _calm()
    while state.epoch < epochs and not state.stopped:
        order = epoch_order(state.seed, state.epoch, len(args.x)) if args.steps > 1 else None
        for _ in range(state.batch, args.steps):
            state = calm.run(_step, args, learn, state, order)
            if state.batch == 0:
                state = _validated(args, state)
            yield state


def _calm() -> Context:
    """Where NumPy does not warn of what `Diverged` says, and all else is as the caller has it."""
    context, now = copy_context(), np.geterr()
    if now["over"] == "warn":
        context.run(np.seterr, over="ignore")
    if now["invalid"] == "warn":
        context.run(np.seterr, invalid="ignore")
    return context


def _step(args: Arguments, learn: Learn, state: State, order: Array | None) -> State:
    x, y, weights = args.x, args.y, args.weights
    if order is not None:
        rows = order[state.batch * args.batch_size : (state.batch + 1) * args.batch_size]
        x, y, weights = _take(x, rows), _take(y, rows), None if weights is None else _take(weights, rows)
    x = cast(x, args.dtype)
    noise = key(state.seed, Purpose.NOISE, state.epoch, state.batch) if args.noisy else None
    value, figure, params, optimizer = learn(state.params, state.optimizer, noise, x, y, weights)
    if not math.isfinite(value):
        raise Diverged(_explain(state.params if noise is None else training(state.params, noise), x, state, value))
    number, seen = float(value), len(x)
    ends = state.batch + 1 == args.steps
    before = state.metric_total if state.batch else 0.0
    return State(
        params=params,
        optimizer=optimizer,
        best=state.best,
        seed=state.seed,
        epoch=state.epoch + ends,
        step=state.step + 1,
        batch=0 if ends else state.batch + 1,
        loss=number,
        lr=rate(args.optimizer.lr, state.optimizer.step),
        total=number * seen + (state.total if state.batch else 0.0),
        examples=seen + (state.examples if state.batch else 0),
        epoch_size=len(args.x),
        metric_total=None if figure is None or before is None else figure + before,
        validation=state.validation,
        validation_metric=state.validation_metric,
        best_validation=state.best_validation,
        best_epoch=state.best_epoch,
    )


def _take(a: Array, rows: Array) -> Array:
    return freeze(np.take(a, rows, axis=0, mode="clip"))


def _validated(args: Arguments, state: State) -> State:
    """The state at the end of an epoch, with its validation loss and what follows from it."""
    if args.validation is None:
        return state
    score, figure = evaluate(state.params, args.loss, *args.validation)
    state = replace(state, validation_metric=None if args.metric is None else figure)
    if score < state.best_validation:
        return replace(state, validation=score, best=state.params, best_validation=score, best_epoch=state.epoch)
    stopped = args.patience is not None and state.epoch - state.best_epoch >= args.patience
    return replace(state, validation=score, stopped=stopped)


def _explain(net: Params, x: Array, state: State, value: Any) -> str:
    where, loss = "the loss itself is the first value that is not finite", f"the loss became {value}"
    for place, layer in layers_of(net):
        x = layer.forward(x)[0]
        if not np.isfinite(x).all():
            where = f"the first values that are not finite come from layer {place} ({describe(layer)})"
            break
    return f"{loss} at step {state.step} (epoch {state.epoch}); {where}; try a lower learning rate or clipping"
