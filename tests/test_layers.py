"""What each layer does, beside the laws that all layers keep."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays as drawn
from strategies import affine, batch_norm, layer_norm, normal, seeds

from fnnet import (
    GELU,
    Affine,
    BatchNorm,
    Dropout,
    Flatten,
    GaussianNoise,
    Impute,
    LayerNorm,
    LeakyReLU,
    OneHot,
    RandomShift,
    ReLU,
    Residual,
    Scale,
    Sigmoid,
    Softmax,
    Standardize,
    Tanh,
    Unstandardize,
    absorb,
    backward,
    forward,
    key,
    mlp,
    summarize,
    training,
)
from fnnet.values.keys import generator

KEY = key(1, 4)


def y_of(layer: Any, x: Any) -> Any:
    """The output alone."""
    return forward(layer, np.asarray(x))[0]


# The affine layer


@given(seeds)
def test_affine_is_affine(seed: int) -> None:
    """``Y(a x1 + (1 - a) x2)`` is ``a Y(x1) + (1 - a) Y(x2)``."""
    layer, x1, x2 = affine(seed, 3, 2), normal(seed, 4, 3), normal(seed + 1, 4, 3)
    assert np.allclose(y_of(layer, 0.3 * x1 + 0.7 * x2), 0.3 * y_of(layer, x1) + 0.7 * y_of(layer, x2))
    assert np.allclose(y_of(layer, np.zeros((1, 3))), layer.b)


@pytest.mark.parametrize(
    ("init", "deviation"), [("glorot", (2 / 500) ** 0.5), ("he", 0.1), ("lecun", 0.005**0.5), ("normal", 1.0)]
)
def test_affine_init(init: Any, deviation: float) -> None:
    """The first weights have mean 0 and the deviation of their rule, within 2 % over 60,000 numbers, and b is 0."""
    layer = Affine.init(key(3, 1), 200, 300, init, np.float64)
    assert abs(layer.W.mean()) < 0.02 * deviation
    assert abs(layer.W.std() / deviation - 1) < 0.02
    assert not layer.b.any()
    assert layer == Affine.init(key(3, 1), 200, 300, init, np.float64)
    assert layer != Affine.init(key(4, 1), 200, 300, init, np.float64)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_init_has_the_dtype(dtype: Any) -> None:
    """Layers are made in the dtype asked for."""
    layers = (Affine.init(KEY, 2, 3, dtype=dtype), BatchNorm.init(3, dtype), LayerNorm.init(3, dtype))
    assert {a.dtype for layer in layers for a in (getattr(layer, n) for n in layer.__slots__ if n != "__weakref__")
            if isinstance(a, np.ndarray)} == {np.dtype(dtype)}  # fmt: skip
    assert all(layer.W.dtype == dtype for layer in mlp([2, 3], dtype=dtype))


BAD: dict[str, tuple[Callable[[], Any], str]] = {
    "no inputs": (lambda: Affine.init(KEY, 0, 3), "at least 1 input and 1 output, got 0 and 3"),
    "no outputs": (lambda: Affine.init(KEY, 3, 0), "at least 1 input and 1 output, got 3 and 0"),
    "init": (lambda: Affine.init(KEY, 3, 3, "best"), "init must be one of glorot, he, lecun, normal, got 'best'"),  # type: ignore[arg-type]  # the mistake
    "dropout 1": (lambda: Dropout(1.0), "rate must be at least 0 and below 1, got 1.0"),
    "dropout -": (lambda: Dropout(-0.1), "rate"),
    "dropout NaN": (lambda: Dropout(np.nan), "rate"),
    "slope 1": (lambda: LeakyReLU(1.0), "slope must be at least 0 and below 1, got 1.0"),
    "slope -": (lambda: LeakyReLU(-0.1), "slope"),
    "noise -": (lambda: GaussianNoise(-1.0), "deviation must be a finite number of at least 0, got -1.0"),
    "noise inf": (lambda: GaussianNoise(np.inf), "deviation"),
    "shift -": (lambda: RandomShift(-1), "pixels must be a whole number of at least 0, got -1"),
    "shift half": (lambda: RandomShift(1.5), "pixels"),  # type: ignore[arg-type]  # the mistake
    "mlp": (lambda: mlp([3]), "sizes must name the inputs and the outputs at least"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_settings_are_refused(name: str) -> None:
    """A setting outside its range is refused when the layer is made, by its name."""
    make, said = BAD[name]
    with pytest.raises(ValueError, match=said):
        make()


# Activations

ACTIVATIONS: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    "Sigmoid": (Sigmoid(), lambda x: 1 / (1 + np.exp(-x))),
    "Tanh": (Tanh(), np.tanh),
    "ReLU": (ReLU(), lambda x: np.where(x > 0, x, 0)),
    "LeakyReLU": (LeakyReLU(0.2), lambda x: np.where(x > 0, x, 0.2 * x)),
    "GELU": (GELU(), lambda x: 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))),
    "Scale": (Scale(-3.0), lambda x: -3.0 * x),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
@given(x=drawn(np.float64, st.tuples(st.integers(1, 4), st.integers(1, 4)), elements=st.floats(-30, 30)))
def test_activation_is_its_formula(name: str, x: Any) -> None:
    """Each activation is its formula, entry by entry."""
    layer, formula = ACTIVATIONS[name]
    assert np.allclose(y_of(layer, x), formula(x), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation_far_out(name: str, dtype: Any) -> None:
    """At ±1e4 nothing overflows, forth or back, and dx is finite."""
    layer, _ = ACTIVATIONS[name]
    x = np.array([[-1e4, -100.0, 0.0, 100.0, 1e4]], dtype)
    y, cache = layer.forward(x)
    assert np.isfinite(y).all()
    assert np.isfinite(layer.backward(cache, np.ones_like(x))[0]).all()


def test_softmax_is_a_distribution() -> None:
    """Softmax's rows sum to 1, and a dout that is the same everywhere in a row has no dx."""
    x = normal(0, 5, 4) * 100
    y, cache = Softmax().forward(x)
    assert np.allclose(y.sum(axis=1), 1.0)
    assert np.abs(Softmax().backward(cache, np.ones((5, 4)))[0]).max() < 1e-15


