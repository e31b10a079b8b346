"""An `.npz` file that is whole or refused: arrays by name, a JSON header, and a SHA-256 over every byte of it.

It is an ordinary uncompressed `.npz`, which `np.load` reads too. The digest stands at its very end, as the comment of
the zip: so not only the numbers are covered but also the bytes that no reader looks at, and a file is either bit for
bit the one that was written, or it is refused before anything in it is believed.
"""

import hashlib
import io
import json
import math
import os
import stat
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from fnnet.tables.opening import open_regular
from fnnet.values.array import Array, freeze

#: The version of the format. A reader refuses files of a later one.
FORMAT = 1
HEADER = "header.json"
MARK = b"fnnet sha256 "
DIGEST = 64

Contents = tuple[dict[str, Any], dict[str, Array]]


class FileError(ValueError):
    """A file can't be used, said in one sentence that begins with its path."""


def sentence(error: object) -> str:
    r"""What an error says, on one line, and not longer than a reader bears.

    >>> sentence("two\nlines")
    'two lines'
    """
    return " ".join(str(error)[:2000].split())[:300]


def pack(header: Mapping[str, Any], arrays: Mapping[str, Array]) -> bytes:
    """The bytes of a file. The same contents give the same bytes.

    >>> unpack(pack({"about": "this"}, {"0.W": freeze(np.ones(2))}))
    ({'about': 'this'}, {'0.W': array([1., 1.])})
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as file:
        text = json.dumps({"format": FORMAT, "members": list(arrays), **header}, allow_nan=False)
        file.writestr(zipfile.ZipInfo(HEADER), text)
        for name, a in arrays.items():
            file.writestr(zipfile.ZipInfo(f"{name}.npy"), _npy(a))
        file.comment = MARK + b"0" * DIGEST
    data = buffer.getbuffer()[:-DIGEST]
    return b"".join([data, hashlib.sha256(data).hexdigest().encode()])


def _npy(a: Array) -> bytes:
    about = np.lib.format.header_data_from_array_1_0(a)
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, about)
    return file.getvalue() + a.tobytes("F" if about["fortran_order"] else "C")


def is_archive(path: str | os.PathLike[str]) -> bool:
    """Whether a path is a file that ends as `pack` ends one."""
    try:
        if not os.path.isfile(path):  # a pipe would be waited for
            return False
        with Path(path).open("rb") as file:
            file.seek(-len(MARK) - DIGEST, os.SEEK_END)
            return file.read(len(MARK)) == MARK
    except OSError:
        return False


def unpack(data: bytes) -> Contents:
    """The header and the arrays in the bytes of a file. Raises ValueError, saying why, for anything but `pack`'s."""
    body, digest = data[:-DIGEST], data[-DIGEST:]
    if not body.endswith(MARK):
        raise ValueError("is not a file that fnnet saved, or its end is lost")
    if hashlib.sha256(body).hexdigest().encode() != digest:
        raise ValueError("is damaged: its SHA-256 is not the one that it was saved with")
    try:
        return _members(data)
    except ValueError:
        raise
    except Exception as error:  # bytes made to deceive make zipfile, json and NumPy raise a dozen kinds
        raise ValueError(f"is not a file that fnnet saved: {sentence(error)}") from error


def _members(data: bytes) -> Contents:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        infos = file.infolist()
        if any(info.compress_type or info.flag_bits & 1 for info in infos) or sum(i.file_size for i in infos) > len(
            data
        ):
            raise ValueError("holds more than its size allows: its members must be plain, neither packed nor shared")
        header = _header(file)
        names = header.pop("members")
        found = [info.filename for info in infos]
        if found != [HEADER, *(f"{name}.npy" for name in names)] or len(set(found)) < len(found):
            raise ValueError("holds other members than its header says")
        return header, {name: _array(name, file.read(f"{name}.npy")) for name in names}


def _header(file: zipfile.ZipFile) -> dict[str, Any]:
    header: dict[str, Any] = json.loads(file.read(HEADER))
    version = header.pop("format")
    if version != FORMAT:
        raise ValueError(f"has format {version}, and this fnnet reads format {FORMAT}: a newer fnnet wrote it")
    return header


def _array(name: str, data: bytes) -> Array:
    file = io.BytesIO(data)
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError(f"holds {name} in another version of .npy than 1.0")
    shape, by_columns, dtype = np.lib.format.read_array_header_1_0(file)
    if dtype.kind not in "biufc" or min(shape, default=0) < 0:
        raise ValueError(f"holds {name} of {dtype} and {shape}, which are not numbers in an array")
    if math.prod(shape) * dtype.itemsize != len(data) - file.tell():
        raise ValueError(f"holds {name} of {shape}, but not so many numbers")
    a: Array = np.ndarray(shape, dtype, data, file.tell(), order="F" if by_columns else "C")
    return freeze(a.copy("K"))  # its own memory: views into the file are not aligned


def peek(path: str | os.PathLike[str]) -> dict[str, Any]:
    """The header of a file alone, its arrays and their digest unread: quick, and covered by no more than a CRC-32.

    Raises FileError when the file can't be opened, or its header or its end is lost.
    """
    try:
        with open_regular(path, sys.maxsize) as file, zipfile.ZipFile(file) as members:
            if not members.comment.startswith(MARK) or len(members.comment) != len(MARK) + DIGEST:
                raise ValueError("its end is lost")
            if members.getinfo(HEADER).compress_type:
                raise ValueError("its header is packed")
            return _header(members)
    except OSError as error:
        raise FileError(f"{path} can't be read: {error.strerror or error}") from error
    except Exception as error:  # as of `unpack`
        raise FileError(f"{path} is not a file that fnnet saved, or is damaged: {sentence(error)}") from error


def read(path: str | os.PathLike[str]) -> Contents:
    """The header and the arrays of a file. Raises FileError when it can't be read or isn't exactly what was written."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise FileError(f"{path} is not a file")
        return unpack(Path(path).read_bytes())
    except OSError as error:
        raise FileError(f"{path} can't be read: {error.strerror or error}") from error
    except MemoryError as error:
        raise FileError(f"{path} can't be read: it is larger than the memory") from error
    except FileError:
        raise
    except ValueError as error:
        raise FileError(f"{path} {sentence(error)}") from error


def write(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file whole or not at all: beside it under a name of its own, flushed to the disk, then renamed over it.

    Raises FileError when it can't be written; what stood there before then stands there still.
    """
    path = Path(path)
    part = path.with_name(f".{_shortened(path.name)}.{os.getpid()}.part")
    try:
        try:
            _flushed(part, data)
            os.replace(part, path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        _flush_folder(path.parent)
    except OSError as error:
        raise FileError(f"{path} can't be written: {error.strerror or error}") from error


def _shortened(name: str) -> str:
    """So much of a name that there is room for more: file systems have names of up to 255 bytes."""
    return os.fsdecode(os.fsencode(name)[:200])


def _flushed(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    """Flush the renaming too, on systems that open folders."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
