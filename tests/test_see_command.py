"""`fnnet see` at the command line: the page that it writes, and what it says where it can't."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from test_killing import under
from test_verify import fnnet, refused, result, rewritten, up, with_array

from fnnet.runs import load_run
from fnnet.seeing import contents

pytestmark = pytest.mark.usefixtures("in_a_folder_of_its_own")


@pytest.fixture
def xor() -> Path:
    """The folder of a short run on XOR."""
    assert fnnet("train", "xor", "--epochs", 20, "--quiet").returncode == 0
    return Path("runs/xor")


def about(page: Path) -> Any:
    """What a page knows of its films."""
    text = page.read_text("utf-8")
    return json.loads(text.split('id="about">')[1].split("</script>")[0])


def train_on_table(rows: int = 12, *flags: object) -> Path:
    """A run on a table of its own, birds.csv."""
    rng = np.random.default_rng(0)
    lines = [f"{a:.2f},{b:.2f},{'gull' if a > b else 'tern'}" for a, b in rng.normal(size=(rows, 2))]
    Path("birds.csv").write_text("\n".join(["wing,beak,kind", *lines]))
    assert fnnet("train", "birds.csv", "--epochs", 5, "--hidden", 3, "--quiet", *flags).returncode == 0
    return Path("runs/birds")


def test_the_page_is_in_the_folder_of_the_run(xor: Path) -> None:
    """Without a flag it is see.html beside the run, whole, and its place is said."""
    done = fnnet("see", xor)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"the page: {xor / 'see.html'}\n", "")
    assert about(xor / "see.html")["films"][0]["about"]["kept"] == list(range(21))


def test_all_of_xor_is_below_a_megabyte() -> None:
    """The thousand steps of the lecture's problem, all of them, are less than a million bytes."""
    fnnet("train", "xor", "--quiet")
    said = result("see", "runs/xor")
    assert said["runs"][0] == {"run": "runs/xor", "steps": 1000, "kept": 1001, "notes": []}
    assert said["bytes"] == Path("runs/xor/see.html").stat().st_size < 1_000_000


def test_the_page_goes_where_it_is_told(xor: Path) -> None:
    """-o names the file; a page that was there is replaced, and the same run gives the same bytes."""
    pages = []
    for _ in range(2):
        assert fnnet("see", xor, "-o", "film.html").returncode == 0
        pages.append(Path("film.html").read_bytes())
    assert pages[0] == pages[1]
    assert not (xor / "see.html").exists()


