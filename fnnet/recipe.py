"""A recipe: every setting of a training run as one value, with good defaults for each data set.

`experiment` joins a recipe and a data set into a network and a stream of states. The same recipe on the same data
gives the same bits.
"""

import difflib
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, final

import attrs
import numpy as np

from fnnet import losses, optimizers, schedules
from fnnet.array import Array
from fnnet.datasets import Dataset, split
from fnnet.keys import Purpose, key
from fnnet.layers import Flatten, RandomShift, Scale, Standardize
from fnnet.layers.affine import DEVIATIONS
from fnnet.models import ACTIVATIONS, mlp
from fnnet.plan import steps_per_epoch
from fnnet.record import evolve, frozen
from fnnet.stream import State, train

#: Names of the losses, and whether each is given rows (N, K) instead of class indices.
LOSSES: dict[str, tuple[Callable[..., Any], bool]] = {
    "cross-entropy": (losses.SoftmaxCrossEntropy, False),
    "sigmoid": (losses.SigmoidCrossEntropy, True),
    "mse": (losses.MeanSquaredError, True),
}
OPTIMIZERS: dict[str, Callable[..., optimizers.Optimizer]] = {
    "sgd": optimizers.SGD,
    "adagrad": optimizers.AdaGrad,
    "rmsprop": optimizers.RMSprop,
    "adam": optimizers.Adam,
    "adamw": optimizers.AdamW,
}
SCHEDULES: dict[str, Callable[[float, int], schedules.Rate]] = {
    "constant": lambda lr, steps: lr,
    "step": lambda lr, steps: schedules.Step(lr, max(1, steps // 3)),
    "exponential": lambda lr, steps: schedules.Exponential(lr, 0.01 ** (1.0 / steps)),
    "cosine": schedules.Cosine,
    "warm-up": lambda lr, steps: schedules.WarmUp(max(1, steps // 20), lr),
    "one-cycle": schedules.OneCycle,
}


def _one_of(options: Sequence[str]) -> Any:
    def check(instance: object, attribute: Any, value: Any) -> None:
        if value not in options:
            near = difflib.get_close_matches(str(value), options, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ValueError(f"{_flag(attribute)} must be one of {', '.join(options)}, got {value!r}{hint}")

    return check


def _flag(attribute: Any) -> str:
    return str(attribute.name).replace("_", "-")


def _real(least: float, below: float = math.inf, above: bool = False) -> Any:
    def check(instance: object, attribute: Any, value: Any) -> None:
        if value is None or (least < value < below) or (value == least and not above):
            return
        limits = f"{'above' if above else 'of at least'} {least:g}" + (f" and below {below:g}" if below < 1e9 else "")
        raise ValueError(f"{_flag(attribute)} must be a finite number {limits}, got {value:g}")

    return check


def _whole(least: int) -> Any:
    def check(instance: object, attribute: Any, value: Any) -> None:
        if value is not None and not (value == int(value) and least <= value < 2**32):
            raise ValueError(f"{_flag(attribute)} must be a whole number of at least {least}, got {value}")

    return check


def _sizes(instance: object, attribute: Any, value: tuple[int, ...]) -> None:
    for size in value:
        if not 1 <= size <= 1_000_000:
            raise ValueError(f"hidden must be sizes from 1 to 1,000,000, such as 128,64, or none, got {size}")


@final
@frozen
class Recipe:
    """The settings of a run: sizes and counts are whole numbers.

    ``lr`` None is the usual one of the optimizer, ``batch_size`` None is 32, or all where there are fewer.

    Raises ValueError, naming the setting, for a value outside its range or an unknown name, and suggests the nearest.

    >>> Recipe(activation="rellu")
    Traceback (most recent call last):
    ValueError: activation must be one of sigmoid, tanh, relu, leaky-relu, gelu, got 'rellu'; did you mean relu?
    """

    hidden: tuple[int, ...] = attrs.field(default=(64,), converter=tuple, validator=_sizes)
    activation: str = attrs.field(default="sigmoid", validator=_one_of(tuple(ACTIVATIONS)))
    init: str | None = attrs.field(default=None, validator=attrs.validators.optional(_one_of(tuple(DEVIATIONS))))
    loss: str = attrs.field(default="cross-entropy", validator=_one_of(tuple(LOSSES)))
    optimizer: str = attrs.field(default="sgd", validator=_one_of(tuple(OPTIMIZERS)))
    lr: float | None = attrs.field(default=None, validator=_real(0.0, above=True))
    schedule: str = attrs.field(default="one-cycle", validator=_one_of(tuple(SCHEDULES)))
    momentum: float | None = attrs.field(default=None, validator=_real(0.0, below=1.0))
    weight_decay: float = attrs.field(default=0.0, validator=_real(0.0))
    dropout: float = attrs.field(default=0.0, validator=_real(0.0, below=1.0))
    batch_norm: bool = False
    shift: int = attrs.field(default=0, validator=_whole(0))
    epochs: int = attrs.field(default=30, validator=_whole(1))
    batch_size: int | None = attrs.field(default=None, validator=_whole(1))
    seed: int = attrs.field(default=0, validator=_whole(0))
    dtype: str = attrs.field(default="float32", validator=_one_of(("float32", "float64")))
    validation: float = attrs.field(default=0.0, validator=_real(0.0, below=1.0))
    patience: int | None = attrs.field(default=None, validator=_whole(1))

    def __attrs_post_init__(self) -> None:
        if self.momentum is not None and self.optimizer != "sgd":
            raise ValueError(f"momentum goes with the optimizer sgd, got {self.optimizer}; leave it out")
        if self.patience is not None and not self.validation:
            raise ValueError("patience needs a validation share, such as validation 0.1")


#: What each data set is trained with when nothing else is said; a table of your own takes ``Recipe()``.
RECIPES = {
    "xor": Recipe(hidden=(8,), init="normal", schedule="constant", epochs=1000, batch_size=4, dtype="float64"),
    "digits": Recipe(hidden=(256,), activation="relu", lr=0.1, dropout=0.3, shift=1, epochs=100),
    "mnist": Recipe(hidden=(256,), shift=1, epochs=10, batch_size=128),
    "fashion-mnist": Recipe(hidden=(256,), shift=1, epochs=10, batch_size=128),
    "kmnist": Recipe(hidden=(256,), shift=1, epochs=10, batch_size=128),
}

#: The brightest value of the images of a data set, where it is not 255.
GRAY_LEVELS = {"digits": 16}

#: The usual learning rate of each optimizer. The sigmoid's slope is at most 1/4, so SGD takes larger steps with it.
RATES = {"sgd": 0.2, "adagrad": 0.02, "rmsprop": 0.002, "adam": 0.002, "adamw": 0.002}
SIGMOID_RATE = 0.5


def usual_rate(recipe: Recipe) -> float:
    """The learning rate of a recipe that names none.

    >>> usual_rate(Recipe(activation="sigmoid")), usual_rate(Recipe(activation="relu"))
    (0.5, 0.2)
    """
    sigmoid = recipe.optimizer == "sgd" and recipe.activation == "sigmoid" and recipe.hidden
    return SIGMOID_RATE if sigmoid else RATES[recipe.optimizer]


@final
@frozen
class Experiment:
    """A recipe made real on a data set: the first network, its training and validation rows, and what trains it."""

    recipe: Recipe
    net: Any
    x: Array
    y: Array
    validation: tuple[Array, Array] | None
    loss: Callable[..., Any]
    optimizer: optimizers.Optimizer

    def targets(self, y: Array) -> Array:
        """Class indices as the loss takes them."""
        rows = LOSSES[self.recipe.loss][1]
        return losses.one_hot(y, self.net[-1].b.size, self.recipe.dtype) if rows else y

    def states(self, state: State | None = None) -> Iterator[State]:
        """The training stream, from the start or from a state."""
        validation = self.validation and (self.validation[0], self.targets(self.validation[1]))
        r = self.recipe
        return train(
            self.net, self.x, self.targets(self.y), loss=self.loss, optimizer=self.optimizer, epochs=r.epochs,
            batch_size=r.batch_size, seed=r.seed, validation=validation, patience=r.patience, state=state,
        )  # fmt: skip


def experiment(recipe: Recipe, data: Dataset) -> Experiment:
    """The network and stream of a recipe on a data set.

    Raises ValueError when they don't fit: a batch larger than the data, a shift of what is not an image.

    >>> from fnnet.datasets import xor
    >>> experiment(RECIPES["xor"], xor()).net
    (Affine(W=f8[2,8], b=f8[8]), Sigmoid(), Affine(W=f8[8,2], b=f8[2]))
    """
    x, y, validation = data.x, data.y, None
    if recipe.validation:
        x, y, *held = split(x, y, recipe.validation, key(recipe.seed, Purpose.SPLIT))
        validation = (held[0], held[1])
    recipe = evolve(recipe, batch_size=min(32, len(x))) if recipe.batch_size is None else recipe
    size = recipe.batch_size or len(x)
    if size > len(x):
        raise ValueError(f"batch-size must be at most the {len(x)} training examples, got {size}")
    net = mlp(
        [math.prod(x.shape[1:]), *recipe.hidden, len(data.classes)],
        ACTIVATIONS[recipe.activation](),
        seed=recipe.seed,
        first=_first(recipe, data, x),
        init=recipe.init,  # type: ignore[arg-type]  # None, or one of the names that Affine.init checks
        dropout=recipe.dropout,
        batch_norm=recipe.batch_norm,
        dtype=recipe.dtype,
    )
    steps = recipe.epochs * steps_per_epoch(len(x), size)
    return Experiment(recipe, net, x, y, validation, LOSSES[recipe.loss][0], _optimizer(recipe, steps))


def _first(recipe: Recipe, data: Dataset, x: Array) -> list[Any]:
    """The layers that prepare the raw input: shift, flatten, and bring to a range near 1."""
    images = x.ndim in (3, 4)
    if recipe.shift and not images:
        raise ValueError(f"shift moves images, but the examples of {data.name} have shape {x.shape[1:]}")
    first: list[Any] = [RandomShift(recipe.shift)] if recipe.shift else []
    first += [Flatten()] if x.ndim > 2 else []
    if x.dtype == np.uint8:
        return [*first, Scale(1.0 / GRAY_LEVELS.get(data.name, 255))]
    return first if data.name == "xor" else [*first, Standardize.of(x.reshape(len(x), -1), recipe.dtype)]


def _optimizer(recipe: Recipe, steps: int) -> optimizers.Optimizer:
    lr = usual_rate(recipe) if recipe.lr is None else recipe.lr
    settings: dict[str, Any] = {"lr": SCHEDULES[recipe.schedule](lr, steps), "weight_decay": recipe.weight_decay}
    if recipe.optimizer == "sgd":
        settings["momentum"] = 0.9 if recipe.momentum is None else recipe.momentum
    return OPTIMIZERS[recipe.optimizer](**settings)
