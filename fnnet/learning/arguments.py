"""What a training run reads and never changes, checked at the door: before the first step, not during the last."""

from collections.abc import Callable
from typing import Any, final

import numpy as np

from fnnet.network.modes import absorbs, offers
from fnnet.network.shapes import summarize
from fnnet.optimizers import Optimizer
from fnnet.values.array import Array, freeze, readonly
from fnnet.values.example_weights import example_weights
from fnnet.values.keys import Purpose, generator, key
from fnnet.values.record import frozen
from fnnet.values.tree import dtype_of

#: From targets, and weights where there are any, to a loss: the class of a loss is one.
MakeLoss = Callable[..., Any]


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


def check_arguments(
    net: Any, x: Any, y: Any, loss: Any, optimizer: Any, size: Any, weights: Any, validation: Any, patience: Any
) -> Arguments:
    """The arguments of a run, read-only. Raises ValueError for what can't be trained, naming it; see `train`."""
    x, y = readonly(x), readonly(y)
    if len(x) != len(y) or len(x) == 0:
        raise ValueError(f"x and y must have the same number of examples, at least one, got {len(x)} and {len(y)}")
    size = min(32, len(x)) if size is None else size
    if not 1 <= size <= len(x):
        raise ValueError(f"batch_size must be from 1 to the number of examples, {len(x)}, got {size}")
    if patience is not None and (validation is None or patience < 1):
        raise ValueError("patience must be at least 1 and needs a validation set")
    dtype = dtype_of(net)
    output = summarize(net, x.shape[1:])[-1].output if net else x.shape[1:]
    _check_targets(loss, y, output, dtype)
    weights = None if weights is None else example_weights(weights, len(x))
    if validation is not None:
        validation = _validation(readonly(validation[0]), readonly(validation[1]), x)
        _check_targets(loss, validation[1], output, dtype, "of validation ")
    steps, noisy = steps_per_epoch(len(x), size), offers(net, "training")
    return Arguments(
        x, _indices(y), weights, loss, optimizer, size, steps, validation, patience, dtype, noisy, absorbs(net)
    )


def _indices(y: Array) -> Array:
    """Class indices in a dtype that an index may have; all other targets as they are."""
    as_they_are = y.ndim != 1 or y.dtype.kind not in "iu" or np.can_cast(y.dtype, np.intp)
    return y if as_they_are else freeze(y.astype(np.intp))


def _validation(x: Array, y: Array, like: Array) -> tuple[Array, Array]:
    if len(x) != len(y) or len(x) == 0 or x.shape[1:] != like.shape[1:]:
        raise ValueError(
            f"validation must be (x, y) of the same length, x with rows like {like.shape}, got {x.shape} and {y.shape}"
        )
    return x, y


def _check_targets(loss: MakeLoss, y: Array, output: tuple[int, ...], dtype: np.dtype[Any], whose: str = "") -> None:
    if y.ndim == 1 and y.dtype.kind in "iu" and not 0 <= y.min() <= y.max() < output[-1]:
        raise ValueError(f"class indices {whose}must be from 0 to {output[-1] - 1}, got {y.min()} to {y.max()}")
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
