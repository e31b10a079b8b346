"""Contracts that can't be misread: what would do nothing, or something else than it says, is refused aloud."""

from typing import Any

import numpy as np
import pytest
from strategies import affine, normal

import fnnet
from fnnet import (
    Affine,
    BatchNorm,
    Dropout,
    MeanSquaredError,
    Residual,
    SoftmaxCrossEntropy,
    Standardize,
    absorb,
    evolve,
    forward,
    frozen,
    key,
    sub,
    train,
    training,
)
from fnnet.network import who_moved
from fnnet.values import Purpose
from fnnet.values.record import replace

NOISE = key(0, Purpose.NOISE)


@pytest.mark.parametrize("copy", [evolve, replace])
def test_a_name_that_is_no_field_is_refused(copy: Any) -> None:
    """A misspelt field changes nothing silently."""
    with pytest.raises(TypeError, match="rat"):
        copy(Dropout(0.5), rat=0.9)


def test_the_public_copy_leaves_no_way_in() -> None:
    """`evolve` copies what can be written to, and the unchecked way is not public."""
    W = np.ones((2, 2))
    layer = evolve(Affine(W, [0.0, 0.0]), W=W)
    W[0, 0] = 7.0
    assert layer.W[0, 0] == 1.0
    assert not hasattr(fnnet, "replace")


@frozen
class Twice:
    """A user's record that holds layers, hands on forward and backward, and has forgotten ``absorb``."""

    inner: Any = sub()

    def forward(self, x: Any) -> tuple[Any, Any]:
        """``inner(x)``."""
        return forward(self.inner, x)

    def backward(self, cache: Any, dout: Any) -> tuple[Any, Any]:
        """As inner's."""
        dx, inner = fnnet.backward(self.inner, cache, dout)
        return dx, Twice(inner)


HIDING = Twice((affine(1, 3, 3), BatchNorm.init(3, float)))


def test_a_record_that_forgets_absorb_fails_aloud() -> None:
    """Running statistics that would stand still are an error, before the first step and in the fold."""
    with pytest.raises(TypeError, match=r"Twice holds layers with running statistics.*absorb"):
        train((HIDING, affine(2, 3, 2)), normal(1, 4, 3), np.arange(4) % 2, loss=SoftmaxCrossEntropy)
    _, cache = forward(training(HIDING, NOISE), normal(1, 4, 3))
    with pytest.raises(TypeError, match="absorb"):
        absorb(HIDING, cache)


def test_a_record_without_running_statistics_needs_no_absorb() -> None:
    """A record of layers that have none is as good without the method."""
    net = (Twice((affine(1, 3, 3), Dropout(0.5))), affine(2, 3, 2))
    assert next(train(net, normal(1, 4, 3), np.arange(4) % 2, loss=SoftmaxCrossEntropy)).step == 1


@pytest.mark.parametrize("layer", [Residual((Dropout(0.5),)), Residual(Residual((BatchNorm.init(3, float),)))])
def test_who_moved_refuses_a_network_in_training_mode(layer: Any) -> None:
    """A random layer or a batch's statistics are found however deep they sit."""
    live = training((affine(1, 3, 3), layer, affine(2, 3, 1)), NOISE)
    with pytest.raises(ValueError, match="training mode"):
        who_moved(live, MeanSquaredError(normal(2, 4, 1)), normal(1, 4, 3), "0.W[0,0]")


@pytest.mark.parametrize("value", [0.1, 0.7, 1e8])
@pytest.mark.parametrize("weights", [None, [1.0, 2.0, 4.0]])
def test_a_constant_column_is_only_moved(value: float, weights: Any) -> None:
    """Rounding gives no constant column a deviation."""
    x = np.array([[value, 1.0], [value, 2.0], [value, 4.0]])
    assert Standardize.of(x, float, weights).deviation[0] == 1.0


def test_a_row_of_weight_two_stands_there_twice() -> None:
    """`Standardize.of` with weights measures what it would measure on rows repeated as often, and left out for 0."""
    x, times = normal(3, 5, 2), np.array([2, 0, 1, 3, 1])
    weighted, repeated = Standardize.of(x, float, times), Standardize.of(np.repeat(x, times, axis=0), float)
    assert np.allclose(weighted.mean, repeated.mean, rtol=1e-12)
    assert np.allclose(weighted.deviation, repeated.deviation, rtol=1e-12)
    with pytest.raises(ValueError, match="weights"):
        Standardize.of(x, float, [1.0, -1.0, 1.0, 1.0, 1.0])
