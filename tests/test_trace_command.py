"""`fnnet trace` as a user meets it: its tables, its exercise sheets, and what it refuses."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from test_cli import fnnet, started

from fnnet import MeanSquaredError, ReLU, Sigmoid, SoftmaxCrossEntropy, Tanh, forward, gradients, mlp, save
from fnnet.runs import load_run
from fnnet.teaching import LECTURE, HalfSquaredError, blank, exercise, latex, markdown, solution, text, trace, weights

FIRST, SECOND = weights(LECTURE)
NET = (FIRST, Sigmoid(), SECOND, Sigmoid())
ROWS = trace(NET, HalfSquaredError([[1.0]]), [[1.0, 0.0]])


@pytest.fixture(autouse=True)
def _weights(in_a_folder_of_its_own: None) -> None:
    """A network in a file."""
    Path("mine.txt").write_text("0.5 1 2\n-1 0 1  # two units\n\n1, 2, 3\n")


def said(*arguments: object) -> str:
    """What `fnnet trace` prints with these arguments."""
    done = fnnet("trace", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def xor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run on XOR."""
    folder = tmp_path_factory.mktemp("runs") / "xor"
    assert fnnet("train", "xor", "--out", folder, "--quiet").returncode == 0
    return folder


def test_alone_it_prints_the_lectures_network() -> None:
    """Without arguments it works out a 2-2-1 network with sigmoid units at XOR's 1,0, as plain text when piped."""
    assert said() == text(ROWS)


def test_the_loss_is_the_lectures_unless_another_is_said() -> None:
    """E has a half by default, and by its name; the mean squared error that a run is trained with is there as well."""
    assert "E = 1/2 (h_i - y*_i)^2" in said()
    assert said("--loss", "half-square") == said()
    assert said("--loss", "mse") == text(trace(NET, MeanSquaredError([[1.0]]), [[1.0, 0.0]]))


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_it_is_as_wide_as_the_terminal(columns: int) -> None:
    """The sheet is laid out for the width of the terminal, and no line is longer."""
    done = started("trace", COLUMNS=str(columns))
    assert done.stdout == text(ROWS, columns)
    assert max(map(len, done.stdout.splitlines())) <= columns


def test_a_sheet_of_a_seed_and_its_solution() -> None:
    """--random makes an example; with the same seed --solution is its solution."""
    rows = trace(*exercise(7))
    assert said("--random", "7") == text(rows)
    assert said("--random", "7", "--blank", "errors") == text(blank(rows, ["errors"]))
    assert said("--random", "7", "--blank", "errors", "--solution") == text(solution(blank(rows, ["errors"])))


def test_a_seed_goes_with_the_flags_of_the_network() -> None:
    """--sizes, --activation, --output and --loss say what network --random makes."""
    flags = ("--sizes", "3,2,2", "--activation", "relu", "--output", "linear", "--loss", "mse")
    rows = trace(*exercise(1, (3, 2, 2), ReLU(), None, MeanSquaredError))
    assert said("--random", "1", *flags) == text(rows)
    assert said("--random", "1", "--loss", "cross-entropy") == text(
        trace(*exercise(1, (2, 2, 2), output=None, loss=SoftmaxCrossEntropy))
    )
    assert "u_10" in said("--random", "1", "--sizes", "30,3", "--max-units", "33")


def test_formats() -> None:
    """Markdown and LaTeX are those of the library."""
    assert said("--format", "markdown") == markdown(ROWS)
    assert said("--format", "latex") == latex(ROWS)


def test_a_sheet_and_its_solution() -> None:
    """The same command with --solution prints what --blank left blank, and the sheet says so on stderr."""
    sheet = fnnet("trace", "--blank", "errors,g_1", "--blank", "updates")
    assert sheet.stdout == text(blank(ROWS, ["errors", "g_1", "updates"]))
    assert sheet.stderr == "what is blank: the same command with --solution\n"
    solved = fnnet("trace", "--blank", "errors,g_1", "--blank", "updates", "--solution")
    assert solved.stdout == text(solution(blank(ROWS, ["errors", "g_1", "updates"])))
    assert solved.stderr == ""


def test_weights_of_ones_own() -> None:
    """--weights, --x, --target and --lr are put in; a file has a line a unit, its bias first."""
    out = said("--weights", "mine.txt", "--x", "-1,0", "--target", "0.5", "--lr", "0.1", "--digits", "3")
    assert "s(0.5 + 1*(-1) + 2*0)" in out
    assert "s(-1 + 0*(-1) + 1*0)" in out
    assert "eta = 0.1" in out
    assert "y*_1 = 0.5" in out


def test_activations_and_losses() -> None:
    """--activation is for the hidden units, --output for the last; the cross-entropies have linear last units."""
    out = said("--weights", "mine.txt", "--x", "1,0", "--target", "1", "--activation", "relu", "--output", "linear")
    assert "g_j = relu(u_j0 + sum_k u_jk f_k)" in out
    assert "h_i = v_i0 + sum_j v_ij g_j" in out
    assert "p_i = s(h_i)" in said("--loss", "sigmoid")
    assert "p_i = exp(h_i)/(sum_m exp(h_m))" in said("--loss", "cross-entropy")


