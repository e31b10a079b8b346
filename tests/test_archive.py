"""Files that are whole or refused: what was packed comes back, and all other bytes are refused in one sentence.

The helpers that damage, seal and measure files serve `test_saving.py` and `test_fuzz.py` too.
"""

import errno
import hashlib
import io
import json
import os
import pickle
import struct
import subprocess
import sys
import textwrap
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes
from hypothesis.extra.numpy import arrays as drawn
from strategies import normal

from fnnet import Affine, freeze
from fnnet.datasets import digest, xor
from fnnet.runs import Run, Source, archive, load_run
from fnnet.runs.archive import DIGEST, FORMAT, HEADER, MARK, FileError, is_archive, pack, read, unpack, write
from fnnet.runs.build import experiment
from fnnet.runs.recipe import Recipe
from fnnet.runs.saving import load, packed

READERS = {"load": load, "load_run": load_run}
each_reader = pytest.mark.parametrize("how", READERS.values(), ids=READERS)

# --- what the tests of files share -----------------------------------------------------------------------------------


def complaint(path: Any, error: BaseException) -> str | None:
    """What is wrong with an error as the refusal of a file: it must be one sentence that begins with the path."""
    said = str(error)
    if type(error) is not FileError:
        return f"{type(error).__name__}: {said[:200]}"
    if not said.startswith(str(path)) or len(said.splitlines()) != 1 or len(said) > len(str(path)) + 600:
        return f"not one sentence that begins with the path: {said[:300]!r}"
    return None


def refused(path: Any, how: Callable[[Any], Any] = load) -> str:
    """The one sentence with which a file is refused."""
    with pytest.raises(FileError) as caught:
        how(path)
    assert complaint(path, caught.value) is None
    return str(caught.value)


def sealed(content: bytes) -> bytes:
    """The bytes of a zip without a comment, with the right digest as its comment: a file made to deceive."""
    body = content[:-2] + struct.pack("<H", len(MARK) + DIGEST) + MARK
    return body + hashlib.sha256(body).hexdigest().encode()


def zipped(members: Iterable[tuple[str, bytes]], sizes: dict[str, tuple[int, ...]] | None = None) -> bytes:
    """A zip of these members as they are; ``sizes`` are the method, size and full size that it claims for some."""
    body, directory, count = b"", b"", 0
    for count, (name, data) in enumerate(members, 1):  # noqa: B007  # how many there are
        method, size, full = (sizes or {}).get(name, (0, len(data), len(data)))
        fields = struct.pack("<5H3I2H", 20, 0, method, 0, 33, zlib.crc32(data), size, full, len(name), 0)
        directory += b"PK\1\2" + struct.pack("<H", 20) + fields + struct.pack("<3H2I", 0, 0, 0, 0, len(body))
        directory += name.encode()
        body += b"PK\3\4" + fields + name.encode() + data
    return body + directory + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(directory), len(body), 0)


