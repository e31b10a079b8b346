"""`fnnet train pictures/` and what follows: a run on a folder of one's own pictures, and a row for each of another."""

import csv
import io
import json
import shutil
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console
from test_cli import fnnet as process
from test_verify import equal, fnnet, refused, result, trained

from fnnet import predict
from fnnet.cli.app import run as command_line
from fnnet.datasets import digits
from fnnet.datasets.folders import load_folder
from fnnet.datasets.pictures import read_picture
from fnnet.datasets.sheets import picture_on_sheet
from fnnet.runs import load_run
from fnnet.runs.archive import pack, unpack
from fnnet.values.numeric import softmax

Image: Any = pytest.importorskip("PIL.Image")
Draw: Any = pytest.importorskip("PIL.ImageDraw")


pytestmark = pytest.mark.usefixtures("in_a_folder_of_its_own")


def shape(kind: str, random: np.random.Generator) -> Any:
    """A photograph, so to say, of a disk or a cross: dark on light paper, of any proportions."""
    width, height = random.integers(40, 90, 2).tolist()
    picture = Image.new("RGB", (width, height), tuple(random.integers(190, 255, 3).tolist()))
    x, y, r = width // 2, height // 2, int(min(width, height) * random.uniform(0.3, 0.45))
    draw, ink = Draw.Draw(picture), tuple(random.integers(0, 90, 3).tolist())
    if kind == "disk":
        draw.ellipse([x - r, y - r, x + r, y + r], fill=ink)
    else:
        draw.line([x - r, y - r, x + r, y + r], fill=ink, width=5)
        draw.line([x - r, y + r, x + r, y - r], fill=ink, width=5)
    return picture


def shapes(folder: Path, many: int, seed: int = 0) -> None:
    """A folder of so many disks and as many crosses."""
    random = np.random.default_rng(seed)
    for kind in ("disk", "cross"):
        (folder / kind).mkdir(parents=True)
        for i in range(many):
            shape(kind, random).save(folder / kind / f"{i:02d}.{'jpg' if i % 2 else 'png'}")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with pictures, and a run that has learned from them."""
    folder = tmp_path_factory.mktemp("made")
    shapes(folder / "pictures", 40)
    trained(folder / "pictures", "--size", 16, "--out", folder / "run")
    return folder


@pytest.fixture
def both(made: Path) -> None:
    """Copies of the two in the working folder."""
    shutil.copytree(made / "pictures", "pictures")
    trained("pictures", "--size", 16, "--out", "run")


# Training


def test_pictures_on_light_paper_are_learned(made: Path) -> None:
    """With nothing said but the folder, disks and crosses are told apart; the defaults are those for pictures."""
    found = result("train", made / "pictures", "--no-save")
    assert found["test_accuracy"] >= 0.9
    assert (found["train_examples"], found["test_examples"], found["dataset"]) == (64, 16, "pictures")
    assert (found["settings"]["optimizer"], found["settings"]["activation"]) == ("adam", "relu")


def test_the_opening_says_what_is_learned_from(made: Path) -> None:
    """The first line has the size and the classes, and the run is kept under the name of the folder."""
    done = fnnet("train", f"{made}/pictures/", "--epochs", 1)
    assert done.stdout.startswith("pictures: 64 training and 16 test examples of 28x28, 2 classes\n")
    assert load_run("runs/pictures").classes == ("cross", "disk")
    assert load_run("runs/pictures").source.reading.size == 28


def test_a_run_on_pictures_goes_on_and_is_verified(both: None) -> None:
    """It is evaluated, verified to the bit and resumed, each by the size that it was begun with."""
    assert result("evaluate", "run")["test_examples"] == 16
    equal("run")
    trained("--resume", "run")
    trained("--resume", "run", "--size", 16)
    said = refused("train", "--resume", "run", "--size", 28, code=2)
    assert "size is 16 in run, got 28: a run keeps its settings" in said
    assert json.loads(Path("run/run.json").read_text())["reading"]["size"] == 16
    assert "784" in fnnet("summary", "pictures").stdout
    assert "256" in fnnet("summary", "run").stdout
    assert fnnet("summary", "pictures", "--size", 10).stdout.splitlines()[1].split() == [
        "0",
        "Flatten",
        "100",
        "0",
        "0",
    ]
    assert fnnet("check", "pictures").returncode == 0


def test_pictures_that_have_changed(both: None) -> None:
    """One picture more, a pixel that is another, a picture that broke, and a folder that is gone are refused."""
    Image.new("L", (9, 9)).save("pictures/disk/new.png")
    assert "are not those of the run: their SHA-256 differs" in refused("evaluate", "run")
    Path("pictures/disk/new.png").unlink()
    result("evaluate", "run")
    Path("pictures/disk/00.png").write_text("no disk")
    done = fnnet("evaluate", "run")
    assert done.returncode == 1
    assert "left out 1 of 80 pictures, unreadable" in done.stderr
    assert "are not those of the run" in done.stderr
    shutil.move("pictures", "moved")
    for command in (["evaluate", "run"], ["verify", "run"], ["train", "--resume", "run"]):
        assert "pictures is no folder" in refused(*command)


def test_pictures_may_have_moved(both: None) -> None:
    """A run goes on with its pictures from where they are said to be now."""
    shutil.move("pictures", "moved")
    trained("moved", "--resume", "run")


def test_what_is_left_out_is_said(both: None) -> None:
    """Other files and broken pictures are said on stderr, with --quiet and --json too, and training goes on."""
    Path("pictures/notes.txt").touch()
    Path("pictures/disk/x.png").write_text("no disk")
    for flag in ("--quiet", "--json"):
        done = fnnet("train", "pictures", "--epochs", 1, "--no-save", flag)
        assert done.returncode == 0
        first, second = done.stderr.splitlines()
        assert first == "fnnet: left out 1 file, no picture by name, or in no folder of a class: pictures/notes.txt"
        assert second.startswith("fnnet: left out 1 of 81 pictures, unreadable: pictures/disk/x.png is not a picture")


def test_reading_is_seen_on_a_terminal(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bar goes along on a terminal, and none with --quiet."""
    for flags, seen in (([], True), (["--quiet"], False)):
        screen = io.StringIO()
        monkeypatch.setattr("fnnet.cli.reading_pictures.err", Console(file=screen, force_terminal=True, width=80))
        command_line(["train", str(made / "pictures"), "--epochs", "1", "--no-save", *flags])
        assert ("reading pictures" in screen.getvalue()) == seen


