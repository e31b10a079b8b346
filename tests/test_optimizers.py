"""Optimizers: PyTorch's to ten digits over fifty steps, and what they keep, spare and flush."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import affine, batch_norm, nets, normal, seeds

from fnnet import SGD, Adam, AdamW, Affine, Residual, Scale, Sigmoid, freeze, leaves, map_params
from fnnet.optimizers import AdaGrad, Clipped, Cosine, RMSprop, WarmUp, clip, global_norm
from fnnet.optimizers.base import flushed
from fnnet.values import arrays, fingerprint
from fnnet.values.record import evolve
from fnnet.values.tree import params_of, same_structure, with_params

NET = (affine(1, 4, 3), Sigmoid(), (Residual(affine(3, 3, 3)),), affine(5, 3, 2))


def gradient(net: Any, seed: int, size: float = 1.0) -> Any:
    """Random gradients for a network."""
    rng = np.random.default_rng(seed)
    return map_params(lambda p: size * rng.standard_normal(p.shape), net)


def run(optimizer: Any, net: Any, gradients: list[Any]) -> tuple[Any, Any]:
    """The network and the state after a step for each gradient."""
    state = optimizer.init(net)
    for grads in gradients:
        net, state = optimizer.step(net, grads, state)
    return net, state


#: An optimizer of ours, and the one of PyTorch's with the same settings.
PAIRS: dict[str, tuple[Any, Callable[[Any, Any], Any]]] = {
    "SGD": (SGD(0.1), lambda o, p: o.SGD(p, 0.1)),
    "momentum": (SGD(0.1, momentum=0.9), lambda o, p: o.SGD(p, 0.1, momentum=0.9)),
    "Nesterov": (SGD(0.1, momentum=0.9, nesterov=True), lambda o, p: o.SGD(p, 0.1, momentum=0.9, nesterov=True)),
    "SGD decay": (SGD(0.1, weight_decay=0.3, decay="all"), lambda o, p: o.SGD(p, 0.1, weight_decay=0.3)),
    "Nesterov decay": (
        SGD(0.1, momentum=0.8, nesterov=True, weight_decay=0.3, decay="all"),
        lambda o, p: o.SGD(p, 0.1, momentum=0.8, nesterov=True, weight_decay=0.3),
    ),
    "AdaGrad": (AdaGrad(0.1), lambda o, p: o.Adagrad(p, 0.1)),
    "AdaGrad decay": (AdaGrad(0.1, weight_decay=0.3, decay="all"), lambda o, p: o.Adagrad(p, 0.1, weight_decay=0.3)),
    "RMSprop": (RMSprop(0.01), lambda o, p: o.RMSprop(p, 0.01)),
    "RMSprop settings": (
        RMSprop(0.01, alpha=0.8, eps=1e-3, weight_decay=0.3, decay="all"),
        lambda o, p: o.RMSprop(p, 0.01, alpha=0.8, eps=1e-3, weight_decay=0.3),
    ),
    "Adam": (Adam(0.01), lambda o, p: o.Adam(p, 0.01)),
    "Adam settings": (
        Adam(0.01, beta1=0.7, beta2=0.8, eps=1e-3, weight_decay=0.3, decay="all"),
        lambda o, p: o.Adam(p, 0.01, betas=(0.7, 0.8), eps=1e-3, weight_decay=0.3),
    ),
    "AdamW": (AdamW(0.01, decay="all"), lambda o, p: o.AdamW(p, 0.01)),
    "AdamW settings": (
        AdamW(0.01, beta1=0.7, beta2=0.8, eps=1e-3, weight_decay=0.5, decay="all"),
        lambda o, p: o.AdamW(p, 0.01, betas=(0.7, 0.8), eps=1e-3, weight_decay=0.5),
    ),
}
SCHEDULE = WarmUp(7, Cosine(1.0, steps=40, last=0.1))


def torch_run(torch: Any, make: Any, gradients: list[Any], schedule: Any = None, norm: float | None = None) -> Any:
    """The network's parameters after PyTorch's steps."""
    params = [torch.tensor(np.array(a), requires_grad=True) for a in params_of(NET)]
    optimizer = make(torch.optim, params)
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, schedule) if schedule else None
    for grads in gradients:
        for p, g in zip(params, params_of(grads), strict=True):
            p.grad = torch.tensor(np.array(g))
        if norm is not None:
            torch.nn.utils.clip_grad_norm_(params, norm)
        optimizer.step()
        if scheduler:
            scheduler.step()
    return with_params(NET, [freeze(p.detach().numpy()) for p in params])


def assert_near(a: Any, b: Any, tolerance: float = 1e-10) -> None:
    """Both networks' parameters agree."""
    for path, p in leaves(a).items():
        assert np.abs(p - leaves(b)[path]).max() < tolerance, path


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("scheduled", [False, True], ids=["constant", "scheduled"])
def test_against_torch(torch: Any, name: str, scheduled: bool) -> None:
    """Fifty steps end where PyTorch's do, with a constant rate and with a schedule."""
    ours, make = PAIRS[name]
    steps = [gradient(NET, seed) for seed in range(50)]
    if scheduled:
        lr = ours.lr
        ours = type(ours)(**{n: getattr(ours, n) for n in ours.__slots__ if n != "__weakref__"} | {"lr": Scaled(lr)})
    assert_near(run(ours, NET, steps)[0], torch_run(torch, make, steps, SCHEDULE if scheduled else None))


