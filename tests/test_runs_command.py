"""`fnnet runs`: what it says of every run below a folder, and of two side by side, whatever has become of them."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from test_folder import told

from fnnet.cli import output, runs, side_by_side
from fnnet.cli.starting import fresh
from fnnet.runs.archive import FileError
from fnnet.runs.aside import BEFORE, MOVING
from fnnet.runs.folder import begin, keep
from fnnet.runs.history import row
from fnnet.runs.ownership import owned
from fnnet.values.record import as_dict

CONSTANT = ("xor", "--epochs", 30, "--schedule", "constant")


pytestmark = pytest.mark.usefixtures("in_a_folder_of_its_own")


def done(*arguments: object) -> str:
    """What a command that must succeed prints."""
    code, printed, complained = told(*arguments)
    assert (code, complained) == (0, "")
    return printed


def refused(*arguments: object, code: int) -> str:
    """The one sentence with which `fnnet runs` is refused."""
    found, printed, complained = told("runs", *arguments)
    assert (found, printed) == (code, ""), complained
    assert complained.startswith("fnnet: ")
    assert complained.count("\n") == 1
    return complained


def listed(*arguments: object) -> dict[str, Any]:
    """The runs that are listed as JSON, by their folders."""
    found = json.loads(done("runs", *arguments, "--json"))
    return {entry["folder"]: entry for entry in found}


def listed_alone(folder: str = "runs") -> Any:
    """The one run in a folder."""
    (found,) = listed(folder).values()
    return found


def compared(one: object, other: object) -> Any:
    """Two runs side by side, as JSON."""
    return json.loads(done("runs", one, other, "--json"))


def half(folder: Path, steps: int, **said: Any) -> None:
    """A run on XOR that has been killed after so many epochs, each a step."""
    run, ran = fresh("xor", said, from_=None, threads=1, data_dir=None, mirror=None)
    folder.mkdir(parents=True)
    begin(folder, run, {**run.source.plain(), "settings": as_dict(run.recipe), "machines": [], "result": None})
    for state in islice(ran.states(run.state), steps):
        keep(folder, run.at(state), [row(state)], True)


def everything() -> dict[str, tuple[int, int, bytes]]:
    """All files, with when each was changed and what is in it."""
    paths = [path for path in Path().rglob("*") if path.is_file() and not path.is_symlink()]
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_ino, path.read_bytes()) for path in paths}


@contextmanager
def columns(monkeypatch: pytest.MonkeyPatch, width: int) -> Iterator[None]:
    """A terminal of so many columns."""
    with monkeypatch.context() as context:
        for module in (output, runs, side_by_side):
            context.setattr(module, "room", lambda console: width)
        yield


# The list


def test_a_run_is_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """Folder, data, what was set otherwise than usual, epochs, accuracy, seconds and state stand in one line."""
    done("train", "xor")
    done("train", "xor", "--hidden", "none", "--lr", 0.1, "--epochs", 2)
    with columns(monkeypatch, 100):
        head, first, second, _ = done("runs").split("\n")
    assert head.split() == ["folder", "data,", "settings", "epochs", "accuracy", "seconds", "state"]
    seconds = [f"{run['seconds']:.2f}" for run in listed().values()]
    assert first.split() == ["runs/xor", "xor", "1000/1000", "1.0000", seconds[0], "ended"]
    said = ["xor,", "hidden", "none", "lr", "0.1", "epochs", "2"]
    accuracy = f"{listed()['runs/xor-2']['test_accuracy']:.4f}"
    assert second.split() == ["runs/xor-2", *said, "2/2", accuracy, seconds[1], "ended"]


def test_json_has_all_of_it() -> None:
    """The same as objects, with the figures that the run printed."""
    found = json.loads(done("train", "xor", "--batch-norm", "--json"))
    entry = listed_alone()
    assert {name: entry[name] for name in ("folder", "data", "settings", "state", "damage", "test_r2")} == {
        "folder": "runs/xor", "data": "xor", "settings": {"batch_norm": True}, "state": "ended", "damage": None,
        "test_r2": None,
    }  # fmt: skip
    assert (entry["epochs"], entry["of_epochs"]) == (1000, 1000)
    for name in ("test_accuracy", "test_loss", "seconds", "sha256"):
        assert entry[name] == found[name]


USUAL = [
    ("digits", "--epochs", 1, "--activation", "relu", "--lr", 0.1),
    ("digits", "--epochs", 1, "--batch-size", 32, "--momentum", 0.9, "--dropout", 0.3),
    ("rows.csv", "--epochs", 1, "--lr", 0.01),
    ("rows.csv", "--epochs", 1, "--activation", "tanh"),
    ("rows.csv", "--epochs", 1, "--optimizer", "sgd"),
]


@pytest.mark.parametrize("said", USUAL, ids=[" ".join(map(str, said)) for said in USUAL])
def test_what_is_usual_is_not_said(said: tuple[object, ...]) -> None:
    """What the data set is trained with anyway, and what follows from the other settings, is not shown as said."""
    Path("rows.csv").write_text("1,2,0\n4,5,1\n" * 10)
    done("train", *said, "--out", "run")
    expected = {"epochs": 1} | {name: said[-1] for name in ("activation", "optimizer") if f"--{name}" == said[-2]}
    assert listed_alone("run")["settings"] == expected
    assert listed_alone("run")["data"] == (str(Path("rows.csv").resolve()) if said[0] == "rows.csv" else "digits")


def test_what_was_said_of_a_small_table_is_said() -> None:
    """A batch smaller than the table is shown; the default, which is all of a small table, is not."""
    Path("rows.csv").write_text("1,2,0\n4,5,1\n" * 10)
    done("train", "rows.csv", "--epochs", 1, "--batch-size", 5, "--out", "five")
    done("train", "rows.csv", "--epochs", 1, "--batch-size", 16, "--out", "all")
    assert {name: run["settings"] for name, run in listed(".").items()} == {
        "all": {"epochs": 1},
        "five": {"epochs": 1, "batch_size": 5},
    }
    assert "rows.csv, epochs 1 batch-size 5" in done("runs", "five")


def test_a_run_of_numbers_shows_its_r2() -> None:
    """Where a result has R² and no accuracy, that is what is shown, by its name."""
    done("train", *CONSTANT)
    record = json.loads(Path("runs/xor/run.json").read_text())
    del record["result"]["test_accuracy"]
    record["result"] |= {"test_r2": 0.87654, "test_rmse": 2.5}
    Path("runs/xor/run.json").write_text(json.dumps(record))
    assert "R² 0.8765" in done("runs")
    assert (listed_alone()["test_r2"], listed_alone()["test_accuracy"]) == (0.87654, None)
    half(Path("runs/b"), 3)
    both = done("runs", "runs/xor", "runs/b")
    assert "test R²" in both
    assert "test rmse" in both


def test_a_run_that_was_killed_has_stopped() -> None:
    """How far it came is shown; a score it has none, also when all its epochs were done before it was killed."""
    half(Path("runs/a"), 3)
    half(Path("runs/b"), 5, epochs=5)
    found = listed()
    assert [(run["epochs"], run["of_epochs"], run["state"]) for run in found.values()] == [
        (3, 1000, "stopped"),
        (5, 5, "stopped"),
    ]
    assert {run[name] for run in found.values() for name in ("test_accuracy", "seconds", "sha256")} == {None}
    assert done("runs", "runs/a").splitlines()[1].split() == ["runs/a", "xor", "3/1000", "-", "-", "stopped"]
    done("train", "--resume", "runs/b")
    assert listed()["runs/b"]["state"] == "ended"


def test_a_run_that_went_on_is_judged_by_where_it_is_now() -> None:
    """A result of another step than the state's is none: the run has gone on since."""
    done("train", *CONSTANT)
    record = Path("runs/xor/run.json").read_text()
    done("train", "--resume", "runs/xor", "--epochs", 40)
    Path("runs/xor/run.json").write_text(record)
    found = listed_alone()
    assert (found["epochs"], found["state"], found["test_accuracy"]) == (40, "stopped", None)


