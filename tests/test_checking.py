"""The gradient check: what it measures, by which method, and what it counts and leaves out."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from strategies import SAMPLES, affine, each_sample, nets, normal, seeds

from fnnet import (
    Affine,
    Dropout,
    LeakyReLU,
    MeanSquaredError,
    ReLU,
    Sigmoid,
    SoftmaxCrossEntropy,
    check_gradients,
    check_laws,
    evolve,
    freeze,
    frozen,
    key,
    leaves,
    mlp,
    param,
    readonly,
)
from fnnet.values import fingerprint


@frozen
class Absolute:
    """``y = s |x|``: not analytic, and with a kink at 0. ``wrong`` is a factor on its gradients."""

    s: Any = param()
    wrong: float = 1.0

    def forward(self, x: Any) -> tuple[Any, Any]:
        """y, and x."""
        return freeze(self.s * np.abs(x)), readonly(x)

    def backward(self, cache: Any, dout: Any) -> tuple[Any, Any]:
        """dx, and the gradient in s."""
        ds = freeze(self.wrong * (dout * np.abs(cache)).sum(0))
        return freeze(self.wrong * self.s * np.sign(cache) * dout), Absolute(ds, self.wrong)


@frozen
class Refusing:
    """``y = x + floor(x)``, which NumPy refuses for complex numbers; between whole numbers its slope is 1."""

    wrong: float = 1.0

    def forward(self, x: Any) -> tuple[Any, Any]:
        """y."""
        return freeze(x + np.floor(x)), None

    def backward(self, cache: Any, dout: Any) -> tuple[Any, Any]:
        """``dout``."""
        return freeze(self.wrong * dout), self


X = freeze(np.array([[0.3, -0.7, 1.2], [-1.4, 0.6, -0.2]]))
SCALES = [0.5, -2.0, 1.5]


@pytest.mark.parametrize("layer", [Absolute(SCALES), Refusing()], ids=["absolute", "refusing"])
def test_what_is_not_analytic_is_measured_by_differences(layer: Any) -> None:
    """A layer through which no complex step goes is measured by central differences, entry by entry, and passes."""
    report = check_gradients(layer, X)
    assert report.passed, report.worst
    dx = report.rows[-1]
    assert dx.method == "central differences"
    assert (dx.checked, dx.kinks) == (6, 0)


@pytest.mark.parametrize("layer", [Absolute(SCALES, 1.001), Refusing(1.001)], ids=["absolute", "refusing"])
def test_differences_see_a_thousandth(layer: Any) -> None:
    """A gradient that is 0.1 % out fails by central differences too."""
    report = check_gradients(layer, X)
    assert not report.passed
    assert not report.rows[-1].passed


def test_a_mistake_is_reported_by_the_measure_that_fits() -> None:
    """Of a layer that is not analytic the report tells the error by differences, not by the complex step it foils."""
    dx = check_gradients(Absolute(SCALES, 1.001), X).rows[-1]
    assert dx.method == "central differences"
    assert 5e-4 < dx.error < 2e-3


@pytest.mark.parametrize("layer", [Absolute(SCALES), Refusing()], ids=["absolute", "refusing"])
def test_laws_hold_for_what_is_not_analytic(layer: Any) -> None:
    """A right layer that is not analytic keeps all laws, the adjoint law included."""
    assert [v for v in check_laws(layer, X) if v.complaint] == []


@pytest.mark.parametrize("layer", [ReLU(), LeakyReLU(0.1), Absolute(SCALES)], ids=["ReLU", "LeakyReLU", "Absolute"])
def test_kinks_are_counted_and_left_out(layer: Any) -> None:
    """Where x stands on a kink, the entry is counted as one and not checked, and the others are."""
    x = np.array(X)
    x[0, 1] = x[1, 2] = 0.0
    report = check_gradients(layer, x)
    dx = report.rows[-1]
    assert report.passed, report.worst
    assert (dx.size, dx.checked, dx.kinks) == (6, 4, 2)


def test_a_report_is_told_in_one_line() -> None:
    """Its repr is the verdict, and where it is worst; all the rest is in its fields."""
    net = tuple(affine(i, 3, 3) for i in range(8))
    report = check_gradients(net, normal(0, 4, 3))
    entries = sum(row.checked for row in report.rows)
    worst = f"worst='{report.worst.path}', error={report.worst.error:.1e}"
    assert repr(report) == f"Report(passed=True, {worst}, entries={entries})"
    assert len(report.rows) == 17
    wrong = evolve(report, rows=(evolve(report.rows[0], error=0.5), *report.rows[1:]))
    assert repr(wrong) == f"Report(passed=False, worst='0.W', error=5.0e-01, entries={entries})"
    assert repr(evolve(report, rows=())) == "Report(passed=True, entries=0)"


def test_kinks_inside_a_network() -> None:
    """A unit of a hidden layer that stands on its kink makes kinks of the entries that move it, and of no others."""
    net = (Affine([[1.0, 1.0], [1.0, -1.0]], [0.0, 0.0]), ReLU(), affine(1, 2, 2))
    report = check_gradients(net, [[0.5, 0.5]])
    assert report.passed, report.worst
    assert {row.path: row.kinks for row in report.rows} == {"0.W": 2, "0.b": 1, "2.W": 0, "2.b": 0, "dx": 2}


def test_wrong_beside_a_kink_is_caught() -> None:
    """Kinks hide no mistake in the entries beside them."""
    x = np.array(X)
    x[0, 0] = 0.0
    assert not check_gradients(Absolute(SCALES, 1.001), x).passed


@frozen
class Spoiled:
    """``y = 2 x`` whose dx, or gradient in c, has one entry replaced."""

    c: Any = param()
    value: float = 2.0
    where: str = "dx"

    def forward(self, x: Any) -> tuple[Any, Any]:
        """y."""
        return freeze(2.0 * x + self.c), None

    def backward(self, cache: Any, dout: Any) -> tuple[Any, Any]:
        """dx, and the gradient in c."""
        dx, dc = 2.0 * dout, dout.sum(0)
        (dx if self.where == "dx" else dc).flat[0] = self.value
        return dx, Spoiled(dc, self.value, self.where)


@pytest.mark.parametrize("where", ["dx", "c"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 0.0, 1e300])
def test_one_bad_entry_fails(where: str, value: float) -> None:
    """One entry that is NaN, infinite, zero or huge fails the check, and no other array hides it."""
    with np.errstate(all="ignore"):
        report = check_gradients(Spoiled(np.ones(3), value, where), X)
    assert not report.passed
    assert report.worst.path == where
    assert report.worst.index[-1] == 0


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_bad_entry_hides_no_other_mistake(value: float) -> None:
    """Beside an entry that is not finite, a mistake elsewhere is still found."""
    net = (Absolute(SCALES, 1.001), Spoiled(np.ones(3), value, "c"))
    with np.errstate(all="ignore"):
        failed = {row.path for row in check_gradients(net, X).rows if not row.passed}
    assert {"0.s", "1.c", "dx"} <= failed


@frozen
class Far:
    """``y = x + offset``, where rounding may drown all differences. ``wrong`` is a factor on its gradient."""

    offset: float
    wrong: float = 1.0

    def forward(self, x: Any) -> tuple[Any, Any]:
        """y."""
        return freeze(x + self.offset), None

    def backward(self, cache: Any, dout: Any) -> tuple[Any, Any]:
        """``dout``."""
        return freeze(self.wrong * dout), self


@pytest.mark.parametrize("offset", [1e6, 1e7, 1e8, 1e9, 1e12])
@pytest.mark.parametrize("wrong", [1.001, -1.0])
def test_rounding_is_not_taken_for_kinks(offset: float, wrong: float) -> None:
    """Where large outputs drown the differences in rounding, a mistake is still found."""
    for seed in range(20):
        x = normal(seed, 1, 2)
        assert check_gradients(Far(offset), x, seed=seed).passed
        assert not check_gradients(Far(offset, wrong), x, seed=seed).passed


@frozen
class Misshapen:
    """``y = c + x`` whose gradient in c has another shape."""

    c: Any = param()

    def forward(self, x: Any) -> tuple[Any, Any]:
        """y."""
        return freeze(x + self.c), None

    def backward(self, cache: Any, dout: Any) -> tuple[Any, Any]:
        """dx, and all of dout for the gradient in c."""
        return dout, Misshapen(dout)


def test_a_wrong_shape_fails() -> None:
    """A gradient of another shape than its parameter fails, and the others are still checked."""
    report = check_gradients(Misshapen(np.ones(3)), X)
    assert [row.passed for row in report.rows] == [False, True]
    assert report.worst.error == np.inf


def test_entries() -> None:
    """Of a large array as many random entries are checked as asked for, of a small one all."""
    net = mlp([30, 20, 3], dtype=np.float64)
    for entries in (1, 7, 60):
        report = check_gradients(net, normal(0, 2, 30), entries=entries)
        assert report.passed
        assert [row.checked for row in report.rows] == [min(row.size, entries) for row in report.rows]


@given(seeds, nets(dropout=True))
def test_it_is_a_function(seed: int, net: Any) -> None:
    """The same seed gives the same report, and nothing given is written to."""
    x, before = np.array(normal(seed, 3, 3)), fingerprint(net)
    first, second = (check_gradients(net, x, key=key(1, 4), entries=3, seed=5) for _ in range(2))
    assert repr(first) == repr(second)
    assert first.passed, first.worst
    assert fingerprint(net) == before
    assert np.array_equal(x, normal(seed, 3, 3))
    assert x.flags.writeable


@each_sample
def test_rows_are_the_leaves_and_dx(sample: Any) -> None:
    """There is a row for every leaf, and the last one is dx."""
    report = check_gradients(sample.layer, sample.x(), key=sample.key, entries=2)
    assert [row.path for row in report.rows] == [*leaves(sample.layer), "dx"]


def test_float32_is_checked_in_float64() -> None:
    """A float32 network passes to the tolerance of the complex step."""
    report = check_gradients(mlp([3, 4, 2]), normal(0, 3, 3, dtype=np.float32))
    assert report.passed
    assert report.worst.error < 1e-12


def test_training_mode_by_key() -> None:
    """With a key the network is checked in training mode: dropout hides some entries of x."""
    stored, live = (check_gradients(Dropout(0.5), np.ones((5, 5)), key=k) for k in (None, key(1, 4)))
    assert stored.passed
    assert live.passed
    assert repr(stored.rows) != repr(live.rows)


@pytest.mark.parametrize("loss", [MeanSquaredError(normal(1, 4, 2)), SoftmaxCrossEntropy([0, 1, 1, 0])])
def test_a_network_with_its_loss(loss: Any) -> None:
    """``(network, loss)`` is checked, its paths those of the network inside."""
    report = check_gradients(((affine(1, 3, 2), Sigmoid()), loss), normal(0, 4, 3))
    assert report.passed
    assert [row.path for row in report.rows] == ["0.0.W", "0.0.b", "dx"]


def test_worst_is_the_one_that_failed() -> None:
    """`worst` is an array that failed where there is one, even if another's error by differences is larger."""
    net = (Absolute(SCALES), affine(1, 3, 2))
    assert check_gradients(net, X).passed
    report = check_gradients((Absolute(SCALES, 1.001), affine(1, 3, 2)), X)
    assert report.worst in [row for row in report.rows if not row.passed]


def test_samples_are_fresh_and_equal() -> None:
    """x of a sample depends on the seed alone."""
    for sample in SAMPLES:
        assert np.array_equal(sample.x(1), sample.x(1))
        assert not np.array_equal(sample.x(1), sample.x(2))