def peak(work: Callable[[], Any]) -> int:
    """How many bytes are taken at once, at most, while something is done."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def worth(data: bytes) -> int:
    """How many bytes may be taken for a file of these bytes."""
    return 20 * len(data) + 2_000_000


@cache
def small_run(**settings: Any) -> Run:
    """A run of exclusive or with two hidden units, at its last state."""
    made = experiment(Recipe(**{"hidden": (2,), "epochs": 2, "dtype": "float64"} | settings), xor())
    *_, last = made.states()
    source = Source("xor", None, digest(xor()))
    return Run(made.recipe, source, (2,), xor().classes, threads=1, start=None, net=None).at(last)


# --- laws ------------------------------------------------------------------------------------------------------------

words = st.text("abcWb0123.", min_size=1, max_size=8)
plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
headers = st.dictionaries(
    st.text(max_size=5).filter(lambda name: name not in ("format", "members")),
    st.recursive(plain, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner), max_leaves=5),
    max_size=3,
)


@st.composite
def some_array(draw: Any) -> Any:
    """An array of numbers of any dtype, in the order of C, of Fortran, or cut out of another; it may be empty."""
    dtype = draw(st.sampled_from(["<f4", "<f8", ">f8", "f2", "c16", "i4", ">i2", "u1", "?"]))
    a = draw(drawn(dtype, array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)))
    order = draw(st.sampled_from(["C", "F", "every other"]))
    return freeze(a[..., ::2] if order == "every other" and a.ndim else np.array(a, order=order[0] if a.ndim else "C"))


contents = st.tuples(headers, st.dictionaries(words, some_array(), max_size=3))


@given(contents)
def test_what_was_packed_comes_back(made: Any) -> None:
    """The header and the arrays are unpacked as they were packed: dtype, shape, every bit, and the order in memory."""
    header, arrays = unpack(pack(*made))
    assert header == made[0]
    assert list(arrays) == list(made[1])
    for name, a in made[1].items():
        b = arrays[name]
        assert (b.dtype, b.shape, b.tobytes()) == (a.dtype, a.shape, a.tobytes())
        assert b.flags.f_contiguous >= a.flags.f_contiguous


@given(contents)
def test_what_was_unpacked_is_readonly_and_aligned(made: Any) -> None:
    """An array that was unpacked can't be written to, stands where its processor likes it, and owns its memory."""
    for a in unpack(pack(*made))[1].values():
        assert not a.flags.writeable
        assert a.flags.aligned
        assert a.base is None


@given(contents)
def test_numpy_reads_the_file_too(made: Any) -> None:
    """`np.load` finds the arrays in the file by their names, without pickle."""
    with np.load(io.BytesIO(pack(*made)), allow_pickle=False) as file:
        assert sorted(file.files) == sorted([HEADER, *made[1]])
        for name, a in made[1].items():
            assert file[name].dtype == a.dtype
            assert np.array_equal(file[name], a, equal_nan=a.dtype.kind in "fc")


@given(contents)
def test_the_same_contents_give_the_same_bytes(made: Any) -> None:
    """Packing twice, on two days, from arrays elsewhere in memory, gives the same bytes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time", lambda: 2e9)
        assert pack(*made) == pack(made[0], {name: a.copy("K") for name, a in made[1].items()})
    assert pack(*unpack(pack(*made))) == pack(*made)


def test_a_number_that_json_lacks_is_not_packed() -> None:
    """A header with NaN in it is refused with ValueError, since other readers of JSON would stumble."""
    with pytest.raises(ValueError, match="JSON"):
        pack({"loss": float("nan")}, {})


# --- damage ----------------------------------------------------------------------------------------------------------


def damages(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Every bit flipped, every byte changed to others, every truncation, and some bytes too many."""
    made = bytearray(data)
    for i, byte in enumerate(data):
        for other in {*(byte ^ 1 << bit for bit in range(8)), byte ^ 255, 0, 32, (byte + 1) % 256} - {byte}:
            made[i] = other
            yield f"byte {i}: {byte} became {other}", bytes(made)
        made[i] = byte
        yield f"only {i} bytes", data[:i]
        yield f"the first {i} bytes lost", data[i + 1 :]
        yield f"byte {i} lost", data[:i] + data[i + 1 :]
    for more in (b"\0", b"\n", b"0" * DIGEST, data, MARK + b"0" * DIGEST, data[-DIGEST:]):
        yield f"{len(more)} bytes more", data + more
        yield f"{len(more)} bytes before", more + data


@pytest.mark.parametrize("of", ["a network", "a run", "a state"])
def test_every_damage_is_refused(tmp_path: Path, of: str) -> None:
    """No bit can be flipped, no byte changed, lost or added, but the file is refused in one sentence."""
    run = small_run()
    data = {"a network": packed(run.net), "a run": run.packed(run.net), "a state": run.packed(run.state)}[of]
    found, path = [], tmp_path / "file.npz"
    for number, (name, damaged) in enumerate(damages(data)):
        found += [f"{name}: {wrong}" for wrong in [unpacking(damaged)] if wrong]
        if number % 97 == 0:
            path.write_bytes(damaged)
            found += [f"{name}, by {how}: {wrong}" for how in READERS for wrong in [reading(path, how)] if wrong]
    assert number > 12 * len(data)
    assert found == []


