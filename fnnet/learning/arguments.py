"""What a training run reads and never changes, checked at the door: before the first step, not during the last."""

from collections.abc import Callable
from typing import Any, final

import numpy as np

from fnnet.losses import is_own
from fnnet.network.chunks import examples, finite, held, inputs, met, reach
from fnnet.network.modes import absorbs, offers
from fnnet.network.shapes import fits
from fnnet.optimizers import Optimizer
from fnnet.telling.slips import mended
from fnnet.values.array import Array, freeze, readonly
from fnnet.values.errors import UsageError
from fnnet.values.example_weights import example_weights
from fnnet.values.keys import Purpose, generator, key
from fnnet.values.record import frozen
from fnnet.values.tree import dtype_of

#: From targets, and weights where there are any, to a loss: the class of a loss is one.
MakeLoss = Callable[..., Any]

#: From the outputs of a batch and its targets to the sum of a figure over the examples.
Metric = Callable[[Array, Array], float]


@final
@frozen
class Arguments:
    """All that a run reads and never changes."""

    x: Array
    y: Array
    weights: Array | None
    loss: MakeLoss
    optimizer: Optimizer
    batch_size: int
    steps: int
    validation: tuple[Array, Array] | None
    patience: int | None
    dtype: np.dtype[Any]
    noisy: bool
    absorbs: bool
    metric: Metric | None


def check_arguments(
    net: Any,
    x: Any,
    y: Any,
    loss: Any,
    optimizer: Any,
    size: Any,
    weights: Any,
    validation: Any,
    patience: Any,
    metric: Any = None,
) -> Arguments:
    """The arguments of a run, read-only. Raises UsageError for what can't be trained, naming it; see `train`."""
    x, dtype = readonly(inputs(net, x)), dtype_of(net)
    y = readonly(held(finite(examples(y, "y"), "y"), dtype, "y"))
    output = ([x.shape[1:]] + [row.output for row in fits(net, x)])[-1]
    same_number(x, y)
    size = min(32, len(x)) if size is None else whole(size, "batch_size")
    if not 1 <= size <= len(x):
        raise UsageError(f"batch_size must be from 1 to the number of examples, {len(x)}, got {size}")
    if patience is not None and (validation is None or whole(patience, "patience") < 1):
        raise UsageError("patience must be at least 1 and needs a validation set")
    check_loss(loss)
    if metric is not None and not callable(metric):
        raise UsageError(f"metric must be a function of outputs and targets, got {metric!r}")
    if isinstance(optimizer, type) or not (hasattr(optimizer, "init") and hasattr(optimizer, "step")):
        said = mended(optimizer) if isinstance(optimizer, type) else repr(optimizer)
        raise UsageError(f"optimizer must be one such as SGD(lr=0.1), got {said}")
    _check_size(net, held(x, dtype), dtype)
    _check_targets(loss, y, output, dtype)
    weights = None if weights is None else example_weights(weights, len(x))
    if validation is not None:
        validation = _validation(validation, x, net)
        _check_targets(loss, validation[1], output, dtype, "of validation ")
    steps, noisy = steps_per_epoch(len(x), size), offers(net, "training")
    return Arguments(
        x, _indices(y), weights, loss, optimizer, size, steps, validation, patience, dtype, noisy, absorbs(net), metric
    )


def _indices(y: Array) -> Array:
    """Class indices in a dtype that an index may have; all other targets as they are."""
    as_they_are = y.ndim != 1 or y.dtype.kind not in "iu" or np.can_cast(y.dtype, np.intp)
    return y if as_they_are else freeze(y.astype(np.intp))


def whole(value: Any, name: str) -> int:
    """A whole number; UsageError, by its name, for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise UsageError(f"{name} must be a whole number, got {value!r}")
    return int(value)


def same_number(x: Array, y: Array, names: str = "x and y") -> None:
    """Raise UsageError unless there are as many targets as examples, and any."""
    if len(x) != len(y) or len(x) == 0:
        raise UsageError(f"{names} must have the same number of examples, at least one, got {len(x)} and {len(y)}")


def check_loss(loss: Any) -> None:
    """Raise UsageError for a name in the place of a loss, and for a loss that has its targets already."""
    if not callable(loss):
        name = type(loss).__name__
        said = f"one that has its targets; use loss={name}" if hasattr(loss, "targets") else repr(loss)
        raise UsageError(f"loss must be what makes one of targets, such as SoftmaxCrossEntropy, got {said}")


def _check_size(net: Any, x: Array, dtype: np.dtype[Any]) -> None:
    """Raise UsageError where the first parameters meet numbers whose squares, which a step adds to them, overflow."""
    largest, most = reach(x) if x.dtype.kind == "f" else 0.0, float(np.finfo(dtype).max) ** 0.5
    if not most < largest < np.inf:
        return
    rows = x[np.abs(x).reshape(len(x), -1).max(axis=1) == largest]
    if reach(met(net, rows[:1])) > most:
        raise UsageError(
            f"x reaches {largest:g}, too large to train on in {dtype}; bring it near 1, as Standardize does"
        )


def _validation(pair: Any, like: Array, net: Any) -> tuple[Array, Array]:
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        said = f"{len(pair)} of them" if isinstance(pair, (tuple, list)) else type(pair).__name__
        raise UsageError(f"validation must be two arrays, (x, y), got {said}")
    x, y = (readonly(examples(a, f"{name} of validation")) for a, name in zip(pair, "xy", strict=True))
    if len(x) != len(y) or len(x) == 0 or x.shape[1:] != like.shape[1:]:
        raise UsageError(
            f"validation must be (x, y) of the same length, x with rows like {like.shape}, got {x.shape} and {y.shape}"
        )
    return finite(x, "x of validation", net), finite(y, "y of validation")


def _check_targets(loss: MakeLoss, y: Array, output: tuple[int, ...], dtype: np.dtype[Any], whose: str = "") -> None:
    if y.ndim == 1 and y.dtype.kind in "iu" and output[-1] > 1 and not 0 <= y.min() <= y.max() < output[-1]:
        raise UsageError(f"class indices {whose}must be from 0 to {output[-1] - 1}, got {y.min()} to {y.max()}")
    if is_own(loss):
        loss(y)  # which looks at all of them
    loss(y[:1]).forward(np.zeros((1, *output), dtype))


def steps_per_epoch(examples: int, batch_size: int) -> int:
    """How many batches an epoch has, the last short one included.

    >>> steps_per_epoch(60000, 128)
    469
    """
    return -(-examples // batch_size)


def epoch_order(seed: int, epoch: int, examples: int) -> Array:
    """The order of the examples in an epoch, a permutation of 0 to examples - 1.

    >>> sorted(epoch_order(seed=0, epoch=3, examples=4).tolist())
    [0, 1, 2, 3]
    """
    return freeze(generator(key(seed, Purpose.SHUFFLE, epoch)).permutation(examples))
