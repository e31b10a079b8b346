"""Everything reads well however wide the terminal is: no word is broken, no cell is cut, no figure is torn apart."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from labs import COURSE, RIGHT
from rich.cells import cell_len

from fnnet.cli.app import COMMANDS
from fnnet.cli.app import run as command_line
from fnnet.cli.output import add_row, print_table, table, wrapped

WIDTHS = [60, 80, 200]
BOX = re.compile("[│╭╮╰╯─]+")
#: What a terminal is told beside the text: colors, and whose turn it is.
COLORS = re.compile(r"\x1b\[[?\d;]*[a-zA-Z]|grading .*\n")
LONG = "maximilian-alexander-of-and-to-mustermann"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with runs, a class of students, and a table of many classes with long names."""
    folder = tmp_path_factory.mktemp("place")
    x = np.arange(90.0).reshape(45, 2)
    np.savez(folder / "many.npz", x=x, y=np.arange(45) % 15, x_test=x[:15], y_test=np.arange(15))
    lab = COURSE.format(**RIGHT | {"affine_db": "dout.mean(axis=0)", "softmax_dx": "y - t", "affine_y": "x @ W - b"})
    for name in ("kim", LONG):
        (folder / "class" / name).mkdir(parents=True)
        (folder / "class" / name / "layers.py").write_text(lab)
    for words in ("digits --epochs 2 --out digits", "many.npz --epochs 1 --out many", "xor --out xor"):
        subprocess.run(
            [sys.executable, "-m", "fnnet", "train", *words.split(), "--quiet"], cwd=folder, check=True, timeout=300
        )
    return folder


