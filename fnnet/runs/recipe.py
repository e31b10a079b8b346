"""A recipe: every setting of a training run as one value, with good defaults for each data set."""

import math
from collections.abc import Callable, Mapping
from typing import Any, final

from fnnet import optimizers
from fnnet.datasets import Dataset
from fnnet.learning.arguments import steps_per_epoch
from fnnet.losses import LOSSES, NamedLoss
from fnnet.models import ACTIVATIONS
from fnnet.optimizers import schedules
from fnnet.runs.settings import as_said, as_text, choice, numbers, real, switch, whole
from fnnet.values.errors import UsageError
from fnnet.values.initial import DEVIATIONS
from fnnet.values.record import evolve, frozen

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


@final
@frozen
class Recipe:
    """The settings of a run: sizes and counts are whole numbers.

    ``loss`` None is cross-entropy for classes and mse for numbers, ``lr`` None is the usual one of the optimizer,
    ``momentum`` None is 0.9, ``batch_size`` None is 32, or all where there are fewer. ``freeze`` are the places of the
    layers that are not trained, as `summarize` counts them.

    Raises UsageError, naming the setting, for a value outside its range or an unknown name, and suggests the nearest.

    >>> Recipe(activation="rellu")
    Traceback (most recent call last):
    fnnet.values.errors.UsageError: activation must be ..., got 'rellu'; did you mean relu?
    """

    hidden: tuple[int, ...] = numbers(
        "The network", (64,), "Sizes of the hidden layers, such as 128,64; or none.", least=1, most=1_000_000,
        what="sizes from 1 to 1,000,000, such as 128,64, or none",
    )  # fmt: skip
    activation: str = choice("The network", "sigmoid", tuple(ACTIVATIONS))
    init: str | None = choice("The network", None, tuple(DEVIATIONS), "The first weights: ", optional=True)
    loss: str | None = choice(
        "Its training", None, tuple(LOSSES), "What is made small (sigmoid: a yes or no for each class): ", optional=True
    )
    optimizer: str = choice("Its training", "sgd", tuple(OPTIMIZERS))
    lr: float | None = real(
        "Its training", None, "Learning rate; the largest one where a schedule changes it.", above=0.0
    )
    schedule: str = choice("Its training", "one-cycle", tuple(SCHEDULES))
    momentum: float | None = real("Its training", None, "Momentum of sgd.", below=1.0)
    weight_decay: float = real("Its training", 0.0, "Pull of the weight matrices towards 0.")
    dropout: float = real("The network", 0.0, "Share of hidden units left out in each step.", below=1.0)
    batch_norm: bool = switch("The network", "Normalize each hidden layer over the batch.")
    shift: int = whole("The network", 0, "Move each training image by up to so many pixels.", least=0)
    epochs: int = whole("Its training", 30, "How often each example is seen.", least=1)
    batch_size: int | None = whole("Its training", None, "Examples in a step.", least=1)
    seed: int = whole("Its training", 0, "Of all randomness: the same seed gives the same bits.", least=0)
    dtype: str = choice("The network", "float32", ("float32", "float64"))
    validation: float = real(
        "Its training", 0.0, "Share of the training set held out to choose the best epoch.", below=1.0
    )
    patience: int | None = whole(
        "Its training", None, "Stop after so many epochs without a better validation loss.", least=1
    )
    freeze: tuple[int, ...] = numbers(
        "Its training", (), "Layers that stay as they are, by their places, such as 0,1.", least=0, most=2**32,
        what="numbers of layers, such as 0,1, or none",
    )  # fmt: skip

    def __attrs_post_init__(self) -> None:
        if self.momentum is not None and self.optimizer != "sgd":
            raise UsageError(f"momentum goes with the optimizer sgd, got {self.optimizer}; leave it out")
        if self.patience is not None and not self.validation:
            raise UsageError("patience needs a validation share, such as validation 0.1")


#: What each data set that fnnet knows is trained with when nothing else is said.
RECIPES = {
    "xor": Recipe(hidden=(8,), init="normal", schedule="constant", epochs=1000, batch_size=4, dtype="float64"),
    "digits": Recipe(hidden=(256,), activation="relu", lr=0.1, dropout=0.3, shift=1, epochs=100),
    "mnist": Recipe(hidden=(256,), shift=1, epochs=10, batch_size=128),
    "fashion-mnist": Recipe(hidden=(256,), shift=1, epochs=10, batch_size=128),
    "kmnist": Recipe(hidden=(256,), shift=1, epochs=10, batch_size=128),
}

#: What tables of your own are trained with, whatever their number of rows.
TABLE = Recipe(hidden=(100,), activation="relu", init="glorot", optimizer="adam", lr=0.01)

