"""A machine that plays the world: it trains, kills, fills disks, copies, moves, deletes and damages in any order.

The model that it is compared with is short: of each folder the run that was last seen in it, by its seed and its step.
What was once shown as kept is there, bit for bit what an undisturbed run has at that step, or its loss was said.

    FNNET_WORLD=3600 pytest -m long tests/test_world.py      # for an hour
"""

import os
import re
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from test_killing import STEPS, halted, same, under
from threadpoolctl import threadpool_limits

from fnnet.datasets import digits
from fnnet.learning import State
from fnnet.learning.stream import first_state
from fnnet.runs import FileError, load_run
from fnnet.runs.aside import BEFORE, MOVING

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL, SIGSTOP or hard links to rely on")

EPOCHS = 2
LAST = EPOCHS * STEPS
SEEDS = (0, 1)
FLAGS = "digits --hidden 16 --batch-norm --dropout 0.1 --shift 1 --validation 0.2 --patience 50 --optimizer adam"

names = st.sampled_from(["a", "b", "c"])
seeds = st.sampled_from(SEEDS)
moments = st.one_of(
    st.tuples(st.just("step"), st.integers(1, LAST)),
    st.tuples(st.sampled_from(["half state.npz", "flushed state.npz", "renamed state.npz"]), st.integers(1, 6)),
    st.tuples(
        st.sampled_from(["half rows", "linked previous.npz", "half run.json", "half model.npz"]), st.integers(1, 2)
    ),
    st.tuples(
        st.sampled_from(["renamed history.csv", f"renamed {BEFORE}", "removed state.npz", "removed run.json"]),
        st.just(1),
    ),
)
events = st.one_of(st.none(), st.tuples(moments, st.sampled_from(["SIGKILL", "SIGKILL", "SIGINT", "SIGTERM", "full"])))


@cache
def undisturbed(seed: int) -> dict[int, State]:
    """The states of the run that nothing happens to, by their steps."""
    with TemporaryDirectory() as folder:
        flags = ["--epochs", EPOCHS, "--seed", seed, "--out", folder]
        assert under({}, "train", *FLAGS.split(), *flags).returncode == 0
        ran = load_run(folder).experiment(digits())
    with threadpool_limits(1, "blas"), np.errstate(all="ignore"):
        states = [first_state(ran.net, ran.optimizer, seed), *ran.states()]
    return {state.step: state for state in states}


def plan_of(event: Any, often: bool) -> dict[str, Any]:
    """The plan of `killer.py` in which this happens."""
    return {"events": [[*event[0], event[1]]] if event else [], "often": often}


def sentence(done: Any) -> None:
    """A command ends in an exit code that it may end in, and with at most one line on stderr."""
    assert done.returncode in (0, 1, 2, 130, 143, -signal.SIGTERM, -signal.SIGKILL), done
    assert re.fullmatch(r"(fnnet: [^\n]+\n)?", done.stderr), done
    assert "Traceback" not in done.stdout
    assert done.stderr != "" or done.returncode not in (1, 2), done


def seen(folder: Path) -> tuple[int, int] | None:
    """The seed and the step of the run in a folder, which is one of the undisturbed ones; None where there is none."""
    if not (folder / "state.npz").exists():
        return None
    state = load_run(folder).state
    assert state is not None
    assert same(undisturbed(state.seed)[state.step], state)
    return state.seed, state.step


