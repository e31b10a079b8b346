"""fnnet: neural networks as values and pure functions, in NumPy.

The three ideas: a layer is a value with pure ``forward`` and ``backward``; a network is a tuple of layers, folded
from the left to run and from the right to learn; training is a stream of immutable states.

Here is what a first course and everyday use need. The rooms hold the rest: `fnnet.values`, `fnnet.network`,
`fnnet.optimizers` (with the schedules), `fnnet.datasets`, `fnnet.learning`, `fnnet.checking`, `fnnet.runs`,
`fnnet.watching`, `fnnet.teaching`, `fnnet.grading`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fnnet.checking import check_gradients, check_laws
    from fnnet.layers import (
        GELU,
        Affine,
        BatchNorm,
        Dropout,
        Fixed,
        Flatten,
        GaussianNoise,
        LayerNorm,
        LeakyReLU,
        RandomShift,
        ReLU,
        Residual,
        Scale,
        Sigmoid,
        Softmax,
        Standardize,
        Tanh,
        Unstandardize,
    )  # fmt: skip
    from fnnet.learning import evaluate, fit, train
    from fnnet.losses import (
        Huber,
        MeanAbsoluteError,
        MeanSquaredError,
        SigmoidCrossEntropy,
        SoftmaxCrossEntropy,
        one_hot,
    )
    from fnnet.models import mlp
    from fnnet.network import absorb, backward, forward, gradients, predict, summarize, training
    from fnnet.optimizers import SGD, Adam, AdamW
    from fnnet.runs import load, save
    from fnnet.tables import Impute, OneHot
    from fnnet.values import Array, buffer, evolve, freeze, frozen, key, leaves, map_params, param, readonly, sub
    from fnnet.watching import watch

__all__ = [
    "GELU", "SGD", "Adam", "AdamW", "Affine", "Array", "BatchNorm", "Dropout", "Fixed", "Flatten", "GaussianNoise",
    "Huber", "Impute", "LayerNorm", "LeakyReLU", "MeanAbsoluteError", "MeanSquaredError", "OneHot", "RandomShift",
    "ReLU", "Residual", "Scale", "Sigmoid", "SigmoidCrossEntropy", "Softmax", "SoftmaxCrossEntropy", "Standardize",
    "Tanh", "Unstandardize", "absorb", "backward", "buffer", "check_gradients", "check_laws", "evaluate", "evolve",
    "fit", "forward", "freeze", "frozen", "gradients", "key", "leaves", "load", "map_params", "mlp", "one_hot", "param",
    "predict", "readonly", "save", "sub", "summarize", "train", "training", "watch",
]  # fmt: skip

#: The rooms that hold these names, those that need the fewest others first, and the rooms that are asked by name alone.
_ROOMS = (
    "values", "network", "layers", "tables", "losses", "optimizers", "learning", "models", "checking", "runs",
    "watching",
)  # fmt: skip
_MORE_ROOMS = ("datasets", "teaching", "grading", "plotting", "seeing")


def __getattr__(name: str) -> Any:
    """A name or a room, imported when it is first asked for: the command line shows its help without loading NumPy."""
    if name in __all__:
        rooms = (import_module(f"fnnet.{room}") for room in _ROOMS)
        globals()[name] = next(getattr(room, name) for room in rooms if hasattr(room, name))
        return globals()[name]
    if name in (*_ROOMS, *_MORE_ROOMS):
        return import_module(f"fnnet.{name}")
    raise AttributeError(f"module 'fnnet' has no attribute {name!r}")


def load_ipython_extension(ipython: Any) -> None:
    """``%load_ext fnnet``: a notebook shows networks, and lists of records, as tables."""
    from fnnet.notebook import register

    register(ipython)


def __dir__() -> list[str]:
    """All names, loaded or not."""
    return sorted({*globals(), *__all__, *_ROOMS, *_MORE_ROOMS})
