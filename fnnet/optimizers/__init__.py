"""Optimizers: from parameters, gradients and a state to new parameters and a new state. One family a file."""

from fnnet.optimizers.adam import Adam, AdamW
from fnnet.optimizers.base import Optimizer, OptimizerState
from fnnet.optimizers.clipping import Clipped, clip, global_norm
from fnnet.optimizers.scaled import AdaGrad, RMSprop
from fnnet.optimizers.sgd import SGD

__all__ = [
    "SGD",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Clipped",
    "Optimizer",
    "OptimizerState",
    "RMSprop",
    "clip",
    "global_norm",
]