def unpacking(data: bytes) -> str | None:
    """What is wrong with how these bytes are refused."""
    try:
        unpack(data)
    except ValueError as error:
        return None if str(error).startswith("is ") and len(str(error).splitlines()) == 1 else repr(error)
    except Exception as error:
        return repr(error)
    return "it was read"


def reading(path: Path, how: str) -> str | None:
    """What is wrong with how this file is refused."""
    try:
        READERS[how](path)
    except Exception as error:
        return complaint(path, error)
    return "it was read"


# --- files that were made to deceive, with the right digest ----------------------------------------------------------


def npy(about: str, body: bytes, version: tuple[int, int] = (1, 0)) -> bytes:
    """An `.npy` file with this header, whatever it says, and these bytes after it."""
    length = struct.pack("<H" if version == (1, 0) else "<I", len(about))
    return b"\x93NUMPY" + bytes(version) + length + about.encode() + body


def about(shape: str, dtype: str = "'<f8'") -> str:
    """The header of an `.npy` file."""
    return f"{{'descr': {dtype}, 'fortran_order': False, 'shape': {shape}}}\n"


def header(**changes: Any) -> bytes:
    """The header of a file with one Affine layer in it, W and b."""
    tree = {"class": "Affine", "settings": {}, "parts": {}}
    return json.dumps({"format": FORMAT, "members": ["W", "b"], "tree": tree} | changes).encode()


ONE = np.float64(1.0).tobytes()
GOOD = {HEADER: header(), "W.npy": npy(about("(1, 1)"), ONE), "b.npy": npy(about("(1,)"), ONE)}


def file(w: bytes = GOOD["W.npy"], head: bytes = GOOD[HEADER], more: Iterable[tuple[str, bytes]] = ()) -> bytes:
    """A file with one Affine layer in it and the right digest, with some of its members changed."""
    return sealed(zipped([(HEADER, head), ("W.npy", w), ("b.npy", GOOD["b.npy"]), *more]))


def test_the_files_of_these_tests_are_read() -> None:
    """Without the change that is to be refused, the file that the tests below make by hand is read."""
    assert unpack(file())[1] == {"W": 1.0, "b": 1.0}


