"""The folder of a run: what is written into it, what is refused, and what a run that goes on may say."""

import io
import json
import os
import shutil
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import numpy as np
import pytest
from progress_lines import beside_progress

from fnnet import load
from fnnet.cli.app import run as command_line
from fnnet.datasets import digits
from fnnet.layers import Fixed
from fnnet.runs import load_run
from fnnet.runs.history import read_history
from fnnet.values import fingerprint

CONSTANT = ("xor", "--epochs", 30, "--schedule", "constant")
COSINE = ("digits", "--hidden", 8, "--epochs", 2, "--schedule", "cosine")


pytestmark = pytest.mark.usefixtures("in_a_folder_of_its_own")


def told(*arguments: object) -> tuple[int, str, str]:
    """The exit code of a command in this process, and what it prints on stdout and stderr."""
    with redirect_stdout(io.StringIO()) as printed, redirect_stderr(io.StringIO()) as complained:
        code = command_line(list(map(str, arguments)))
    return code, printed.getvalue(), beside_progress(complained.getvalue())


def trained(*arguments: object) -> str:
    """What `fnnet train`, which must succeed, prints."""
    code, printed, complained = told("train", *arguments)
    assert (code, complained) == (0, "")
    return printed


def refused(*arguments: object, code: int = 2) -> str:
    """The one sentence with which `fnnet train` is refused."""
    found, printed, complained = told("train", *arguments)
    assert (found, printed) == (code, ""), complained
    assert complained.startswith("fnnet: ")
    assert complained.count("\n") == 1
    return complained


def contents(folder: str) -> dict[str, bytes]:
    """Every file in a folder but the lock."""
    return {path.name: path.read_bytes() for path in Path(folder).iterdir() if path.name != ".lock"}


def test_a_run_is_kept_by_the_name_of_its_data() -> None:
    """Without --out a run is kept in runs/<data>, also that of a file, and says so."""
    assert "kept in: runs/xor\n" in trained(*CONSTANT)
    np.savez("own.data.npz", x=np.eye(4), y=np.arange(4))
    assert "kept in: runs/own.data\n" in trained("own.data.npz", "--epochs", 1)
    assert {*contents("runs/xor")} >= {"state.npz", "model.npz", "history.csv", "run.json"}


def test_no_save_leaves_nothing() -> None:
    """With --no-save nothing is written, and that is said."""
    assert "kept nowhere" in trained(*CONSTANT, "--no-save")
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    "gone", [(), ("state.npz",), ("model.npz", "run.json"), ("run.json", "history.csv", "state.npz")]
)
def test_a_folder_that_holds_a_run_is_refused(gone: tuple[str, ...]) -> None:
    """A folder with any file of a run is refused by its name, is told what to do about it, and stays as it is."""
    trained(*CONSTANT, "--out", "run")
    for name in gone:
        Path("run", name).unlink()
    before = contents("run")
    said = refused("digits", "--out", "run")
    assert all(word in said for word in ("run holds a run already", "--resume run", "--force", "--out"))
    assert contents("run") == before


def test_force_replaces_a_run_and_nothing_else() -> None:
    """With --force the files of the run there give way to the new one's, and foreign files stay."""
    trained(*COSINE, "--out", "run")
    trained(*COSINE, "--seed", 1, "--out", "run", "--from", "run", "--force")
    assert "start.npz" in contents("run")
    Path("run", "notes.txt").write_text("mine")
    Path("run", ".state.npz.1.part").write_text("left by one that was killed")
    trained(*CONSTANT, "--out", "run", "--force")
    trained(*CONSTANT, "--out", "fresh")
    assert {*contents("run")} - {"previous.npz"} == {*contents("fresh"), "notes.txt"} - {"previous.npz"}
    assert Path("run", "notes.txt").read_text() == "mine"
    assert contents("run")["state.npz"] == contents("fresh")["state.npz"]


def test_what_excludes_each_other_is_refused() -> None:
    """Flags that contradict each other are refused by their names, before anything is written."""
    for one, *others in (
        ("--resume run", "--out a", "--from a", "--force", "--no-save"),
        ("--no-save", "--out a", "--force"),
    ):
        for other in others:
            said = refused("xor", *one.split(), *other.split())
            assert f"{one.split()[0]} and {other.split()[0]} exclude each other" in said
    assert list(Path().iterdir()) == []


