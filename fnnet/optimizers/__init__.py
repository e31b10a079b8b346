"""Optimizers: from parameters, gradients and a state to new parameters and a new state. One family a file."""

from fnnet.optimizers.adam import Adam, AdamW
from fnnet.optimizers.base import Optimizer, OptimizerState
from fnnet.optimizers.clipping import Clipped, clip, global_norm
from fnnet.optimizers.scaled import AdaGrad, RMSprop
from fnnet.optimizers.schedules import Constant, Cosine, Exponential, OneCycle, Rate, Schedule, StepDecay, WarmUp
from fnnet.optimizers.sgd import SGD

__all__ = [
    "SGD", "AdaGrad", "Adam", "AdamW", "Clipped", "Constant", "Cosine", "Exponential", "OneCycle", "Optimizer",
    "OptimizerState", "RMSprop", "Rate", "Schedule", "StepDecay", "WarmUp", "clip", "global_norm",
]  # fmt: skip
