"""Which examples pushed a weight: ranked parts of its gradient."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import Square, affine, batch_norm, nets, normal, seeds

from fnnet import (
    Affine,
    BatchNorm,
    Dropout,
    MeanSquaredError,
    Residual,
    Sigmoid,
    SoftmaxCrossEntropy,
    forward,
    freeze,
    frozen,
    gradients,
    key,
    leaves,
    param,
    training,
)
from fnnet.network import per_example_grads
from fnnet.teaching import Push, pushes, who_moved
from fnnet.values import Purpose

NET = (affine(1, 3, 4), Sigmoid(), (affine(3, 4, 4), Residual((affine(5, 4, 4),))), affine(7, 4, 2))
X, TARGETS = normal(2, 6, 3), normal(3, 6, 2)
LOSS = MeanSquaredError(TARGETS)


@given(nets(), seeds, st.data())
def test_pushes_are_the_gradient_taken_apart(net: Any, seed: int, data: Any) -> None:
    """For any weight of any network the pushes sum to its gradient, each the one of `per_example_grads`."""
    x, loss = normal(seed, 5, 3), SoftmaxCrossEntropy(np.array([0, 1, 1, 0, 1]), np.array([1.0, 2.0, 0.0, 1.0, 0.5]))
    _, caches = forward((net, loss), x)
    whole, apart = gradients((net, loss), caches, 1.0)[0], per_example_grads((net, loss), caches, 1.0)[0]
    path = data.draw(st.sampled_from(sorted(leaves(net))))
    place = tuple(data.draw(st.integers(0, size - 1)) for size in leaves(net)[path].shape)
    found = who_moved(net, loss, x, f"{path}[{','.join(map(str, place))}]")
    assert sum(p.push for p in found) == pytest.approx(float(leaves(whole)[path][place]), rel=1e-9, abs=1e-12)
    for p in found:
        assert p.push == pytest.approx(float(leaves(apart)[path][(p.index, *place)]), rel=1e-9, abs=1e-13)


def test_they_are_ranked_by_size_and_the_shares_make_one() -> None:
    """The hardest push comes first whatever its sign, each example once, and the shares of the sizes sum to 1."""
    found = who_moved(NET, LOSS, X, "0.W[2,1]")
    sizes = [abs(p.push) for p in found]
    assert sizes == sorted(sizes, reverse=True)
    assert sorted(p.index for p in found) == list(range(6))
    assert {p.push > 0 for p in found} == {True, False}
    assert [p.share for p in found] == pytest.approx([size / sum(sizes) for size in sizes])


@pytest.mark.parametrize("path", ["2.0.W[1,2]", "2.1.inner.0.b[3]", "3.b[1]", "0.W[ 2, 1 ]"])
def test_nested_layers_are_found_by_their_paths(path: str) -> None:
    """Weights inside tuples and Residuals are named as `leaves` names them."""
    assert who_moved(NET, LOSS, X, path)[0].push != 0


def test_portions_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many gradients are held at a time, the pushes are the same."""
    whole = who_moved(NET, LOSS, X, "0.W[2,1]")
    monkeypatch.setattr(pushes, "HELD", 25)
    parts = who_moved(NET, LOSS, X, "0.W[2,1]")
    assert [p.index for p in parts] == [p.index for p in whole]
    assert [p.push for p in parts] == pytest.approx([p.push for p in whole], rel=1e-12)


def test_nothing_pushed() -> None:
    """Where no example has a gradient the shares are 0, and the examples stand in their order."""
    exact = MeanSquaredError(forward(NET, X)[0])
    assert who_moved(NET, exact, X, "3.b[0]") == tuple(Push(n, 0.0, 0.0) for n in range(6))


def test_the_place_may_be_left_out_of_an_array_of_one_number() -> None:
    """A bias of one unit is named by its path alone, and a layer alone by its field."""
    one = (affine(1, 3, 1),)
    loss = MeanSquaredError(normal(3, 6, 1))
    assert who_moved(one, loss, X, "0.b") == who_moved(one, loss, X, "0.b[0]") == who_moved(one[0], loss, X, "b")


def test_layers_of_ones_own_and_batch_norm_in_use() -> None:
    """A user's layer without per_example, and a BatchNorm as stored, take part."""
    net = (affine(1, 3, 4), Square(normal(5, 4), normal(6, 4)), batch_norm(7, 4), affine(8, 4, 2))
    for path in ("1.a[2]", "2.gamma[1]"):
        _, caches = forward((net, LOSS), X)
        whole = leaves(gradients((net, LOSS), caches, 1.0)[0])[path[:-3]]
        assert sum(p.push for p in who_moved(net, LOSS, X, path)) == pytest.approx(whole[int(path[-2])])


