"""Only regular files are opened, and of pictures only the formats that are meant."""

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_verify import refused, trained

from fnnet import Scale, load, save
from fnnet.cli.app import run as command_line
from fnnet.datasets import DataError, load_npz, load_table, read_idx
from fnnet.datasets.picture_file import FORMATS
from fnnet.datasets.pictures import read_picture

READERS: dict[str, Callable[[Any], Any]] = {
    "csv": load_table,
    "npz": load_npz,
    "idx": lambda path: read_idx(path, 3),
    "picture": read_picture,
}
each_reader = pytest.mark.parametrize("read", READERS.values(), ids=READERS)


def listen(path: Path) -> None:
    """Leave a socket at this path, to which nobody answers."""
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


ODD: dict[str, Callable[[Path], Any]] = {
    "pipe": os.mkfifo,
    "folder": Path.mkdir,
    "device": lambda path: path.symlink_to("/dev/zero"),
    "socket": listen,
    "loop": lambda path: path.symlink_to(path),
    "nowhere": lambda path: path.symlink_to("missing"),
    "huge": lambda path: path.touch() or os.truncate(path, 2**41),
}


@pytest.mark.parametrize("make", ODD.values(), ids=ODD)
@each_reader
def test_what_is_no_regular_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: Callable[[Any], Any], make: Callable[[Path], Any]
) -> None:
    """A pipe, a folder, a device, a socket, a link to nothing and a file larger than all memory are refused at once."""
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    make(Path("odd"))
    with pytest.raises(DataError, match="^odd .*can't be read") as error:
        read("odd")
    assert "\n" not in str(error.value)


def test_predict_does_not_wait_for_a_pipe(tmp_path: Path) -> None:
    """`predict` on a pipe into which nobody writes says so and ends."""
    trained("digits", "--epochs", 1, "--out", tmp_path / "run")
    os.mkfifo(tmp_path / "seven.png")
    assert "it is not a regular file" in refused("predict", tmp_path / "run", tmp_path / "seven.png")


def test_an_eps_starts_no_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture that is an EPS in truth is refused, and Ghostscript is not asked."""
    asked, program = tmp_path / "asked", tmp_path / "gs"
    program.write_text(f"#!/bin/sh\ntouch {asked}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    (tmp_path / "seven.png").write_bytes(
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n%%EOF\n"
    )
    with pytest.raises(DataError, match="is not a picture"):
        read_picture(tmp_path / "seven.png")
    assert not asked.exists()


@pytest.mark.parametrize("form", FORMATS)
def test_the_formats_that_are_meant_are_read(tmp_path: Path, form: str) -> None:
    """A seven is read from each of the formats, whatever the file is called."""
    from PIL import Image

    pixels = np.zeros((28, 28), np.uint8)
    pixels[4:6, 8:20] = pixels[4:24, 18:20] = 255
    Image.fromarray(pixels).save(tmp_path / "seven", form)
    assert read_picture(tmp_path / "seven").shape == (28, 28)


@pytest.mark.parametrize("name", [b"n" * 251, b"gr\xfc\xdfe", b"two\nlines"], ids=["long", "Latin", "lines"])
def test_any_name_is_a_name(tmp_path: Path, name: bytes) -> None:
    """A table is read whatever bytes it is called by, and what is wrong in it is said by that name."""
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name + b".csv"))
    path.write_text("1,2,0\n3,4,1\n")
    assert load_table(path).name == os.fsdecode(name)
    path.write_text("1,2,0\n3,inf,1\n")
    with pytest.raises(DataError, match=r"column 2 holds numbers, got infinity in line 2; ") as error:
        load_table(path)
    assert str(error.value).startswith(str(path))


@each_reader
def test_a_name_too_long_is_refused(tmp_path: Path, read: Callable[[Any], Any]) -> None:
    """A name that no file can have is refused as a file that can't be read."""
    with pytest.raises(DataError, match=r"can't be read.*: File name too long$"):
        read(tmp_path / ("n" * 300))


def test_no_command_waits_for_a_pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever a run keeps a file, a pipe in its place ends in a sentence or is passed over, and is not waited for."""
    monkeypatch.chdir(tmp_path)
    assert command_line(["train", "xor", "--epochs", "1", "--quiet"]) == 0
    for name, command, code in (
        ("history.csv", ["verify", "runs/xor"], 1),
        ("run.json", ["verify", "runs/xor"], None),
        ("state.npz", ["evaluate", "runs/xor"], 1),
        ("weights.txt", ["trace", "--weights", "runs/xor/weights.txt", "--x", "1,0", "--target", "1"], 1),
    ):
        path = Path("runs/xor", name)
        path.unlink(missing_ok=True)
        os.mkfifo(path)
        assert command_line(command) in ((code,) if code is not None else (0, 1))


def test_names_that_are_nearly_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a file may be called it may be saved as; what is too long is a sentence; a name of dots has a folder."""
    monkeypatch.chdir(tmp_path)
    save("n" * 251 + ".npz", Scale(2.0))
    assert load("n" * 251 + ".npz") == Scale(2.0)
    assert command_line(["train", "n" * 300 + ".csv"]) == 1
    Path("..csv").write_text("1,2,0\n2,1,1\n" * 10)
    assert command_line(["train", "..csv", "--epochs", "1", "--quiet"]) == 0
    assert [path.name for path in Path("runs").iterdir()] == ["data"]
