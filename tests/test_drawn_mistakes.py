"""`fnnet evaluate --worst`: the pictures are those of the rows, in the terminal and on the sheet."""

import io
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from test_verify import fnnet, refused, result, trained

from fnnet import Array
from fnnet.cli.blocks import GAP, HALF, RAMP, print_blocks, shrunk
from fnnet.cli.contact_sheet import contact_sheet
from fnnet.datasets import digits
from fnnet.telling.installing import install

pytestmark = pytest.mark.usefixtures("in_a_folder_of_its_own")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that has not learned the digits well."""
    folder = tmp_path_factory.mktemp("digits") / "run"
    trained("digits", "--epochs", 3, "--out", folder)
    return folder


def screen(width: int = 80, **how: Any) -> Console:
    """A terminal whose output can be read."""
    return Console(file=io.StringIO(), width=width, highlight=False, soft_wrap=True, **how)


def shown(console: Console, *pictures: tuple[Array, tuple[str, ...]]) -> list[str]:
    """The lines that a terminal gets."""
    print_blocks(pictures, console)
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    return text.splitlines()


COLORS: Any = {"force_terminal": True, "color_system": "truecolor"}
PIXELS = re.compile(r"\x1b\[38;2;(\d+);\d+;\d+(?:;48;2;(\d+);\d+;\d+)?m(▀+)")


def pixels(lines: list[str], height: int) -> Array:
    """What is seen of one picture in half blocks, as an image of bytes."""
    rows: list[list[int]] = []
    for line in lines[: -(-height // 2)]:
        runs = PIXELS.findall(line)
        rows += [[int(run[part]) for run in runs for _ in run[2]] for part in (0, 1) if all(run[part] for run in runs)]
    return np.array(rows)


# Blocks


@given(st.integers(1, 9), st.integers(1, 20), st.integers(0, 99))
def test_half_blocks_are_the_pixels(height: int, width: int, seed: int) -> None:
    """The colors of the half blocks, upper and lower, are the image; of an odd number of rows the last is alone."""
    image = np.random.default_rng(seed).integers(0, 256, (height, width))
    lines = shown(screen(**COLORS), (image / 255, ("a", "b")))
    assert np.array_equal(pixels(lines, height), image)
    assert len(lines) == -(-height // 2) + 3
    assert [line.strip() for line in lines[-3:]] == ["a", "b", ""]


PLAIN: dict[str, Any] = {
    "a pipe": {},
    "no color": {**COLORS, "no_color": True},
    "sixteen colors": {"force_terminal": True, "color_system": "standard"},
    "a dumb terminal": {"force_terminal": True, "color_system": None},
}


@pytest.mark.parametrize("how", PLAIN.values(), ids=PLAIN)
def test_without_colors_there_are_letters(how: Any) -> None:
    """Nothing but letters is sent: a denser one for each brighter pair of pixels."""
    image = np.repeat(np.arange(10.0)[None] / 9, 2, axis=0)
    assert shown(screen(**how), (image, ("row 1",)))[:2] == [RAMP, "row 1"]


def test_a_terminal_that_writes_no_blocks_gets_letters() -> None:
    """Where the encoding has no half blocks, nothing but ASCII is written."""
    file = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    print_blocks([(np.ones((2, 3)), ("long " * 9,))], Console(file=file, **COLORS))
    file.flush()
    assert b"@@@" in file.buffer.getvalue()  # type: ignore[attr-defined]


@pytest.mark.parametrize(("width", "across"), [(28, 1), (57, 1), (58, 2), (80, 2), (88, 3), (200, 6)])
def test_as_many_as_fit_stand_side_by_side(width: int, across: int) -> None:
    """No line is longer than the terminal, and pictures and captions stand under each other."""
    pictures = [(np.full((28, 28), 0.999), (f"row {i}", "class x", "taken for y")) for i in range(7)]
    lines = shown(screen(width), *pictures)
    assert all(len(line) <= width for line in lines)
    assert lines[0].split() == ["@" * 28] * across
    captions = [line for line in lines if line.startswith("row ")]
    assert [len(line.split("row ")) - 1 for line in captions] == [across] * (7 // across) + [7 % across] * (
        7 % across > 0
    )
    step = 28 + len(GAP)
    assert all([m.start() % step for m in re.finditer("row ", line)] == [0] * line.count("row ") for line in captions)


def test_large_pictures_are_reduced() -> None:
    """A picture that is wider than forty columns is brought to at most so many, its proportions kept."""
    lines = shown(screen(), (np.full((50, 100), 0.999), ("row 1",)))
    assert lines[0] == "@" * 34
    assert lines.index("row 1") == 9


@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 30))
def test_shrinking_keeps_the_mean(height: int, width: int, widest: int) -> None:
    """A reduced image has at most so many columns, and where whole squares fit, the same mean."""
    image = np.random.default_rng(0).random((height, width))
    small = shrunk(image, widest)
    by = -(-width // widest)
    assert small.shape == (-(-height // by), -(-width // by))
    if height % by == width % by == 0:
        assert small.mean() == pytest.approx(image.mean())


def test_long_names_are_cut() -> None:
    """Names of any length and script stand under small pictures, in columns; what steers a terminal is visible."""
    names = ["a" * 99, "猫" * 50, "\x1b[2J", ""]
    lines = shown(screen(), *((np.zeros((4, 4)), (name,)) for name in names))
    assert lines[2] == f"{'a' * 14}..  {'猫' * 7}..  \\x1b[2J"


# The sheet


def opened(data: bytes) -> Array:
    """The pixels of a PNG."""
    return np.asarray(pytest.importorskip("PIL.Image").open(io.BytesIO(data)))


def test_the_sheet_holds_the_pictures() -> None:
    """Each picture is on it, enlarged by a whole number, five in a row, with black letters under it."""
    random = np.random.default_rng(0)
    images = [random.integers(0, 256, (10, 8)) for _ in range(7)]
    sheet = opened(contact_sheet([(image / 255, ("row 1", "class 2")) for image in images]))
    tile_width, tile_height = 122, 120 + 2 + 2 * 18
    assert sheet.shape == (2 * (tile_height + 12) + 12, 5 * (tile_width + 12) + 12)
    for i, image in enumerate(images):
        top, left = 12 + i // 5 * (tile_height + 12), 12 + i % 5 * (tile_width + 12)
        assert np.array_equal(sheet[top + 1 : top + 121, left + 1 : left + 97], image.repeat(12, 0).repeat(12, 1))
        assert (sheet[top + 122 : top + tile_height, left : left + tile_width] < 99).any()
    assert (sheet[12 + tile_height + 12 :, 12 + 2 * (tile_width + 12) :] == 255).all()


@pytest.mark.parametrize("name", ["", "a" * 500, "猫" * 99, "\x1b[2J\n", "é"])
def test_any_name_is_drawn(name: str) -> None:
    """A caption is cut to the width of its picture, whatever is in it."""
    sheet = opened(contact_sheet([(np.zeros((200, 150)), (name,))]))
    assert sheet.shape == (200 + 2 + 18 + 24, 152 + 24)
    assert (sheet[:, -12:] == 255).all()


# The command


def test_the_pictures_are_those_of_the_rows(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal with colors each row of the table has its picture, in the same order."""
    console = screen(8, **COLORS)
    monkeypatch.setattr("fnnet.cli.mistakes.out", console)
    fnnet("evaluate", run, "--worst", 5)
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    rows = result("evaluate", run, "--worst", 5)["worst"]
    tiles = text.split("\n\n")
    for row, tile in zip(rows, tiles, strict=False):
        lines = tile.splitlines()
        seen = pixels(lines, 8)
        assert np.array_equal(seen, np.rint(digits().x_test[row["row"]] * (255 / 16)))
        assert [line.strip() for line in lines[4:]] == [
            f"row {row['row']}",
            f"class {row['class']}",
            f"taken for {row['predicted']}",
        ]


