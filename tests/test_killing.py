"""A run is killed, stopped, interrupted, or finds its disk full, at every moment there is; it ends as undisturbed."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import pytest
from forks import forked
from progress_lines import beside_progress, timeless
from test_cli import fnnet, refused, result
from test_folder import told
from threadpoolctl import threadpool_limits

from fnnet.datasets import digits
from fnnet.learning import State
from fnnet.learning.state import first_state
from fnnet.runs import load_run
from fnnet.runs.aside import BEFORE, GOING
from fnnet.runs.difference import difference
from fnnet.runs.folder import FILES, START
from fnnet.runs.history import Epoch, read_history, row
from fnnet.values import arrays, fingerprint

pytestmark = [
    pytest.mark.usefixtures("in_a_folder_of_its_own"),
    pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL, SIGSTOP or hard links to rely on"),
]

RUN = Path("run")
#: A small run with all that a state can hold: moments, a best network, running statistics. An epoch has 34 steps.
FLAGS = "digits --hidden 16 --batch-norm --dropout 0.1 --shift 1 --validation 0.2 --patience 50 --optimizer adam"
STEPS = 34
#: What of a folder must be the same bytes in the end. The previous state depends on the clock.
LASTING = ("state.npz", "model.npz", "history.csv")

# The run that nothing happens to


class Whole(NamedTuple):
    """What an undisturbed run printed, its files, each of its states by its step, and the rows of its epochs."""

    found: dict[str, Any]
    files: dict[str, bytes]
    states: dict[int, State]
    rows: list[Epoch]


@cache
def whole(epochs: int) -> Whole:
    """The undisturbed run of so many epochs, by the command line, and its states."""
    with TemporaryDirectory() as folder:
        found = result("train", *FLAGS.split(), "--epochs", epochs, "--out", folder)
        files = lasting(Path(folder))
        run = load_run(folder)
    ran = run.experiment(digits())
    with threadpool_limits(run.threads, "blas"), np.errstate(all="ignore"):
        states = [first_state(ran.net, ran.optimizer, run.recipe.seed), *ran.states()]
    return Whole(found, files, {s.step: s for s in states}, [row(s) for s in states[1:] if s.batch == 0])


def start(epochs: int = 3) -> list[object]:
    """What begins the run, whatever is left of an earlier beginning."""
    return ["train", *FLAGS.split(), "--epochs", epochs, "--out", RUN, "--force"]


RESUME = ("train", "--resume", RUN)


# Processes to which something happens

KILLER = Path(__file__).with_name("killer.py")


def fated(plan: dict[str, Any], *arguments: object) -> list[str]:
    """The command of `fnnet` under a plan of `killer.py`."""
    return [sys.executable, str(KILLER), json.dumps(plan), *map(str, arguments)]


def under(plan: dict[str, Any], *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run `fnnet` under a plan of `killer.py`."""
    return forked(*arguments, plan=plan)


