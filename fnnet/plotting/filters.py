"""The weights of the first units: as pictures where the inputs are an image, else with the names of the inputs."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from fnnet.plotting.canvas import label
from fnnet.plotting.palette import ink, signed
from fnnet.plotting.units import affine_layers
from fnnet.values.array import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: The most units that are drawn; and the most weights, and units, with which each weight is written as a number too.
MOST, WRITTEN, ROWS = 48, 120, 12


def first_weights(ax: "Axes", net: Any, shape: Sequence[int] = (), names: Sequence[str] = ()) -> "Axes":
    """The weights of the first layer of units: a picture for each where ``shape`` is (H, W) or (C, H, W), else a row.

    Of colors it is their mean. Zero is gray, below it blue and dark, above orange and light. Where there are more than
    48 units, those with the largest weights are drawn. ``names`` are those of the inputs.

    >>> from matplotlib.figure import Figure
    >>> from fnnet import Affine
    >>> net = (Affine([[0.5, 0.0], [-1.0, 2.0]], [0.0, 0.0]),)
    >>> ax = first_weights(Figure().subplots(), net)
    >>> ax.images[0].get_array().tolist()
    [[0.5, -1.0], [0.0, 2.0]]
    """
    weights = affine_layers(net)[0].W.T.astype(float)
    units = shown_units(weights)
    most = float(abs(weights).max()) or 1.0
    pictures = len(shape) in (2, 3)
    image = ax.imshow(
        mosaic(weights[units], shape) if pictures else weights[units],
        cmap=signed(), vmin=-most, vmax=most, aspect="equal" if pictures else "auto", interpolation="nearest",
    )  # fmt: skip
    ax.figure.colorbar(image, ax=ax, label="weight")
    ax.set_title(_said(len(units), len(weights)), fontsize=9)
    if pictures:
        ax.axis("off")
    else:
        _name(ax, units, names, weights.shape[1])
        _write(ax, image, weights[units])
    return ax


def shown_units(weights: Array) -> list[int]:
    """The units (U, I) that are drawn, in their order: all, or those with the largest weights."""
    size = np.square(weights).sum(axis=1)
    return sorted(np.argsort(-size, kind="stable")[:MOST].tolist())


def mosaic(weights: Array, shape: Sequence[int]) -> Array:
    """Pictures (U, C H W) side by side with a pixel of nothing, NaN, between them; of colors their mean.

    >>> mosaic(np.array([[1.0, 2.0], [3.0, 4.0]]), (2, 1)).tolist()
    [[1.0, nan, 3.0], [2.0, nan, 4.0]]
    """
    pictures = weights.reshape(len(weights), -1, *shape[-2:]).mean(axis=1)
    height, width = (side + 1 for side in shape[-2:])
    across = math.ceil(math.sqrt(1.5 * len(pictures) * height / width))
    down = -(-len(pictures) // across)
    sheet = np.full((down * height, across * width), np.nan)
    for i, picture in enumerate(pictures):
        top, left = i // across * height, i % across * width
        sheet[top : top + height - 1, left : left + width - 1] = picture
    return sheet[:-1, : min(across, len(pictures)) * width - 1]


def _said(shown: int, many: int) -> str:
    if shown < many:
        return f"{shown} of the {many:,} units of the first layer: the largest weights"
    return f"the {many} units of the first layer" if many > 1 else "the first unit"


def _name(ax: "Axes", units: list[int], names: Sequence[str], inputs: int) -> None:
    texts = [label(name, 18) for name in names] if len(names) == inputs else [f"{i + 1}" for i in range(inputs)]
    places = range(0, inputs, -(-inputs // MOST))
    steep = sum(len(texts[i]) for i in places) > 40
    ax.set_xticks(places, [texts[i] for i in places], rotation=90 if steep else 0, fontsize=8)
    rows = range(0, len(units), -(-len(units) // 24))
    ax.set_yticks(rows, [f"{units[i] + 1}" for i in rows], fontsize=8)
    ax.set(xlabel="input", ylabel="unit")


def _write(ax: "Axes", image: Any, weights: Array) -> None:
    if weights.size <= WRITTEN and len(weights) <= ROWS:
        for (i, j), weight in np.ndenumerate(weights):
            color = ink(image.to_rgba(weight)[:3])
            ax.text(j, i, f"{weight:.2g}", ha="center", va="center", color=color, fontsize=7)
