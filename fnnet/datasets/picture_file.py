"""Opening the picture in a file: the formats that are meant, and no more effort than a picture is worth."""

import os
import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any, BinaryIO, TypeVar

from fnnet.tables.opening import open_regular
from fnnet.telling.installing import install
from fnnet.values.errors import DataError

T = TypeVar("T")

#: What Pillow may open. It knows more, and some, as EPS, it hands to other programs.
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM")
MOST_SIDE, MOST_DEEP = 2**16, 2**24  # pixels a side; and in all, where they are wider than a byte
MOST_SCANS = 50  # of a JPEG; ten are usual


def load_pillow() -> Any:
    """Pillow's module for images; DataError, with how to get it, where it is missing."""
    try:
        return import_module("PIL.Image")
    except ImportError as error:
        raise DataError(f"reading pictures needs Pillow: run {install('images')}") from error


def opened(path: str | os.PathLike[str], pillow: Any, made: Callable[[Any], T], near: int | None = None) -> T:
    """What is ``made`` of the first frame, upright. Raises DataError, a sentence without the path, where it can't be.

    With ``near``, that many pixels a side are enough, and in gray: a photograph is then decoded only so far.
    """
    try:
        with open_regular(path) as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is odd and still readable
            warnings.simplefilter("error", pillow.DecompressionBombWarning)
            image = pillow.open(file, formats=FORMATS)
            _check_effort(image, file)
            if near:
                image.draft("L", (near, near))
            image.load()
            import_module("PIL.ImageOps").exif_transpose(image, in_place=True)
            return made(image)
    except DataError:
        raise
    except pillow.UnidentifiedImageError as error:
        raise DataError(f"is not a picture ({', '.join(FORMATS)}), or is damaged") from error
    except OSError as error:
        raise DataError(f"can't be read: {error.strerror or error}") from error
    except Exception as error:  # a damaged picture raises SyntaxError, ValueError, whatever its reader stumbles over
        raise DataError(f"can't be read: {str(error).rstrip('.') or type(error).__name__}") from error


def _check_effort(image: Any, file: BinaryIO) -> None:
    """Raise ValueError for what would take minutes or gigabytes, before its pixels are read."""
    width, height = image.size
    if max(width, height) > MOST_SIDE or (image.mode[0] in "IF" and width * height > MOST_DEEP):
        raise ValueError(f"its {width}x{height} pixels are too many")
    if image.format in ("JPEG", "MPO"):
        file.seek(0)
        if file.read().count(b"\xff\xda") > MOST_SCANS:  # each goes over all pixels, and may be a few bytes long
            raise ValueError(f"it has more than {MOST_SCANS} scans")
