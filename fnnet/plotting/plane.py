"""The plane of two inputs: what a network says of every point in it, and the examples."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from fnnet.network.chunks import examples, predict
from fnnet.plotting.canvas import label
from fnnet.plotting.palette import BLACK, GRAY, counted, look, tints
from fnnet.values.array import Array
from fnnet.values.errors import UsageError
from fnnet.values.numeric import softmax

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Points a side at which the network is asked; the share of the range that is shown around it; the most points drawn.
SIDE, MARGIN, MOST = 201, 0.25, 1000

#: The most classes that a legend names.
NAMED = 12


def decision_plane(
    ax: "Axes",
    net: Any,
    x: Any,
    y: Any,
    classes: Sequence[str] = (),
    names: Sequence[str] = ("x₁", "x₂"),
    probabilities: Callable[[Array], Array] = softmax,
) -> "Axes":
    """What a network of two inputs says around x (N, 2), whose classes, or numbers where it has one output, are y (N,).

    Each point of the plane has the color of its most probable class, the paler the closer to a guess; a line parts the
    regions. ``probabilities`` are made of the outputs. Raises UsageError for x with another number of columns.

    >>> from matplotlib.figure import Figure
    >>> from fnnet import Affine
    >>> net = (Affine([[9.0, 0.0], [0.0, 9.0]], [0.0, 0.0]),)
    >>> x, y = [[1.0, 0.0], [0.0, 1.0]], [0, 1]
    >>> ax = decision_plane(Figure().subplots(), net, x, y)
    >>> [len(points.get_offsets()) for points in ax.collections[-2:]]
    [1, 1]
    """
    points, y = examples(x), np.asarray(y)
    if points.shape[1:] != (2,):
        raise UsageError(f"a plane is drawn of two inputs, and an example here has {_said(points.shape[1:])}")
    points = points.astype(float)
    sides = [np.linspace(*_reach(points[:, i]), SIDE) for i in range(2)]
    grid = np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, 2)
    outputs = predict(net, grid)
    rows = np.linspace(0, len(points) - 1, min(len(points), MOST)).astype(int)
    if outputs.shape[1] == 1:
        _heights(ax, sides, outputs.reshape(SIDE, SIDE), points[rows], y[rows])
    else:
        _regions(ax, sides, probabilities(outputs).reshape(SIDE, SIDE, -1))
        _classes(ax, points[rows], y[rows], classes or tuple(map(str, range(outputs.shape[1]))))
    ax.set(xlabel=label(names[0]), ylabel=label(names[1]), xlim=sides[0][[0, -1]], ylim=sides[1][[0, -1]])
    return ax


def _said(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape)) or "none"


def _reach(column: Array) -> tuple[float, float]:
    least, most = float(np.nanmin(column)), float(np.nanmax(column))
    return least - MARGIN * (most - least or 1.0), most + MARGIN * (most - least or 1.0)


def _extent(sides: list[Array]) -> tuple[float, float, float, float]:
    """The edges of an image whose pixels have their middles at these places."""
    (a, b), (c, d) = ((side[0], side[-1]) for side in sides)
    h, v = (b - a) / (2 * (SIDE - 1)), (d - c) / (2 * (SIDE - 1))
    return float(a - h), float(b + h), float(c - v), float(d + v)


def _regions(ax: "Axes", sides: list[Array], p: Array) -> None:
    best, chance = p.argmax(axis=-1), 1.0 / p.shape[-1]
    strength = np.clip((p.max(axis=-1) - chance) / (1.0 - chance), 0.0, 1.0)
    colors = tints(best, 0.25 + 0.75 * strength)
    ax.imshow(colors, origin="lower", extent=_extent(sides), aspect="auto", interpolation="nearest")
    for k in range(p.shape[-1]):
        ahead = p[..., k] - np.delete(p, k, axis=-1).max(axis=-1)
        if ahead.min() < 0 < ahead.max():
            ax.contour(*sides, ahead, [0.0], colors=BLACK, linewidths=0.8)


def _classes(ax: "Axes", points: Array, y: Array, names: Sequence[str]) -> None:
    for k, name in enumerate(names):
        of_class, (color, marker) = points[y == k], look(k)
        if len(of_class):
            size = 50 if len(points) < 50 else 14
            ax.scatter(
                of_class[:, 0],
                of_class[:, 1],
                s=size,
                color=color,
                marker=marker,
                edgecolors="white",
                linewidths=0.6,
                label=label(name),
            )
    if len(names) <= NAMED:
        ax.legend(loc="upper left", bbox_to_anchor=(1, 1))


def _heights(ax: "Axes", sides: list[Array], outputs: Array, points: Array, y: Array) -> None:
    """The predicted numbers as colors and lines of equal height, and the true ones in the same colors."""
    least, most = min(outputs.min(), y.min()), max(outputs.max(), y.max())
    how: dict[str, Any] = {"cmap": counted(), "vmin": least, "vmax": most}
    image = ax.imshow(
        outputs.astype(float), origin="lower", extent=_extent(sides), aspect="auto", interpolation="nearest", **how
    )
    if outputs.min() < outputs.max():
        ax.clabel(ax.contour(*sides, outputs, 6, colors=GRAY, linewidths=0.6), fontsize=7)
    ax.scatter(points[:, 0], points[:, 1], s=20, c=y, edgecolors=BLACK, linewidths=0.6, **how)
    ax.figure.colorbar(image, ax=ax, label="predicted; points: true")