def test_early_stopping_is_an_end() -> None:
    """A run that its patience ended has ended, although not all epochs are done."""
    done("train", "digits", "--hidden", 4, "--lr", 5, "--validation", 0.2, "--patience", 1, "--epochs", 30)
    found = listed_alone()
    assert found["epochs"] < 30
    assert found["state"] == "ended"


def test_a_run_that_a_process_has_is_under_way() -> None:
    """Whatever its files say at this moment, a run is under way as long as a process owns its folder."""
    done("train", *CONSTANT)
    half(Path("runs/b"), 3)
    half(Path("runs/c"), 3)
    Path("runs/c/state.npz").unlink()
    for folder in ("runs/xor", "runs/b", "runs/c"):
        assert listed()[folder]["state"] in ("ended", "stopped", "damaged")
        with owned(Path(folder)):
            assert listed()[folder]["state"] == "under way"
            assert "under way" in done("runs", folder)
    assert listed()["runs/xor"]["state"] == "ended"


def test_nothing_is_written_and_no_array_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking at runs changes no file, makes none, and reads none of the arrays."""
    done("train", *CONSTANT)
    half(Path("runs/b"), 3)
    before = everything()

    def read(path: object) -> Any:
        raise FileError("all of it was read")

    monkeypatch.setattr("fnnet.runs.archive.read", read)
    monkeypatch.setattr("fnnet.runs.saving.read", read)
    done("runs"), done("runs", "--json"), done("runs", "runs/xor", "runs/b")
    assert everything() == before


def test_runs_are_found_wherever_they_are() -> None:
    """Runs inside folders, in a run, behind a link, and the folder itself: each once, numbers in their order."""
    for name in ("many/xor-10", "many/xor-2", "many/xor", "many/xor/inside", "many/later/deep", "other/run"):
        half(Path(name), 1)
    Path("many/link").symlink_to(Path("other/run").resolve())
    Path("many/empty").mkdir()
    Path("many/round").symlink_to(Path("many").resolve())
    assert [*listed("many")] == [
        "many/link", "many/later/deep", "many/xor", "many/xor/inside", "many/xor-2", "many/xor-10",
    ]  # fmt: skip
    assert [*listed("many/xor")] == ["many/xor", "many/xor/inside"]


def test_no_runs_is_no_mistake() -> None:
    """Where there are no runs one line says how to make one, and JSON is an empty list."""
    assert done("runs") == "no runs in the folder runs yet; the first is made by: fnnet train digits\n"
    assert json.loads(done("runs", "--json")) == []
    Path("empty").mkdir()
    assert "no runs in the folder empty yet" in done("runs", "empty")


# Damage


def cut(path: Path) -> None:
    """Lose the end of a file."""
    path.write_bytes(path.read_bytes()[:-20])


def flip(path: Path) -> None:
    """Change a bit in the header, which is the first member."""
    data = bytearray(path.read_bytes())
    data[data.index(b'"recipe"') + 3] ^= 1
    path.write_bytes(data)


def text(words: str) -> Any:
    """Write these words instead."""
    return lambda path: path.write_text(words)


def other_state(path: Path) -> None:
    """Put a network in the place of the state."""
    path.write_bytes(path.with_name("model.npz").read_bytes())


def folder(path: Path) -> None:
    """Put a folder in the place of a file."""
    path.unlink()
    path.mkdir()


DAMAGE = {
    "cut": ("state.npz", cut, "its end is lost"),
    "flipped": ("state.npz", flip, "CRC-32"),
    "lost": ("state.npz", Path.unlink, "state.npz is missing"),
    "empty": ("state.npz", text(""), "state.npz is not a file that fnnet saved"),
    "a network": ("state.npz", other_state, "a network without a state"),
    "a folder": ("state.npz", folder, "state.npz can't be read"),
    "no json": ("run.json", text("{"), "run.json is no record of a run"),
    "a list": ("run.json", text("[]"), "run.json is no record of a run"),
    "no result": ("run.json", text("{}"), "run.json is no record of a run"),
    "a number": ("run.json", text('{"result": 7}'), "run.json is no record of a run"),
    "deep": ("run.json", text("[" * 100_000), "run.json is no record of a run"),
    "json folder": ("run.json", folder, "run.json can't be read"),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_run_is_a_row_that_says_so(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong stands in its row, the other runs in theirs, and comparing with it is refused by that sentence."""
    name, damage, sentence = DAMAGE[kind]
    done("train", *CONSTANT), done("train", *CONSTANT)
    damage(Path("runs/xor", name))
    found = listed()
    assert found["runs/xor"]["state"] == "damaged"
    assert sentence in found["runs/xor"]["damage"]
    assert "runs/xor" not in found["runs/xor"]["damage"]
    assert (found["runs/xor-2"]["state"], found["runs/xor-2"]["damage"]) == ("ended", None)
    with columns(monkeypatch, 300):
        _, first, second, _ = done("runs").split("\n")
    assert (sentence in first, first.split()[-1], second.split()[-1]) == (True, "damaged", "ended")
    assert sentence in refused("runs/xor-2", "runs/xor", code=1)


