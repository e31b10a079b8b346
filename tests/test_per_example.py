"""Gradients of each example apart: shares of the batch gradient, from one backward, or refused by name."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import SAMPLES, Square, affine, batch_norm, batches, nets, normal, seeds

from fnnet import (
    BatchNorm,
    Fixed,
    MeanSquaredError,
    Residual,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
    Tanh,
    backward,
    forward,
    freeze,
    frozen,
    gradients,
    key,
    leaves,
    map_params,
    param,
    training,
)
from fnnet.network import per_example_grads
from fnnet.network.per_example import per_example
from fnnet.values import Purpose, arrays

KEY = key(3, Purpose.NOISE)


def parts(tree: Any) -> list[Any]:
    """All layers of a network, those inside others too, that are trained."""
    if isinstance(tree, tuple):
        return [layer for part in tree for layer in parts(part)]
    return [tree, *(parts(tree.inner) if isinstance(tree, Residual) else [])]


def joins(sample: Any) -> bool:
    """Whether a row of the table has a BatchNorm in training mode."""
    return sample.key is not None and any(isinstance(layer, BatchNorm) for layer in parts(sample.layer))


def each(samples: list[Any]) -> Any:
    """Runs a test for these rows of the table of layers."""
    return pytest.mark.parametrize("sample", samples, ids=lambda sample: sample.name)


each_apart = each([sample for sample in SAMPLES if not joins(sample)])
each_stored = each([sample for sample in SAMPLES if sample.key is None])
each_joined = each([sample for sample in SAMPLES if joins(sample)])


def run(layer: Any, x: Any, run_key: Any = None) -> tuple[Any, Any, Any]:
    """The layer as it runs, its caches at x, and a dout."""
    live = training(layer, run_key) if run_key else layer
    y, caches = forward(live, x)
    return live, caches, normal(7, *y.shape)


@each_apart
@given(data=st.data())
def test_they_sum_to_the_batch_gradient(sample: Any, data: Any) -> None:
    """For every layer of the table, each array has an axis of N in front, and its sum is the array of backward."""
    x = data.draw(batches(sample))
    live, caches, dout = run(sample.layer, x, sample.key)
    found, whole = leaves(per_example_grads(live, caches, dout)), leaves(backward(live, caches, dout)[1])
    assert found.keys() == whole.keys()
    for path, a in found.items():
        assert a.shape == (len(x), *whole[path].shape)
        assert not a.flags.writeable
        np.testing.assert_allclose(a.sum(axis=0), whole[path], rtol=1e-10, atol=1e-11)


@each_stored
@given(data=st.data())
def test_each_is_the_gradient_of_its_example_alone(sample: Any, data: Any) -> None:
    """As stored, the gradient of example n is that of a batch which holds nothing but example n."""
    x = data.draw(batches(sample))
    _, caches, dout = run(sample.layer, x)
    found = per_example_grads(sample.layer, caches, dout)
    for n in range(len(x)):
        _, alone = forward(sample.layer, x[n : n + 1])
        for path, a in leaves(backward(sample.layer, alone, dout[n : n + 1])[1]).items():
            np.testing.assert_allclose(leaves(found)[path][n], a, rtol=1e-9, atol=1e-11)


@each_apart
@given(data=st.data())
def test_dx_is_that_of_backward(sample: Any, data: Any) -> None:
    """What goes on to the left is backward's dx, to the bit but for rounding."""
    live, caches, dout = run(sample.layer, data.draw(batches(sample)), sample.key)
    np.testing.assert_allclose(
        per_example(live, caches, dout)[0], backward(live, caches, dout)[0], rtol=1e-12, atol=1e-13
    )


@each_joined
def test_batch_norm_in_training_is_refused_by_name(sample: Any) -> None:
    """A network with a BatchNorm in training mode is refused, and the sentence names BatchNorm."""
    live, caches, dout = run(sample.layer, sample.x(), sample.key)
    with pytest.raises(ValueError, match=r"^BatchNorm in training mode .* with the network as stored(\n|$)"):
        per_example_grads(live, caches, dout)


def test_the_refusal_has_the_place() -> None:
    """The note of the refusal says which layer it was."""
    live, caches, dout = run((affine(1, 3, 4), batch_norm(2, 4), affine(3, 4, 2)), normal(1, 5, 3), KEY)
    with pytest.raises(ValueError, match="BatchNorm") as caught:
        per_example_grads(live, caches, dout)
    assert caught.value.__notes__[0].startswith("in layer 1, BatchNorm")


@given(nets(dropout=True), seeds)
def test_networks_with_a_loss_sum_to_gradients(net: Any, seed: int) -> None:
    """With a loss at the end, weighted or not, the sum is what `gradients` gives, in the shape of the network."""
    x, weights = normal(seed, 5, 3), freeze(np.array([1.0, 0.0, 2.0, 0.5, 1.0]))
    for loss in (
        MeanSquaredError(normal(seed + 1, 5, 2)),
        SoftmaxCrossEntropy(np.array([0, 1, 1, 0, 1]), weights),
        SigmoidCrossEntropy(np.full((5, 2), 0.3)),
    ):
        _, caches = forward((net, loss), x)
        found, same_loss = per_example_grads((net, loss), caches, 1.0)
        whole, _ = gradients((net, loss), caches, 1.0)
        assert same_loss == loss
        for path, a in leaves(whole).items():
            np.testing.assert_allclose(leaves(found)[path].sum(axis=0), a, rtol=1e-9, atol=1e-11)


