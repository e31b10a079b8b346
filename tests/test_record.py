"""Records: immutable values, equal by value, that stay so wherever they are copied to."""

import copy
import pickle
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import SAMPLES, Square, each_sample, normal, seeds

from fnnet import (
    SGD,
    Affine,
    MeanSquaredError,
    Residual,
    SoftmaxCrossEntropy,
    backward,
    buffer,
    check_gradients,
    check_laws,
    forward,
    freeze,
    frozen,
    leaves,
    map_params,
    param,
    readonly,
    sub,
    train,
    training,
)
from fnnet.values import arrays, count_params, fingerprint
from fnnet.values.record import as_dict, evolve, fields, kept_fields, replace, settings
from fnnet.values.tree import with_arrays

COPIES: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "evolve": evolve,
    "replace": replace,
} | {f"pickle {n}": lambda a, n=n: pickle.loads(pickle.dumps(a, n)) for n in range(2, pickle.HIGHEST_PROTOCOL + 1)}


def writable(a: Any) -> bool:
    """Whether the array, or one that it is a view of, can be written to."""
    return isinstance(a, np.ndarray) and (a.flags.writeable or writable(a.base))


@given(seeds)
def test_a_writable_array_is_copied(seed: int) -> None:
    """What is later written to an array that was given does not reach the record."""
    W, b = np.array(normal(seed, 2, 3)), np.array(normal(seed, 3))
    layer = Affine(W, b)
    before = fingerprint(layer)
    W += 1.0
    b[...] = 0.0
    assert fingerprint(layer) == before
    assert W.flags.writeable


def test_a_readonly_array_is_stored_as_it_is() -> None:
    """An array that is read-only, itself and its bases, is stored without a copy."""
    W = freeze(np.ones((4, 3)))
    view = W[1:3].T
    foreign = np.frombuffer(bytes(24), np.float64)
    assert Affine(W, foreign).W is W
    assert Affine(view, foreign).W is view
    assert Affine(W, foreign).b is foreign


def readonly_views() -> dict[str, tuple[Any, Callable[[], None]]]:
    """Read-only arrays whose memory can be written to by another way, and that way."""
    owner, memory = np.zeros(3), bytearray(24)
    view, foreign = owner[:], np.frombuffer(memory, np.float64)
    for a in (view, foreign):
        a.setflags(write=False)
    between = owner.view()
    deep = between[:]
    deep.setflags(write=False)
    return {
        "a view": (view, lambda: owner.fill(1.0)),
        "a view of a view": (deep, lambda: owner.fill(2.0)),
        "a bytearray": (foreign, lambda: memory.__setitem__(slice(None), b"\1" * 24)),
    }


@pytest.mark.parametrize("name", readonly_views())
def test_a_readonly_view_of_writable_memory_is_copied(name: str) -> None:
    """A read-only view does not let its base change the record."""
    view, write = readonly_views()[name]
    kept = readonly(view)
    write()
    assert kept.tolist() == [0.0, 0.0, 0.0]


def test_freeze_reaches_the_bases() -> None:
    """After freeze the array's bases are read-only too, so that a record takes it without a copy."""
    owner = np.zeros((2, 3))
    view = freeze(owner.reshape(3, 2)[1:])
    assert not writable(view)
    assert not owner.flags.writeable
    assert readonly(view) is view


class Special(np.ndarray):
    """An array of a user's class."""


def test_an_array_of_another_class_becomes_a_plain_one() -> None:
    """A subclass, which may behave in its own way, is not stored."""
    assert type(readonly(freeze(np.ones(2)).view(Special))) is np.ndarray


@pytest.mark.parametrize("values", ["abc", [None], [{}], np.array(["2020-01-01"], "datetime64[D]")])
def test_what_is_no_number_is_refused(values: Any) -> None:
    """An array of text, objects or dates is refused with TypeError."""
    with pytest.raises(TypeError, match="expected numbers"):
        readonly(values)


@each_sample
def test_all_arrays_of_a_layer_are_readonly(sample: Any) -> None:
    """No array of a record can be written to, and assigning to a field raises."""
    assert not any(map(writable, arrays(sample.layer).values()))
    layer = sample.layer[0] if isinstance(sample.layer, tuple) else sample.layer
    for name in [*as_dict(layer), "another"]:
        with pytest.raises(AttributeError):
            setattr(layer, name, 1.0)
    for a in arrays(sample.layer).values():
        with pytest.raises(ValueError, match="read-only"):
            a[...] = 0.0


@pytest.mark.parametrize("how", COPIES)
@each_sample
def test_copies_are_equal_and_readonly(sample: Any, how: str) -> None:
    """A copy of a record, by whatever way, is equal to it, of the same bits, and as read-only."""
    if isinstance(sample.layer, tuple) and how in ("evolve", "replace"):
        return
    made = COPIES[how](sample.layer)
    assert made == sample.layer
    assert fingerprint(made) == fingerprint(sample.layer)
    assert not any(map(writable, arrays(made).values()))


@pytest.mark.parametrize("how", COPIES)
def test_copies_of_a_loss_keep_its_targets_readonly(how: str) -> None:
    """The targets and weights of a copied loss cannot be written to."""
    loss = SoftmaxCrossEntropy([0, 1], [1.0, 2.0])
    made = COPIES[how](loss)
    assert made == loss
    assert not writable(made.targets)
    assert not writable(made.weights)


