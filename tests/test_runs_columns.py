"""What of runs `fnnet runs` shows where there is little room, and how it tells two of them apart."""

import json
from pathlib import Path

import pytest
from test_runs_command import CONSTANT, columns, compared, done, half, listed

pytestmark = pytest.mark.usefixtures("in_a_folder_of_its_own")


def test_seconds_are_left_out_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a narrow terminal a run stays a row, in one table: how long it took is what is missing."""
    done("train", "xor"), done("train", "xor")
    for width, seconds in ((100, True), (60, False)):
        with columns(monkeypatch, width):
            head, first, second, end = done("runs").split("\n")
        assert head.split() == ["folder", "data,", "settings", "epochs", "accuracy", *["seconds"] * seconds, "state"]
        assert first.split()[:4] == ["runs/xor", "xor", "1000/1000", "1.0000"]
        assert (second.split()[-1], end) == ("ended", "")


def test_no_name_is_repeated_for_the_state_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names and settings of any length stand once, with all figures but the seconds beside them."""
    done("train", *CONSTANT, "--hidden", "64,32", "--lr", 0.05, "--out", "runs/a-run-that-has-a-long-name")
    done("train", *CONSTANT)
    with columns(monkeypatch, 60):
        shown = done("runs")
    assert shown.count("folder") == 1
    assert shown.splitlines()[0].split()[-3:] == ["epochs", "accuracy", "state"]


ROWS = "width,drop,kind\n" + "".join(f"{i}.5,{i % 7},{'ab'[i % 2]}\n" for i in range(40))


def test_how_a_table_was_read_stands_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was said of the columns is said of the run, and tells it from another on the same file."""
    Path("iris.csv").write_text(ROWS)
    done("train", "iris.csv", "--epochs", 1, "--seed", 0, "--out", "runs/a")
    done("train", "iris.csv", "--epochs", 1, "--seed", 0, "--target", "width", "--drop", "kind", "--out", "runs/b")
    with columns(monkeypatch, 100):
        shown = done("runs").splitlines()
    assert "iris.csv, epochs 1" in shown[1]
    assert "iris.csv, target width drop kind epochs 1" in shown[2]
    assert [run["reading"] for run in listed().values()] == [{}, {"target": "width", "drop": ["kind"]}]
    found = compared("runs/a", "runs/b")["settings"]
    assert (found["target"], found["drop"]) == ([None, "width"], [[], ["kind"]])
    lines = [line.split() for line in done("runs", "runs/a", "runs/b").splitlines()]
    assert ["target", "none", "width"] in lines
    assert ["drop", "none", "kind"] in lines


def test_names_of_columns_steer_no_terminal() -> None:
    """A column may be called anything."""
    Path("odd.csv").write_text(ROWS.replace("width", "a \x1b[2J"))
    done("train", "odd.csv", "--epochs", 1, "--drop", "a \x1b[2J", "--out", "runs/a")
    assert r"odd.csv, drop a \x1b[2J epochs 1" in done("runs")


def test_data_are_told_apart_by_name_and_the_beginning_of_their_hash() -> None:
    """Two tables of one name are two, and no line is filled with digits."""
    for name, cell in (("a", "1.5"), ("b", "2.5")):
        Path("rows.csv").write_text(ROWS.replace("1.5", cell))
        done("train", "rows.csv", "--epochs", 1, "--out", name)
    hashes = [json.loads(Path(name, "run.json").read_text())["sha256"][:12] for name in "ab"]
    lines = [line.split() for line in done("runs", "a", "b").splitlines()]
    assert ["data", "rows.csv", hashes[0], "rows.csv", hashes[1]] in lines


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        (0.19741234567, 0.40630987, ["0.1974", "0.4063"]),
        (0.1, 0.25, ["0.1", "0.25"]),
        (0.123412, 0.123413, ["0.123412", "0.123413"]),
    ],
)
def test_as_many_digits_as_tell_apart(one: float, other: float, shown: list[str]) -> None:
    """Four digits, where they are enough; all of them, where not."""
    half(Path("a"), 1, lr=one), half(Path("b"), 1, lr=other)
    assert ["lr", *shown] in [line.split() for line in done("runs", "a", "b").splitlines()]


def test_errors_of_numbers_are_as_everywhere() -> None:
    """Errors have the unit of what is predicted, so that four figures count and not four decimals."""
    done("train", *CONSTANT), done("train", *CONSTANT)
    path = Path("runs/xor/run.json")
    record = json.loads(path.read_text())
    record["result"] |= {"test_rmse": 48312.61234, "test_mae": 0.000123456}
    path.write_text(json.dumps(record))
    lines = [line.split() for line in done("runs", "runs/xor", "runs/xor-2").splitlines()]
    assert ["test", "rmse", "48,313", "-"] in lines
    assert ["test", "mae", "0.0001235", "-"] in lines
