"""Keys: five integers name one stream of random numbers, and no two uses in a run share one."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import affine, normal

from fnnet import Dropout, GaussianNoise, RandomShift, Residual, Sigmoid, frozen, key, mlp, sub, train, training
from fnnet.datasets import digits
from fnnet.datasets.dataset import Dataset
from fnnet.losses import SoftmaxCrossEntropy
from fnnet.network.folds import forward
from fnnet.network.shapes import layers_of
from fnnet.runs.build import experiment
from fnnet.runs.recipe import Recipe
from fnnet.values import Key, Purpose, generator
from fnnet.values.record import replace

whole = st.integers(0, 2**32 - 1)
small = st.integers(0, 2)
NAMES = Key._fields


@given(st.tuples(whole, whole.filter(bool), whole, whole, whole))
def test_a_key_is_its_five_integers(parts: Any) -> None:
    """Every five integers in range make the key of just these."""
    assert key(*parts) == parts


@pytest.mark.parametrize("value", [-1, 2**32, 2**70])
@pytest.mark.parametrize("name", NAMES)
def test_out_of_range_is_refused_by_name(name: str, value: int) -> None:
    """A part outside 0 to 2**32 - 1 is refused, with its name and value."""
    with pytest.raises(ValueError, match=f"{name} must be a whole number from . to 4294967295, got {value}"):
        key(**{"seed": 0, "purpose": 1, name: value})


@pytest.mark.parametrize("name", [name for name in NAMES if name != "purpose"])
def test_a_fraction_is_refused(name: str) -> None:
    """A part that is no whole number is refused where it enters."""
    with pytest.raises((ValueError, TypeError), match=name):
        key(**{"seed": 0, "purpose": 1, name: 1.5})


def test_purposes() -> None:
    """Purpose 0 is refused, and the named purposes are different and at least 1."""
    with pytest.raises(ValueError, match="purpose must be a whole number from 1"):
        key(0, 0)
    assert len(set(map(int, Purpose))) == len(Purpose)
    assert min(Purpose) >= 1


five = st.tuples(small, st.integers(1, 3), small, small, small)


@given(five, five)
def test_streams_differ_exactly_where_keys_do(a: Any, b: Any) -> None:
    """Two keys name one stream when they are equal, and different ones otherwise."""
    same = np.array_equal(generator(key(*a)).random(4), generator(key(*b)).random(4))
    assert same == (a == b)


def test_trailing_zeros_do_not_collide() -> None:
    """The keys with zeros at their ends, which NumPy confuses when they are shorter, name different streams."""
    keys = [key(1, 2), key(1, 2, 1), key(1, 2, 0, 1), key(1, 2, 0, 0, 1), key(0, 1, 2), key(2, 1)]
    assert len({generator(k).random() for k in keys}) == len(keys)


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """All seeds given to NumPy from here on."""
    seen: list[Any] = []
    make = np.random.default_rng

    def recorded(seed: Any = None) -> np.random.Generator:
        seen.append(seed)
        return make(seed)

    monkeypatch.setattr(np.random, "default_rng", recorded)
    return seen


NOISY = (
    GaussianNoise(0.1),
    (Dropout(0.2), (Residual((Dropout(0.1), Residual(GaussianNoise(0.1)))), Sigmoid()), Dropout(0.2)),
    Residual(Dropout(0.1)),
    Dropout(0.2),
)


def test_all_keys_of_a_run_differ(used: list[Any]) -> None:
    """Over initialization, epochs, steps and nested random layers no key is used twice, and each is five integers."""
    x = normal(0, 10, 4)
    used.clear()
    net = (NOISY, mlp([4, 3, 2], dropout=0.5, dtype=np.float64))
    run = train(net, x, [0, 1] * 5, loss=SoftmaxCrossEntropy, epochs=3, batch_size=4, validation=(x, [0, 1] * 5))
    steps = len(list(run))
    assert steps == 9
    assert len(used) == len(set(used)) == 2 + 3 + steps * 8
    assert all(len(k) == 5 and all(0 <= part < 2**32 for part in k) and k[1] >= 1 for k in used)


def test_all_keys_of_an_experiment_differ(used: list[Any]) -> None:
    """A recipe with everything that is random in it, the split included, uses no key twice."""
    data: Dataset = replace(digits(), x=digits().x[:60], y=digits().y[:60])
    recipe = Recipe(hidden=(6, 5), shift=1, dropout=0.2, validation=0.2, epochs=2, batch_size=16)
    list(experiment(recipe, data).states())
    assert {k[1] for k in used} == {Purpose.INITIALIZATION, Purpose.SHUFFLE, Purpose.SPLIT, Purpose.NOISE}
    assert len(used) == len(set(used))


def test_each_random_layer_gets_its_number() -> None:
    """The last part of a key is the layer's running number, a record with layers inside counting before them."""
    live = training(NOISY, key(5, Purpose.NOISE, 6, 7))
    residual = live[1][1][0]
    random = [live[0], live[1][0], residual.inner[0], residual.inner[1].inner, live[1][2], live[2].inner, live[3]]
    assert [layer.key.layer for layer in random] == [0, 1, 3, 5, 7, 9, 10]
    assert {layer.key[:4] for layer in random} == {(5, Purpose.NOISE, 6, 7)}
    assert all(getattr(layer, "key", None) is None for _, layer in layers_of(NOISY))


def test_a_key_repeats_its_noise() -> None:
    """The same key gives the same noise, another step another one."""
    x = normal(0, 3, 4, 4)
    for layer in (Dropout(0.5), GaussianNoise(0.1), RandomShift(1)):
        one, again, other = (forward(training(layer, key(0, 4, step=s)), x)[0] for s in (1, 1, 2))
        assert np.array_equal(one, again)
        assert not np.array_equal(one, other)


@frozen
class Two:
    """A user's record with two layers inside."""

    one: Any = sub()
    other: Any = sub()


def test_layers_inside_are_counted_one_after_the_other() -> None:
    """Layers in a record's first field count before those in its second, and arrays count for nothing."""
    inner = Two(one=(Dropout(), affine(1, 3, 3), Dropout()), other=Residual((affine(2, 3, 3), Dropout())))
    live = training((inner, Dropout()), key(5, Purpose.NOISE))
    first, _, second = live[0].one
    assert [layer.key.layer for layer in (first, second, live[0].other.inner[1], live[1])] == [1, 3, 6, 7]


def test_the_purposes_keep_their_numbers() -> None:
    """A key names its stream for ever, so each purpose has the number it has always had."""
    numbers = {"INITIALIZATION": 1, "SHUFFLE": 2, "SPLIT": 3, "NOISE": 4, "CHECK": 5}
    assert {name: int(purpose) for name, purpose in Purpose.__members__.items()} == numbers
