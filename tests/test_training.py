"""Training: the stream is a fold that can be cut anywhere, and refuses what can't be trained before it starts."""

import pickle
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice, takewhile
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import normal, seeds

from fnnet import (
    SGD,
    Adam,
    Affine,
    BatchNorm,
    Dropout,
    Flatten,
    GaussianNoise,
    MeanSquaredError,
    ReLU,
    Residual,
    Scale,
    Sigmoid,
    SoftmaxCrossEntropy,
    Tanh,
    absorb,
    evaluate,
    forward,
    freeze,
    frozen,
    gradients,
    key,
    leaves,
    mlp,
    one_hot,
    train,
    training,
)
from fnnet.learning import Diverged, State
from fnnet.learning.arguments import epoch_order, steps_per_epoch
from fnnet.optimizers import Constant, WarmUp
from fnnet.values import Purpose, arrays, fingerprint
from fnnet.values.errors import UsageError
from fnnet.values.record import settings
from fnnet.values.tree import same_structure

N = 23
X = normal(0, N, 4)
LABELS = freeze(np.random.default_rng(1).integers(0, 3, N))
WEIGHTS = freeze(np.random.default_rng(2).random(N) + 0.5)
HELD = normal(3, 9, 4), freeze(np.random.default_rng(4).integers(0, 3, 9))
NET = (
    GaussianNoise(0.1),
    (*mlp([4, 5], dtype=np.float64), BatchNorm.init(5, np.float64), ReLU(), Dropout(0.3)),
    Residual((Affine(normal(5, 5, 5) / 3, np.zeros(5)), Tanh())),
    *mlp([5, 3], seed=7, dtype=np.float64),
)
#: A run with everything in it that a state has to remember.
FULL: dict[str, Any] = {
    "loss": SoftmaxCrossEntropy,
    "optimizer": Adam(WarmUp(5, 0.02)),
    "epochs": 6,
    "batch_size": 5,
    "seed": 11,
    "weights": WEIGHTS,
    "validation": HELD,
    "patience": 2,
}
SETTINGS: dict[str, dict[str, Any]] = {
    "full": FULL,
    "momentum": FULL | {"optimizer": SGD(0.3, momentum=0.9, nesterov=True), "patience": None, "weights": None},
    "whole batch": FULL | {"batch_size": N, "validation": None, "patience": None},
    "plain": {"loss": SoftmaxCrossEntropy, "epochs": 3},
}


def bits(state: State) -> list[Any]:
    """Everything in a state, arrays by their bits."""
    kept = [(path, a.tobytes()) for path, a in arrays(state).items()]
    return [kept, *(getattr(state, name) for name in settings(State))]


def run(**settings: Any) -> list[State]:
    """All states of a run."""
    return list(train(NET, X, LABELS, **settings))


@cache
def states_of(name: str) -> list[State]:
    """All states of the run with these settings."""
    return run(**SETTINGS[name])


each_run = pytest.mark.parametrize("name", SETTINGS)


# The fold


@each_run
@given(data=st.data())
def test_resuming_from_any_state(name: str, data: Any) -> None:
    """From any state, kept or pickled, the rest of the run is the same to the bit."""
    states = states_of(name)
    cut = data.draw(st.integers(0, len(states) - 1))
    state = data.draw(st.sampled_from([states[cut], pickle.loads(pickle.dumps(states[cut]))]))
    rest = run(**SETTINGS[name] | {"state": state, "seed": data.draw(st.sampled_from([11, 99]))})
    assert len(rest) == len(states) - cut - 1
    assert all(bits(a) == bits(b) for a, b in zip(rest, states[cut + 1 :], strict=True))


@each_run
def test_a_list_is_a_stream(name: str) -> None:
    """Each state, taken from the stream as it comes, is the one in the list, and later steps don't change it."""
    streamed = [bits(state) for state in train(NET, X, LABELS, **SETTINGS[name])]
    assert streamed == [bits(state) for state in states_of(name)]


@each_run
def test_states_are_readonly(name: str) -> None:
    """No array in any state can be written to, and no field assigned."""
    for state in states_of(name):
        assert not any(a.flags.writeable for a in arrays(state).values())
        with pytest.raises(AttributeError):
            state.step = 0  # type: ignore[misc]  # the mistake


