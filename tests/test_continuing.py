"""A run goes on from a state of its own: one of another network, optimizer, batch or data is refused by name."""

from typing import Any

import numpy as np
import pytest
from short_run import NET, X, Y, run

from fnnet import (
    SoftmaxCrossEntropy,
    train,
)
from fnnet.models import mlp
from fnnet.optimizers import SGD, Adam, RMSprop
from fnnet.values import evolve
from fnnet.values.errors import UsageError

AMID = run(batch_size=2)[4]  # two of the second epoch's three batches are done
ELSEWHERE: dict[str, tuple[dict[str, Any], str]] = {
    "a larger batch": ({"batch_size": 3}, "after 2 batches of 2 among 6 examples: .* not with batches of 3 among 6"),
    "one batch": ({"batch_size": 6}, "not with batches of 6 among 6"),
    "a smaller batch": ({"batch_size": 1}, "not with batches of 1 among 6"),
    "fewer examples": ({"batch_size": 2, "x": X[:4], "y": Y[:4]}, "not with batches of 2 among 4"),
    "more examples": ({"batch_size": 2, "x": X.repeat(2, 0), "y": Y.repeat(2)}, "not with batches of 2 among 12"),
    "other layers": ({"batch_size": 2, "net": mlp([2, 2], dtype=np.float64)}, "of another network: .* 1 layers .* 3"),
    "another size": ({"batch_size": 2, "net": mlp([2, 4, 2], dtype=np.float64)}, r"another network: 0.W is f8\[2,4\]"),
    "another dtype": ({"batch_size": 2, "net": mlp([2, 3, 2])}, r"another network: 0.W is f4\[2,3\] against f8\[2,3\]"),
    "another optimizer": ({"batch_size": 2, "optimizer": Adam()}, "of another optimizer: Adam keeps 2 moments, .* 0"),
    "no state": ({"state": 3}, "state must be a State, as train gives them, got int"),
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_state_of_another_run_is_refused(name: str) -> None:
    """A state amid an epoch goes on with its batches and data only, any state with its network and optimizer only."""
    how, said = ELSEWHERE[name]
    with pytest.raises(UsageError, match=said):
        train(**{"net": NET, "x": X, "y": Y, "loss": SoftmaxCrossEntropy, "state": AMID} | how)


@pytest.mark.parametrize("batch", [3, 4])
def test_a_state_beyond_the_epoch_is_refused(batch: int) -> None:
    """A state from a file that does not tell how large its epoch is can't stand after the last batch."""
    beyond = evolve(AMID, batch=batch, examples=2 * batch, epoch_size=0)
    with pytest.raises(UsageError, match=f"after {batch} batches of an epoch, which has but 3"):
        train(NET, X, Y, loss=SoftmaxCrossEntropy, batch_size=2, state=beyond)


def test_the_end_of_an_epoch_goes_on_with_other_settings() -> None:
    """After an ended epoch the batch size, the data and the settings of the optimizer may be others."""
    end = run(batch_size=2, epochs=1)[-1]
    assert (end.batch, end.examples, end.epoch_size) == (0, 6, 6)
    assert [s.epoch_size for s in run(batch_size=4, state=end)] == [6, 6]
    assert [s.epoch_size for s in run(x=X[:4], y=Y[:4], batch_size=2, optimizer=SGD(0.5), state=end)] == [4, 4]


def test_the_moments_of_a_state_fit_the_network() -> None:
    """Moments of another network are refused too."""
    state, other = (next(train(net, X, Y, loss=SoftmaxCrossEntropy, optimizer=RMSprop())) for net in (NET, NET[:2]))
    with pytest.raises(UsageError, match="state is of another optimizer: .*3 layers stand against 2"):
        run(optimizer=RMSprop(), state=evolve(state, optimizer=other.optimizer))
