"""The stable functions: exact against long doubles, over the whole range of numbers, in both precisions."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes
from hypothesis.extra.numpy import arrays as drawn
from strategies import normal, seeds

from fnnet.values.numeric import flush, log_softmax_and_softmax, sigmoid, softmax, softplus, sum_rows

DTYPES = (np.float32, np.float64)


def numbers(largest: float = 1e4) -> st.SearchStrategy[Any]:
    """Matrices of numbers up to a largest one, in float32 or float64."""

    def of(dtype: Any) -> st.SearchStrategy[Any]:
        width = np.dtype(dtype).itemsize * 8
        values = st.floats(-largest, largest, width=width, allow_subnormal=False)
        return drawn(dtype, array_shapes(min_dims=2, max_dims=2, max_side=5), elements=values)

    return st.sampled_from(DTYPES).flatmap(of)


def near(a: Any, exact: Any, ulps: float = 8.0) -> bool:
    """Whether a is within some units in the last place of the exact values, of its own dtype."""
    limits = np.finfo(a.dtype)
    return bool(np.all(np.abs(a.astype(np.longdouble) - exact) <= ulps * limits.eps * np.abs(exact) + 2 * limits.tiny))


@given(numbers())
def test_sigmoid(x: Any) -> None:
    """s(x) is ``1 / (1 + e^-x)`` to a few units in the last place, from 0 to 1, and of the dtype of x."""
    y = sigmoid(x)
    assert y.dtype == x.dtype
    assert near(y, 1.0 / (1.0 + np.exp(-x.astype(np.longdouble))))
    assert np.all((y >= 0) & (y <= 1))
    assert np.allclose(y + sigmoid(-x), 1.0, rtol=4 * np.finfo(x.dtype).eps)


@given(numbers())
def test_softmax(x: Any) -> None:
    """Each row is the exponentials over their sum, sums to 1, and is unmoved by a constant added to its logits."""
    y = softmax(x)
    away = x.astype(np.longdouble) - x.max(axis=1, keepdims=True)
    exact = np.exp(away) / np.exp(away).sum(axis=1, keepdims=True)
    assert y.dtype == x.dtype
    rounded = float(np.abs(away).max())  # a difference d of logits is rounded by up to d / 2 units, and so is its power
    assert near(y, exact, ulps=4e4 if x.dtype == np.float32 else 64 + rounded)
    assert np.allclose(y.sum(axis=1), 1.0, atol=8 * np.finfo(x.dtype).eps)


@given(st.integers(-1000, 1000), st.lists(st.integers(-50, 50), min_size=1, max_size=5))
def test_softmax_does_not_see_a_common_addend(addend: int, row: list[int]) -> None:
    """A whole number added to all whole logits changes no bit of the result."""
    x = np.array([row], np.float64)
    assert np.array_equal(softmax(x + addend), softmax(x))


@given(numbers())
def test_log_softmax(x: Any) -> None:
    """The logarithm agrees with that of long doubles, and the softmax beside it with `softmax` to the bit."""
    logs, y = log_softmax_and_softmax(x)
    away = x.astype(np.longdouble) - x.max(axis=1, keepdims=True)
    exact = away - np.log(np.exp(away).sum(axis=1, keepdims=True))
    assert logs.dtype == y.dtype == x.dtype
    assert np.allclose(logs, exact.astype(np.float64), rtol=1e-5 if x.dtype == np.float32 else 1e-13, atol=1e-6)
    assert np.array_equal(y, softmax(x))
    assert np.all(logs <= 0)


@given(numbers())
def test_softplus(x: Any) -> None:
    """softplus is ``log(1 + e^x)``, above 0 and x, and ``softplus(x) - softplus(-x) = x``."""
    y, wide = softplus(x), x.astype(np.longdouble)
    assert y.dtype == x.dtype
    assert near(y, np.maximum(wide, 0) + np.log1p(np.exp(-np.abs(wide))))
    assert np.all(y >= np.maximum(x, 0))
    assert np.all(np.abs(y - softplus(-x) - x) <= 4 * np.finfo(x.dtype).eps * (1 + np.abs(x)))


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_largest_numbers(dtype: Any) -> None:
    """At the largest numbers and at infinity the limits are reached, without a warning."""
    most = np.finfo(dtype).max
    ends = np.array([-np.inf, -most, -1e4, 1e4, most, np.inf], dtype)
    assert np.allclose(sigmoid(ends), [0, 0, 0, 1, 1, 1], atol=np.finfo(dtype).tiny * 4, rtol=0)
    assert softplus(ends[1:-1]).tolist() == [0.0, 0.0, dtype(1e4), most]
    assert softmax(ends[None, 2:4]).tolist() == [[0.0, 1.0]]
    assert np.isnan(sigmoid(np.array([np.nan], dtype))).all()


@pytest.mark.parametrize("f", [sigmoid, softplus, softmax, lambda x: log_softmax_and_softmax(x)[0]])
@given(seed=seeds)
def test_they_are_analytic(f: Any, seed: int) -> None:
    """A complex step through each function gives the slope that central differences give."""
    x, v = normal(seed, 3, 4) * 3.0, normal(seed + 1, 3, 4)
    slope = f(x + 1e-30j * v).imag / 1e-30
    assert np.allclose(slope, (f(x + 1e-6 * v) - f(x - 1e-6 * v)) / 2e-6, atol=1e-8)


@given(numbers(1e3))
def test_sum_rows(a: Any) -> None:
    """`sum_rows` is the sum over the first axis, in the dtype of the matrix."""
    found = sum_rows(a)
    assert found.dtype == a.dtype
    assert np.allclose(found, a.astype(np.float64).sum(axis=0), rtol=1e-5, atol=1e-2 if a.dtype == np.float32 else 1e-9)
    assert sum_rows(a[:0]).tolist() == [0.0] * a.shape[1]


@pytest.mark.parametrize("dtype", DTYPES)
def test_flush(dtype: Any) -> None:
    """No number below the smallest normal one is left, usual numbers stay, and a is not written to."""
    limits = np.finfo(dtype)
    tiny = limits.smallest_normal
    small = np.array([0.0, limits.smallest_subnormal, tiny / 4, tiny, 100 * tiny], dtype)
    kept = np.array([1.0, -3.5, 1e-3, limits.max / 2], dtype)
    a = np.concatenate([small, -small, kept])
    a.setflags(write=False)
    flushed = flush(a)
    assert flushed.dtype == dtype
    assert not flushed[:10].any()
    assert np.array_equal(flushed[10:], kept)


@given(seed=seeds, exponent=st.integers(-40, 0))
def test_flush_moves_by_no_more_than_it_says(seed: int, exponent: int) -> None:
    """A float32 number moves by less than 1e-31, or by one unit in its last place."""
    a = (normal(seed, 50) * 10.0**exponent).astype(np.float32)
    flushed = flush(a)
    assert np.all(np.abs(flushed - a) <= 1e-31 + np.spacing(np.abs(a)))
    left = np.abs(flushed[flushed != 0])
    assert left.min(initial=1.0) >= 1e-33
