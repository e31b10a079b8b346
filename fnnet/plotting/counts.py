"""The confusion matrix: how often each class was taken for each."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from fnnet.plotting.canvas import label
from fnnet.plotting.palette import counted, ink
from fnnet.values.array import Array, numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: The most classes whose names all stand at the edges, and the smallest letters, in points, that anybody reads.
NAMED, SMALLEST, LARGEST = 60, 3.5, 10.0


def confusion_matrix(ax: "Axes", counts: Any, classes: Sequence[str]) -> "Axes":
    """Counts (K, K), the row the true class and the column the predicted one, as `fnnet.learning.confusion` has them.

    A cell is the darker the larger its share of its row, so that rare classes are seen as well; 0 is left empty.

    >>> from matplotlib.figure import Figure
    >>> ax = confusion_matrix(Figure().subplots(), [[3, 1], [0, 2]], ["cat", "dog"])
    >>> [text.get_text() for text in ax.texts]
    ['3', '1', '2']
    """
    table = numbers(counts, "counts")
    rows = np.maximum(table.sum(axis=1, keepdims=True), 1)
    image = ax.imshow(table / rows, cmap=counted(), vmin=0.0, vmax=1.0)
    for side in ax.spines.values():
        side.set_visible(True)
    size = _letters(ax, table)
    if size >= SMALLEST:
        _write(ax, table, image.to_rgba(table / rows)[..., :3], size)
    _name(ax, [label(name, 16) for name in classes], min(LARGEST, max(SMALLEST + 1, size * 1.2)))
    ax.set(xlabel="predicted", ylabel="true")
    return ax


def _letters(ax: "Axes", table: Array) -> float:
    """The size of letters, in points, with which the largest number fits its cell."""
    box = ax.get_position()
    figure = ax.get_figure(root=True)
    width, height = figure.get_size_inches() if figure else (4.0, 4.0)
    cell = 72 * 0.85 * min(box.width * width, box.height * height) / len(table)
    return float(min(LARGEST, cell / (0.7 * max(2, len(str(table.max()))))))


def _write(ax: "Axes", table: Array, colors: Array, size: float) -> None:
    for i, j in zip(*np.nonzero(table), strict=True):
        color = ink(tuple(colors[i, j]))
        ax.text(j, i, f"{table[i, j]}", ha="center", va="center", color=color, fontsize=size)


def _name(ax: "Axes", names: list[str], size: float) -> None:
    places = range(0, len(names), -(-len(names) // NAMED))
    shown = [names[i] for i in places]
    steep = max(map(len, shown), default=0) > 2 and len(shown) > 3
    ax.set_xticks(places, shown, rotation=90 if steep else 0, fontsize=size)
    ax.set_yticks(places, shown, fontsize=size)
    ax.tick_params(length=0)
