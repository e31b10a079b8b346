"""Summaries: shapes found by running a row of zeros, and mistakes named by their place."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from strategies import affine, batch_norm, each_sample, flat, nets, normal

from fnnet import Affine, Dropout, Flatten, RandomShift, Residual, Sigmoid, Standardize, forward, frozen, mlp, summarize
from fnnet.network.shapes import describe, layers_of
from fnnet.values import count_params
from fnnet.values.tree import arrays


@given(nets(dropout=True))
def test_rows_are_the_layers(net: Any) -> None:
    """There is a row for each layer, with the shape that it really gives, and all parameters and bytes add up."""
    rows = summarize(net, (3,))
    x = np.zeros((1, 3))
    for row, layer in zip(rows, flat(net), strict=True):
        x = forward(layer, x)[0]
        assert row.output == x.shape[1:]
        assert row.name == describe(layer)
        assert row.params == count_params(layer)
    assert sum(row.params for row in rows) == count_params(net)
    assert sum(row.bytes for row in rows) == sum(a.nbytes for a in arrays(net).values())


@given(nets())
def test_places_lead_to_the_layers(net: Any) -> None:
    """The place of a layer, followed into the nested tuples, is the layer."""
    for place, layer in layers_of(net):
        found = net
        for number in place.split("."):
            found = found[int(number)]
        assert found is layer


def test_places() -> None:
    """A nested layer's place is the numbers that lead to it; a layer alone is layer 0."""
    net = (Sigmoid(), (affine(1, 3, 2), (Sigmoid(),)), Residual((Sigmoid(),)))
    assert [row.place for row in summarize(net, (3,))] == ["0", "1.0", "1.1.0", "2"]
    assert [row.place for row in summarize(Sigmoid(), (3,))] == ["0"]
    assert summarize((), (3,)) == []


@each_sample
def test_every_layer_is_summarized(sample: Any) -> None:
    """The table's layers take a row of zeros of their shape."""
    rows = summarize(sample.layer, sample.shape[1:])
    assert rows[-1].output == forward(sample.layer, sample.x())[0].shape[1:]


MISTAKES: dict[str, tuple[Any, tuple[int, ...], str]] = {
    "affine": (mlp([4, 5, 3]), (3,), r"layer 0 \(Affine 4x5\) expects 4 inputs, got 3"),
    "second": ((affine(1, 4, 5), Sigmoid(), affine(2, 4, 3)), (4,), r"layer 2 \(Affine 4x3\) expects 4 inputs, got 5"),
    "nested": ((Sigmoid(), (affine(1, 4, 5), (affine(2, 4, 3),))), (4,), r"layer 1\.1\.0 \(Affine 4x3\) expects 4"),
    "images": (mlp([16, 3]), (4, 4), r"expects x of \(N, 16\), got \(N, 4, 4\); put Flatten\(\) before it"),
    "batch norm": ((batch_norm(1, 3),), (4,), r"layer 0 \(BatchNorm 3\) expects 3 inputs, got 4"),
    "batch norm of images": ((batch_norm(1, 3),), (3, 3), r"layer 0 \(BatchNorm 3\) expects x of \(N, 3\), got 3 axes"),
    "shift": ((RandomShift(1),), (4,), r"layer 0 \(RandomShift\) expects images .*, got 2 axes"),
    "standardize": ((Standardize.of(normal(0, 5, 3)),), (4,), r"\(Standardize 3\) expects x of \(N, 3\), got \(N, 4\)"),
    "residual": ((Residual((affine(1, 4, 3),)),), (4,), r"layer 0 \(Residual 4x3\) .*keep the shape"),
    "inside a residual": ((Residual((affine(1, 3, 3),)),), (4,), r"layer 0 \(Residual 3x3\)"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_named_by_their_place(name: str) -> None:
    """A shape that does not fit is refused with the place, name and size of the layer, and what came."""
    net, shape, said = MISTAKES[name]
    with pytest.raises(ValueError, match=said):
        summarize(net, shape)


class Careless:
    """A layer without a check of its own that takes four inputs."""

    def forward(self, x: Any) -> tuple[Any, Any]:
        """A product."""
        return x @ np.ones((4, 2)), None

    def backward(self, cache: Any, dout: Any) -> tuple[Any, Any]:
        """Not needed."""
        raise NotImplementedError


def test_a_layer_without_a_check_is_named_too() -> None:
    """What NumPy says inside a layer that checks nothing is said with the layer's place."""
    with pytest.raises(ValueError, match=r"layer 1 \(Careless\) cannot take x of \(N, 3\): .*matmul"):
        summarize((Sigmoid(), Careless()), (3,))
    assert summarize((Careless(),), (4,))[0].output == (2,)


def test_describe() -> None:
    """A layer is described by its class and the shape of its first parameter."""
    layers = (Affine(np.zeros((2, 3)), np.zeros(3)), batch_norm(1, 4), Dropout(), Flatten())
    assert list(map(describe, layers)) == ["Affine 2x3", "BatchNorm 4", "Dropout", "Flatten"]
    assert describe(Residual((Sigmoid(), affine(1, 4, 4)))) == "Residual 4x4"


@frozen
class Witness:
    """A layer that gives x as it is, when it is one row of zeros."""

    def forward(self, x: Any) -> tuple[Any, Any]:
        """x."""
        assert x.shape[0] == 1
        assert not x.any()
        return x, None


def test_one_row_of_zeros_is_run() -> None:
    """The shapes are found with one example, all of whose numbers are 0."""
    assert summarize((Witness(), affine(1, 3, 4)), (3,))[1].output == (4,)
