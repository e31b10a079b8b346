"""What is done ahead of training changes no bit of it."""

from typing import Any

import numpy as np
import pytest

from fnnet import train
from fnnet.datasets import dataset, digits
from fnnet.learning import Diverged
from fnnet.runs import ahead
from fnnet.runs.build import Experiment, experiment
from fnnet.runs.figure import figure_of
from fnnet.runs.recipe import RECIPES, Recipe
from fnnet.values import fingerprint
from fnnet.values.record import evolve

RNG = np.random.default_rng(0)
ROWS: dict[str, Any] = {
    "size": [None if i % 7 == 0 else float(size) for i, size in enumerate(RNG.normal(50, 9, 60))],
    "color": [("red", "blue", None)[i] for i in RNG.integers(0, 3, 60)],
    "kind": [("plum", "pear")[i] for i in RNG.integers(0, 2, 60)],
    "price": RNG.normal(1000, 200, 60).tolist(),
}
RECIPE = Recipe(hidden=(5,), optimizer="adam", epochs=3, batch_size=7, dropout=0.2, validation=0.2, patience=2)


def plain(ran: Experiment, **how: Any) -> Any:
    """The stream of an experiment with nothing done ahead."""
    r = ran.recipe
    assert ran.validation
    return train(
        ran.net, ran.x, ran.targets(ran.y), loss=ran.loss, optimizer=ran.optimizer, epochs=r.epochs,
        batch_size=r.batch_size, seed=r.seed, patience=r.patience,
        validation=(ran.validation[0], ran.targets(ran.validation[1])), metric=figure_of(ran.net).total, **how,
    )  # fmt: skip


@pytest.mark.parametrize("target", ["kind", "price"])
def test_every_state_is_that_of_the_whole_network(target: str) -> None:
    """With gaps, categories, noise and validation each state is, in every bit, what `train` alone gives."""
    ran = experiment(RECIPE, dataset(ROWS, target=target))
    assert len(ahead.preparing(ran.net, ran.x)) == 3
    states, expected = list(ran.states()), list(plain(ran))
    assert len(states) > 7
    assert [*map(fingerprint, states)] == [*map(fingerprint, expected)]
    assert [state.params[:3] == ran.net[:3] for state in states] == [True] * len(states)


def test_a_stream_goes_on_from_any_of_its_states() -> None:
    """A state goes on to the same bits, whether it was kept with the work done ahead or without."""
    ran = experiment(RECIPE, dataset(ROWS, target="kind"))
    states = list(ran.states())
    for at in (2, 6):
        assert [*map(fingerprint, ran.states(states[at]))] == [*map(fingerprint, states[at + 1 :])]
        assert [*map(fingerprint, plain(ran, state=states[at]))] == [*map(fingerprint, states[at + 1 :])]


def test_a_run_that_diverges_names_the_same_layer() -> None:
    """The layers keep their places, so that a run that diverges says the same step and the same place."""
    wild = evolve(RECIPE, activation="relu", optimizer="sgd", lr=1e38, momentum=0.0)
    ran = experiment(wild, dataset(ROWS, target="kind"))
    said = []
    for states in (ran.states(), plain(ran)):
        with pytest.raises(Diverged, match=r"layer [3-7] ") as error, np.errstate(all="ignore"):
            list(states)
        said.append(str(error.value).split("; ")[:2])
    assert said[0] == said[1]


def test_rows_that_would_take_much_memory_are_prepared_a_batch_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit nothing is done ahead, and the bits are the same."""
    ran = experiment(RECIPE, dataset(ROWS, target="kind"))
    expected = [*map(fingerprint, ran.states())]
    monkeypatch.setattr(ahead, "MOST", len(ran.x) * 5 * 4 - 1)  # a number, its gap, three units; float32
    assert ahead.preparing(ran.net, ran.x) == ()
    assert [*map(fingerprint, ran.states())] == expected


def test_what_is_drawn_anew_is_never_done_ahead() -> None:
    """Nothing is done ahead from a random layer on; a picture that is not moved is scaled once."""
    moved, still = (experiment(evolve(RECIPES["digits"], shift=shift), digits()) for shift in (1, 0))
    assert ahead.preparing(moved.net, moved.x) == ()
    assert len(ahead.preparing(still.net, still.x)) == 2