ODD = ['"a lot"', "NaN", "Infinity", "1" + "0" * 400, "[1]", "true", "null", "{}"]


@pytest.mark.parametrize("value", ODD)
def test_what_is_no_number_is_no_score(value: str) -> None:
    """A record that says nonsense in the place of a figure leaves that out."""
    done("train", *CONSTANT)
    record = json.loads(Path("runs/xor/run.json").read_text())
    record["result"] |= dict.fromkeys(("test_accuracy", "seconds", "test_loss"), "HERE")
    Path("runs/xor/run.json").write_text(json.dumps(record).replace('"HERE"', value))
    half(Path("runs/b"), 3)
    assert [listed()["runs/xor"][name] for name in ("test_accuracy", "seconds", "test_loss")] == [None] * 3
    assert done("runs", "runs/xor").splitlines()[1].split()[-3:] == ["-", "-", "ended"]
    assert done("runs", "runs/xor", "runs/b")


def test_a_run_without_its_record_is_one() -> None:
    """The state is all that a run needs: without run.json it is shown as far as it goes."""
    done("train", *CONSTANT, "--hidden", 3)
    Path("runs/xor/run.json").unlink()
    found = listed_alone()
    assert (found["settings"], found["epochs"], found["state"]) == ({"hidden": [3], "epochs": 30}, 30, "stopped")


