"""Tables at the command line: trained on, measured and predicted from, with what is strange in them said aloud."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_verify import fnnet, refused, result, trained

from fnnet import predict
from fnnet.datasets import load_table
from fnnet.runs import load_run

RNG = np.random.default_rng(0)
SPECIES = ("setosa", "virginica")


def flowers(rows: int = 60, color: str = "red") -> list[dict[str, Any]]:
    """Rows with two sizes, a color, a gap here and there, and a species that follows from them."""
    made = []
    for i in range(rows):
        k = i % 2
        long, wide = (round(float(RNG.normal((4.0, 6.0)[k], 0.3)), 2) for _ in range(2))
        made.append(
            {"length": "" if i % 9 == 4 else long, "width": wide, "color": ("red", "blue")[k], "kind": SPECIES[k]}
        )
    return made


def written(path: str, rows: list[dict[str, Any]], names: list[str] | None = None) -> Path:
    """A file of these rows."""
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, names or list(rows[0]), extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return Path(path)


pytestmark = pytest.mark.usefixtures("in_a_folder_of_its_own")


@pytest.fixture
def iris() -> Path:
    """A run that tells flowers apart."""
    written("iris.csv", flowers())
    trained("iris.csv", "--out", "run")
    return Path("run")


@pytest.fixture
def houses() -> Path:
    """A run that predicts prices, 50,000 and 3,000 a square meter, with a typical error of 5,000."""
    size = RNG.uniform(30, 200, 200)
    price = 50_000 + 3_000 * size + RNG.normal(0, 5_000, 200)
    written("houses.csv", [{"size": f"{s:.1f}", "price": f"{p:.0f}.5"} for s, p in zip(size, price, strict=True)])
    trained("houses.csv", "--target", "price", "--out", "run")
    return Path("run")


def rows_of(text: str) -> list[list[str]]:
    """The cells of what was printed as CSV."""
    return list(csv.reader(io.StringIO(text)))


def test_classes_by_name_simply_work() -> None:
    """A table with texts, gaps and class names is trained on, and the opening says what was found."""
    written("iris.csv", flowers())
    said = fnnet("train", "iris.csv")
    assert said.returncode == 0
    first, kinds, target, network, *_ = said.stdout.splitlines()
    assert first == "iris: 48 training and 12 test examples of 3, 2 classes"
    assert kinds == "  numbers: length, width; categories: color (2)"
    assert target == "  kind, the last column, is to be predicted: for another, --target"
    assert network.startswith("network: Impute 3 | Standardize 4 | OneHot | Affine 5x")
    assert result("evaluate", "runs/iris")["test_accuracy"] == 1.0
    assert load_run("runs/iris").classes == SPECIES


def test_numbers_are_measured_in_their_unit(houses: Path) -> None:
    """R², RMSE and the mean absolute error are those of what `predict` says, in the target's unit."""
    found = result("evaluate", houses)
    assert "test_accuracy" not in found
    data = load_run(houses).source.reading
    assert data.target == "price"
    record = json.loads(Path("run/run.json").read_text())["result"]
    assert {name: record[name] for name in ("test_r2", "test_rmse", "test_mae")} == pytest.approx(
        {name: found[name] for name in ("test_r2", "test_rmse", "test_mae")}
    )
    assert found["test_r2"] > 0.98
    assert 3_000 < found["test_rmse"] < 15_000
    whole = load_table("houses.csv")
    head, *rows = rows_of(fnnet("predict", houses, "houses.csv").stdout)
    assert head == ["prediction"]
    away = np.array([float(row[0]) for row in rows]) - whole.y
    found = result("evaluate", houses, "houses.csv")
    assert found["test_rmse"] == pytest.approx(np.sqrt(np.mean(away**2)), rel=1e-4)
    assert found["test_mae"] == pytest.approx(np.mean(abs(away)), rel=1e-4)
    assert found["test_r2"] == pytest.approx(1 - np.mean(away**2) / whole.y.var(), rel=1e-4)


def test_numbers_everywhere(houses: Path) -> None:
    """A run of numbers is shown, verified, resumed to the same bits, and its worst predictions are the farthest."""
    assert fnnet("verify", houses).returncode == 0
    assert fnnet("summary", houses).stdout.splitlines()[-2].split()[1:4] == ["Unstandardize", "1", "1"]
    worst = result("evaluate", houses, "--worst", 3)["worst"]
    errors = [abs(row["predicted"] - row["target"]) for row in worst]
    assert errors == sorted(errors, reverse=True)
    assert "R2" in fnnet("evaluate", houses).stdout
    assert "test R2" in fnnet("train", "houses.csv", "--epochs", 1).stdout
    trained("houses.csv", "--epochs", 2, "--schedule", "constant", "--out", "whole")
    trained("houses.csv", "--epochs", 1, "--schedule", "constant", "--out", "parts")
    trained("--resume", "parts", "--epochs", 2)
    assert load_run("parts").net == load_run("whole").net


