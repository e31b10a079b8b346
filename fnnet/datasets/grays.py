"""The images of a data set as grays, for whoever shows them."""

import numpy as np

from fnnet.datasets.dataset import Dataset
from fnnet.datasets.known import about
from fnnet.values.array import Array


def are_images(shape: tuple[int, ...]) -> bool:
    """Whether examples of this shape are images: (H, W), or (C, H, W) of one color or three.

    >>> are_images((8, 8)), are_images((3, 8, 8)), are_images((64,))
    (True, True, False)
    """
    return len(shape) == 2 or (len(shape) == 3 and shape[0] in (1, 3))


def grays(data: Dataset, rows: list[int]) -> Array:
    """The images (N, H, W) of these rows, from 0 to 1; of colors the mean."""
    x = data.x_test[rows].astype(float)
    images: Array = x if x.ndim == 3 else x.mean(axis=1)
    known = about(data)
    darkest, brightest = (0.0, float(known.brightest)) if known else _range(data, images)
    return np.clip((images - darkest) / (brightest - darkest), 0.0, 1.0)


def _range(data: Dataset, images: Array) -> tuple[float, float]:
    """What is black and what white: of bytes 0 and the largest there is, of other numbers those that are drawn."""
    bytes_ = data.x.dtype == np.uint8
    darkest, brightest = (0.0, float(data.x.max())) if bytes_ else (float(images.min()), float(images.max()))
    return darkest, brightest if brightest > darkest else darkest + 1.0