def test_the_slope_at_the_kink_is_the_left_one() -> None:
    """At x = 0 ReLU's slope is 0 and LeakyReLU's is ``slope``."""
    for layer, slope in ((ReLU(), 0.0), (LeakyReLU(0.2), 0.2)):
        _, cache = layer.forward(np.zeros((1, 2)))
        assert layer.backward(cache, np.ones((1, 2)))[0].tolist() == [[slope, slope]]


# Random layers


@pytest.mark.parametrize("layer", [Dropout(0.5), GaussianNoise(1.0), RandomShift(2)])
def test_random_layers_are_identities_in_use(layer: Any) -> None:
    """As stored, a random layer gives x and dout as they are."""
    x = normal(0, 3, 5, 5)
    y, cache = layer.forward(x)
    assert y is x
    assert layer.backward(cache, x)[0] is x


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.5, 0.9])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dropout(rate: float, dtype: Any) -> None:
    """A share ``rate`` becomes 0, the rest is divided by ``1 - rate``, so that the mean stays."""
    y = y_of(training(Dropout(rate), KEY), np.ones((200, 200), dtype))
    assert y.dtype == dtype
    assert abs((y == 0).mean() - rate) < 0.01
    assert np.unique(y[y != 0]).tolist() == [dtype(1 / (1 - rate))]
    assert abs(y.mean() - 1) < 0.03


def test_gaussian_noise() -> None:
    """The noise has mean 0 and its deviation, and dx is dout."""
    x = normal(0, 200, 200)
    layer = training(GaussianNoise(0.5), KEY)
    y, cache = layer.forward(x)
    assert abs((y - x).mean()) < 0.01
    assert abs((y - x).std() - 0.5) < 0.01
    assert layer.backward(cache, x)[0] is x


@pytest.mark.parametrize("pixels", [0, 1, 3])
@pytest.mark.parametrize("shape", [(1000, 5, 4), (1000, 2, 5, 4)])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_random_shift(pixels: int, shape: tuple[int, ...], dtype: Any) -> None:
    """Each image is moved by a whole number of pixels, all moves happen, channels move together, and zeros come in."""
    x = (1 + np.arange(np.prod(shape)) % 250).astype(dtype).reshape(shape)
    y, moves = training(RandomShift(pixels), KEY).forward(x)
    assert y.dtype == dtype
    seen = set()
    for image, moved, (down, right) in zip(x, y, moves.T, strict=True):
        framed = np.pad(image, [(0, 0)] * (image.ndim - 2) + [(pixels, pixels)] * 2)
        assert np.array_equal(moved, framed[..., down : down + 5, right : right + 4])
        seen.add((int(down), int(right)))
    assert len(seen) == (2 * pixels + 1) ** 2