class Trap:
    """An object whose pickle makes a file when it is opened."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return open, (str(self.path), "w")


PICKLES: dict[str, Callable[[bytes], bytes]] = {
    "itself": lambda pickled: pickled,
    "with a digest": lambda pickled: sealed(pickled + b"\0\0"),
    "as an array": lambda pickled: file(npy(about("(1,)", "'|O'"), pickled)),
    "as a plain member": lambda pickled: file(pickled),
    "as the header": lambda pickled: file(head=pickled),
    "as an array that says it is numbers": lambda pickled: file(npy(about("(1, 1)"), pickled)),
}


@each_reader
@pytest.mark.parametrize("name", PICKLES)
def test_no_pickle_is_opened(tmp_path: Path, name: str, how: Any) -> None:
    """A pickle, in whatever disguise, is refused, and the file that it would make is not made."""
    path, made = tmp_path / "file.npz", tmp_path / "made"
    pickled = pickle.dumps(Trap(made))
    pickle.loads(pickled).close()
    made.unlink()  # the trap springs: so it would be seen
    path.write_bytes(PICKLES[name](pickled))
    refused(path, how)
    assert not made.exists()


def flags(data: bytes) -> bytes:
    """The zip whose members say that they are encrypted."""
    return data.replace(b"PK\1\2\x14\0\x14\0\0\0", b"PK\1\2\x14\0\x14\0\1\0")


DECEPTIONS: dict[str, tuple[bytes, str]] = {
    "a later format": (file(head=header(format=FORMAT + 1)), "has format 2, .* a newer fnnet wrote it"),
    "no format": (file(head=b'{"members": []}'), "format"),
    "a format of two lines": (file(head=header(format="1\n2")), "."),
    "a format of a million letters": (file(head=header(format="1" * 1_000_000)), "."),
    "no members": (file(head=b'{"format": 1}'), "members"),
    "members that are no list": (file(head=header(members=5)), "not a file that fnnet saved"),
    "members that are no names": (file(head=header(members=[1, None])), "other members than its header says"),
    "a list as its header": (file(head=b"[]"), "not a file that fnnet saved"),
    "a number as its header": (file(head=b"1"), "not a file that fnnet saved"),
    "an empty header": (file(head=b""), "."),
    "half a header": (file(head=header()[:30]), "."),
    "a header that is no text": (file(head=b'{"format": "\xff\xfe"}'), "."),
    "a header nested too deeply": (file(head=b"[" * 100_000), "."),
    "a tree nested too deeply": (file(head=header(tree=0).replace(b"0}", b"[" * 10**5 + b"]" * 10**5 + b"}")), "."),
    "a number of ten thousand digits": (file(head=header(tree=0).replace(b"0}", b"9" * 10_000 + b"}")), "."),
    "a member too many": (file(more=[("c.npy", ONE)]), "other members than its header says"),
    "a member too few": (file(head=header(members=["W", "b", "c"])), "other members than its header says"),
    "another order": (file(head=header(members=["b", "W"])), "other members than its header says"),
    "a member twice": (file(more=[("W.npy", GOOD["W.npy"])]), "other members than its header says"),
    "a member that is said to be there twice": (
        file(head=header(members=["W", "b", "W"]), more=[("W.npy", GOOD["W.npy"])]),
        ".",
    ),
    "two headers": (file(more=[(HEADER, header())]), "."),
    "no header": (sealed(zipped([("W.npy", GOOD["W.npy"])])), "header.json"),
    "nothing": (sealed(zipped([])), "header.json"),
    "no zip": (sealed(b"no zip at all" * 9), "not a file that fnnet saved"),
    "the digest alone": (sealed(b"\0\0"), "not a file that fnnet saved"),
    "members said to be encrypted": (sealed(flags(zipped(GOOD.items()))), "must be plain"),
    "a wrong checksum": (sealed(zipped(GOOD.items()).replace(ONE, b"\0" * 8, 1)), "CRC"),
    "two names for a member": (sealed(zipped(GOOD.items()).replace(b"W.npy", b"V.npy", 1)), "."),
    "no array": (file(b"junk"), "."),
    "an array of nothing": (file(b""), "."),
    "version 2 of .npy": (file(npy(about("(1, 1)"), ONE, (2, 0))), "another version of .npy than 1.0"),
    "version 3 of .npy": (file(npy(about("(1, 1)"), ONE, (3, 0))), "another version of .npy than 1.0"),
    "lengths below zero": (file(npy(about("(-1, -4)"), ONE * 4)), r"W of float64 and \(-1, -4\)"),
    "one length below zero": (file(npy(about("(-1,)"), ONE)), "not numbers in an array"),
    "10 ** 12 numbers": (file(npy(about(f"({10**12},)"), ONE)), "not so many numbers"),
    "nothing of 10 ** 30": (file(npy(about(f"(0, {10**30})"), b"")), "."),
    "too few numbers": (file(npy(about("(1, 2)"), ONE)), "not so many numbers"),
    "too many numbers": (file(npy(about("(1, 1)"), ONE * 2)), "not so many numbers"),
    "seventy axes": (file(npy(about(str((1,) * 70)), ONE)), "."),
    "a length that is no number": (file(npy(about("(1.5,)"), ONE)), "."),
    "a length that is a truth": (file(npy(about("(True,)"), ONE)), "."),
    "a shape that is no shape": (file(npy(about("5"), ONE)), "."),
    "a record": (file(npy(about("(1,)", "[('a', '<f8')]"), ONE)), "not numbers in an array"),
    "an array in an array": (file(npy(about("(1,)", "('<f8', (1,))"), ONE)), "not numbers in an array"),
    "objects": (file(npy(about("(1,)", "'|O'"), ONE)), "W of object .* not numbers in an array"),
    "text": (file(npy(about("(1,)", "'<U1'"), "1".encode("utf-32-le"))), "not numbers in an array"),
    "bytes": (file(npy(about("(8,)", "'|S1'"), b"12345678")), "not numbers in an array"),
    "dates": (file(npy(about("(1, 1)", "'<M8[D]'"), ONE)), "not numbers in an array"),
    "spans of time": (file(npy(about("(1, 1)", "'<m8[s]'"), ONE)), "not numbers in an array"),
    "bytes without a meaning": (file(npy(about("(1,)", "'|V8'"), ONE)), "not numbers in an array"),
    "a type that is none": (file(npy(about("(1,)", "'<f3'"), ONE)), "."),
    "a call for a type": (file(npy(about("(1,)", "__import__('os')"), ONE)), "."),
    "a dictionary too many": (file(npy("{'descr': '<f8', 'more': 1}\n", ONE)), "."),
    "a header that is not closed": (file(npy("(" * 5_000 + "\n", ONE)), "."),
    "a header of signs": (file(npy("-" * 9_000 + "1\n", ONE)), "."),
    "a header of spaces": (file(npy(about("(1, 1)" + " " * 20_000), ONE)), "."),
    "a header longer than the file": (file(b"\x93NUMPY\1\0\xff\xff{}"), "."),
}


@pytest.mark.parametrize("name", DECEPTIONS)
def test_deceptions_are_refused(tmp_path: Path, name: str) -> None:
    """A file that was made to deceive, with the right digest, is refused in one sentence that says why."""
    path, (data, said) = tmp_path / "file.npz", DECEPTIONS[name]
    path.write_bytes(data)
    refused(path, read)
    refused(path, load)
    with pytest.raises(ValueError, match=said):
        unpack(data)


@pytest.mark.parametrize("name", ["../../evil", "/tmp/evil", "..", "", ".", "C:\\evil", "a\\..\\..\\evil", "\0evil"])
def test_no_name_of_a_member_leads_out_of_the_file(tmp_path: Path, name: str) -> None:
    """A member that is called as a path elsewhere is refused, and nothing is made anywhere."""
    path = tmp_path / "a" / "b" / "file.npz"
    path.parent.mkdir(parents=True)
    path.write_bytes(file(head=header(members=["W", "b", name]), more=[(f"{name}.npy", GOOD["W.npy"])]))
    before = sorted(tmp_path.rglob("*"))
    refused(path)
    assert sorted(tmp_path.rglob("*")) == before
    assert not Path("/tmp/evil.npy").exists()


@cache
def deflated(size: int) -> bytes:
    """So many zero bytes, deflated a million at a time."""
    squeeze = zlib.compressobj(9, wbits=-15)
    million = squeeze.compress(bytes(1_000_000)) + squeeze.flush(zlib.Z_FULL_FLUSH)
    return million * (size // 1_000_000) + squeeze.flush()


def overlapping(times: int) -> bytes:
    """A zip one of whose members is there many times, as one and the same hundred thousand bytes."""
    data = zipped([(HEADER, header(members=["W"] * times)), ("W.npy", npy(about("(12500,)"), ONE * 12_500))])
    entry = data[data.rindex(b"PK\1\2") : -22]
    start, count = data.index(b"PK\1\2"), times + 1
    size = len(data) - 22 - start + len(entry) * (times - 1)
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, size, start, 0)
    return data[:-22] + entry * (times - 1) + end


def bomb(method: int, size: int | None, full: int) -> bytes:
    """A file with a gigabyte of zeros, deflated, that says of it what is told here."""
    big = deflated(10**9)
    members = [(HEADER, header()), ("W.npy", big), ("b.npy", GOOD["b.npy"])]
    return sealed(zipped(members, {"W.npy": (method, len(big) if size is None else size, full)}))


CLAIM = npy(about("(125000000,)"), ONE)

#: Files that say they hold a gigabyte, or would unfold to one.
BOMBS: dict[str, Callable[[], bytes]] = {
    "deflated": lambda: bomb(8, None, 10**9),
    "deflated, and says it is small": lambda: bomb(8, None, 100),
    "deflated, and says it is plain": lambda: bomb(0, None, 10**9),
    "plain, and says it is large": lambda: bomb(0, 10**9, 10**9),
    "packed by another method": lambda: bomb(14, None, 10**9),
    "a deflated header": lambda: sealed(zipped([(HEADER, deflated(10**9))], {HEADER: (8, 10**6, 10**9)})),
    "overlapping": lambda: sealed(overlapping(3_000)),
    "a claim": lambda: file(CLAIM),
    "a claim by columns": lambda: file(CLAIM.replace(b"False", b"True ")),
    "a claim of single bytes": lambda: file(npy(about(f"({10**12},)", "'|u1'"), ONE)),
    "a thousand members": lambda: sealed(zipped((f"{i}.npy", b"") for i in range(1_000))),
}


@pytest.mark.parametrize("name", BOMBS)
def test_no_more_memory_is_taken_than_the_file_is_worth(tmp_path: Path, name: str) -> None:
    """A file that says it holds a gigabyte, or would unfold to one, is refused without taking it."""
    path, data = tmp_path / "file.npz", BOMBS[name]()
    path.write_bytes(data)
    assert len(data) < 2_000_000
    assert peak(lambda: refused(path)) < worth(data)


def test_the_bombs_would_unfold() -> None:
    """What the tests above deflate unfolds to as many zeros as were asked for, from a thousandth of the bytes."""
    assert zlib.decompress(deflated(10**7), -15) == bytes(10**7)
    assert len(deflated(10**9)) < 1_100_000


# --- special files ---------------------------------------------------------------------------------------------------


@each_reader
def test_what_is_no_file_is_refused(tmp_path: Path, how: Any) -> None:
    """A missing path, a folder, a path through a file, a name too long and a broken link are refused by name."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "plain").write_text("1,2\n")
    (tmp_path / "link").symlink_to(tmp_path / "missing")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for name in ("missing", "folder", "plain", "plain/file.npz", "link", "loop", "n" * 300, "nul\0"):
        refused(tmp_path / name, how)