def test_the_cross_entropy_has_an_output_for_each_class() -> None:
    """Under --loss cross-entropy the network that comes with it has two outputs, so that it can learn."""
    out = said("--loss", "cross-entropy")
    assert "v_22" in out
    assert "y*_1 = 0   y*_2 = 1" in out
    assert said("--loss", "cross-entropy", "--x", "1,0", "--target", "1") == out
    assert not re.search(r"dE/dh_1 .* 0\n", out)


def test_rows_may_have_spaces() -> None:
    """Numbers are parted by commas or spaces, on the command line as in a file of weights."""
    assert said("--x", "1 0", "--target", "1") == said("--x", " 1 , 0", "--target", "1") == said()


def test_several_examples_are_a_batch() -> None:
    """--x and --target said twice give a table for each example and the means."""
    out = said("--x", "1,0", "--target", "1", "--x", "1,1", "--target", "0")
    assert "example 2, forward" in out
    assert "(E_1 + E_2)/2" in out


def test_a_run_is_traced(xor: Path) -> None:
    """The gradients of a run's network at a row of its data are the library's, its class looked up there."""
    rows = json.loads(said(xor, "--x", "0,1", "--json", "--digits", "6"))
    net = load_run(xor).net
    _, caches = forward((net, SoftmaxCrossEntropy([1])), np.array([[0.0, 1.0]]))
    grads, _ = gradients((net, SoftmaxCrossEntropy([1])), caches, 1.0)
    (found,) = [row for row in rows if row["name"] == "dE/du_32"]
    assert float(found["result"]) == pytest.approx(grads[0].W[1, 2], rel=1e-5)
    assert said(xor, "--x", "0,1", "--target", "1") == said(xor, "--x", "0,1")
    assert said(xor) == said(xor, "--x", "0,0", "--target", "0")


def test_a_saved_network_is_traced() -> None:
    """A network that `save` wrote is traced with its own activations."""
    save("net.npz", mlp([2, 2, 1], Tanh(), dtype=float))
    assert "g_j = tanh(u_j0 + sum_k u_jk f_k)" in said("--weights", "net.npz", "--x", "1,0", "--target", "1")
    assert "leave --activation and --output out" in refused("--weights", "net.npz", "--output", "tanh", code=2)
    save("none.npz", (Sigmoid(),))
    line = refused("--weights", "none.npz", "--x", "1", "--target", "1", code=2)
    assert "layer 0 (Sigmoid) can't be traced: an activation must stand after an Affine layer" in line


@pytest.mark.skipif(shutil.which("bash") is None, reason="the page's loop is for a shell")
def test_the_loop_for_teachers() -> None:
    """The loop on the page for teachers writes a sheet and a solution for each seed, no two alike."""
    page = (Path(__file__).parent.parent / "docs" / "teachers.md").read_text()
    (loop,) = re.findall(r"```sh\n(mkdir sheets\n.*?)```", page, re.DOTALL)
    done = loop.replace("seq 30", "seq 2").replace("fnnet trace", f"'{sys.executable}' -m fnnet trace")
    subprocess.run(["bash", "-ec", done], check=True, capture_output=True)
    written = [path.read_text() for path in sorted(Path("sheets").iterdir())]
    assert len(set(written)) == 4
    assert ["____" in said for said in written] == [False, True, False, True]


