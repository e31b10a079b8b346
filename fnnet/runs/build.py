"""An experiment: a recipe made real on a data set. The same recipe on the same data gives the same bits."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, final

import numpy as np

from fnnet import optimizers
from fnnet.datasets import Dataset, about, split
from fnnet.layers import Fixed, Flatten, RandomShift, Scale, Standardize, Unstandardize
from fnnet.learning.arguments import steps_per_epoch
from fnnet.learning.state import State
from fnnet.learning.stream import train
from fnnet.losses import LOSSES, one_hot
from fnnet.models import ACTIVATIONS, mlp
from fnnet.network import summarize
from fnnet.runs.ahead import Done, prepared, preparing, put
from fnnet.runs.figure import figure_of
from fnnet.runs.recipe import OPTIMIZERS, SCHEDULES, Recipe, named_loss, settled
from fnnet.tables import Impute, OneHot
from fnnet.values.array import Array, freeze, short_repr
from fnnet.values.errors import UsageError
from fnnet.values.keys import Purpose, key
from fnnet.values.record import frozen
from fnnet.values.tree import arrays, has_params, with_arrays


@final
@frozen
class Experiment:
    """A recipe made real on a data set: the first network, its training and validation rows, and what trains it.

    Its recipe leaves nothing open: what was None is filled in.
    """

    recipe: Recipe
    data: Dataset
    net: Any
    x: Array
    y: Array
    validation: tuple[Array, Array] | None
    optimizer: optimizers.Optimizer

    @property
    def loss(self) -> Callable[..., Any]:
        """What makes the loss, from `targets`."""
        return maker(self.recipe, self.net)

    def targets(self, y: Array) -> Array:
        """Class indices or numbers as the loss takes them."""
        return targets_of(self.recipe, y, len(self.data.classes))

    def states(self, state: State | None = None) -> Iterator[State]:
        """The training stream, from the start or from a state."""
        r, first, dtype = self.recipe, preparing(self.net, self.x), np.dtype(self.recipe.dtype)
        done = (Done(),) * len(first)
        held = self.validation and (prepared(first, self.validation[0], dtype), self.targets(self.validation[1]))
        states = train(
            (*done, *self.net[len(first) :]), prepared(first, self.x, dtype), self.targets(self.y), loss=self.loss,
            optimizer=self.optimizer, epochs=r.epochs, batch_size=r.batch_size, seed=r.seed, validation=held,
            patience=r.patience, metric=figure_of(self.net).total, state=state and put(done, state),
        )  # fmt: skip
        return (put(first, state) for state in states)


def targets_of(recipe: Recipe, y: Array, classes: int) -> Array:
    """Class indices, or numbers where there are no classes, as the recipe's loss takes them."""
    return one_hot(y, classes, recipe.dtype) if classes and named_loss(recipe).rows else y


def maker(recipe: Recipe, net: Any) -> Callable[..., Any]:
    """What makes the recipe's loss from targets. A network of numbers is measured in the deviation of its targets."""
    last, make = net[-1], named_loss(recipe).make
    return partial(make, unit=float(last.deviation[0])) if isinstance(last, Unstandardize) else make


def experiment(recipe: Recipe, data: Dataset, start: Any = None) -> Experiment:
    """The network and stream of a recipe on a data set, with the arrays of the network ``start`` where it is given.

    Raises UsageError when they don't fit: a batch larger than the data, a shift of what is not an image, a start of
    another shape.

    >>> from fnnet.datasets import xor
    >>> from fnnet.runs.recipe import RECIPES
    >>> experiment(RECIPES["xor"], xor()).net
    (Affine(W=f8[2,8], b=f8[8]), Sigmoid(), Affine(W=f8[8,2], b=f8[2]))
    """
    x, y, validation = data.x, data.y, None
    if recipe.validation:
        x, y, *held = split(x, y, recipe.validation, key(recipe.seed, Purpose.SPLIT))
        validation = (held[0], held[1])
    recipe = settled(recipe, len(x), numbers=not data.classes)
    if not data.classes and not named_loss(recipe).numbers:
        those = ", ".join(name for name, loss in LOSSES.items() if loss.numbers)
        raise UsageError(
            f"loss {recipe.loss} is for classes, and {data.name} has numbers to predict: choose from {those}"
        )
    size = recipe.batch_size or len(x)
    if size > len(x):
        raise UsageError(f"batch-size must be at most the {len(x)} training examples, got {size}")
    net = _network(recipe, data, x, y)
    net = _with_fixed(net if start is None else started(net, start), recipe.freeze)
    optimizer = optimizer_of(recipe, recipe.epochs * steps_per_epoch(len(x), size))
    return Experiment(recipe, data, net, x, y, validation, optimizer)


def _network(recipe: Recipe, data: Dataset, x: Array, y: Array) -> tuple[Any, ...]:
    first = _first(recipe, data, x)
    inputs = summarize(first, x.shape[1:])[-1].output if first else x.shape[1:]
    net = mlp(
        [*inputs, *recipe.hidden, len(data.classes) or 1],
        ACTIVATIONS[recipe.activation].layer(),
        seed=recipe.seed,
        first=first,
        init=recipe.init,  # type: ignore[arg-type]  # None, or one of the names that a recipe checks
        dropout=recipe.dropout,
        batch_norm=recipe.batch_norm,
        dtype=recipe.dtype,
    )
    return net if data.classes else (*net, _in_unit(y, recipe.dtype))


