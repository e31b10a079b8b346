"""The promise: one seed, machine and number of BLAS threads give one SHA-256, however often a run is stopped."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from progress_lines import timeless
from strategies import Square, affine, normal, seeds
from test_cli import fnnet, result, started

from fnnet import Adam, BatchNorm, Dropout, SoftmaxCrossEntropy, buffer, freeze, frozen, train
from fnnet.datasets import Dataset, digits
from fnnet.datasets.dataset import of_arrays
from fnnet.learning import State
from fnnet.learning.arguments import epoch_order
from fnnet.learning.state import first_state
from fnnet.optimizers import WarmUp
from fnnet.runs import load_run
from fnnet.runs.build import experiment
from fnnet.runs.difference import difference
from fnnet.runs.recipe import LOSSES, OPTIMIZERS, SCHEDULES, Recipe
from fnnet.runs.saving import load, save
from fnnet.values import Key, arrays, fingerprint, generator
from fnnet.values.record import evolve, replace

IMAGES = replace(digits(), x=digits().x[:40], y=digits().y[:40])
TABLE = of_arrays("table", normal(0, 30, 3), np.random.default_rng(1).integers(0, 3, 30), classes=("a", "b", "c"))


pytestmark = pytest.mark.usefixtures("in_a_folder_of_its_own")


def last(states: Iterable[State]) -> State:
    """The last state."""
    *_, state = states
    return state


# Again


#: Rates at which the validation loss of each optimizer soon gets worse.
TOO_FAST = {"sgd": 2.0, "adagrad": 3.0, "rmsprop": 1.0, "adam": 0.5, "adamw": 0.5}
EVERYTHING: dict[str, Any] = {
    "hidden": (8,),
    "activation": "relu",
    "dropout": 0.3,
    "batch_norm": True,
    "shift": 1,
    "batch_size": 64,
    "epochs": 6,
    "validation": 0.2,
    "patience": 1,
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_twenty_runs_end_in_one_sha_256(optimizer: str) -> None:
    """Twenty runs with all that is random, stopped early by their validation loss, end in one and the same state."""
    recipe = Recipe(**EVERYTHING, optimizer=optimizer, lr=TOO_FAST[optimizer])
    ends = [last(experiment(recipe, digits()).states()) for _ in range(20)]
    assert ends[0].stopped
    assert 1 <= ends[0].best_epoch < ends[0].epoch < 6
    assert len({fingerprint(end) for end in ends}) == 1
    assert {difference(ends[0], end) for end in ends} == {None}


@given(a=seeds, b=seeds)
def test_another_seed_gives_another_sha_256(a: int, b: int) -> None:
    """Two seeds never give the same network, nor the same order of the examples to one and the same first network."""
    assume(a != b)
    recipe = Recipe(hidden=(4,), epochs=1)
    assert len({fingerprint(last(experiment(evolve(recipe, seed=s), TABLE).states()).params) for s in (a, b)}) == 2
    net = (affine(0, 3, 3),)
    runs = (train(net, TABLE.x, TABLE.y, loss=SoftmaxCrossEntropy, epochs=1, batch_size=7, seed=s) for s in (a, b))
    assert len({fingerprint(last(run).params) for run in runs}) == 2


@given(row=st.integers(0, 29), by=st.integers(1, 2), optimizer=st.sampled_from(sorted(OPTIMIZERS)))
def test_one_other_label_gives_another_sha_256(row: int, by: int, optimizer: str) -> None:
    """The label of a single training example, changed, changes the network after one epoch."""
    y = TABLE.y.copy()
    y[row] = (y[row] + by) % 3
    recipe = Recipe(hidden=(4,), epochs=1, batch_size=8, optimizer=optimizer)
    ends = [last(experiment(recipe, data).states()) for data in (TABLE, replace(TABLE, y=freeze(y)))]
    assert fingerprint(ends[0].params) != fingerprint(ends[1].params)


@given(seed=seeds, epochs=st.lists(st.integers(0, 2**32 - 1), min_size=2, max_size=2, unique=True))
def test_every_epoch_has_an_order_of_its_own(seed: int, epochs: list[int]) -> None:
    """No two epochs take 30 examples in the same order, and each takes every example once."""
    first, second = (epoch_order(seed, epoch, 30).tolist() for epoch in epochs)
    assert first != second
    assert sorted(first) == sorted(second) == list(range(30))


# Stopped


def reloaded(state: State, *layers: type) -> State:
    """What a file gives back of a state."""
    with TemporaryDirectory() as folder:
        save(f"{folder}/state.npz", state)
        found: State = load(f"{folder}/state.npz", layers)
    return found


@st.composite
def experiments(draw: Any) -> tuple[Recipe, Dataset]:
    """A random recipe, with any of all settings, and data that it fits."""
    data = draw(st.sampled_from([IMAGES, TABLE]))
    some = {
        "hidden": st.sampled_from([(), (5,), (4, 3)]),
        "activation": st.sampled_from(["sigmoid", "relu", "gelu"]),
        "loss": st.sampled_from(sorted(LOSSES)),
        "optimizer": st.sampled_from(sorted(OPTIMIZERS)),
        "lr": st.sampled_from([None, 0.03]),
        "schedule": st.sampled_from(sorted(SCHEDULES)),
        "weight_decay": st.sampled_from([0.0, 0.01]),
        "dropout": st.sampled_from([0.0, 0.4]),
        "batch_norm": st.booleans(),
        "shift": st.integers(0, 2) if data is IMAGES else st.just(0),
        "epochs": st.integers(1, 5),
        "batch_size": st.sampled_from([1, 6, 7, 20, None]),
        "seed": seeds,
        "dtype": st.sampled_from(["float32", "float64"]),
    }
    said = draw(st.fixed_dictionaries(some))
    if said["optimizer"] == "sgd":
        said["momentum"] = draw(st.sampled_from([None, 0.0, 0.5]))
    if draw(st.booleans()):
        said |= {"validation": 0.3, "patience": draw(st.sampled_from([None, 1, 2]))}
    *before, _ = experiment(Recipe(**said), data).net
    if holding := [i for i, layer in enumerate(before) if arrays(layer)]:
        said["freeze"] = tuple(draw(st.sets(st.sampled_from(holding))))
    return Recipe(**said), data


def stopped(recipe: Recipe, data: Dataset, stops: list[int]) -> Iterator[State]:
    """The states of a run that is stopped after so many steps, then so many more, each time saved and loaded again."""
    made = experiment(recipe, data)
    now = first_state(made.net, made.optimizer, recipe.seed)
    for steps in [*stops, None]:
        for state in islice(experiment(recipe, data).states(reloaded(now)), steps):
            yield state
            now = state


@settings(max_examples=3 * settings.default.max_examples)
@given(experiments(), st.data())
def test_stopped_anywhere_it_goes_on_to_the_same_bits(made: tuple[Recipe, Dataset], draw: Any) -> None:
    """A run that is stopped anywhere, any number of times, saved and loaded, has the states of one never stopped."""
    states = list(experiment(*made).states())
    stops = draw.draw(st.lists(st.integers(0, len(states)), min_size=1, max_size=4))
    again = list(stopped(*made, stops))
    assert [difference(a, b) for a, b in zip(states, again, strict=True)] == [None] * len(states)
    assert [fingerprint(a) for a in states] == [fingerprint(b) for b in again]


def test_the_law_meets_what_it_is_about() -> None:
    """A run that is stopped inside an epoch, after a best epoch that is not the last, ends early as if it were not."""
    recipe = Recipe(**EVERYTHING, optimizer="adam", lr=0.5)
    states = list(experiment(recipe, digits()).states())
    cut = states[len(states) - 5]
    assert cut.batch > 0
    assert cut.best
    assert cut.best_epoch < cut.epoch + 1 == states[-1].epoch
    rest = list(experiment(recipe, digits()).states(reloaded(cut)))
    assert [difference(a, b) for a, b in zip(states[-4:], rest, strict=True)] == [None] * 4
    assert rest[-1].stopped


@given(experiments())
def test_an_ended_run_stays_ended(made: tuple[Recipe, Dataset]) -> None:
    """From the last state of a run, saved and loaded, nothing more comes."""
    assert list(experiment(*made).states(reloaded(last(experiment(*made).states())))) == []


# Layers of the user's


@frozen
class Drifting:
    """``y = x - mean``, with noise in training and a running mean: a user's layer with all that a layer may offer."""

    mean: Any = buffer()
    key: Key | None = None

    def training(self, key: Key) -> Self:
        """The layer for one step."""
        return replace(self, key=key)

    def forward(self, x: Any) -> tuple[Any, Any]:
        """y, and the mean of the batch."""
        noise = 0.0 if self.key is None else generator(self.key).normal(size=x.shape)
        return freeze(x - self.mean + noise), freeze(x.mean(axis=0))

    def backward(self, cache: Any, dout: Any) -> tuple[Any, Any]:
        """dx, and no gradient."""
        return dout, replace(self, key=None)

    def absorb(self, cache: Any) -> Self:
        """The layer with its mean moved on."""
        return replace(self, mean=freeze(0.9 * self.mean + 0.1 * cache))


