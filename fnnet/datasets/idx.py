"""IDX files, the format of MNIST: a header that says the shape, then the numbers.

The header is the magic number 0x0000080d, where 08 means unsigned bytes and d is the number of dimensions (1 for
labels, 3 for images), then the d lengths, each a big-endian 32-bit number. The format is described at the end of the
MNIST page of LeCun, Cortes and Burges, 1998.
"""

import math
import os
import struct
import zlib
from typing import BinaryIO

import numpy as np

from fnnet.tables.opening import LIMIT, open_regular
from fnnet.values.array import Array
from fnnet.values.errors import DataError

GZIP = b"\x1f\x8b"


def read_idx(path: str | os.PathLike[str], ndim: int) -> Array:
    r"""The array of unsigned bytes in an IDX file, plain or gzip (told by its first bytes), with `ndim` dimensions.

    Raises DataError when the file can't be read, is damaged, is not of this kind, is shorter or longer than its header
    says, or says that it holds nothing or more than 1 GiB. No more memory is taken than the file is worth.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "labels")
    ...     _ = path.write_bytes(b"\0\0\x08\x01" + b"\0\0\0\x02" + b"\x05\x09")
    ...     read_idx(path, 1)
    array([5, 9], dtype=uint8)
    """
    try:
        with open_regular(path) as file:
            shape, body = _read(file, ndim)
    except OSError as error:
        raise DataError(f"{path} can't be read: {error.strerror or error}") from error
    except zlib.error as error:
        raise DataError(f"{path} is a damaged gzip file ({error}); delete it and get it again") from error
    except DataError as error:
        raise DataError(f"{path} {error}") from None
    return np.frombuffer(body, np.uint8).reshape(shape)


def _read(file: BinaryIO, ndim: int) -> tuple[tuple[int, ...], bytes]:
    start = file.read(4 + 4 * ndim)
    return _unpack(start + file.read(), ndim) if start.startswith(GZIP) else _plain(start, file, ndim)


def _plain(header: bytes, file: BinaryIO, ndim: int) -> tuple[tuple[int, ...], bytes]:
    shape = _shape(header, ndim)
    # before anything is read, since reading n bytes takes the memory for n bytes at once
    _check_length(shape, os.fstat(file.fileno()).st_size - len(header))
    body = file.read(math.prod(shape))
    _check_length(shape, len(body))
    return shape, body


def _unpack(packed: bytes, ndim: int) -> tuple[tuple[int, ...], bytes]:
    unzip = zlib.decompressobj(wbits=31)
    shape = _shape(unzip.decompress(packed, 4 + 4 * ndim), ndim)
    # one byte more than is due, to see whether there are more, and never all that a gzip bomb would give
    body = unzip.decompress(unzip.unconsumed_tail, math.prod(shape) + 1)
    _check_length(shape, len(body))
    if not unzip.eof:
        raise DataError("is truncated: the end of its gzip stream is missing; delete it and get it again")
    if unzip.unused_data:
        raise DataError(f"is too long: {len(unzip.unused_data)} bytes follow the end of its gzip stream")
    return shape, body


def _shape(header: bytes, ndim: int) -> tuple[int, ...]:
    if len(header) < 4 + 4 * ndim:
        raise DataError(f"is truncated: an IDX header has {4 + 4 * ndim} bytes, got {len(header)}")
    magic, *shape = struct.unpack(f">{1 + ndim}I", header)
    if magic != 0x0800 + ndim:
        raise DataError(f"must begin with 0x{0x0800 + ndim:08x} (IDX, {ndim}-dimensional bytes), got 0x{magic:08x}")
    if not 0 < math.prod(shape) <= LIMIT:
        raise DataError(f"says that its shape is {tuple(shape)}, which is nothing or more than 1 GiB")
    return tuple(shape)


def _check_length(shape: tuple[int, ...], length: int) -> None:
    due = math.prod(shape)
    if length < due:
        raise DataError(f"is truncated: shape {shape} needs {due} bytes, got {length}; delete it and get it again")
    if length > due:
        raise DataError(f"is too long: shape {shape} needs {due} bytes, and more follow")
