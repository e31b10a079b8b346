"""PyTorch's autograd as a second oracle over random nested networks, in float64."""

from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import affine, batch_norm, layer_norm, nets, normal, seeds, small_seeds

from fnnet import (
    GELU,
    Affine,
    BatchNorm,
    Flatten,
    Huber,
    LayerNorm,
    LeakyReLU,
    MeanAbsoluteError,
    MeanSquaredError,
    ReLU,
    Residual,
    Scale,
    Sigmoid,
    SigmoidCrossEntropy,
    Softmax,
    SoftmaxCrossEntropy,
    Tanh,
    absorb,
    backward,
    forward,
    gradients,
    key,
    leaves,
    training,
)
from fnnet.values import arrays

torch = pytest.importorskip("torch")
F = torch.nn.functional

PLAIN = {
    Sigmoid: torch.sigmoid,
    Tanh: torch.tanh,
    ReLU: torch.relu,
    GELU: lambda x: F.gelu(x, approximate="tanh"),
    Softmax: lambda x: torch.softmax(x, -1),
    Flatten: lambda x: x.flatten(1),
}


def tensor(a: Any, grad: bool = True) -> Any:
    """A tensor with the array's numbers."""
    return torch.tensor(np.array(a), requires_grad=grad)


def torch_run(layer: Any, x: Any, values: dict[str, Any], path: str = "", live: bool = False) -> Any:
    """The network as PyTorch computes it, its arrays taken from ``values`` by their paths."""
    if isinstance(layer, tuple):
        for i, part in enumerate(layer):
            x = torch_run(part, x, values, f"{path}{i}.", live)
        return x
    if isinstance(layer, Residual):
        return x + torch_run(layer.inner, x, values, f"{path}inner.", live)
    if isinstance(layer, Affine):
        return F.linear(x, values[path + "W"].T, values[path + "b"])
    if isinstance(layer, LayerNorm):
        return F.layer_norm(x, layer.gamma.shape, values[path + "gamma"], values[path + "beta"], layer.eps)
    if isinstance(layer, BatchNorm):
        mean, var, gamma, beta = (values[path + name] for name in ("mean", "var", "gamma", "beta"))
        return F.batch_norm(x, mean, var, gamma, beta, live, layer.momentum, layer.eps)
    if isinstance(layer, LeakyReLU):
        return F.leaky_relu(x, layer.slope)
    return x * layer.factor if isinstance(layer, Scale) else PLAIN[type(layer)](x)


def tensors(net: Any) -> dict[str, Any]:
    """All arrays of a network as tensors, the leaves with gradients."""
    return {path: tensor(a, path in leaves(net)) for path, a in arrays(net).items()}


def near(a: Any, b: Any) -> bool:
    """Whether an array and a tensor agree to 1e-10 of the largest number."""
    b = b.detach().numpy()
    return a.shape == b.shape and bool(np.abs(a - b).max(initial=0.0) <= 1e-10 * max(1.0, np.abs(b).max(initial=0.0)))


def compare(net: Any, x: Any, live: bool, seed: int) -> None:
    """Output, dx, all gradients and the running statistics agree."""
    mode = training(net, key(0, 4)) if live else net
    y, caches = forward(mode, x)
    dout = normal(seed + 9, *y.shape)
    dx, grads = backward(mode, caches, dout)
    values, at = tensors(net), tensor(x)
    found = torch_run(net, at, values, live=live)
    found.backward(tensor(dout, grad=False))
    assert near(y, found)
    assert near(dx, at.grad)
    for path, g in leaves(grads).items():
        assert near(g, values[path].grad), path
    moved = arrays(absorb(net, caches))
    assert all(near(a, values[path]) for path, a in moved.items() if path not in leaves(net))


@pytest.mark.parametrize("live", [False, True], ids=["stored", "training"])
@given(net=nets(), seed=seeds, n=st.integers(2, 6))
def test_networks(live: bool, net: Any, seed: int, n: int) -> None:
    """Outputs, dx, parameter gradients and running statistics of random networks are PyTorch's to ten digits."""
    compare(net, normal(seed, n, 3), live, seed)


LAYERS = [
    affine(1, 4, 3), Sigmoid(), Tanh(), ReLU(), LeakyReLU(0.1), GELU(), Softmax(), Scale(0.5), batch_norm(1, 4),
    layer_norm(2, 4), Flatten(), Residual((affine(1, 4, 4), batch_norm(3, 4))),
]  # fmt: skip


@pytest.mark.parametrize("live", [False, True], ids=["stored", "training"])
@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: type(layer).__name__)
@given(seed=seeds, n=st.integers(2, 6))
def test_layers(layer: Any, live: bool, seed: int, n: int) -> None:
    """Each layer alone is PyTorch's to ten digits."""
    compare(layer, 2.0 * normal(seed, n, 4), live, seed)


