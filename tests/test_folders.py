"""A folder of pictures as a data set: whatever lies in it, what is read is what is meant, and the rest is said."""

import os
import re
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fnnet import Array
from fnnet.datasets import DataError, Dataset, Reading, digest, load, load_folder
from fnnet.datasets.sheets import picture_on_sheet
from fnnet.telling.installing import install
from fnnet.values.errors import UsageError

Image: Any = pytest.importorskip("PIL.Image")

GRAY = {"cats": 60, "dogs": 200}


def saved(path: Path, level: int = 0, size: tuple[int, int] = (12, 8), mode: str = "L", **how: Any) -> Path:
    """A picture of one gray, saved with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", size, level).convert(mode).save(path, **how)
    return path


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    """A folder with three pictures of each of two classes."""
    for name, level in GRAY.items():
        for i in range(3):
            saved(tmp_path / "pets" / name / f"{i}.png", level + i)
    return tmp_path / "pets"


def quiet(path: Path | str, size: int = 4) -> Dataset:
    """What is read where nothing is left out: a warning fails the test."""
    return load_folder(path, size)


def told(path: Path | str, size: int = 4) -> tuple[Dataset, list[str]]:
    """What is read, and what is said of the rest."""
    said: list[str] = []
    return load_folder(path, size, told=said.append), said


def levels(data: Dataset) -> list[list[int]]:
    """The gray in the middle of each picture, class by class."""
    middle = data.x[:, data.x.shape[1] // 2, data.x.shape[2] // 2]
    return [middle[data.y == k].tolist() for k in range(len(data.classes))]


# What is read


def test_the_classes_are_the_folders(pets: Path) -> None:
    """Names in order are the classes, each picture is brought to its size, and the order is that of the names."""
    data = quiet(pets, 6)
    assert (data.name, data.classes, data.known) == ("pets", ("cats", "dogs"), None)
    assert (data.x.shape, data.x.dtype, data.x_test.shape) == ((6, 6, 6), np.uint8, (0, 6, 6))
    assert levels(data) == [[60, 61, 62], [200, 201, 202]]
    assert not data.x.flags.writeable
    assert digest(load(pets, reading=Reading(size=6))) == digest(data)
    assert load(pets).x.shape[1:] == (28, 28)


def test_a_folder_is_called_by_its_name(pets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slash at the end, a dot, or a link to a folder make no other name."""
    monkeypatch.chdir(pets)
    assert [quiet(path).name for path in (".", f"{pets}/", "../pets")] == ["pets"] * 3