def said(place: Path, words: str, columns: int | None, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a command writes, on stdout and then on stderr: to a terminal of so many columns, or to a pipe."""
    monkeypatch.chdir(place)
    with screen(columns, monkeypatch) as printed, redirect_stderr(type(printed)()) as complained, suppress(SystemExit):
        command_line(words.split())
    return COLORS.sub("", printed.getvalue() + complained.getvalue())


@contextmanager
def screen(columns: int | None, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is written to stdout is written to a terminal of so many columns, or to a pipe."""
    monkeypatch.setenv("COLUMNS", str(columns or 50))  # which a pipe does not ask for
    with redirect_stdout(io.StringIO() if columns is None else Terminal()) as printed:
        yield printed


class Terminal(io.StringIO):
    """A file that says it is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def words_of(text: str) -> set[str]:
    """The words of a text, any number for all of its length, and no frames."""
    return {re.sub(r"\d+", "0", word) for word in BOX.sub(" ", text).split()}


SAYS = {
    "train": "train digits --epochs 1 --no-save --validation 0.1 --patience 1 --quiet",
    "train, which can't": "train xor --hidden none --no-save --quiet",
    "evaluate": "evaluate digits --worst 7",
    "evaluate, of many": "evaluate many --worst 7",
    "predict": "predict many 1,2 3,4",
    "verify": "verify xor --quiet",
    "check": "check xor",
    "summary": "summary mnist --hidden 4096,4096",
    "summary of a run": "summary digits",
    "grade": "grade class/kim/layers.py",
    "a class": "grade class",
    "the catalog": "grade --mistakes",
    "a setting": "train xor --batch-size 9",
    "a command": "trian xor",
    "a contradiction": "train --resume xor --hidden 99",
    "a missing picture": "predict digits a-picture-that-is-not-there.png",
}  # fmt: skip


@pytest.mark.parametrize("name", SAYS)
def test_no_word_is_broken(place: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """At any width a command says the words that it says at none, and no line is longer but of a single word."""
    whole = words_of(said(place, SAYS[name], None, monkeypatch))
    for columns in WIDTHS:
        here = said(place, SAYS[name], columns, monkeypatch)
        assert words_of(here) == whole
        assert [line for line in here.splitlines() if cell_len(line.rstrip()) > columns and len(line.split()) > 1] == []


@pytest.mark.parametrize("columns", WIDTHS)
def test_the_opening_of_a_run(place: Path, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The data, the network and the settings of a deep network stand on as many lines as they need."""
    deep = "train digits --epochs 1 --no-save --hidden 128,64,32,16,8 --dropout 0.1 --batch-norm"
    printed = [said(place, deep, width, monkeypatch) for width in (None, columns)]
    whole, here = ([line for line in text.splitlines() if not line.startswith("epoch 1")] for text in printed)
    assert words_of("\n".join(here)) == words_of("\n".join(whole))
    assert max(map(len, here)) <= columns
    assert [line for line in here if re.match(r"(digits|network|training): ", line)] == [
        wrapped(line, columns).split("\n")[0] for line in whole[:3]
    ]


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_breaks_no_word(place: Path, command: str, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The help of every command has the same words at every width, and fits."""
    here, wide = (said(place, f"{command} --help", width, monkeypatch) for width in (columns, 400))
    assert words_of(here) == words_of(wide)
    assert max(len(line) for line in here.splitlines()) <= columns


def test_in_a_pipe_lines_stay_whole(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody says how wide it is, a sentence is one line and a table one table."""
    assert said(place, "train xor --batch-size 9", None, monkeypatch).count("\n") == 1
    opening = said(place, SAYS["train, which can't"].removesuffix(" --quiet"), None, monkeypatch)
    assert opening.splitlines()[2].startswith("training: cross-entropy, ")
    assert opening.splitlines()[3] == "kept nowhere"
    rows = said(place, "predict many 1,2 3,4", None, monkeypatch).splitlines()
    assert len(rows) == 3


PROGRAMS = ["grade class/kim/layers.py --markdown", "predict many 1,2 --json", "trace --format csv"]


@pytest.mark.parametrize("words", PROGRAMS)
def test_what_is_for_programs_is_never_broken(place: Path, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Markdown, JSON and CSV are the same at every width."""
    assert said(place, words, 60, monkeypatch) == said(place, words, None, monkeypatch)


# The parts of it


@given(st.text(st.sampled_from("ab ,.日"), max_size=80), st.integers(2, 40))
def test_wrapped_keeps_every_word_in_its_place(line: str, width: int) -> None:
    """The words of a line come in their order, and each stands where it has room, if there is any."""
    lines = wrapped(line, width).split("\n")
    assert " ".join(lines).split() == line.split()
    assert all(cell_len(part) <= width or len(part.split()) == 1 for part in lines if len(lines) > 1)


def test_what_fits_stays_as_it_is() -> None:
    """Spaces of a line that has room are its own."""
    assert wrapped(" A  B  target  output", 60) == " A  B  target  output"
    assert wrapped("  a b", 4) == "  a\n    b"
    assert wrapped("", 1) == ""


COMMAND_LINES = [
    ("Model.backward does not hand d_out through all layers: see fnnet learn model backward-from-the-right", ""),
    ("fnnet: stopped by Ctrl-C, after 12 steps of the first epoch; go on with: fnnet train --resume runs/big", ""),
    ("fnnet: Option '--blank' requires an argument, and there it ends without one. (see fnnet trace --help)", ""),
    ("its replacement was broken off long ago; fnnet train --resume runs/xor, which brings it all back", ","),
    ("name it, in words such as these: fnnet learn affine bias (https://example.org/affine.html#bias)", ""),
]


@pytest.mark.parametrize(("line", "mark"), COMMAND_LINES)
def test_a_command_stays_on_one_line(line: str, mark: str) -> None:
    """What is to be copied is whole at every width that has room for it."""
    command = re.findall(r"fnnet [a-z][^,()]*[^,() ]", line)[0] + mark
    for columns in range(len(command) + 4, len(line) + 2):
        lines = wrapped(line, columns).split("\n")
        assert [part for part in lines if command in part], columns
        assert " ".join(part.strip() for part in lines) == line


@pytest.mark.parametrize("tied", ["seed 0", "lr 0.05", "2 epochs", "1.38 s", "303 steps", "64 parameters"])
def test_a_number_stays_with_its_unit(tied: str) -> None:
    """No line ends between a number and its unit, or between a name and its number."""
    line = f"some words {tied}, and more words after {tied}"
    for columns in range(len(tied) + 5, len(line)):
        assert wrapped(line, columns).count(tied) == 2


def shown(columns: int | None, keep: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A table of two names and thirty figures."""
    made = table("place", "layer", *(f">column{i}" for i in range(30)))
    add_row(made, "0", "Affine", *(f"{i / 7:.6f}" for i in range(30)))
    with screen(columns, monkeypatch) as printed:
        print_table(made, keep)
    return COLORS.sub("", printed.getvalue()).splitlines()


@pytest.mark.parametrize("keep", [1, 2])
def test_a_wide_table_stands_in_parts(keep: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each part begins with the first columns, and together they have every column once."""
    lines = shown(60, keep, monkeypatch)
    heads, rows = lines[::3], lines[1::3]
    assert set(lines[2::3]) <= {""}
    assert all(head.split()[:keep] == ["place", "layer"][:keep] for head in heads)
    assert all(row.split()[:keep] == ["0", "Affine"][:keep] for row in rows)
    assert max(map(len, lines)) <= 60
    named = [word for head in heads for word in head.split()[keep:]]
    assert named == ["layer"][keep - 1 :] + [f"column{i}" for i in range(30)]
    assert [word for row in rows for word in row.split()[keep:]][-30:] == [f"{i / 7:.6f}" for i in range(30)]
    assert len(shown(None, keep, monkeypatch)) == 2


def test_a_cell_that_is_wider_than_all_stays_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that no line has room for is not cut."""
    made = table("input", "class")
    add_row(made, "x" * 100, "3")
    with screen(60, monkeypatch) as printed:
        print_table(made)
    assert "x" * 100 in printed.getvalue()


def test_texts_in_a_table_are_wrapped_between_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """A column of texts takes more lines where there is no room, and one where there is."""
    made = table("part", ">points", "~")
    add_row(made, "Affine", "0/6", " ".join(["bias", "subtracted"] * 6))
    for columns, many in ((60, 4), (80, 3), (200, 2), (None, 2)):
        with screen(columns, monkeypatch) as printed:
            print_table(made)
        lines = COLORS.sub("", printed.getvalue()).rstrip().splitlines()
        assert len(lines) == many
        assert max(len(line.rstrip()) for line in lines) <= (columns or 200)
        assert {word for line in lines for word in line.split()} == {
            "part",
            "points",
            "Affine",
            "0/6",
            "bias",
            "subtracted",
        }


# Real terminals


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
@pytest.mark.parametrize("columns", [60, 80])
def test_a_real_terminal_of_this_width(place: Path, columns: int) -> None:
    """On a terminal nobody needs to say how wide it is: it is asked."""
    printed = on_a_terminal(columns, place, "summary", "xro")
    printed += on_a_terminal(columns, place, "train", "xor", "--hidden", "none", "--no-save", "--quiet")
    assert "softmax regression draws one straight line" in " ".join(printed.split())
    assert max(map(len, printed.splitlines())) <= columns


def on_a_terminal(columns: int, folder: Path, *arguments: str) -> str:
    """What a command writes to a terminal of so many columns."""
    import fcntl
    import pty
    import struct
    import termios

    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    env = {**os.environ, "TERM": "xterm"}
    env.pop("COLUMNS", None)
    seen = b""
    command = [sys.executable, "-m", "fnnet", *arguments]
    with subprocess.Popen(command, stdin=child, stdout=child, stderr=child, env=env, cwd=folder):
        os.close(child)
        while part := _read(parent):
            seen += part
    os.close(parent)
    return re.sub(rb"\x1b\[[?\d;]*[a-zA-Z]|\r", b"", seen).decode()


def _read(terminal: int) -> bytes:
    """What the terminal shows next; nothing when the process has ended, which Linux says by an error."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""
