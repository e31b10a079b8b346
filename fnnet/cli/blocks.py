"""Pictures in the terminal: two rows of pixels in a line of half blocks, or one in letters where there is no color."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import TypeAlias

import numpy as np
from rich.cells import cell_len, set_cell_size
from rich.color import Color
from rich.console import Console
from rich.style import Style
from rich.text import Text

from fnnet.cli.output import room, visible
from fnnet.values.array import Array

#: A picture (H, W) from 0, black, to 1, white; and the lines under it.
Captioned: TypeAlias = tuple[Array, Sequence[str]]

HALF = "▀"
RAMP = " .:-=+*#%@"
GAP = "  "
WIDEST, LEAST = 40, 16  # columns of a picture, and those that a caption may take beside a smaller one


def print_blocks(pictures: Sequence[Captioned], console: Console) -> None:
    """Print pictures side by side, as many as fit, each with its caption.

    Grays are colors where the terminal has enough of them and may be sent some, otherwise letters, the brighter the
    denser.
    """
    colored = console.color_system not in (None, "standard") and not console.no_color and _writes(console)
    draw = _half_blocks if colored else _letters
    fits = room(console) or console.width
    drawn = [list(draw(shrunk(image, min(WIDEST, fits)))) for image, _ in pictures]
    said = [[visible(line) for line in caption] for _, caption in pictures]
    width = max(len(drawn[0][0]), min(LEAST, max(cell_len(line) for caption in said for line in caption)))
    tiles = [[*_padded(lines, width), *_cut(caption, width)] for lines, caption in zip(drawn, said, strict=True)]
    for line in _side_by_side(tiles, max(1, (fits + len(GAP)) // (width + len(GAP)))):
        console.print(line)


def _writes(console: Console) -> bool:
    """Whether half blocks can be written at all."""
    return console.encoding.lower().startswith("utf")


def shrunk(image: Array, widest: int) -> Array:
    """The image with so many columns at most, each pixel the mean of a square of pixels.

    >>> shrunk(np.array([[0.0, 1.0, 1.0, 1.0], [0.0, 1.0, 1.0, 1.0]]), 2)
    array([[0.5, 1. ]])
    """
    by = -(-image.shape[1] // widest)
    height, width = (-(-side // by) for side in image.shape)
    whole = np.pad(image, ((0, height * by - image.shape[0]), (0, width * by - image.shape[1])), "edge")
    small: Array = whole.reshape(height, by, width, by).mean(axis=(1, 3))
    return small


def _half_blocks(image: Array) -> Iterator[Text]:
    levels = np.rint(255 * image).astype(int).tolist()
    for upper, lower in zip_longest(levels[::2], levels[1::2], fillvalue=[None] * image.shape[1]):
        both = zip(upper, lower, strict=True)
        yield Text.assemble(*((HALF, Style(color=_gray(above), bgcolor=_gray(below))) for above, below in both))


def _gray(level: int | None) -> Color | None:
    """The color of a level; none, so that of the terminal, where an odd number of rows ends."""
    return None if level is None else Color.from_rgb(level, level, level)


def _letters(image: Array) -> Iterator[Text]:
    both = image if len(image) % 2 == 0 else np.vstack([image, image[-1:]])
    for row in (both[::2] + both[1::2]) / 2:
        yield Text("".join(RAMP[min(int(level * len(RAMP)), len(RAMP) - 1)] for level in row.tolist()))


def _padded(lines: Iterable[Text], width: int) -> Iterator[Text]:
    return (Text.assemble(line, " " * (width - len(line))) for line in lines)


def _cut(caption: Iterable[str], width: int) -> Iterator[Text]:
    for line in caption:
        short = line if cell_len(line) <= width else set_cell_size(line, width - 2) + ".."
        yield Text(set_cell_size(short, width))


def _side_by_side(tiles: Sequence[Sequence[Text]], across: int) -> Iterator[Text]:
    """The lines of rows of so many tiles, with an empty line after each row."""
    for start in range(0, len(tiles), across):
        for parts in zip(*tiles[start : start + across], strict=True):
            line = Text(GAP).join(parts)
            line.rstrip()
            yield line
        yield Text()
