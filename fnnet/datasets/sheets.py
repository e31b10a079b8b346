"""A picture of any kind, in gray and brought to a size: as it lies on a white square sheet, and nothing else is done.

`read_picture` looks for the ink and puts it where a data set has it. Here what is learned from and what is asked about
are pictures of the same kind, so that each may stay as it is.
"""

import os
from typing import Any

import numpy as np

from fnnet.datasets.picture_file import load_pillow, opened
from fnnet.values.array import Array, freeze
from fnnet.values.errors import DataError

WHITE = 255
DEEPEST = 2**16 - 1  # white, where numbers are wider than a byte


def picture_on_sheet(path: str | os.PathLike[str], size: int) -> Array:
    """The picture in a file, as an image (size, size) uint8: 0 is black, 255 is white.

    It lies upright in the middle of a white square sheet that is as large as its longer side; transparent parts show
    the sheet. Colors become gray, numbers of 16 bits bytes. A gray picture of that size comes back bit for bit. Raises
    DataError when Pillow is missing, or the file can't be read, is damaged or too large for Pillow.

    >>> from tempfile import TemporaryDirectory
    >>> from PIL import Image
    >>> with TemporaryDirectory() as folder:
    ...     Image.new("RGB", (8, 4), "black").save(f"{folder}/wide.png")
    ...     picture_on_sheet(f"{folder}/wide.png", 4)
    array([[255, 255, 255, 255],
           [  0,   0,   0,   0],
           [  0,   0,   0,   0],
           [255, 255, 255, 255]], dtype=uint8)
    """
    pillow = load_pillow()
    try:
        return freeze(opened(path, pillow, lambda image: _laid(_gray(image, pillow), size, pillow), near=2 * size))
    except DataError as error:
        raise DataError(f"{path} {error}") from None


def _laid(gray: Any, size: int, pillow: Any) -> Array:
    width, height = (max(1, round(size * side / max(gray.size))) for side in gray.size)
    sheet = pillow.new("L", (size, size), WHITE)
    # Bytes are averaged in whole numbers, which are the same on every machine; Hamming's filter does not ring.
    small = gray.resize((width, height), pillow.Resampling.HAMMING)
    sheet.paste(small, ((size - width) // 2, (size - height) // 2))
    return np.array(sheet)


def _gray(image: Any, pillow: Any) -> Any:
    """The picture in mode L, with white behind what is transparent."""
    if image.mode[0] in "IF":
        return pillow.fromarray(_bytes(np.asarray(image)))
    if "A" not in image.mode.upper() and "transparency" not in image.info:
        return image.convert("L")
    seen = image if image.mode == "RGBA" else image.convert("RGBA")
    sheet = pillow.new("L", image.size, WHITE)
    sheet.paste(seen.convert("L"), mask=seen.getchannel("A"))
    return sheet


def _bytes(values: Array) -> Array:
    """Numbers up to 65535 as bytes; of others nobody knows which one is white."""
    if values.dtype.kind == "f":
        raise DataError(
            "has real numbers for pixels, of which nobody knows which one is white: save it in 8 or 16 bits"
        )
    if values.min() < 0 or values.max() > DEEPEST:
        raise DataError(f"has pixels from {values.min()} to {values.max()}, beyond 16 bits: save it in 8 or 16 bits")
    return ((values.astype(np.uint32) + 128) // 257).astype(np.uint8)