@given(small_seeds)
def test_running_statistics_over_many_steps(seed: int) -> None:
    """After ten training batches the running statistics are those of PyTorch's BatchNorm1d, and so is its output."""
    net, module = batch_norm(seed, 3), torch.nn.BatchNorm1d(3, dtype=torch.float64)
    module.running_mean, module.running_var = tensor(net.mean, False), tensor(net.var, False)
    module.weight.data, module.bias.data = tensor(net.gamma, False), tensor(net.beta, False)
    for i in range(10):
        x = normal(seed + i, 2 + i, 3)
        net = absorb(net, forward(training(net, key(0, 4)), x)[1])
        module(tensor(x, False))
    module.eval()
    assert near(net.mean, module.running_mean)
    assert near(net.var, module.running_var)
    assert near(forward(net, x)[0], module(tensor(x, False)))


@given(seeds)
def test_layer_norm_of_images(seed: int) -> None:
    """LayerNorm of more than two axes is PyTorch's over the last."""
    compare(layer_norm(seed, 4), normal(seed, 2, 3, 4), False, seed)


K = 4


def softmax_targets(kind: str, seed: int, n: int) -> Any:
    """Indices, one-hot rows or distributions."""
    rng = np.random.default_rng(seed)
    labels, p = rng.integers(0, K, n), rng.random((n, K))
    return {"indices": labels, "rows": np.eye(K)[labels], "distributions": p / p.sum(1, keepdims=True)}[kind]


def compare_loss(loss: Any, theirs: Any, net: Any, seed: int, n: int) -> None:
    """The loss of a network, and all gradients, agree with PyTorch's ``theirs(logits)``."""
    net, x = (net, affine(seed, 2, K)), normal(seed, n, 3)
    value, caches = forward((net, loss), x)
    grads, _ = gradients((net, loss), caches, 1.0)
    values = tensors(net)
    found = theirs(torch_run(net, tensor(x), values))
    found.backward()
    assert near(np.asarray(value), found)
    for path, g in leaves(grads).items():
        assert near(g, values[path].grad), path


def weights_of(weighted: bool, seed: int, n: int) -> tuple[Any, Any]:
    """Weights for fnnet, or None, and their shares as a tensor."""
    w = np.random.default_rng(seed).random(n) + 0.1 if weighted else np.ones(n)
    return (w if weighted else None), tensor(w / w.sum(), False)


@pytest.mark.parametrize("kind", ["indices", "rows", "distributions"])
@given(net=nets(), seed=small_seeds, n=st.integers(1, 6), weighted=st.booleans())
def test_softmax_cross_entropy(kind: str, net: Any, seed: int, n: int, weighted: bool) -> None:
    """The softmax cross-entropy, weighted or not, is PyTorch's ``cross_entropy`` of indices and of probabilities."""
    targets, (w, shares) = softmax_targets(kind, seed, n), weights_of(weighted, seed, n)
    loss, t = SoftmaxCrossEntropy(targets, w), tensor(targets, False)
    compare_loss(loss, lambda z: (F.cross_entropy(z, t, reduction="none") * shares).sum(), net, seed, n)
    if not weighted:
        compare_loss(loss, lambda z: F.cross_entropy(z, t), net, seed, n)


@pytest.mark.parametrize(
    ("make", "theirs"),
    [
        (SigmoidCrossEntropy, F.binary_cross_entropy_with_logits),
        (MeanSquaredError, F.mse_loss),
        (MeanAbsoluteError, F.l1_loss),
        (partial(Huber, delta=0.6), partial(F.huber_loss, delta=0.6)),
    ],
    ids=["sigmoid", "squares", "absolutes", "Huber"],
)
@given(net=nets(), seed=small_seeds, n=st.integers(1, 6), weighted=st.booleans())
def test_losses_of_rows(make: Any, theirs: Any, net: Any, seed: int, n: int, weighted: bool) -> None:
    """The sigmoid cross-entropy and the squared error, weighted or not, are PyTorch's."""
    targets, (w, shares) = softmax_targets("distributions", seed, n), weights_of(weighted, seed, n)
    t = tensor(targets, False)
    compare_loss(make(targets, w), lambda z: (theirs(z, t, reduction="none").mean(1) * shares).sum(), net, seed, n)
    if not weighted:
        compare_loss(make(targets), lambda z: theirs(z, t), net, seed, n)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_huge_logits(dtype: str) -> None:
    """At logits of ±1e4 the losses are PyTorch's."""
    x = np.array([[1e4, -1e4, 0.0, 3.0], [-1e4, 1e4, 5.0, 1e4]], dtype)
    labels, rows = np.array([1, 3]), np.array([[0.0, 1.0, 0.3, 1.0], [1.0, 1.0, 0.0, 0.5]], dtype)
    t, z = tensor(rows, False), tensor(x, False)
    assert SoftmaxCrossEntropy(labels).forward(x)[0] == pytest.approx(float(F.cross_entropy(z, tensor(labels, False))))
    sigmoid = float(F.binary_cross_entropy_with_logits(z, t))
    assert SigmoidCrossEntropy(rows).forward(x)[0] == pytest.approx(sigmoid, rel=1e-6)
