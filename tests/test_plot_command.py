"""`fnnet plot`: what it writes, where, and what it refuses; every picture is of the run that is named."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from test_cli import fnnet as process
from test_verify import fnnet, refused, result, trained

from fnnet.cli import plot
from fnnet.datasets import digits
from fnnet.plotting import canvas
from fnnet.runs import load_run
from fnnet.runs.history import read_history
from fnnet.runs.overview import overview
from fnnet.runs.seeds import by_seed
from fnnet.telling.installing import install
from fnnet.values.record import replace

pytestmark = pytest.mark.usefixtures("in_a_folder_of_its_own")

MARKS = {".svg": b"<?xml", ".pdf": b"%PDF", ".png": b"\x89PNG"}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run on XOR, on the digits, on a table of classes with a category, and on one of numbers."""
    top, rng, before = tmp_path_factory.mktemp("runs"), np.random.default_rng(0), Path.cwd()
    os.chdir(top)
    lines = [f"{a:.2f},{'ab'[i % 2]},{'low' if a + i % 2 < 0.7 else 'high'}" for i, a in enumerate(rng.random(60))]
    Path("kinds.csv").write_text("\n".join(["size,sort,kind", *lines]) + "\n")
    lines = [f"{a:.3f},{b:.3f},{3 * a - b:.4f}" for a, b in rng.random((60, 2))]
    Path("numbers.csv").write_text("\n".join(["left,right,sum", *lines]) + "\n")
    trained("xor", "--epochs", 300)
    trained("digits", "--epochs", 2, "--hidden", 16)
    trained("kinds.csv", "--epochs", 3)
    trained("numbers.csv", "--epochs", 3, "--validation", 0.2)
    for seed in (1, 2):
        trained("numbers.csv", "--epochs", 3, "--validation", 0.2, "--seed", seed)
    trained("numbers.csv", "--epochs", 3, "--optimizer", "sgd", "--validation", 0.2)
    os.chdir(before)
    return top


@pytest.fixture
def here(kept: Path, tmp_path: Path) -> None:
    """These runs in the working folder, and their data where they were."""
    shutil.copytree(kept / "runs", tmp_path / "runs")


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Figure]:
    """The figures that a command has written."""
    figures: list[Figure] = []

    def packed(figure: Figure, suffix: str) -> bytes:
        figures.append(figure)
        return canvas.packed_figure(figure, suffix)

    monkeypatch.setattr(plot, "packed_figure", packed)
    return figures


def only(figures: list[Figure]) -> Axes:
    """The axes of the picture, without those of a scale of colors."""
    return figures[-1].axes[0]


FITTING = {
    "xor": ["curve", "plane", "network", "weights", "confusion"],
    "digits": ["curve", "weights", "confusion", "mistakes"],
    "kinds": ["curve", "weights", "confusion"],
    "numbers": ["curve", "plane", "weights", "mistakes"],
}


@pytest.mark.parametrize("run", FITTING)
def test_without_a_word_all_that_fits_is_drawn(here: None, run: str) -> None:
    """One picture in the folder of the run, named in the line, and the same bytes when it is drawn again."""
    done = fnnet("plot", f"runs/{run}")
    assert (done.returncode, done.stderr) == (0, "")
    file = Path("runs", run, "plot.svg")
    first = file.read_bytes()
    told = result("plot", f"runs/{run}")
    assert {*told["pictures"]} - {"mistakes"} == {*FITTING[run]} - {"mistakes"}
    assert ("mistakes" in told["pictures"]) == any(result("evaluate", f"runs/{run}", "--worst", 1)["worst"])
    assert done.stdout == f"{', '.join(told['pictures'])}: drawn in {file}\n"
    assert told["file"] == str(file)
    assert told["runs"] == [f"runs/{run}"]
    assert file.read_bytes() == first
    assert overview(Path("runs", run)).condition == "ended"


@pytest.mark.parametrize("what", plot.NAMES)
@pytest.mark.parametrize("suffix", MARKS)
def test_each_picture_in_each_form(here: None, what: str, suffix: str) -> None:
    """A picture by its name, in the form that the suffix says, in capitals too."""
    file = Path(f"mine{suffix.upper()}")
    assert result("plot", "runs/xor", "--what", what, "-o", file)["pictures"] == [what]
    assert file.read_bytes().startswith(MARKS[suffix])


def test_a_picture_by_name_is_called_so(here: None) -> None:
    """Without --out it is in the folder of the run, under its own name."""
    assert result("plot", "runs/xor", "--what", "network")["file"] == str(Path("runs/xor/network.svg"))
    assert Path("runs/xor/network.svg").exists()


