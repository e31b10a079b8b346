"""`fnnet verify`: a run that is what it says is called equal, and of any other the first difference is named."""

import json
import shutil
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from io import StringIO
from itertools import islice
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from progress_lines import beside_progress
from test_cli import fnnet as process
from test_exact import interrupted, last

from fnnet import Array, LeakyReLU, Tanh, datasets, freeze
from fnnet.cli.app import run as command_line
from fnnet.datasets import xor
from fnnet.learning.state import State, first_state
from fnnet.runs import load_run
from fnnet.runs.archive import write
from fnnet.runs.build import experiment
from fnnet.runs.difference import NEWER, difference, first_difference
from fnnet.runs.history import Epoch, read_history, text
from fnnet.runs.recipe import Recipe
from fnnet.values import arrays, fingerprint
from fnnet.values.record import replace, settings
from fnnet.values.tree import with_arrays

pytestmark = pytest.mark.usefixtures("in_a_folder_of_its_own")


def fnnet(*arguments: object) -> CompletedProcess[str]:
    """Run `fnnet` with these arguments in this process, which saves the time to start one."""
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        try:
            code = command_line([*map(str, arguments)])
        except SystemExit as stop:
            code = int(stop.code or 0)
    return CompletedProcess(arguments, code, out.getvalue(), beside_progress(err.getvalue()))