# Normalization


@given(seeds, st.integers(2, 20))
def test_batch_norm_in_training(seed: int, n: int) -> None:
    """With gamma 1 and beta 0 each feature comes out with mean 0 and a variance of ``var / (var + eps)``."""
    x = 5 + 3 * normal(seed, n, 4)
    y = y_of(training(BatchNorm.init(4, np.float64), KEY), x)
    assert np.allclose(y.mean(0), 0.0, atol=1e-9)
    assert np.allclose(y.var(0), x.var(0) / (x.var(0) + 1e-5))


def test_batch_norm_in_use() -> None:
    """As stored it is ``gamma (x - mean) / sqrt(var + eps) + beta`` with the running statistics."""
    layer, x = batch_norm(1, 4), normal(0, 3, 4)
    assert np.allclose(y_of(layer, x), layer.gamma * (x - layer.mean) / np.sqrt(layer.var + 1e-5) + layer.beta)


@given(seeds)
def test_absorb(seed: int) -> None:
    """The running mean and variance move by ``momentum`` towards the batch's, the variance with N - 1."""
    layer, x = batch_norm(seed, 4), normal(seed, 6, 4)
    _, cache = training(layer, KEY).forward(x)
    moved = absorb(layer, cache)
    assert np.allclose(moved.mean, 0.9 * layer.mean + 0.1 * x.mean(0))
    assert np.allclose(moved.var, 0.9 * layer.var + 0.1 * x.var(0, ddof=1))
    assert moved.gamma is layer.gamma


def test_absorb_comes_to_the_statistics_of_the_data() -> None:
    """After many batches the running statistics are those of the data, so that training and use agree."""
    layer, x = BatchNorm.init(2, np.float64), 3 + 2 * normal(0, 500, 2)
    for _ in range(200):
        layer = absorb(layer, training(layer, KEY).forward(x)[1])
    assert np.allclose(y_of(layer, x), y_of(training(layer, KEY), x), atol=0.01)


def test_one_example_moves_no_statistics() -> None:
    """A batch of one example, which has no variance, leaves the running statistics, and its output is beta."""
    layer = batch_norm(1, 4)
    y, cache = training(layer, KEY).forward(normal(0, 1, 4))
    assert absorb(layer, cache) == layer
    assert np.allclose(y, layer.beta)


def test_absorb_in_use_changes_nothing() -> None:
    """The cache of a run in inference mode moves nothing."""
    layer = batch_norm(1, 4)
    assert absorb(layer, layer.forward(normal(0, 6, 4))[1]) == layer


@given(seeds)
def test_layer_norm(seed: int) -> None:
    """Each example is brought to mean 0 and variance 1 over its features, then stretched and moved."""
    layer, x = layer_norm(seed, 6), 5 + 3 * normal(seed, 2, 3, 6)
    plain = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
    assert np.allclose(y_of(layer, x), layer.gamma * plain + layer.beta)


# Preparing, and residuals


def test_standardize() -> None:
    """The rows it was made of come out with mean 0 and deviation 1; a constant column is only moved."""
    x = 5 + 3 * normal(0, 50, 3)
    x = np.concatenate([x, np.full((50, 1), 7.0)], axis=1)
    y = y_of(Standardize.of(x, np.float64), x)
    assert np.allclose(y.mean(0), 0.0)
    assert np.allclose(y.std(0), [1, 1, 1, 0])


def test_standardize_of_whole_numbers() -> None:
    """Bytes are measured in float64, without overflow."""
    x = np.full((1000, 1), 255, np.uint8)
    x[::2] = 253
    layer = Standardize.of(x)
    assert layer.mean.tolist() == [254.0]
    assert layer.deviation.tolist() == [1.0]
    assert layer.mean.dtype == np.float32


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), seeds)
def test_flatten(shape: list[int], seed: int) -> None:
    """Flatten keeps every number in its order, forth and back, and leaves x as it was."""
    x = np.array(normal(seed, *shape))
    y, cache = Flatten().forward(x)
    assert y.shape == (shape[0], x[0].size)
    dx, _ = Flatten().backward(cache, y)
    assert np.array_equal(dx, x)
    assert x.flags.writeable