def test_resuming_needs_the_state_alone() -> None:
    """A run goes on from state.npz and nothing else, in another folder, to the bytes of one that was never stopped."""
    trained(*CONSTANT, "--out", "half")
    Path("other").mkdir()
    shutil.copy("half/state.npz", "other/state.npz")
    said = trained("--resume", "other", "--epochs", 60)
    assert "goes on, after 30 epochs" in said
    trained("xor", "--epochs", 60, "--schedule", "constant", "--out", "whole")
    for name in ("state.npz", "model.npz"):
        assert Path("other", name).read_bytes() == Path("whole", name).read_bytes()
    assert [row.epoch for row in read_history(Path("other/history.csv"))] == [*range(31, 61)]


def test_resuming_what_has_ended_changes_nothing() -> None:
    """A run that has ended says so when it is resumed, and its network and state stay as they are."""
    trained(*CONSTANT, "--out", "run")
    before = contents("run")
    assert "ended before, after 30 epochs" in trained("--resume", "run")
    for name in ("state.npz", "model.npz", "history.csv"):
        assert contents("run")[name] == before[name]


CONTRADICTIONS = {
    "--hidden 9": "hidden is 8 in run, got 9",
    "--activation relu": "activation is sigmoid in run, got relu",
    "--dropout 0.5": "dropout is 0.0 in run, got 0.5",
    "--batch-norm": "batch-norm is False in run, got True",
    "--shift 1": "shift is 0 in run, got 1",
    "--dtype float32": "dtype is float64 in run, got float32",
    "--loss mse": "loss is cross-entropy in run, got mse",
    "--optimizer adam": "optimizer is sgd in run, got adam",
    "--lr 0.25": "lr is 0.5 in run, got 0.25",
    "--schedule cosine": "schedule is constant in run, got cosine",
    "--momentum 0.5": "momentum is 0.9 in run, got 0.5",
    "--weight-decay 0.1": "weight-decay is 0.0 in run, got 0.1",
    "--batch-size 2": "batch-size is 4 in run, got 2",
    "--seed 3": "seed is 0 in run, got 3",
    "--validation 0.1": "validation is 0.0 in run, got 0.1",
    "--patience 3": "patience is None in run, got 3",
    "--freeze 0": "freeze is none in run, got 0",
    "--threads 2": "threads is 1 in run, got 2",
    "--epochs 29": "epochs must be at least the 30",
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of 30 epochs on exclusive or."""
    folder = tmp_path_factory.mktemp("kept") / "run"
    trained(*CONSTANT, "--out", folder)
    return folder


@pytest.mark.parametrize("flags", CONTRADICTIONS)
def test_settings_that_contradict_are_refused_by_name(run: Path, flags: str) -> None:
    """A setting that is not the run's is refused by its name, both values, and a way out; the same one is no harm."""
    before = contents(str(run))
    said = refused("--resume", run, *flags.split()).replace(str(run), "run")
    assert CONTRADICTIONS[flags] in said
    assert contents(str(run)) == before


def test_settings_that_are_the_runs_may_be_said() -> None:
    """Settings that the run has anyway may be said again."""
    trained(*CONSTANT, "--out", "run")
    trained(*CONSTANT, "--resume", "run", "--seed", 0, "--lr", 0.5, "--hidden", 8, "--threads", 1)


def test_a_run_is_extended_only_where_its_rates_allow() -> None:
    """More epochs are refused, naming the schedule, where the learning rates depend on how many there are."""
    trained(*COSINE, "--out", "run")
    said = refused("--resume", "run", "--epochs", 3)
    assert "cosine learning rates depend on it" in said
    assert "--schedule constant" in said
    assert refused("--resume", "run", "--epochs", 1)


def test_other_data_are_refused() -> None:
    """A run does not go on with other data than its own; with the same data at another place it does."""
    rows = "\n".join(["a,b,kind", *(f"{i},{i * i},{i % 2}" for i in range(20))])
    Path("table.csv").write_text(rows)
    trained("table.csv", "--epochs", 2, "--schedule", "constant", "--out", "run")
    assert "their SHA-256 differs" in refused("xor", "--resume", "run", code=1)
    Path("moved").mkdir()
    shutil.move("table.csv", "moved/table.csv")
    assert "table.csv" in refused("--resume", "run", "--epochs", 3, code=1)
    trained("moved/table.csv", "--resume", "run", "--epochs", 3)
    Path("moved/table.csv").write_text(rows.replace("0,0,0", "0,1,0"))
    assert "SHA-256 differs" in refused("moved/table.csv", "--resume", "run", "--epochs", 4, code=1)


def test_from_takes_the_network_of_another() -> None:
    """--from begins with another run's arrays and sizes, in its own folder, and --freeze keeps the layers it names."""
    trained(*COSINE, "--activation", "tanh", "--out", "first")
    first = load("first/model.npz")
    trained("digits", "--from", "first", "--freeze", "2,3", "--epochs", 1, "--seed", 5, "--out", "second")
    second = load_run("second")
    assert second.recipe.hidden == (8,)
    assert second.recipe.activation == "tanh"
    assert second.start == fingerprint(load("second/start.npz"))
    kept = [layer for layer in second.net if isinstance(layer, Fixed)]
    assert [layer.inner for layer in kept] == [layer for layer in first if type(layer).__name__ == "Affine"][:1]
    assert second.net[-1] != first[-1]
    assert fingerprint(load("first/model.npz")) == fingerprint(first)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ("xor --from first", "a start must fit"),
        ("digits --from missing", "missing is not there; see fnnet runs"),
        ("digits --freeze 99", "freeze must be places from 0 to"),
        ("xor --freeze 0,2", "freeze leaves nothing to train"),
        ("xor --freeze 1", "freeze must name a layer that holds numbers"),
        ("xor --freeze x", "freeze must be"),
        ("xor --threads 0", "threads"),
        ("--resume missing", "missing is not there"),
        ("--resume first/model.npz", "first/model.npz is a file; begin a new run"),
    ],
)
def test_beginnings_that_do_not_fit(flags: str, said: str) -> None:
    """A network of other sizes, a missing run, and layers that are not there are refused in one sentence."""
    if "first" in flags:
        trained(*COSINE, "--out", "first")
    assert said in refused(*flags.split(), code=1 if "missing" in flags or "--resume" in flags else 2)
    assert {path.name for path in Path().iterdir()} <= {"first"}