class Scaled:
    """The schedule times a learning rate: any function of the step is a schedule."""

    def __init__(self, lr: float) -> None:
        self.lr = lr

    def __call__(self, step: int) -> float:
        """The learning rate."""
        return self.lr * SCHEDULE(step)


@pytest.mark.parametrize("norm", [0.5, 5.0, 100.0])
def test_clipping_against_torch(torch: Any, norm: float) -> None:
    """Clipped SGD ends where ``clip_grad_norm_`` does, but for the 1e-6 that PyTorch adds to the length."""
    steps = [gradient(NET, seed, size=1.0 + seed % 3) for seed in range(50)]
    expected = torch_run(torch, PAIRS["momentum"][1], steps, norm=norm)
    assert_near(run(Clipped(SGD(0.1, momentum=0.9), norm), NET, steps)[0], expected, 1e-4)


@given(seeds, st.floats(1e-3, 100))
def test_clip(seed: int, norm: float) -> None:
    """A longer gradient is brought to the norm with its direction kept, a shorter one comes back as it is."""
    grads = gradient(NET, seed)
    length = np.sqrt(sum((g**2).sum() for g in params_of(grads)))
    assert global_norm(grads) == pytest.approx(length)
    clipped = clip(grads, norm)
    if length <= norm:
        assert clipped is grads
    else:
        assert global_norm(clipped) == pytest.approx(norm)
        assert_near(map_params(lambda g: g * (length / norm), clipped), grads, 1e-12 * length)


def test_clip_of_what_has_no_length() -> None:
    """No gradient and a gradient of zeros are left alone."""
    zeros = map_params(np.zeros_like, NET)
    assert clip(zeros, 1.0) is zeros
    assert clip((), 1.0) == ()


OURS = {name: pair[0] for name, pair in PAIRS.items()} | {"clipped": Clipped(Adam(0.01), 1.0)}
each_optimizer = pytest.mark.parametrize("name", OURS)


@each_optimizer
@given(net=nets(), seed=seeds)
def test_a_step_is_pure(name: str, net: Any, seed: int) -> None:
    """A step writes to nothing it is given, gives the same bits again, and keeps the structure and buffers."""
    optimizer, grads = OURS[name], gradient(net, seed)
    _, state = run(optimizer, net, [grads] * 2)
    before = [fingerprint(tree) for tree in (net, grads, state)]
    params, after = optimizer.step(net, grads, state)
    again, also = optimizer.step(net, grads, state)
    assert [fingerprint(tree) for tree in (net, grads, state)] == before
    assert fingerprint(params) == fingerprint(again)
    assert fingerprint(after) == fingerprint(also)
    assert after.step == state.step + 1 == 3
    same_structure(params, net)
    same_structure(after, state)
    for path in arrays(net).keys() - leaves(net).keys():
        assert arrays(params)[path] is arrays(net)[path]
    assert not any(a.flags.writeable for a in [*arrays(params).values(), *arrays(after).values()])


@each_optimizer
def test_float32_stays_float32(name: str) -> None:
    """Parameters and moments of float32 stay float32 over a flush."""
    net = map_params(lambda p: p.astype(np.float32), NET)
    params, state = run(OURS[name], net, [map_params(lambda p: p.astype(np.float32), NET)] * 33)
    assert {a.dtype for a in [*leaves(params).values(), *leaves(state).values()]} == {np.dtype(np.float32)}


@each_optimizer
def test_a_network_without_parameters(name: str) -> None:
    """A network with nothing to train goes through a step unchanged."""
    net = (Sigmoid(), Scale(2.0))
    params, state = run(OURS[name], net, [net] * 40)
    assert params == net
    assert state.step == 40


@each_optimizer
def test_foreign_gradients_are_refused(name: str) -> None:
    """Gradients of another network are refused by name."""
    with pytest.raises(ValueError, match=r"trees must be alike: 4 layers stand against 3"):
        OURS[name].step(NET, NET[:3], OURS[name].init(NET))


