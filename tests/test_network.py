"""The folds over random nested networks: splitting, nesting and repeating change no bit."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import affine, batch_norm, flat, nets, normal, seeds

from fnnet import (
    Affine,
    Dropout,
    Flatten,
    MeanSquaredError,
    RandomShift,
    ReLU,
    Residual,
    Scale,
    Sigmoid,
    absorb,
    backward,
    forward,
    frozen,
    gradients,
    key,
    leaves,
    mlp,
    training,
)
from fnnet.network import backward_trace
from fnnet.network.modes import offers
from fnnet.values import Key, Purpose, arrays, fingerprint
from fnnet.values.tree import params_of, same_structure

KEY = key(3, Purpose.NOISE)
noisy_nets = nets(dropout=True)


def bits(*values: Any) -> list[bytes]:
    """The bits of arrays, and of the parameters of trees."""
    found = [params_of(v) if isinstance(v, tuple) or not isinstance(v, np.ndarray) else [v] for v in values]
    return [a.tobytes() for group in found for a in group]


def run(net: Any, seed: int) -> tuple[Any, Any, Any, Any]:
    """The network in training mode, its output and caches at a random x, and a random dout."""
    live = training(net, KEY)
    y, caches = forward(live, normal(seed, 5, 3))
    return live, y, caches, normal(seed + 1, *y.shape)


@given(noisy_nets, seeds, st.integers(0, 6))
def test_forward_of_a_sum_is_forward_of_its_parts(net: Any, seed: int, cut: int) -> None:
    """``forward(a + b)`` is ``forward(b)`` after ``forward(a)``, bit for bit, its caches joined."""
    live, y, _, dout = run(net, seed)
    a, b = live[:cut], live[cut:]
    between, first = forward(a, normal(seed, 5, 3))
    end, second = forward(b, between)
    assert bits(end) == bits(y)
    middle, right = backward(b, second, dout)
    dx, left = backward(a, first, middle)
    whole = forward(live, normal(seed, 5, 3))[1]
    assert bits(dx, left + right) == bits(*backward(live, whole, dout))


@given(noisy_nets, seeds)
def test_nesting_changes_no_bit(net: Any, seed: int) -> None:
    """A nested network and its flattened form give the same bits, in training mode too."""
    live, y, caches, dout = run(net, seed)
    level = training(flat(net), KEY)
    assert level == flat(live)
    z, more = forward(level, normal(seed, 5, 3))
    assert bits(z) == bits(y)
    assert bits(*backward(level, more, dout)) == bits(*backward(live, caches, dout))
    assert flat(absorb(net, caches)) == absorb(flat(net), more)


@given(noisy_nets, seeds)
def test_backward_twice_is_the_same(net: Any, seed: int) -> None:
    """Backward called again with the same cache gives the same bits, and changes nothing."""
    live, _, caches, dout = run(net, seed)
    before = fingerprint(live)
    assert bits(*backward(live, caches, dout)) == bits(*backward(live, caches, dout))
    assert fingerprint(live) == before


@given(noisy_nets, seeds)
def test_gradients_are_those_of_backward(net: Any, seed: int) -> None:
    """`gradients` gives the bits that backward gives, whatever layers without parameters stand in front."""
    for first in ((), (Scale(0.5), (Sigmoid(), (Residual(Dropout(0.2)),)))):
        live, _, caches, dout = run((*first, net), seed)
        grads = gradients(live, caches, dout)
        same_structure(grads, live)
        assert bits(grads) == bits(backward(live, caches, dout)[1])


@given(noisy_nets, seeds)
def test_the_gradient_has_the_shape_of_the_network(net: Any, seed: int) -> None:
    """Gradients have the paths and shapes of the parameters, and dx the shape of x."""
    live, _, caches, dout = run(net, seed)
    dx, grads = backward(live, caches, dout)
    assert dx.shape == (5, 3)
    assert {path: a.shape for path, a in leaves(grads).items()} == {path: a.shape for path, a in leaves(net).items()}


@given(noisy_nets, seeds)
def test_no_key_is_left_in_the_gradient(net: Any, seed: int) -> None:
    """Gradients are in inference mode: a step from the stored network can't pick up a key."""
    live, _, caches, dout = run(net, seed)
    for grads in (backward(live, caches, dout)[1], absorb(net, caches)):
        assert all(getattr(layer, "key", None) is None for layer in flat(grads))
        assert not any(getattr(layer, "batch", False) for layer in flat(grads))


