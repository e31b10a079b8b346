"""Contracts that can't be misread: what would do nothing, or something else than it says, is refused aloud."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from strategies import affine, normal

import fnnet
from fnnet import (
    SGD,
    Affine,
    BatchNorm,
    Dropout,
    MeanSquaredError,
    ReLU,
    Residual,
    SoftmaxCrossEntropy,
    Standardize,
    absorb,
    evolve,
    forward,
    frozen,
    key,
    mlp,
    predict,
    sub,
    train,
    training,
)
from fnnet.datasets import digits
from fnnet.learning.state import first_state
from fnnet.runs import Recipe, Run, Source, load_run
from fnnet.runs.run import STATE
from fnnet.teaching import who_moved
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


@frozen
class Brightness:
    """A user's layer: each image (C, H, W) as the mean of each channel (C,)."""

    def forward(self, x: Any) -> tuple[Any, Any]:
        """The means, and the shape of x."""
        return fnnet.freeze(x.mean(axis=(2, 3))), x.shape

    def backward(self, cache: Any, dout: Any) -> tuple[Any, "Brightness"]:
        """Each pixel's share."""
        share = dout[:, :, None, None] / (cache[2] * cache[3])
        return fnnet.freeze(np.broadcast_to(share, cache).copy()), self


def test_a_small_network_on_large_images_is_a_run(tmp_path: Path) -> None:
    """A run's file may be smaller than one of its examples, as that of a network that pools is."""
    shape = (3, 224, 224)
    net = (Brightness(), affine(1, 3, 2))
    state = first_state(net, SGD(0.2, momentum=0.9), seed=0)
    run = Run(
        Recipe(loss="mse", momentum=0.9), Source("mine.npz", None, "0" * 64), shape, ("a", "b"), 1, None, net, state
    )
    (tmp_path / STATE).write_bytes(run.packed(state))
    assert load_run(tmp_path, layers=(Brightness,)) == run


def test_no_two_checks_draw_from_one_stream() -> None:
    """Each place in the library that draws for a check has a key that no other place can have."""
    calls = re.compile(r"key\((\w+), Purpose\.CHECK((?:, \w+=\w+)*)\)")
    root = Path(fnnet.__file__).parent
    where = [(path, match) for path in root.rglob("*.py") for match in calls.finditer(path.read_text())]
    steps = Counter(re.search(r"step=(\d+)", match[2])[1] for _, match in where if "step=" in match[2])  # type: ignore[index]
    assert len(where) == sum(steps.values())
    assert [step for step, many in steps.items() if many > 1] == []


@pytest.mark.parametrize(("dtype", "bound"), [(np.float32, 1e-6), (np.float64, 2e-15)])
def test_a_row_alone_is_the_row_among_many(dtype: Any, bound: float) -> None:
    """What `predict` says of one row is what it says of it among many, to within what its docstring says."""
    x = digits().x_test[:100].reshape(100, -1) / 16
    for sizes in ([64, 256, 10], [64, 128, 128, 10], [64, 10]):
        net = mlp(sizes, ReLU(), dtype=dtype)
        many, alone = predict(net, x), np.concatenate([predict(net, row[None]) for row in x])
        assert np.abs(many - alone).max() <= bound * np.abs(many).max()