def test_open_opens_it(xor: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--open hands the page to the browser."""
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    fnnet("see", xor, "--open")
    assert opened == [(xor / "see.html").resolve().as_uri()]


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["-o", "runs"], "it is a folder"),
        (["-o", "there/is/none.html"], "there/is is no folder"),
    ],
)
def test_a_place_that_cannot_be_written(xor: Path, flags: list[str], said: str) -> None:
    """It is said before anything is trained for it."""
    assert said in refused("see", xor, *flags)


@pytest.mark.parametrize("size", ["much", "0", "-1MB", "20TB", "", "9" * 400, "\N{ARABIC-INDIC DIGIT THREE}MB"])
def test_a_size_is_a_number_of_bytes(xor: Path, size: str) -> None:
    """Anything else is wrong usage."""
    assert "size must be a number of bytes" in refused("see", xor, f"--size={size}", code=2)


def test_a_film_larger_than_the_budget(xor: Path) -> None:
    """What it takes at least is said, and with that it is made."""
    said = refused("see", xor, "--size", "50kB", code=2)
    least = said.rsplit("at least ", 1)[1].strip().replace(" ", "")
    assert fnnet("see", xor, "--size", least).returncode == 0
    assert not fnnet("see", xor, "--size", "1kB").stdout


@pytest.mark.parametrize("kilobytes", [700, 1500, 4000])
def test_a_page_is_never_larger_than_its_budget(kilobytes: int) -> None:
    """Of a long run so many moments are kept as fit in, the first steps one by one, and the last."""
    fnnet("train", "digits", "--hidden", "16", "--epochs", 8, "--quiet")
    said = result("see", "runs/digits", "--size", f"{kilobytes}kB")
    assert said["bytes"] <= kilobytes * 1000
    kept = about(Path("runs/digits/see.html"))["films"][0]["about"]["kept"]
    assert kept[:2] == [0, 1]
    assert kept[-1] == said["runs"][0]["steps"]
    assert len(kept) == said["runs"][0]["kept"] > kilobytes / 100


def test_more_is_kept_of_a_larger_page() -> None:
    """What was left out is said, and how to have more."""
    fnnet("train", "digits", "--epochs", 8, "--quiet")
    done = fnnet("see", "runs/digits", "--size", "5MB")
    assert "moments are kept; for more, say --size" in done.stdout


def test_no_run() -> None:
    """A folder that holds none, one that is not there, and a file."""
    Path("empty").mkdir()
    assert "holds no run" in refused("see", "empty")
    assert "runs/nope is not there" in refused("see", "runs/nope")


def test_a_network_without_its_run(xor: Path) -> None:
    """It can't be trained again."""
    assert "a network without its run" in refused("see", xor / "model.npz")


def test_three_runs(xor: Path) -> None:
    """One or two are seen."""
    assert "one run, or two" in refused("see", xor, xor, xor, code=2)


def test_two_runs_part_where_they_part(xor: Path) -> None:
    """The first differing step is said; of the same run there is none."""
    fnnet("train", "xor", "--epochs", 20, "--lr", 0.3, "--quiet")
    said = result("see", xor, "runs/xor-2", "-o", "two.html")
    assert said["differs"]["step"] == 1
    assert "They part with step 1: 0.W[0,0] is" in said["differs"]["text"]
    assert len(about(Path("two.html"))["films"]) == 2
    assert result("see", xor, xor)["differs"] == {"step": None, "text": "All 20 steps are the same to the bit."}


def test_other_beginnings_and_other_networks(xor: Path) -> None:
    """Another seed differs before the first step, and so does another network."""
    fnnet("train", "xor", "--epochs", 20, "--seed", 1, "--quiet")
    fnnet("train", "xor", "--epochs", 20, "--hidden", 3, "--quiet")
    for other in ("runs/xor-2", "runs/xor-3"):
        said = result("see", xor, other)["differs"]
        assert (said["step"], said["text"][:30]) == (0, "They differ from the beginning")


def test_data_that_are_gone() -> None:
    """The page is made of the network as it was saved, and what it can't show is said."""
    folder = train_on_table()
    Path("birds.csv").unlink()
    done = fnnet("see", folder)
    assert done.returncode == 0
    assert "There is no film, and nothing of the data" in done.stderr
    (film,) = about(folder / "see.html")["films"]
    assert (film["about"]["kept"], film["about"]["steps"], film["whole"]) == ([5], 0, None)
    assert "birds.csv" in film["about"]["notes"][0]


def test_data_that_are_others() -> None:
    """They are not those of the run, which is as if they were gone."""
    folder = train_on_table()
    Path("birds.csv").write_text(Path("birds.csv").read_text().replace("gull", "auk"))
    assert "their SHA-256 differs" in fnnet("see", folder).stderr


def test_bits_of_another_machine(xor: Path) -> None:
    """A run that ends elsewhere than it did is shown, and said to."""
    rewritten(xor, lambda state: with_array(state, "params.0.W", up))
    done = fnnet("see", xor)
    assert done.returncode == 0
    assert "comes to other bits than it has kept: params.0.W differs in 1 of 16 numbers" in done.stderr


@pytest.mark.parametrize(
    "flags",
    [
        ["--batch-norm"],
        ["--activation", "gelu"],
        ["--loss", "mse"],
        ["--loss", "sigmoid"],
        ["--dropout", 0.5, "--hidden", "4,4,4,4"],
        ["--validation", 0.3, "--patience", 1],
        ["--freeze", "1", "--hidden", "3,3"],
    ],
)
def test_every_kind_of_run_has_a_page(flags: list[object]) -> None:
    """With formulas or without."""
    folder = train_on_table(40, *flags)
    assert fnnet("see", folder).returncode == 0


def test_a_run_of_numbers() -> None:
    """Outputs are in the unit of the target."""
    rows = "\n".join(f"{i},{i * i}" for i in range(20))
    Path("squares.csv").write_text(f"a,b\n{rows}")
    fnnet("train", "squares.csv", "--epochs", 5, "--hidden", 3, "--task", "numbers", "--quiet")
    assert fnnet("see", "runs/squares").returncode == 0
    (film,) = about(Path("runs/squares/see.html"))["films"]
    mean, deviation = film["about"]["unit"]
    assert 0 < mean < 361
    assert deviation > 1


def test_a_run_that_began_with_another(xor: Path) -> None:
    """It begins where the other ended."""
    fnnet("train", "xor", "--from", xor, "--epochs", 3, "--quiet")
    assert fnnet("see", "runs/xor-2").stderr == ""


def test_a_run_that_was_stopped_is_seen_up_to_there() -> None:
    """Its film ends at the state that the folder holds, in the midst of an epoch."""
    under({"events": [["step", 50, "SIGINT"]]}, "train", "digits", "--epochs", 2, "--hidden", 9, "--quiet")
    said = result("see", "runs/digits")
    (film,) = about(Path("runs/digits/see.html"))["films"]
    assert said["runs"][0]["notes"] == []
    assert said["runs"][0]["steps"] == load_run("runs/digits").state.step == film["about"]["kept"][-1]
    assert 0 < film["about"]["kept"][-1] < 86


def test_a_run_that_was_resumed_is_seen_from_the_beginning(xor: Path) -> None:
    """As if it had never ended."""
    fnnet("train", "--resume", xor, "--epochs", 30, "--quiet")
    assert result("see", xor)["runs"] == [{"run": str(xor), "steps": 30, "kept": 31, "notes": []}]


def test_pictures_of_ones_own() -> None:
    """A folder of pictures: drawings are brought to the size of the run."""
    rng = np.random.default_rng(0)
    for i in range(12):
        place = Path("pictures", "ab"[i % 2])
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 255, (9, 9), dtype=np.uint8)).save(place / f"{i}.png")
    fnnet("train", "pictures", "--size", 8, "--epochs", 2, "--hidden", 3, "--quiet")
    assert fnnet("see", "runs/pictures").returncode == 0
    (film,) = about(Path("runs/pictures/see.html"))["films"]
    assert (film["about"]["form"], film["about"]["shape"]) == ({"size": 8}, [8, 8])


def test_an_interrupted_page_leaves_the_one_before(xor: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while the run is trained again: nothing is written, and no file is left on the way."""
    assert fnnet("see", xor).returncode == 0
    before = {path.name: path.read_bytes() for path in xor.iterdir()}
    real = contents.contents

    def interrupted(*arguments: Any) -> Any:
        real(*arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr("fnnet.seeing.budget.contents", interrupted)
    done = fnnet("see", xor)
    assert (done.returncode, done.stdout) == (130, "")
    assert {path.name: path.read_bytes() for path in xor.iterdir()} == before


def test_a_full_disk_leaves_the_page_before(xor: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is whole or not at all."""
    Path("see.html").write_text("before")

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    said = refused("see", xor, "-o", "see.html")
    assert "see.html" in said
    assert Path("see.html").read_text() == "before"
    assert sorted(path.name for path in Path().iterdir()) == ["runs", "see.html"]
