"""Pictures in the terminal: two rows of pixels in a line of half blocks, or one in letters where there is no color."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np
from rich.cells import cell_len, set_cell_size
from rich.color import Color
from rich.console import Console
from rich.style import Style
from rich.text import Text

from fnnet.cli.output import visible
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
    for row in _side_by_side([_tile(picture, console, colored) for picture in pictures], console.width):
        console.print(row)


def _writes(console: Console) -> bool:
    return console.encoding.lower().startswith("utf")


def _tile(picture: Captioned, console: Console, colored: bool) -> list[Text]:
    """The lines of a picture and its caption, all of one width."""
    image, caption = picture
    small = shrunk(image, min(WIDEST, console.width))
    lines = list((_half_blocks if colored else _letters)(small))
    said = [visible(line) for line in caption]
    width = min(max(small.shape[1], LEAST), max(small.shape[1], *map(cell_len, said)))
    return [*(_padded(line, width) for line in lines), *(Text(_cut(line, width)) for line in said)]


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
    levels = np.rint(255 * image).astype(int)
    if len(levels) % 2:
        levels = np.vstack([levels, np.zeros_like(levels[:1])])
    for upper, lower in zip(levels[::2].tolist(), levels[1::2].tolist(), strict=True):
        yield Text.assemble(
            *((HALF, Style(color=_gray(a), bgcolor=_gray(b))) for a, b in zip(upper, lower, strict=True))
        )


def _gray(level: int) -> Color:
    return Color.from_rgb(level, level, level)


def _letters(image: Array) -> Iterator[Text]:
    both = image if len(image) % 2 == 0 else np.vstack([image, image[-1:]])
    for row in (both[::2] + both[1::2]) / 2:
        yield Text("".join(RAMP[min(int(level * len(RAMP)), len(RAMP) - 1)] for level in row.tolist()))


def _padded(line: Text, width: int) -> Text:
    line.append(" " * (width - len(line)))
    return line


def _cut(text: str, width: int) -> str:
    return set_cell_size(text if cell_len(text) <= width else set_cell_size(text, width - 1) + "…", width)


def _side_by_side(tiles: list[list[Text]], width: int) -> Iterator[Text]:
    """The lines of rows of tiles, with an empty line after each row."""
    across = max(1, (width + len(GAP)) // (max(len(tile[0]) for tile in tiles) + len(GAP)))
    for start in range(0, len(tiles), across):
        for parts in zip(*tiles[start : start + across], strict=True):
            yield Text(GAP).join(parts)
        yield Text()