ONE = "a softmax of one output is always 1, with nothing to learn: give the network an output for each class, or take"
USAGE = {
    ("--weights", "mine.txt", "--x", "1,0", "--target", "0", "--loss", "cross-entropy"): ONE,
    ("--weights", "mine.txt", "--x", "1,0", "--target", "1", "--loss", "cross-entropy"): ONE,
    ("--format", "html"): "format must be one of text, markdown, csv, latex, got 'html'",
    ("--solution",): "--solution prints what --blank leaves blank; say --blank too",
    ("--blank", "g_7"): "there is no cell 'g_7' to leave blank; say forward, errors, gradients, updates",
    ("--x", "1,0"): "say an example: its inputs by --x",
    ("--x", "1,0,1", "--target", "1"): "layer 0 (Affine 2x2) expects 2 inputs, got 3",
    ("--x", "1,a", "--target", "1"): "--x must be numbers such as 1,0, got '1,a'",
    ("--x", "1,nan", "--target", "1"): "--x must be finite numbers, got '1,nan'",
    ("--x", "1,0", "--x", "1", "--target", "1"): "--x must have as many numbers every time, got 2 and 1",
    ("--x", "1,0", "--target", "1,0"): "--target must have 1 numbers, one for each output, got 2",
    ("--x", "1,0", "--x", "1,1", "--target", "1"): "same number of examples, at least one, got 2 and 1",
    ("--x", "1,0", "--target", "3", "--loss", "cross-entropy"): "--target must be one of the classes 0, 1, got 3",
    ("--lr", "0"): "lr must be a finite number above 0, got 0",
    ("--lr", "nan"): "lr must be a finite number above 0, got nan",
    ("--digits", "0"): "digits must be from 1 to 12, got 0",
    ("--max-units", "4"): "a network of 5 units (2-2-1) makes too long a table: the limit is 4",
    ("--activation", "rellu"): "did you mean relu?",
    ("--activation", "gelu"): "layer 1 (GELU) can't be traced",
    ("--output", "softmax"): "output must be one of sigmoid, tanh, relu, leaky-relu, gelu, linear, got 'softmax'",
    ("--loss", "mes"): "did you mean mse?",
    ("--weights", "mine.txt"): "say an example: its inputs by --x",
    ("--random", "a"): "'--random': Input should be a valid integer",
    ("--random", "-1"): "'--random': Input should be greater than or equal to 0",
    ("--random", "4294967296"): "'--random': Input should be less than or equal to 4294967295",
    ("--random", "1", "--x", "1,0"): "--random makes the network, the inputs and the target; leave --x out",
    ("--random", "1", "--target", "1"): "--random makes the network, the inputs and the target; leave --target out",
    ("--random", "1", "--weights", "mine.txt"): "leave --weights out",
    ("runs/xor", "--random", "1"): "leave RUN out",
    (
        "--random",
        "1",
        "--sizes",
        "2",
    ): "sizes must be two whole numbers or more, such as 2,2,1, the inputs first, got 2",
    ("--random", "1", "--sizes", "2,1.5"): "sizes must be two whole numbers or more",
    ("--random", "1", "--sizes", "2,0,1"): "sizes must be two whole numbers or more",
    ("--random", "1", "--sizes", "2,b"): "--sizes must be numbers such as 2,2,1, got '2,b'",
    ("--random", "1", "--sizes", "1e9,1"): "makes too long a table: the limit is 32",
    ("--random", "1", "--sizes", "2,1", "--loss", "cross-entropy"): "has no slope but 0; give it more outputs",
    ("--random", "1", "--activation", "gelu"): "layer 1 (GELU) can't be traced",
    ("--random", "1", "--loss", "mes"): "did you mean mse?",
    ("--sizes", "2,2,1"): "--sizes are those of a --random network; say its seed",
}


def refused(*arguments: object, code: int) -> str:
    """The one line on stderr of a trace that is refused with this exit code."""
    done = fnnet("trace", *arguments)
    assert done.returncode == code, (done.stdout, done.stderr)
    assert done.stdout == ""
    assert done.stderr.startswith("fnnet: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


@pytest.mark.parametrize(("arguments", "message"), USAGE.items(), ids=[" ".join(a) for a in USAGE])
def test_wrong_usage_is_one_sentence_and_exit_2(arguments: tuple[str, ...], message: str) -> None:
    """What can't be meant is refused in one line that says what was expected."""
    assert message in refused(*arguments, code=2)


FILES = {
    "": "there are no weights; write a line for each unit",
    "# nothing\n\n": "there are no weights",
    "1 2 x\n": "line 1 must be numbers, parted by commas or spaces, got '1 2 x'",
    "1 2 inf\n": "line 1 must be finite numbers",
    "1,,2\n": "line 1 must be numbers, parted by commas or spaces, got '1,,2'",
    "1\n": "the units from line 1 on must have a bias and the same number of weights",
    "1 2 3\n1 2\n": "the units from line 1 on must have a bias and the same number of weights",
    "1 2 3\n\n\n1 2 3\n": "the units from line 4 on must have a bias and 1 weights, one for each unit",
}


@pytest.mark.parametrize(("content", "message"), FILES.items(), ids=[repr(c) for c in FILES])
def test_bad_files_are_one_sentence_and_exit_1(content: str, message: str) -> None:
    """A file that holds no network is refused with the place in it."""
    Path("bad.txt").write_text(content)
    line = refused("--weights", "bad.txt", "--x", "1,0", "--target", "1", code=1)
    assert f"bad.txt: {message}" in line


def test_missing_files_are_exit_1() -> None:
    """A file or a run that is not there is a failed run, not a usage error."""
    assert "nothing.txt can't be read" in refused("--weights", "nothing.txt", "--x", "1", "--target", "1", code=1)
    assert "nothing is not there" in refused("nothing", code=1)


def test_runs_are_what_they_are(xor: Path) -> None:
    """Flags that contradict a run, rows that its data lack, and classes that it lacks are refused by name."""
    assert "is a run, whose network is what it is; leave --loss out" in refused(xor, "--loss", "mse", code=2)
    assert "xor has no row 0.5,1.0; say its class by --target" in refused(xor, "--x", "0.5,1", code=2)
    assert "--target must be one of the classes 0, 1, got 7" in refused(xor, "--x", "0,1", "--target", "7", code=2)
    assert "--x must have 2 numbers, got 3" in refused(xor, "--x", "0,1,1", code=2)
    assert "say the inputs of the example by --x" in refused(xor, "--target", "1", code=2)
