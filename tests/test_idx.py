"""Reading IDX files: what was written comes back, and anything else is refused."""

import gzip
import struct
import tempfile
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from fnnet.datasets import DataError, read_idx
from fnnet.values.array import readonly

PACKERS = {"plain": bytes, "gzip": gzip.compress}
images_or_labels = arrays(np.uint8, st.one_of(*(array_shapes(min_dims=d, max_dims=d) for d in (1, 3))))


def idx_bytes(array: Any) -> bytes:
    """The array as the content of an IDX file."""
    return struct.pack(f">{1 + array.ndim}I", 0x0800 + array.ndim, *array.shape) + array.tobytes()


def read(content: bytes, ndim: int) -> Any:
    """What is read from a file with this content."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(content)
        return read_idx(path, ndim)


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
@given(array=images_or_labels)
def test_what_was_written_comes_back(pack: Any, array: Any) -> None:
    """An array written as IDX, plain or gzip, is read back the same."""
    back = read(pack(idx_bytes(array)), array.ndim)
    assert back.dtype == np.uint8
    assert np.array_equal(back, array)


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
@given(array=images_or_labels, where=st.floats(0, 1, exclude_max=True))
def test_truncation_is_refused(pack: Any, array: Any, where: float) -> None:
    """A file cut off at any length is refused."""
    content = pack(idx_bytes(array))
    with pytest.raises(DataError):
        read(content[: int(where * len(content))], array.ndim)


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
@given(array=images_or_labels, more=st.binary(min_size=1, max_size=3))
def test_more_than_the_header_says_is_refused(pack: Any, array: Any, more: bytes) -> None:
    """A file with more bytes than its header says is refused as too long."""
    with pytest.raises(DataError, match="too long"):
        read(pack(idx_bytes(array) + more), array.ndim)


@given(array=images_or_labels, at=st.integers(0), flip=st.integers(1, 255))
def test_damage_to_a_gzip_file_is_refused_or_harmless(array: Any, at: int, flip: int) -> None:
    """A gzip file with one changed byte is refused, unless the byte says nothing about the content."""
    content = bytearray(gzip.compress(idx_bytes(array)))
    content[at % len(content)] ^= flip
    try:
        back = read(bytes(content), array.ndim)
    except DataError:
        return
    assert np.array_equal(back, array)


def test_nobody_can_write_to_what_was_read_and_it_is_kept_without_a_copy() -> None:
    """The array that was read is read-only through to its bytes, so that a record keeps it as it is."""
    array = read(idx_bytes(np.zeros((2, 3, 3), np.uint8)), 3)
    assert readonly(array) is array


BAD = {
    "nothing": (b"", 1, "truncated"),
    "half a header": (b"\0\0\x08\x03\0\0", 3, "truncated: an IDX header has 16 bytes, got 6"),
    "labels as images": (idx_bytes(np.zeros(20, np.uint8)), 3, "must begin with 0x00000803 .* got 0x00000801"),
    "images as labels": (idx_bytes(np.zeros((2, 2, 2), np.uint8)), 1, "must begin with 0x00000801 .* got 0x00000803"),
    "another type": (b"\0\0\x0d\x01\0\0\0\x01" + bytes(4), 1, "got 0x00000d01"),
    "no rows": (struct.pack(">2I", 0x0801, 0), 1, "nothing or more"),
    "no pixels": (struct.pack(">4I", 0x0803, 5, 0, 28), 3, "nothing or more"),
    "an absurd shape": (struct.pack(">4I", 0x0803, *[2**32 - 1] * 3), 3, "more than 1 GiB"),
    "too large a count": (struct.pack(">2I", 0x0801, 2**30) + b"\1", 1, "truncated: shape"),
    "text after gzip": (gzip.compress(idx_bytes(np.ones(2, np.uint8))) + b"junk", 1, "4 bytes follow"),
    "no gzip at all": (b"\x1f\x8b" + b"\0" * 20, 1, "damaged gzip"),
    "a wrong checksum": (gzip.compress(idx_bytes(np.ones(2, np.uint8)))[:-8] + bytes(8), 1, "damaged gzip"),
}


@pytest.mark.parametrize(("content", "ndim", "message"), BAD.values(), ids=BAD)
def test_bad_files_are_refused(content: bytes, ndim: int, message: str) -> None:
    """A file that is not IDX of this kind is refused, and the error says why and in which file."""
    with pytest.raises(DataError, match=f"file.*{message}"):
        read(content, ndim)


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
@pytest.mark.parametrize("count", [1, 2**30], ids=["bomb", "claim"])
def test_no_more_memory_is_taken_than_the_file_is_worth(tmp_path: Path, pack: Any, count: int) -> None:
    """Neither bytes beyond the header's claim nor a claim beyond the bytes take memory."""
    zeros = 20_000_000 if count == 1 else 20
    (tmp_path / "file").write_bytes(pack(struct.pack(">2I", 0x0801, count) + bytes(zeros)))
    tracemalloc.start()
    try:
        with pytest.raises(DataError):
            read_idx(tmp_path / "file", 1)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """A missing file and a folder are refused with the system's reason."""
    with pytest.raises(DataError, match="No such file"):
        read_idx(tmp_path / "missing", 1)
    with pytest.raises(DataError, match="directory"):
        read_idx(tmp_path, 1)