def own(state: State | None = None, seed: int = 3) -> Iterator[State]:
    """A run by `train` alone, of layers that fnnet does not know, with weights, a schedule and validation."""
    net = (Drifting(np.zeros(3)), Square(np.ones(3), np.zeros(3)), affine(0, 3, 4), (BatchNorm.init(4, float),))
    return train(
        (*net, Dropout(0.2), affine(2, 4, 3)), TABLE.x[:24], TABLE.y[:24], loss=SoftmaxCrossEntropy,
        optimizer=Adam(WarmUp(5, 0.3)), epochs=8, batch_size=5, seed=seed, weights=np.linspace(0.5, 2.0, 24),
        validation=(TABLE.x[24:], TABLE.y[24:]), patience=2, state=state,
    )  # fmt: skip


def test_twenty_runs_of_layers_of_the_users_end_in_one_sha_256() -> None:
    """Twenty runs by `train` of a network with a user's noisy layer end in one state, and another seed in another."""
    assert len({fingerprint(last(own())) for _ in range(20)}) == 1
    assert fingerprint(last(own()).params) != fingerprint(last(own(seed=4)).params)


@given(st.data())
def test_layers_of_the_users_go_on_to_the_same_bits(draw: Any) -> None:
    """A run of a user's layers, stopped anywhere, saved and loaded by name, goes on as if it had not been."""
    states = list(own())
    cut = draw.draw(st.integers(1, len(states)))
    rest = list(own(reloaded(states[cut - 1], Drifting, Square)))
    assert [difference(a, b) for a, b in zip(states[cut:], rest, strict=True)] == [None] * len(rest)
    assert [fingerprint(a) for a in states[cut:]] == [fingerprint(b) for b in rest]


