"""The command line as a user meets it: real processes, their output, and their exit codes."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from forks import forked
from progress_lines import beside_progress

pytestmark = pytest.mark.usefixtures("in_a_folder_of_its_own")


def fnnet(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run `fnnet` with these arguments in a process of its own."""
    return forked(*arguments) if hasattr(os, "fork") else started(*arguments)


def started(*arguments: object, **env: str) -> subprocess.CompletedProcess[str]:
    """The same from the very start, with an interpreter that finds this environment."""
    command = [sys.executable, "-m", "fnnet", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, env={**os.environ, **env})


def result(*arguments: object) -> Any:
    """What a command that succeeds prints with --json."""
    done = fnnet(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return json.loads(done.stdout)


def refused(*arguments: object, code: int) -> str:
    """The one line on stderr of a command that fails with this exit code."""
    done = fnnet(*arguments)
    assert done.returncode == code, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("fnnet: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


USAGE = {
    ("train",): "Missing argument 'DATA'",
    ("trian",): "Did you mean 'train'",
    ("train", "xor", "--sede", "3"): "--seed",
    ("train", "xro"): "did you mean xor?",
    ("train", "iris.doc"): ".csv, .tsv, ",
    ("train", "xor", "--batch-size", "0"): "batch-size must be a whole number of at least 1, got 0",
    ("train", "xor", "--batch-size", "9"): "batch-size must be at most the 4 training examples, got 9",
    ("train", "xor", "--hidden", "0"): "hidden must be sizes from 1 to 1,000,000",
    ("train", "xor", "--hidden", "abc"): "hidden must be sizes from 1 to 1,000,000, such as 128,64, or none, got 'abc'",
    ("train", "xor", "--hidden", "1000000000"): "hidden must be sizes from 1 to 1,000,000",
    ("train", "xor", "--lr", "-1"): "lr must be a finite number above 0, got -1",
    ("train", "xor", "--lr", "0"): "lr must be a finite number above 0, got 0",
    ("train", "xor", "--lr", "nan"): "lr must be a finite number above 0, got nan",
    ("train", "xor", "--lr", "inf"): "lr must be a finite number above 0, got inf",
    ("train", "xor", "--lr", "fast"): "--lr",
    ("train", "xor", "--weight-decay", "-1"): "weight-decay must be",
    ("train", "xor", "--momentum", "1"): "momentum must be a finite number of at least 0 and below 1, got 1",
    ("train", "xor", "--dropout", "1"): "dropout must be",
    ("train", "xor", "--epochs", "0"): "epochs must be a whole number of at least 1, got 0",
    ("train", "xor", "--seed", "-1"): "seed must be a whole number of at least 0, got -1",
    ("train", "xor", "--validation", "1"): "validation must be",
    ("train", "xor", "--patience", "3"): "patience needs a validation share",
    ("train", "xor", "--activation", "rellu"): "did you mean relu?",
    ("train", "xor", "--optimizer", "adma"): "did you mean adam?",
    ("train", "xor", "--schedule", "cosin"): "did you mean cosine?",
    ("train", "xor", "--loss", "mes"): "did you mean mse?",
    ("train", "xor", "--dtype", "float16"): "dtype must be one of float32, float64, got 'float16'",
    ("train", "xor", "--shift", "1"): "shift moves images",
    ("train", "xor", "--optimizer", "adam", "--momentum", "0.5"): "momentum goes with the optimizer sgd",
    ("check", "xor", "--hidden", "x"): "hidden must be sizes",
    ("summary", "xro"): "did you mean xor?",
}


@pytest.mark.parametrize(("arguments", "message"), USAGE.items(), ids=[" ".join(a) for a in USAGE])
def test_wrong_usage_is_one_sentence_and_exit_2(arguments: tuple[str, ...], message: str) -> None:
    """What can't be meant is refused in one line that says what was expected."""
    assert message in refused(*arguments, code=2)


FILES = {
    "text.csv": (
        "".join(f"1,{i},{i % 2}\n" for i in range(30)) + "3,x,1\n",
        "column 2 holds numbers, got 'x' in line 31",
    ),
    "ragged.csv": ("1,2,0\n3,1\n", "must have 3 columns in every row"),
    "nan.csv": ("1,2,nan\n3,4,\n", "column 3 is to be predicted, and holds nothing"),
    "inf.csv": ("1,2,0\n3,inf,1\n", "column 2 holds numbers, got infinity in line 2"),
    "empty.csv": ("", "must hold rows"),
    "label.csv": ("1,2,5\n3,4,5\n", "two classes or more"),
    "date.csv": ("1,2024-01-31,5\n3,2024-02-29,7\n", "in 2 (dates): leave out by --drop 2"),
    "fake.npz": ("not a zip", "fake.npz"),
}


@pytest.mark.parametrize(("name", "content", "message"), [(k, *v) for k, v in FILES.items()], ids=FILES)
def test_bad_files_are_one_sentence_and_exit_1(tmp_path: Path, name: str, content: str, message: str) -> None:
    """A file that can't be used is named, with the place in it."""
    path = tmp_path / name
    path.write_text(content)
    said = refused("train", path, code=1)
    assert message in said
    assert name in said


def test_missing_file_is_exit_1(tmp_path: Path) -> None:
    """A path that does not exist is a failed run, not a usage error."""
    assert "nothing.csv" in refused("train", tmp_path / "nothing.csv", code=1)


def test_diverging_run_names_step_and_layer() -> None:
    """A loss that is no longer finite ends the run with its step and the first layer that went."""
    said = fnnet("train", "digits", "--lr", "1e9", "--quiet")
    assert said.returncode == 1
    assert "the loss became nan at step" in said.stderr
    assert "layer" in said.stderr
    assert "Warning" not in said.stderr


def test_no_network_and_no_data_names_three_ways_out(tmp_path: Path) -> None:
    """Without data and without a way to get it, the line names --data-dir, --mirror and train digits."""
    said = refused("train", "mnist", "--data-dir", tmp_path, "--mirror", "http://127.0.0.1:9/", code=1)
    assert all(way in said for way in ("--data-dir", "--mirror", "fnnet train digits"))


def test_xor_is_solved_and_repeatable() -> None:
    """`fnnet train xor` solves XOR, and twice gives the same bits."""
    first, second = result("train", "xor"), result("train", "xor", "--force")
    assert first["solved"]
    assert [row[:3] for row in first["truth_table"]] == [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]]
    assert all(abs(row[3] - row[2]) < 0.1 for row in first["truth_table"])
    assert first["sha256"] == second["sha256"]
    assert first["sha256"] != result("train", "xor", "--seed", 1, "--force")["sha256"]


def test_xor_ends_with_its_truth_table() -> None:
    """The four rows are printed with their targets."""
    lines = fnnet("train", "xor").stdout.splitlines()
    assert [line.split()[:3] for line in lines[-5:-1]] == [
        ["0", "0", "0"],
        ["0", "1", "1"],
        ["1", "0", "1"],
        ["1", "1", "0"],
    ]
    assert lines[-1].startswith("solved")


def test_softmax_regression_fails_on_xor_and_says_why() -> None:
    """Without a hidden layer XOR stays unsolved, and the output says that a line can't separate it."""
    done = fnnet("train", "xor", "--hidden", "none")
    assert done.returncode == 0
    assert "not solved" in done.stdout
    assert "one straight line" in done.stdout


@pytest.mark.parametrize("loss", ["cross-entropy", "sigmoid", "mse"])
def test_xor_with_each_loss(loss: str) -> None:
    """Each loss trains XOR."""
    assert result("train", "xor", "--loss", loss, "--epochs", 3000)["solved"]


OPTIMIZERS = [("--optimizer", name) for name in ("adagrad", "rmsprop", "adam", "adamw")]
SCHEDULES = [("--schedule", name) for name in ("constant", "step", "exponential", "cosine", "warm-up", "one-cycle")]


@pytest.mark.parametrize("flags", OPTIMIZERS + SCHEDULES, ids=lambda flags: flags[1])
def test_digits_with_each_optimizer_and_schedule(flags: tuple[str, str]) -> None:
    """Ten epochs with each optimizer and schedule, at their usual rates, learn the digits far above chance."""
    assert result("train", "digits", *flags, "--epochs", 10, "--shift", 0)["test_accuracy"] > 0.8


def test_all_flags_together(tmp_path: Path) -> None:
    """Batch norm, dropout, validation, patience, weight decay and float64 work together; the best epoch is kept."""
    flags = "--hidden 32,16 --activation gelu --batch-norm --dropout 0.1 --validation 0.2 --patience 5 --epochs 20"
    found = result("train", "digits", *flags.split(), "--weight-decay", "1e-4", "--dtype", "float64", "--quiet")
    assert found["test_accuracy"] > 0.85
    assert found["train_examples"] == 1347 - 269
    assert 1 <= found["best_epoch"] <= found["epochs"] <= 20
    assert found["settings"]["hidden"] == [32, 16]


def test_own_files(tmp_path: Path) -> None:
    """A CSV and an .npz of the user's train; labels keep their names, and a share is held out for testing."""
    rng = np.random.default_rng(0)
    x = rng.normal(100.0, 20.0, (200, 3))
    y = 5 + (x[:, 0] > 100)
    np.savetxt(tmp_path / "own.csv", np.column_stack([x, y]), delimiter=",", header="a,b,c,class", comments="")
    np.savez(tmp_path / "own.npz", x=x, y=y, x_test=x[:50], y_test=y[:50])
    table, arrays = (result("train", tmp_path / name, "--out", name[4:]) for name in ("own.csv", "own.npz"))
    assert (table["train_examples"], table["test_examples"], arrays["test_examples"]) == (160, 40, 50)
    assert min(table["test_accuracy"], arrays["test_accuracy"]) > 0.9


def test_mnist_runs_from_a_folder(mnist_folder: Path) -> None:
    """`fnnet train mnist --data-dir D` trains on the files as they are."""
    found = result("train", "mnist", "--data-dir", mnist_folder, "--epochs", 1)
    assert found["test_accuracy"] > 0.95
    assert found["steps"] == 469


def test_data_folder_from_the_environment(mnist_folder: Path) -> None:
    """FNNET_DATA names the folder when --data-dir does not."""
    done = started("train", "mnist", "--epochs", 1, "--hidden", "none", "--json", FNNET_DATA=str(mnist_folder))
    assert done.returncode == 0, done.stderr


def test_check_passes_and_reports(tmp_path: Path) -> None:
    """`fnnet check` passes for every layer and a chosen network, as a table and as JSON."""
    found = result("check", "digits", "--hidden", "8")
    assert found["passed"]
    assert len(found["checks"]) > 25
    assert max(row["error"] for row in found["checks"]) < 1e-10
    shown = fnnet("check", "xor").stdout
    assert "xor network and loss" in shown
    assert "FAILED" not in shown


def test_summary_counts_parameters() -> None:
    """`fnnet summary mnist` needs no data and counts 784 x 256 + 256 + 256 x 10 + 10 parameters."""
    rows = result("summary", "mnist")
    assert sum(row["params"] for row in rows) == 203_530
    assert "203,530" in fnnet("summary", "mnist").stdout


def test_quiet_prints_the_result_alone() -> None:
    """With --quiet the opening is left out, and stderr stays empty."""
    done = fnnet("train", "digits", "--epochs", 2, "--quiet")
    assert done.stdout.count("\n") == 1
    assert done.stdout.startswith("test accuracy")
    assert done.stderr == ""


def test_the_bar_is_only_for_terminals() -> None:
    """Without a terminal nothing but the result, and plain lines of how far it is, is written."""
    done = started("train", "digits", "--epochs", 2)
    assert len(done.stderr.splitlines()) == 2
    assert beside_progress(done.stderr) == ""
    assert "epoch " not in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_progress_on_a_terminal_shows_the_epoch() -> None:
    """On a terminal the bar on stderr shows epoch, loss, accuracy and examples a second, and stdout stays clean."""
    import pty

    parent, child = pty.openpty()
    command = [sys.executable, "-m", "fnnet", "train", "digits", "--epochs", "100"]
    env = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=child, env=env) as process:
        os.close(child)
        seen = b""
        while True:
            try:
                part = os.read(parent, 4096)
            except OSError:
                break
            if not part:
                break
            seen += part
        assert process.stdout is not None
        printed = process.stdout.read()
    os.close(parent)
    assert all(word in seen for word in (b"epoch", b"loss", b"accuracy", b"examples/s"))
    assert b"\x1b" not in printed


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to a child")
def test_ctrl_c_reports_so_far_and_exits_130() -> None:
    """Ctrl-C ends the run with the figures of the network so far, one line, and exit 130."""
    command = [sys.executable, "-m", "fnnet", "train", "digits", "--epochs", "100000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("digits:")
        time.sleep(1.0)
        process.send_signal(signal.SIGINT)
        printed, complained = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "test accuracy" in printed
    assert beside_progress(complained).startswith("fnnet: stopped by Ctrl-C, after ")
    assert "go on with: fnnet train --resume runs/digits" in complained
    assert "Traceback" not in complained


@pytest.mark.parametrize("words", ["summary xor", "train --help", "train xro", "predict nothing 1,0"])
def test_forked_or_started_it_says_the_same(words: str) -> None:
    """A command that is forked, as in most tests, ends and prints as one whose interpreter starts for it."""
    quick, begun = fnnet(*words.split()), started(*words.split())
    assert (quick.returncode, quick.stdout, quick.stderr) == (begun.returncode, begun.stdout, begun.stderr)


def test_help_teaches() -> None:
    """Every command's --help has examples or says what it measures, and lists every flag."""
    shown = started("train", "--help", COLUMNS="120").stdout
    flags = (
        "hidden activation loss optimizer lr schedule momentum weight-decay dropout batch-norm shift epochs batch-size "
        "seed dtype validation patience data-dir mirror json quiet"
    )
    assert [flag for flag in flags.split() if f"--{flag}" not in shown] == []
    assert "fnnet train xor --hidden none" in shown


@pytest.mark.parametrize("command", [["-m", "fnnet"], ["cli.py"]], ids=["module", "checkout"])
def test_every_way_to_start(command: list[str]) -> None:
    """`python -m fnnet` and `python cli.py` show the same version."""
    top = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, *command, "--version"], cwd=top, capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith("fnnet ")


def test_console_script_is_installed() -> None:
    """`fnnet` stands beside the interpreter that the package is installed for."""
    script = Path(sys.executable).with_name("fnnet")
    done = subprocess.run([script, "--version"], capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith("fnnet ")