def test_a_mean_loss_gives_shares() -> None:
    """With a loss that averages over N examples, each gradient is 1 / N of that of the example's own loss."""
    net, x, t = (affine(1, 3, 2), Tanh()), normal(2, 4, 3), normal(3, 4, 2)
    _, caches = forward((net, MeanSquaredError(t)), x)
    found, _ = per_example_grads((net, MeanSquaredError(t)), caches, 1.0)
    _, alone = forward((net, MeanSquaredError(t[2:3])), x[2:3])
    own, _ = gradients((net, MeanSquaredError(t[2:3])), alone, 1.0)
    np.testing.assert_allclose(4 * found[0].W[2], own[0].W, rtol=1e-12)


@frozen
class Counting:
    """An Affine layer that notes its calls."""

    W: Any = param()
    calls: list[str] = []  # noqa: RUF012  # the test's own notebook

    def forward(self, x: Any) -> tuple[Any, Any]:
        """The product."""
        return freeze(x @ self.W), x

    def backward(self, cache: Any, dout: Any) -> tuple[Any, Any]:
        """Not to be called."""
        self.calls.append("backward")
        return freeze(dout @ self.W.T), Counting(freeze(cache.T @ dout))

    def per_example(self, cache: Any, dout: Any) -> tuple[Any, Any]:
        """To be called once."""
        self.calls.append("per_example")
        return freeze(dout @ self.W.T), Counting(freeze(cache[:, :, None] * dout[:, None, :]))


def test_one_backward_whatever_the_number_of_examples() -> None:
    """A layer that offers the method is asked once for a batch of 50, and its backward never."""
    calls: list[str] = []
    net = (affine(1, 3, 3), Counting(normal(2, 3, 2), calls))
    _, caches = forward(net, normal(3, 50, 3))
    per_example_grads(net, caches, normal(4, 50, 2))
    assert calls == ["per_example"]


def test_nothing_runs_left_of_the_first_parameters() -> None:
    """Layers before the first parameters are not asked for dx."""

    @frozen
    class NoWay:
        def forward(self, x: Any) -> tuple[Any, Any]:
            return x, None

        def backward(self, cache: Any, dout: Any) -> Any:
            raise AssertionError

    net = (NoWay(), Fixed(affine(1, 3, 3)), affine(2, 3, 2))
    _, caches = forward(net, normal(1, 4, 3))
    assert per_example_grads(net, caches, normal(2, 4, 2))[2].W.shape == (4, 3, 2)
    assert per_example_grads((NoWay(),), (None,), normal(2, 4, 2)) == (NoWay(),)


@given(st.integers(1, 6), seeds)
def test_a_layer_of_ones_own_needs_nothing_more(n: int, seed: int) -> None:
    """A user's layer with forward and backward alone gives each example's gradient, inside a Residual too."""
    square = Square(normal(seed, 3), normal(seed + 1, 3))
    net = (affine(5, 3, 3), square, Residual((square, Tanh())), affine(6, 3, 2))
    x = normal(seed + 2, n, 3)
    _, caches, dout = run(net, x)
    found = per_example_grads(net, caches, dout)
    for i in range(n):
        _, alone = forward(net, x[i : i + 1])
        for path, a in leaves(gradients(net, alone, dout[i : i + 1])).items():
            np.testing.assert_allclose(leaves(found)[path][i], a, rtol=1e-9, atol=1e-11)
    assert arrays(found[1]).keys() == {"a", "c"}


@frozen
class Centered:
    """``y = g (x - mean of the batch)``: a user's layer in which the examples see each other."""

    g: Any = param()

    def forward(self, x: Any) -> tuple[Any, Any]:
        """y, and what g stands at."""
        away = freeze(x - x.mean(0))
        return freeze(self.g * away), away

    def backward(self, cache: Any, dout: Any) -> tuple[Any, Any]:
        """dx through the mean."""
        d = self.g * dout
        return freeze(d - d.mean(0)), Centered(freeze((cache * dout).sum(0)))


def test_a_layer_of_ones_own_that_joins_examples_is_refused() -> None:
    """A user's layer whose dx of one example depends on the dout of another is refused by its name."""
    _, caches, dout = run((Centered(normal(1, 3)),), normal(2, 4, 3))
    with pytest.raises(ValueError, match="in Centered the examples of a batch see each other"):
        per_example_grads((Centered(normal(1, 3)),), caches, dout)


def test_single_precision_stays() -> None:
    """float32 parameters give float32 gradients."""
    net = (affine(1, 3, 2, np.float32), Tanh())
    y, caches = forward(net, normal(1, 4, 3, dtype=np.float32))
    assert {a.dtype for a in leaves(per_example_grads(net, caches, y)).values()} == {np.dtype(np.float32)}


@each_stored
def test_they_are_the_layer_but_for_the_numbers(sample: Any) -> None:
    """Gradients that are given the layer's own arrays are the layer: only arrays of parameters differ."""
    _, caches, dout = run(sample.layer, sample.x())
    grads = per_example(sample.layer, caches, dout)[1]
    assert map_params(lambda g, p: p, grads, sample.layer) == sample.layer