@given(st.permutations(["B", "a", "Z", "10", "9", "é", "b c"]))
def test_the_order_is_that_of_the_names(names: list[str]) -> None:
    """In whatever order folders and files were made, they are read in the order of their letters."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        for name in names:
            for file in names[:3]:
                saved(Path(folder, name, f"{file}.png"), sorted(names).index(file), (3, 3))
        data = quiet(folder)
    assert data.classes == tuple(sorted(names))
    assert levels(data) == [sorted(sorted(names).index(file) for file in names[:3])] * 7


def test_pictures_may_lie_deeper(pets: Path) -> None:
    """Whatever lies below the folder of a class is of that class; links to folders below are not followed."""
    saved(pets / "cats" / "2021" / "may" / "x.png", 90)
    (pets / "dogs" / "round").symlink_to(pets)
    data, said = told(pets)
    assert levels(data) == [[60, 61, 62, 90], [200, 201, 202]]
    assert len(said) == 1
    assert "dogs/round" in said[0]


def test_a_class_may_be_a_link(pets: Path, tmp_path: Path) -> None:
    """A folder of a class, and a picture, may be links to others."""
    (tmp_path / "few").mkdir()
    (tmp_path / "few" / "one").symlink_to(pets / "cats")
    saved(tmp_path / "few" / "two" / "a.png", 7)
    (tmp_path / "few" / "two" / "b.png").symlink_to(pets / "dogs" / "1.png")
    assert levels(quiet(tmp_path / "few")) == [[60, 61, 62], [7, 201]]


def test_hidden_files_do_not_count(pets: Path) -> None:
    """What systems leave behind is neither a class nor a picture, and nothing is said of it."""
    for name in (".DS_Store", "Thumbs.db", "cats/.DS_Store", "cats/Thumbs.db", "dogs/desktop.ini", "cats/._1.png"):
        (pets / name).touch()
    for name in (".git", "__MACOSX", "cats/.thumbnails"):
        saved(pets / name / "a.png")
    assert levels(quiet(pets)) == [[60, 61, 62], [200, 201, 202]]


def test_two_parts(tmp_path: Path) -> None:
    """The folders train and test, and no others, are the two parts; a class may be missing in the second."""
    for place, level in {"train/a/1": 1, "train/b/1": 2, "train/b/2": 3, "test/b/9": 4}.items():
        saved(tmp_path / "set" / f"{place}.png", level)
    data = quiet(tmp_path / "set")
    assert (data.name, data.classes, data.y.tolist(), data.y_test.tolist()) == ("set", ("a", "b"), [0, 1, 1], [1])
    assert data.x_test[:, 2, 2].tolist() == [4]
    saved(tmp_path / "set" / "test" / "c" / "1.png")
    with pytest.raises(DataError, match=r"test has a folder c, and .*train none of that name"):
        quiet(tmp_path / "set")


# What is left out


def test_other_files_are_counted_aloud(pets: Path) -> None:
    """Files with other names, and pictures in no folder of a class, are left out in one sentence that names some."""
    (pets / "cats" / "notes.txt").write_text("three cats")
    saved(pets / "cover.png")
    data, said = told(pets)
    assert len(data.x) == 6
    names = f"{pets}/cover.png; {pets}/cats/notes.txt"
    assert said == [f"left out 2 files, no picture by name, or in no folder of a class: {names}"]
    for i in range(9):
        (pets / "dogs" / f"{i}.heic").touch()
    assert told(pets)[1][0].endswith("; and 8 more")


def test_broken_pictures_are_counted_aloud(pets: Path) -> None:
    """A picture that can't be read is left out in a sentence that says why, in Python as a warning; others stay."""
    (pets / "cats" / "1.png").write_bytes((pets / "cats" / "0.png").read_bytes()[:40])
    (pets / "dogs" / "0.png").write_text("no dog")
    data, said = told(pets)
    assert levels(data) == [[60, 62], [201, 202]]
    assert len(said) == 1
    assert said[0].startswith(f"left out 2 of 6 pictures, unreadable: {pets}/cats/1.png ")
    assert f"{pets}/dogs/0.png is not a picture (PNG, JPEG" in said[0]
    with pytest.warns(UserWarning, match="left out 2 of 6 pictures"):
        load_folder(pets, 4)


def test_a_picture_is_known_by_what_is_in_it(pets: Path) -> None:
    """A JPEG that is called .png is read, as is one in capitals."""
    saved(pets / "cats" / "3.PNG", 90, format="JPEG")
    assert levels(quiet(pets))[0] == [60, 61, 62, 90]


# What is refused


def empty(folder: Path) -> None:
    """Nothing at all."""
    folder.mkdir()


def flat(folder: Path) -> None:
    """Pictures without folders."""
    saved(folder / "a.png")


def alone(folder: Path) -> None:
    """One class."""
    saved(folder / "cats" / "a.png")


def without(folder: Path) -> None:
    """Folders without a picture."""
    for name in ("cats", "dogs"):
        (folder / name).mkdir(parents=True)
    (folder / "cats" / "notes.txt").touch()


def gap(folder: Path) -> None:
    """Three classes, one of them empty."""
    for name in ("cats", "eels"):
        saved(folder / name / "a.png")
    (folder / "dogs").mkdir()


def broken(folder: Path) -> None:
    """Two classes, one of them unreadable."""
    for name in ("cats", "dogs"):
        saved(folder / name / "a.png")
    (folder / "dogs" / "a.png").write_text("no dog")
    (folder / "cats" / "b.png").write_text("no cat")


def parts(folder: Path) -> None:
    """Parts of a data set, of which one is none that fnnet knows."""
    for name in ("train", "val"):
        saved(folder / name / "cats" / "a.png")