def test_in_a_pipe_there_are_letters(run: Path) -> None:
    """Off a terminal they are letters under the table, without an escape sequence, and no block."""
    said = fnnet("evaluate", run, "--worst", 4).stdout
    assert "\x1b" not in said
    assert HALF not in said
    table, drawn = said.split("its own\n")[1].split("\n\n", 1)
    rows = [line.split()[:3] for line in table.splitlines()]
    assert re.findall(r"row (\d+)", drawn) == [row[0] for row in rows]
    assert re.findall(r"class (\d)", drawn) == [row[1] for row in rows]
    assert re.findall(r"taken for (\d)", drawn) == [row[2] for row in rows]
    assert "row" not in fnnet("evaluate", run, "--worst", 0).stdout.replace("(row)", "")


def test_json_is_json(run: Path) -> None:
    """With --json nothing is drawn on stdout; a sheet is saved all the same."""
    found = result("evaluate", run, "--worst", 3, "--save", "worst.png")
    assert len(found["worst"]) == 3
    assert opened(Path("worst.png").read_bytes()).shape[1] == 3 * 134 + 12


def test_the_sheet_is_saved(run: Path) -> None:
    """The pictures of the worst mistakes are in the file, which is written whole over another one, and named."""
    Path("worst.PNG").write_text("another")
    done = fnnet("evaluate", run, "--worst", 2, "--save", "worst.PNG")
    assert done.stdout.endswith("drawn in: worst.PNG\n")
    sheet = opened(Path("worst.PNG").read_bytes())
    for i, row in enumerate(result("evaluate", run, "--worst", 2)["worst"]):
        image = np.rint(digits().x_test[row["row"]] * (255 / 16)).repeat(15, 0).repeat(15, 1)
        left = 13 + i * 134
        assert np.array_equal(sheet[13:133, left : left + 120], image)