# What is drawn


def test_the_curve_is_the_history(here: None, seen: list[Figure]) -> None:
    """Loss and R² beside each other, training and validation, as the folder has them."""
    result("plot", "runs/numbers", "--what", "curve")
    history = read_history(Path("runs/numbers/history.csv"))
    loss, score = seen[0].axes
    columns = {(loss, 0): "loss", (loss, 1): "validation", (score, 0): "metric", (score, 1): "validation_metric"}
    for (ax, i), column in columns.items():
        assert np.asarray(ax.lines[i].get_ydata()).tolist() == [getattr(row, column) for row in history]
    assert (loss.get_ylabel(), score.get_ylabel()) == ("loss", "R²")


def test_seeds_are_one_line_and_other_settings_another(here: None, seen: list[Figure]) -> None:
    """Three runs that differ in the seed, on parts of a table that the seed chose, are a mean; SGD is a line."""
    runs = [f"runs/numbers{i}" for i in ("", "-2", "-3", "-4")]
    told = result("plot", *runs, "-o", "seeds.pdf")
    assert (told["pictures"], told["file"]) == (["curve"], "seeds.pdf")
    losses = [[row.loss for row in read_history(Path(run, "history.csv"))] for run in runs]
    lines = only(seen).lines
    assert np.allclose(np.asarray(lines[0].get_ydata()), np.mean(losses[:3], axis=0))
    assert np.asarray(lines[2].get_ydata()).tolist() == losses[3]
    assert len(only(seen).collections) == 2
    (legend,) = seen[0].legends
    texts = [text.get_text() for text in legend.get_texts()]
    assert len(texts) == 4
    assert "mean of 3 runs" in texts[0]
    assert "mean" not in texts[2]
    assert "optimizer sgd" in texts[2]
    assert "seed" not in "".join(texts)


def test_runs_of_other_figures_share_the_loss_alone(here: None, seen: list[Figure]) -> None:
    """Accuracy and R² are not drawn into one; the lines are named by their data; and it is written here."""
    assert result("plot", "runs/numbers", "runs/kinds")["file"] == "curve.svg"
    assert [ax.get_ylabel() for ax in seen[0].axes] == ["loss"]
    texts = [text.get_text() for text in seen[0].legends[0].get_texts()]
    assert texts[0].startswith("numbers.csv")
    assert texts[-1].startswith("kinds.csv")


def test_a_changed_file_is_other_data(here: None, kept: Path) -> None:
    """Two runs of one seed on a file that was changed in between are not one line."""
    now = overview(Path("runs/numbers")).standing
    assert now is not None
    assert len(by_seed([now, now])) == 1
    other = replace(now, source=replace(now.source, sha256="0" * 64))
    assert list(by_seed([now, other])) == [f"numbers.csv {now.source.sha256[:12]}", f"numbers.csv {'0' * 12}"]


def test_the_confusion_matrix_is_that_of_evaluate(here: None, seen: list[Figure]) -> None:
    """The counts, cell by cell."""
    result("plot", "runs/digits", "--what", "confusion")
    counts = np.array(result("evaluate", "runs/digits")["confusion"])
    written = np.zeros((10, 10), int)
    for text in only(seen).texts:
        j, i = map(round, text.get_position())
        written[i, j] = int(text.get_text())
    assert np.array_equal(written, counts)


def test_the_mistakes_are_those_of_evaluate(here: None, seen: list[Figure], kept: Path) -> None:
    """The pictures are those of the rows, worst first, each with what it was taken for."""
    result("plot", "runs/digits", "--what", "mistakes")
    worst = result("evaluate", "runs/digits", "--worst", 18)["worst"]
    images = [np.asarray(image.get_array()) for image in only(seen).images]
    assert np.allclose(images, [digits().x_test[row["row"]] / 16 for row in worst])
    assert [t.get_text().split("\n")[:2] for t in only(seen).texts] == [
        [row["class"], f"taken for {row['predicted']}"] for row in worst
    ]


def test_weights_are_those_of_the_run(here: None, seen: list[Figure]) -> None:
    """Of digits pictures of 8x8; of a table rows, whose columns have the names of what the first units meet."""
    result("plot", "runs/digits", "--what", "weights")
    W = load_run("runs/digits").net[3].W
    assert np.array_equal(np.asarray(only(seen).images[0].get_array())[:8, :8], W[:, 0].reshape(8, 8))
    result("plot", "runs/kinds", "--what", "weights")
    assert [text.get_text() for text in only(seen).get_xticklabels()] == ["size", "sort: a", "sort: b"]


