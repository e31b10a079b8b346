"""PyTorch's autograd as a second oracle: outputs, dx, gradients and running statistics of random networks."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import normal

import fnnet
from fnnet import (
    GELU,
    Affine,
    BatchNorm,
    Dropout,
    Flatten,
    LayerNorm,
    LeakyReLU,
    MeanSquaredError,
    Purpose,
    ReLU,
    Residual,
    Scale,
    Sigmoid,
    SigmoidCrossEntropy,
    Softmax,
    SoftmaxCrossEntropy,
    Tanh,
    key,
    leaves,
)

torch = pytest.importorskip("torch")
F = 4
seeds = st.integers(0, 2**32 - 1)


def affine(seed: int) -> Affine:
    """A square Affine layer with weights and biases drawn from the seed."""
    return Affine(normal(seed, F, F), normal(seed + 1, F))


def batch_norm(seed: int) -> BatchNorm:
    """A BatchNorm with everything drawn from the seed."""
    return BatchNorm(normal(seed, F), normal(seed + 1, F), normal(seed + 2, F), normal(seed + 3, F) ** 2 + 0.1)


PLAIN = st.sampled_from(
    [Sigmoid(), Tanh(), ReLU(), LeakyReLU(0.1), GELU(), Softmax(), Scale(0.5), Flatten(), Dropout(0.5)]
)
LAYERS = st.one_of(
    PLAIN,
    st.builds(affine, st.integers(0, 10**6)),
    st.builds(batch_norm, st.integers(0, 10**6)),
    st.builds(lambda seed: LayerNorm(normal(seed, F), normal(seed + 1, F)), st.integers(0, 10**6)),
)
NETS = st.recursive(
    LAYERS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map(tuple),
        st.lists(inner, min_size=1, max_size=3).map(tuple).map(Residual),
    ),
    max_leaves=8,
)


class Twin:
    """A network of fnnet's, computed by PyTorch; its parameters are kept in fnnet's order."""

    def __init__(self, train: bool) -> None:
        self.train, self.params, self.statistics = train, [], []

    def param(self, a: Any) -> Any:
        """A parameter as a tensor that is differentiated in."""
        self.params.append(torch.tensor(np.array(a), requires_grad=True))
        return self.params[-1]

    def run(self, net: Any, x: Any) -> Any:
        """The output of a network."""
        f = torch.nn.functional
        if isinstance(net, tuple):
            for layer in net:
                x = self.run(layer, x)
            return x
        if isinstance(net, Residual):
            return x + self.run(net.inner, x)
        if isinstance(net, Affine):
            return x @ self.param(net.W) + self.param(net.b)
        if isinstance(net, LayerNorm):
            return f.layer_norm(x, (F,), self.param(net.gamma), self.param(net.beta), net.eps)
        if isinstance(net, BatchNorm):
            self.statistics += [torch.tensor(np.array(net.mean)), torch.tensor(np.array(net.var))]
            gamma, beta = self.param(net.gamma), self.param(net.beta)
            return f.batch_norm(x, *self.statistics[-2:], gamma, beta, self.train, net.momentum, net.eps)
        plain = {
            Sigmoid: torch.sigmoid, Tanh: torch.tanh, ReLU: torch.relu, Flatten: lambda x: x, Dropout: lambda x: x,
            LeakyReLU: lambda x: f.leaky_relu(x, net.slope), GELU: lambda x: f.gelu(x, approximate="tanh"),
            Softmax: lambda x: torch.softmax(x, -1), Scale: lambda x: x * net.factor,
        }  # fmt: skip
        return plain[type(net)](x)


def close(a: Any, b: Any) -> bool:
    """Whether two arrays agree to 1e-10, relative to the larger entries."""
    a, b = np.asarray(a), np.asarray(b)
    return a.shape == b.shape and bool(np.all(np.abs(a - b) <= 1e-10 * max(1.0, np.abs(b).max(initial=0.0))))


@given(NETS, seeds, st.integers(2, 6), st.booleans())
def test_random_networks_agree_with_autograd(net: Any, seed: int, n: int, train: bool) -> None:
    """Output, dx, every gradient and the running statistics are PyTorch's, in training and in use."""
    x, dout = normal(seed, n, F), normal(seed + 1, n, F)
    twin = Twin(train)
    tx = torch.tensor(np.array(x), requires_grad=True)
    ty = twin.run(net, tx)
    ty.backward(torch.tensor(np.array(dout)))
    live = without_dropout(fnnet.training(net, key(0, Purpose.NOISE)) if train else net)
    y, caches = fnnet.forward(live, x)
    dx, grads = fnnet.backward(live, caches, dout)
    assert close(y, ty.detach())
    assert close(dx, tx.grad)
    for (path, found), param in zip(leaves(grads).items(), twin.params, strict=True):
        expected = np.zeros(param.shape) if param.grad is None else param.grad
        assert close(found, expected), path
    moved = fnnet.arrays(fnnet.absorb(net, caches)) if train else fnnet.arrays(net)
    statistics = [a for path, a in moved.items() if path.endswith(("mean", "var"))]
    assert all(close(a, b) for a, b in zip(statistics, twin.statistics, strict=True))


def without_dropout(net: Any) -> Any:
    """The network with its Dropout layers as stored, since PyTorch draws other numbers."""
    if isinstance(net, tuple):
        return tuple(map(without_dropout, net))
    if isinstance(net, Residual):
        return Residual(without_dropout(net.inner))
    return Dropout(net.rate) if isinstance(net, Dropout) else net


def weighted(losses: Any, weights: Any) -> Any:
    """PyTorch's losses of single examples, averaged as fnnet does."""
    return losses.mean() if weights is None else (losses * torch.tensor(weights)).sum() / weights.sum()


@given(seeds, st.integers(1, 6), st.sampled_from(["indices", "rows", "sigmoid", "mse"]), st.booleans())
def test_losses_agree_with_autograd(seed: int, n: int, kind: str, with_weights: bool) -> None:
    """Value and dlogits of every loss, with and without weights, are PyTorch's."""
    f = torch.nn.functional
    rng = np.random.default_rng(seed)
    logits = normal(seed, n, F)
    weights = rng.random(n) + 0.1 if with_weights else None
    t = torch.tensor(np.array(logits), requires_grad=True)
    labels, rows = rng.integers(0, F, n), rng.random((n, F))
    rows /= rows.sum(1, keepdims=True)
    loss: Any = {
        "indices": SoftmaxCrossEntropy(labels, weights), "rows": SoftmaxCrossEntropy(rows, weights),
        "sigmoid": SigmoidCrossEntropy(rows, weights), "mse": MeanSquaredError(rows, weights),
    }[kind]  # fmt: skip
    losses = {
        "indices": lambda: f.cross_entropy(t, torch.tensor(labels), reduction="none"),
        "rows": lambda: f.cross_entropy(t, torch.tensor(rows), reduction="none"),
        "sigmoid": lambda: f.binary_cross_entropy_with_logits(t, torch.tensor(rows), reduction="none").mean(1),
        "mse": lambda: f.mse_loss(t, torch.tensor(rows), reduction="none").mean(1),
    }[kind]()
    expected = weighted(losses, weights)
    expected.backward()
    value, cache = loss.forward(logits)
    assert close(value, expected.detach())
    assert close(loss.backward(cache, 1.0)[0], t.grad)
