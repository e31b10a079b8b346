"""Fuzzing: whatever bytes come, they are read as what was written or refused in one sentence, and nothing else happens.

Every test has a short form, with the same examples each time, and one for `pytest -m long`, with new ones: as many as
the environment variable `FNNET_FUZZ` says, 5,000 unless told.
"""

import copy
import gzip
import json
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from test_archive import complaint, npy, peak, sealed, small_run, worth, zipped

from fnnet.datasets import DataError, read_idx
from fnnet.runs import Run, load_run
from fnnet.runs.archive import DIGEST, FileError, unpack
from fnnet.runs.saving import KNOWN
from fnnet.values import arrays

LONG = int(os.environ.get("FNNET_FUZZ", "5000"))
SLOW = list(HealthCheck)
BUDGETS = [
    pytest.param(settings(max_examples=150, suppress_health_check=SLOW), id="short"),
    pytest.param(
        settings(max_examples=LONG, derandomize=False, database=None, print_blob=True, suppress_health_check=SLOW),
        id="long",
        marks=pytest.mark.long,
    ),
]
each_budget = pytest.mark.parametrize("budget", BUDGETS)

# --- mutations of bytes ----------------------------------------------------------------------------------------------

MUTATIONS: dict[str, Callable[[bytes, int, int, bytes], bytes]] = {
    "flip a bit": lambda a, i, j, new: a[:i] + bytes(byte ^ 1 << j % 8 for byte in a[i : i + 1]) + a[i + 1 :],
    "overwrite": lambda a, i, j, new: a[:i] + new + a[i + len(new) :],
    "insert": lambda a, i, j, new: a[:i] + new + a[i:],
    "delete": lambda a, i, j, new: a[:i] + a[j:],
    "duplicate": lambda a, i, j, new: a[:j] + a[i:j] + a[j:],
    "move": lambda a, i, j, new: a[:i] + a[j:] + a[i:j],
    "blank": lambda a, i, j, new: a[:i] + bytes(j - i) + a[j:],
    "truncate": lambda a, i, j, new: a[:i],
    "cut the start": lambda a, i, j, new: a[j:],
}

#: Bytes at which readers stumble: the ends of the ranges of numbers, the marks of zip, gzip and `.npy`, and of text.
TELLING = [
    *(struct.pack(how, n) for n in (0, 1, 0x7F, 0xFF) for how in ("B", "<H", "<I", ">I")),
    *(struct.pack(how, n) for n in (2**31 - 1, 2**31, 2**32 - 1, 2**30) for how in ("<I", ">I")),
    *(b"PK\1\2", b"PK\3\4", b"PK\5\6", b"PK\6\6", b"PK\6\7", b"\x1f\x8b", b"\x93NUMPY", b"header.json", b"|O", b"<f8"),
    *(b"[", b"]", b"{", b"}", b'"', b"-", b"9" * 12, b"NaN", b"Infinity", b"null", b"\n", b"\\u0000", b"\xff", b"(1,)"),
    *(b"\x08", b"\x00\x00\x08\x01", b"\x00\x00\x08\x03", np.float64(np.nan).tobytes(), np.float64(np.inf).tobytes()),
]


@st.composite
def mutated(draw: Any, data: bytes) -> bytes:
    """The bytes after one to four mutations: mostly short ones, anywhere."""
    for _ in range(draw(st.integers(1, 4))):
        i = draw(st.integers(0, len(data)))
        j = min(len(data), i + draw(st.integers(0, 8) | st.integers(0, len(data))))
        new = draw(st.sampled_from(TELLING) | st.binary(min_size=1, max_size=4))
        data = MUTATIONS[draw(st.sampled_from(sorted(MUTATIONS)))](data, i, j, new)
    return data


# --- files of runs ---------------------------------------------------------------------------------------------------


@cache
def good_run() -> Run:
    """A run with two hidden units, and a bit of everything that a state can hold."""
    return small_run(dropout=0.2, batch_norm=True, validation=0.25, patience=3)


@cache
def good_file() -> bytes:
    """Its file."""
    run = good_run()
    return run.packed(run.state)


