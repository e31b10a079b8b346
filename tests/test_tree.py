"""Trees: the arrays of a network by their paths, maps over them, and the fingerprint."""

from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import affine, batch_norm, each_sample, flat, nets, normal

from fnnet import (
    SGD,
    Adam,
    Affine,
    Dropout,
    Fixed,
    LeakyReLU,
    ReLU,
    Residual,
    Scale,
    Sigmoid,
    Tanh,
    freeze,
    leaves,
    map_params,
)
from fnnet.values import arrays, count_params, fingerprint
from fnnet.values.tree import dtype_of, has_params, params_of, same_structure, with_arrays, with_params

NET = (affine(1, 3, 4), (batch_norm(2, 4), Residual((Sigmoid(), affine(3, 4, 4)))), Residual(affine(4, 4, 4)))


def test_paths() -> None:
    """A path is the places and field names that lead to an array, and buffers are in `arrays` alone."""
    trained = ["0.W", "0.b", "1.0.gamma", "1.0.beta", "1.1.inner.1.W", "1.1.inner.1.b", "2.inner.W", "2.inner.b"]
    assert list(leaves(NET)) == trained
    assert list(arrays(NET)) == [*trained[:4], "1.0.mean", "1.0.var", *trained[4:]]
    assert list(leaves(affine(1, 3, 4))) == ["W", "b"]
    assert leaves(()) == leaves(Sigmoid()) == {}


def test_an_optimizer_state_is_a_tree() -> None:
    """The moments of an optimizer are listed by path like a network."""
    state = Adam().init(NET[:1])
    assert list(arrays(state)) == ["moments.0.0.W", "moments.0.0.b", "moments.1.0.W", "moments.1.0.b"]
    assert count_params(SGD().init(NET)) == 0


@given(nets())
def test_count_and_order(net: Any) -> None:
    """`count_params` is the sum of the sizes of the leaves, and `params_of` is the leaves in order."""
    assert count_params(net) == sum(a.size for a in leaves(net).values())
    assert all(a is b for a, b in zip(params_of(net), leaves(net).values(), strict=True))
    assert has_params(net)


def test_count_in_numbers() -> None:
    """Running statistics don't count as parameters."""
    assert count_params(NET) == (12 + 4) + 8 + (16 + 4) + (16 + 4)
    assert not has_params((Sigmoid(), (Residual((Tanh(),)),)))


@given(nets())
def test_refilling_is_the_inverse_of_listing(net: Any) -> None:
    """A tree given its own arrays back is the same tree."""
    assert with_params(net, params_of(net)) == net
    assert with_arrays(net, arrays(net).values()) == net


@given(nets(), st.floats(-3, 3))
def test_map_params_maps_the_leaves_and_nothing_else(net: Any, factor: float) -> None:
    """Each leaf is f of the leaf, and all other arrays and settings come from the first tree."""
    other = map_params(lambda a: a + 1.0, net)
    mapped = map_params(lambda p, q: p - factor * q, net, other)
    for path, a in arrays(mapped).items():
        expected = leaves(net)[path] - factor * leaves(other)[path] if path in leaves(net) else arrays(net)[path]
        assert np.array_equal(a, expected)
        assert not a.flags.writeable
    same_structure(mapped, net)


def test_map_params_takes_the_first_tree_for_all_else() -> None:
    """Settings and buffers of the later trees are left aside."""
    first, second = (Dropout(0.1), batch_norm(1, 2)), (Dropout(0.9), batch_norm(2, 2))
    mapped = map_params(lambda a, b: b, first, second)
    assert mapped[0].rate == 0.1
    assert mapped[1].mean is first[1].mean
    assert np.array_equal(mapped[1].gamma, second[1].gamma)


def test_map_params_freezes_without_a_copy() -> None:
    """What f returns is stored itself; a number becomes an array."""
    made: list[Any] = []
    mapped = map_params(lambda a: made.append(a * 2.0) or made[-1], affine(1, 2, 2))
    assert mapped.W is made[0]
    assert map_params(np.sum, affine(1, 2, 2)).W.shape == ()


UNLIKE: dict[str, tuple[Any, Any, str]] = {
    "class": ((Sigmoid(), ReLU()), (Sigmoid(), Tanh()), "at 1 ReLU stands against Tanh"),
    "length": (NET, NET[:2], "3 layers stand against 2"),
    "nested": (NET, (NET[0], (NET[1][0], Sigmoid()), NET[2]), "at 1.1 Residual stands against Sigmoid"),
    "inside": (Residual((Tanh(), (Tanh(),))), Residual((Tanh(), ())), "at inner.1 1 layers stand against 0"),
    "tuple": ((Tanh(),), Tanh(), "tuple stands against Tanh"),
    "flat": (NET, flat(NET), "3 layers stand against 4"),
}


