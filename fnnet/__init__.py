"""fnnet: neural networks as values and pure functions, in NumPy.

The three ideas: a layer is a value with pure ``forward`` and ``backward``; a network is a tuple of layers, folded
from the left to run and from the right to learn; training is a stream of immutable states.

Here is what a first course and everyday use need. The rooms hold the rest: `fnnet.values`, `fnnet.network`,
`fnnet.optimizers` (with the schedules), `fnnet.datasets`, `fnnet.learning`, `fnnet.checking`, `fnnet.runs`,
`fnnet.teaching`, `fnnet.grading`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

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
)  # fmt: skip
from fnnet.learning import evaluate, train
from fnnet.losses import MeanSquaredError, SigmoidCrossEntropy, SoftmaxCrossEntropy, one_hot
from fnnet.models import mlp
from fnnet.network import absorb, backward, forward, gradients, predict, summarize, training
from fnnet.optimizers import SGD, Adam, AdamW
from fnnet.values import Array, buffer, evolve, freeze, frozen, key, leaves, map_params, param, readonly, sub

if TYPE_CHECKING:
    from fnnet.checking import check_gradients, check_laws
    from fnnet.runs import load, save

__all__ = [
    "GELU", "SGD", "Adam", "AdamW", "Affine", "Array", "BatchNorm", "Dropout", "Fixed", "Flatten", "GaussianNoise",
    "LayerNorm", "LeakyReLU", "MeanSquaredError", "RandomShift", "ReLU", "Residual", "Scale", "Sigmoid",
    "SigmoidCrossEntropy", "Softmax", "SoftmaxCrossEntropy", "Standardize", "Tanh", "absorb", "backward", "buffer",
    "check_gradients", "check_laws", "evaluate", "evolve", "forward", "freeze", "frozen", "gradients", "key", "leaves",
    "load", "map_params", "mlp", "one_hot", "param", "predict", "readonly", "save", "sub", "summarize", "train",
    "training",
]  # fmt: skip

#: What is imported when it is first asked for, and from where: the rooms, and what is not needed to train.
_LATER = {
    **{name: f"fnnet.{name}" for name in ("checking", "datasets", "grading", "runs", "teaching")},
    **dict.fromkeys(("check_gradients", "check_laws"), "fnnet.checking"),
    **dict.fromkeys(("load", "save"), "fnnet.runs"),
}


def __getattr__(name: str) -> Any:
    """A room or a function that `import fnnet` has not loaded."""
    if name not in _LATER:
        raise AttributeError(f"module 'fnnet' has no attribute {name!r}")
    module = import_module(_LATER[name])
    return getattr(module, name) if name in __all__ else module


def __dir__() -> list[str]:
    """All names, loaded or not."""
    return sorted({*globals(), *_LATER})
