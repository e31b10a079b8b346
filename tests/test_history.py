"""The history of a run: what its columns say, over several days and to the bit, and what an earlier one lacks."""

import csv
import io
import json
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from progress_lines import beside_progress

from fnnet.cli.app import run as command_line
from fnnet.runs import load_run
from fnnet.runs.archive import write
from fnnet.runs.history import read_history, text
from fnnet.values.record import replace

CONSTANT = ("xor", "--epochs", 30, "--schedule", "constant")
OLD = "epoch,step,lr,loss,validation\n"


pytestmark = pytest.mark.usefixtures("in_a_folder_of_its_own")


def told(*arguments: object) -> tuple[int, str, str]:
    """The exit code of a command in this process, and what it prints on stdout and, beside progress, on stderr."""
    with redirect_stdout(io.StringIO()) as printed, redirect_stderr(io.StringIO()) as complained:
        try:
            code = command_line(list(map(str, arguments)))
        except SystemExit as stop:
            code = int(stop.code or 0)
    return code, printed.getvalue(), beside_progress(complained.getvalue())


def trained(*arguments: object) -> str:
    """What `fnnet train`, which must succeed, prints."""
    code, printed, complained = told("train", *arguments)
    assert (code, complained) == (0, "")
    return printed


def aged(folder: str) -> None:
    """Let a folder be one of before a run had figures beside its loss, and seconds."""
    path = Path(folder, "history.csv")
    path.write_text(OLD + "".join(",".join(line.split(",")[:5]) + "\n" for line in path.read_text().splitlines()[1:]))
    found = load_run(folder)
    assert found.state is not None
    write(Path(folder, "state.npz"), found.packed(replace(found.state, metric_total=None, validation_metric=None)))
    record = json.loads(Path(folder, "run.json").read_text())
    Path(folder, "run.json").write_text(json.dumps({**record, "result": None}))


def test_the_columns_of_the_history() -> None:
    """A spreadsheet finds the figures by their names, and the seconds grow."""
    trained("digits", "--hidden", 8, "--epochs", 3, "--validation", 0.2, "--out", "run")
    with Path("run/history.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    names = ["epoch", "step", "lr", "loss", "validation", "accuracy", "validation_accuracy", "seconds"]
    assert [list(row) for row in rows] == [names] * 3
    assert all(0.0 < float(row["accuracy"]) < 1.0 for row in rows)
    assert all(0.0 < float(row["validation_accuracy"]) < 1.0 for row in rows)
    seconds = [float(row["seconds"]) for row in rows]
    assert seconds == sorted(seconds)
    assert seconds[0] > 0.0


def test_seconds_go_on() -> None:
    """The seconds of a run that goes on are those of before and those of now, in its history and in its result."""
    trained(*CONSTANT, "--out", "run")
    path = Path("run/run.json")
    record = json.loads(path.read_text())
    path.write_text(json.dumps({**record, "result": {**record["result"], "seconds": 1000.0}}))
    _, printed, _ = told("train", "--resume", "run", "--epochs", 31, "--json")
    assert 1000.0 < json.loads(printed)["seconds"] < 1100.0
    assert 1000.0 < (read_history(Path("run/history.csv"))[-1].seconds or 0.0) < 1100.0
    assert "in 1000." in trained("--resume", "run")


def test_seconds_of_a_run_that_was_killed_are_in_its_history() -> None:
    """Without a result the last row that the state has seen says how long a run has taken."""
    trained(*CONSTANT, "--out", "run")
    Path("run/run.json").unlink()
    path = Path("run/history.csv")
    *rows, last = read_history(path)
    path.write_text(OLD + text([*rows, last._replace(seconds=500.0), last._replace(epoch=31, seconds=9000.0)]))
    _, printed, _ = told("train", "--resume", "run", "--epochs", 32, "--json")
    assert 500.0 < json.loads(printed)["seconds"] < 600.0


@pytest.mark.parametrize("result", ["soon", None, [1.0], {"seconds": "soon"}, {"seconds": None}, {}])
def test_a_record_that_does_not_say_the_seconds(result: object) -> None:
    """Whatever stands in a record in their place, the run goes on."""
    trained(*CONSTANT, "--out", "run")
    Path("run/run.json").write_text(json.dumps({"result": result}))
    assert told("train", "--resume", "run", "--epochs", 31, "--json")[0] == 0


def test_a_run_of_before_the_figures_goes_on() -> None:
    """An earlier folder is resumed: its rows keep what they say, and the new ones say more."""
    trained(*CONSTANT, "--out", "run")
    aged("run")
    before = read_history(Path("run/history.csv"))
    assert {(row.metric, row.validation_metric, row.seconds) for row in before} == {(None, None, None)}
    trained("--resume", "run", "--epochs", 32)
    after = read_history(Path("run/history.csv"))
    assert after[:30] == before
    assert [row.metric is not None and row.seconds is not None for row in after[30:]] == [True, True]
    trained("xor", "--epochs", 32, "--schedule", "constant", "--out", "whole")
    assert Path("run/model.npz").read_bytes() == Path("whole/model.npz").read_bytes()


def test_a_run_of_before_the_figures_is_verified() -> None:
    """An earlier folder is equal to itself, also after it went on; and a wrong figure is found where there is one."""
    trained(*CONSTANT, "--out", "run")
    aged("run")
    assert told("verify", "run")[0] == 0
    trained("--resume", "run", "--epochs", 32)
    assert told("verify", "run")[0] == 0
    path = Path("run/history.csv")
    *rows, last = read_history(path)
    path.write_text(OLD + text([*rows, last._replace(seconds=0.0)]))
    assert told("verify", "run")[0] == 0
    path.write_text(OLD + text([*rows, last._replace(metric=0.125)]))
    code, printed, _ = told("verify", "run")
    assert code == 1
    assert printed.startswith("differs: epoch 32: metric was 0.125 and is ")


def test_a_wrong_figure_of_a_state_is_found() -> None:
    """The sum of the metric belongs to a state, and verify compares it."""
    trained(*CONSTANT, "--out", "run")
    found = load_run("run")
    assert found.state is not None
    write(Path("run/state.npz"), found.packed(replace(found.state, metric_total=0.5)))
    assert "metric_total was 0.5 and is " in told("verify", "run")[1]
