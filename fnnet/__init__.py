"""fnnet: neural networks as values and pure functions, in NumPy.

The three ideas: a layer is a value with pure ``forward`` and ``backward``; a network is a tuple of layers, folded
from the left to run and from the right to learn; training is a stream of immutable states.
"""

from fnnet import datasets
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
)
from fnnet.learning.prediction import evaluate, predict
from fnnet.learning.stream import Diverged, State, train
from fnnet.losses import MeanSquaredError, SigmoidCrossEntropy, SoftmaxCrossEntropy, one_hot
from fnnet.models import mlp
from fnnet.network.folds import absorb, backward, backward_trace, forward, gradients, training
from fnnet.network.per_example import per_example_grads
from fnnet.network.shapes import summarize
from fnnet.optimizers import SGD, AdaGrad, Adam, AdamW, Clipped, RMSprop, clip, global_norm
from fnnet.optimizers.schedules import Constant, Cosine, Exponential, OneCycle, Step, WarmUp
from fnnet.runs import Run, load_run
from fnnet.runs.archive import FileError
from fnnet.runs.saving import load, save
from fnnet.teaching import trace, who_moved
from fnnet.values.array import Array, freeze, readonly
from fnnet.values.fingerprint import fingerprint
from fnnet.values.keys import Key, Purpose, generator, key
from fnnet.values.record import buffer, data, frozen, param, replace, sub
from fnnet.values.tree import arrays, count_params, leaves, map_params

__all__ = [
    "GELU",
    "SGD",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Affine",
    "Array",
    "BatchNorm",
    "Clipped",
    "Constant",
    "Cosine",
    "Diverged",
    "Dropout",
    "Exponential",
    "FileError",
    "Fixed",
    "Flatten",
    "GaussianNoise",
    "Key",
    "LayerNorm",
    "LeakyReLU",
    "MeanSquaredError",
    "OneCycle",
    "Purpose",
    "RMSprop",
    "RandomShift",
    "ReLU",
    "Residual",
    "Run",
    "Scale",
    "Sigmoid",
    "SigmoidCrossEntropy",
    "Softmax",
    "SoftmaxCrossEntropy",
    "Standardize",
    "State",
    "Step",
    "Tanh",
    "WarmUp",
    "absorb",
    "arrays",
    "backward",
    "backward_trace",
    "buffer",
    "check_gradients",
    "check_laws",
    "clip",
    "count_params",
    "data",
    "datasets",
    "evaluate",
    "fingerprint",
    "forward",
    "freeze",
    "frozen",
    "generator",
    "global_norm",
    "gradients",
    "key",
    "leaves",
    "load",
    "load_run",
    "map_params",
    "mlp",
    "one_hot",
    "param",
    "per_example_grads",
    "predict",
    "readonly",
    "replace",
    "save",
    "sub",
    "summarize",
    "trace",
    "train",
    "training",
    "who_moved",
]
