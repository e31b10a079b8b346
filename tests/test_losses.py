"""Losses: their formulas, the laws of weights, stability at any logit, and what they refuse."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import nets, normal, seeds, small_seeds

from fnnet import (
    SGD,
    Affine,
    Huber,
    MeanAbsoluteError,
    MeanSquaredError,
    Scale,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
    check_gradients,
    forward,
    freeze,
    gradients,
    one_hot,
    predict,
    train,
)
from fnnet.learning.metrics import accuracy, confusion, precision_recall, predicted

K = 4


def indices(seed: int, n: int) -> Any:
    """Class indices."""
    return freeze(np.random.default_rng(seed).integers(0, K, n))


def rows(seed: int, n: int) -> Any:
    """One-hot rows."""
    return one_hot(indices(seed, n), K, np.float64)


def distributions(seed: int, n: int) -> Any:
    """Rows of probabilities that sum to 1."""
    p = np.random.default_rng(seed).random((n, K))
    return freeze(p / p.sum(axis=1, keepdims=True))


def answers(seed: int, n: int) -> Any:
    """Numbers from 0 to 1."""
    return freeze(np.random.default_rng(seed).random((n, K)))


def softmax_formula(x: Any, t: Any) -> Any:
    """The cross-entropy of each example."""
    t = np.eye(K)[t] if t.ndim == 1 else t
    return -(t * (x - np.log(np.exp(x).sum(axis=1, keepdims=True)))).sum(axis=1)


def sigmoid_formula(x: Any, t: Any) -> Any:
    """The mean cross-entropy of each example's answers."""
    s = 1 / (1 + np.exp(-x))
    return -(t * np.log(s) + (1 - t) * np.log(1 - s)).mean(axis=1)


def squared_formula(x: Any, t: Any) -> Any:
    """The mean squared error of each example's outputs."""
    return ((x - t) ** 2).mean(axis=1)


def absolute_formula(x: Any, t: Any) -> Any:
    """The mean absolute error of each example's outputs, in a unit of 1.5."""
    return abs((x - t) / 1.5).mean(axis=1)


def huber_formula(x: Any, t: Any) -> Any:
    """Huber's loss of each example's outputs, in a unit of 1.5 and straight from 0.7 on."""
    a = abs((x - t) / 1.5)
    return np.where(a <= 0.7, a * a / 2, 0.7 * (a - 0.35)).mean(axis=1)


#: A loss, targets for it, and the value of each example.
CASES: dict[str, tuple[Callable[..., Any], Callable[[int, int], Any], Callable[[Any, Any], Any]]] = {
    "softmax of indices": (SoftmaxCrossEntropy, indices, softmax_formula),
    "softmax of rows": (SoftmaxCrossEntropy, rows, softmax_formula),
    "softmax of distributions": (SoftmaxCrossEntropy, distributions, softmax_formula),
    "sigmoid": (SigmoidCrossEntropy, answers, sigmoid_formula),
    "squares": (MeanSquaredError, lambda seed, n: normal(seed, n, K), squared_formula),
    "squares in a unit": (
        partial(MeanSquaredError, unit=0.5),
        lambda seed, n: normal(seed, n, K),
        lambda x, t: 4 * squared_formula(x, t),
    ),
    "absolute": (partial(MeanAbsoluteError, unit=1.5), lambda seed, n: normal(seed, n, K), absolute_formula),
    "Huber": (partial(Huber, unit=1.5, delta=0.7), lambda seed, n: normal(seed, n, K), huber_formula),
}
each_loss = pytest.mark.parametrize("name", CASES)
sizes = st.integers(1, 6)


def value_and_dx(loss: Any, x: Any, dout: Any = 1.0) -> tuple[Any, Any]:
    """Forward and backward."""
    value, cache = loss.forward(x)
    dx, same = loss.backward(cache, dout)
    assert same is loss
    return value, dx


@each_loss
@given(seed=small_seeds, n=sizes)
def test_loss_is_its_formula(name: str, seed: int, n: int) -> None:
    """The value is the mean of the formula over the examples, and with weights the weighted mean."""
    loss, targets, formula = CASES[name]
    x, t, w = normal(seed, n, K), targets(seed, n), np.random.default_rng(seed).random(n) + 0.1
    assert np.isclose(loss(t).forward(x)[0], formula(x, t).mean(), rtol=1e-12)
    assert np.isclose(loss(t, w).forward(x)[0], (w * formula(x, t)).sum() / w.sum(), rtol=1e-12)


