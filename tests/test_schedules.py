"""Schedules: their formulas, their ends, and PyTorch's where it has the same."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fnnet.optimizers import Constant, Cosine, Exponential, OneCycle, StepDecay, WarmUp
from fnnet.optimizers.schedules import rate

rates = st.floats(1e-6, 10.0)
steps = st.integers(0, 2000)
lengths = st.integers(1, 1000)


@given(rates, steps, lengths)
def test_formulas(lr: float, step: int, n: int) -> None:
    """Each schedule is its formula."""
    assert Constant(lr)(step) == lr
    assert StepDecay(lr, n, 0.5)(step) == lr * 0.5 ** (step // n)
    assert Exponential(lr, 0.99)(step) == pytest.approx(lr * 0.99**step)
    part = min(step / n, 1.0)
    assert Cosine(lr, n)(step) == pytest.approx(lr * (1 + math.cos(math.pi * part)) / 2)
    assert WarmUp(n, lr)(step) == pytest.approx(lr * min(step + 1, n) / n)


@given(rates, steps, lengths)
def test_no_schedule_leaves_its_range(lr: float, step: int, n: int) -> None:
    """No rate is negative or above ``lr``."""
    schedules = (
        Constant(lr),
        StepDecay(lr, n),
        Exponential(lr, 0.9),
        Cosine(lr, n),
        WarmUp(n, Cosine(lr, n)),
        OneCycle(lr, n),
    )
    assert all(0 <= schedule(step) <= lr * (1 + 1e-12) for schedule in schedules)


@example(0.1, 11, 1.0)
@given(rates, st.integers(3, 1000), st.floats(0, 1))
def test_one_cycle_with_any_way_up(lr: float, n: int, up: float) -> None:
    """However long the way up is, every rate of the cycle is above 0 and at most ``lr``."""
    cycle = OneCycle(lr, n, up=up)
    assert all(0 < cycle(step) <= lr * (1 + 1e-12) for step in range(0, n, max(1, n // 20)))
    assert 0 < cycle(n - 1) <= lr * (1 + 1e-12)


@given(rates, st.integers(1, 300))
def test_one_cycle_rises_then_falls(lr: float, n: int) -> None:
    """From ``lr / 25`` it rises to a peak and falls from there to ``lr / 1e5``, where it stays."""
    values = np.array([OneCycle(lr, n)(step) for step in range(n + 3)])
    peak = int(values[:n].argmax())
    assert values[0] == pytest.approx(lr / 25)
    assert np.all(np.diff(values[: peak + 1]) >= 0)
    assert np.all(np.diff(values[peak:]) <= 1e-12 * lr)
    if n > 2:
        assert values[n - 1 :] == pytest.approx([lr / 1e5] * 4)


@given(rates, st.floats(0, 1), lengths, steps)
def test_cosine_between_its_ends(lr: float, share: float, n: int, step: int) -> None:
    """The cosine starts at ``lr``, never rises, and ends at ``last`` for ever."""
    cosine = Cosine(lr, n, last=lr * share)
    assert cosine(0) == pytest.approx(lr)
    assert cosine(step + 1) <= cosine(step) * (1 + 1e-12)
    assert cosine(n + step) == pytest.approx(lr * share)


def test_schedules_nest() -> None:
    """A warm-up takes a number or any schedule, and a rate is a number or a schedule."""
    schedule = WarmUp(4, StepDecay(0.8, every=2, factor=0.5))
    assert [schedule(step) for step in range(5)] == pytest.approx([0.2, 0.4, 0.3, 0.4, 0.2])
    assert rate(schedule, 1) == pytest.approx(0.4)
    assert rate(0.1, 99) == 0.1
    assert Cosine(0.1, 10) == Cosine(0.1, 10) != Cosine(0.1, 11)


def test_against_torch(torch: Any) -> None:
    """Step, exponential, cosine and one-cycle are PyTorch's StepLR, ExponentialLR, CosineAnnealingLR and OneCycleLR."""
    t = torch.optim.lr_scheduler
    pairs = [
        (StepDecay(0.3, 7, 0.5), lambda opt: t.StepLR(opt, 7, 0.5)),
        (Exponential(0.3, 0.9), lambda opt: t.ExponentialLR(opt, 0.9)),
        (Cosine(0.3, 50, 0.01), lambda opt: t.CosineAnnealingLR(opt, 50, 0.01)),
        (OneCycle(0.3, 50, up=14 / 49, end=25e4), lambda opt: t.OneCycleLR(opt, 0.3, 50)),
    ]
    for schedule, make in pairs:
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
        scheduler, found = make(optimizer), []
        for _ in range(50):
            found.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            if len(found) < 50:
                scheduler.step()
        assert found == pytest.approx([schedule(step) for step in range(50)], rel=1e-9)


@pytest.mark.parametrize(
    "make", [lambda: Cosine(0.1, 0), lambda: WarmUp(0, 0.1), lambda: OneCycle(0.1, 0), lambda: StepDecay(0.1, 0)]
)
def test_no_steps_are_refused(make: Any) -> None:
    """A schedule over no steps at all is refused when it is made."""
    with pytest.raises(ValueError, match="must be at least 1, got 0"):
        make()


@given(st.integers(2, 2000), st.floats(0.0, 1.0), st.floats(1e-6, 1e3))
def test_one_cycle_reaches_its_peak(steps: int, up: float, lr: float) -> None:
    """For any length the largest rate is ``lr`` to the last bit, at one step; rates rise to it and fall from it."""
    rates = [OneCycle(lr, steps, up)(step) for step in range(steps)]
    peak = rates.index(max(rates))
    assert rates[peak] == lr
    assert abs(peak - max(1, up * (steps - 1))) <= 0.5
    assert rates[: peak + 1] == sorted(rates[: peak + 1])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)


def test_one_cycle_of_ten_steps() -> None:
    """Ten steps have their peak at the fourth, where the plain formula gave 0.9944 of it."""
    assert OneCycle(1.0, 10)(3) == 1.0
    assert max(OneCycle(1.0, 10)(step) for step in range(100)) == 1.0
