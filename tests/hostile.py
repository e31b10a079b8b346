"""A corpus of hostile files, a table for each reader: how each file is made, by its name."""

import gzip
import io
import os
import pickle
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from test_archive import deflated
from test_archive import zipped as claiming

Files = Mapping[str, Callable[[], bytes]]

# Tables

ROWS = b"1,2,0\n3,4,1\n"

CSV: Files = {
    "nothing": lambda: b"",
    "zeros": lambda: bytes(10**6),
    "commas": lambda: b"," * 10**6,
    "empty lines": lambda: b"\n" * 10**6,
    "returns": lambda: b"\r" * 10**6,
    "a number of a million digits": lambda: ROWS + b"9" * 10**6 + b",1,0\n",
    "a label of a million digits": lambda: ROWS + b"1,1," + b"9" * 10**6 + b"\n",
    "an exponent": lambda: ROWS + b"1e999999999,1,0\n",
    "a fraction of a million digits": lambda: ROWS + b"0." + b"3" * 10**6 + b",1,0\n",
    "an open quote": lambda: ROWS + b'"' + b"1,2,0\n" * 10**5,
    "quotes": lambda: b'"' * 10**6,
    "UTF-16": lambda: ROWS.decode().encode("utf-16"),
    "UTF-32": lambda: ROWS.decode().encode("utf-32"),
    "Latin": lambda: b"gr\xf6\xdfe,kind\n1,2\n",
    "half a letter": lambda: ROWS + b"\xe2\x82",
    "a lone surrogate": lambda: ROWS + b"\xed\xa0\x80,1,0\n",
    "escape sequences": lambda: ROWS + b"\x1b[2J\x1b]0;evil\x07,1,0\n",
    "a cell of a million letters": lambda: ROWS + b"x" * 10**6 + b",1,0\n",
    "other digits": lambda: ROWS + "\u0661,\u0662,0\n".encode(),
    "other line ends": lambda: ROWS + "5,6,0\u20287,8,1\n9\x0b,1\x0c,0\n".encode(),
    "hexadecimal": lambda: ROWS + b"0x10,1,0\n",
    "a formula": lambda: ROWS + b"=cmd|' /C calc'!A0,1,0\n",
    "a hundred thousand columns": lambda: (b"1," * 10**5 + b"0\n") + (b"2," * 10**5 + b"1\n"),
    "a hundred thousand classes": lambda: b"".join(b"1,%d\n" % i for i in range(10**5)),
    "a long row at the end": lambda: ROWS * 10**4 + b"1," * 10**5,
    "a zip": lambda: zipped([("x.npy", b"")]),
}

# Arrays


def zipped(members: Any, method: int = zipfile.ZIP_STORED) -> bytes:
    """A zip of these names and bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as made:
        for name, data in members:
            made.writestr(name, data)
    return file.getvalue()


def npy(shape: str = "(2,)", descr: str = "'<f8'", data: bytes = bytes(16), version: int = 1) -> bytes:
    """An array that says of itself what is told here."""
    about = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}\n".encode()
    size = struct.pack("<H" if version == 1 else "<I", len(about))
    return b"\x93NUMPY" + bytes([version, 0]) + size + about + data


TWO = npy(data=struct.pack("<2d", 0, 1))


def arrays(x: bytes = npy("(2, 1)"), y: bytes = TWO, method: int = zipfile.ZIP_STORED) -> bytes:
    """A file of these two."""
    return zipped([("x.npy", x), ("y.npy", y)], method)


class Evil:
    """What leaves a file behind where it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("evil",)


def inflating(says: int | None) -> bytes:
    """A file with an array of two gigabytes of zeros, packed, that says it has so many bytes, or the truth."""
    head, full = npy(f"({10**9}, 2)", "'|u1'", b""), 2 * 10**9
    squeeze = zlib.compressobj(wbits=-15)
    packed = squeeze.compress(head) + squeeze.flush(zlib.Z_FULL_FLUSH) + deflated(full)
    sizes = {"x.npy": (8, len(packed), len(head) + full if says is None else says)}
    return claiming([("x.npy", packed), ("y.npy", TWO)], sizes)


def patched(data: bytes, old: bytes, new: bytes) -> bytes:
    """The bytes with one part exchanged for another."""
    assert old in data
    return data.replace(old, new)


def many() -> bytes:
    """A directory with sixty thousand names of one and the same member."""
    data = zipped([("x.npy", npy("(2, 1)"))])
    entry = data[data.index(b"PK\1\2") : -22]
    start = data.index(b"PK\1\2")
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 60_000, 60_000, len(entry) * 60_000, start, 0)
    return data[:start] + entry * 60_000 + end


