"""Predicted numbers against the true ones: on the line where they are right."""

from typing import TYPE_CHECKING, Any

import numpy as np

from fnnet.learning.metrics import r2
from fnnet.plotting.canvas import label, load_matplotlib
from fnnet.plotting.palette import BLUE, GRAY
from fnnet.values.array import numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: The most points that are drawn: more are one cloud.
MOST = 5000


def predicted_numbers(ax: "Axes", true: Any, predicted: Any, name: str = "") -> "Axes":
    """Predicted numbers (N,) over the true ones (N,) of this name, with R² of all.

    >>> from matplotlib.figure import Figure
    >>> true, said = [1.0, 2.0, 3.0], [1.0, 2.0, 4.0]
    >>> ax = predicted_numbers(Figure().subplots(), true, said, "price")
    >>> ax.get_title(), ax.collections[0].get_offsets().tolist()
    ('R² 0.5000', [[1.0, 1.0], [2.0, 2.0], [3.0, 4.0]])
    """
    x, y = (numbers(values, what).astype(float) for values, what in ((true, "true"), (predicted, "predicted")))
    rows = np.linspace(0, len(x) - 1, min(len(x), MOST)).astype(int)
    ax.axline((x.mean(), x.mean()), slope=1.0, color=GRAY, lw=1.0, ls="--", zorder=1)
    ax.scatter(x[rows], y[rows], s=14, color=BLUE, alpha=1.0 if len(rows) < 100 else 0.5, linewidths=0, zorder=2)
    said = f" {label(name, 40)}" if name else ""
    ax.set(xlabel=f"true{said}", ylabel=f"predicted{said}")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(load_matplotlib("ticker").MaxNLocator(5))
        axis.set_major_formatter(load_matplotlib("ticker").StrMethodFormatter("{x:,g}"))
    ax.set_title(f"R² {r2(y[:, None], x):.4f}", fontsize=9)
    return ax