def test_whole_numbers_and_single_precision() -> None:
    """x is cast to the dtype of the network, and the figures are plain Python numbers."""
    net = (affine(1, 3, 2, np.float32),)
    found = who_moved(net, LOSS, np.arange(18, dtype=np.uint8).reshape(6, 3), "0.W[0,0]")
    assert {type(value) for p in found for value in (p.push, p.share)} == {float}
    assert {type(p.index) for p in found} == {int}


LIVE = key(0, Purpose.NOISE)
REFUSED: dict[str, tuple[Any, Any, str, str]] = {
    "path": (NET, X, "5.W[0,0]", r"weight must be one of 0\.W, 0\.b, .*, and a place in it such as \[0,1\], got '5\.W"),
    "nothing": (NET, X, "", "weight must be one of"),
    "text": (NET, X, "0.W[a]", "weight must be one of"),
    "negative": (NET, X, "0.W[-1,0]", "weight must be one of"),
    "no place": (NET, X, "0.W", r"weight must name one number: from 0\.W\[0,0\] to 0\.W\[2,3\], got '0\.W'"),
    "outside": (NET, X, "0.W[3,0]", r"weight must name one number: from 0\.W\[0,0\] to 0\.W\[2,3\]"),
    "axes": (NET, X, "0.b[0,0]", r"weight must name one number: from 0\.b\[0\] to 0\.b\[3\]"),
    "x": (NET, normal(1, 6, 2), "0.b[0]", r"layer 0 \(Affine 3x4\) expects 3 inputs, got 2"),
    "targets": (NET, normal(1, 5, 3), "0.b[0]", r"targets must be \(N, K\)"),
    "dropout": (training((Dropout(), affine(1, 3, 2)), LIVE), X, "1.b[0]", r"layer 0 \(Dropout\) is in training mode"),
    "batch norm": (
        training((BatchNorm.init(3, float), affine(1, 3, 2)), LIVE),
        X,
        "0.beta[0]",
        "BatchNorm in training",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cant_be_asked_is_refused_in_one_sentence(name: str) -> None:
    """An unknown path or place, x that does not fit, and a network in training mode are refused by name."""
    net, x, weight, said = REFUSED[name]
    with pytest.raises(ValueError, match=said):
        who_moved(net, LOSS, x, weight)


def test_a_batch_norm_in_training_is_refused_wherever_the_weight_is() -> None:
    """A BatchNorm in training mode is refused too when the weight is to its left, or to its right."""
    net = training((affine(1, 3, 2), BatchNorm.init(2, float), affine(4, 2, 2)), LIVE)
    for path in ("0.b[0]", "2.b[0]"):
        with pytest.raises(ValueError, match="BatchNorm in training mode"):
            who_moved(net, LOSS, X, path)


@frozen
class Centred:
    """``y = c (x - mean)``, the mean over the examples: a user's layer in which they see each other."""

    c: Any = param()

    def forward(self, x: Any) -> tuple[Any, Any]:
        """y, and what it was made from."""
        away = freeze(x - x.mean(0))
        return freeze(self.c * away), away

    def backward(self, cache: Any, dout: Any) -> tuple[Any, Any]:
        """dx, and the gradient in c."""
        return freeze(self.c * (dout - dout.mean(0))), Centred(freeze((dout * cache).sum(0)))


def test_a_layer_that_joins_examples_is_refused_to_the_right_of_the_weight() -> None:
    """Two examples are put to all of the network, so that a layer which joins them is found wherever it is."""
    with pytest.raises(ValueError, match="in Centred the examples of a batch see each other"):
        who_moved((affine(1, 3, 2), Centred([1.0, 2.0])), LOSS, X, "0.W[0,0]")


@pytest.mark.parametrize(("held", "portions"), [(1, [1] * 6), (12, [1] * 6), (30, [2] * 3), (59, [4, 2]), (10**7, [6])])
def test_no_more_gradients_are_held_than_may_be(
    monkeypatch: pytest.MonkeyPatch, held: int, portions: list[int]
) -> None:
    """A portion has as many examples as there is room for their 12 numbers each, and at least one."""
    seen = []
    monkeypatch.setattr(pushes, "HELD", held)
    monkeypatch.setattr(pushes, "forward", lambda net, x: seen.append(len(x)) or forward(net, x))
    who_moved(NET, LOSS, X, "0.W[2,1]")
    assert seen == [2, *portions]  # the two that are put to all of the network come first


def test_no_push_is_negative_zero() -> None:
    """A push of nothing is 0.0, whatever the sign of what it was multiplied by."""
    (push,) = who_moved((Affine([[1.0]], [0.0]),), MeanSquaredError([[1.0]]), [[0.0]], "0.W")
    assert str(push.push) == "0.0"