@pytest.mark.parametrize("place", [MOVING, BEFORE])
def test_a_replacement_that_was_broken_off_is_said_and_can_be_mended(place: str) -> None:
    """A run whose files are aside is a row that says what brings it back, which it does; it is not a run of its own."""
    done("train", *CONSTANT)
    files = list(Path("runs/xor").iterdir())
    Path("runs/xor", place).mkdir()
    for path in files:
        path.rename(Path("runs/xor", place, path.name))
    found = listed_alone()
    assert (found["folder"], found["state"]) == ("runs/xor", "damaged")
    assert "fnnet train --resume runs/xor brings it back" in found["damage"]
    done("train", "--resume", "runs/xor")
    assert listed_alone()["state"] == "ended"


# How it looks


@pytest.mark.parametrize("width", [60, 80, 200])
def test_it_fits_and_nothing_is_cut_off(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """No line is wider than the terminal, no setting is parted from its value, and all that is to be said is there."""
    said = ("--hidden", "128,64", "--lr", 0.05, "--batch-norm", "--optimizer", "adam", "--activation", "leaky-relu")
    done("train", "xor", "--epochs", 2, *said)
    done("train", "digits", "--epochs", 1, "--hidden", 8, "--out", "runs/digits-with-a-long-name")
    with columns(monkeypatch, width):
        shown, both = done("runs"), done("runs", "runs/xor", "runs/digits-with-a-long-name")
    assert max(map(len, (shown + both).splitlines())) <= width
    for words in (
        *("hidden 128,64", "lr 0.05", "batch-norm", "optimizer adam", "activation leaky-relu", "epochs 2", "2/2"),
        *("runs/digits-with-a-", "long-name", "digits,", "hidden 8", "epochs 1", "1/1", "ended"),
    ):
        assert words in shown
    assert "…" not in shown + both


def test_a_narrow_terminal_gets_a_wider_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where not even the figures fit, the table is as wide as it must be, and no name is taken apart."""
    done("train", *CONSTANT)
    with columns(monkeypatch, 20):
        assert "runs/xor" in done("runs")
        assert f"{listed_alone()['test_accuracy']:.4f}" in done("runs")


# Two runs


def test_two_runs_side_by_side() -> None:
    """Their settings where they differ, their scores, and the first epoch in which their records part."""
    done("train", *CONSTANT)
    done("train", *CONSTANT, "--hidden", "none", "--batch-norm")
    found = compared("runs/xor", "runs/xor-2")
    assert found["settings"] == {"hidden": [[8], []], "lr": [0.5, 0.2], "batch_norm": [False, True]}
    assert found["runs"] == [*listed().values()]
    a, b = found["runs"]
    assert found["scores"]["test_loss"] == [a["test_loss"], b["test_loss"]]
    assert found["first_difference"] == {"epoch": 1, "steps": [1, 1], "name": "lr", "values": [0.5, 0.2]}
    assert found["shared_epochs"] == 30
    lines = [line.split() for line in done("runs", "runs/xor", "runs/xor-2").splitlines()]
    for line in (
        ["runs/xor", "runs/xor-2"],
        ["hidden", "8", "none"],
        ["batch-norm", "no", "yes"],
        ["epochs", "30/30", "30/30"],
        ["state", "ended", "ended"],
        ["test", "loss", f"{a['test_loss']:.4f}", f"{b['test_loss']:.4f}"],
        ["network", a["sha256"][:12], b["sha256"][:12]],
        ["lr", "0.5", "and", "0.2"],
    ):
        assert line in lines
    assert "records differ first in epoch 1, which ends with step 1:\n" in done("runs", "runs/xor", "runs/xor-2")


def test_the_first_difference_is_found_to_the_bit() -> None:
    """One bit of one figure of one epoch is found, and named with both values; what comes before it is equal."""
    done("train", *CONSTANT), done("train", *CONSTANT)
    path = Path("runs/xor-2/history.csv")
    rows = path.read_text().splitlines()
    cells = rows[17].split(",")
    loss = float(cells[3])
    cells[3] = repr(loss + 2.0**-53)
    assert cells[3] != repr(loss)
    path.write_text("\n".join([*rows[:17], ",".join(cells), *rows[18:]]) + "\n")
    where = compared("runs/xor", "runs/xor-2")["first_difference"]
    assert where == {"epoch": 17, "steps": [17, 17], "name": "loss", "values": [loss, loss + 2.0**-53]}
    shown = done("runs", "runs/xor", "runs/xor-2")
    assert f"first in epoch 17, which ends with step 17:\nloss {loss!r} and {loss + 2.0**-53!r}\n" in shown


def test_equal_as_far_as_both_go() -> None:
    """Of two runs of different length the epochs that both have count, up to where each has a state."""
    done("train", *CONSTANT)
    half(Path("runs/b"), 12, epochs=30)
    with Path("runs/b/history.csv").open("a") as file:
        file.write("13,13,0.5,77.0,\n")
    found = compared("runs/xor", "runs/b")
    assert (found["settings"], found["first_difference"], found["shared_epochs"]) == ({}, None, 12)
    shown = done("runs", "runs/xor", "runs/b")
    assert "records equal to the bit in all 12 epochs that both have" in shown
    assert ["settings", "the", "same", "the", "same"] in [line.split() for line in shown.splitlines()]
    assert f"{found['scores']['test_loss'][0]:.4f}" in shown
    assert found["scores"]["test_loss"][1] is None


def test_a_run_without_a_record_has_no_epoch_in_common() -> None:
    """Where there is nothing to compare, that is said, and not that it is equal."""
    done("train", *CONSTANT)
    half(Path("runs/b"), 0)
    assert "records have no epoch in common" in done("runs", "runs/xor", "runs/b")
    assert compared("runs/xor", "runs/b")["shared_epochs"] == 0


def test_other_data_threads_and_beginnings_are_settings() -> None:
    """Runs on other data, with other threads, and one that began with another's network, are told apart by these."""
    Path("rows.csv").write_text("1,2,0\n4,5,1\n" * 10)
    how = ("--epochs", 1, "--seed", 0)
    done("train", "rows.csv", *how, "--out", "a")
    done("train", "rows.csv", *how, "--out", "b", "--from", "a", "--threads", 2)
    found = compared("a", "b")["settings"]
    assert {*found} == {"threads", "from"}
    assert found["threads"] == [1, 2]
    assert ["from", "none", found["from"][1][:12]] in [line.split() for line in done("runs", "a", "b").splitlines()]
    Path("rows.csv").write_text("1,2,0\n4,6,1\n" * 10)
    done("train", "rows.csv", *how, "--out", "c")
    assert [*compared("a", "c")["settings"]] == ["data"]
    one, other = compared("a", "c")["settings"]["data"]
    assert one != other
    half(Path("d"), 1)
    assert compared("a", "d")["settings"]["data"] == [str(Path("rows.csv").resolve()), "xor"]
    assert "rows.csv" in done("runs", "a", "d")


def test_runs_under_way_can_be_compared() -> None:
    """A run that is being written is compared as far as it is."""
    done("train", *CONSTANT)
    half(Path("runs/b"), 4, epochs=30)
    with owned(Path("runs/b")):
        found = compared("runs/xor", "runs/b")
    assert [run["state"] for run in found["runs"]] == ["ended", "under way"]
    assert found["shared_epochs"] == 4


# What can't be meant


def test_what_is_no_run_is_said() -> None:
    """A folder without a run, a file, a path that is not there, one folder twice, three folders: one sentence each."""
    done("train", *CONSTANT)
    Path("empty").mkdir()
    Path("file").write_text("")
    Path("link").symlink_to("runs/xor")
    assert "empty holds no run: state.npz is missing" in refused("runs/xor", "empty", code=1)
    assert "nowhere is not there" in refused("nowhere", "runs/xor", code=1)
    assert "file is a file" in refused("runs/xor", "file", code=1)
    for same in ("runs/xor", "link", "runs/../runs/xor"):
        assert "are the same folder" in refused("runs/xor", same, code=2)
    assert "got 3" in refused("runs/xor", "a", "b", code=2)
    assert "nowhere can't be used" in refused("nowhere", code=1)
    assert "file can't be used" in refused("file", code=1)
    assert "--force" in refused("--force", code=2)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes")
def test_no_pipe_is_waited_for() -> None:
    """A pipe in the place of a file is damage, or refused, at once."""
    done("train", *CONSTANT), done("train", *CONSTANT)
    for name in ("history.csv", "run.json", "state.npz"):
        Path("runs/xor", name).unlink()
        os.mkfifo(Path("runs/xor", name))
        assert refused("runs/xor", "runs/xor-2", code=1)
        assert listed()["runs/xor"]["state"] == ("ended" if name == "history.csv" else "damaged")
