"""Pictures with their captions on one sheet, as a PNG."""

import io
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np

from fnnet.cli.blocks import Captioned
from fnnet.cli.output import visible
from fnnet.datasets.picture_file import load_pillow

ACROSS = 5
SIDE, GAP, LINE, LETTERS = 120, 12, 18, 13  # pixels: of a picture, between two, of a line of a caption, of its letters
WHITE, BLACK, FRAME = 255, 0, 160


def contact_sheet(pictures: Sequence[Captioned]) -> bytes:
    """The bytes of a PNG: five pictures in a row, each enlarged by a whole number, with its caption under it.

    All pictures have one size, and all captions as many lines.
    """
    tiles = [_tile(picture) for picture in pictures]
    (width, height), across = tiles[0].size, min(ACROSS, len(tiles))
    down = -(-len(tiles) // across)
    sheet = load_pillow().new("L", (across * (width + GAP) + GAP, down * (height + GAP) + GAP), WHITE)
    for i, tile in enumerate(tiles):
        sheet.paste(tile, (GAP + i % across * (width + GAP), GAP + i // across * (height + GAP)))
    file = io.BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()


def _tile(picture: Captioned) -> Any:
    pillow, (image, caption) = load_pillow(), picture
    factor = max(1, SIDE // max(image.shape))
    pixels = np.rint(255 * image).astype(np.uint8).repeat(factor, axis=0).repeat(factor, axis=1)
    height, width = pixels.shape
    tile = pillow.new("L", (max(width, SIDE) + 2, height + 2 + LINE * len(caption)), WHITE)
    draw, font = import_module("PIL.ImageDraw").Draw(tile), import_module("PIL.ImageFont").load_default(LETTERS)
    draw.rectangle((0, 0, width + 1, height + 1), outline=FRAME)
    tile.paste(pillow.fromarray(pixels), (1, 1))
    for i, line in enumerate(caption):
        draw.text((0, height + 2 + LINE * i + 2), _cut(visible(line), font, tile.width), BLACK, font)
    return tile


def _cut(text: str, font: Any, width: int) -> str:
    if font.getlength(text) <= width:
        return text
    fitting = next(n for n in range(len(text), -1, -1) if font.getlength(text[:n] + "…") <= width or n == 0)
    return text[:fitting] + "…"
