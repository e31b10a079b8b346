"""A picture of a digit, of any size and mode, made into an image as the data sets make theirs.

Axis letters: H W pixels. On the way, brightness goes from 0 to 255, opacity and ink from 0 to 1.
"""

import math
import os
from typing import Any

import numpy as np

from fnnet.datasets.known import KNOWN, Form
from fnnet.datasets.picture_file import load_pillow, opened
from fnnet.values.array import Array, freeze
from fnnet.values.errors import DataError

FAINTEST = 8  # a contrast below this is none
LEAST_NOISE, MOST_NOISE = 0.1, 0.5  # ink below this share of the full is none, the more so the noisier the paper is
STRAYS = 6.0  # how many times the typical deviation of the paper counts as noise: 4 standard deviations
SPECKS = 0.001  # share of the ink that may lie outside the bounding box on each side
ROUNDING = 1e-6  # pixels by which a middle may be wrong
LONGEST = 1000  # pixels a side, to which larger pictures are reduced by a whole number: it averages their noise away


def read_picture(path: str | os.PathLike[str], name: str = "mnist") -> Array:
    """The picture in a file of one of `FORMATS`, as an image (H, W) uint8 of the data set `name`.

    Ink may be dark on light paper or light on dark: paper is the median of the border, ink what deviates most from it.
    Transparent parts are paper. The ink is cut out, brought to the size and the place that it has in the data set with
    its proportions kept, and to values from 0 to full. A picture that is as the data set has them, in gray and in size
    with a black border, is taken as it is. Raises DataError when there is no such form, Pillow is missing, the file
    can't be read, is damaged or too large for Pillow, or shows nothing.

    Source of MNIST's form: Y. LeCun, C. Cortes and C. Burges, "The MNIST database of handwritten digits", 1998.

    >>> read_picture("seven.png", "xor")
    Traceback (most recent call last):
    fnnet.values.errors.DataError: name must be one of digits, mnist, fashion-mnist, kmnist, got 'xor'
    """
    known = KNOWN.get(name)
    if known is None or known.form is None:
        names = ", ".join(name for name, known in KNOWN.items() if known.form)
        raise DataError(f"name must be one of {names}, got {name!r}")
    form, brightest, pillow = known.form, known.brightest, load_pillow()
    try:
        image = opened(path, pillow, _in_mode)
        ready = _as_it_is(image, form, brightest)
        return freeze(_made(_ink(image), form, brightest, pillow) if ready is None else ready)
    except DataError as error:
        raise DataError(f"{path} {error}") from None


def _in_mode(image: Any) -> Any:
    """The picture in one of the modes of gray, or in RGBA."""
    if image.mode != "P":
        image.info.pop("transparency", None)  # the one color that is called transparent is that of the paper
    return image if image.mode in ("1", "L") or image.mode[0] in "IF" else image.convert("RGBA")


def _as_it_is(image: Any, form: Form, brightest: int) -> Array | None:
    """The pixels of a picture that has this form already, else None."""
    if image.size != (form.size, form.size) or image.mode not in ("1", "L"):
        return None
    pixels = np.asarray(image.convert("L"))
    if np.median(_border(pixels)) > 0 or not pixels.any():
        return None
    return pixels if pixels.max() <= brightest else np.rint(pixels * (brightest / 255)).astype(np.uint8)


def _ink(image: Any) -> Array:
    bright = _on_paper(*_gray(image))
    paper = np.median(_border(bright))
    lighter, darker = bright.max() - paper, paper - bright.min()
    contrast = max(lighter, darker)
    if contrast < FAINTEST:
        raise DataError("shows nothing: all its pixels are alike")
    ink = (bright - paper if lighter > darker else paper - bright) / contrast
    noise = STRAYS * np.median(abs(_border(ink)))
    return np.where(ink < np.clip(noise, LEAST_NOISE, MOST_NOISE), 0.0, ink)


def _gray(image: Any) -> tuple[Array, Array]:
    """How bright and how opaque each pixel is. Of numbers wider than a byte the largest counts as 255."""
    if image.mode[0] not in "IF":
        image = image.convert("RGBA").convert("LA")
        pixels = np.asarray(image.reduce(max(1, max(image.size) // LONGEST)), np.float64)
        return pixels[..., 0], pixels[..., 1] / 255
    values = np.asarray(image, np.float64)
    if not np.isfinite(values).all():
        raise DataError("has pixels that are NaN or infinity")
    return values / (abs(values).max() or 1.0) * 255, np.ones_like(values)


def _on_paper(bright: Array, opaque: Array) -> Array:
    """What is seen with paper behind it: paper like the border, or unlike all that is opaque where the border isn't."""
    rim = _border(opaque) > 0.5
    if rim.mean() > 0.5:
        paper = float(np.median(_border(bright)[rim]))
    else:
        paper = 255.0 if (opaque * bright).sum() < 127.5 * opaque.sum() else 0.0
    seen: Array = opaque * bright + (1.0 - opaque) * paper
    return seen


def _border(pixels: Array) -> Array:
    return np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])


def _made(ink: Array, form: Form, brightest: int, pillow: Any) -> Array:
    patch = _fitted(ink[_extent(ink.sum(axis=1)), _extent(ink.sum(axis=0))], form.box, pillow)
    top, left = (_start(patch.sum(axis=axis), form) for axis in (1, 0))
    image = np.zeros((form.size, form.size), np.uint8)
    image[top : top + patch.shape[0], left : left + patch.shape[1]] = np.rint(brightest / patch.max() * patch)
    return image


def _extent(ink: Array) -> slice:
    """From where to where the ink along one axis reaches, but for specks."""
    share = np.cumsum(ink) / ink.sum()
    return slice(int(np.searchsorted(share, SPECKS, "right")), int(np.searchsorted(share, 1.0 - SPECKS)) + 1)


def _fitted(ink: Array, box: int, pillow: Any) -> Array:
    height, width = (max(1, round(box * length / max(ink.shape))) for length in ink.shape)
    # Hamming's filter averages as Lanczos' does, and has no negative weights that would ring around the strokes.
    small = pillow.fromarray(ink.astype(np.float32)).resize((width, height), pillow.Resampling.HAMMING)
    return np.asarray(small, np.float64)


def _start(ink: Array, form: Form) -> int:
    """Where the ink along one axis begins, so that its middle is in the middle and all of it within the image."""
    middle = ink @ np.arange(len(ink)) / ink.sum() if form.by_mass else (len(ink) - 1) / 2
    return int(np.clip(math.ceil((form.size - 1) / 2 - middle - ROUNDING), 0, form.size - len(ink)))