DECAYING = {"SGD": SGD, "AdaGrad": AdaGrad, "RMSprop": RMSprop, "Adam": Adam, "AdamW": AdamW}


@pytest.mark.parametrize("name", DECAYING)
def test_decay_spares_biases_and_norms(name: str) -> None:
    """With no gradient, decay shrinks matrices alone, unless it is asked to shrink all."""
    net = (affine(1, 3, 3), batch_norm(2, 3))
    zeros = map_params(np.zeros_like, net)
    make: Any = DECAYING[name]
    spared = run(make(lr=0.1, weight_decay=0.1), net, [zeros])[0]
    every = run(make(lr=0.1, weight_decay=0.1, decay="all"), net, [zeros])[0]
    assert [p for p, a in leaves(net).items() if not np.array_equal(a, leaves(spared)[p])] == ["0.W"]
    assert [p for p, a in leaves(net).items() if not np.array_equal(a, leaves(every)[p])] == list(leaves(net))
    assert np.all((net[0].W - spared[0].W) * net[0].W > 0)


def test_decay_in_numbers() -> None:
    """SGD adds ``weight_decay p`` to the gradient, AdamW multiplies p by ``1 - lr weight_decay``."""
    net = Affine([[2.0]], [2.0])
    zeros = map_params(np.zeros_like, net)
    assert run(SGD(0.1, weight_decay=0.5), net, [zeros])[0].W.tolist() == [[2.0 - 0.1 * 0.5 * 2.0]]
    assert run(AdamW(0.1, weight_decay=0.5), net, [zeros])[0].W.tolist() == [[2.0 * 0.95]]
    assert run(AdamW(0.1, weight_decay=0.5), net, [zeros])[0].b.tolist() == [2.0]


LONG = {
    "momentum": SGD(momentum=0.9),
    "Nesterov": SGD(momentum=0.9, nesterov=True),
    "Adam": Adam(),
    "AdamW": AdamW(),
    "RMSprop": RMSprop(),
}


@pytest.mark.parametrize("name", LONG)
def test_moments_of_a_dead_unit_never_become_subnormal(name: str) -> None:
    """Once its gradient is zero, no moment of a float32 unit is ever a nonzero number below the normal ones."""
    net = Affine(np.full((1, 6), 0.5, np.float32), np.zeros(6, np.float32))
    live = map_params(lambda p: freeze(np.full(p.shape, 1.0, np.float32) * np.float32(10.0) ** -np.arange(6)), net)
    dead = map_params(np.zeros_like, net)
    tiny, optimizer = np.finfo(np.float32).smallest_normal, LONG[name]
    params, state = run(optimizer, net, [live] * 3)
    for _ in range(4000):
        params, state = optimizer.step(params, dead, state)
        for moment in params_of(state.moments):
            small = np.abs(moment)
            assert not np.any((small > 0) & (small < tiny))
    if name in ("momentum", "Nesterov"):
        assert not any(a.any() for a in params_of(state.moments))