def test_the_history_is_trimmed_to_the_state() -> None:
    """Rows of epochs that the state has not seen, and half a row, are gone after resuming, and the rest is kept."""
    trained(*CONSTANT, "--out", "run")
    path = Path("run/history.csv")
    whole = path.read_text()
    path.write_text(whole + "31,31,0.5,0.25,\n32,32,0.5")
    trained("--resume", "run")
    assert path.read_text() == whole
    path.write_text("".join(whole.splitlines(keepends=True)[:11]))
    trained("--resume", "run", "--epochs", 31)
    assert [row.epoch for row in read_history(path)] == [*range(1, 11), 31]


def test_the_history_says_what_the_states_said() -> None:
    """Each row is, to the last bit, what the stream of the run's states says at the end of that epoch."""
    trained(*COSINE, "--validation", 0.2, "--out", "run")
    found = load_run("run")
    ends = [state for state in found.experiment(digits()).states() if state.batch == 0]
    expected = [(s.epoch, s.step, s.lr, s.mean_loss, s.validation, s.mean_metric, s.validation_metric) for s in ends]
    assert [tuple(row)[:-1] for row in read_history(Path("run/history.csv"))] == expected
    assert None not in expected[0]


def test_the_record_says_everything() -> None:
    """run.json holds the source, every setting, the machine, and the result that --json prints."""
    _, printed, _ = told("train", *CONSTANT, "--out", "run", "--json")
    record = json.loads(Path("run/run.json").read_text())
    found = json.loads(printed)
    assert record["result"]["sha256"] == found["sha256"] == fingerprint(load("run/model.npz"))
    assert record["settings"]["epochs"] == 30
    assert record["settings"]["momentum"] == 0.9
    assert None not in [record["settings"][name] for name in ("lr", "batch_size", "momentum")]
    (machine,) = record["machines"]
    assert {"threads", "fnnet", "python", "numpy", "blas", "simd", "processor", "system"} <= {*machine}
    assert record["sha256"] == load_run("run").source.sha256


def test_the_previous_state_is_that_of_an_epoch_before() -> None:
    """previous.npz is a state that ended an epoch, earlier than that of state.npz."""
    trained(*COSINE, "--out", "run")
    newest, before = load_run("run/state.npz").state, load_run("run/previous.npz").state
    assert newest is not None
    assert before is not None
    assert before.batch == 0
    assert before.step < newest.step


def test_a_folder_that_cannot_be_made_is_one_sentence() -> None:
    """A folder below a file, and one that may not be written, are refused with exit 1 before training."""
    Path("file").write_text("")
    assert "file/run can't be written" in refused(*CONSTANT, "--out", "file/run", code=1)
    if os.geteuid() != 0:
        Path("closed").mkdir(mode=0o500)
        assert "closed/run can't be written" in refused(*CONSTANT, "--out", "closed/run", code=1)
