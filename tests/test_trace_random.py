"""Examples made from a seed: round numbers, nothing saturated, dead or 0, and no two alike."""

import hashlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fnnet import (
    Affine,
    LeakyReLU,
    MeanSquaredError,
    ReLU,
    Sigmoid,
    SigmoidCrossEntropy,
    SoftmaxCrossEntropy,
    Tanh,
    forward,
)
from fnnet.teaching import HalfSquaredError, exercise, solution, text, trace
from fnnet.teaching.rows import blank
from fnnet.values import leaves

ACTIVATIONS = (Sigmoid(), Tanh(), ReLU(), LeakyReLU(), None)
SQUARES = (HalfSquaredError, MeanSquaredError)
LOSSES = (*SQUARES, SigmoidCrossEntropy, SoftmaxCrossEntropy)


@st.composite
def asked(draw: Any) -> tuple[Any, ...]:
    """The seed, sizes, activations and loss of an example."""
    sizes = draw(st.lists(st.integers(1, 6), min_size=2, max_size=5))
    loss = draw(st.sampled_from(LOSSES if sizes[-1] > 1 else LOSSES[:-1]))
    output = draw(st.sampled_from(ACTIVATIONS)) if loss in SQUARES else None
    return draw(st.integers(0, 2**32 - 1)), sizes, draw(st.sampled_from(ACTIVATIONS)), output, loss


@given(asked())
def test_the_numbers_are_friendly(made: tuple[Any, ...]) -> None:
    """Weights have one decimal and inputs are halves, all small and none 0; targets are round."""
    net, loss, x = exercise(*made)
    for weights in leaves(net).values():
        assert set((10 * np.abs(weights)).ravel()) <= set(range(1, 10))
    assert set((2 * np.abs(x)).ravel()) <= {1, 2, 3, 4}
    if isinstance(loss, SoftmaxCrossEntropy):
        assert loss.targets[0] in range(made[1][-1])
    else:
        assert set((2 * np.abs(loss.targets)).ravel()) <= set(range(5))


@given(asked())
def test_no_unit_is_saturated_or_dead_and_no_slope_is_zero(made: tuple[Any, ...]) -> None:
    """Every weighted sum is between 1/12 and 16/9, positive before a ReLU, and every number of the trace is not 0."""
    net, loss, x = exercise(*made)
    for i, layer in enumerate(net):
        if isinstance(layer, Affine):
            z = forward(net[: i + 1], x)[0]
            kinked = isinstance(net[i + 1] if i + 1 < len(net) else None, ReLU | LeakyReLU)
            assert np.all(((z if kinked else np.abs(z)) > 1 / 12) & (np.abs(z) < 16 / 9))
    rows = trace(net, loss, x)
    assert all(row.value != 0 for row in rows if row.kind in ("forward", "errors", "gradients"))


@given(st.integers(0, 2**32 - 1))
def test_a_wrong_index_shows(seed: int) -> None:
    """No unit has two weights alike, nor an example two inputs: whoever takes the wrong one gets another number."""
    net, _, x = exercise(seed, (3, 3, 2))
    for row in (*net[0].W.T, *net[2].W.T, x[0]):
        assert len(set(row)) == 3


@given(asked())
def test_one_seed_is_one_example(made: tuple[Any, ...]) -> None:
    """The same seed brings the same example."""
    assert text(trace(*exercise(*made))) == text(trace(*exercise(*made)))


@pytest.mark.parametrize("sizes", [(2, 2, 1), (1, 1, 1), (3, 4, 2), (2, 3, 3, 1)])
def test_thirty_seeds_are_thirty_sheets(sizes: tuple[int, ...]) -> None:
    """Thirty students get thirty sheets, and thirty solutions."""
    sheets = [blank(trace(*exercise(seed, sizes)), ["errors"]) for seed in range(1, 31)]
    assert len({text(sheet) for sheet in sheets}) == 30
    assert len({text(solution(sheet)) for sheet in sheets}) == 30


def test_a_seed_is_the_same_on_every_machine() -> None:
    """The numbers of some seeds, as they were when this was written: a sheet that was handed out can be had again."""
    drawn = [exercise(seed, sizes) for sizes in ((2, 2, 1), (4, 3, 2)) for seed in (0, 1, 7, 30, 2**32 - 1)]
    said = "\n".join(
        f"{x.tolist()} {[w.tolist() for w in leaves(net).values()]} {t.targets.tolist()}" for net, t, x in drawn
    )
    assert hashlib.sha256(said.encode()).hexdigest()[:16] == "a0e9d4baf05aeee3"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"sizes": (2,)}, "sizes must be two whole numbers or more, such as 2,2,1, the inputs first, got 2"),
        ({"sizes": (2, 0)}, "got 2,0"),
        ({"sizes": (2, 1.5)}, "got 2,1.5"),
        ({"sizes": (30, 3)}, r"33 units \(30-3\) .* the limit is 32"),
        ({"sizes": (2, 1), "output": None, "loss": SoftmaxCrossEntropy}, "1 output has no slope but 0"),
    ],
)
def test_what_no_example_has_is_refused(settings: dict[str, Any], said: str) -> None:
    """Sizes that no network has, or none with a slope, are refused in one sentence."""
    with pytest.raises(ValueError, match=said) as caught:
        exercise(1, **settings)
    assert "\n" not in str(caught.value)


def test_large_networks_are_made_where_the_limit_allows_it() -> None:
    """With a higher limit a network of many units has its example too."""
    net, _, x = exercise(1, (40, 20, 3), ReLU(), None, limit=63)
    assert x.shape == (1, 40)
    assert [layer.W.shape for layer in net if isinstance(layer, Affine)] == [(40, 20), (20, 3)]