@given(noisy_nets, seeds)
def test_trace_goes_from_the_right(net: Any, seed: int) -> None:
    """The trace yields each layer's dout and gradient from the last to the first, and returns dx."""
    live, _, caches, dout = run(net, seed)
    trace, seen = backward_trace(live, caches, dout), []
    try:
        while True:
            seen.append(next(trace))
    except StopIteration as stop:
        dx = stop.value
    whole, grads = backward(live, caches, dout)
    assert bits(dx) == bits(whole)
    assert bits(seen[0][0]) == bits(dout)
    assert bits(tuple(g for _, g in reversed(seen))) == bits(grads)
    assert [type(g) for _, g in reversed(seen)] == [type(layer) for layer in flat(net)]


@given(noisy_nets, seeds)
def test_each_dout_of_the_trace_is_a_gradient(net: Any, seed: int) -> None:
    """The dout that the trace yields for a layer is the dx of the layers to its right."""
    live, _, _, dout = run(net, seed)
    level = flat(live)
    _, caches = forward(level, normal(seed, 5, 3))
    douts = [d for d, _ in backward_trace(level, caches, dout)]
    for i, d in enumerate(reversed(douts), start=1):
        assert bits(backward(level[i:], caches[i:], dout)[0]) == bits(d)


def test_the_empty_network_is_the_identity() -> None:
    """A tuple of no layers gives back x and dout."""
    x = normal(0, 2, 3)
    assert forward((), x)[0] is x
    assert backward((), (), x) == (x, ())
    assert gradients((), (), x) == absorb((), ()) == training((), KEY) == ()
    assert list(backward_trace((), (), x)) == []


def test_a_slice_is_a_network() -> None:
    """``net[:k]`` gives the values between the layers."""
    net = mlp([3, 4, 5, 2], dtype=np.float64)
    x = normal(0, 6, 3)
    for k in range(len(net) + 1):
        assert np.array_equal(forward(net[k:], forward(net[:k], x)[0])[0], forward(net, x)[0])
    assert forward(net[:3], x)[0].shape == (6, 5)


class Fault(Exception):
    """What a faulty layer raises."""


@frozen
class Faulty:
    """The identity, which fails in forward or in backward."""

    where: str

    def forward(self, x: Any) -> tuple[Any, Any]:
        """x, or a fault."""
        if self.where == "forward":
            raise Fault
        return x, None

    def backward(self, cache: Any, dout: Any) -> tuple[Any, Any]:
        """A fault."""
        raise Fault


@pytest.mark.parametrize("where", ["forward", "backward", "gradients"])
def test_errors_carry_their_place(where: str) -> None:
    """An error goes on as it is, with the place and the name of the layer, from the inside out, as notes."""
    net = (affine(1, 3, 3), (Sigmoid(), Residual((Scale(2.0), Faulty(where)))), Sigmoid())
    x = normal(0, 2, 3)
    with pytest.raises(Fault) as error:
        _, caches = forward(net, x)
        (backward if where == "backward" else gradients)(net, caches, x)
    notes = error.value.__notes__
    assert notes[0] == f"in layer 1, Faulty(where={where!r})"
    assert notes[1].startswith("in layer 1, Residual(")
    assert notes[2] == "in layer 1, a tuple of 2"
    assert len(notes) == 3


def test_the_first_layer_carries_its_place_in_gradients() -> None:
    """An error in the layer at which `gradients` stops carries its place too."""
    net = (Sigmoid(), (affine(1, 3, 2),))
    _, caches = forward(net, normal(0, 2, 3))
    with pytest.raises(ValueError, match="aligned|matmul") as error:
        gradients(net, caches, normal(0, 3, 2))
    assert error.value.__notes__ == ["in layer 0, Affine(W=f8[3,2], b=f8[2])", "in layer 1, a tuple of 1"]