@each_loss
@given(seed=small_seeds, net=nets(), weighted=st.booleans())
def test_gradient_through_a_network(name: str, seed: int, net: Any, weighted: bool) -> None:
    """Through a whole network and the loss, every gradient is the measured one."""
    loss, targets, _ = CASES[name]
    w = freeze(np.random.default_rng(seed).random(5)) if weighted else None
    whole = (net, Affine(normal(seed, 2, K), normal(seed + 1, K)))
    report = check_gradients((whole, loss(targets(seed, 5), w)), normal(seed + 2, 5, 3), entries=6)
    assert report.passed, report.worst


@each_loss
@given(seed=small_seeds, n=sizes)
def test_weight_zero_is_absence(name: str, seed: int, n: int) -> None:
    """Examples of weight 0 are as if absent: the same value, the same dx for the others, and 0 for them."""
    loss, targets, _ = CASES[name]
    x, t, w = normal(seed, n + 2, K), targets(seed, n + 2), np.random.default_rng(seed).random(n + 2) + 0.1
    w[:2] = 0.0
    value, dx = value_and_dx(loss(t, w), x)
    other, rest = value_and_dx(loss(t[2:], w[2:]), x[2:])
    assert np.isclose(value, other, rtol=1e-12)
    assert np.allclose(dx[2:], rest, rtol=1e-12)
    assert not dx[:2].any()


@each_loss
@given(seed=small_seeds, n=sizes, counts=st.lists(st.integers(0, 3), min_size=6, max_size=6))
def test_weight_two_is_twice(name: str, seed: int, n: int, counts: list[int]) -> None:
    """Whole weights are as if each example stood there so many times."""
    loss, targets, _ = CASES[name]
    x, t, counts = normal(seed, n, K), targets(seed, n), [*counts[: n - 1], 2]
    value, dx = value_and_dx(loss(t, counts), x)
    again = np.repeat(np.arange(n), counts)
    other, each = value_and_dx(loss(t[again], None), x[again])
    gathered = np.zeros_like(x)
    np.add.at(gathered, again, each)
    assert np.isclose(value, other, rtol=1e-12)
    assert np.allclose(dx, gathered, rtol=1e-12, atol=1e-15)


@each_loss
@given(seed=small_seeds, n=sizes, factor=st.floats(0.01, 100))
def test_weights_count_by_their_ratios(name: str, seed: int, n: int, factor: float) -> None:
    """A common factor of all weights changes nothing, and equal weights are as none."""
    loss, targets, _ = CASES[name]
    x, t, w = normal(seed, n, K), targets(seed, n), np.random.default_rng(seed).random(n) + 0.1
    for a, b in ((w, factor * w), (None, np.full(n, factor))):
        (value, dx), (other, dy) = value_and_dx(loss(t, a), x), value_and_dx(loss(t, b), x)
        assert np.isclose(value, other, rtol=1e-12)
        assert np.allclose(dx, dy, rtol=1e-12)


@each_loss
def test_weights_of_zero_alone_are_no_loss(name: str) -> None:
    """When all weights are 0, the value and its gradient are 0."""
    loss, targets, _ = CASES[name]
    value, dx = value_and_dx(loss(targets(1, 3), np.zeros(3)), normal(0, 3, K))
    assert value == 0
    assert not dx.any()


@each_loss
def test_dout_is_a_factor(name: str) -> None:
    """dx is linear in dout."""
    loss, targets, _ = CASES[name]
    x, made = normal(0, 3, K), loss(targets(1, 3), [1.0, 2.0, 0.5])
    assert np.allclose(value_and_dx(made, x, -3.0)[1], -3.0 * value_and_dx(made, x)[1])


