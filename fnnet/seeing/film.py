"""The film of a training run: the moments that are kept of it, each with the step that it is about to take."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, final

import numpy as np

from fnnet.layers import Dropout
from fnnet.learning.arguments import epoch_order, steps_per_epoch
from fnnet.learning.state import State
from fnnet.network.chunks import cast
from fnnet.network.folds import forward
from fnnet.network.modes import offers, training
from fnnet.optimizers import Optimizer
from fnnet.optimizers.schedules import rate
from fnnet.seeing.stage import Stage, flat
from fnnet.values.array import Array
from fnnet.values.keys import Key, Purpose, key
from fnnet.values.record import data, frozen, replace
from fnnet.values.tree import arrays, dtype_of


@final
@frozen
class Training:
    """A run that can be trained again: its first state and all that follow, and what each step takes.

    ``x`` (N, ...) and ``targets`` are the training rows, ``steps`` how many steps there will be, and ``metric`` is the
    name of the figure beside the loss, "" where there is none.
    """

    first: State
    states: Callable[[], Iterator[State]]
    x: Array = data()
    targets: Array = data()
    make: Callable[..., Any]
    optimizer: Optimizer
    batch_size: int
    steps: int
    metric: str = ""


@final
@frozen
class Moment:
    """A state, and the step from it: the rows of the batch, as they come to the page, with the learning rate.

    ``rows`` are places among the training rows. ``masks`` are what dropout has drawn for them, by its place in the
    flattened network: True where a unit is kept. ``noise`` is the key of all that the step draws.
    """

    state: State
    rows: Array = data()
    x: Array = data()
    masks: Mapping[int, Array]
    lr: float
    noise: Key | None


@final
@frozen
class Film:
    """The kept moments, in order, and of every step that there was the loss, the figure beside it and ``lr``.

    ``validation`` are the steps at which an epoch ended and the loss on the validation set there.
    """

    moments: tuple[Moment, ...]
    loss: Array = data()
    metric: Array = data()
    lr: Array = data()
    validation: tuple[tuple[int, float], ...] = ()


def moment(run: Training, stage: Stage, state: State) -> Moment:
    """The moment of a state: the step that it takes next, also where the run ends before it."""
    rows = _rows(run, state)
    noisy = offers(state.params, "training")
    noise = key(state.seed, Purpose.NOISE, state.epoch, state.batch) if noisy else None
    x = cast(run.x[rows], dtype_of(state.params))
    lr, come = rate(run.optimizer.lr, state.optimizer.step), stage.come(state.params, x, noise)
    return Moment(state, rows, come, dict(_masks(state.params, x, noise)), float(lr), noise)


def _rows(run: Training, state: State) -> Array:
    """Which rows the step after a state takes."""
    n = len(run.x)
    if steps_per_epoch(n, run.batch_size) == 1:
        return np.arange(n)
    order = epoch_order(state.seed, state.epoch, n)
    rows: Array = order[state.batch * run.batch_size : (state.batch + 1) * run.batch_size]
    return rows


def _masks(net: Any, x: Array, noise: Key | None) -> Iterator[tuple[int, Array]]:
    """What each dropout has drawn, by its place."""
    if noise is None or not any(isinstance(layer, Dropout) for layer in flat(net)):
        return
    layers = flat(training(net, noise))
    _, caches = forward(layers, x)
    yield from ((i, caches[i] > 0) for i, layer in enumerate(layers) if isinstance(layer, Dropout))


def thinned(film: Film, many: int) -> Film:
    """The film with no more than so many moments: those next to the steps that would be kept, first and last too."""
    there = np.array([at.state.step for at in film.moments])
    nearest = {int(np.abs(there - step).argmin()) for step in kept_steps(len(film.loss), many)}
    return replace(film, moments=tuple(film.moments[i] for i in sorted(nearest)))


def kept_steps(steps: int, many: int) -> tuple[int, ...]:
    """Which steps of a run are kept, from 0 on: all where they are few, else more at the beginning, and the last.

    >>> kept_steps(3, 10), kept_steps(1000, 6)
    ((0, 1, 2, 3), (0, 40, 160, 360, 640, 1000))
    """
    if many > steps:
        return tuple(range(steps + 1))
    return tuple(max(i, round(steps * (i / (many - 1)) ** 2)) for i in range(many))


def size_of(run: Training, stage: Stage) -> int:
    """About how many bytes a moment takes in a page, where three bytes become four characters."""
    net, moments = run.first.params, run.first.optimizer.moments
    held = sum(
        a.nbytes for tree in (net, *moments) for layer in flat(tree)[stage.begin :] for a in arrays(layer).values()
    )
    at = moment(run, stage, run.first)
    drawn = at.x.nbytes if stage.begin and offers(net, "training") else 0
    masks = sum(mask.size / 8 for mask in at.masks.values())
    return int((held + drawn + masks + 4 * len(at.rows)) * 4 / 3)


def film(run: Training, stage: Stage, steps: Iterable[int]) -> Film:
    """Train a run again and keep its state at these steps, and its last."""
    wanted, kept, figures, validation = set(steps), [run.first], [], []
    last = run.first
    for last in run.states():
        figures.append((last.loss, np.nan if last.mean_metric is None else last.mean_metric, last.lr))
        if last.step in wanted:
            kept.append(last)
        if last.batch == 0 and last.validation is not None:
            validation.append((last.step, float(last.validation)))
    if kept[-1] is not last:
        kept.append(last)
    loss, metric, lr = np.array(figures, np.float64).reshape(-1, 3).T
    return Film(tuple(moment(run, stage, state) for state in kept), loss, metric, lr, tuple(validation))
