"""Where arithmetic turns: the last normal number, many rows, more axes, and the edge of every range."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import normal, seeds

from fnnet import SGD, MeanSquaredError, SoftmaxCrossEntropy, one_hot, train
from fnnet.layers import Softmax
from fnnet.learning.state import first_state
from fnnet.optimizers import OptimizerState
from fnnet.runs.saving import checked
from fnnet.values.numeric import flush, log_softmax_and_softmax, row_max, sigmoid, softmax
from fnnet.values.record import evolve

each_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64])


# Numbers


@each_dtype
def test_sigmoid_is_exact_to_its_last_normal_number(dtype: Any) -> None:
    """Down to the last whole number with a normal sigmoid no digit is lost, and below it nothing is subnormal."""
    limits = np.finfo(dtype)
    last = np.ceil(np.log(limits.smallest_normal))
    x = np.arange(last, 0.0, dtype=dtype)
    exact = 1.0 / (1.0 + np.exp(-x.astype(np.longdouble)))
    assert np.all(np.abs(sigmoid(x) - exact) <= 4 * limits.eps * exact)
    assert np.all(sigmoid(np.array([last - 0.5, last - 1.0, 2 * last, limits.min], dtype)) >= limits.smallest_normal)


@each_dtype
def test_flush_rounds_to_its_step(dtype: Any) -> None:
    """Positive numbers are rounded to multiples of 2**23 smallest normal ones."""
    step = np.finfo(dtype).smallest_normal * 2.0**23
    assert flush(np.array([step, 0.49 * step], dtype)).tolist() == [step, 0.0]


@each_dtype
@given(seed=seeds, classes=st.integers(1, 5), rows=st.integers(1, 30))
def test_row_max(dtype: Any, seed: int, classes: int, rows: int) -> None:
    """The largest number of each row is found, however many rows there are for each column."""
    a = normal(seed, rows, classes, dtype=dtype)
    assert np.array_equal(row_max(a), a.max(axis=1))


@pytest.mark.parametrize("f", [softmax, lambda x: log_softmax_and_softmax(x)[0], lambda x: Softmax().forward(x)[0]])
@given(seed=seeds)
def test_softmax_is_over_the_last_axis(f: Any, seed: int) -> None:
    """Of an array with more axes, each row of the last is treated as a row of a matrix."""
    x = normal(seed, 2, 3, 4)
    assert np.allclose(f(x), f(x.reshape(6, 4)).reshape(2, 3, 4), rtol=1e-14, atol=1e-15)


@given(seeds)
def test_softmax_backward_is_over_the_last_axis(seed: int) -> None:
    """Its backward, too, takes each row of the last axis by itself."""
    y, dout = Softmax().forward(normal(seed, 2, 3, 4))[0], normal(seed + 1, 2, 3, 4)
    flat = Softmax().backward(y.reshape(6, 4), dout.reshape(6, 4))[0]
    assert np.allclose(Softmax().backward(y, dout)[0], flat.reshape(2, 3, 4), rtol=1e-14, atol=1e-15)


# Ranges


@pytest.mark.parametrize("labels", [[1, -1], [1, 3], [-2, 5]])
def test_one_hot_names_the_range(labels: list[int]) -> None:
    """One label outside the classes is enough to be refused, with the range that is and the one that may be."""
    with pytest.raises(ValueError, match=f"^labels must be from 0 to 2, got {min(labels)} to {max(labels)}$"):
        one_hot(labels, 3)


def test_no_examples_have_no_weights() -> None:
    """A loss of no examples takes no weights."""
    assert SoftmaxCrossEntropy(np.zeros(0, int), []).weights.shape == (0,)


def test_a_loss_of_one_axis_is_refused_in_words() -> None:
    """Outputs without an axis of examples are refused with both shapes, as any others that don't fit."""
    with pytest.raises(ValueError, match=r"targets must be .* outputs \(3,\), got \(2,\); use one_hot\(labels, 3\)"):
        MeanSquaredError(np.zeros(2)).forward(np.zeros(3))


# What can be trained

X, LABELS = normal(0, 4, 3), np.array([0, 1, 2, 0])
FEW: dict[str, Any] = {"loss": SoftmaxCrossEntropy, "epochs": 1}


def test_a_network_of_no_layers_is_trained_on_x_itself() -> None:
    """Where there are no layers the columns of x are the logits, one for each class."""
    for targets in (LABELS, one_hot(LABELS, 3)):
        (state,) = train((), X, targets, **FEW)
        assert state.loss == pytest.approx(float(SoftmaxCrossEntropy(LABELS).forward(X)[0]))
    with pytest.raises(ValueError, match="class indices must be from 0 to 2, got 1 to 3"):
        train((), X, LABELS + 1, **FEW)


def test_a_weight_may_be_zero_and_none_negative() -> None:
    """A single negative or infinite weight is refused, a weight of 0 is not."""
    assert len(list(train((), X, LABELS, weights=[0, 1, 1, 0], **FEW))) == 1
    for wrong in (-1.0, np.inf, np.nan):
        with pytest.raises(ValueError, match=r"weights must be \(4,\) finite numbers, none negative"):
            train((), X, LABELS, weights=[0, 1, 1, wrong], **FEW)


def test_one_example_is_a_validation_set() -> None:
    """A validation set needs one example, and has the mean loss of just that."""
    (state,) = train((), X, LABELS, validation=(X[:1], LABELS[:1]), **FEW)
    assert state.validation == pytest.approx(float(SoftmaxCrossEntropy(LABELS[:1]).forward(X[:1])[0]))


# A state from outside

FIRST = first_state((), SGD(), 0)


@pytest.mark.parametrize("name", ["epoch", "step", "batch", "examples", "best_epoch"])
def test_counts_of_a_state(name: str) -> None:
    """A count is from 0 to 2**63 - 1, and any other is refused by its name."""
    for count in (0, 2**63 - 1):
        assert getattr(checked(evolve(FIRST, **{name: count})), name) == count
    for count in (-1, 2**63):
        with pytest.raises(ValueError, match=f"^{name} must be a whole number of at least 0, got {count}$"):
            checked(evolve(FIRST, **{name: count}))


def test_steps_of_an_optimizer_are_counted_too() -> None:
    """The optimizer's own count of steps has the same range."""
    with pytest.raises(ValueError, match=r"optimizer\.step must be a whole number of at least 0, got -1"):
        checked(evolve(FIRST, optimizer=OptimizerState(-1, ())))


def test_the_seed_of_a_state() -> None:
    """A state's seed is one of which keys can be made."""
    with pytest.raises(ValueError, match="seed must be a whole number from 0 to 4294967295, got 4294967296"):
        checked(evolve(FIRST, seed=2**32))