def test_flatten_of_no_examples() -> None:
    """No examples have a row length all the same."""
    assert y_of(Flatten(), np.zeros((0, 3, 4))).shape == (0, 12)


def test_residual() -> None:
    """``y = x + inner(x)``, for a layer and for a tuple, and with no inner layers ``2 x``."""
    x, inner = normal(0, 3, 4), affine(1, 4, 4)
    assert np.allclose(y_of(Residual(inner), x), x + y_of(inner, x))
    assert np.allclose(y_of(Residual((inner, Tanh())), x), x + np.tanh(y_of(inner, x)))
    assert np.array_equal(y_of(Residual(()), x), 2 * x)
    assert np.array_equal(backward(Residual(()), (), x)[0], 2 * x)


def test_residual_refuses_a_change_of_shape() -> None:
    """Inner layers that change the shape are refused, even where NumPy could add the two."""
    for outputs in (3, 1):
        with pytest.raises(ValueError, match=r"must keep the shape \(2, 4\), they gave \(2, "):
            Residual(affine(1, 4, outputs)).forward(normal(0, 2, 4))


# Builders


def test_mlp() -> None:
    """An mlp has an activation, and what else is asked for, between its Affine layers, and ends in one."""
    net = mlp([4, 5, 6, 3], ReLU(), first=[Flatten()], dropout=0.2, batch_norm=True)
    names = ["Flatten", *["Affine", "BatchNorm", "ReLU", "Dropout"] * 2, "Affine"]
    assert [type(layer).__name__ for layer in net] == names
    assert [layer.W.shape for layer in net if isinstance(layer, Affine)] == [(4, 5), (5, 6), (6, 3)]
    assert mlp([4, 5, 3]) == mlp([4, 5, 3])
    assert mlp([4, 5, 3]) != mlp([4, 5, 3], seed=1)
    assert not np.array_equal(mlp([4, 4, 4])[0].W, mlp([4, 4, 4])[2].W)


def test_mlp_initializes_by_its_activation() -> None:
    """The layers before ReLU have He's deviation, and the last layer Glorot's, unless one is named for all."""
    relu, named = mlp([200, 200, 200], ReLU(), dtype=float), mlp([200, 200, 200], ReLU(), init="normal", dtype=float)
    assert abs(relu[0].W.std() - 0.1) < 0.002
    assert abs(relu[-1].W.std() - 0.005**0.5) < 0.002
    assert abs(named[0].W.std() - 1) < 0.02
    assert abs(named[-1].W.std() - 1) < 0.02


# How layers begin


def test_norms_begin_plain() -> None:
    """A fresh normalization stretches by 1 and moves by 0, and a fresh BatchNorm's statistics change nothing."""
    zeros, ones = np.zeros(3), np.ones(3)
    assert LayerNorm.init(3, np.float64) == LayerNorm(gamma=ones, beta=zeros)
    assert BatchNorm.init(3, np.float64) == BatchNorm(gamma=ones, beta=zeros, mean=zeros, var=ones)


def test_two_examples_move_statistics() -> None:
    """From two examples on there is a variance: for 1 and 3 it is 2, with N - 1."""
    layer = BatchNorm.init(1, np.float64)
    moved = absorb(layer, training(layer, KEY).forward(np.array([[1.0], [3.0]]))[1])
    assert np.allclose([moved.mean, moved.var], [[0.1 * 2.0], [0.9 + 0.1 * 2.0]])


# The edges of settings


def test_the_least_settings_are_taken() -> None:
    """0 lies in the range of every setting, and stands for no noise, no shift and no slope."""
    x = normal(0, 2, 3, 3)
    for layer in (Dropout(0.0), GaussianNoise(0.0), RandomShift(0)):
        assert np.array_equal(y_of(training(layer, KEY), x), x)
    assert np.array_equal(y_of(LeakyReLU(0.0), x), y_of(ReLU(), x))
    assert Affine.init(KEY, 1, 1).W.shape == (1, 1)


