"""Colors that everybody can tell apart, and beside each a second sign: a marker, a dash, or how light it is."""

from typing import Any, NamedTuple

import numpy as np

from fnnet.plotting.canvas import load_matplotlib
from fnnet.values.array import Array

#: The colors of Okabe and Ito 2008 that stand out on white.
BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000",
)  # fmt: skip
COLORS = (BLUE, ORANGE, GREEN, PURPLE, VERMILION, SKY, BLACK)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")

#: Of what is beside the matter, and of lines that only guide the eye.
GRAY = "#767676"


class Look(NamedTuple):
    """How a line or a class is told from others."""

    color: str
    marker: str


def look(i: int) -> Look:
    """That of number i; no two of the first 56 are the same.

    >>> look(0), len({look(i) for i in range(56)})
    (Look(color='#0072B2', marker='o'), 56)
    """
    return Look(COLORS[i % len(COLORS)], MARKERS[i % len(MARKERS)])


def signed() -> Any:
    """The colors of numbers around 0, which is gray: dark blue below it, light orange above, and so in grays too."""
    return _ramp("signed", ["#00244d", "#0072B2", "#8f8f8f", "#f0b030", "#fff0c8"])


def counted() -> Any:
    """The colors of shares from 0, which is white, to 1."""
    return _ramp("counted", ["#ffffff", "#9ecae9", BLUE, "#003a5d"])


def _ramp(name: str, colors: list[str]) -> Any:
    return load_matplotlib("colors").LinearSegmentedColormap.from_list(name, colors)


def ink(background: tuple[float, ...]) -> str:
    """Black or white, whichever is read on this background, red, green and blue from 0 to 1.

    >>> ink((1.0, 1.0, 1.0)), ink((0.0, 0.2, 0.4))
    ('black', 'white')
    """
    return "black" if 0.299 * background[0] + 0.587 * background[1] + 0.114 * background[2] > 0.55 else "white"


def tints(classes: Array, strength: Array) -> Array:
    """Colors (..., 3) of classes (...): white where their strength (...) is 0, and light, so that points are seen.

    >>> tints(np.array([0]), np.array([0.0])).tolist()
    [[1.0, 1.0, 1.0]]
    """
    rgb = np.array([load_matplotlib("colors").to_rgb(color) for color in COLORS])[classes % len(COLORS)]
    made: Array = 1.0 - 0.6 * strength[..., None] * (1.0 - rgb)
    return made