@each_sample
def test_equality_is_by_value(sample: Any) -> None:
    """A change of one bit of one array makes a record unequal, and equal arrays elsewhere in memory don't."""
    stored = list(arrays(sample.layer).values())
    copied = with_arrays(sample.layer, [freeze(a.copy()) for a in stored])
    assert copied == sample.layer
    for i, a in enumerate(stored):
        moved = a.copy()
        moved.flat[-1] = np.nextafter(moved.flat[-1], 9.0)
        assert with_arrays(sample.layer, [*stored[:i], freeze(moved), *stored[i + 1 :]]) != sample.layer


def test_equality_sees_dtype_and_shape() -> None:
    """Arrays of the same numbers are other values when their dtypes or shapes differ; NaN is equal to NaN."""
    one = Affine(np.ones((2, 1)), np.ones(1))
    assert one != Affine(np.ones((2, 1), np.float32), np.ones(1))
    assert one != Affine(np.ones((1, 2)), np.ones(1))
    assert Affine([[np.nan]], [0.0]) == Affine([[np.nan]], [0.0])
    assert Affine([[1]], [0]) == Affine([[1]], [0])
    assert one != "one"


@each_sample
def test_hash_is_consistent_with_equality(sample: Any) -> None:
    """A record can't be hashed, or equal records have equal hashes."""
    try:
        found = hash(sample.layer)
    except TypeError:
        assert arrays(sample.layer)
        return
    assert found == hash(copy.deepcopy(sample.layer))


def test_repr_is_short() -> None:
    """The representation names the shapes of arrays and none of their numbers."""
    assert (
        repr(Affine(np.zeros((784, 128), np.float32), np.zeros(128, np.float32))) == "Affine(W=f4[784,128], b=f4[128])"
    )
    assert max(len(repr(sample.layer)) for sample in SAMPLES) < 400


def test_repr_of_a_loss_is_short() -> None:
    """A loss of a thousand weighted examples is shown in less than a line."""
    assert len(repr(SoftmaxCrossEntropy(np.arange(1000), np.ones(1000)))) < 100


def test_evolve_checks_and_replace_does_not() -> None:
    """`evolve` converts what it is given, `replace` stores it as it is."""
    layer = Affine([[1.0]], [0.0])
    values = np.ones((1, 1))
    assert evolve(layer, W=values).W is not values
    assert replace(layer, W=values).W is values
    assert layer.W.tolist() == [[1.0]]


def test_field_kinds() -> None:
    """Parameters, buffers and parts are kept with a model; settings and data are not."""

    @frozen
    class All:
        W: Any = param()
        mean: Any = buffer()
        inner: Any = sub()
        size: int = 3

    assert kept_fields(All) == (("W", "param"), ("mean", "buffer"), ("inner", "sub"))
    assert settings(All) == ("size",)
    assert settings(MeanSquaredError) == ("unit",)
    assert fields(int) == ()


@attrs.frozen
class PlainSquare:
    """A user's layer that is attrs' own record: ``y = a^2 x``."""

    a: Any = param()

    def forward(self, x: Any) -> tuple[Any, Any]:
        """y, and x."""
        return freeze(x * self.a**2), readonly(x)

    def backward(self, cache: Any, dout: Any) -> tuple[Any, Any]:
        """dx, and the gradient in a."""
        return freeze(dout * self.a**2), PlainSquare(freeze((2.0 * self.a * cache * dout).sum(0)))


@pytest.mark.parametrize(
    "made", [Square(normal(1, 4), normal(2, 4)), PlainSquare(normal(1, 4))], ids=["fnnet", "attrs"]
)
class TestUsersLayer:
    """A record with forward and backward, registered nowhere."""

    def test_laws(self, made: Any) -> None:
        """It keeps all laws, alone, in a tuple and inside a Residual."""
        for net in (made, (made,), (Residual((made, made)), made)):
            assert [v for v in check_laws(net, normal(3, 5, 4)) if v.complaint] == []
            assert check_gradients(net, normal(3, 5, 4)).passed

    def test_trees(self, made: Any) -> None:
        """Its parameters are listed, counted and mapped over."""
        net = (made, Residual(made))
        assert {"0.a", "1.inner.a"} <= set(leaves(net))
        assert count_params(net) == 2 * count_params(made)
        doubled = map_params(lambda a: 2.0 * a, net)
        assert np.array_equal(doubled[1].inner.a, 2.0 * made.a)
        assert fingerprint(doubled) != fingerprint(net)

    def test_training(self, made: Any) -> None:
        """It is trained: its loss on a line falls to a tenth."""
        x = normal(4, 20, 4)
        states = list(train((made,), x, 2.0 * x, loss=MeanSquaredError, optimizer=SGD(lr=0.05), epochs=60))
        first, _ = forward(((made,), MeanSquaredError(2.0 * x)), x)
        last, _ = forward((states[-1].params, MeanSquaredError(2.0 * x)), x)
        assert last < first / 10
        assert type(states[-1].params[0]) is type(made)


@given(st.sampled_from(SAMPLES), seeds)
def test_nothing_that_was_given_is_frozen(sample: Any, seed: int) -> None:
    """An array of the caller's that goes through a layer, forth and back, can still be written to."""
    net = training(sample.layer, sample.key) if sample.key else sample.layer
    x = np.array(normal(seed, *sample.shape))
    y, cache = forward(net, x)
    dout = np.array(normal(seed, *y.shape))
    backward(net, cache, dout)
    assert x.flags.writeable
    assert dout.flags.writeable