@each_loss
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_huge_logits(name: str, dtype: Any) -> None:
    """At logits of ±1e4 the value and dx are finite, right, of the logits' dtype, and nothing overflows."""
    loss, targets, _ = CASES[name]
    x = np.array([[1e4, -1e4, 0.0, 5.0], [-1e4, -1e4, -1e4, -1e4], [1e4, 1e4, 1e4, -1e4]], dtype)
    for w in (None, np.array([1.0, 2.0, 3.0])):
        made = loss(targets(1, 3), w)
        value, dx = value_and_dx(made, x)
        exact, exact_dx = value_and_dx(made, x.astype(np.float64))
        assert value.dtype == dx.dtype == dtype
        assert np.isclose(value, exact, rtol=1e-5)
        assert np.allclose(dx, exact_dx, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_sure_answer_costs_its_logit(dtype: Any) -> None:
    """A sure and wrong answer costs as much as its logit, and a sure and right one nothing."""
    x = np.array([[1e4, 0.0]], dtype)
    assert SoftmaxCrossEntropy([1]).forward(x)[0] == 1e4
    assert SoftmaxCrossEntropy([0]).forward(x)[0] == 0
    assert SigmoidCrossEntropy([[0.0, 0.0]]).forward(x)[0] == pytest.approx((1e4 + np.log(2)) / 2)
    assert SigmoidCrossEntropy([[1.0, 0.0]]).forward(x)[0] == pytest.approx(np.log(2) / 2)


@given(small_seeds, sizes)
def test_indices_and_rows_are_one(seed: int, n: int) -> None:
    """Class indices, of any integer dtype, and one-hot rows give the same value and dx."""
    x, labels = normal(seed, n, K), indices(seed, n)
    value, dx = value_and_dx(SoftmaxCrossEntropy(labels), x)
    for targets in (one_hot(labels, K), one_hot(labels, K, int), labels.astype(np.uint8), labels.astype(np.int8)):
        other, dy = value_and_dx(SoftmaxCrossEntropy(targets), x)
        assert np.isclose(value, other, rtol=1e-13)
        assert np.allclose(dx, dy, rtol=1e-13)


@given(seeds, sizes)
def test_softmax_dx_sums_to_zero(seed: int, n: int) -> None:
    """Each row of the softmax cross-entropy's dx sums to 0, and a step against it lowers the value."""
    x, loss = normal(seed, n, K), SoftmaxCrossEntropy(indices(seed, n))
    value, dx = value_and_dx(loss, x)
    assert np.allclose(dx.sum(axis=1), 0.0, atol=1e-15)
    assert loss.forward(x - 0.1 * n * dx)[0] < value


@each_loss
def test_losses_write_to_nothing(name: str) -> None:
    """Neither logits, targets nor weights are written to or frozen."""
    loss, targets, _ = CASES[name]
    x, t, w = np.array(normal(0, 3, K)), np.array(targets(1, 3)), np.ones(3)
    before = x.copy(), t.copy(), w.copy()
    made = loss(t, w)
    value_and_dx(made, x)
    for a, b in zip((x, t, w), before, strict=True):
        assert np.array_equal(a, b)
        assert a.flags.writeable
    first = value_and_dx(made, x)
    t[...] = 0
    w[...] = 0
    assert np.array_equal(first[1], value_and_dx(made, x)[1])


@each_loss
def test_writing_to_x_later_does_not_reach_dx(name: str) -> None:
    """The cache of a loss is its own."""
    loss, targets, _ = CASES[name]
    made, x = loss(targets(1, 3)), np.array(normal(0, 3, K))
    _, cache = made.forward(x)
    right = value_and_dx(made, normal(0, 3, K))[1]
    x += 1.0
    assert np.array_equal(made.backward(cache, 1.0)[0], right)


@each_loss
def test_equal_by_value(name: str) -> None:
    """Losses of equal targets and weights are equal, others are not."""
    loss, targets, _ = CASES[name]
    t, w = targets(1, 3), np.array([1.0, 2.0, 3.0])
    assert loss(t) == loss(t.copy())
    assert loss(t, w) == loss(t.copy(), w.copy())
    assert len([1 for other in (loss(t[:2]), loss(t, w), loss(targets(2, 3))) if other != loss(t)]) == 3
    assert loss(t, w) != loss(t, w + 1)


FOR_LOGITS = r"targets must be \(N, K\) like logits \(3, 4\), got \(3,\); use one_hot\(labels, 4\)"
FOR_OUTPUTS = FOR_LOGITS.replace("logits", "outputs")
REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "floats": (lambda: SoftmaxCrossEntropy(np.zeros(3)), FOR_LOGITS),
    "one column": (lambda: SoftmaxCrossEntropy(np.ones((3, 1))), r"like logits \(3, 4\), got \(3, 1\)$"),
    "few indices": (lambda: SoftmaxCrossEntropy([0, 1]), r"targets must be \(N,\) for logits \(3, 4\), got \(2,\)"),
    "negative": (lambda: SoftmaxCrossEntropy([0, 1, -1]), "class indices must be from 0 to 3, got -1"),
    "sigmoid of indices": (lambda: SigmoidCrossEntropy([0, 1, 2]), FOR_LOGITS),
    "squares of indices": (lambda: MeanSquaredError([0, 1, 2]), FOR_OUTPUTS),
    "a unit of 0": (lambda: MeanSquaredError(np.zeros((3, 4)), unit=0.0), "unit must be a finite number above 0"),
    "an endless unit": (lambda: MeanAbsoluteError(np.zeros((3, 4)), unit=np.inf), "unit must be a finite number"),
    "a negative delta": (lambda: Huber(np.zeros((3, 4)), delta=-1.0), "delta must be a finite number above 0, got -1"),
    "absolutes of indices": (lambda: MeanAbsoluteError([0, 1, 2]), FOR_OUTPUTS),
    "Huber's of indices": (lambda: Huber([0, 1, 2]), FOR_OUTPUTS),
    "squares of a row": (lambda: MeanSquaredError(np.zeros((1, 4))), r"like outputs \(3, 4\), got \(1, 4\)"),
    "few weights": (lambda: SoftmaxCrossEntropy([0, 1, 2], [1.0]), r"weights must be \(N,\) .*got \(1,\)"),
    "few weights of squares": (lambda: MeanSquaredError(np.zeros((3, 4)), [1.0, 2.0]), r"weights must be \(N,\)"),
    "matrix of weights": (lambda: SigmoidCrossEntropy(np.zeros((3, 4)), np.ones((3, 4))), r"must be \(N,\) finite"),
    "negative weight": (lambda: SoftmaxCrossEntropy([0, 1, 2], [1.0, -1.0, 1.0]), "none negative"),
    "NaN weight": (lambda: SoftmaxCrossEntropy([0, 1, 2], [1.0, np.nan, 1.0]), "finite numbers"),
    "infinite weight": (lambda: SoftmaxCrossEntropy([0, 1, 2], [1.0, np.inf, 1.0]), "finite numbers"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_fit_is_refused(name: str) -> None:
    """Targets and weights that don't fit are refused in one sentence, with both shapes and what to do."""
    make, said = REFUSED[name]
    with pytest.raises(ValueError, match=said):
        make().forward(normal(0, 3, K))


OF_ONE_OUTPUT = [MeanSquaredError, MeanAbsoluteError, Huber, SigmoidCrossEntropy]


@pytest.mark.parametrize("loss", OF_ONE_OUTPUT)
@given(small_seeds, sizes)
def test_numbers_are_a_column(loss: Any, seed: int, n: int) -> None:
    """Targets (N,) of the only output are as (N, 1), for whole numbers too."""
    x = normal(seed, n, 1)
    for t in (np.random.default_rng(seed).random(n), np.random.default_rng(seed).integers(0, 2, n)):
        (value, dx), (other, dy) = value_and_dx(loss(t), x), value_and_dx(loss(t[:, None]), x)
        assert value == other
        assert np.array_equal(dx, dy)


@pytest.mark.parametrize("loss", [MeanSquaredError, MeanAbsoluteError, Huber])
@pytest.mark.parametrize("t", [[1.0, -2.0, 3.0], [1, 2, 3]])
def test_one_output_is_trained_on_numbers(loss: Any, t: list[float]) -> None:
    """`train` takes targets (N,) for a network of one output, and what it finds are these numbers."""
    x, net = np.eye(3), (Affine(np.zeros((3, 1)), np.zeros(1)),)
    *_, last = train(net, x, np.array(t), loss=loss, optimizer=SGD(lr=0.02), epochs=2000)
    assert predict(last.params, x)[:, 0] == pytest.approx(t, abs=0.05 if loss is MeanAbsoluteError else 1e-3)


@pytest.mark.parametrize("loss", [MeanSquaredError, MeanAbsoluteError, partial(Huber, delta=np.float64(0.5))])
def test_a_unit_of_numpy_changes_no_dtype(loss: Any) -> None:
    """A unit that NumPy has measured, in float64, leaves the dtype of the outputs as it is."""
    made = loss(np.array([1.0, 2.0]), unit=np.array([1.0, 2.0]).std())
    value, dx = value_and_dx(made, np.ones((2, 1), np.float32))
    assert value.dtype == dx.dtype == np.float32


def test_an_index_beyond_the_classes_raises() -> None:
    """A class index of K or more does not wrap around."""
    with pytest.raises((ValueError, IndexError), match="4"):
        SoftmaxCrossEntropy([0, 1, 4]).forward(normal(0, 3, K))


@given(st.lists(st.integers(0, 5), max_size=8))
def test_one_hot(labels: list[int]) -> None:
    """Each row has one 1, at its label."""
    made = one_hot(np.array(labels, int), 6)
    assert made.shape == (len(labels), 6)
    assert made.dtype == np.float32
    assert made.argmax(axis=1).tolist() == labels
    assert set(made.sum(axis=1)) <= {1.0}


@pytest.mark.parametrize("labels", [[3], [-1], [0.0], [[0]], 0, ["a"]])
def test_one_hot_refuses(labels: Any) -> None:
    """Labels out of range, fractions, and other shapes are refused."""
    with pytest.raises(ValueError, match="labels must be"):
        one_hot(labels, 3)


@given(seeds, st.integers(1, 30))
def test_metrics(seed: int, n: int) -> None:
    """The accuracy is the trace of the confusion over N, and its rows count the labels."""
    outputs, labels = normal(seed, n, K), indices(seed, n)
    table = confusion(outputs, labels)
    assert accuracy(outputs, labels) == pytest.approx(np.trace(table) / n)
    assert table.sum(axis=1).tolist() == np.bincount(labels, minlength=K).tolist()
    assert table.sum(axis=0).tolist() == np.bincount(predicted(outputs), minlength=K).tolist()


@each_loss
def test_one_step_of_gradients(name: str) -> None:
    """The gradient that a loss sends into a network of one Affine layer is ``X^T dx``."""
    loss, targets, _ = CASES[name]
    net, made, x = (Affine(normal(1, 3, K), normal(2, K)),), loss(targets(1, 5)), normal(0, 5, 3)
    _, caches = forward((net, made), x)
    grads, _ = gradients((net, made), caches, 1.0)
    dx = value_and_dx(made, x @ net[0].W + net[0].b)[1]
    assert np.allclose(grads[0].W, x.T @ dx)
    assert np.allclose(grads[0].b, dx.sum(axis=0))


def test_an_index_beyond_the_classes_is_named() -> None:
    """A class index that no logit stands for is refused with the range."""
    with pytest.raises(ValueError, match="class indices must be from 0 to 2, got 3"):
        SoftmaxCrossEntropy(np.array([0, 3])).forward(np.zeros((2, 3)))


def test_precision_and_recall_of_classes_that_are_missing() -> None:
    """A class that is never predicted has no precision, one without examples no recall, and a single one has both."""
    precision, recall = precision_recall(np.array([[1, 0, 0], [1, 0, 1], [0, 0, 0]]))
    assert np.array_equal(precision, [0.5, np.nan, 0.0], equal_nan=True)
    assert np.array_equal(recall, [1.0, 0.0, np.nan], equal_nan=True)


def test_logits_have_two_axes() -> None:
    """Logits that are not (N, K) are refused by name, in the loss and before training."""
    with pytest.raises(ValueError, match=r"logits must be \(N, K\), got \(2, 4, 3\)"):
        SoftmaxCrossEntropy([0, 1]).forward(np.zeros((2, 4, 3)))
    with pytest.raises(ValueError, match="logits must be"):
        train((Scale(1.0),), np.zeros((6, 4, 3)), [0, 1, 2, 0, 1, 2], loss=SoftmaxCrossEntropy)
    with pytest.raises(ValueError, match="outputs must be"):
        MeanSquaredError(np.zeros((2, 4, 3))).forward(np.zeros((2, 4, 3)))