# The command line

FLAGS = "train digits --hidden 16 --optimizer adam --dropout 0.3 --batch-norm --shift 1 --validation 0.2 --epochs 20"
#: What of a run's folder does not tell the time.
LASTING = ("state.npz", "model.npz", "history.csv")


def contents(folder: str | Path) -> dict[str, bytes]:
    """The bytes in a folder that must always be the same, which the seconds of the history are not."""
    whole = {name: Path(folder, name).read_bytes() for name in LASTING}
    return {**whole, "history.csv": timeless(whole["history.csv"])}


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run without any flag for its output."""
    folder = tmp_path_factory.mktemp("plain")
    command = [sys.executable, "-m", "fnnet", *FLAGS.split()]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=300)
    return folder / "runs" / "digits"


#: Whatever must not matter: flags of the output, and the environment.
WAYS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "json": (("--json",), {}),
    "quiet": (("--quiet",), {}),
    "one thread": ((), {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}),
    "two threads": ((), {"OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"}),
    "elsewhere": ((), {"PYTHONHASHSEED": "1", "PYTHONOPTIMIZE": "2", "LC_ALL": "C", "TZ": "Asia/Tokyo"}),
}


@pytest.mark.parametrize("way", WAYS)
def test_output_and_environment_do_not_matter(plain: Path, way: str) -> None:
    """In a process of its own, with any output and environment, a run leaves the same bytes."""
    flags, env = WAYS[way]
    command = (*FLAGS.split(), *flags, "--out", "here")
    done = started(*command, **env) if env else fnnet(*command)
    assert done.returncode == 0, done.stderr
    assert contents("here") == contents(plain)


def test_what_is_printed_is_what_is_kept(plain: Path) -> None:
    """With --no-save the printed SHA-256 is that of the network that a run without it keeps."""
    found = result(*FLAGS.split(), "--no-save")
    run = load_run(plain)
    assert found["sha256"] == fingerprint(run.net) == fingerprint(load_run(plain / "model.npz").net)
    assert run.state is not None
    assert found["best_epoch"] == run.state.best_epoch
    assert not Path("runs").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_the_progress_bar_does_not_matter(plain: Path) -> None:
    """On a terminal, with a bar that moves at every step, a run leaves the same bytes."""
    import pty

    parent, child = pty.openpty()
    often = "from fnnet.cli import main; from fnnet.watching import showing; showing.OFTEN = 0.0; main()"
    command = [sys.executable, "-c", often, *FLAGS.split(), "--out", "here"]
    env = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    seen = b""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=child, env=env) as process:
        os.close(child)
        while part := _read(parent):
            seen += part
        process.communicate(timeout=60)
    os.close(parent)
    assert process.returncode == 0
    assert b"accuracy" in seen
    assert contents("here") == contents(plain)


def _read(terminal: int) -> bytes:
    """What the terminal shows next; nothing when the process has ended, which Linux says by an error."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to a child")
def test_ctrl_c_does_not_matter(plain: Path) -> None:
    """Stopped by Ctrl-C, resumed, stopped and resumed again, a run leaves the same bytes."""
    assert interrupted("here", *FLAGS.split(), "--out", "here") == 130
    assert interrupted("here", "train", "--resume", "here") in (0, 130)
    assert fnnet("train", "--resume", "here").returncode == 0
    assert contents("here") == contents(plain)


def interrupted(folder: str, *arguments: object, seconds: float = 0.05) -> int:
    """The exit code of a command that Ctrl-C stops so long after it has begun to write to the folder of its run."""
    history = Path(folder, "history.csv")
    before = history.stat().st_mtime_ns if history.exists() else 0
    command = [sys.executable, "-m", "fnnet", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while process.poll() is None and not (history.exists() and history.stat().st_mtime_ns > before):
            time.sleep(0.001)
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    return process.returncode
