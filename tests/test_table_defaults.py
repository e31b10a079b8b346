"""What a table is trained with when nothing is said suits its number of rows."""

from collections import deque
from typing import Any

import numpy as np
import pytest

from fnnet import predict
from fnnet.datasets import Dataset, dataset
from fnnet.learning.arguments import steps_per_epoch
from fnnet.learning.metrics import accuracy, r2
from fnnet.runs.build import experiment
from fnnet.runs.recipe import for_table, usual
from fnnet.values.record import evolve

ROWS = (1, 5, 20, 150, 999, 1000, 9_999, 10_000, 100_000, 1_000_000)


def outputs(data: Dataset) -> Any:
    """What the usual network says of the rows that it has learned."""
    (state,) = deque(experiment(usual(data), data).states(), maxlen=1)
    return predict(state.params, data.x)


@pytest.mark.parametrize("rows", ROWS)
def test_few_rows_are_seen_often_enough_and_many_take_no_minutes(rows: int) -> None:
    """A table has at least 300 steps and at most 40,000, some seconds of work."""
    recipe = for_table(rows)
    assert 300 <= recipe.epochs * steps_per_epoch(rows, recipe.batch_size or min(32, rows)) <= 40_000


def test_the_more_rows_the_less_is_believed_beforehand() -> None:
    """With more rows each is seen no more often, and weight decay falls to nearly nothing."""
    recipes = [for_table(rows) for rows in ROWS]
    for name in ("epochs", "weight_decay"):
        of = [getattr(recipe, name) for recipe in recipes]
        assert of == sorted(of, reverse=True)
    assert recipes[-1].weight_decay == pytest.approx(4e-6)


def test_rows_set_aside_leave_enough_for_a_batch() -> None:
    """A share for validation may be held out of any table."""
    for rows in (5, 33, 1001):
        data = dataset({"x": np.arange(float(rows)), "y": np.arange(rows) % 2}, target="y")
        next(experiment(evolve(usual(data), validation=0.5), data).states())


def test_a_line_of_twenty_rows_is_learned() -> None:
    """Of twenty rows on a line nearly all is explained, in whatever unit they are."""
    x = np.linspace(1000.0, 3000.0, 20)
    data = dataset({"x": x, "y": 1e6 - 7.5 * x}, target="y")
    assert r2(outputs(data), data.y) > 0.98


def test_four_rows_of_ones_own_are_learned() -> None:
    """A table of exclusive or, as a beginner types it."""
    data = dataset({"a": [0, 0, 1, 1], "b": [0, 1, 0, 1], "xor": ["no", "yes", "yes", "no"]}, target="xor")
    assert accuracy(outputs(data), data.y) == 1.0