@cache
def good_members() -> list[tuple[str, bytes]]:
    """The names and bytes of what is in its file."""
    header, kept = unpack(good_file())
    text = json.dumps({"format": 1, "members": list(kept)} | header).encode()
    made = [("header.json", text)]
    for name, a in kept.items():
        made += [(f"{name}.npy", npy(f"{{'descr': '<f8', 'fortran_order': False, 'shape': {a.shape}}}", a.tobytes()))]
    return made


def outcome(read: Callable[[Path], Any], path: Path) -> Any:
    """What is read, or the error with which it is refused."""
    try:
        return read(path)
    except (FileError, DataError) as error:
        return error


def reading(path: Path, data: bytes) -> Run | None:
    """The run in a file of these bytes, or None where it is refused; then in one sentence, and with little memory."""
    path.write_bytes(data)
    found: list[Any] = []
    assert peak(lambda: found.append(outcome(load_run, path))) < worth(data)
    if isinstance(found[0], Run):
        return found[0]
    assert complaint(path, found[0]) is None
    return None


def check_whole(path: Path, run: Run) -> None:
    """Fail unless the run is as good as one that was trained: it can be saved, and comes back as the same bytes."""
    assert type(run) is Run
    tree = run.net if run.state is None else run.state
    assert all(np.isfinite(a).all() for a in arrays(tree).values())
    data = run.packed(tree)
    again = reading(path, data)
    assert again is not None
    assert again.packed(again.net if again.state is None else again.state) == data


@each_budget
def test_a_damaged_file_is_refused(tmp_path: Path, budget: Any) -> None:
    """A file that was changed anyhow, and keeps its old digest, is refused in one sentence."""

    @budget
    @given(mutated(good_file()))
    def check(data: bytes) -> None:
        assume(data != good_file())
        assert reading(tmp_path / "file.npz", data) is None

    check()


@each_budget
def test_a_damaged_file_with_the_right_digest(tmp_path: Path, budget: Any) -> None:
    """A zip that was changed anyhow, with the right digest, is refused, or read as the run that was written."""
    tail = len(b"fnnet sha256 ") + DIGEST

    @budget
    @given(mutated(good_file()[: -tail - 2]))
    def check(data: bytes) -> None:
        assert reading(tmp_path / "file.npz", sealed(data + b"\0\0")) in (None, good_run())

    check()


@each_budget
def test_damaged_members_with_the_right_digests(tmp_path: Path, budget: Any) -> None:
    """A file one of whose members was changed anyhow, with the right checksums, is refused or holds a whole run."""

    @budget
    @given(st.data())
    def check(draw: Any) -> None:
        made = list(good_members())
        number = draw.draw(st.integers(0, len(made) - 1) | st.just(0))
        name, content = made[number]
        made[number] = (name, draw.draw(mutated(content)))
        run = reading(tmp_path / "file.npz", sealed(zipped(made)))
        if run is not None:
            check_whole(tmp_path / "file.npz", run)

    check()


