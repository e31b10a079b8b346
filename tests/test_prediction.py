"""Prediction: in chunks or whole, the same outputs, and figures that are those of the metrics."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import nets, normal, seeds

from fnnet import (
    Affine,
    Flatten,
    MeanSquaredError,
    Scale,
    SigmoidCrossEntropy,
    Softmax,
    SoftmaxCrossEntropy,
    evaluate,
    forward,
    mlp,
    one_hot,
    predict,
)
from fnnet.learning.metrics import accuracy, r2
from fnnet.network import chunks as module

NET = mlp([3, 5, 4], dtype=np.float64)


@pytest.fixture(params=[1, 3, 1000])
def chunk(request: Any, monkeypatch: pytest.MonkeyPatch) -> int:
    """The number of examples in a chunk."""
    monkeypatch.setattr(module, "CHUNK", request.param)
    return int(request.param)


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 7])
def test_chunks_are_the_whole(chunk: int, n: int) -> None:
    """The outputs in chunks are those of the whole, for any number of examples, none included."""
    x = normal(0, n, 3)
    y = predict(NET, x)
    assert y.shape == (n, 4)
    assert np.allclose(y, forward(NET, x)[0], rtol=1e-13)
    assert not y.flags.writeable


@pytest.mark.parametrize("n", [1, 2, 3, 4, 7])
def test_evaluate_is_the_metrics(chunk: int, n: int) -> None:
    """The value and accuracy in chunks are the loss and the accuracy of the whole."""
    x, labels = normal(0, n, 3), np.random.default_rng(1).integers(0, 4, n)
    rows = one_hot(labels, 4, np.float64)
    y = predict(NET, x)
    for loss, targets in ((SoftmaxCrossEntropy, labels), (MeanSquaredError, rows), (SigmoidCrossEntropy, rows)):
        value, share = evaluate(NET, loss, x, targets)
        assert value == pytest.approx(loss(targets).forward(y)[0], rel=1e-12)
        assert share == pytest.approx(accuracy(y, labels))


@given(nets(dropout=True), seeds)
def test_predict_is_inference(net: Any, seed: int) -> None:
    """A network is used as stored: twice the same, and forward's output."""
    x = normal(seed, 4, 3)
    assert np.array_equal(predict(net, x), predict(net, x))
    assert np.array_equal(predict(net, x), forward(net, x)[0])


@given(seeds, st.integers(1001, 1010))
def test_the_usual_chunk(seed: int, n: int) -> None:
    """More examples than a chunk holds keep their order."""
    x = normal(seed, n, 3)
    rows = np.array([0, 999, 1000, n - 1])
    assert np.allclose(predict(NET, x)[rows], forward(NET, x[rows])[0], rtol=1e-12)


def test_x_is_cast_to_the_network() -> None:
    """Lists, bytes and doubles are cast to the network's dtype, and the caller's array stays as it is."""
    net = (Flatten(), Scale(1 / 255), Affine(np.ones((4, 2), np.float32), np.zeros(2, np.float32)), Softmax())
    x = np.arange(8, dtype=np.uint8).reshape(2, 2, 2)
    outputs = [predict(net, a) for a in (x, x.tolist(), x.astype(np.float64))]
    assert all(y.dtype == np.float32 for y in outputs)
    assert all(np.array_equal(y, outputs[0]) for y in outputs)
    assert x.flags.writeable


def test_predict_gives_an_array_of_its_own() -> None:
    """The outputs of a network that changes nothing are not the caller's array."""
    x = np.ones((2, 3))
    y = predict((), x)
    x[...] = 0.0
    assert y.all()


@pytest.mark.parametrize("n", [2, 3, 4, 7])
def test_evaluate_gives_r2_for_numbers(chunk: int, n: int) -> None:
    """For one output, and for rows that are no shares, the second figure is R² of all rows, of whole numbers too."""
    x, one = normal(0, n, 3), (Affine(normal(1, 3, 1), np.zeros(1)),)
    for net, t in ((one, normal(2, n)), (one, normal(2, n, 1)), (one, np.arange(n)), (NET, normal(2, n, 4))):
        value, share = evaluate(net, MeanSquaredError, x, t)
        y = predict(net, x)
        t = t.reshape(y.shape)
        assert value == pytest.approx(np.mean((y - t) ** 2), rel=1e-12)
        assert share == pytest.approx(np.mean(1 - ((y - t) ** 2).mean(0) / t.var(0)), rel=1e-12)


def test_r2_of_one_number() -> None:
    """Where the targets don't vary, R² is 1 if they are met and 0 if not, as scikit-learn has it."""
    assert [r2(np.full((3, 1), y), [2.0, 2.0, 2.0]) for y in (2.0, 2.5)] == [1.0, 0.0]


def test_a_yes_is_right_above_zero() -> None:
    """One output under the sigmoid cross-entropy is a yes above 0; before it was right whatever it said."""
    net = (Affine([[1.0]], [0.0]),)
    for targets in ([1, 1, 1, 1], [[1.0], [1.0], [1.0], [1.0]]):
        assert evaluate(net, SigmoidCrossEntropy, [[2.0], [0.1], [-1.0], [0.3]], targets)[1] == 0.75