def _in_unit(y: Array, dtype: str) -> Unstandardize:
    """The layer that brings numbers near 1 to the unit of the targets (N,)."""
    like = Standardize.of(y[:, None], dtype)
    return Unstandardize(like.mean, like.deviation)


def started(net: Any, start: Any) -> Any:
    """The network with the arrays of another, which may differ in layers that hold none; UsageError if they don't fit.

    >>> from fnnet import Affine, Dropout
    >>> started((Dropout(), Affine([[0.0]], [0.0])), (Affine([[2.0]], [3.0]),))[1].W
    array([[2.]])
    """
    here, there = arrays(net), arrays(start)
    for (path, a), (other, b) in zip(here.items(), there.items(), strict=False):
        if a.shape != b.shape or a.dtype != b.dtype:
            raise UsageError(f"a start must fit: {path} is {short_repr(a)}, and there {other} is {short_repr(b)}")
    if len(here) != len(there):
        raise UsageError(f"a start must fit: here are {len(here)} arrays, and there {len(there)}")
    return with_arrays(net, there.values())


def _with_fixed(net: tuple[Any, ...], places: tuple[int, ...]) -> tuple[Any, ...]:
    if places and max(places) >= len(net):
        raise UsageError(f"freeze must be places from 0 to {len(net) - 1}, got {max(places)}")
    made = tuple(Fixed(layer) if i in places and arrays(layer) else layer for i, layer in enumerate(net))
    if places and made == net:
        raise UsageError(f"freeze must name a layer that holds numbers, and {','.join(map(str, places))} hold none")
    if places and not has_params(made):
        raise UsageError("freeze leaves nothing to train")
    return made


def _first(recipe: Recipe, data: Dataset, x: Array) -> tuple[Any, ...]:
    """The layers that prepare the raw input: shift, flatten, and bring to a range near 1."""
    images = x.ndim in (3, 4)
    if recipe.shift and not images:
        raise UsageError(f"shift moves images, but the examples of {data.name} have shape {x.shape[1:]}")
    first: tuple[Any, ...] = (RandomShift(recipe.shift),) if recipe.shift else ()
    first += (Flatten(),) if x.ndim > 2 else ()
    known = about(data)
    if known and known.kind == "truth table":
        return first
    if x.dtype == np.uint8:
        own = images and not known
        return (*first, evenly_lit(x, recipe.dtype) if own else Scale(1.0 / (known.brightest if known else 255)))
    if data.schema is None:
        return (*first, Standardize.of(x.reshape(len(x), -1), recipe.dtype))
    return _columns(x, data.schema.categories, recipe.dtype)


def _columns(x: Array, categories: tuple[int, ...], dtype: str) -> tuple[Any, ...]:
    """The layers that fill the gaps of a table, standardize its columns of numbers, and make units of categories."""
    fill = Impute.of(x, dtype)
    medians = np.array(fill.fill)
    medians[list(categories)] = -1  # a gap among categories is none of them
    fill = Impute(medians, tuple(i for i in fill.indicators if i not in categories))
    filled, _ = fill.forward(x)
    scale = Standardize.of(filled, dtype)
    plain = [*categories, *range(x.shape[1], filled.shape[1])]  # codes, and the indicators of gaps
    mean, deviation = np.array(scale.mean), np.array(scale.deviation)
    mean[plain], deviation[plain] = 0.0, 1.0
    return (fill, Standardize(mean, deviation), *([OneHot.of(x, categories)] if categories else []))


def evenly_lit(x: Array, dtype: str) -> Standardize:
    """The layer that brings images of bytes to mean 0 and deviation 1, all their pixels by the same two numbers.

    Pictures on white paper are far from 0 otherwise, and nothing is learned from them.

    >>> evenly_lit(np.array([[[0, 250]], [[250, 0]]], np.uint8), "float64").mean
    array([125., 125.])
    """
    counts = sum(np.bincount(image.ravel(), minlength=256) for image in x)
    bytes_, pixels = np.arange(256), x[0].size
    mean = counts @ bytes_ / x.size
    deviation = np.sqrt(counts @ (bytes_ - mean) ** 2 / x.size) or 1.0
    return Standardize(*(freeze(np.full(pixels, value, dtype)) for value in (mean, deviation)))


def optimizer_of(recipe: Recipe, steps: int) -> optimizers.Optimizer:
    """The optimizer of a recipe, for a run of so many steps."""
    schedule = SCHEDULES[recipe.schedule](recipe.lr or 0.0, steps)
    settings: dict[str, Any] = {"lr": schedule, "weight_decay": recipe.weight_decay}
    if recipe.optimizer == "sgd":
        settings["momentum"] = recipe.momentum
    return OPTIMIZERS[recipe.optimizer](**settings)