@contextmanager
def nobody() -> Iterator[None]:
    """Without the right of root to read everything."""
    root = hasattr(os, "seteuid") and os.geteuid() == 0
    try:
        if root:
            os.seteuid(65534)
    except OSError:
        pytest.skip("root can't become another user here, and may read everything")
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@each_reader
def test_an_unreadable_file_is_refused(how: Any) -> None:
    """A file without the right to read it, and one in a folder without the right to enter, are refused."""
    if not hasattr(os, "geteuid"):
        pytest.skip("rights are others here")
    with TemporaryDirectory() as folder:  # not tmp_path, which root alone may enter
        Path(folder).chmod(0o755)
        path = Path(folder, "inner", "file.npz")
        path.parent.mkdir()
        path.write_bytes(file())
        for closed in (path, path.parent):
            closed.chmod(0)
            try:
                with nobody():
                    said = refused(path, how)
            finally:
                closed.chmod(0o755)
            assert "Permission denied" in said


@each_reader
def test_a_device_is_refused(how: Any) -> None:
    """A device that never ends is refused before it is read."""
    if not Path("/dev/zero").exists():
        pytest.skip("there is no /dev/zero")
    assert "/dev/zero is not a file" in refused("/dev/zero", how)


@pytest.mark.parametrize("how", [*READERS.values(), is_archive], ids=[*READERS, "is_archive"])
def test_a_pipe_is_refused(tmp_path: Path, how: Any) -> None:
    """A pipe into which nobody writes is refused, and not waited for."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("there are no named pipes")
    path, found = tmp_path / "pipe", []
    os.mkfifo(path)
    reader = threading.Thread(target=lambda: found.append(outcome(how, path)), daemon=True)
    reader.start()
    reader.join(5)
    waits = reader.is_alive()
    if waits:
        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))  # so that the thread ends
        reader.join()
    assert not waits
    assert found == [False if how is is_archive else f"{path} is not a file"]


def outcome(how: Any, path: Path) -> Any:
    """What is returned, or the text of the error."""
    try:
        return how(path)
    except FileError as error:
        return str(error)


def test_a_file_larger_than_the_memory_is_refused(tmp_path: Path) -> None:
    """A file of a terabyte, none of which is on the disk, is refused in one sentence."""
    pytest.importorskip("resource")
    path = tmp_path / "large.npz"
    try:
        with path.open("wb") as sparse:
            sparse.truncate(2**40)
    except OSError:
        pytest.skip("files can't have holes here")
    script = """
        import resource, sys
        resource.setrlimit(resource.RLIMIT_AS, (4 * 2**30, 4 * 2**30))
        from fnnet.runs.archive import FileError, read
        try:
            read(sys.argv[1])
        except FileError as error:
            print(error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(path)],
        capture_output=True, text=True, env=os.environ | {"OPENBLAS_NUM_THREADS": "1"}, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout.startswith(f"{path} ")
    assert len(done.stdout.splitlines()) == 1


