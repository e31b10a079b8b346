"""A network as a tuple of layers: the two folds over it, and what they tell of it and of each example."""

from fnnet.network.chunks import predict
from fnnet.network.folds import Layer, Params, backward, backward_trace, forward, gradients
from fnnet.network.modes import absorb, training
from fnnet.network.per_example import per_example_grads
from fnnet.network.shapes import LayerShape, summarize

__all__ = [
    "Layer", "LayerShape", "Params", "absorb", "backward", "backward_trace", "forward", "gradients",
    "per_example_grads", "predict", "summarize", "training",
]  # fmt: skip