def test_numbers_are_drawn_against_the_true_ones(here: None, seen: list[Figure]) -> None:
    """R² is that of evaluate, and the axes are named by the column."""
    result("plot", "runs/numbers", "--what", "mistakes")
    assert only(seen).get_title() == f"R² {result('evaluate', 'runs/numbers')['test_r2']:.4f}"
    assert only(seen).get_xlabel() == "true sum"
    result("plot", "runs/numbers", "--what", "network")
    texts = [text.get_text() for text in only(seen).texts]
    assert {"left", "right", "sum"} <= {*texts}


def test_a_network_out_of_its_run_is_drawn_without_a_curve(here: None) -> None:
    """A model.npz has no history; beside it is the picture of all else."""
    shutil.copy("runs/xor/model.npz", "taken.npz")
    told = result("plot", "taken.npz")
    assert told == {"runs": ["taken.npz"], "pictures": FITTING["xor"][1:], "file": "plot.svg"}


# What is refused

REFUSED: dict[str, tuple[list[str], int, str]] = {
    "another suffix": (["runs/xor", "-o", "a.jpg"], 2, "--out must end in .svg, .pdf, .png, got a.jpg"),
    "no suffix": (["runs/xor", "-o", "picture"], 2, "--out must end in .svg, .pdf, .png, got picture"),
    "another picture": (["runs/xor", "--what", "film"], 2, "--what must be one of curve, plane, network, weights"),
    "no run": (["runs"], 1, "runs holds no run: state.npz is missing"),
    "nothing": (["runs/xro"], 1, "runs/xro is not there; did you mean runs/xor?"),
    "one that is no run": (["runs/xor", "runs/xro"], 1, "runs/xro is not there; did you mean runs/xor?"),
    "a folder among runs": (["runs/xor", "runs"], 1, "runs holds no run: state.npz is missing"),
    "no place": (["runs/xor", "-o", "nowhere/a.svg"], 1, "nowhere/a.svg can't be written: No such file or directory"),
    "a folder": (["runs/xor", "-o", "folder.svg"], 1, "folder.svg can't be written: Is a directory"),
    "a plane of digits": (["runs/digits", "--what", "plane"], 2, "of two inputs, and an example of this run has 8x8"),
    "a plane of categories": (["runs/kinds", "--what", "plane"], 2, "this run has one of categories"),
    "a confusion of numbers": (["runs/numbers", "--what", "confusion"], 2, "this run predicts numbers"),
    "two networks": (
        ["runs/xor", "runs/xor", "--what", "network"],
        2,
        "network is drawn of one run, got 2; of several",
    ),
    "a file's history": (["runs/xor/model.npz", "--what", "curve"], 1, "has no history of an epoch"),
    "files' histories": (["runs/xor/model.npz", "runs/xor"], 1, "runs/xor/model.npz"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_can_not_be_drawn_is_refused(here: None, case: str) -> None:
    """One sentence and an exit code; and nothing is written."""
    Path("folder.svg").mkdir()
    before = sorted(map(str, Path().rglob("*")))
    arguments, code, message = REFUSED[case]
    assert message in refused("plot", *arguments, code=code)
    assert sorted(map(str, Path().rglob("*"))) == before


def test_a_run_without_an_epoch_has_no_curve(here: None) -> None:
    """The history is empty: the curve is refused, alone and among others, and all else is drawn."""
    file = Path("runs/xor/history.csv")
    file.write_text(file.read_text().splitlines(keepends=True)[0])
    assert "runs/xor has no history of an epoch" in refused("plot", "runs/xor", "--what", "curve")
    assert "runs/xor has no history of an epoch" in refused("plot", "runs/numbers", "runs/xor")
    assert result("plot", "runs/xor")["pictures"] == FITTING["xor"][1:]
    file.unlink()
    assert "has no history" in refused("plot", "runs/xor", "--what", "curve")


def test_rows_beyond_the_state_are_no_history(here: None, seen: list[Figure]) -> None:
    """What a killed process wrote of a later epoch than the state is not drawn."""
    with Path("runs/xor/history.csv").open("a") as file:
        file.write("301,301,0.5,9.0,,0.5,,1.0\n")
    result("plot", "runs/xor", "--what", "curve")
    assert len(np.asarray(only(seen).lines[0].get_ydata())) == 300


def test_without_its_data_the_rest_is_drawn(here: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What needs the data is left out, and said; alone it is refused."""
    Path("own.csv").write_text("a,b,kind\n" + "".join(f"{i % 7},{i % 5},{'xy'[i % 2]}\n" for i in range(40)))
    trained("own.csv", "--epochs", 2, "--hidden", 3)
    Path("own.csv").unlink()
    done = fnnet("plot", "runs/own")
    assert done.returncode == 0
    assert done.stdout == f"curve, network, weights: drawn in {Path('runs/own/plot.svg')}\n"
    assert done.stderr.startswith("fnnet: without plane, confusion, mistakes: ")
    assert "own.csv" in done.stderr
    for what in ("plane", "confusion", "mistakes"):
        assert "own.csv" in refused("plot", "runs/own", "--what", what)
    assert result("plot", "runs/own", "--what", "curve")["pictures"] == ["curve"]
    Path("own.csv").write_text("a,b,kind\n" + "".join(f"{i % 6},{i % 5},{'xy'[i % 2]}\n" for i in range(40)))
    assert "are not those of the run" in refused("plot", "runs/own", "--what", "plane")


def test_a_file_that_nobody_named_is_not_lost(here: None) -> None:
    """What stands where a picture would go is kept unless it is a picture of ours; a name that is said is meant."""
    mine = Path("runs/xor/plot.svg")
    mine.write_text("<svg>mine</svg>")
    assert "plot.svg is there, and not drawn by fnnet plot" in refused("plot", "runs/xor", code=2)
    assert mine.read_text() == "<svg>mine</svg>"
    result("plot", "runs/xor", "-o", mine)
    result("plot", "runs/xor")
    mine.unlink()
    mine.mkdir()
    assert "is there, and not drawn by fnnet plot" in refused("plot", "runs/xor", code=2)


def test_a_failed_write_leaves_what_was_there(here: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk: the old picture is whole, and nothing lies beside it."""
    result("plot", "runs/xor", "-o", "mine.png")
    before = Path("mine.png").read_bytes()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("fnnet.runs.archive.os.replace", full)
    assert "mine.png can't be written: No space left on device" in refused("plot", "runs/digits", "-o", "mine.png")
    assert Path("mine.png").read_bytes() == before
    assert [path.name for path in Path().glob("*mine*")] == ["mine.png"]


def test_without_matplotlib_it_is_said_how_to_get_it(here: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence, before anything is computed; and no other command needs it."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    line = refused("plot", "runs/xor")
    assert line == f"fnnet: pictures are drawn by matplotlib: run {install('plot')}\n"
    result("evaluate", "runs/xor")


def test_no_other_command_loads_matplotlib(here: None) -> None:
    """A process that trains, lists or shows help has not imported it, nor has one that looks at the room."""
    code = (
        "import sys; from fnnet.cli.app import run; import fnnet.plotting; run(['evaluate', 'runs/xor', '--json']); "
        "run(['plot', '--help']); sys.exit('matplotlib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


def test_a_process_of_its_own_says_nothing_else(here: None) -> None:
    """No warning and no word of matplotlib stands beside the result, whatever the class is called."""
    rows = "".join(f"{i % 7},{i % 5},{('日本', '_$x$')[i % 2]}\n" for i in range(40))
    Path("own.csv").write_text("a,$b_,kind\n" + rows, encoding="utf-8")
    trained("own.csv", "--epochs", 2, "--hidden", 3)
    done = process("plot", "runs/own", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["pictures"][:2] == ["curve", "plane"]


def test_gaps_and_categories_of_a_table_are_drawn(here: None, seen: list[Figure]) -> None:
    """A gap has no point in the plane, and what shows where gaps were is an input by its name."""
    lines = [f"{'' if i % 9 == 0 else i % 7},{i % 5},{'xy'[i % 7 > 3]}" for i in range(60)]
    Path("own.csv").write_text("a,b,kind\n" + "\n".join(lines) + "\n")
    trained("own.csv", "--epochs", 2, "--hidden", 3)
    done = fnnet("plot", "runs/own", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    result("plot", "runs/own", "--what", "weights")
    assert [text.get_text() for text in only(seen).get_xticklabels()] == ["a", "b", "a: gap"]


def test_help_teaches_with_examples() -> None:
    """The help has the pictures by name, and commands to copy."""
    said = fnnet("plot", "--help").stdout
    assert all(name in said for name in plot.NAMES)
    assert said.count("fnnet plot runs/") == 3