#: What pictures of your own are trained with, which may be few or many, dark or light.
PICTURES = Recipe(hidden=(256,), activation="relu", optimizer="adam")

#: So many examples that a batch holds but a part of them.
MANY = 1_000_000


def for_table(rows: int) -> Recipe:
    """What a table of so many rows is trained with: the fewer they are, the more often each is seen.

    Weight decay stands for what is held to be likely before anything was seen: it counts as much as four rows do,
    and so the less the more there are. `docs/decisions/0031-defaults-for-tables.md` says how all this was chosen.

    >>> [(r.epochs, r.batch_size, r.weight_decay) for r in map(for_table, (20, 500, 100_000))]
    [(300, None, 0.1), (60, None, 0.008), (10, 256, 4e-05)]
    """
    batch = None if rows < 1000 else 64 if rows < 10_000 else 256
    enough = math.ceil(300 / steps_per_epoch(rows, batch or min(32, rows)))
    epochs = max(enough, min(60, 1_000_000 // rows), 10)
    return evolve(TABLE, epochs=epochs, batch_size=batch, weight_decay=float(f"{min(0.1, 4.0 / rows):.2g}"))


#: What pictures of your own are trained with, which may be few or many, dark or light.
PICTURES = Recipe(hidden=(256,), activation="relu", optimizer="adam")

#: So many examples that a batch holds but a part of them.
MANY = 1_000_000


def usual(data: Dataset) -> Recipe:
    """What a data set is trained with when nothing else is said.

    >>> from fnnet.datasets import dataset, xor
    >>> usual(xor()).epochs, usual(dataset({"x": [1.0, 2.0], "y": ["a", "b"]})).optimizer
    (1000, 'adam')
    """
    return usual_of(data.known, data.x.shape[1:], len(data.x))


def usual_of(known: str | None, shape: tuple[int, ...], rows: int) -> Recipe:
    """The same, for a data set of this name, if fnnet knows it, the shape of one example, and their number."""
    return RECIPES[known] if known else for_table(rows or MANY) if len(shape) == 1 else PICTURES


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


def settled(recipe: Recipe, examples: int, numbers: bool = False) -> Recipe:
    """The recipe with what it left open filled in, for so many examples of classes, or of numbers.

    >>> settled(Recipe(), 1000).lr, settled(Recipe(), 1000).batch_size
    (0.5, 32)
    """
    return evolve(
        recipe,
        loss=recipe.loss or ("mse" if numbers else "cross-entropy"),
        lr=usual_rate(recipe) if recipe.lr is None else recipe.lr,
        momentum=0.9 if recipe.momentum is None and recipe.optimizer == "sgd" else recipe.momentum,
        batch_size=min(32, examples) if recipe.batch_size is None else recipe.batch_size,
    )


def asked(base: Recipe, said: Mapping[str, Any]) -> Recipe:
    """A recipe with what was said; with another optimizer than its own goes the usual rate of that one.

    >>> asked(RECIPES["digits"], {"optimizer": "adam"}).lr, asked(RECIPES["digits"], {"epochs": 3}).lr
    (None, 0.1)
    """
    other = said.get("optimizer", base.optimizer) != base.optimizer
    return evolve(base, **{**({"lr": None} if other else {}), **said})


def named_loss(recipe: Recipe) -> NamedLoss:
    """What is known of the loss of a recipe that leaves nothing open."""
    return LOSSES[recipe.loss or "cross-entropy"]


def default_text(name: str) -> str:
    """What a setting is where nothing is said of it, in words.

    >>> [default_text(name) for name in ("seed", "momentum", "patience", "batch_norm", "epochs")]
    ['0', '0.9', 'none', 'no-batch-norm', 'by data set']
    """
    tables = for_table(20), for_table(MANY)
    left = [settled(recipe, MANY) for recipe in (Recipe(), PICTURES, *tables, *RECIPES.values())]
    left.append(settled(TABLE, MANY, numbers=True))
    usual = {getattr(recipe, name) for recipe in left if name != "momentum" or recipe.momentum is not None}
    if len(usual) > 1:
        return "by data set"
    value = usual.pop()
    return as_said(name, value) if isinstance(value, bool) else as_text(value)


def depends_on_epochs(recipe: Recipe) -> bool:
    """Whether the learning rates of a run change when it is given more epochs.

    >>> depends_on_epochs(Recipe(schedule="constant")), depends_on_epochs(Recipe(schedule="cosine"))
    (False, True)
    """
    schedule = SCHEDULES[recipe.schedule]
    return schedule(1.0, 1000) != schedule(1.0, 2000)