NPZ: Files = {
    "nothing": lambda: b"",
    "pickles": lambda: pickle.dumps(Evil()),
    "objects": lambda: arrays(npy("(1,)", "'|O'", pickle.dumps(Evil()))),
    "two gigabytes": lambda: inflating(None),
    "two gigabytes that say they are few bytes": lambda: inflating(100),
    "a claim": lambda: arrays(npy(f"({10**12}, 1)")),
    "a claim of nothing": lambda: arrays(npy(f"({10**12}, 0)", data=b""), npy(f"({10**12},)", "'<U0'", b"")),
    "a claim of wide letters": lambda: arrays(npy("(2, 1)", "'<U500000000'")),
    "lengths below zero": lambda: arrays(npy("(-2, -1)")),
    "a length of many digits": lambda: arrays(npy(f"({'9' * 5000},)")),
    "sixty-five axes": lambda: arrays(npy(str((1,) * 65))),
    "a header of brackets": lambda: arrays(npy("(" * 9_000)),
    "a header of signs": lambda: arrays(npy("-" * 9_000 + "1")),
    "a header of a megabyte": lambda: arrays(npy("(2, 1)" + " " * 10**6, version=2)),
    "a call": lambda: arrays(npy("__import__('os').mkdir('evil')")),
    "a record": lambda: arrays(npy("(2,)", "[('a', '<f8')]")),
    "dates": lambda: arrays(npy("(2, 1)", "'<M8[D]'")),
    "complex numbers": lambda: arrays(npy("(1, 1)", "'<c16'")),
    "version 9": lambda: arrays(npy(version=9)),
    "a label without an axis": lambda: arrays(y=npy("()", data=bytes(8))),
    "encrypted": lambda: patched(arrays(), b"PK\1\2\x14\3\x14\0\0\0", b"PK\1\2\x14\3\x14\0\1\0"),
    "LZMA with a dictionary of 4 GiB": lambda: patched(
        arrays(method=zipfile.ZIP_LZMA), b"\x5d\0\0\x80\0", b"\x5d\xff\xff\xff\xff"
    ),
    "bzip2": lambda: arrays(npy("(10000000, 1)", "'|u1'", bytes(10**7)), method=zipfile.ZIP_BZIP2),
    "many members": many,
    "cut": lambda: arrays()[:-30],
    "names that lead out": lambda: zipped([("../x.npy", npy()), ("/tmp/y.npy", npy()), ("x", b""), ("y", b"")]),
}

# IDX


def idx(*shape: int, data: bytes = b"", magic: int | None = None) -> bytes:
    """A header with these lengths, and data."""
    return struct.pack(f">{1 + len(shape)}I", magic or 0x0800 + len(shape), *shape) + data


def squeezed() -> bytes:
    """A gigabyte of zeros as a gzip stream, begun by a header of images."""
    squeeze = zlib.compressobj(wbits=-15)
    head = squeeze.compress(idx(2, 2, 2)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    return b"\x1f\x8b\x08" + bytes(7) + head + deflated(10**9)


PACKED = gzip.compress(idx(1, 2, 2, data=bytes(4)))

IDX: Files = {
    "nothing": lambda: b"",
    "half a header": lambda: idx(1, 2, 2)[:6],
    "an absurd shape": lambda: idx(2**32 - 1, 2**32 - 1, 2**32 - 1),
    "a gibibyte": lambda: idx(2**10, 2**10, 2**10),
    "no images": lambda: idx(0, 28, 28),
    "other numbers": lambda: idx(1, 1, 1, data=bytes(4), magic=0x0D03),
    "more axes": lambda: idx(1, 1, 1, 1, data=b"1"),
    "more bytes": lambda: idx(1, 1, 1, data=bytes(10**6)),
    "a bomb": lambda: squeezed(),
    "a bomb that says it is large": lambda: gzip.compress(idx(2**10, 2**10, 2**10)),
    "gzip in gzip": lambda: gzip.compress(PACKED),
    "a name without an end": lambda: b"\x1f\x8b\x08\x08" + bytes(6) + b"n" * 10**6,
    "a field without an end": lambda: b"\x1f\x8b\x08\x04" + bytes(6) + b"\xff\xff",
    "another method": lambda: b"\x1f\x8b\x07" + PACKED[3:],
    "a wrong checksum": lambda: PACKED[:-8] + bytes(4) + PACKED[-4:],
    "a wrong length": lambda: PACKED[:-4] + b"\xff\xff\xff\xff",
    "two streams": lambda: PACKED * 2,
    "an end too many": lambda: PACKED + b"junk",
    "cut": lambda: PACKED[:-9],
}
