"""Hostile pictures: what is small and says, or is, something large, slow or of another kind."""

import io
import struct
import zlib
from functools import cache

from hostile import Files
from test_archive import deflated

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    """A chunk of a PNG, with the right checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, depth: int = 8, color: int = 0, rows: bytes = b"", more: bytes = b"") -> bytes:
    """A PNG of these deflated rows, with more chunks in front of them."""
    header = struct.pack(">2I5B", width, height, depth, color, 0, 0, 0)
    return SIGNATURE + chunk(b"IHDR", header) + more + chunk(b"IDAT", rows) + chunk(b"IEND")


@cache
def zeros(size: int) -> bytes:
    """So many zero bytes, deflated."""
    squeeze = zlib.compressobj(9)
    return b"".join([*(squeeze.compress(bytes(10**6)) for _ in range(size // 10**6 + 1)), squeeze.flush()])


def full(side: int, depth: int, color: int, width: int) -> bytes:
    """A square PNG whose pixels are all there, so many bytes each, in a thousandth of their size."""
    return png(side, side, depth, color, zeros(side * (side * width + 1)))


def tiff(*entries: tuple[int, int, int, int], after: int = 0) -> bytes:
    """A TIFF with one directory of these entries, and the place of the next."""
    body = b"".join(struct.pack("<HHII", *entry) for entry in sorted(entries))
    return struct.pack("<2sHIH", b"II", 42, 8, len(entries)) + body + struct.pack("<I", after)


def gray_tiff(width: int, height: int, strips: int = 1, bits: int = 8, kind: int = 1, after: int = 0) -> bytes:
    """A TIFF in gray that says it has so many strips."""
    shape = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, bits), (259, 3, 1, 1), (262, 3, 1, 1)]
    data = [(273, 4, strips, 8), (277, 3, 1, 1), (278, 4, 1, height), (279, 4, strips, 8), (339, 3, 1, kind)]
    return tiff(*shape, *data, after=after) + bytes(64)


def gif(width: int, height: int, data: bytes = b"\x02\x02\x4c\x01\x00") -> bytes:
    """A GIF with one picture of one pixel on a canvas of this size."""
    head = b"GIF89a" + struct.pack("<2H3B", width, height, 0x80, 0, 0) + bytes(6)
    return head + b"," + struct.pack("<4HB", 0, 0, width, height, 0) + data + b";"


def bmp(width: int, height: int, size: int = 40, bits: int = 8, packing: int = 0) -> bytes:
    """A BMP that says this of itself."""
    return struct.pack("<2sIHHIIiiHH6I", b"BM", 99, 0, 0, 54, size, width, height, 1, bits, packing, *[0] * 5) + bytes(
        99
    )


def scans() -> bytes:
    """A JPEG that goes over its many pixels a thousand times more, with a few bytes each time."""
    from PIL import Image

    file = io.BytesIO()
    Image.new("L", (4_000, 4_000)).save(file, "JPEG", progressive=True)
    data = file.getvalue()
    return data[:-2] + data[data.rindex(b"\xff\xda") : -2] * 2_000 + data[-2:]


TEXT = zlib.compress(b"x" * 10**8, 9)
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n(%pipe%mkdir evil) (w) file\n%%EOF\n"

PICTURES: Files = {
    "nothing": lambda: b"",
    "a signature": lambda: SIGNATURE,
    "no pixels": lambda: png(0, 5),
    "four billion pixels": lambda: png(65_535, 65_535),
    "two billion a side": lambda: png(2**31 - 1, 2**31 - 1, rows=zeros(1)),
    "a bomb in gray": lambda: full(9_400, 8, 0, 1),
    "a bomb in color": lambda: full(9_400, 8, 6, 4),
    "a bomb in deep gray": lambda: full(9_400, 16, 0, 2),
    "a long strip": lambda: png(89_000_000, 1, rows=zeros(89_000_001)),
    "a wide strip": lambda: png(1, 89_000_000, 8, 0, zeros(2 * 89_000_000)),
    "text that unpacks": lambda: png(9, 9, rows=zeros(90), more=chunk(b"zTXt", b"k\0\0" + TEXT)),
    "much text that unpacks": lambda: png(9, 9, rows=zeros(90), more=chunk(b"iTXt", b"k\0\1\0\0\0" + TEXT) * 50),
    "a profile that unpacks": lambda: png(9, 9, rows=zeros(90), more=chunk(b"iCCP", b"k\0\0" + TEXT)),
    "rows that unpack to more": lambda: png(9, 9, rows=b"\x78\x9c" + deflated(10**9)),
    "a million frames": lambda: png(9, 9, rows=zeros(90), more=chunk(b"acTL", struct.pack(">2I", 2**31 - 1, 0))),
    "a hundred thousand chunks": lambda: png(9, 9, rows=zeros(90), more=chunk(b"tEXt", b"k\0v") * 10**5),
    "a chunk of two gigabytes": lambda: SIGNATURE + b"\x7f\xff\xff\xffIHDR",
    "a palette that is missing": lambda: png(9, 9, 8, 3, zeros(90)),
    "a wrong checksum": lambda: png(9, 9, rows=zeros(90))[:-20] + b"junk" * 5,
    "a TIFF that leads to itself": lambda: gray_tiff(9, 9, after=8),
    "a TIFF of four billion strips": lambda: gray_tiff(9, 9, strips=2**32 - 1),
    "a TIFF of four billion pixels": lambda: gray_tiff(65_535, 65_535),
    "a TIFF of real numbers": lambda: gray_tiff(9_400, 9_400, bits=32, kind=3),
    "a TIFF of no lengths": lambda: tiff((256, 4, 0, 0), (257, 4, 0, 0)),
    "a GIF of a large canvas": lambda: gif(65_535, 65_535),
    "a GIF without an end": lambda: gif(9, 9, b"\x0b" + b"\xff" * 10**6),
    "a BMP from below": lambda: bmp(9, -(2**31)),
    "a BMP of a large header": lambda: bmp(9, 9, size=2**31 - 1),
    "a BMP in runs": lambda: bmp(9_000, 9_000, packing=1),
    "a PPM of large numbers": lambda: b"P6 " + b"9" * 5_000 + b" 9 255\n",
    "a PGM that is cut": lambda: b"P5 9400 9400 65535\n" + bytes(99),
    "a PBM of letters": lambda: b"P1 3000 3000\n" + b"01" * 10**6,
    "a PFM": lambda: b"Pf 9000 9000 -1.0\n" + bytes(99),
    "a JPEG of scans": scans,
    "a JPEG of marks": lambda: b"\xff\xd8" + b"\xff\xe1\0\x08Exif\0\0" * 10**5,
    "a WEBP": lambda: b"RIFF\xff\xff\xff\xffWEBPVP8X\x0a\0\0\0\x10\0\0\0\xff\xff\xff\xff\xff\xff",
    "an EPS": lambda: EPS,
    "a PDF": lambda: b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n%%EOF",
    "an SVG": lambda: b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><svg>&b;</svg>',
}