def test_the_loss_is_in_deviations_and_the_history_in_r2(houses: Path) -> None:
    """The loss is in squared deviations of the training targets, and the history has R² of each epoch's batches."""
    found, run = result("evaluate", houses), load_run(houses)
    assert found["test_loss"] == pytest.approx((found["test_rmse"] / run.net[-1].deviation[0]) ** 2, rel=1e-4)
    head, *rows = rows_of(Path("run/history.csv").read_text())
    assert head[5:] == ["R2", "validation_R2", "seconds"]
    assert float(rows[-1][5]) == pytest.approx(1 - float(rows[-1][3]), abs=1e-4)  # 1 - mean squared error / variance
    assert float(rows[0][5]) < 0.5 < 0.95 < float(rows[-1][5])


@pytest.mark.parametrize("loss", ["mse", "mae", "huber"])
def test_each_loss_of_numbers_learns(houses: Path, loss: str) -> None:
    """Squared, absolute and Huber's errors are small after training, whatever the unit of the target."""
    assert json.loads(fnnet("train", "houses.csv", "--loss", loss, "--json").stdout)["test_r2"] > 0.95


def test_new_rows_are_read_by_name(iris: Path) -> None:
    """The columns may stand in any order and beside others; a row of CSV is written for each, from stdin as well."""
    rows = flowers(5)
    written("new.csv", [{**row, "extra": "x"} for row in rows], ["extra", "color", "width", "kind", "length"])
    head, *said = rows_of(fnnet("predict", iris, "new.csv").stdout)
    assert head == ["prediction", *SPECIES]
    assert [row[0] for row in said] == [row["kind"] for row in rows]
    run = load_run(iris)
    assert run.schema is not None
    x = run.schema.encode({name: [row[name] or None for row in rows] for name in ("length", "width", "color")})
    logits = predict(run.net, x).astype(float)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert np.array([row[1:] for row in said], float) == pytest.approx(p, rel=1e-4, abs=1e-6)
    piped = subprocess.run(
        [sys.executable, "-m", "fnnet", "predict", str(iris), "-"],
        input=Path("new.csv").read_bytes(), capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    assert rows_of(piped.stdout.decode()) == [head, *said]
    objects = result("predict", iris, "new.csv")
    assert [row["class"] for row in objects] == [row[0] for row in said]
    assert list(objects[0]["probabilities"]) == list(SPECIES)


def test_rows_may_be_typed(iris: Path) -> None:
    """A row of cells is read as one of the table, with a text, and with a gap."""
    assert [row["class"] for row in result("predict", iris, "4.0,4.1,red", "6,6.2,blue", ",6,blue")] == [
        "setosa", "virginica", "virginica",
    ]  # fmt: skip


def test_a_row_of_numbers_has_an_answer(houses: Path) -> None:
    """A typed row of a run of numbers is answered on the screen as in JSON."""
    said = fnnet("predict", houses, "100").stdout.splitlines()
    assert said[0].split() == ["input", "prediction"]
    assert float(said[1].split()[1].replace(",", "")) == pytest.approx(
        result("predict", houses, "100")[0]["prediction"], rel=1e-4
    )


def test_the_worst_are_named_by_their_lines(houses: Path) -> None:
    """Of a file the worst mistakes are named by the lines in which they stand."""
    lines = Path("houses.csv").read_text().splitlines()
    for row in result("evaluate", houses, "houses.csv", "--worst", 3)["worst"]:
        assert float(lines[row["line"] - 1].split(",")[1]) == pytest.approx(row["target"])


def test_the_network_of_a_table_can_be_seen_before_training() -> None:
    """`summary` takes what says how a table is read."""
    written("iris.csv", flowers())
    assert (
        fnnet("summary", "iris.csv", "--target", "width", "--drop", "kind").stdout.splitlines()[-2].split()[1]
        == "Unstandardize"
    )


def test_another_optimizer_has_its_own_rate() -> None:
    """A data set's usual rate goes with its usual optimizer."""
    written("iris.csv", flowers())
    found = json.loads(fnnet("train", "iris.csv", "--optimizer", "sgd", "--epochs", 1, "--json").stdout)
    assert found["settings"]["lr"] == 0.2


def test_a_file_without_a_header_is_taken_in_order(iris: Path) -> None:
    """Rows without names are the columns in their order."""
    Path("new.csv").write_text("4.0,4.1,red\n6.1,6.0,blue\n")
    assert [row[0] for row in rows_of(fnnet("predict", iris, "new.csv").stdout)] == ["prediction", *SPECIES]


def test_what_training_never_saw_is_counted_aloud(iris: Path) -> None:
    """Unseen categories and new gaps get a prediction, and are counted on stderr."""
    written("new.csv", [{"length": "", "width": "", "color": "green"}, {"length": 4, "width": 4, "color": "green"}])
    said = fnnet("predict", iris, "new.csv")
    assert said.returncode == 0
    assert len(rows_of(said.stdout)) == 3
    assert sorted(said.stderr.splitlines()) == [
        "fnnet: color, in 2 rows: a category that training never had",
        "fnnet: width, in 1 row: missing, as it never was in training; taken as its median",
    ]


NEW = {
    "a column less": ("length,color\n1,red\n", "new.csv lacks the column width"),
    "another kind": ("length,width,color\n1,2,red\n1,wide,red\n", "column width holds numbers, got 'wide' in line 3"),
    "numbers for texts": ("length,width,color\n1,2,3\n1,2,4\n", "column color held texts in training"),
    "ragged": ("length,width,color\n1,2,red\n1,2\n", "must have 3 columns in every row, got 2 in line 3"),
    "empty": ("", "must hold rows, got none"),
    "no header and too few": ("1,2\n3,4\n", "has no header, and 2 columns: the run has length, width, color"),
}


@pytest.mark.parametrize(("text", "said"), NEW.values(), ids=NEW)
def test_other_files_are_refused(iris: Path, text: str, said: str) -> None:
    """What can't be read by the run's columns is refused by name, in one sentence, before anything is written."""
    Path("new.csv").write_text(text)
    found = fnnet("predict", iris, "new.csv")
    assert (found.returncode, found.stdout) == (1, "")
    assert said in found.stderr
    assert len(found.stderr.splitlines()) == 1


def test_a_row_that_is_too_short_is_refused(iris: Path) -> None:
    """A typed row has a cell for each column."""
    assert "a row must have 3 cells, for length, width, color; got 1,2" in refused("predict", iris, "1,2", code=2)


def test_other_columns_cannot_go_on_with_a_run(iris: Path) -> None:
    """Two files for one run with different columns: the second is refused, and the run is as it was."""
    written("other.csv", [{"height": 1.5, "kind": kind} for kind in SPECIES * 10])
    before = Path("run/state.npz").read_bytes()
    assert "are not those of the run" in refused("train", "other.csv", "--resume", "run")
    assert Path("run/state.npz").read_bytes() == before


def test_known_rows_are_measured(iris: Path) -> None:
    """A file whose classes are known is measured by the run; a class that it never had, or none, is named."""
    written("new.csv", flowers(20))
    found = result("evaluate", iris, "new.csv")
    assert (found["dataset"], found["test_examples"], found["test_accuracy"]) == ("new.csv", 20, 1.0)
    written("new.csv", [*flowers(2), {"length": 1, "width": 2, "color": "red", "kind": "rose"}])
    assert "column kind has rose, which no training row has, in line 4" in refused("evaluate", iris, "new.csv")
    written("new.csv", [*flowers(2), {"length": 1, "width": 2, "color": "red", "kind": ""}])
    said = fnnet("evaluate", iris, "new.csv", "--json")
    assert json.loads(said.stdout)["test_examples"] == 2
    assert said.stderr == "fnnet: 1 row without kind: left out\n"
    written("new.csv", flowers(2), ["length", "width", "color"])
    assert "has no column kind" in refused("evaluate", iris, "new.csv")


def test_the_target_and_what_is_dropped_belong_to_the_run() -> None:
    """The flags that say how a table is read are kept, so that nothing need be said again, and no other may be."""
    written("iris.csv", flowers())
    trained("iris.csv", "--target", "width", "--drop", "kind", "--epochs", 1, "--schedule", "constant", "--out", "run")
    assert load_run("run").source.reading.drop == ("kind",)
    assert fnnet("verify", "run").returncode == 0
    trained("--resume", "run", "--epochs", 2)
    said = refused("train", "--resume", "run", "--target", "kind", code=2)
    assert "target is width in run, got kind: a run keeps its settings" in said


USAGE = {
    ("--task", "ranks"): "--task must be classes or numbers, got 'ranks'",
    (
        "--loss",
        "cross-entropy",
        "--target",
        "width",
    ): "loss cross-entropy is for classes, and iris has numbers to predict",
}


@pytest.mark.parametrize(("flags", "said"), USAGE.items(), ids=[" ".join(flags) for flags in USAGE])
def test_flags_that_contradict_are_refused(flags: tuple[str, ...], said: str) -> None:
    """What can't be meant is refused as wrong usage."""
    written("iris.csv", flowers())
    assert said in refused("train", "iris.csv", *flags, code=2)


def test_flags_of_tables_are_for_tables() -> None:
    """A data set that fnnet knows has its target."""
    assert "--target, --drop, --task and --header are for tables of your own" in refused(
        "train", "xor", "--target", "a", code=2
    )


def test_a_long_file_streams_in_bounded_memory(iris: Path) -> None:
    """A file of 300,000 rows is predicted in little more memory than one of ten."""
    line = "5.5,5.5,blue\n"
    peaks = []
    for many in (10, 300_000):
        Path("long.csv").write_text("length,width,color\n" + line * many)
        code = (
            f"import sys; from fnnet.cli.app import run; run(['predict', {str(iris)!r}, 'long.csv']); "
            "print([l for l in open('/proc/self/status') if 'VmHWM' in l][0].split()[1], file=sys.stderr)"
        )
        ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
        assert ended.stdout.count("\n") == many + 1
        peaks.append(int(ended.stderr.split()[-1]))
    assert peaks[1] < peaks[0] + 60_000  # KiB; as a whole it would take some 200,000
