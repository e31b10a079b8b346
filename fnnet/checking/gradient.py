"""Is the backward of a layer the derivative of its forward? Measured, entry by entry, in float64.

The measure is the complex step: for an analytic f, ``Im f(v + ih) / h`` is the derivative without any cancellation,
so h can be 1e-30 and the error is that of rounding alone. Where a layer is not analytic (it takes absolute values,
or refuses complex numbers), the measure is the central difference ``(f(v + h) - f(v - h)) / 2h``, and an entry at
whose place the slopes to the left and right differ is counted as a kink and left out.
Source: Squire and Trapp 1998 for the complex step.
"""

from collections.abc import Iterator
from typing import Any, final

import numpy as np

from fnnet.checking.problem import Problem, promoted
from fnnet.network.chunks import examples
from fnnet.network.folds import Params, backward
from fnnet.network.modes import training
from fnnet.network.shapes import check_network
from fnnet.notebook import records_table
from fnnet.values.array import Array
from fnnet.values.keys import Key, Purpose, generator
from fnnet.values.keys import key as _key
from fnnet.values.record import frozen
from fnnet.values.tree import leaves

_Row = tuple[float, int, float]

TOLERANCE = {"complex step": 1e-10, "central differences": 1e-5}


@final
@frozen
class Measured:
    """One array's gradient against the measured one: where they differ most, and by how much.

    ``error`` is ``|analytic - numeric|`` over the larger of the two; where both are small it is over a thousandth of
    the array's largest gradient, or 1e-4 of the largest of all, whatever is most. ``index`` is the place.
    """

    path: str
    size: int
    checked: int
    kinks: int
    error: float
    index: tuple[int, ...]
    analytic: float
    numeric: float
    method: str

    @property
    def passed(self) -> bool:
        """Whether the error is within what the method can see."""
        return self.error <= TOLERANCE[self.method]

    def shown(self) -> dict[str, str]:
        """For a notebook: the verdict first; where it is against the layer, the place and both numbers."""
        where = f"at {self.index}: {self.analytic:.6g}, measured {self.numeric:.6g}"
        head = {"": "ok" if self.passed else "FAILED", "array": self.path, "checked": f"{self.checked} of {self.size}"}
        return head | {"error": f"{self.error:.1e}", "by": self.method, "where": "" if self.passed else where}


@final
@frozen
class Report:
    """The verdict on a layer or network: one `Measured` for each parameter, and one for dx."""

    rows: tuple[Measured, ...]

    @property
    def passed(self) -> bool:
        """Whether every array passed."""
        return all(row.passed for row in self.rows)

    @property
    def worst(self) -> Measured:
        """The array with the largest error, one that failed first."""
        return max(self.rows, key=lambda row: (not row.passed, row.error))

    def __repr__(self) -> str:
        worst = f"worst={self.worst.path!r}, error={self.worst.error:.1e}, " if self.rows else ""
        return f"Report(passed={self.passed}, {worst}entries={sum(row.checked for row in self.rows)})"

    def _repr_html_(self) -> str:
        return records_table(f"gradients: {'ok' if self.passed else 'FAILED'}", self.rows)


def check_gradients(params: Params, x: Any, *, key: Key | None = None, entries: int = 100, seed: int = 0) -> Report:
    """Compare ``backward`` with measured derivatives at x (N, ...), for a layer, a network, or ``(network, loss)``.

    The quantity differentiated is ``sum(dout y)`` for a random dout. Parameters and x are taken in float64. With
    ``key`` the network is checked in training mode. Of a larger array ``entries`` random entries are checked.

    >>> from fnnet import Affine, Sigmoid
    >>> net = (Affine([[1.0, -2.0]], [0.5, 0.0]), Sigmoid())
    >>> report = check_gradients(net, [[0.3], [0.7]])
    >>> report.passed, [row.path for row in report.rows]
    (True, ['0.W', '0.b', 'dx'])
    """
    check_network(params)
    x = examples(x)
    net = promoted(params, np.float64)
    problem = Problem.of(training(net, key) if key is not None else net, np.asarray(x, np.float64), seed)
    dx, grads = backward(net, problem.cache, problem.dout)
    analytic = {**leaves(grads), "dx": dx}
    rng = generator(_key(seed, Purpose.CHECK, step=1))
    largest = max(map(_largest, analytic.values()))
    rows = []
    for path, values in problem.variables().items():
        places = np.arange(values.size)
        if values.size > entries:
            places = np.sort(rng.choice(values.size, entries, replace=False))
        rows.append(_measure(problem, path, values, np.asarray(analytic[path]), places, 1e-4 * largest))
    return Report(tuple(rows))


def _largest(a: Array) -> float:
    sizes = np.abs(a)
    return float(sizes.max(initial=0.0, where=np.isfinite(sizes)))


def _measure(problem: Problem, path: str, values: Array, analytic: Array, places: Array, least: float) -> Measured:
    if analytic.shape != values.shape:
        return Measured(path, values.size, 0, 0, float("inf"), (), float("nan"), float("nan"), "central differences")
    method = "complex step"
    least = max(least, 1e-3 * _largest(analytic), 1e-12)
    try:
        rows = list(_compare(problem, path, analytic, places, least, method))
    except (TypeError, ValueError):  # complex numbers are refused
        rows = []
    if not rows or max(row[0] for row in rows) > TOLERANCE[method]:
        real = list(_compare(problem, path, analytic, places, least, "central differences"))
        smooth = [row for row in real if not np.isnan(row[0])]
        right = all(row[0] <= TOLERANCE["central differences"] for row in smooth)
        if right or not rows or not _agree(rows, real, least):
            rows, method = real, "central differences"
    kinks = sum(bool(np.isnan(row[0])) for row in rows)
    rows = [row for row in rows if not np.isnan(row[0])]
    error, place, numeric = max(rows, default=(0.0, 0, float("nan")))
    index = tuple(int(i) for i in np.unravel_index(place, values.shape)) if values.size else ()
    found = float(analytic[index]) if values.size else float("nan")
    return Measured(path, values.size, len(rows), kinks, error, index, found, numeric, method)


def _agree(complex_rows: list[_Row], real_rows: list[_Row], least: float) -> bool:
    """Whether both methods measure the same derivatives, but for kinks: then the layer is analytic."""
    pairs = [(a[2], b[2]) for a, b in zip(complex_rows, real_rows, strict=True) if not np.isnan(b[2])]
    return all(abs(a - b) <= 1e-4 * max(abs(a), abs(b), least) for a, b in pairs)


def _compare(problem: Problem, path: str, analytic: Array, places: Array, least: float, method: str) -> Iterator[_Row]:
    """(error, place, measured derivative) for each place; the error is NaN at a kink."""
    for place in places.tolist():
        direction = np.zeros(analytic.shape)
        direction.flat[place] = 1.0
        numeric = problem.slope(path, direction, method)
        found = float(analytic.flat[place])
        error = abs(found - numeric) / max(abs(found), abs(numeric), least)
        yield (error if np.isfinite(found) else float("inf")), place, numeric