@pytest.mark.parametrize(("a", "b", "said"), UNLIKE.values(), ids=UNLIKE)
def test_unlike_trees_are_refused_by_name(a: Any, b: Any, said: str) -> None:
    """Trees of other classes or lengths are refused, with the place and both names."""
    for first, second in ((a, b), (b, a)):
        with pytest.raises(ValueError, match="trees must be alike"):
            map_params(lambda p, q: p, first, second)
    with pytest.raises(ValueError, match=said):
        map_params(lambda p, q: p, a, b)
    with pytest.raises(ValueError, match=said):
        map_params(lambda p, q, r: p, a, a, b)


def test_dtype_of() -> None:
    """The dtype is the one of all arrays, float64 where there are none; mixtures and complex numbers are refused."""
    single = affine(1, 2, 2, np.float32)
    assert dtype_of((single, Sigmoid())) == np.float32
    assert dtype_of(()) == np.float64
    with pytest.raises(ValueError, match=r"one dtype: 0.W is float32, 1.W is float64"):
        dtype_of((single, affine(1, 2, 2)))
    with pytest.raises(ValueError, match="floating-point numbers, 0.W is complex128"):
        dtype_of((Affine([[1j]], [0j]),))


def with_bit_flipped(tree: Any, number: int) -> Any:
    """The tree with one bit of its arrays flipped, the number taken modulo their count."""
    stored = [a.copy() for a in arrays(tree).values()]
    number %= 8 * sum(a.nbytes for a in stored)
    for a in stored:
        if number < 8 * a.nbytes:
            a.reshape(-1).view(np.uint8)[number // 8] ^= 1 << number % 8
            break
        number -= 8 * a.nbytes
    return with_arrays(tree, map(freeze, stored))


@given(nets(), st.integers(0, 2**40))
def test_fingerprint_sees_every_bit(net: Any, number: int) -> None:
    """Any single bit of any array changes the fingerprint, and flipping it back restores it."""
    changed = with_bit_flipped(net, number)
    assert fingerprint(changed) != fingerprint(net)
    assert fingerprint(with_bit_flipped(changed, number)) == fingerprint(net)


def test_fingerprint_sees_all_else() -> None:
    """Trees that differ in a class, a setting, a name, the nesting, a shape or a dtype differ in the fingerprint."""
    a, b = affine(1, 2, 2), affine(5, 2, 2)
    zeros = np.zeros(2)
    trees = [
        a, (a,), ((a,),), (a, b), (b, a), ((a,), b), (a, (b,)), ((a, b),), (a, b, ()), (), ((),),
        Residual(a), Residual((a,)), Sigmoid(), Tanh(), LeakyReLU(0.1), LeakyReLU(0.2), Scale(0.1), Scale(-0.1),
        Affine(np.zeros((1, 2)), zeros), Affine(np.zeros((2, 1)), zeros), Affine(np.zeros((2, 2)), zeros),
        Affine(np.zeros((1, 2), np.float32), zeros), Affine(np.zeros((1, 2), ">f8"), zeros),
        Affine([[0.0, -0.0]], zeros),
    ]  # fmt: skip
    assert len({fingerprint(tree) for tree in trees}) == len(trees)


def test_fingerprint_does_not_see_the_memory_layout() -> None:
    """A transposed array has the fingerprint of its copy in rows."""
    W = normal(1, 3, 2)
    assert fingerprint(Affine(W.T, np.zeros(3))) == fingerprint(Affine(np.ascontiguousarray(W.T), np.zeros(3)))


@each_sample
def test_fingerprint_sees_every_setting(sample: Any) -> None:
    """Each number among a layer's settings is in its fingerprint."""
    for layer in flat(sample.layer):
        for field in attrs.fields(type(layer)):
            value = getattr(layer, field.name)
            if isinstance(value, float):
                assert fingerprint(attrs.evolve(layer, **{field.name: value / 2})) != fingerprint(layer)


@pytest.mark.parametrize("number", [np.float64(0.5), np.float32(0.5)])
def test_equal_settings_have_equal_fingerprints(number: Any) -> None:
    """A setting that is a NumPy number has the fingerprint of the Python number it equals."""
    assert Scale(number) == Scale(0.5)
    assert fingerprint(Scale(number)) == fingerprint(Scale(0.5))


def test_fingerprint_is_known() -> None:
    """The fingerprint of a fixed network is the same today, on this machine, as it was when it was first taken."""
    net = (Affine(np.arange(6.0).reshape(2, 3), np.zeros(3)), Sigmoid(), (Dropout(0.25),))
    assert fingerprint(net) == "24ecc2733fdd0e8a4e534a3fe5a572296046ba066c55e59c3062f2b9e94754ba"


def test_what_is_fixed_is_kept_and_not_trained() -> None:
    """The arrays inside a Fixed belong to a saved model and are no leaves; those inside a Residual are both."""
    fixed, residual = Fixed(affine(1, 3, 3)), Residual(affine(2, 3, 3))
    assert leaves(fixed) == {}
    assert not has_params(fixed)
    assert has_params(residual)
    assert list(leaves(residual)) == list(arrays(residual)) == list(arrays(fixed)) == ["inner.W", "inner.b"]
    assert with_arrays(fixed, arrays(residual).values()) == Fixed(residual.inner)