def test_gradients_leave_out_what_nobody_needs() -> None:
    """`gradients` asks nothing of the layers left of the first one with parameters, at any depth."""
    idle = Faulty("backward")
    for net in (
        (idle, affine(1, 3, 2)),
        (idle, (idle, (idle, affine(1, 3, 2)), Sigmoid())),
        ((idle,), Residual((idle, affine(1, 3, 3)))),
        (idle, idle),
    ):
        y, caches = forward(net, normal(0, 2, 3))
        assert bits(gradients(net, caches, y)) == bits(gradients(flat(net), caches_of(flat(net)), y))


def caches_of(net: Any) -> Any:
    """The caches at the x of the test above."""
    return forward(net, normal(0, 2, 3))[1]


def test_the_loss_closes_the_network() -> None:
    """``(net, loss)`` gives one number, and gradients of the shape of the network beside the loss itself."""
    net, loss = mlp([3, 4, 2], dtype=np.float64), MeanSquaredError(normal(1, 5, 2))
    value, caches = forward((net, loss), normal(0, 5, 3))
    grads, end = gradients((net, loss), caches, 1.0)
    assert np.ndim(value) == 0
    assert end == loss
    same_structure(grads, net)
    doubled, _ = gradients((net, loss), caches, 2.0)
    assert np.allclose(doubled[0].W, 2.0 * grads[0].W)


def test_training_keeps_the_stored_network() -> None:
    """`training` returns a network in training mode and leaves the stored one as it was."""
    net = (Dropout(0.5), (batch_norm(1, 3), Residual((Dropout(0.5),))))
    before = fingerprint(net)
    live = training(net, KEY)
    assert fingerprint(net) == before
    assert live[1][0].batch
    assert not net[1][0].batch
    assert live[0].key != live[1][1].inner[0].key
    assert training(live, KEY) == live
    assert arrays(live).keys() == arrays(net).keys()


def test_offers() -> None:
    """`offers` finds an optional method at any depth, and does not find one that is nowhere."""
    deep = (Sigmoid(), ((Residual((ReLU(), batch_norm(1, 3))),),))
    assert offers(deep, "training")
    assert offers(deep, "absorb")
    assert not offers((Sigmoid(), (affine(1, 2, 2),)), "training")
    assert not offers((), "training")
    assert offers(affine(1, 2, 2), "grads")


def test_absorb_reaches_every_batch_norm() -> None:
    """The running statistics of every BatchNorm are moved on, and nothing else is changed."""
    net = (batch_norm(1, 3), (affine(2, 3, 3), Residual((Sigmoid(), batch_norm(3, 3)))), Dropout(0.1))
    _, caches = forward(training(net, KEY), normal(0, 6, 3))
    moved = absorb(net, caches)
    changed = {path for path, a in arrays(moved).items() if not np.array_equal(a, arrays(net)[path])}
    assert changed == {"0.mean", "0.var", "1.1.inner.1.mean", "1.1.inner.1.var"}
    same_structure(moved, net)
    assert absorb(net, forward(net, normal(0, 6, 3))[1]) == net


def test_a_layer_alone_is_a_network() -> None:
    """The free functions take a layer as they take a tuple of one."""
    layer, x = affine(1, 3, 2), normal(0, 4, 3)
    y, cache = forward(layer, x)
    z, caches = forward((layer,), x)
    assert bits(y) == bits(z)
    assert bits(*backward(layer, cache, y)) == bits(*backward((layer,), caches, y))
    assert gradients(layer, cache, y) == gradients((layer,), caches, y)[0]
    assert Affine.forward(layer, x)[0].tobytes() == y.tobytes()


def test_images_go_through() -> None:
    """A network for images, with random layers first, has a dx like the images and the flat gradients."""
    net = (RandomShift(1), Flatten(), Scale(0.1), mlp([20, 3], dtype=np.float64))
    live = training(net, Key(1, 4, 0, 0, 0))
    y, caches = forward(live, normal(0, 6, 5, 4))
    dx, grads = backward(live, caches, normal(1, *y.shape))
    assert dx.shape == (6, 5, 4)
    assert bits(gradients(live, caches, normal(1, *y.shape))) == bits(grads)


def test_a_trace_needs_a_cache_for_each_layer() -> None:
    """Caches of another network are refused, and not used as far as they go."""
    net = (affine(1, 3, 3), Sigmoid())
    y, caches = forward(net, normal(0, 2, 3))
    with pytest.raises(ValueError, match="shorter than argument 1"):
        list(backward_trace(net, caches[1:], y))
