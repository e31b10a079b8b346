"""The worst mistakes: images with what they are and what they were taken for, or rows with both probabilities."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from fnnet.plotting.canvas import label
from fnnet.plotting.palette import BLUE, ORANGE
from fnnet.values.array import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Pictures in a row; of a picture's side the space between two, and the height of what stands under it.
ACROSS, BETWEEN, BELOW = 6, 0.3, 0.62

Mistake = Mapping[str, Any]


def worst_mistakes(ax: "Axes", mistakes: Sequence[Mistake], images: Sequence[Array] = ()) -> "Axes":
    """Mistakes, the worst first: mappings with ``row``, ``class``, ``predicted``, ``probability`` and ``of_class``.

    With ``images`` (H, W) from 0 to 1 each is its picture; without them each is two bars, for the class that was
    predicted and for its own.

    >>> from matplotlib.figure import Figure
    >>> mistake = {"row": 7, "class": "cat", "predicted": "dog"}
    >>> mistake |= {"probability": 0.9, "of_class": 0.1}
    >>> ax = worst_mistakes(Figure().subplots(), [mistake], [np.zeros((2, 2))])
    >>> print(ax.texts[0].get_text())
    cat
    taken for dog
    with 90.0 %
    """
    if not mistakes:
        ax.text(0.5, 0.5, "no mistake", ha="center", va="center", transform=ax.transAxes)
        ax.axis("off")
    elif len(images):
        _pictures(ax, mistakes, images)
    else:
        _bars(ax, mistakes)
    return ax


def _pictures(ax: "Axes", mistakes: Sequence[Mistake], images: Sequence[Array]) -> None:
    wide, high = 1.0 + BETWEEN, 1.0 + BETWEEN + BELOW
    for i, (mistake, image) in enumerate(zip(mistakes, images, strict=True)):
        left, top = i % ACROSS * wide, -(i // ACROSS) * high
        ax.imshow(image, cmap="gray", vmin=0.0, vmax=1.0, extent=(left, left + 1.0, top - 1.0, top))
        said = f"{label(mistake['class'], 14)}\ntaken for {label(mistake['predicted'], 10)}\nwith {_share(mistake)}"
        ax.text(left + 0.5, top - 1.05, said, ha="center", va="top", fontsize=7.5)
    across, down = min(ACROSS, len(mistakes)), -(-len(mistakes) // ACROSS)
    ax.set(xlim=(-0.2, across * wide - BETWEEN + 0.2), ylim=(-down * high + BETWEEN, 0.1), aspect="equal")
    ax.axis("off")


def _share(mistake: Mistake) -> str:
    return f"{100 * mistake['probability']:.1f} %"


def _bars(ax: "Axes", mistakes: Sequence[Mistake]) -> None:
    places = np.arange(len(mistakes))
    given, own = ([mistake[name] for mistake in mistakes] for name in ("probability", "of_class"))
    ax.barh(places - 0.2, given, 0.4, color=BLUE, label="probability of the class that was predicted")
    ax.barh(places + 0.2, own, 0.4, color=ORANGE, hatch="////", edgecolor="white", label="of its own")
    names = [f"row {m['row']}: {label(m['class'], 12)}, taken for {label(m['predicted'], 12)}" for m in mistakes]
    ax.set_yticks(places, names, fontsize=8)
    ax.invert_yaxis()
    ax.set(xlabel="probability", xlim=(0, 1))
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, fontsize=8)
