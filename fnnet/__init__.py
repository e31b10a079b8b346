"""fnnet: neural networks as values and pure functions, in NumPy."""

from fnnet import datasets
from fnnet.array import Array, freeze, readonly
from fnnet.keys import Key, Purpose, generator, key
from fnnet.layers import (
    GELU,
    Affine,
    BatchNorm,
    Dropout,
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
from fnnet.losses import MeanSquaredError, SigmoidCrossEntropy, SoftmaxCrossEntropy, one_hot
from fnnet.network import absorb, backward, backward_trace, forward, gradients, training
from fnnet.optimizers import SGD, AdaGrad, Adam, AdamW, Clipped, RMSprop, clip, global_norm
from fnnet.record import buffer, data, frozen, param, sub
from fnnet.tree import arrays, count_params, fingerprint, leaves, map_params
from fnnet.prediction import evaluate, predict
from fnnet.schedules import Constant, Cosine, Exponential, OneCycle, Step, WarmUp
from fnnet.summary import summarize
from fnnet.training import Diverged, State, train
from fnnet.checking import check_gradients, check_laws
from fnnet.models import mlp
