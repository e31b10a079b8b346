"""A recipe: every setting of a training run as one value, with good defaults for each data set."""

import difflib
import math
from collections.abc import Callable, Sequence
from typing import Any, final

import attrs

from fnnet import losses, optimizers
from fnnet.models import ACTIVATIONS
from fnnet.optimizers import schedules
from fnnet.values.initial import DEVIATIONS
from fnnet.values.record import evolve, frozen

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
    "step": lambda lr, steps: schedules.StepDecay(lr, max(1, steps // 3)),
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


def _places(instance: object, attribute: Any, value: tuple[int, ...]) -> None:
    if not all(type(place) is int and place >= 0 for place in value):
        raise ValueError(f"freeze must be numbers of layers, such as 0,1, got {','.join(map(str, value))}")


@final
@frozen
class Recipe:
    """The settings of a run: sizes and counts are whole numbers.

    ``lr`` None is the usual one of the optimizer, ``momentum`` None is 0.9, ``batch_size`` None is 32, or all where
    there are fewer. ``freeze`` are the places of the layers that are not trained, as `summarize` counts them.

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
    freeze: tuple[int, ...] = attrs.field(default=(), converter=tuple, validator=_places)

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


def settled(recipe: Recipe, examples: int) -> Recipe:
    """The recipe with what it left open filled in.

    >>> settled(Recipe(), 1000).lr, settled(Recipe(), 1000).batch_size
    (0.5, 32)
    """
    return evolve(
        recipe,
        lr=usual_rate(recipe) if recipe.lr is None else recipe.lr,
        momentum=0.9 if recipe.momentum is None and recipe.optimizer == "sgd" else recipe.momentum,
        batch_size=min(32, examples) if recipe.batch_size is None else recipe.batch_size,
    )


def depends_on_epochs(recipe: Recipe) -> bool:
    """Whether the learning rates of a run change when it is given more epochs.

    >>> depends_on_epochs(Recipe(schedule="constant")), depends_on_epochs(Recipe(schedule="cosine"))
    (False, True)
    """
    schedule = SCHEDULES[recipe.schedule]
    return schedule(1.0, 1000) != schedule(1.0, 2000)