def test_an_entry_on_the_rate_is_kept() -> None:
    """Dropout drops the entries whose random number is below the rate, and not the one that is the rate itself."""
    numbers = generator(KEY).random(9, np.float32)
    kept = y_of(training(Dropout(float(numbers[4])), KEY), np.ones(9)) > 0
    assert np.array_equal(kept, numbers >= numbers[4])


def test_noise_is_added() -> None:
    """What GaussianNoise adds to x is ``deviation`` times the float32 numbers of its key."""
    x = normal(0, 3, 4)
    assert np.array_equal(
        y_of(training(GaussianNoise(0.5), KEY), x), x + generator(KEY).standard_normal((3, 4), "f4") / 2
    )


def test_a_small_deviation_is_brought_to_one() -> None:
    """Only a column without any deviation is left as wide as it is."""
    x = 0.01 * normal(0, 50, 2)
    assert np.allclose(y_of(Standardize.of(x, np.float64), x).std(0), 1.0)


def test_unstandardize_undoes_standardize() -> None:
    """One after the other they are the identity, and so are their gradients."""
    x, dout = normal(0, 5, 3), normal(1, 5, 3)
    there = Standardize.of(x, np.float64)
    back = Unstandardize(there.mean, there.deviation)
    assert np.allclose(back.forward(there.forward(x)[0])[0], x, rtol=1e-14, atol=1e-14)
    assert np.allclose(there.backward(None, back.backward(None, dout)[0])[0], dout, rtol=1e-14)


GAPS = np.array([[1.0, np.nan, np.nan], [3.0, 5.0, np.nan], [8.0, 7.0, np.nan]])


def test_impute_learns_medians() -> None:
    """Gaps become the median of what is there; a column of gaps alone becomes 0, and has no indicator."""
    made = Impute.of(GAPS, np.float64)
    assert made.fill.tolist() == [3.0, 6.0, 0.0]
    assert made.indicators == (1,)
    assert made.forward(GAPS)[0].tolist() == [[1, 6, 0, 1], [3, 5, 0, 0], [8, 7, 0, 0]]


def test_impute_fills_gaps_that_it_never_saw() -> None:
    """A gap in a column that had none becomes the median too."""
    made = Impute.of(GAPS[:, :2], np.float64)
    assert made.forward(np.array([[np.nan, np.nan]]))[0].tolist() == [[3.0, 6.0, 1.0]]


def test_no_gradient_goes_into_a_gap() -> None:
    """dx is dout where a number was, and 0 where there was a gap."""
    made = Impute.of(GAPS, np.float64)
    y, cache = made.forward(GAPS)
    dx, _ = made.backward(cache, np.arange(1.0, y.size + 1).reshape(y.shape))
    assert dx.tolist() == [[1, 0, 0], [5, 6, 0], [9, 10, 0]]


def test_one_hot_learns_the_codes_that_occur() -> None:
    """Only codes of the rows that it saw become units; the first column, which is not named, stays."""
    x = np.array([[7.0, 2.0], [8.0, 0.0], [9.0, 2.0]])
    made = OneHot.of(x, (1,))
    assert made.codes == ((), (0, 2))
    assert made.forward(x)[0].tolist() == [[7, 0, 1], [8, 1, 0], [9, 0, 1]]
    assert made.forward(np.array([[7.0, 1.0], [7.0, -1.0]]))[0].tolist() == [[7, 0, 0], [7, 0, 0]]


def test_one_hot_passes_on_what_is_no_code() -> None:
    """dx is dout in columns of numbers, also behind those that are named, and 0 for codes."""
    made = OneHot(((), (0, 1, 2)))
    _, cache = made.forward(np.zeros((1, 3)))
    assert made.backward(cache, np.array([[1.0, 2.0, 3.0, 4.0, 5.0]]))[0].tolist() == [[1, 0, 5]]


@pytest.mark.parametrize("layer", [Impute([1.0, 2.0]), OneHot(((), (0,)))], ids=["impute", "one-hot"])
def test_layers_of_columns_name_the_width(layer: Any) -> None:
    """A table that is too narrow is refused when shapes are found."""
    with pytest.raises(ValueError, match=r"layer 0 .* expects x of \(N, 2.*\), got \(N, 1\)"):
        summarize((layer,), (1,))
