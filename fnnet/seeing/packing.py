"""Arrays as text in a page: all their bytes in a row, compressed, in letters that may stand in a page."""

import base64
import gzip
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from fnnet.values.array import Array

#: Numbers over time are kept as differences of differences ..., up to this many times: what moves smoothly is small.
MOST = 4


def narrow(x: Array) -> Array:
    """The same numbers in the fewest bytes each: as bytes, or in single precision, where none of them changes.

    >>> narrow(np.array([0.0, 255.0])).dtype, narrow(np.array([0.5])).dtype, narrow(np.array([0.1])).dtype
    (dtype('uint8'), dtype('float32'), dtype('float64'))
    """
    for dtype in (np.uint8, np.float32):
        with np.errstate(invalid="ignore", over="ignore"):
            smaller = x.astype(dtype)
        if np.array_equal(smaller.astype(x.dtype), x, equal_nan=x.dtype.kind == "f"):
            return smaller
    return x.astype(np.float64)


def packed(arrays: Mapping[str, Array], films: Mapping[str, Array]) -> tuple[dict[str, Any], str]:
    """What there is, by name, and all of it as text.

    Of ``films`` (M, P) the columns are numbers over time; their bits are kept as differences, of which the bytes of one
    place stand together. The entry of each says the dtype, the shape, where it begins, and how often it is differences.
    """
    entries: dict[str, Any] = {}
    parts: list[bytes] = []
    at = 0
    for name, array in arrays.items():
        part = np.ascontiguousarray(array).tobytes()
        entries[name] = {"dtype": array.dtype.str[1:], "shape": list(array.shape), "at": at}
        parts.append(part)
        at += len(part)
    for name, array in films.items():
        order, part = _film(array)
        entries[name] = {"dtype": array.dtype.str[1:], "shape": list(array.shape), "at": at, "order": order}
        parts.append(part)
        at += len(part)
    return entries, base64.b64encode(gzip.compress(b"".join(parts), mtime=0)).decode("ascii")


def _film(array: Array) -> tuple[int, bytes]:
    """How often to take differences, and the bytes: what is smallest when it is compressed."""
    bits = np.ascontiguousarray(array).view(f"u{array.itemsize}")
    candidates = []
    for order in range(min(MOST, len(bits) - 1) + 1):
        candidates.append((len(zlib.compress(_planes(bits[:, :: max(1, bits.size // 500_000)]), 1)), order, bits))
        bits = np.concatenate([bits[:1], bits[1:] - bits[:-1]])
    _, order, best = min(candidates, key=lambda candidate: candidate[:2])
    return order, _planes(best)


def _planes(bits: Array) -> bytes:
    """The bytes of each number's lowest place, then those of the next, and so on, each place column by column."""
    columns = np.ascontiguousarray(bits.T).astype(bits.dtype.newbyteorder("<"))
    return np.ascontiguousarray(columns.view(np.uint8).reshape(bits.size, bits.itemsize).T).tobytes()