def test_names_of_classes_may_be_any(made: Path) -> None:
    """Spaces, letters of other scripts, quotes, commas and what steers a terminal are names like others."""
    names = ["two words", "猫", 'a,"b"', "\x1b[2J"]
    for i, name in enumerate(names):
        shutil.copytree(made / "pictures" / ("disk", "cross")[i % 2], Path("own", name))
    trained("own", "--epochs", 1, "--out", "run")
    assert load_run("run").classes == tuple(sorted(names))
    for command in (["evaluate", "run", "--worst", 3], ["predict", "run", "own"], ["summary", "own"]):
        said = fnnet(*command)
        assert said.returncode == 0, said.stderr
        assert "\x1b[2J" not in said.stdout + said.stderr
    head, *rows = csv.reader(fnnet("predict", "run", "own").stdout.splitlines())
    assert head == ["path", "prediction", r"\x1b[2J", 'a,"b"', "two words", "猫"]
    assert len(rows) == 160


WRONG: dict[tuple[str, ...], tuple[int, str]] = {
    ("train", "xor", "--size", "9"): (2, "--size goes with a folder of pictures, and xor is none; leave it out"),
    ("train", "own.npz", "--size", "9"): (2, "--size goes with a folder of pictures, and own.npz is none"),
    ("summary", "digits", "--size", "9"): (2, "--size goes with a folder of pictures, and digits is none"),
    ("summary", "run", "--size", "9"): (2, "run is a run, whose network is what it is; leave out the flags"),
    ("train", "pictures", "--size", "0"): (2, "--size"),
    ("train", "pictures", "--size", "2000"): (2, "--size"),
    ("train", "pictures", "--size", "big"): (2, "--size"),
    ("train", "run"): (2, "run holds a run and no pictures: go on with it by --resume run, or begin with its network"),
    ("train", "nothing/"): (2, "no data set is called 'nothing/'"),
    ("train", "leer"): (1, "leer must hold a folder of pictures for each class, and holds no folder"),
    ("train", "pictures/disk"): (1, "pictures/disk must hold a folder of pictures for each class"),
    ("train", ".", "--out", "new"): (2, "new is in the folder of pictures, where it would be taken for a class"),
    ("train", "pictures", "--out", "pictures/a/b"): (2, "pictures/a/b is in the folder of pictures"),
    ("predict", "run", "leer"): (1, "leer holds no picture (.png, .jpg ...)"),
    ("predict", "run", "leer/missing.png"): (1, "leer/missing.png can't be read: No such file"),
    ("predict", "run", "0,1"): (2, "0,1 is a row of numbers: this run is on images, and wants such as seven.png"),
    ("predict", "numbers", "pictures"): (2, "pictures is no table: this run reads rows, of new.csv or the like"),
    ("evaluate", "pictures"): (1, "pictures holds no run: state.npz is missing"),
}