BAD: dict[str, tuple[Callable[[], Any], str]] = {
    "lr -": (lambda: SGD(lr=-0.1), "lr must be a finite number of at least 0, got -0.1"),
    "lr inf": (lambda: Adam(lr=np.inf), "lr must be a finite number"),
    "lr NaN": (lambda: Adam(lr=np.nan), "lr must be a finite number"),
    "lr text": (lambda: Adam(lr="fast"), "lr must be a finite number of at least 0, got 'fast'"),  # type: ignore[arg-type]  # the mistake
    "momentum": (lambda: SGD(momentum=1.0), "momentum must be a finite number of at least 0 and below 1, got 1.0"),
    "beta1": (lambda: Adam(beta1=1.0), "beta1"),
    "beta2": (lambda: AdamW(beta2=-0.1), "beta2"),
    "alpha": (lambda: RMSprop(alpha=1.5), "alpha"),
    "eps": (lambda: AdaGrad(eps=-1.0), "eps"),
    "weight decay": (lambda: SGD(weight_decay=-1.0), "weight_decay"),
    "decay": (lambda: SGD(decay="some"), "decay must be 'matrices' or 'all', got 'some'"),  # type: ignore[arg-type]  # the mistake
    "norm": (lambda: Clipped(SGD(), norm=-1.0), "norm"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_settings_are_refused(name: str) -> None:
    """A setting outside its range is refused by its name when the optimizer is made."""
    make, said = BAD[name]
    with pytest.raises(ValueError, match=said):
        make()


@each_optimizer
def test_a_line_is_fitted(name: str) -> None:
    """Each optimizer comes closer to the minimum of a quadratic bowl."""
    start = Affine(normal(0, 3, 3), normal(1, 3))
    params, state = start, OURS[name].init(start)
    for _ in range(200):
        params, state = OURS[name].step(params, params, state)
    assert global_norm(params) < 0.95 * global_norm(start)


# The formulas, without PyTorch


def sgd(o: Any, p: Any, grads: list[Any]) -> Any:
    """``v <- momentum v + g`` and ``p - lr v``, or with Nesterov ``p - lr (g + momentum v)``."""
    v = 0.0
    for step, g in enumerate(grads):
        g = g + o.weight_decay * p
        v = o.momentum * v + g
        p = p - o.lr(step) * (g + o.momentum * v if o.nesterov else v)
    return p


def adagrad(o: Any, p: Any, grads: list[Any]) -> Any:
    """``s <- s + g^2`` and ``p - lr g / (sqrt(s) + eps)``."""
    s = 0.0
    for step, g in enumerate(grads):
        g = g + o.weight_decay * p
        s = s + g**2
        p = p - o.lr(step) * g / (np.sqrt(s) + o.eps)
    return p


def rmsprop(o: Any, p: Any, grads: list[Any]) -> Any:
    """``s <- alpha s + (1 - alpha) g^2`` and ``p - lr g / (sqrt(s) + eps)``."""
    s = 0.0
    for step, g in enumerate(grads):
        g = g + o.weight_decay * p
        s = o.alpha * s + (1 - o.alpha) * g**2
        p = p - o.lr(step) * g / (np.sqrt(s) + o.eps)
    return p


def adam(o: Any, p: Any, grads: list[Any]) -> Any:
    """``p - lr mhat / (sqrt(vhat) + eps)``, the decay added to g, or for AdamW taken from p first."""
    m = v = 0.0
    for step, g in enumerate(grads):
        lr, t = o.lr(step), step + 1
        p, g = (p * (1 - lr * o.weight_decay), g) if isinstance(o, AdamW) else (p, g + o.weight_decay * p)
        m, v = o.beta1 * m + (1 - o.beta1) * g, o.beta2 * v + (1 - o.beta2) * g**2
        p = p - lr * (m / (1 - o.beta1**t)) / (np.sqrt(v / (1 - o.beta2**t)) + o.eps)
    return p


FORMULAS: dict[type, Callable[[Any, Any, list[Any]], Any]] = {
    SGD: sgd,
    AdaGrad: adagrad,
    RMSprop: rmsprop,
    Adam: adam,
    AdamW: adam,
}


@pytest.mark.parametrize("name", PAIRS)
def test_each_optimizer_is_its_formula(name: str) -> None:
    """After five steps of a changing rate, every number is where the formula of the docstring takes it."""
    ours = evolve(PAIRS[name][0], lr=Scaled(0.1))
    steps = [gradient(NET, seed) for seed in range(5)]
    moved = run(ours, NET, steps)[0]
    for path, p in leaves(NET).items():
        expected = FORMULAS[type(ours)](ours, p, [leaves(grads)[path] for grads in steps])
        assert np.allclose(leaves(moved)[path], expected, rtol=1e-12, atol=1e-12), path


# The edges


@pytest.mark.parametrize(
    ("make", "name"),
    [(SGD, "momentum"), (RMSprop, "alpha"), (Adam, "beta1"), (Adam, "beta2"), (AdamW, "beta1"), (AdamW, "beta2")],
)
def test_what_is_kept_is_a_share(make: Any, name: str) -> None:
    """A share of the past may be 0 and must be below 1."""
    make(**{name: 0.0})
    with pytest.raises(ValueError, match=f"{name} must be a finite number of at least 0 and below 1, got 1.0"):
        make(**{name: 1.0})


@pytest.mark.parametrize("name", [name for name in OURS if OURS[name].init(NET).moments])
@pytest.mark.parametrize("other", [NET[:1], NET + NET])
def test_a_state_of_another_network_is_refused(name: str, other: Any) -> None:
    """A step refuses moments of fewer and of more arrays than the network has."""
    with pytest.raises(ValueError, match="argument"):
        OURS[name].step(NET, NET, OURS[name].init(other))


def test_moments_are_flushed_every_32nd_step() -> None:
    """The moments of steps 31, 63 and so on are flushed, and of no others; the parameter never is."""
    tiny = np.full(1, 1e-35, np.float32)
    after = {step: flushed((tiny, tiny), step) for step in range(100)}
    assert [step for step, (_, moment) in after.items() if not moment.any()] == [31, 63, 95]
    assert all(p[0] == tiny[0] for p, _ in after.values())


def test_nothing_may_be_clipped_to_nothing() -> None:
    """A gradient of zeros keeps within a norm of 0, and any other becomes zeros."""
    zeros = map_params(np.zeros_like, NET)
    assert clip(zeros, 0.0) is zeros
    assert clip(NET, 0.0) == map_params(lambda g: 0.0 * g, NET)