def test_is_archive(tmp_path: Path) -> None:
    """What `pack` made is an archive, also when it is damaged in the middle; what does not end as it ends is none."""
    data = file()
    files = {"whole": data, "damaged": data[:50] + b"!" + data[51:], "cut": data[:-1], "short": b"1", "none": b""}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        assert is_archive(tmp_path / name) is (name in ("whole", "damaged"))
    assert not is_archive(tmp_path / "missing")
    assert not is_archive(tmp_path)


# --- writing ---------------------------------------------------------------------------------------------------------


def fails(error: BaseException) -> Callable[..., Any]:
    """A function that raises."""

    def raises(*_: Any, **__: Any) -> Any:
        raise error

    return raises


FAILURES: dict[str, tuple[str, BaseException]] = {
    "a full disk": ("fsync", OSError(errno.ENOSPC, "No space left on device")),
    "no right to rename": ("replace", PermissionError(errno.EACCES, "Permission denied")),
    "Ctrl-C": ("fsync", KeyboardInterrupt()),
    "Ctrl-C at the end": ("replace", KeyboardInterrupt()),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """When writing fails, the old file stands as it was, and nothing else is left in the folder."""
    path = tmp_path / "file.npz"
    write(path, b"old")
    where, error = FAILURES[name]
    monkeypatch.setattr(archive.os, where, fails(error))
    expected = FileError if isinstance(error, OSError) else KeyboardInterrupt
    with pytest.raises(expected) as caught:
        write(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    if isinstance(error, OSError):
        assert str(caught.value) == f"{path} can't be written: {error.strerror}"


def test_a_file_is_written_over_another(tmp_path: Path) -> None:
    """What was written stands there alone, in the place of what stood there before."""
    path = tmp_path / "file.npz"
    for data in (b"first", b"second"):
        write(path, data)
        assert path.read_bytes() == data
        assert list(tmp_path.iterdir()) == [path]


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    """Writing into a folder that is missing, over a folder, or through a file is refused by name."""
    (tmp_path / "folder" / "inner").mkdir(parents=True)
    (tmp_path / "plain").write_bytes(b"old")
    for name in ("missing/file.npz", "folder", "plain/file.npz", "n" * 300):
        with pytest.raises(FileError, match="can't be written") as caught:
            write(tmp_path / name, b"new")
        assert complaint(tmp_path / name, caught.value) is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "plain"]


def test_a_saved_network_is_a_file_of_numpys(tmp_path: Path) -> None:
    """A file read by plain `np.load` has the arrays of the network by their paths."""
    net = (Affine(normal(0, 3, 2), normal(1, 2)),)
    write(tmp_path / "net.npz", packed(net))
    with np.load(tmp_path / "net.npz") as file:
        assert np.array_equal(file["0.W"], net[0].W)
        assert np.array_equal(file["0.b"], net[0].b)
