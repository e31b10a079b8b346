"""What is said of a run that was stopped, or has ended before, and of wrong usage, word for word."""

import subprocess
import sys
from pathlib import Path

import pytest
from test_folder import told
from test_widths import on_a_terminal

from fnnet.cli.app import COMMANDS
from fnnet.cli.result import place, show
from fnnet.learning.state import State
from fnnet.runs import FileError, load_run
from fnnet.runs.recipe import Recipe


def at(epoch: int, batch: int) -> str:
    """How far a run is said to be after so many epochs, and steps of the next."""
    return place(State(params=(), optimizer=(), best=(), seed=0, epoch=epoch, batch=batch))  # type: ignore[arg-type]


def test_how_far_a_run_has_come() -> None:
    """Before the end of the first epoch nobody says that there were none; and one is no plural."""
    assert at(0, 273) == "273 steps of the first epoch"
    assert at(2, 303) == "2 epochs and 303 steps"
    assert (at(0, 1), at(1, 1), at(1, 0)) == ("1 step of the first epoch", "1 epoch and 1 step", "1 epoch")
    assert (at(0, 0), at(1_000, 0)) == ("0 epochs", "1,000 epochs")


def test_a_result_says_how_far_too(capsys: pytest.CaptureFixture[str]) -> None:
    """The line of the result has the steps of an epoch that has not ended."""
    found = {"test_accuracy": 0.5, "test_examples": 2, "test_loss": 1.0, "epochs": 0, "seconds": 0.41}
    show(found, Recipe(), "273 steps of the first epoch")
    assert "after 273 steps of the first epoch in 0.41 s" in capsys.readouterr().out
    show({**found, "truth_table": [], "solved": False}, Recipe(), "1 epoch and 3 steps")
    assert "not solved, after 1 epoch and 3 steps in 0.41 s" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_where_nothing_is_trained_there_is_no_bar(tmp_path: Path) -> None:
    """A run that has ended says so and its result, and no line is left for a bar."""
    train = [sys.executable, "-m", "fnnet", "train", "digits", "--epochs", "2", "--out", "run", "--quiet"]
    subprocess.run(train, cwd=tmp_path, check=True, timeout=300)
    lines = on_a_terminal(80, tmp_path, "train", "--resume", "run").splitlines()
    assert lines[-2] == "ended before, after 2 epochs"
    assert lines[-1].startswith("test accuracy")
    assert "epoch 1" not in "".join(lines)


WRONG: dict[str, tuple[str, ...]] = dict.fromkeys(COMMANDS, ("--no-such-option",))
WRONG |= {"predict": (), "evaluate": (), "verify": (), "trace": ("--blank",), "train": ("--epochs", "many")}


@pytest.mark.parametrize("command", WRONG)
def test_wrong_usage_names_the_help_of_the_command(command: str) -> None:
    """Whoever gets a command wrong is sent to what is said of that command."""
    code, printed, complained = told(command, *WRONG[command])
    assert (code, printed) == (2, "")
    assert complained.endswith(f" (see fnnet {command} --help)\n")


def test_what_is_no_command_is_looked_up_among_all() -> None:
    """A command that there is not has no help of its own."""
    for wrong in ("nonsense", "--nonsense"):
        assert told(wrong)[2].endswith(" (see fnnet --help)\n")


ASKS = [
    ("evaluate", "{}"),
    ("predict", "{}", "0,1"),
    ("verify", "{}"),
    ("trace", "{}"),
    ("runs", "{}", "runs/xor"),
    ("runs", "runs/xor", "{}"),
    ("train", "--resume", "{}"),
    ("train", "xor", "--from", "{}"),
]


@pytest.mark.parametrize("words", ASKS, ids=" ".join)
def test_a_run_that_is_not_there(words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command says it in the same words, with the run beside it that is called nearly so, or where all are."""
    monkeypatch.chdir(tmp_path)
    assert told("train", "xor", "--epochs", 1)[0] == 0
    for name, more in (
        ("runs/xro", "did you mean runs/xor?"),
        ("runs/digits", "see fnnet runs"),
        ("a", "see fnnet runs"),
    ):
        code, printed, complained = told(*(word.format(name) for word in words))
        assert (code, printed) == (1, "")
        assert complained.endswith(f"{name} is not there; {more}\n")


def test_a_file_of_a_run_that_is_not_there(tmp_path: Path) -> None:
    """A file is no run that a list could have."""
    with pytest.raises(FileError, match=r"model.npz is not there$"):
        load_run(tmp_path / "model.npz")