class World(RuleBasedStateMachine):
    """Three folders, and what is known of them."""

    def __init__(self) -> None:
        super().__init__()
        self.home = TemporaryDirectory()
        self.back = Path.cwd()
        os.chdir(self.home.name)
        self.kept: dict[str, tuple[int, int]] = {}
        self.damaged: set[str] = set()

    def teardown(self) -> None:
        """Back to where it began."""
        os.chdir(self.back)
        self.home.cleanup()

    @initialize(name=names, seed=seeds)
    def begin(self, name: str, seed: int) -> None:
        """There is a run that has ended."""
        sentence(done := self._train(name, seed, None, False, False))
        assert done.returncode == 0
        self.kept[name] = (seed, LAST)

    def _train(self, name: str, seed: int, event: Any, often: bool, force: bool) -> Any:
        flags = ["--epochs", EPOCHS, "--seed", seed, "--out", name, *(["--force"] if force else [])]
        return under(plan_of(event, often), "train", *FLAGS.split(), *flags)

    @rule(name=names, seed=seeds, event=events, often=st.booleans(), force=st.booleans())
    def train(self, name: str, seed: int, event: Any, often: bool, force: bool) -> None:
        """A run begins, in a folder that may hold another."""
        done = self._train(name, seed, event, often, force)
        sentence(done)
        held = name in self.kept or name in self.damaged
        if held and not force:
            assert done.returncode == 2
            return
        now, before = self._look(name), Path(name, BEFORE)
        if Path(name, MOVING).exists():
            return  # as full or killed on the way: the next command brings all of it back
        if before.exists() and name not in self.damaged and name in self.kept:
            assert seen(before) == self.kept[name]  # nothing of the new one is kept yet, so the old one waits
        elif name in self.kept and now != self.kept[name]:
            assert now is not None
            assert now[0] == seed
        if done.returncode == 0:
            assert now == (seed, LAST)
        self._note(name, now, before)

    @precondition(lambda self: self.kept)
    @rule(name=names, event=events, often=st.booleans())
    def resume(self, name: str, event: Any, often: bool) -> None:
        """A run goes on."""
        done = under(plan_of(event, often), "train", "--resume", name)
        sentence(done)
        if name in self.damaged or name not in self.kept:
            if name in self.damaged:
                assert done.returncode in (1, -signal.SIGKILL)
            return
        now = self._look(name)
        assert now is not None
        assert now[0] in (self.kept[name][0], *SEEDS)
        if not Path(name, BEFORE).exists() and now[0] == self.kept[name][0]:
            assert now[1] >= self.kept[name][1]
        if done.returncode == 0:
            assert now[1] == LAST
        self._note(name, now, Path(name, BEFORE))

    @rule(name=names, other=names, how=st.sampled_from(["copy", "move", "delete", "touch"]))
    def shift(self, name: str, other: str, how: str) -> None:
        """Somebody copies, moves or deletes a folder, or sets the clock back, or far ahead."""
        if not Path(name).exists() or (how in ("copy", "move") and Path(other).exists()):
            return
        if how == "touch":
            for path in Path(name).iterdir():
                os.utime(path, (0, 0) if path.suffix == ".npz" else (2**33, 2**33))
            return
        if how == "copy":
            shutil.copytree(name, other)
        elif how == "move":
            Path(name).rename(other)
        else:
            shutil.rmtree(name)
        if how != "delete" and name in self.kept:
            self.kept[other] = self.kept[name]
        if how != "delete" and name in self.damaged:
            self.damaged.add(other)
        if how != "copy":
            self.kept.pop(name, None)
            self.damaged.discard(name)

    @precondition(lambda self: self.kept)
    @rule(name=names, where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
    def damage(self, name: str, where: float, bit: int) -> None:
        """A bit of a state flips, which is found when it is read."""
        path = Path(name, "state.npz")
        if name not in self.kept or Path(name, BEFORE).exists():
            return
        data = bytearray(path.read_bytes())
        data[int(where * len(data))] ^= 1 << bit
        path.unlink()  # its second name stays as it was
        path.write_bytes(data)
        with pytest.raises(FileError):
            load_run(name)
        del self.kept[name]
        self.damaged.add(name)

    @rule(name=names, step=st.integers(1, LAST - 1), what=st.sampled_from(["resume", "force", "delete", "move"]))
    def two_at_once(self, name: str, step: int, what: str) -> None:
        """While one process trains, another wants its folder, or somebody takes the folder away."""
        flags = ["--epochs", EPOCHS, "--seed", 0, "--out", name, "--force"]
        command = ("train", *FLAGS.split(), *flags)
        with halted({"events": [["step", step, "SIGSTOP"]], "often": True}, *command) as first:
            if what == "resume":
                assert under({}, "train", "--resume", name).returncode == 1
            elif what == "force":
                assert under({}, *command).returncode == 1
            else:
                shutil.rmtree(name) if what == "delete" else Path(name).rename("elsewhere")
                sentence(done := self._train(name, 1, None, False, False))
                assert done.returncode == 0
            first.send_signal(signal.SIGCONT)
            first.communicate(timeout=60)
        assert first.returncode == (1 if what == "delete" else 0)
        if what == "move":
            assert seen(Path("elsewhere")) == (0, LAST)
            shutil.rmtree("elsewhere")
        self.damaged.discard(name)
        self.kept[name] = (1, LAST) if what in ("delete", "move") else (0, LAST)
        assert seen(Path(name)) == self.kept[name]

    def _look(self, name: str) -> tuple[int, int] | None:
        """What is in a folder now; a damaged one that is still there is not read."""
        try:
            return seen(Path(name))
        except FileError:
            assert name in self.damaged
            return None

    def _note(self, name: str, now: tuple[int, int] | None, before: Path) -> None:
        """What is known of the folder from now on: while another run waits in it, that one's loss would be a loss."""
        if before.exists() and name in self.kept:
            return
        if now is not None:
            self.damaged.discard(name)
            self.kept[name] = now

    @invariant()
    def all_is_there(self) -> None:
        """What was kept is in its folder, or waits in it."""
        for name, (seed, step) in self.kept.items():
            waits = Path(name, BEFORE, "state.npz").exists() or Path(name, MOVING).exists()
            there = self._look(name)
            assert waits or (there is not None and there[0] == seed and there[1] >= step), (name, there)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Ignore nothing, but run where the figures of a run may overflow quietly."""
    with np.errstate(all="ignore"):
        yield


def played(examples: int, steps: int) -> None:
    """Play the world so many times, so many steps each."""
    run_state_machine_as_test(
        World,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate,),
        ),
    )


def test_the_world_in_short() -> None:
    """A few steps of the world lose nothing."""
    played(4, 6)


@pytest.mark.long
def test_the_world() -> None:
    """For as many seconds as FNNET_WORLD says, a minute if it says nothing, nothing is lost."""
    end = time.monotonic() + float(os.environ.get("FNNET_WORLD", "60"))
    while time.monotonic() < end:
        run_state_machine_as_test(
            World,
            settings=settings(
                max_examples=10, stateful_step_count=15, deadline=None, derandomize=False, database=None,
                suppress_health_check=list(HealthCheck), phases=(Phase.generate,),
            ),
        )  # fmt: skip
