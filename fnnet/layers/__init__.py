"""The layers, one family a file. Each is a frozen record with ``forward`` and ``backward``."""

from fnnet.layers.activation import GELU, LeakyReLU, ReLU, Sigmoid, Tanh
from fnnet.layers.affine import Affine
from fnnet.layers.fixed import Fixed
from fnnet.layers.noise import Dropout, GaussianNoise, RandomShift
from fnnet.layers.norm import BatchNorm, LayerNorm
from fnnet.layers.prepare import Flatten, Scale, Standardize, Unstandardize
from fnnet.layers.residual import Residual
from fnnet.layers.softmax import Softmax

__all__ = [
    "GELU", "Affine", "BatchNorm", "Dropout", "Fixed", "Flatten", "GaussianNoise", "LayerNorm", "LeakyReLU",
    "RandomShift", "ReLU", "Residual", "Scale", "Sigmoid", "Softmax", "Standardize", "Tanh", "Unstandardize",
]  # fmt: skip