REFUSED: dict[str, tuple[Callable[[Path], None], str]] = {
    "missing": (lambda folder: None, "own can't be read as a folder of pictures: No such file or directory"),
    "file": (Path.touch, "own can't be read as a folder of pictures: Not a directory"),
    "empty": (empty, "own must hold a folder of pictures for each class, and holds no folder"),
    "flat": (flat, "own must hold a folder of pictures for each class, and holds no folder"),
    "one class": (alone, "own must hold two folders or more, one for each class, and holds cats alone"),
    "no picture": (without, "own holds no picture in its folders cats; dogs (.png, .jpg, .jpeg ...)"),
    "an empty class": (gap, "own/dogs holds no picture (.png, .jpg, .jpeg ...): put some there, or remove it"),
    "a broken class": (broken, "own/dogs holds no picture that can be read: {}/dogs/a.png is not a picture (PNG"),
    "parts": (parts, "own holds train, val, which are parts and no classes: name one of them, such as {}/val, or"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_folder_of_classes_is_one_sentence(tmp_path: Path, name: str) -> None:
    """Each is refused with its place and what to do, before more than need be is read."""
    make, sentence = REFUSED[name]
    make(tmp_path / "own")
    with pytest.raises(DataError) as error:
        quiet(tmp_path / "own")
    assert str(error.value).startswith(str(tmp_path / "own"))
    assert sentence.replace("{}", str(tmp_path / "own")) in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("size", [0, -1, 1025, 2.5, True])
def test_sizes_that_can_not_be(pets: Path, size: Any) -> None:
    """A size is a whole number from 1 to 1024; of what is no folder there is none."""
    with pytest.raises(UsageError, match="size must be a whole number of pixels from 1 to 1024, got"):
        load_folder(pets, size)
    with pytest.raises(DataError, match="size goes with a folder of pictures, which xor is not"):
        load("xor", reading=Reading(size=size))


def test_no_more_than_the_result_is_held(tmp_path: Path) -> None:
    """Of thousands of pictures, little more than the result is in memory at any time."""
    file = saved(tmp_path / "many" / "a" / "0.png", 9, (60, 60))
    (tmp_path / "many" / "b").mkdir()
    for i in range(3000):
        os.link(file, tmp_path / "many" / "ab"[i % 2] / f"{i + 1}.png")
    quiet(tmp_path / "many", 1)  # loads what is loaded once
    tracemalloc.start()
    try:
        data = quiet(tmp_path / "many", 40)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert data.x.nbytes == 3001 * 1600
    assert most < 1.3 * data.x.nbytes


def test_it_can_be_watched(pets: Path) -> None:
    """Whoever watches sees the path of each picture, in order."""
    seen: list[str] = []

    def watched(files: Any) -> Any:
        for file in files:
            yield file
            seen.append(os.path.relpath(file, pets))

    load_folder(pets, 4, watched=watched)
    assert seen == [f"{name}/{i}.png" for name in GRAY for i in range(3)]


# One picture


def drawing(shape: tuple[int, ...] = (20, 20)) -> Array:
    """Noise that a seed fixes."""
    return np.random.default_rng(0).integers(0, 256, shape, np.uint8)


def laid(image: Any, size: int, tmp: Path, name: str = "a.png", **how: Any) -> Array:
    """An array or a picture, saved and read."""
    (Image.fromarray(image) if isinstance(image, np.ndarray) else image).save(tmp / name, **how)
    return picture_on_sheet(tmp / name, size)


def test_a_picture_in_size_stays_bit_for_bit(tmp_path: Path) -> None:
    """A gray picture that has the size already comes back as it was."""
    assert np.array_equal(laid(drawing(), 20, tmp_path), drawing())


@pytest.mark.parametrize("shape", [(40, 20), (20, 40), (1, 400), (400, 1), (7, 9)])
def test_proportions_are_kept(tmp_path: Path, shape: tuple[int, int]) -> None:
    """A black picture is a black box of its proportions, in the middle of a white sheet."""
    black = laid(np.zeros(shape, np.uint8), 10, tmp_path) == 0
    rows, columns = black.any(axis=1), black.any(axis=0)
    assert np.array_equal(black, rows[:, None] & columns)
    expected = [max(1, round(10 * side / max(shape))) for side in shape]
    assert [rows.sum(), columns.sum()] == expected
    for line, side in zip((rows, columns), expected, strict=True):
        assert line[(10 - side) // 2 :][:side].all()


def test_colors_become_gray(tmp_path: Path) -> None:
    """Red, green and blue weigh as they are seen, also in a palette and in print colors."""
    for color, gray in {"red": 76, "lime": 150, "blue": 29, "white": 255}.items():
        picture = Image.new("RGB", (9, 9), color)
        assert set(laid(picture, 3, tmp_path).ravel().tolist()) == {gray}
        assert set(laid(picture.convert("P", palette=Image.Palette.ADAPTIVE), 3, tmp_path).ravel().tolist()) == {gray}
        assert abs(laid(picture.convert("CMYK"), 3, tmp_path, "a.tif").astype(int) - gray).max() <= 1


def test_what_is_transparent_is_white(tmp_path: Path) -> None:
    """The sheet is seen through a transparent part, whatever color it has, half through a half transparent one."""
    black = np.zeros((4, 4, 4), np.uint8)
    for opaque, gray in {0: 255, 128: 127, 255: 0}.items():
        black[..., 3] = opaque
        assert set(laid(black, 4, tmp_path).ravel().tolist()) == {gray}
    two = Image.new("LA", (4, 4), (0, 0))
    assert set(laid(two, 4, tmp_path).ravel().tolist()) == {255}
    palette = Image.new("P", (4, 4), 3)
    assert set(laid(palette, 4, tmp_path, "a.gif", transparency=3).ravel().tolist()) == {255}
    keyed = Image.new("RGB", (4, 4), (9, 9, 9))
    assert set(laid(keyed, 4, tmp_path, transparency=(9, 9, 9)).ravel().tolist()) == {255}


def test_sixteen_bits_are_bytes(tmp_path: Path) -> None:
    """Of numbers of two bytes 65535 is white, and bytes times 257 are the bytes, in PNG and TIFF."""
    deep = drawing().astype(np.uint16) * 257
    for name in ("a.png", "a.tif"):
        assert np.array_equal(laid(deep, 20, tmp_path, name), drawing())
    assert np.array_equal(laid(deep.astype(np.int32), 20, tmp_path, "a.tif"), drawing())


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (np.full((4, 4), 0.5, np.float32), "has real numbers for pixels"),
        (np.full((4, 4), -1, np.int32), "has pixels from -1 to -1, beyond 16 bits"),
    ],
    ids=["real", "negative"],
)
def test_numbers_without_a_white_are_refused(tmp_path: Path, values: Array, sentence: str) -> None:
    """Where nobody knows which number is white, none is guessed."""
    with pytest.raises(DataError, match=f"a.tif {sentence}.*save it in 8 or 16 bits"):
        laid(values, 4, tmp_path, "a.tif")


def test_black_and_white(tmp_path: Path) -> None:
    """A picture of one bit a pixel is black and white."""
    assert np.array_equal(laid(Image.fromarray(drawing() > 99), 20, tmp_path), (drawing() > 99) * 255)


def test_upright(tmp_path: Path) -> None:
    """A camera that was held sideways says so in the file, and the picture is read upright."""
    exif = Image.Exif()
    exif[274] = 6
    lying = Image.fromarray(drawing()).transpose(Image.Transpose.ROTATE_90)
    assert np.array_equal(laid(lying, 20, tmp_path, exif=exif), drawing())


def test_a_large_photograph_is_decoded_only_so_far(tmp_path: Path) -> None:
    """A photograph, which is reduced while it is decoded, comes out as it does by the long way."""
    rows = np.add.outer(np.sin(np.arange(900) / 60), np.cos(np.arange(1200) / 70))
    photo = Image.fromarray((127 + 60 * rows).astype(np.uint8)).convert("RGB")
    short, long = laid(photo, 24, tmp_path, "a.jpg", quality=95), laid(photo, 24, tmp_path, "a.png")
    assert abs(short.astype(int) - long).max() <= 6
    assert abs(short.astype(int) - long).mean() < 1


def test_the_first_frame(tmp_path: Path) -> None:
    """Of a moving picture the first frame is read."""
    first, second = (Image.new("L", (6, 6), level) for level in (0, 200))
    moving = laid(first, 6, tmp_path, "a.gif", save_all=True, append_images=[second])
    assert set(moving.ravel().tolist()) == {0}


def test_pillow_may_be_missing(pets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Pillow it is said how to get it, and no picture is called broken."""
    monkeypatch.setitem(__import__("sys").modules, "PIL.Image", None)
    with pytest.raises(DataError, match=f"^reading pictures needs Pillow: run {re.escape(install('images'))}$"):
        quiet(pets)