def test_data_that_are_no_images_are_not_drawn() -> None:
    """Of a table there is the table alone, and --save is refused."""
    trained("xor", "--epochs", 1, "--out", "run")
    assert "taken for " not in fnnet("evaluate", "run", "--worst", 4).stdout.split("its own")[1]
    said = refused("evaluate", "run", "--worst", 4, "--save", "a.png", code=2)
    assert "--save draws images, and the examples of this run are of shape (2,); leave it out" in said


KINDS = {
    "bytes": np.uint8([[[0, 255], [51, 204]]]),
    "numbers": np.array([[[-1.0, 4.0], [0.0, 3.0]]]),
    "colors": np.uint8([[[[0, 255], [51, 204]]] * 3]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_images_of_ones_own(kind: str) -> None:
    """Bytes are as bright as they are, other numbers from the least to the most, and colors in gray."""
    x = KINDS[kind].repeat(4, axis=0)
    if kind == "colors":
        x = x.reshape(4, 3, 2, 2)
    np.savez("own.npz", x=x, y=[0, 1, 0, 1], x_test=x[:2], y_test=[0, 1])
    trained("own.npz", "--epochs", 1, "--out", "run")
    fnnet("evaluate", "run", "--worst", 1, "--save", "a.png")
    sheet = opened(Path("a.png").read_bytes())
    assert sheet[[43, 43, 103, 103], [43, 103, 43, 103]].tolist() == [0, 255, 51, 204]


SAVES: dict[tuple[str, ...], str] = {
    ("--save", "a.png"): "--save draws the worst mistakes: say how many, from 1 to 1,000, by --worst; got 0",
    ("--worst", "3", "--save", "a.jpg"): "--save writes a .png file, got a.jpg",
    ("--worst", "3", "--save", "png"): "--save writes a .png file, got png",
    ("--worst", "1001", "--save", "a.png"): "by --worst; got 1001",
    ("--worst", "-1", "--save", "a.png"): "--worst",
}


@pytest.mark.parametrize("arguments", SAVES, ids=" ".join)
def test_what_can_not_be_saved_is_one_sentence(run: Path, arguments: tuple[str, ...]) -> None:
    """Each is refused before anything is computed, and nothing is written."""
    assert SAVES[arguments] in refused("evaluate", run, *arguments, code=2)
    assert list(Path().iterdir()) == []


def test_a_place_that_can_not_be_written(run: Path) -> None:
    """A folder that is not there, and one in the way, are named, and exit 1."""
    Path("a.png").mkdir()
    assert "missing/a.png can't be written" in refused("evaluate", run, "--worst", 2, "--save", "missing/a.png")
    assert "a.png can't be written" in refused("evaluate", run, "--worst", 2, "--save", "a.png")


def test_without_a_mistake_nothing_is_drawn() -> None:
    """Where all is right, that is said, and no file is written."""
    x = np.zeros((20, 4, 4), np.uint8)
    x[10:] = 255
    np.savez("own.npz", x=x, y=[0] * 10 + [1] * 10)
    trained("own.npz", "--epochs", 30, "--out", "run")
    done = fnnet("evaluate", "run", "--worst", 3, "--save", "a.png")
    assert (done.returncode, done.stderr) == (0, "fnnet: there is no mistake to draw, and a.png is not written\n")
    assert not Path("a.png").exists()


def test_pillow_is_needed_for_the_sheet_alone(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Pillow the terminal shows the pictures, and --save says what is missing."""
    shutil.copytree(run, "run")
    monkeypatch.setitem(__import__("sys").modules, "PIL.Image", None)
    assert "row " in fnnet("evaluate", "run", "--worst", 1).stdout.split("its own")[1]
    assert f"needs Pillow: run {install('images')}" in refused("evaluate", "run", "--worst", 1, "--save", "a.png")