@pytest.mark.parametrize("command", WRONG, ids=" ".join)
def test_what_is_asked_wrongly_is_one_sentence(both: None, command: tuple[str, ...]) -> None:
    """Each is refused by name, in one line, with its exit code, and no run is begun."""
    Path("leer").mkdir()
    trained("xor", "--epochs", 1, "--out", "numbers")
    code, sentence = WRONG[command]
    assert sentence in refused(*command, code=code)
    assert not Path("new").exists()
    assert not Path("runs").exists()


def test_nothing_is_lost_of_a_run_that_was_to_be_replaced(both: None) -> None:
    """Where the pictures can't be used, --force replaces nothing."""
    before = Path("run/state.npz").read_bytes()
    shutil.rmtree("pictures/disk")
    assert "holds cross alone" in refused("train", "pictures", "--out", "run", "--force")
    assert Path("run/state.npz").read_bytes() == before


def test_a_known_name_is_not_a_folder(made: Path) -> None:
    """A folder called digits is read when it is said with a slash, and else they are fnnet's."""
    shutil.copytree(made / "pictures", "digits")
    assert result("train", "digits", "--epochs", 1, "--no-save")["train_examples"] == 1347
    assert result("train", "digits/", "--epochs", 1, "--no-save")["train_examples"] == 64


def test_a_run_that_says_another_size_is_refused(both: None) -> None:
    """A file whose size is not that of its network is no run."""
    header, arrays = unpack(Path("run/state.npz").read_bytes())
    header["run"]["source"]["reading"]["size"] = 17
    Path("run/state.npz").write_bytes(pack({k: v for k, v in header.items() if k not in ("format", "members")}, arrays))
    assert "its images are of (16, 16), and its pictures are brought to a size of 17" in refused("evaluate", "run")


# Predicting


def table(text: str) -> list[dict[str, str]]:
    """The rows of a CSV, by column."""
    return list(csv.DictReader(io.StringIO(text)))


def test_a_row_for_each_picture_of_a_folder(made: Path) -> None:
    """The rows are in order, and say what the Python API says of each picture."""
    rows = table(fnnet("predict", made / "run", made / "pictures").stdout)
    paths = [str(path) for kind in ("cross", "disk") for path in sorted((made / "pictures" / kind).iterdir())]
    assert [row["path"] for row in rows] == paths
    assert list(rows[0]) == ["path", "prediction", "cross", "disk"]
    x = np.stack([picture_on_sheet(path, 16) for path in paths])
    assert np.array_equal(x, load_folder(made / "pictures", 16).x)
    p = softmax(predict(load_run(made / "run").net, x))
    assert np.array([[float(row["cross"]), float(row["disk"])] for row in rows]) == pytest.approx(p, rel=1e-4)
    assert [row["prediction"] for row in rows] == [("cross", "disk")[k] for k in p.argmax(axis=1)]


def test_json_says_the_same(made: Path) -> None:
    """With --json it is one list on one line, as of pictures that are named one by one."""
    folder = made / "pictures" / "disk"
    done = fnnet("predict", made / "run", folder, "--json")
    assert done.stdout.count("\n") == 1
    each = result("predict", made / "run", *sorted(folder.iterdir()))
    found = json.loads(done.stdout)
    assert [(row["input"], row["class"]) for row in found] == [(row["input"], row["class"]) for row in each]
    for row, other in zip(found, each, strict=True):
        assert row["probabilities"] == pytest.approx(other["probabilities"], abs=1e-6)