@each_run
def test_states_keep_the_shape_of_the_network(name: str) -> None:
    """The network of a state is the network given, in inference mode, with other numbers."""
    for state in states_of(name):
        same_structure(state.params, NET)
        assert arrays(state.params).keys() == arrays(NET).keys()
        assert fingerprint(training(state.params, key(0, 4))) != fingerprint(state.params)
        assert repr(state.params) == repr(NET)


def by_hand(settings: dict[str, Any]) -> Iterator[Any]:
    """The parameters after each step, by the written-out fold."""
    size, seed, optimizer = settings["batch_size"], settings["seed"], settings["optimizer"]
    net, state = NET, settings["optimizer"].init(NET)
    for epoch in range(settings["epochs"]):
        order = epoch_order(seed, epoch, N)
        for batch in range(0, N, size):
            rows = order[batch : batch + size]
            live = training(net, key(seed, Purpose.NOISE, epoch, batch // size))
            loss = settings["loss"](LABELS[rows], WEIGHTS[rows])
            value, caches = forward((live, loss), X[rows])
            grads, _ = gradients((live, loss), caches, 1.0)
            stepped, state = optimizer.step(net, grads, state)
            net = absorb(stepped, caches[0])
            yield value, net


def test_the_stream_is_the_written_out_fold() -> None:
    """The stream gives the bits of training, forward, gradients, step and absorb, called one after the other."""
    for state, (value, net) in zip(states_of("full"), by_hand(FULL), strict=False):
        assert state.loss == value
        assert fingerprint(state.params) == fingerprint(net)


def test_counters() -> None:
    """Step, epoch, batch and examples count what was done; the last short batch is kept."""
    states = states_of("momentum")
    assert [(s.epoch, s.batch, s.examples) for s in states[:6]] == [
        (0, 1, 5), (0, 2, 10), (0, 3, 15), (0, 4, 20), (1, 0, 23), (1, 1, 5),
    ]  # fmt: skip
    assert [s.step for s in states] == list(range(1, 31))
    assert [s.optimizer.step for s in states] == list(range(1, 31))
    assert states[-1].epoch == 6


def test_the_mean_loss_is_the_mean_over_examples() -> None:
    """At the end of an epoch the mean loss is that of its batches, each counted by its size."""
    states = states_of("momentum")
    sizes = [5, 5, 5, 5, 3]
    for end in range(4, 30, 5):
        losses = [s.loss for s in states[end - 4 : end + 1]]
        assert states[end].mean_loss == pytest.approx(np.average(losses, weights=sizes))


def test_the_rate_is_the_one_used() -> None:
    """Each state tells the learning rate that its step used."""
    assert [s.lr for s in states_of("full")[:6]] == [WarmUp(5, 0.02)(step) for step in range(6)]
    assert {s.lr for s in states_of("plain")} == {0.1}


def test_stopping_early() -> None:
    """What the caller takes from the stream is the beginning of the run."""
    taken = list(takewhile(lambda state: state.step < 7, train(NET, X, LABELS, **FULL)))
    assert [bits(s) for s in taken] == [bits(s) for s in states_of("full")[:6]]
    assert [bits(s) for s in islice(train(NET, X, LABELS, **FULL), 3)] == [bits(s) for s in states_of("full")[:3]]


def test_more_epochs_go_on() -> None:
    """The last state of a run with fewer epochs continues to the run with more."""
    short = run(**SETTINGS["momentum"] | {"epochs": 2})
    rest = run(**SETTINGS["momentum"] | {"state": short[-1]})
    assert [bits(s) for s in short + rest] == [bits(s) for s in states_of("momentum")]
    assert run(**SETTINGS["momentum"] | {"state": states_of("momentum")[-1]}) == []
    assert run(**SETTINGS["momentum"] | {"epochs": 0}) == []


def test_seeds() -> None:
    """The same seed gives the same fingerprint, another seed another one."""
    one, again, other = (fingerprint(run(**FULL | {"seed": seed})[-1].params) for seed in (11, 11, 12))
    assert one == again == fingerprint(states_of("full")[-1].params)
    assert one != other


# Batches


def probe(seen: list[Any]) -> Callable[..., Any]:
    """Squares, that note the targets and weights they are given."""

    def make(targets: Any, weights: Any = None) -> Any:
        seen.append((targets.ravel().tolist(), None if weights is None else weights.tolist()))
        return MeanSquaredError(targets, weights)

    return make


@given(n=st.integers(1, 12), size=st.integers(1, 12), epochs=st.integers(1, 4), seed=seeds)
def test_epochs_are_permutations(n: int, size: int, epochs: int, seed: int) -> None:
    """Each epoch sees every example once, x beside its y and its weight, in batches of the size but the last."""
    if size > n:
        return
    seen: list[Any] = []
    values = freeze(np.arange(1.0, n + 1))
    states = list(
        train(
            (Affine([[1.0]], [0.0]),), values[:, None], values[:, None], loss=probe(seen), weights=10 * values,
            optimizer=SGD(0.0), epochs=epochs, batch_size=size, seed=seed,
        )
    )  # fmt: skip
    batches = seen[-len(states) :]
    per_epoch = steps_per_epoch(n, size)
    assert len(states) == epochs * per_epoch
    for start in range(0, len(states), per_epoch):
        epoch = batches[start : start + per_epoch]
        assert [len(t) for t, _ in epoch] == [size] * (n // size) + ([n % size] if n % size else [])
        assert sorted(value for t, _ in epoch for value in t) == values.tolist()
    assert all(w == [10 * v for v in t] for t, w in batches)
    assert all(state.loss == 0 for state in states)


def test_epochs_differ() -> None:
    """The order of the examples is another one in each epoch and for each seed."""
    orders = {tuple(epoch_order(seed, epoch, 50).tolist()) for seed in range(3) for epoch in range(5)}
    assert len(orders) == 15


def test_the_usual_batch() -> None:
    """Unless told, a batch has 32 examples, or all where there are fewer."""
    net = mlp([4, 3])
    long = list(train(net, normal(0, 70, 4), [0] * 70, loss=SoftmaxCrossEntropy, epochs=1))
    assert [state.examples for state in long] == [32, 64, 70]
    assert len(list(train(net, X, LABELS, loss=SoftmaxCrossEntropy, epochs=2))) == 2


# Validation


def test_validation_keeps_the_best() -> None:
    """After each epoch the state holds its validation loss, and the best network and loss so far."""
    scores: list[float] = []
    for state in states_of("momentum"):
        if state.batch == 0:
            scores.append(evaluate(state.params, SoftmaxCrossEntropy, *HELD)[0])
            assert state.validation == scores[-1]
            assert state.best_validation == min(scores)
            assert state.best_epoch == scores.index(min(scores)) + 1
            assert evaluate(state.best, SoftmaxCrossEntropy, *HELD)[0] == min(scores)
            assert state.chosen is state.best
    assert scores != sorted(scores, reverse=True)


def test_without_validation_the_last_is_chosen() -> None:
    """Where there is no validation set, or no epoch has ended, the network to use is the last."""
    assert states_of("plain")[-1].chosen is states_of("plain")[-1].params
    assert states_of("full")[0].chosen is states_of("full")[0].params


@pytest.mark.parametrize("patience", [1, 2, 4])
def test_patience(patience: int) -> None:
    """Where nothing gets better after the first epoch, the run ends ``patience`` epochs later."""
    states = run(**FULL | {"optimizer": SGD(0.0), "epochs": 50, "patience": patience, "validation": (HELD[0], HELD[1])})
    still = list(train(mlp([4, 3]), X, LABELS, **FULL | {"optimizer": SGD(0.0), "epochs": 50, "patience": patience}))
    assert still[-1].epoch == 1 + patience
    assert still[-1].stopped
    assert not any(state.stopped for state in still[:-1])
    assert list(train(mlp([4, 3]), X, LABELS, **FULL | {"patience": patience, "state": still[-1]})) == []
    assert states[-1].epoch == states[-1].best_epoch + patience


def test_validation_does_not_train() -> None:
    """A validation set changes nothing of the training."""
    without = run(**FULL | {"validation": None, "patience": None, "epochs": 2})
    beside = run(**FULL | {"patience": None, "epochs": 2})
    assert [fingerprint(s.params) for s in without] == [fingerprint(s.params) for s in beside]


# What it takes, and what it makes of it


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_is_the_networks(dtype: Any) -> None:
    """Whatever x, targets and weights are, bytes or doubles, every array of every state has the network's dtype."""
    net = (Scale(1 / 255), *mlp([4, 3], dtype=dtype), BatchNorm.init(3, dtype))
    x = np.random.default_rng(0).integers(0, 256, (N, 4)).astype(np.uint8)
    for inputs in (x, x.astype(np.float64), x.astype(np.float32)):
        for targets, loss in ((LABELS, SoftmaxCrossEntropy), (one_hot(LABELS, 3, np.float64), MeanSquaredError)):
            for state in train(net, inputs, targets, loss=loss, weights=WEIGHTS, optimizer=Adam(0.01), epochs=1):
                assert {a.dtype for a in arrays(state).values()} == {np.dtype(dtype)}


def test_training_gives_the_same_whatever_the_dtype_of_x() -> None:
    """Bytes and the same numbers as doubles give the same bits."""
    net, x = (Scale(1 / 255), *mlp([4, 3])), np.random.default_rng(0).integers(0, 256, (N, 4)).astype(np.uint8)
    ends = [list(train(net, a, LABELS, loss=SoftmaxCrossEntropy))[-1] for a in (x, x.astype(float), x.tolist())]
    assert len({fingerprint(state.params) for state in ends}) == 1


def test_nothing_is_written_to() -> None:
    """The caller's arrays are neither written to nor frozen, and writing to them later does not reach the run."""
    x, y, w = np.array(X), np.array(LABELS), np.array(WEIGHTS)
    stream = train(NET, x, y, **FULL | {"weights": w})
    first = next(stream)
    for a, b in ((x, X), (y, LABELS), (w, WEIGHTS)):
        assert np.array_equal(a, b)
        a[...] = 0
    assert [bits(s) for s in [first, *stream]] == [bits(s) for s in states_of("full")]


def test_a_layer_alone_can_be_trained() -> None:
    """A network that is one record, not a tuple, trains like the tuple of it."""
    layer = mlp([4, 3], dtype=np.float64)[0]
    alone, tupled = (list(train(net, X, LABELS, **FULL))[-1] for net in (layer, (layer,)))
    assert fingerprint(alone.chosen) == fingerprint(tupled.chosen[0])


def test_xor_is_learned() -> None:
    """Two layers learn exclusive or, which one can't."""
    x, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    for net, right in ((mlp([2, 8, 2], Tanh(), dtype=np.float64), True), (mlp([2, 2], dtype=np.float64), False)):
        *_, last = train(net, x, y, loss=SoftmaxCrossEntropy, optimizer=SGD(1.0), epochs=300)
        assert (evaluate(last.params, SoftmaxCrossEntropy, x, y)[1] == 1.0) is right


# Divergence


def until_it_diverges(net: Any, x: Any, **settings: Any) -> str:
    """What the run says when it diverges."""
    with np.errstate(all="ignore"), pytest.raises(Diverged) as error:
        list(train(net, x, np.zeros((len(x), 1)), **{"loss": MeanSquaredError, "epochs": 100} | settings))
    return str(error.value)


def test_divergence_names_the_step_and_the_layer() -> None:
    """A loss that is no longer finite is raised with its step, its epoch and the first layer that gave such values."""
    x = normal(0, 4, 3)
    inner = Affine([[1e200] * 3] * 3, np.zeros(3))
    net = (Tanh(), (Scale(1.0), Residual((inner, inner))), Affine(np.ones((3, 1)), np.zeros(1)))
    assert until_it_diverges(net, x).startswith("the loss became")
    assert "at step 0 (epoch 0)" in until_it_diverges(net, x)
    assert "come from layer 1.1 (Residual 3x3)" in until_it_diverges(net, x)
    assert "lower learning rate or clipping" in until_it_diverges(net, x)


PLAIN: Any = (Affine(np.ones((3, 3)), np.zeros(3)), Affine(np.ones((3, 1)), np.zeros(1)))


def towards_infinity(net: Any) -> Iterator[State]:
    """A run whose first steps are finite, and far too long."""
    return train(net, normal(0, 64, 3), np.ones((64, 1)), loss=MeanSquaredError, optimizer=SGD(1e8))


@pytest.mark.parametrize("net", [PLAIN, (Residual(PLAIN[:1]), *PLAIN)], ids=["fused", "clear"])
def test_divergence_warns_of_nothing(net: Any) -> None:
    """Diverged says all; NumPy's warnings of what led to it would stand before it, and stay those of the caller."""
    with np.errstate(all="warn"), warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        before, states = np.geterr(), towards_infinity(net)
        with pytest.raises(Diverged):
            assert [np.geterr() for _ in states] == [before]
        assert (np.geterr(), warned) == (before, [])


def test_what_is_to_be_raised_is() -> None:
    """Who lets NumPy raise, to find where an overflow comes from, finds it."""
    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        list(towards_infinity(PLAIN))


def test_divergence_by_a_large_rate() -> None:
    """Steps that are too long are found at the step where the loss overflows, and not before."""
    x = normal(0, 4, 3)
    net = (Affine(np.ones((3, 1)), np.zeros(1)),)
    settings: dict[str, Any] = {"loss": MeanSquaredError, "epochs": 1000, "optimizer": SGD(100.0)}
    states = []
    with np.errstate(all="ignore"), pytest.raises(Diverged, match=r"at step (\d+) \(epoch (\d+)\)") as error:
        states.extend(train(net, x, x[:, :1], **settings))
    said = str(error.value)
    seen = 0
    with np.errstate(all="ignore"), pytest.raises(Diverged):
        for state in train(net, x, x[:, :1], **settings):
            assert np.isfinite(state.loss)
            seen = state.step
    assert f"at step {seen} (epoch {seen})" in said


def test_divergence_in_the_loss_itself() -> None:
    """Where all layers give finite values, the loss itself is named."""
    net = (Affine(np.full((1, 1), 1e200), np.zeros(1)),)
    assert "the loss itself is the first value that is not finite" in until_it_diverges(net, np.ones((2, 1)))


def test_divergence_of_the_first_layer() -> None:
    """NaN that a layer makes of x is found at this layer, at the step whose batch holds it."""
    x = np.ones((6, 1))
    x[3] = -1.0
    net = (Root(), Affine([[1.0]], [0.0]))
    said = until_it_diverges(net, x, batch_size=1, optimizer=SGD(0.1))
    step = epoch_order(0, 0, 6).tolist().index(3)
    assert f"at step {step} (epoch 0)" in said
    assert "layer 0 (Root)" in said
    with pytest.raises(UsageError, match="x must be finite numbers, got nan in row 3;"):
        until_it_diverges(net, np.where(x < 0, np.nan, x))


@frozen
class Root:
    """``y = sqrt(x)``, which some numbers don't have."""

    def forward(self, x: Any) -> tuple[Any, None]:
        """The root."""
        return freeze(np.sqrt(x)), None

    def backward(self, cache: None, dout: Any) -> tuple[Any, Any]:
        """Never reached with parameters to the right alone."""
        return dout, self


# What is refused

SMALL: dict[str, Any] = {"loss": SoftmaxCrossEntropy, "epochs": 1}
REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "lengths": (lambda: train(NET, X, LABELS[:-1], **SMALL), "same number of examples, at least one, got 23 and 22"),
    "nothing": (lambda: train(NET, X[:0], LABELS[:0], **SMALL), "at least one, got 0 and 0"),
    "batch 0": (lambda: train(NET, X, LABELS, **SMALL, batch_size=0), "batch_size must be from 1 .*, 23, got 0"),
    "batch -1": (lambda: train(NET, X, LABELS, **SMALL, batch_size=-1), "batch_size must be from 1"),
    "batch 24": (lambda: train(NET, X, LABELS, **SMALL, batch_size=24), "batch_size must be from 1 .*, 23, got 24"),
    "epochs": (lambda: train(NET, X, LABELS, **SMALL | {"epochs": -1}), "epochs must be at least 0, got -1"),
    "seed": (lambda: train(NET, X, LABELS, **SMALL, seed=-1), "seed must be a whole number from 0"),
    "patience 0": (lambda: train(NET, X, LABELS, **SMALL, validation=HELD, patience=0), "patience must be at least 1"),
    "patience alone": (lambda: train(NET, X, LABELS, **SMALL, patience=2), "needs a validation set"),
    "labels": (lambda: train(NET, X, LABELS + 1, **SMALL), "class indices must be from 0 to 2, got 1 to 3"),
    "all labels": (lambda: train(NET, X, LABELS * 0 + 7, **SMALL), "class indices must be from 0 to 2, got 7"),
    "negative labels": (lambda: train(NET, X, LABELS - 1, **SMALL), "class indices must be from 0 to 2, got -1"),
    "float labels": (lambda: train(NET, X, LABELS + 0.0, **SMALL), r"use one_hot\(labels, 3\)"),
    "labels for squares": (lambda: train(NET, X, LABELS, loss=MeanSquaredError), r"use one_hot\(labels, 3\)"),
    "columns of y": (lambda: train(NET, X, one_hot(LABELS, 4), **SMALL), r"targets must be \(N, K\) like logits"),
    "columns of x": (lambda: train(NET, X[:, :3], LABELS, **SMALL), r"layer 1.0 \(Affine 4x5\) expects 4 .*, got 3"),
    "inside": (
        lambda: train((*mlp([4, 5]), Sigmoid(), *mlp([4, 3])), X, LABELS, **SMALL),
        r"layer 2 \(Affine 4x3\) expects 4 inputs, got 5",
    ),
    "inside a residual": (
        lambda: train((Residual((Affine(np.ones((4, 3)), np.zeros(3)),)),), X, LABELS, **SMALL),
        r"layer 0 \(Residual 4x3\) .*must keep the shape",
    ),
    "images": (lambda: train(mlp([4, 3]), normal(0, N, 2, 2), LABELS, **SMALL), r"got \(N, 2, 2\); put Flatten"),
    "batch norm": (lambda: train((BatchNorm.init(3),), X, LABELS, **SMALL), r"layer 0 \(BatchNorm 3\) expects 3"),
    "dtypes": (
        lambda: train((*mlp([4, 5]), *mlp([5, 3], dtype=np.float64)), X, LABELS, **SMALL),
        "must share one dtype: 0.W is float32, 1.W is float64",
    ),
    "text": (lambda: train(NET, [["a"] * 4] * N, LABELS, **SMALL), "expected numbers"),
    "few weights": (lambda: train(NET, X, LABELS, **SMALL, weights=WEIGHTS[:-1]), "weights"),
    "many weights": (lambda: train(NET, X, LABELS, **SMALL, weights=np.ones(N + 1), batch_size=5), "weights"),
    "negative weights": (lambda: train(NET, X, LABELS, **SMALL, weights=-WEIGHTS), "weights"),
    "matrix of weights": (lambda: train(NET, X, LABELS, **SMALL, weights=np.ones((N, 2))), "weights"),
    "validation lengths": (lambda: train(NET, X, LABELS, **SMALL, validation=(HELD[0], HELD[1][:-1])), "validation"),
    "validation of nothing": (lambda: train(NET, X, LABELS, **SMALL, validation=([], [])), "validation"),
    "validation columns": (lambda: train(NET, X, LABELS, **SMALL, validation=(HELD[0][:, :3], HELD[1])), "validation"),
    "validation labels": (lambda: train(NET, X, LABELS, **SMALL, validation=(HELD[0], HELD[1] + 1)), "validation"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_trained_is_refused(name: str) -> None:
    """What can't be trained is refused by name when `train` is called, before the first step."""
    make, said = REFUSED[name]
    with pytest.raises((ValueError, TypeError), match=said):
        make()


def test_shapes_that_fit() -> None:
    """Images go through Flatten to a network of their size."""
    *_, last = train((Flatten(), *mlp([4, 3])), normal(0, N, 2, 2), LABELS, **SMALL)
    assert last.step == 1


def test_a_schedule_is_a_rate() -> None:
    """A constant schedule and the number give the same bits."""
    ends = [run(**FULL | {"optimizer": SGD(lr), "epochs": 1})[-1] for lr in (0.2, Constant(0.2))]
    assert bits(ends[0]) == bits(ends[1])
    assert leaves(ends[0].params).keys() == leaves(NET).keys()


@pytest.mark.parametrize("size", [5, 22, N])
def test_which_examples_a_step_sees(size: int) -> None:
    """An epoch's batches are its permutation cut in order, and a batch of all examples is taken as it stands."""
    seen: list[Any] = []

    def loss(y: Any) -> Any:
        seen.append(y.tolist())
        return SoftmaxCrossEntropy(y)

    list(train(mlp([4, N]), X, np.arange(N), loss=loss, epochs=2, batch_size=size))
    orders = [epoch_order(0, epoch, N) if size < N else np.arange(N) for epoch in range(2)]
    trial, *batches = seen
    assert trial == [0]
    assert batches == [order[start : start + size].tolist() for order in orders for start in range(0, N, size)]


def test_divergence_of_a_single_number() -> None:
    """One value that is not finite, among others that are, is found at the layer that gave it."""
    net = (Scale(1.0), Affine(np.diag([1.0, 1e308]), np.zeros(2)), Affine(np.ones((2, 1)), np.zeros(1)))
    assert "come from layer 1 (Affine 2x2)" in until_it_diverges(net, np.array([[1.0, 10.0], [1.0, 0.1]]))


def test_divergence_by_noise() -> None:
    """The layer is looked for with the noise of the step, without which all may be finite."""
    net = (Scale(1.0), GaussianNoise(1e39), Affine(np.ones((3, 1)), np.zeros(1)))
    assert "come from layer 1 (GaussianNoise)" in until_it_diverges(net, normal(0, 4, 3))
