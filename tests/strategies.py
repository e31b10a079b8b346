"""What tests draw from: arrays, the table of layers, random networks, and layers that a user might write."""

from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from fnnet import (
    GELU,
    Affine,
    BatchNorm,
    Dropout,
    LayerNorm,
    LeakyReLU,
    ReLU,
    Residual,
    Scale,
    Sigmoid,
    Softmax,
    Tanh,
    freeze,
    frozen,
    param,
)
from fnnet.checking.samples import Sample, samples

SAMPLES = samples()

#: Runs a test for every row of the table of layers.
each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)

seeds = st.integers(0, 2**32 - 1)


def normal(seed: int, *shape: int, dtype: Any = np.float64) -> Any:
    """A read-only array of standard normal numbers."""
    return freeze(np.random.default_rng(seed).standard_normal(shape).astype(dtype))


def batches(sample: Sample, least: int = 2) -> st.SearchStrategy[Any]:
    """x for a row of the table, with 2 to 7 examples, or at least so many."""
    return st.builds(lambda n, seed: normal(seed, n, *sample.shape[1:]), st.integers(least, 7), seeds)


def affine(seed: int, inputs: int, outputs: int, dtype: Any = np.float64) -> Affine:
    """An Affine layer all of whose numbers are random."""
    return Affine(normal(seed, inputs, outputs, dtype=dtype) / 2, normal(seed + 1, outputs, dtype=dtype))


def batch_norm(seed: int, features: int) -> BatchNorm:
    """A BatchNorm all of whose numbers are random."""
    gamma, beta, mean, var = np.random.default_rng(seed).random((4, features)) + 0.5
    return BatchNorm(gamma, beta, mean, var)


def layer_norm(seed: int, features: int) -> LayerNorm:
    """A LayerNorm all of whose numbers are random."""
    return LayerNorm(*np.random.default_rng(seed).random((2, features)) + 0.5)


small_seeds = st.integers(0, 2**16)
_plain = st.sampled_from([Sigmoid(), Tanh(), ReLU(), LeakyReLU(0.1), GELU(), Softmax(), Scale(0.7)])


def _keeping(width: int, dropout: bool) -> st.SearchStrategy[Any]:
    """Layers that keep the shape (N, width)."""
    norms = st.builds(batch_norm, small_seeds, st.just(width)) | st.builds(layer_norm, small_seeds, st.just(width))
    leaf = _plain | norms | st.builds(affine, small_seeds, st.just(width), st.just(width))
    leaf = leaf | st.builds(Dropout, st.sampled_from([0.0, 0.3])) if dropout else leaf
    grow = lambda inner: st.lists(inner, max_size=3).map(tuple) | st.builds(Residual, inner)  # noqa: E731  # used once
    return st.recursive(leaf, grow, max_leaves=4)


@st.composite
def nets(draw: Any, dropout: bool = False) -> tuple[Any, ...]:
    """Random nested networks from (N, 3) to (N, 2), one or two Affine layers with others around and inside."""
    before = draw(st.lists(_keeping(3, dropout), max_size=2))
    middle = draw(st.lists(_keeping(4, dropout), max_size=3))
    seed = draw(small_seeds)
    return (*before, affine(seed, 3, 4), tuple(middle), affine(seed + 2, 4, 2))


def flat(net: Any) -> tuple[Any, ...]:
    """The network without its nested tuples."""
    return sum(map(flat, net), ()) if isinstance(net, tuple) else (net,)


@frozen
class Square:
    """``y = x a^2 + c``, each column with its own: a user's layer with two parameters."""

    a: Any = param()
    c: Any = param()

    def forward(self, x: Any) -> tuple[Any, Any]:
        """y, and x."""
        return freeze(x * self.a**2 + self.c), freeze(x.copy())

    def backward(self, cache: Any, dout: Any) -> tuple[Any, Any]:
        """dx, and the gradient in a and c."""
        da = freeze((2.0 * self.a * cache * dout).sum(0))
        return freeze(dout * self.a**2), Square(da, freeze(dout.sum(0)))