def test_broken_pictures_have_no_row(made: Path) -> None:
    """The others have theirs, in deeper folders too; those without are counted and named, and the exit code is 1."""
    shutil.copytree(made / "pictures" / "disk", "new/a/b")
    for name in ("new/notes.txt", "new/.DS_Store", "new/a/.hidden.png"):
        Path(name).touch()
    Path("new/broken.png").write_bytes(b"\x89PNG\r\n")
    done = fnnet("predict", made / "run", "new")
    assert done.returncode == 1
    assert [row["path"] for row in table(done.stdout)] == sorted(str(path) for path in Path("new/a/b").iterdir())
    assert done.stderr.startswith("fnnet: no row for 1 of 41 pictures: new/broken.png is not a picture")
    assert done.stderr.count("\n") == 1
    done = fnnet("predict", made / "run", "new", "--json")
    assert (done.returncode, len(json.loads(done.stdout))) == (1, 40)
    for path in Path("new/a/b").iterdir():
        path.unlink()
    done = fnnet("predict", made / "run", "new")
    assert (done.returncode, done.stdout) == (1, "path,prediction,cross,disk\n")
    assert json.loads(fnnet("predict", made / "run", "new", "--json").stdout) == []


def test_folders_and_pictures_together(made: Path) -> None:
    """Several are gone through as they are said, and all become CSV."""
    one, disks = made / "pictures" / "cross" / "00.png", made / "pictures" / "disk"
    rows = table(fnnet("predict", made / "run", one, disks).stdout)
    assert [row["path"] for row in rows] == [str(one), *(str(path) for path in sorted(disks.iterdir()))]


def test_pictures_alone_are_a_table(made: Path) -> None:
    """Pictures that are named one by one are printed as of any other run, and a broken one is refused."""
    one = made / "pictures" / "cross" / "00.png"
    head, line = fnnet("predict", made / "run", one).stdout.splitlines()
    assert (head.split(), line.split()[:2]) == (["input", "class", "cross", "disk"], [str(one), "cross"])
    Path("broken.png").touch()
    assert "broken.png is not a picture" in refused("predict", made / "run", one, "broken.png")


def test_a_network_alone_knows_its_size(made: Path) -> None:
    """The network that was taken out of its run predicts the same, without the pictures."""
    folder = made / "pictures" / "disk"
    assert fnnet("predict", made / "run" / "model.npz", folder).stdout == fnnet("predict", made / "run", folder).stdout


def test_a_folder_for_a_run_on_digits() -> None:
    """Of a run on a known data set pictures in a folder are read in its form, as they are one by one."""
    trained("digits", "--epochs", 5, "--out", "run")
    Path("new").mkdir()
    for i, image in enumerate(digits().x_test[:3]):
        Image.fromarray(image * 15).resize((80, 80)).save(f"new/{i}.png")
    rows = table(fnnet("predict", "run", "new").stdout)
    x = np.stack([read_picture(row["path"], "digits") for row in rows])
    assert [int(row["prediction"]) for row in rows] == predict(load_run("run").net, x).argmax(axis=1).tolist()


def test_images_of_a_file_have_no_form(made: Path) -> None:
    """Of a run on images in an .npz nobody knows how pictures became them: a folder is refused as a picture is."""
    np.savez("own.npz", x=np.arange(40 * 64).reshape(40, 8, 8) % 251, y=np.arange(40) % 2)
    trained("own.npz", "--epochs", 1, "--out", "run")
    assert "pictures are read for runs on a folder" in refused("predict", "run", made / "pictures", code=2)


def test_rows_are_written_as_they_are_known(made: Path) -> None:
    """Four times as many pictures take no more memory."""
    for many in (1500, 6000):
        Path(str(many)).mkdir()
        for i in range(many):
            Path(str(many), f"{i}.png").hardlink_to(made / "pictures" / "disk" / "00.png")
    most = []
    for many in (1500, 1500, 6000):
        tracemalloc.start()
        with Path("out.csv").open("w") as file, pytest.MonkeyPatch.context() as patch:
            patch.setattr("sys.stdout", file)
            assert command_line(["predict", str(made / "run"), str(many)]) == 0
        most.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert len(Path("out.csv").read_text().splitlines()) == 6001
    assert most[2] < 1.5 * most[1]


def test_who_reads_may_stop(made: Path) -> None:
    """Where the reader of the rows goes away, as head does, it ends without a word."""
    import subprocess
    import sys

    command = f"{sys.executable} -m fnnet predict {made}/run {made}/pictures | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=100)
    assert (done.stdout, done.stderr) == ("path,prediction,cross,disk\n", "")


def test_a_process_of_its_own(made: Path) -> None:
    """A real process trains on a folder and predicts one, and says the same."""
    done = process("train", made / "pictures", "--size", 16, "--out", "run", "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    assert load_run("run").net == load_run(made / "run").net
    done = process("predict", "run", made / "pictures" / "disk")
    assert (done.returncode, len(table(done.stdout))) == (0, 40)
