"""The network with its units and the weights between them: numbers where there are few, and of wide layers a part."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from fnnet.layers import Affine
from fnnet.plotting.canvas import label
from fnnet.plotting.palette import BLUE, GRAY, VERMILION
from fnnet.plotting.units import affine_layers, between, is_plain, values_of
from fnnet.values.array import Array
from fnnet.values.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: The most units of a layer that are all drawn, and of a wider one those before and after the dots.
WHOLE, BEFORE, AFTER = 10, 4, 2

#: The most weights between two layers that are written as numbers; the heights of units, head and foot.
WRITTEN, HEIGHT, HEAD, FOOT = 40, 1.0, 0.16, 0.07


class Column(NamedTuple):
    """A layer of units: how many it has, which of them are drawn, and at which heights; and its place from the left."""

    many: int
    units: list[int]
    heights: Array
    left: float


def network(
    ax: "Axes", net: Any, x: Any = None, names: Sequence[str] = (), classes: Sequence[str] = ()
) -> "Axes":  # fmt: skip
    """The layers of units from the left to the right, and each weight as a line: the wider, the larger it is.

    Weights below zero are blue and dashed. Where there are few, each has its number, and in each unit
    stands its bias; with an example ``x``, what comes of it. ``names`` are those of the inputs, ``classes`` those of
    the outputs. Raises UsageError for a network that is more than one layer after the other.

    >>> from matplotlib.figure import Figure
    >>> from fnnet import Affine
    >>> ax = network(Figure().subplots(), (Affine([[0.5], [-2.0]], [0.25]),))
    >>> [line.get_linestyle() for line in ax.lines]
    ['-', '--']
    >>> [text.get_text() for text in ax.texts][:3]
    ['0.5', '-2', '0.25']
    """
    layers = affine_layers(net)
    if not is_plain(net):
        raise UsageError("a network is drawn where its layers of units stand one after the other, and here they don't")
    columns = _columns([len(layers[0].W), *(len(layer.b) for layer in layers)])
    few = all(one.many * other.many <= WRITTEN for one, other in pairwise(columns))
    for (one, other), layer in zip(pairwise(columns), layers, strict=True):
        _lines(ax, one, other, layer.W.astype(float))
        if one.many * other.many <= WRITTEN:
            _numbers(ax, one, other, layer.W)
    inside, said = _inside(net, layers, x, few)
    for column, values in zip(columns, inside, strict=True):
        _units(ax, column, values, _radius(ax, columns))
    _heads(ax, columns, between(net))
    _foot(ax, columns, said)
    _names(ax, columns[0], names, "right", -1)
    _names(ax, columns[-1], classes, "left", 1)
    ax.set(xlim=(-0.35, columns[-1].left + 0.35), ylim=(-FOOT, HEIGHT + HEAD))
    ax.axis("off")
    return ax


def width_of(net: Any) -> int:
    """The most units that a layer of the network has, its inputs among them."""
    return max(int(side) for layer in affine_layers(net) for side in layer.W.shape)


def _inside(net: Any, layers: Sequence[Affine], x: Any, few: bool) -> tuple[Sequence[Array | None], str]:
    """The numbers in the units of each layer, the inputs first, and what they are; none where there is no room."""
    if x is not None:
        return values_of(net, x), "in a unit stands what comes of the example"
    if few:
        return [None, *(layer.b for layer in layers)], "in a unit stands its bias"
    return [None] * (len(layers) + 1), ""


def _columns(sizes: Sequence[int]) -> list[Column]:
    return [Column(many, units := _drawn(many), _heights(units), float(i)) for i, many in enumerate(sizes)]


def _drawn(many: int) -> list[int]:
    """The units of a layer that are drawn."""
    return list(range(many)) if many <= WHOLE else [*range(BEFORE), *range(many - AFTER, many)]


def _heights(units: list[int]) -> Array:
    """Where they stand, from the top; those after the dots a place further down."""
    places = np.array([i + (unit != i) for i, unit in enumerate(units)], float)
    heights: Array = HEIGHT * (1.0 - (places + 0.5) / (places[-1] + 1.0))
    return heights


def _lines(ax: "Axes", one: Column, other: Column, weights: Array) -> None:
    most = float(abs(weights).max()) or 1.0
    for i, start in zip(one.units, one.heights, strict=True):
        for o, end in zip(other.units, other.heights, strict=True):
            size, below = abs(weights[i, o]) / most, weights[i, o] < 0
            ax.plot(
                [one.left, other.left], [start, end], "--" if below else "-", color=BLUE if below else VERMILION,
                linewidth=0.3 + 2.7 * size, alpha=0.35 + 0.65 * size, zorder=1,
            )  # fmt: skip


def _numbers(ax: "Axes", one: Column, other: Column, weights: Array) -> None:
    """Each weight on its line, near the layer with more units, where the lines stand apart; neighbors not abreast."""
    late = other.many >= one.many
    for i, start in enumerate(one.heights):
        for o, end in enumerate(other.heights):
            turn, of = (i, one.many) if late else (o, other.many)
            share = 0.55 + 0.3 * (turn + 0.5) / of
            share = share if late else 1.0 - share
            ax.text(
                one.left + share, start + share * (end - start), f"{weights[i, o]:.2g}", fontsize=7, color="black",
                ha="center", va="center", rotation=np.degrees(np.arctan(end - start)), transform_rotates_text=True,
                rotation_mode="anchor", bbox={"fc": "white", "ec": "none", "pad": 0.6}, zorder=2,
            )  # fmt: skip


def _radius(ax: "Axes", columns: Sequence[Column]) -> float:
    """The radius of a unit, in points: as large as the closest neighbors let it be, and a number asks for."""
    figure = ax.get_figure(root=True)
    inches = ax.get_position().height * (figure.get_size_inches()[1] if figure else 4.0)
    closest = min(1.0 / len(column.units) for column in columns)
    return float(min(12.0, 0.4 * closest * 72 * inches / (HEIGHT + HEAD + FOOT)))


def _units(ax: "Axes", column: Column, values: Array | None, radius: float) -> None:
    lefts = np.full(len(column.units), column.left)
    ax.scatter(lefts, column.heights, s=(2 * radius) ** 2, color="white", edgecolors="black", linewidths=1.0, zorder=3)
    if values is not None:
        for height, value in zip(column.heights, values[column.units], strict=True):
            size = min(7.0, 0.62 * radius)
            how: dict[str, Any] = {"fontsize": size, "color": "black", "ha": "center", "va": "center", "zorder": 4}
            ax.text(column.left, height, f"{value:.2g}", **how)
    if len(column.units) < column.many:
        middle = (column.heights[BEFORE - 1] + column.heights[BEFORE]) / 2
        ax.text(column.left, middle, "⋮", fontsize=14, ha="center", va="center", zorder=4)


def _heads(ax: "Axes", columns: Sequence[Column], after: Sequence[str]) -> None:
    """Over each layer how many units it has, and what follows it."""
    for i, column in enumerate(columns):
        what = "input" if i == 0 else "output" if i == len(columns) - 1 else "unit"
        lines = [f"{column.many:,} {what}{'s' * (column.many != 1)}", *(after[i - 1 : i] if i else [])]
        ax.text(column.left, HEIGHT + 0.03, "\n".join(filter(None, lines)), ha="center", va="bottom", fontsize=8.5)


def _foot(ax: "Axes", columns: Sequence[Column], inside: str) -> None:
    """Under all layers what lines and numbers mean."""
    lines = ["a line is a weight: the wider the larger, dashed below zero", *filter(None, [inside])]
    how: dict[str, Any] = {"ha": "center", "va": "bottom", "fontsize": 7, "color": GRAY}
    ax.text(columns[-1].left / 2, -FOOT, "\n".join(lines), **how)


def _names(ax: "Axes", column: Column, names: Sequence[str], ha: str, side: int) -> None:
    if len(names) == column.many:
        for unit, height in zip(column.units, column.heights, strict=True):
            ax.annotate(
                label(names[unit], 18), (column.left, height), (15 * side, 0), textcoords="offset points", ha=ha,
                va="center", fontsize=8.5,
            )  # fmt: skip