def places(tree: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to everything in a value of JSON."""
    if at:
        yield at
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for name, part in inner:
        yield from places(part, (*at, name))


def part(tree: Any, way: tuple[Any, ...]) -> Any:
    """What is at the end of a way."""
    for name in way:
        tree = tree[name]
    return tree


LAYER = {"class": "Sigmoid", "settings": {}, "parts": {}}
ODD: list[Any] = [
    *(None, True, False, 0, 1, -1, 2, 3, 2**31, 2**32, 2**63, 10**12, 10**400, 0.5, 1.5, -0.5, -0.0, 1e308, 5e-324),
    *(float("nan"), float("inf"), "", "x", "a\nb", "1", "\0", "\ud800", "x" * 5_000, "../x", "os.system", *KNOWN),
    *([], [[]], {}, [1], [2], [2, 2], [-1], [10**12], [0], ["x"], [None], LAYER, [LAYER], {"class": "Affine"}),
    *({"float": "nan"}, {"float": "inf"}, {"float": "x"}, {"key": [0, 1, 0, 0, 0]}, {"key": []}, {"a": {"b": []}}),
]
odd = st.sampled_from(ODD) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


EDITS: dict[str, Callable[[Any, Any, Any, Any], Any]] = {
    "replace": lambda owner, name, value, other: owner.__setitem__(name, value),
    "drop": lambda owner, name, value, other: owner.pop(name),
    "copy": lambda owner, name, value, other: owner.__setitem__(name, copy.deepcopy(other)),
    "wrap": lambda owner, name, value, other: owner.__setitem__(name, [owner[name]]),
    "rename": lambda owner, name, value, other: add(owner, str(value)[:20], owner.pop(name)),
    "add": lambda owner, name, value, other: add(owner, str(name)[::-1], value),
}


def add(owner: Any, name: str, value: Any) -> None:
    """Add to an object under this name, or to the end of a list."""
    if isinstance(owner, list):
        owner.append(value)
    else:
        owner[name] = value


def edited(header: Any, edits: Any) -> Any:
    """A header after some edits: parts replaced, dropped, exchanged, called otherwise, or added."""
    made = copy.deepcopy(header)
    for how, where, other, value in edits:
        if ways := list(places(made)):
            *way, name = ways[where % len(ways)]
            EDITS[how](part(made, tuple(way)), name, copy.deepcopy(value), part(made, ways[other % len(ways)]))
    return made


#: Half of the edits replace one thing by another.
hows = st.just("replace") | st.sampled_from(sorted(EDITS))
somewhere = st.integers(0, 999)
several_edits = st.lists(st.tuples(hows, somewhere, somewhere, odd), min_size=1, max_size=3)


@each_budget
def test_an_edited_header_with_the_right_digests(tmp_path: Path, budget: Any) -> None:
    """A file whose header was edited, with the right checksums, is refused or holds a whole run."""
    header = json.loads(good_members()[0][1])

    @budget
    @given(several_edits)
    def check(edits: Any) -> None:
        text = json.dumps(edited(header, edits)).encode()
        run = reading(tmp_path / "file.npz", sealed(zipped([("header.json", text), *good_members()[1:]])))
        if run is not None:
            check_whole(tmp_path / "file.npz", run)

    check()


lengths = st.sampled_from([-4, -1, 0, 1, 2, 3, 4, 2**31, 2**63, 10**12, True, 1.5, "2", None])
shapes = st.lists(lengths, max_size=4).map(tuple) | st.sampled_from([(2,), (2, 2), (4,), 2, None, (1,) * 70])
DTYPES = [
    "<f8",
    ">f8",
    "<f4",
    "<c16",
    "<i8",
    "|u1",
    "|b1",
    "<f2",
    "<f16",
    "|O",
    "<U2",
    "|S8",
    "|V8",
    "<M8[s]",
    "<m8",
    "x",
]


@each_budget
def test_edited_arrays_with_the_right_digests(tmp_path: Path, budget: Any) -> None:
    """A file one of whose arrays says that it is another, with the right checksums, is refused or holds a whole run."""

    @budget
    @given(
        number=st.integers(1, len(good_members()) - 1),
        said=st.fixed_dictionaries(
            {"descr": st.sampled_from(DTYPES), "fortran_order": st.booleans() | st.none(), "shape": shapes},
        ),
        length=st.integers(0, 64) | st.sampled_from([16, 32]),
        body=st.binary(max_size=16),
    )
    def check(number: int, said: Any, length: int, body: bytes) -> None:
        made = list(good_members())
        name, content = made[number]
        made[number] = (name, npy(f"{said}\n", (content[-16:] * 4 + body)[:length]))
        run = reading(tmp_path / "file.npz", sealed(zipped(made)))
        if run is not None:
            check_whole(tmp_path / "file.npz", run)

    check()


# --- IDX files -------------------------------------------------------------------------------------------------------


@cache
def good_idx(ndim: int) -> bytes:
    """An IDX file of five images or labels."""
    shape = (5, 4, 3)[:ndim]
    a = np.random.default_rng(ndim).integers(0, 256, shape, np.uint8)
    return struct.pack(f">{1 + ndim}I", 0x0800 + ndim, *shape) + a.tobytes()


def reading_idx(path: Path, data: bytes, ndim: int) -> Any:
    """The array in an IDX file of these bytes, or None where it is refused; in one sentence, and with little memory."""
    path.write_bytes(data)
    found: list[Any] = []
    assert peak(lambda: found.append(outcome(lambda file: read_idx(file, ndim), path))) < worth(data)
    if not isinstance(found[0], DataError):
        return found[0]
    assert str(found[0]).startswith(f"{path} ")
    assert len(str(found[0]).splitlines()) == 1
    return None


def check_idx(a: Any, content: bytes, ndim: int) -> None:
    """Fail unless the array is what these bytes say."""
    assert a.dtype == np.uint8
    assert a.ndim == ndim
    assert content == struct.pack(f">{1 + ndim}I", 0x0800 + ndim, *a.shape) + a.tobytes()


@pytest.mark.parametrize("ndim", [1, 3])
@each_budget
def test_a_damaged_idx_file(tmp_path: Path, budget: Any, ndim: int) -> None:
    """A plain IDX file that was changed anyhow is refused, or read as the numbers that are in it."""

    @budget
    @given(mutated(good_idx(ndim)))
    def check(data: bytes) -> None:
        a = reading_idx(tmp_path / "file", data, ndim)
        if a is not None and not data.startswith(b"\x1f\x8b"):
            check_idx(a, data, ndim)

    check()


@pytest.mark.parametrize("ndim", [1, 3])
@each_budget
def test_a_damaged_gzip_file(tmp_path: Path, budget: Any, ndim: int) -> None:
    """A gzip file that was changed anyhow is refused, or read as what was written."""

    @budget
    @given(mutated(gzip.compress(good_idx(ndim), mtime=0)))
    def check(data: bytes) -> None:
        a = reading_idx(tmp_path / "file", data, ndim)
        if a is not None:
            check_idx(a, data if data[:2] != b"\x1f\x8b" else good_idx(ndim), ndim)

    check()


@pytest.mark.parametrize("ndim", [1, 3])
@each_budget
def test_a_damaged_idx_file_in_a_whole_gzip_file(tmp_path: Path, budget: Any, ndim: int) -> None:
    """An IDX file that was changed anyhow and then packed is refused, or read as the numbers that are in it."""

    @budget
    @given(mutated(good_idx(ndim)), st.sampled_from([0, 1, 9]))
    def check(content: bytes, level: int) -> None:
        a = reading_idx(tmp_path / "file", gzip.compress(content, level, mtime=0), ndim)
        if a is not None:
            check_idx(a, content, ndim)

    check()


def test_a_mutation_that_changes_nothing_is_read(tmp_path: Path) -> None:
    """The files that are mutated here are read as long as they are whole, also when they are put together by hand."""
    assert reading(tmp_path / "file.npz", good_file()) == good_run()
    assert reading(tmp_path / "file.npz", sealed(zipped(good_members()))) == good_run()
    for ndim in (1, 3):
        check_idx(reading_idx(tmp_path / "file", good_idx(ndim), ndim), good_idx(ndim), ndim)
        squeeze = zlib.compressobj(9, wbits=31)
        packed = squeeze.compress(good_idx(ndim)) + squeeze.flush()
        check_idx(reading_idx(tmp_path / "file", packed, ndim), good_idx(ndim), ndim)


@pytest.mark.long
@pytest.mark.parametrize("reader", ["checkpoint", "idx"])
def test_fuzzing_guided_by_coverage(tmp_path: Path, reader: str) -> None:
    """Where atheris is installed, nothing that it makes up brings a reader to anything but reading or refusing."""
    pytest.importorskip("atheris", exc_type=ImportError)
    for name, data in {"whole": good_file(), "images": good_idx(3), "packed": gzip.compress(good_idx(3))}.items():
        (tmp_path / name).write_bytes(data)
    command = [
        sys.executable,
        str(Path(__file__).with_name("fuzzer.py")),
        reader,
        f"-runs={20 * LONG}",
        "-max_len=8000",
    ]
    done = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