@contextmanager
def halted(plan: dict[str, Any], *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A process that has stopped itself by SIGSTOP, as its plan says, and is killed in the end if it lives."""
    command = fated(plan, *arguments)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert os.WIFSTOPPED(os.waitpid(process.pid, os.WUNTRACED)[1])
            yield process
        finally:
            process.kill()


def lasting(folder: Path) -> dict[str, bytes]:
    """The bytes in a folder that must always be the same, which the seconds of the history are not."""
    found = {name: (folder / name).read_bytes() for name in LASTING}
    return {**found, "history.csv": timeless(found["history.csv"])}


def parts() -> list[str]:
    """The temporary files in the folder."""
    return sorted(path.name for path in RUN.glob(".*.part"))


def bytes_of(folder: Path = RUN) -> dict[str, bytes]:
    """Every file in a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# What must be true after whatever happened


def same(a: State, b: State) -> bool:
    """Whether two states are equal, to the bit of the whole."""
    return difference(a, b) is None and fingerprint(a) == fingerprint(b)


def sound(undisturbed: Whole) -> int:
    """The step that the folder holds; everything in it is whole, and what the undisturbed run had at that step."""
    assert {path.name for path in RUN.iterdir()} - {*FILES, BEFORE, GOING, *parts()} == set()
    found = {path.name: load_run(path).state for path in RUN.glob("*.npz")}
    held, previous = found["state.npz"], found.get("previous.npz")
    assert held is not None
    assert same(undisturbed.states[held.step], held)
    if previous is not None:
        assert previous.batch == 0
        assert previous.step <= held.step
        assert same(undisturbed.states[previous.step], previous)
    rows = [row._replace(seconds=None) for row in read_history(RUN / "history.csv")]
    assert rows[: held.epoch] == undisturbed.rows[: held.epoch]
    return held.step


def ends_as(undisturbed: Whole) -> None:
    """The run goes on, with nothing else said, and ends in the same bits."""
    code, printed, complained = told(*RESUME, "--json")
    assert (code, complained) == (0, "")
    assert json.loads(printed)["sha256"] == undisturbed.found["sha256"]
    assert lasting(RUN) == undisturbed.files
    assert sound(undisturbed) == max(undisturbed.states)


# Every moment

WRITING = ("opened", "half", "written", "flushed", "renamed", "kept")


def moments_of(name: str) -> list[str]:
    """What is done to a file that is written whole."""
    return [f"{what} {name}" for what in WRITING]


BEGIN = [*moments_of("state.npz"), *moments_of("history.csv"), *moments_of("run.json")]
TIDY = [*moments_of("history.csv"), *moments_of("run.json")]
ROWS = ["opened rows", "half rows", "written rows", "flushed rows"]
LINK = ["linked previous.npz", "renamed previous.npz"]
STATE = moments_of("state.npz")
END = [*moments_of("model.npz"), *moments_of("run.json")]


#: What becomes of a run that is replaced, before anything of the new one is written.
ASIDE = [*(f"renamed {name}" for name in FILES if name != START), f"renamed {BEFORE}"]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """All moments of a run that is saved after every step, of a second one over it, without links, and of its end."""
    folder = tmp_path_factory.mktemp("log")
    command = ["train", *FLAGS.split(), "--epochs", 2, "--out", folder / "run", "--force"]
    found = {}
    for name, more in {"linked": {"often": True}, "copied": {"links": False}}.items():
        done = under({**more, "log": str(folder / name)}, *command)
        assert done.returncode == 0, done.stderr
        found[name] = (folder / name).read_text().splitlines()
    under({"log": str(folder / "resumed")}, "train", "--resume", folder / "run")
    return {**found, "resumed": (folder / "resumed").read_text().splitlines()}


def test_the_moments_are_all_there_are(log: dict[str, list[str]]) -> None:
    """A run has no other moments than those at which the tests below let something happen, and these in this order."""
    assert log["linked"][: len(BEGIN)] == BEGIN
    assert log["linked"][-len(END) :] == END
    assert log["resumed"] == [*TIDY, *END]
    cycle = [*ROWS, *LINK, *STATE]
    assert set(log["linked"]) == {"step", *BEGIN, *cycle, *END}
    second_epoch = len(log["linked"]) - 1 - log["linked"][::-1].index("half rows")
    assert log["linked"][second_epoch - 1 :] == [*ROWS, *STATE, *END]
    assert log["linked"].count("kept state.npz") == 1 + 2 * STEPS
    assert log["linked"].count("linked previous.npz") == 2
    assert log["copied"][: len(ASIDE)] == ASIDE
    copied = [moment for moment in log["copied"][len(ASIDE) :] if moment not in {*log["linked"]}]
    gone = copied.index("removed state.npz")
    assert copied[gone : gone + 5] == [f"removed {name}" for name in FILES if name != START]
    assert copied[gone - 1] == f"renamed {GOING}"
    assert {*copied[: gone - 1], *copied[gone + 5 :]} <= {f"{what} previous.npz" for what in WRITING}


def test_a_file_is_flushed_before_it_is_renamed(log: dict[str, list[str]]) -> None:
    """Whatever is renamed into the folder is on the disk by then, its name soon after, and rows before their state."""
    seen = log["linked"]
    renamed = [i for i, moment in enumerate(seen) if moment.startswith("renamed") and moment != LINK[1]]
    assert len(renamed) > 2 * STEPS
    for i in renamed:
        name = seen[i].split()[1]
        assert seen[i - 2 : i + 2] == [f"{what} {name}" for what in WRITING[2:]]
    for i in (i for i, moment in enumerate(seen) if moment == "written rows"):
        assert seen[i + 1] == "flushed rows"


# Killed

Fates = Iterable[tuple[str, int, bool]]


def killed(fates: Fates, undisturbed: Whole, *command: object, step: int = 0) -> int:
    """Kill a process at each of these (moment, how many of it, saved after every step); the step that is held then."""
    for moment, many, often in fates:
        done = under({"events": [[moment, many, "SIGKILL"]], "often": often}, *command)
        assert done.returncode == -signal.SIGKILL, (moment, many, done)
        if (RUN / "state.npz").exists():
            now = sound(undisturbed)
            assert now >= step
            step = now
    return step


def test_killed_at_every_kind_of_moment() -> None:
    """Killed fourteen times, before, in and after writing each file and between, a run ends as if it had not been."""
    undisturbed = whole(3)
    killed([("half run.json", 1, False), ("flushed state.npz", 1, False), ("step", 20, False)], undisturbed, *start())
    killed([("step", 4, True), ("half rows", 1, True), ("flushed rows", 1, True)], undisturbed, *RESUME)
    assert sound(undisturbed) == STEPS - 1
    assert len(read_history(RUN / "history.csv")) == 1
    killed([("half history.csv", 1, False), ("renamed history.csv", 1, False)], undisturbed, *RESUME)
    killed([("renamed previous.npz", 1, True), ("half state.npz", 3, True)], undisturbed, *RESUME)
    step = sound(undisturbed)
    assert killed([("flushed state.npz", 1, True)], undisturbed, *RESUME) == step
    assert killed([("renamed state.npz", 1, True)], undisturbed, *RESUME) == step + 1
    assert killed([("half model.npz", 1, False)], undisturbed, *RESUME) == 3 * STEPS
    killed([("half run.json", 1, False)], undisturbed, *RESUME)
    assert parts() != []
    ends_as(undisturbed)
    assert parts() == []


@pytest.mark.long
def test_killed_a_hundred_times() -> None:
    """Killed at every moment of writing every file, and at random steps, 100 times in a row, it ends the same."""
    epochs = 20
    undisturbed, chance = whole(epochs), random.Random(4)
    begin = [(moment, 1, False) for moment in BEGIN]
    end = [(moment, 1, False) for moment in END]
    saving = [(moment, chance.randint(1, 3), True) for moment in [*ROWS, *LINK, *STATE] * 2]
    tidying = [(moment, 1, False) for moment in TIDY]
    steps = [("step", chance.randint(1, 20), True) for _ in range(32)]
    rest = 100 - sum(map(len, (begin, saving, tidying, steps, end)))
    steps += [("step", chance.randint(1, 20), False) for _ in range(rest)]
    middle = [*saving, *tidying, *steps]
    chance.shuffle(middle)
    assert len([*begin, *middle, *end]) == 100
    killed(begin, undisturbed, *start(epochs))
    step = killed(middle, undisturbed, *RESUME)
    assert 100 < step < epochs * STEPS
    killed(end, undisturbed, *RESUME, step=step)
    ends_as(undisturbed)
    assert parts() == []


def test_killed_without_second_names() -> None:
    """Where files have no second names the previous state is copied, and being killed in it does no harm either."""
    undisturbed, plan = whole(3), {"often": True, "links": False}
    command = start()
    for moment in ("half previous.npz", "renamed previous.npz"):
        done = under({**plan, "events": [[moment, 1, "SIGKILL"]]}, *command)
        assert done.returncode == -signal.SIGKILL
        command = [*RESUME]
        sound(undisturbed)
    assert under({**plan, "events": [["step", 40, "SIGKILL"]]}, *command).returncode == -signal.SIGKILL
    assert sound(undisturbed) == 39
    previous = load_run(RUN / "previous.npz").state
    assert previous is not None
    assert previous.step == STEPS
    ends_as(undisturbed)


def test_killed_with_the_network_of_another() -> None:
    """A run that begins with another's network, killed in and after writing that down, ends as if it had not been."""
    assert fnnet("train", *FLAGS.split(), "--epochs", 1, "--out", "other", "--seed", 9).returncode == 0
    command = ["train", *FLAGS.split(), "--from", "other", "--freeze", "3", "--epochs", 1, "--out", RUN, "--force"]
    assert fnnet(*command[:-3], "--out", "undisturbed").returncode == 0
    for moment in ("half start.npz", "kept start.npz", "kept state.npz"):
        done = under({"events": [[moment, 1, "SIGKILL"]]}, *command)
        assert done.returncode == -signal.SIGKILL
        assert [load_run(path).start for path in RUN.glob("start.npz")] in ([], [load_run("undisturbed").start])
    assert told(*RESUME)[0] == 0
    assert lasting(RUN) == lasting(Path("undisturbed"))
    assert (RUN / "start.npz").read_bytes() == Path("undisturbed", "start.npz").read_bytes()


# A full disk


def fails(plan: dict[str, Any], *command: object, why: str = "No space left on device") -> str:
    """The one sentence of a process that can't write, which leaves nothing half written."""
    done = under(plan, *command)
    assert done.returncode == 1, (plan, done)
    assert re.fullmatch(r"fnnet: .+\n", done.stderr), done.stderr
    assert why in done.stderr
    assert "Traceback" not in done.stdout
    return done.stderr


def full(moment: str, many: int = 1, often: bool = True) -> dict[str, Any]:
    """The plan that nothing more can be written after this moment."""
    return {"events": [[moment, many, "full"]], "often": often}


@pytest.mark.parametrize("moment", ["half run.json", "opened history.csv", "flushed state.npz"])
def test_a_disk_that_is_full_from_the_beginning(moment: str) -> None:
    """A run that can't be begun says which file could not be written, leaves nothing half, and can be begun again."""
    said = fails(full(moment), *start()[:-1])
    assert f"{RUN / moment.split()[1]} can't be written" in said
    begun = (RUN / "state.npz").exists()
    assert ("stays" in said) == begun == ("state" not in moment)
    assert parts() == []
    for path in RUN.glob("*.json"):
        json.loads(path.read_text())
    assert told(*(RESUME if begun else start()[:-1]))[0] == 0
    assert sound(whole(3)) == 3 * STEPS


def test_a_disk_that_fills_up() -> None:
    """Wherever the disk is full, the last good state stays, its folder is named, and the run goes on from there."""
    undisturbed = whole(3)
    for moment, many, held in (
        ("step", 10, 9),
        ("half rows", 1, STEPS - 1),
        ("half state.npz", 1, STEPS - 1),
        ("flushed state.npz", 1, STEPS - 1),
        ("renamed state.npz", 1, STEPS),
    ):
        said = fails(full(moment, many), *(start() if many > 1 else RESUME))
        assert said.startswith(f"fnnet: {RUN}")
        assert said.endswith(f"; the last good state stays in {RUN}\n")
        assert sound(undisturbed) == held
        assert parts() == []
    assert "history.csv can't be written" in fails(full("half history.csv"), *RESUME)
    assert sound(undisturbed) == STEPS
    assert "model.npz can't be written" in fails(full("half model.npz", often=False), *RESUME)
    assert "run.json can't be written" in fails(full("half run.json", often=False), *RESUME)
    assert sound(undisturbed) == 3 * STEPS
    assert parts() == []
    ends_as(undisturbed)


def test_a_state_that_no_longer_fits() -> None:
    """Where no file may be as long as the state soon is, the first state stays, and the run goes on from it."""
    undisturbed = whole(3)
    said = fails({"limit": 20_000}, *start(), why="File too large")
    assert f"{RUN / 'state.npz'} can't be written" in said
    assert not (RUN / "state.npz").exists()
    said = fails({"limit": 28_000}, *start(), why="File too large")
    assert said.endswith(f"the last good state stays in {RUN}\n")
    assert len(undisturbed.files["state.npz"]) > 28_000
    assert sound(undisturbed) == 0
    fails({"limit": 28_000, "often": True}, *RESUME, why="File too large")
    assert sound(undisturbed) == STEPS - 1
    ends_as(undisturbed)


# Two processes


BUSY = f"fnnet: {RUN} is being written by another process; wait for it, or use another --out\n"


def test_a_folder_that_is_being_written_is_refused() -> None:
    """While one process writes a folder no other may, by whatever flag, and the first goes on undisturbed."""
    with halted({"events": [["half state.npz", 40, "SIGSTOP"]], "often": True}, *start()) as first:
        before = bytes_of()
        assert refused(*start(), code=1) == BUSY
        assert refused(*RESUME, code=1) == BUSY
        assert f"{RUN} holds a run already" in refused(*start()[:-1], code=2)
        assert bytes_of() == before
        first.send_signal(signal.SIGCONT)
        assert beside_progress(first.communicate(timeout=60)[1]) == ""
        assert first.returncode == 0
    ends_as(whole(3))


def test_a_folder_that_is_about_to_be_written_is_refused() -> None:
    """A process that has a folder, and nothing in it yet, keeps it from all others."""
    with halted({"events": [["opened state.npz", 1, "SIGSTOP"]]}, *start()) as first:
        assert [told(*command)[::2] for command in (start(), start()[:-1])] == [(1, BUSY)] * 2
        first.send_signal(signal.SIGCONT)
        first.communicate(timeout=60)
        assert first.returncode == 0
    ends_as(whole(3))


def test_the_lock_dies_with_its_process() -> None:
    """A process that is killed while it holds a folder keeps nobody from going on."""
    with halted({"events": [["half state.npz", 9, "SIGSTOP"]], "often": True}, *start()) as first:
        assert told(*RESUME)[::2] == (1, BUSY)
        first.kill()
        first.communicate(timeout=60)
    assert parts() == [f".state.npz.{first.pid}.part"]
    assert sound(whole(3)) == 7
    ends_as(whole(3))


def test_a_run_is_under_way_as_long_as_its_process_lives() -> None:
    """The list of runs shows it so while its process is at work or halted, and as stopped once that was killed."""

    def listed() -> tuple[str, int]:
        (found,) = json.loads(told("runs", RUN, "--json")[1])
        return found["state"], found["epochs"]

    with halted({"events": [["half state.npz", 40, "SIGSTOP"]], "often": True}, *start()) as first:
        state, epochs = listed()
        assert (state, epochs > 0) == ("under way", True)
        first.kill()
        first.communicate(timeout=60)
    assert listed() == ("stopped", epochs)
    ends_as(whole(3))


# Interrupted


CUTS = {
    "SIGINT": [("step", 20, False, 20), ("half state.npz", 3, True, 23), ("half history.csv", 1, False, 24)],
    "SIGTERM": [("half run.json", 1, False, 1), ("step", 40, False, 41)],
}


@pytest.mark.parametrize(("name", "code", "called"), [("SIGINT", 130, "Ctrl-C"), ("SIGTERM", 143, "SIGTERM")])
def test_a_signal_ends_the_step_in_hand(name: str, code: int, called: str) -> None:
    """Ctrl-C and SIGTERM, in a step or in saving, let it end and be saved, and say how to go on, to the same bits."""
    undisturbed = whole(3)
    command: Iterable[object] = start()
    for moment, many, often, step in CUTS[name]:
        done = under({"events": [[moment, many, name]], "often": often}, *command, "--json")
        assert done.returncode == code, done
        counted = zip(divmod(step, STEPS), ("epoch", "step"), strict=True)
        said = [f"{many} {what}{'s' * (many > 1)}" for many, what in counted if many]
        place = " and ".join(said) if step >= STEPS else f"{said[0]} of the first epoch"
        assert done.stderr == f"fnnet: stopped by {called}, after {place}; go on with: fnnet train --resume {RUN}\n"
        assert sound(undisturbed) == step
        assert json.loads(done.stdout)["steps"] == step
        assert json.loads(done.stdout)["sha256"] == fingerprint(undisturbed.states[step].chosen)
        assert parts() == []
        command = RESUME
    ends_as(undisturbed)


def test_a_second_ctrl_c_ends_at_once() -> None:
    """A second Ctrl-C, in the middle of saving, ends without a word; what was saved before stays."""
    done = under({"events": [["step", 20, "SIGINT"], ["half state.npz", 1, "SIGINT"]]}, *start(), "--quiet")
    assert (done.returncode, done.stdout, done.stderr.strip()) == (130, "", "")
    assert parts() == []
    assert sound(whole(3)) == 0
    ends_as(whole(3))


def test_a_second_sigterm_ends_at_once() -> None:
    """A second SIGTERM does what it usually does; what was saved before stays."""
    done = under({"events": [["step", 20, "SIGTERM"], ["half state.npz", 1, "SIGTERM"]]}, *start(), "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGTERM, "", "")
    assert sound(whole(3)) == 0
    ends_as(whole(3))


def test_ctrl_c_after_the_last_step() -> None:
    """Ctrl-C while the network to use is written ends without a traceback, and what is missing can be made up for."""
    done = under({"events": [["half model.npz", 1, "SIGINT"]]}, *start())
    assert done.returncode == 130
    assert "Traceback" not in done.stderr
    assert parts() == []
    assert sound(whole(3)) == 3 * STEPS
    ends_as(whole(3))


def test_a_signal_where_nothing_is_kept() -> None:
    """Ctrl-C on a run with --no-save says that nothing was kept, and leaves nothing."""
    done = under({"events": [["step", 20, "SIGINT"]]}, "train", *FLAGS.split(), "--epochs", 3, "--no-save", "--quiet")
    assert done.returncode == 130
    assert done.stderr == "fnnet: stopped by Ctrl-C, after 20 steps of the first epoch; nothing was kept\n"
    assert list(Path().iterdir()) == []


IMPORTING = """
import os, runpy, signal, sys
at = sys.argv.pop(1)
sys.addaudithook(lambda event, about: event == "import" and about[0] == at and os.kill(os.getpid(), signal.SIGINT))
runpy.run_module("fnnet", run_name="__main__", alter_sys=True)
"""


def interrupted_at(module: str) -> subprocess.CompletedProcess[str]:
    """Run `fnnet train`, which is sent SIGINT when it begins to import a module."""
    command = [sys.executable, "-c", IMPORTING, module, "train", "digits"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("module", ["fnnet.cli.app", "typer", "fnnet.cli.keeping"])
def test_ctrl_c_before_the_training(module: str) -> None:
    """Ctrl-C before there is anything to save ends without a traceback, and without a run."""
    done = interrupted_at(module)
    assert (done.returncode, done.stderr.strip()) == (130, "")
    assert not list(Path().glob("**/*.npz"))


# Diverged


@pytest.mark.parametrize("often", [False, True])
def test_a_loss_that_is_not_finite_leaves_the_last_good_state(often: bool) -> None:
    """A run whose loss becomes NaN names the step and the layer; what it leaves is finite, and goes on to the same."""
    done = under({"often": often}, "train", "digits", "--lr", "1e9", "--epochs", 2, "--out", RUN, "--quiet")
    assert done.returncode == 1
    assert re.fullmatch(
        r"fnnet: the loss became nan at step 3 \(epoch 0\); the first values that are not finite come from layer "
        r"6 \(Affine 256x10\); try a lower learning rate or clipping; the last good state stays in run\n",
        done.stderr,
    )
    with np.errstate(all="ignore"):
        state = load_run(RUN).state
        assert told(*RESUME, "--quiet") == (1, "", done.stderr)
    assert state is not None
    assert state.step == (3 if often else 0)
    assert all(np.isfinite(a).all() for a in arrays(state).values())


def test_no_part_is_left_after_being_killed_between_the_two_states() -> None:
    """Killed when the state has become the previous one too, and resumed, a run leaves nothing half written."""
    undisturbed = whole(1)
    killed([("renamed previous.npz", 1, True)], undisturbed, *start(1))
    ends_as(undisturbed)
    assert parts() == []


def test_no_part_is_left_where_the_disk_is_full() -> None:
    """Where neither the state nor the previous one can be written, nothing half written takes what space there is."""
    fails(full("flushed rows"), *start(1))
    assert parts() == []


def test_a_copied_state_is_flushed_before_it_is_renamed(log: dict[str, list[str]]) -> None:
    """Where files have no second names, the previous state is on the disk when it is renamed."""
    seen = log["copied"][len(ASIDE) :]
    assert seen[seen.index("renamed previous.npz") - 1] == "flushed previous.npz"


@pytest.mark.parametrize("event", ["SIGKILL", "full"])
def test_a_beginning_that_failed_can_be_repeated(event: str) -> None:
    """A run that was ended before its first state was saved is begun by the same command, or is gone on with."""
    under({"events": [["half state.npz", 1, event]]}, *start()[:-1])
    assert 0 in (fnnet(*start()[:-1]).returncode, fnnet(*RESUME).returncode)


def test_a_last_step_that_diverges() -> None:
    """A run whose last step alone leads to figures that are not finite ends in one sentence, and not as wrong usage."""
    refused("train", "digits", "--lr", "1e30", "--epochs", 1, "--batch-size", 1347, "--quiet", code=1)


def test_a_run_with_large_weights_goes_on_quietly() -> None:
    """A run whose weights are near the largest number there is is read without a warning."""
    assert under({"often": True}, "train", "digits", "--lr", "1e9", "--out", RUN, "--quiet").returncode == 1
    refused(*RESUME, "--quiet", code=1)


# Replaced, removed, moved


def finished(out: Path = RUN) -> dict[str, bytes]:
    """The files of a run that has ended in the folder."""
    assert fnnet(*start()).returncode == 0
    return bytes_of(out)


@pytest.mark.parametrize("moment", [*ASIDE, "half state.npz", "half history.csv", "half run.json"])
def test_killed_while_it_replaces_a_run(moment: str) -> None:
    """However early the new run is killed, the old one is there again, or waits whole beside the new beginning."""
    before = finished()
    assert under({"events": [[moment, 1, "SIGKILL"]], "often": True}, *start()).returncode == -signal.SIGKILL
    refused(*start()[:-1], code=2)
    there = RUN / BEFORE if (RUN / BEFORE).exists() else RUN
    assert {name: there.joinpath(name).read_bytes() for name in before} == before
    assert (there == RUN) == (moment in ASIDE or moment == "half state.npz")


def test_a_new_run_that_comes_to_nothing_leaves_the_old_one() -> None:
    """A run that diverges before it has a state, or finds no space for one, puts back the one it was to replace."""
    before = finished()
    said = refused("train", "digits", "--lr", "1e30", "--quiet", "--out", RUN, "--force", code=1)
    assert f"the run that it was to replace is in {RUN} again" in said
    assert bytes_of() == before
    assert f"the run that it was to replace waits in {RUN}/{BEFORE}" in fails(full("half state.npz"), *start())
    assert bytes_of(RUN / BEFORE) == before


def test_the_old_run_goes_when_the_new_one_has_a_state() -> None:
    """Nothing of a run that was replaced stays."""
    finished()
    assert fnnet(*start(2)).returncode == 0
    assert not (RUN / BEFORE).exists()
    ends_as(whole(2))


def test_a_folder_that_was_removed_and_made_again_is_not_written() -> None:
    """A run whose folder another has taken the name of ends with a sentence, and the other's files stay as they are."""
    with halted({"events": [["step", 60, "SIGSTOP"]], "often": True}, *start()) as first:
        shutil.rmtree(RUN)
        after = finished()
        first.send_signal(signal.SIGCONT)
        _, said = first.communicate(timeout=60)
    assert (first.returncode, beside_progress(said)) == (
        1,
        f"fnnet: {RUN} was removed while this run was writing to it\n",
    )
    assert bytes_of() == after
    assert sound(whole(3)) == 3 * STEPS


def test_a_folder_that_was_moved_is_still_the_run_s() -> None:
    """A run whose folder is moved goes on in it, nobody else may write there, and the old name is free."""
    moved = Path("moved")
    with halted({"events": [["step", 60, "SIGSTOP"]], "often": True}, *start()) as first:
        RUN.rename(moved)
        assert refused("train", "--resume", moved, code=1) == BUSY.replace(str(RUN), str(moved))
        after = finished()
        first.send_signal(signal.SIGCONT)
        assert beside_progress(first.communicate(timeout=60)[1]) == ""
        assert first.returncode == 0
    assert bytes_of() == after
    assert lasting(moved) == whole(3).files


def test_a_link_that_leads_elsewhere_later_changes_nothing() -> None:
    """A run writes where its folder was when it began."""
    Path("real").mkdir()
    Path("other").mkdir()
    RUN.symlink_to("real")
    with halted({"events": [["step", 60, "SIGSTOP"]], "often": True}, *start()) as first:
        RUN.unlink()
        RUN.symlink_to("other")
        first.send_signal(signal.SIGCONT)
        first.communicate(timeout=60)
        assert first.returncode == 0
    assert not list(Path("other").iterdir())
    assert lasting(Path("real")) == whole(3).files


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    """A run that was started under nohup, or by a shell in the background, goes on through Ctrl-C."""
    command = [sys.executable, "-c", IGNORING, *map(str, start())]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, beside_progress(done.stderr)) == (0, "")
    ends_as(whole(3))


IGNORING = """
import signal, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
from fnnet.learning import stream
step, seen = stream._step, []
def stepping(*arguments):
    seen.append(1)
    signal.raise_signal(signal.SIGINT)
    return step(*arguments)
stream._step = stepping
from fnnet.cli import main
sys.argv = ["fnnet", *sys.argv[1:]]
main()
"""


def test_ctrl_c_at_any_moment_of_the_start_is_quiet() -> None:
    """From the first line of fnnet on, Ctrl-C ends in no traceback and no half-made run."""
    for delay in np.linspace(0.02, 0.4, 8):
        command = [sys.executable, "-c", DELAYED, str(delay), *map(str, start())]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert "Traceback" not in done.stderr, (delay, done.stderr)
        assert done.returncode in (0, 130), (delay, done.stderr)


DELAYED = """
import os, signal, sys, threading
from fnnet.cli import main
delay = float(sys.argv.pop(1))
threading.Timer(delay, os.kill, (os.getpid(), signal.SIGINT)).start()
sys.argv[0] = "fnnet"
main()
"""


def test_a_second_name_that_can_t_be_moved_costs_nothing() -> None:
    """Where the state has got a second name and that can't be renamed, the state itself is not written over."""
    under({"events": [["linked previous.npz", 1, "full"]], "often": True}, *start())
    assert sound(whole(3)) == 0


@pytest.mark.parametrize("moment", [f"renamed {GOING}", "removed state.npz", "removed run.json"])
def test_killed_while_the_old_run_goes(moment: str) -> None:
    """A run that was replaced by one with a state never comes back, in whole or in part, wherever its removal stops."""
    finished()
    assert under({"events": [[moment, 1, "SIGKILL"]], "often": True}, *start(2)).returncode == -signal.SIGKILL
    refused("train", "digits", "--lr", "1e30", "--quiet", "--out", RUN, "--force", code=1)
    assert sound(whole(2)) == 1
    ends_as(whole(2))
