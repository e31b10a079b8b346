"""A metric beside the loss: what each batch was worth before the step learned from it, and nothing else changed."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import normal

from fnnet import SGD, Affine, Dropout, MeanSquaredError, Sigmoid, SoftmaxCrossEntropy, mlp, predict, train
from fnnet.learning import State, predicted
from fnnet.learning import stream as stream_module
from fnnet.runs.figure import right
from fnnet.values import fingerprint
from fnnet.values.errors import UsageError
from fnnet.values.record import replace

N = 23
X, Y = normal(0, N, 4), np.random.default_rng(1).integers(0, 3, N)
HELD = normal(3, 9, 4), np.random.default_rng(4).integers(0, 3, 9)
PLAIN = mlp([4, 5, 3], seed=1, dtype=float)
NOISY = (PLAIN[0], Sigmoid(), Dropout(0.3), PLAIN[2])
HOW: dict[str, Any] = {
    "loss": SoftmaxCrossEntropy,
    "optimizer": SGD(lr=0.3, momentum=0.9),
    "epochs": 4,
    "batch_size": 5,
}


def states_of(net: Any = PLAIN, **how: Any) -> list[State]:
    """All states of a short run with a metric."""
    return list(train(net, X, Y, **{**HOW, "metric": right, **how}))


def without(state: State) -> State:
    """A state as it would be without a metric."""
    return replace(state, metric_total=None, validation_metric=None)


@pytest.mark.parametrize("net", [PLAIN, NOISY], ids=["plain", "noisy"])
def test_a_metric_changes_nothing_else(net: Any) -> None:
    """With a metric every state has the bits that it has without one."""
    more = {"validation": HELD, "patience": 2}
    bare = list(train(net, X, Y, **HOW, **more))
    assert [fingerprint(without(state)) for state in states_of(net, **more)] == [fingerprint(state) for state in bare]
    assert {(state.mean_metric, state.validation_metric) for state in bare} == {(None, None)}


@pytest.mark.parametrize("net", [PLAIN, NOISY], ids=["plain", "noisy"])
def test_the_fused_and_the_clear_step_ask_the_same(net: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """In both steps the metric sees the outputs before they are written over."""
    fused = states_of(net)
    monkeypatch.setattr(stream_module, "fuse", lambda args, net: None)
    assert [fingerprint(state) for state in states_of(net)] == [fingerprint(state) for state in fused]


def test_it_is_the_share_that_was_right_before_each_step() -> None:
    """Over an epoch of one example a batch: how often the network that was about to learn from it was right."""
    first, *later = states_of(batch_size=1, epochs=1)
    rows = stream_module.epoch_order(0, 0, N)
    nets = [PLAIN, *(state.params for state in (first, *later))]
    were_right = [predicted(predict(net, X[[row]]))[0] == Y[row] for net, row in zip(nets, rows, strict=False)]
    assert [state.mean_metric for state in (first, *later)] == [np.mean(were_right[: i + 1]) for i in range(N)]


def test_a_batch_of_all_is_the_accuracy_of_the_network_before() -> None:
    """Where an epoch is one step, the metric is the figure of the network that the step began with."""
    states = states_of(batch_size=N)
    for before, state in zip([PLAIN, *(state.params for state in states)], states, strict=False):
        assert state.mean_metric == np.mean(predicted(predict(before, X)) == Y)


def test_validation_has_its_figure() -> None:
    """At each epoch's end the state has the accuracy on the validation set, and keeps it through the next epoch."""
    states = states_of(validation=HELD)
    ends = [state for state in states if state.batch == 0]
    assert [s.validation_metric for s in ends] == [
        np.mean(predicted(predict(s.params, HELD[0])) == HELD[1]) for s in ends
    ]
    assert states[0].validation_metric is None
    assert states[5].validation_metric == ends[0].validation_metric


@given(st.integers(1, 20))
def test_it_goes_on_in_the_midst_of_an_epoch(cut: int) -> None:
    """A run that goes on from any state has the same figures as one that was never stopped."""
    states = states_of()
    rest = states_of(state=states[cut - 1])
    assert [fingerprint(state) for state in rest] == [fingerprint(state) for state in states[cut:]]


def test_what_was_not_measured_stays_unknown_until_the_epoch_ends() -> None:
    """A run that began without a metric, as earlier ones did, says nothing of an epoch that was half measured."""
    bare = list(train(PLAIN, X, Y, **HOW))
    rest = states_of(state=bare[1])
    assert [state.mean_metric is None for state in rest[:5]] == [True, True, True, False, False]
    assert rest[3:] == states_of(state=bare[4])


def test_any_figure_of_outputs_and_targets_may_be_one() -> None:
    """A metric is a function of outputs and targets, such as the sum of absolute errors of a regression."""
    net, y = (Affine(np.zeros((4, 1)), np.zeros(1)),), normal(5, N, 1)
    how: dict[str, Any] = {"loss": MeanSquaredError, "batch_size": N, "epochs": 1}
    (state,) = train(net, X, y, metric=lambda outputs, targets: np.abs(outputs - targets).sum(), **how)
    assert state.mean_metric == pytest.approx(np.abs(y).mean())
    assert type(state.metric_total) is float


def test_a_metric_is_a_function() -> None:
    """What can't be called is refused before the first step."""
    with pytest.raises(UsageError, match="metric must be a function of outputs and targets, got 'accuracy'"):
        states_of(metric="accuracy")


def test_right_counts_classes_and_rows() -> None:
    """The usual metric takes class indices and one-hot rows alike, and gives a whole number."""
    outputs = np.array([[0.1, 0.9], [0.7, 0.3], [0.2, 0.8]])
    assert right(outputs, np.array([1, 1, 1])) == right(outputs, np.eye(2)[[1, 1, 1]]) == 2
