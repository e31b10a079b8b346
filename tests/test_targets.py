"""Targets that a loss can't have are refused where they enter: in the loss, at the door of train, and by evaluate."""

from typing import Any

import numpy as np
import pytest
from short_run import NET, X, Y, run

from fnnet import (
    MeanSquaredError,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
    evaluate,
    one_hot,
    train,
)
from fnnet.values.errors import UsageError

ROWS: dict[str, tuple[Any, Any, str]] = {
    "twice": (SoftmaxCrossEntropy, 0.8 * np.ones((6, 2)), "row of targets must sum to 1, got 1.6 in row 0; divide"),
    "the third": (SoftmaxCrossEntropy, np.eye(2)[[0, 1, 0, 1, 0, 1]] - np.eye(6)[:, 2:4] / 2, "got 0.5 in row 2"),
    "nothing": (SoftmaxCrossEntropy, np.zeros((6, 2)), "must sum to 1, got 0 in row 0"),
    "negative": (SoftmaxCrossEntropy, np.array([[1.5, -0.5]] * 6), "must be from 0 to 1, got -0.5 to 1.5"),
    "no numbers": (SoftmaxCrossEntropy, np.full((6, 2), np.nan), "must be (from 0 to 1|finite numbers), got nan"),
    "above 1": (SigmoidCrossEntropy, np.array([[0.5, 1.5]] * 6), "must be from 0 to 1, got 0.5 to 1.5"),
    "below 0": (SigmoidCrossEntropy, np.array([[-1.0, 1.0]] * 6), "must be from 0 to 1, got -1 to 1"),
    "bool labels": (SoftmaxCrossEntropy, Y > 0, r"for class indices, labels.astype\(int\): these are bool"),
    "float labels": (SoftmaxCrossEntropy, Y + 0.0, r"for class indices, labels.astype\(int\): these are float64"),
    "complex": (SoftmaxCrossEntropy, Y + 1j, "expected real numbers for .*, got an array of complex128"),
    "complex squares": (
        MeanSquaredError,
        np.eye(2)[Y] + 1j,
        "expected real numbers for .*, got an array of complex128",
    ),
    "masked": (SoftmaxCrossEntropy, np.ma.array(Y, mask=Y), "got a masked array; fill its gaps"),
}


@pytest.mark.parametrize("name", ROWS)
def test_targets_are_refused(name: str) -> None:
    """Targets that no such loss may have are refused by the loss, by train, in its validation, and by evaluate."""
    loss, y, said = ROWS[name]
    good = np.eye(2)[Y]
    for ask in (
        lambda: loss(y).forward(X),
        lambda: run(loss=loss, y=y),
        lambda: run(loss=loss, y=good, validation=(X, y)),
        lambda: evaluate(NET, loss, X, y),
    ):
        with pytest.raises((UsageError, TypeError), match=said):
            ask()


def test_rows_deep_in_the_data_are_seen() -> None:
    """The door looks at every row of the targets."""
    rows = np.eye(2)[Y]
    rows[5] = [0.9, 0.2]
    with pytest.raises(UsageError, match="got 1.1 in row 5"):
        train(NET, X, rows, loss=SoftmaxCrossEntropy, batch_size=1)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, bool, int, ">f4"])
def test_targets_that_are_distributions_but_for_rounding(dtype: Any) -> None:
    """One-hot rows, smoothed ones and mixtures are distributions in every dtype."""
    random = np.random.default_rng(0)
    shares = random.dirichlet(np.ones(1000), 6)
    smooth = 0.9 * one_hot(Y, 1000, np.float32) + np.float32(0.1 / 1000)
    mixed = np.float32(0.3) * smooth + np.float32(0.7) * smooth[::-1]
    for rows in (one_hot(Y, 1000), shares, smooth, mixed):
        if np.dtype(dtype).kind == "f" or rows.max() == 1:
            assert SoftmaxCrossEntropy(rows.astype(dtype)).targets.dtype == dtype
            assert SigmoidCrossEntropy(rows.astype(dtype)).targets.dtype == dtype


def test_a_step_makes_its_losses_unchecked() -> None:
    """The rows that the door has seen are not looked at again in each step: what train gives is the same to the bit."""
    rows = np.eye(2)[Y]
    own = run(loss=SoftmaxCrossEntropy, y=rows, batch_size=4, weights=np.arange(6.0))
    checked = run(loss=lambda *given: SoftmaxCrossEntropy(*given), y=rows, batch_size=4, weights=np.arange(6.0))
    assert own == checked