def result(*arguments: object) -> Any:
    """What a command that succeeds prints with --json."""
    done = fnnet(*arguments, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def refused(*arguments: object, code: int = 1) -> str:
    """The one line on stderr of a command that fails with this exit code, and prints nothing else."""
    done = fnnet(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith("fnnet: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


def trained(*arguments: object) -> None:
    """Train; what goes wrong is shown."""
    done = fnnet("train", *arguments, "--quiet")
    assert done.returncode == 0, done.stderr


def equal(*arguments: object) -> str:
    """What `fnnet verify` prints when it finds a run equal."""
    done = fnnet("verify", *arguments)
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert done.stderr == ""
    assert done.stdout.startswith("equal: ")
    return done.stdout


def differs(*arguments: object) -> list[str]:
    """The two lines that `fnnet verify` prints when it finds a run to differ."""
    done = fnnet("verify", *arguments)
    assert done.returncode == 1, (done.stdout, done.stderr)
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("differs: ")
    return lines


def state_of(path: str | Path) -> State:
    """The state that a folder or file holds."""
    found = load_run(path).state
    assert found is not None
    return found


# Runs that are what they say


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of exclusive or over 40 epochs of 2 steps, with its checkpoint of epoch 25."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    trained("xor", "--epochs", 40, "--batch-size", 3, "--out", folder)
    found = load_run(folder)
    previous = last(islice(found.experiment(xor()).states(), 50))
    write(folder / "previous.npz", found.packed(previous))  # which one is kept of a run so short, the clock decides
    return folder


@pytest.fixture
def run(whole: Path) -> Path:
    """A copy of that run, to be changed."""
    shutil.copytree(whole, "run")
    return Path("run")


KINDS = {
    "exclusive or": "xor",
    "everything": "digits --hidden 16,8 --batch-norm --dropout 0.2 --shift 2 --validation 0.2 --patience 1 --epochs 9 "
    "--optimizer adam --lr 0.2 --schedule warm-up --weight-decay 0.01 --dtype float64 --seed 5 --activation gelu",
    "sigmoid": "own.npz --loss sigmoid --optimizer rmsprop --epochs 3",
    "squares": "own.csv --loss mse --optimizer adagrad --epochs 3 --hidden none",
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_is_equal_to_itself(kind: str) -> None:
    """A run that ended is trained again to the same bits, and its last part too."""
    x = np.random.default_rng(0).normal(size=(60, 3))
    np.savez("own.npz", x=x, y=np.arange(60) % 3)
    np.savetxt("own.csv", np.column_stack([x, np.arange(60) % 2]), delimiter=",")
    trained(*KINDS[kind].split(), "--out", "run")
    state = state_of("run")
    said = equal("run")
    assert said.splitlines()[0] == f"equal: steps 1 to {state.step:,} trained again give the same bits"
    assert said.splitlines()[1].endswith(fingerprint(state))
    assert f"{state.epoch:,} epochs" in said
    found = result("verify", "run", "--last")
    assert (found["equal"], found["from_step"]) == (True, state_of("run/previous.npz").step)
    if kind == "everything":
        assert state.stopped
        assert 1 <= state.best_epoch < state.epoch < 9


def test_a_run_that_began_with_another_is_equal() -> None:
    """A run on the network of another, a part of which is frozen, verifies without the other."""
    trained("digits", "--hidden", 16, "--epochs", 2, "--out", "other")
    trained("digits", "--from", "other", "--freeze", "2,3", "--epochs", 2, "--dropout", 0.1, "--out", "run")
    shutil.rmtree("other")
    assert load_run("run").recipe.freeze == (2, 3)
    equal("run")
    assert result("verify", "run", "--last")["equal"]
    Path("run", "start.npz").unlink()
    assert "start.npz is not there" in refused("verify", "run")


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to a child")
def test_an_interrupted_run_is_equal_up_to_where_it_came() -> None:
    """A run that Ctrl-C stopped in the middle of an epoch is equal up to that step, before it is resumed and after."""
    flags = "train digits --hidden 8 --batch-size 1 --dropout 0.2 --epochs 300 --schedule constant --out run"
    assert interrupted("run", *flags.split(), seconds=0.3) == 130
    while not (stopped := state_of("run")).batch:  # one time in 1,347 it stops at the end of an epoch
        interrupted("run", "train", "--resume", "run")
    found = result("verify", "run")
    assert (found["equal"], found["to_step"], found["sha256"]) == (True, stopped.step, fingerprint(stopped))
    assert result("verify", "run", "--last")["from_step"] < stopped.step
    assert f"{stopped.batch:,} step" in equal("run", "--last")
    trained("--resume", "run", "--epochs", stopped.epoch + 1)
    found = result("verify", "run")
    assert (found["equal"], found["to_step"]) == (True, 1347 * (stopped.epoch + 1))


def test_a_run_that_was_given_more_epochs_is_equal(run: Path) -> None:
    """A run that ended and was then given more epochs is equal over all of them."""
    trained("--resume", run, "--epochs", 50)
    assert "steps 1 to 100 trained again" in equal(run)
    assert len(read_history(run / "history.csv")) == 50


def test_the_json_of_an_equal_run(run: Path) -> None:
    """With --json the steps, the SHA-256 of the state and the verdict are one object, and nothing else is printed."""
    state = state_of(run)
    assert result("verify", run) == {
        "run": "run", "equal": True, "difference": None, "changed": [], "from_step": 0, "to_step": 80,
        "sha256": fingerprint(state),
    }  # fmt: skip


def test_verifying_leaves_the_folder_as_it_is(run: Path) -> None:
    """No byte of any file in the folder changes, of an equal run or of one that differs."""
    for _ in range(2):
        before = {path: path.read_bytes() for path in run.iterdir()}
        fnnet("verify", run)
        fnnet("verify", run, "--last")
        assert {path: path.read_bytes() for path in run.iterdir()} == before
        rewritten(run, lambda state: replace(state, loss=0.5))


@pytest.mark.parametrize("missing", [["run.json"], ["history.csv"], ["model.npz", "run.json", "history.csv"]])
def test_a_run_without_its_record_is_still_verified(run: Path, missing: list[str]) -> None:
    """The state alone says all that is needed: without the record, history or network for people it verifies."""
    for name in missing:
        Path(run, name).unlink()
    equal(run)
    rewritten(run, nudged)
    assert differs(run)[1] == "nothing that is recorded has changed since then"


# Runs that are not


def rewritten(run: Path, change: Callable[[State], State], name: str = "state.npz") -> State:
    """Write a changed state over a saved one, as a file that is whole; gives the change back."""
    found = load_run(run / name)
    assert found.state is not None
    made = change(found.state)
    write(run / name, found.packed(made))
    return made


def with_array(tree: Any, path: str, change: Callable[[Array], Array]) -> Any:
    """The tree with one of its arrays changed."""
    assert path in arrays(tree)
    return with_arrays(tree, [freeze(change(a.copy())) if p == path else a for p, a in arrays(tree).items()])


def up(a: Array) -> Array:
    """The array with one number moved to the next that there is."""
    a.flat[0] = np.nextafter(a.flat[0], np.inf, dtype=a.dtype)
    return a


def nudged(state: State) -> State:
    """The state with one weight moved by one unit in the last place."""
    return with_array(state, "params.0.W", up)  # type: ignore[no-any-return]  # a state, as it was


PLACES = ["params.0.W", "params.2.b", "optimizer.moments.0.0.W"]


@pytest.mark.parametrize("path", PLACES)
def test_one_bit_is_found(run: Path, path: str) -> None:
    """A single number that is off by one unit in the last place is found, with its array and how much."""
    size = arrays(state_of(run))[path].size
    made = rewritten(run, lambda state: with_array(state, path, up))
    said = differs(run)
    assert said[0].startswith(f"differs: {path} differs in 1 of {size} numbers, by ")
    assert 0 < float(said[0].split("by ")[1].split()[0]) < 1e-14
    assert said[1] == "nothing that is recorded has changed since then"
    found = json.loads(fnnet("verify", run, "--json").stdout)
    assert (found["equal"], "differs: " + found["difference"]) == (False, said[0])
    assert (found["changed"], found["sha256"]) == ([], fingerprint(made))


def test_the_best_network_is_compared_too() -> None:
    """Of a run with validation the kept best network is compared as well."""
    trained("digits", "--hidden", 4, "--epochs", 2, "--validation", 0.1, "--out", "run")
    rewritten(Path("run"), lambda state: with_array(state, "best.3.b", np.zeros_like))
    assert differs("run")[0].startswith("differs: best.3.b differs in 4 of 4 numbers, by ")


def test_every_number_that_differs_is_counted(run: Path) -> None:
    """A whole array that is off is said to be, with the largest deviation."""
    rewritten(run, lambda state: with_array(state, "params.0.b", lambda a: a + 0.25 * np.arange(8)))
    assert differs(run)[0] == "differs: params.0.b differs in 7 of 8 numbers, by 1.75 at most"


FIGURES: dict[str, Any] = {"loss": 0.5, "lr": 0.125, "total": 3.0, "seed": 1, "best_epoch": 3, "stopped": True}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_of_the_state_is_found(run: Path, name: str) -> None:
    """A number of the state that is not what training gives is named, with both values."""
    was = getattr(state_of(run), name)
    rewritten(run, lambda state: replace(state, **{name: FIGURES[name]}))
    assert differs(run)[0] == f"differs: {name} was {FIGURES[name]!r} and is {was!r}"


def test_a_changed_loss_in_the_history_names_its_epoch(run: Path) -> None:
    """The first epoch whose row is not what training gives is named, before the end of the run is looked at."""
    rows = read_history(run / "history.csv")
    was = rows[16].loss
    rows[16], rows[30] = rows[16]._replace(loss=0.75), rows[30]._replace(lr=3.0)
    Path(run, "history.csv").write_text("epoch,step,lr,loss,validation\n" + text(rows))
    rewritten(run, nudged)
    assert differs(run)[0] == f"differs: epoch 17: loss was 0.75 and is {was!r}"


def test_the_last_part_alone_is_compared_with_last(run: Path) -> None:
    """With --last what came before the previous checkpoint is not looked at, and what came after is."""
    rows = read_history(run / "history.csv")
    rows[24] = rows[24]._replace(loss=0.75)
    Path(run, "history.csv").write_text("epoch,step,lr,loss,validation\n" + text(rows))
    found = result("verify", run, "--last")
    assert (found["equal"], found["from_step"], found["to_step"]) == (True, 50, 80)
    assert equal(run, "--last").startswith("equal: steps 51 to 80 trained again")
    assert "epoch 25: loss was 0.75" in differs(run)[0]
    rewritten(run, nudged)
    assert "params.0.W" in differs(run, "--last")[0]


def test_another_beginning_of_the_last_part_is_found(run: Path) -> None:
    """With --last a previous checkpoint that does not lead to the state is found."""
    rewritten(run, nudged, "previous.npz")
    assert "params.0.W" in differs(run, "--last")[0]
    equal(run)


def test_what_has_changed_since_is_named(run: Path) -> None:
    """Where bits differ, the versions and the machine that are not as they were are named; with --json always."""
    record = json.loads((run / "run.json").read_text())
    (here,) = record["machines"]
    now = here["numpy"]
    record["machines"] = [here | {"numpy": "1.26.0"}, here | {"blas": ["mkl 1"], "processor": "abacus", "threads": 3}]
    (run / "run.json").write_text(json.dumps(record))
    since = [
        f"numpy was 1.26.0 and is {now}",
        f"blas was mkl 1 and is {', '.join(here['blas'])}",
        f"processor was abacus and is {here['processor']}",
        f"threads was 3 and is {here['threads']}",
    ]
    assert sorted(result("verify", run)["changed"]) == sorted(since)
    assert "numpy" not in equal(run)
    rewritten(run, nudged)
    said = differs(run)[1]
    assert said.startswith("since then: ")
    assert sorted(said.removeprefix("since then: ").split("; ")) == sorted(since)


# What can't be verified


def test_no_previous_checkpoint(run: Path) -> None:
    """Without a previous checkpoint --last is refused by name, and the whole run verifies."""
    (run / "previous.npz").unlink()
    assert "previous.npz is not there" in refused("verify", run, "--last")
    equal(run)


def test_a_network_is_no_run(run: Path) -> None:
    """A network alone, in its file or in a folder as if it were a state, can't be trained again."""
    assert "without its run" in refused("verify", run / "model.npz")
    shutil.copy(run / "model.npz", run / "previous.npz")
    assert "previous.npz holds no state" in refused("verify", run, "--last")
    shutil.copy(run / "model.npz", run / "state.npz")
    assert "without its run" in refused("verify", run)


def test_what_is_no_run_is_one_sentence(run: Path) -> None:
    """A missing path, an empty folder and a damaged state are named, and exit 1."""
    Path("empty").mkdir()
    assert "nothing is not there" in refused("verify", "nothing")
    assert "empty holds no run" in refused("verify", "empty")
    data = bytearray((run / "state.npz").read_bytes())
    data[len(data) // 2] ^= 1
    (run / "state.npz").write_bytes(data)
    assert "state.npz is damaged" in refused("verify", run)
    assert "Missing argument 'RUN'" in refused("verify", code=2)


def test_a_process_of_its_own(run: Path) -> None:
    """The exit code of a real process is 0 for an equal run and 1 for one that differs, without a traceback."""
    assert [process("verify", run).returncode, process("verify", run, "--last").returncode] == [0, 0]
    rewritten(run, nudged)
    done = process("verify", run)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("differs: params.0.W ")


def test_data_that_are_gone_or_others() -> None:
    """Data that are not there any more, or not the same, are named, and exit 1."""
    data = Path("own.csv")
    data.write_text("".join(f"{i},{i * i},{i % 2}\n" for i in range(30)))
    trained(data, "--epochs", 2, "--out", "run")
    data.write_text(data.read_text().replace("29,841,1", "29,841,0"))
    assert "own.csv are not those of the run" in refused("verify", "run")
    data.unlink()
    assert "own.csv" in refused("verify", "run")


# The comparison itself


@cache
def states() -> list[State]:
    """A run with every figure and array that a state has."""
    recipe = Recipe(hidden=(3,), epochs=6, batch_size=2, dtype="float64", validation=0.25, batch_norm=True)
    return list(experiment(recipe, xor()).states())


anywhere = st.sampled_from(range(12))


def other(value: Any) -> Any:
    """Another value of the same kind."""
    return not value if isinstance(value, bool) else 0.5 if value is None else value + 1 if value < 1e9 else 2.0


@given(i=anywhere, name=st.sampled_from(settings(State)))
def test_any_other_figure_is_a_difference(i: int, name: str) -> None:
    """A state is equal to itself, and whichever figure changes is named, but one that an earlier fnnet did not have."""
    state = states()[i]
    changed = replace(state, **{name: other(getattr(state, name))})
    assert difference(state, replace(state)) is None
    said = f"{name} was {getattr(state, name)!r} and is {getattr(changed, name)!r}"
    newer = name in NEWER and getattr(state, name) is None
    assert difference(state, changed) == (None if newer else said)


@given(i=anywhere, data=st.data())
def test_any_other_number_is_a_difference(i: int, data: Any) -> None:
    """Whichever numbers of whichever array change by whatever, the array is named, how many and by how much."""
    state = states()[i]
    path = data.draw(st.sampled_from(sorted(arrays(state))))
    size = arrays(state)[path].size
    places = sorted(data.draw(st.sets(st.integers(0, size - 1), min_size=1)))
    by = data.draw(st.sampled_from([2.0**-40, 1.0, 1e6]))

    def moved(a: Array) -> Array:
        a.flat[places] += by
        return a

    changed = with_array(state, path, moved)
    away = np.abs(arrays(changed)[path] - arrays(state)[path]).max()
    assert difference(state, changed) == f"{path} differs in {len(places)} of {size} numbers, by {away:.3g} at most"


def test_other_arrays_are_a_difference() -> None:
    """An array of another shape or dtype is named, and so is that there are others."""
    state = states()[-1]
    shorter = with_array(state, "params.0.b", lambda a: a[:-1])
    narrower = with_array(state, "params.0.b", lambda a: a.astype(np.float32))
    assert difference(state, shorter) == difference(state, narrower) == "params.0.b differs in its shape"
    assert difference(state, replace(state, best=())) == "tuple 4 has become tuple 0"


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite(value: float) -> None:
    """NaN and infinity equal themselves in an array, and differ from a number."""
    state = states()[-1]
    gone = with_array(state, "params.0.b", lambda a: np.full_like(a, value))
    assert difference(gone, with_array(state, "params.0.b", lambda a: np.full_like(a, value))) is None
    for a, b in ((state, gone), (gone, state)):
        assert str(difference(a, b)).startswith("params.0.b differs in 3 of 3 numbers, by ")
    never = replace(state, best_validation=value)
    assert str(difference(state, never)).startswith("best_validation was ")


numbers = st.floats(-1e3, 1e3) | st.none()
histories = st.lists(st.tuples(numbers, st.floats(0, 9), numbers), max_size=6).map(
    lambda cells: [Epoch(i, 3 * i, lr, loss, held) for i, (lr, loss, held) in enumerate(cells, 1)]
)


@given(histories, st.integers(0, 6))
def test_equal_histories(rows: list[Epoch], many: int) -> None:
    """A history does not differ from itself, nor from its own beginning."""
    assert first_difference(rows, list(rows)) is None
    assert first_difference(rows[:many], rows) is None
    assert first_difference(rows, rows[:many]) is None


@given(histories.filter(bool), st.data())
def test_the_first_other_row_is_named(rows: list[Epoch], data: Any) -> None:
    """Of several changed rows the first is named, by its epoch, figure and both values."""
    places = sorted(data.draw(st.sets(st.integers(0, len(rows) - 1), min_size=1)))
    name = data.draw(st.sampled_from(["step", "lr", "loss", "validation"]))
    changed = [row._replace(**{name: -7.5}) if i in places else row for i, row in enumerate(rows)]
    first = rows[places[0]]
    assert first_difference(rows, changed) == f"epoch {first.epoch}: {name} was {getattr(first, name)!r} and is -7.5"


def test_a_validation_loss_of_nan_is_equal_to_itself() -> None:
    """A run whose validation loss is NaN is equal to itself, in its figures and in its history."""
    state = replace(states()[-1], validation=np.nan)
    row = Epoch(1, 2, 0.1, 0.5, np.nan)
    assert difference(state, replace(state, validation=float("nan"))) is None
    assert first_difference([row], [row._replace(validation=float("nan"))]) is None


def test_a_run_with_a_validation_loss_of_nan_is_equal() -> None:
    """A run with a validation example that no network of float32 can sum up verifies."""
    x = np.random.default_rng(0).normal(size=(60, 2))
    y = (x[:, 0] > 0).astype(int)
    made = experiment(Recipe(validation=0.2), datasets.dataset(np.arange(60.0)[:, None], y, name="own"))
    assert made.validation is not None
    x[int(made.validation[0][0, 0])] = 3e38
    np.savez("own.npz", x=x, y=y, x_test=x[:5] * 0, y_test=y[:5])
    trained("own.npz", "--validation", 0.2, "--epochs", 2, "--init", "normal", "--out", "run")
    assert np.isnan(read_history(Path("run", "history.csv"))[0].validation)
    equal("run")


def test_the_sign_of_zero_is_a_bit() -> None:
    """States that differ in the sign of a zero are not equal to the bit."""
    zeros, negative = (with_array(states()[-1], "params.0.b", lambda a, z=z: np.full_like(a, z)) for z in (0.0, -0.0))
    assert fingerprint(zeros) != fingerprint(negative)
    assert difference(zeros, negative) is not None


def test_the_settings_inside_a_state_are_compared() -> None:
    """States whose optimizers have counted other steps, or whose networks have other layers, differ."""
    state = states()[-1]
    counted = replace(state, optimizer=replace(state.optimizer, step=999))
    layers = replace(state, params=(*state.params[:2], LeakyReLU(), *state.params[3:]))
    assert [difference(state, b) is None for b in (counted, layers)] == [False, False]


def test_another_activation_is_found(run: Path) -> None:
    """A state file whose network has another activation, everywhere in it, is not called equal."""

    def curved(net: Any) -> Any:
        return (net[0], Tanh(), net[2])

    rewritten(
        run,
        lambda state: replace(
            state,
            params=curved(state.params),
            optimizer=replace(state.optimizer, moments=tuple(map(curved, state.optimizer.moments))),
        ),
    )
    differs(run)


def test_a_run_that_has_not_begun_is_equal(run: Path) -> None:
    """A run that was killed before its first step, whose state is the first, verifies."""
    found = load_run(run)
    made = found.experiment(xor())
    begin = first_state(made.net, made.optimizer, found.recipe.seed)
    write(run / "state.npz", found.packed(begin))
    equal(run)


def test_a_last_part_without_steps_is_equal(run: Path) -> None:
    """With --last a run that was killed between its two checkpoints, which then are the same, verifies."""
    half = run / "previous.npz"
    shutil.copy(half, run / "state.npz")
    assert result("verify", run, "--last")["equal"]


def test_a_difference_beside_infinity() -> None:
    """An array with the same infinity in both states, and another number, is named without a complaint of NumPy's."""
    beside = [with_array(states()[-1], "params.0.b", lambda a, z=z: np.array([np.inf, 1.0, z])) for z in (0.0, 2.0)]
    assert difference(*beside) == "params.0.b differs in 1 of 3 numbers, by 2 at most"
