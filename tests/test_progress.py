"""How far a run has come: lines in a log, a bar on a terminal and in a notebook, and the stream as it was."""

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.machinery import ModuleSpec
from itertools import count, islice
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from progress_lines import PROGRESS
from rich.console import Console

from fnnet import SGD, SoftmaxCrossEntropy, mlp, train, watch
from fnnet.learning import Diverged, State
from fnnet.runs.figure import right

N = 40
X, Y = np.random.default_rng(0).normal(size=(N, 3)), np.arange(N) % 2
NET = mlp([3, 4, 2], dtype=float)


def states_of(epochs: int = 30, **how: Any) -> Iterator[State]:
    """A run of four steps an epoch."""
    return train(NET, X, Y, **{"loss": SoftmaxCrossEntropy, "epochs": epochs, "batch_size": 10, **how})


def clock(step: float) -> Callable[[], float]:
    """A clock that goes on by so many seconds whenever somebody looks."""
    seconds = count(0.0, step)
    return lambda: next(seconds)


class Terminal(io.StringIO):
    """A file that says it is a terminal."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def told(states: Iterator[State], epochs: int | None = None, step: float = 0.0, **more: Any) -> list[str]:
    """The lines that are written where there is no terminal."""
    file = io.StringIO()
    for _ in watch(states, epochs, console=Console(file=file, width=120), clock=clock(step), **more):
        pass
    lines = file.getvalue().splitlines(keepends=True)
    assert [line for line in lines if not PROGRESS.fullmatch(line)] == []
    return [line.rstrip("\n") for line in lines]


def drawn(states: Iterator[State], epochs: int | None = None, width: int = 80, step: float = 1.0) -> list[str]:
    """What a terminal of this width shows, frame by frame, without colors; the last is what stays."""
    file = Terminal()
    console = Console(file=file, force_terminal=True, width=width, soft_wrap=True, legacy_windows=False, _environ={})
    for _ in watch(states, epochs, console=console, clock=clock(step)):
        pass
    frames = re.split(r"\x1b\[2K", re.sub(r"\x1b\[[\d;]*m", "", file.getvalue()))
    return [re.sub(r"\x1b\[[?\d]*[a-zA-Z]|\r", "", frame) for frame in frames if frame.strip()]


# The stream


@pytest.mark.parametrize("file", [io.StringIO, Terminal])
def test_the_states_are_the_same(file: Callable[[], io.StringIO]) -> None:
    """Each state goes by as it is, and as soon as it is there."""
    made: list[State] = []

    def noted() -> Iterator[State]:
        for state in states_of(3):
            made.append(state)
            yield state

    for i, state in enumerate(watch(noted(), 3, console=Console(file=file()))):
        assert state is made[-1]
        assert len(made) == i + 1
    assert len(made) == 12


def test_nothing_happens_before_it_is_asked_for() -> None:
    """A stream that nobody takes from says nothing."""
    file = io.StringIO()
    watch(states_of(), 30, console=Console(file=file))
    assert file.getvalue() == ""


@pytest.mark.parametrize("file", [io.StringIO, Terminal])
def test_a_run_without_states_says_nothing(file: Callable[[], io.StringIO]) -> None:
    """Where nothing is left to train there is no line."""
    shown = file()
    assert list(watch(iter(()), 30, console=Console(file=shown, _environ={}))) == []
    assert "epoch" not in shown.getvalue().replace("epoch 1 ", "")  # the bar of the moment before is erased


# Lines


def test_a_line_at_each_tenth_of_the_epochs() -> None:
    """Ten lines for any number of epochs from ten on, however short they are."""
    assert [line.split(":")[0] for line in told(states_of(30), 30)] == [f"epoch {3 * i} of 30" for i in range(1, 11)]
    assert [int(line.split()[1]) for line in told(states_of(25), 25)] == [3, 5, 8, 10, 13, 15, 18, 20, 23, 25]
    assert len(told(states_of(1000, batch_size=N), 1000)) == 10


@pytest.mark.parametrize("epochs", [1, 2, 9])
def test_fewer_epochs_have_a_line_each(epochs: int) -> None:
    """A run of less than ten epochs has a line for each."""
    assert [line.split(":")[0] for line in told(states_of(epochs), epochs)] == [
        f"epoch {i} of {epochs}" for i in range(1, epochs + 1)
    ]


def test_a_line_every_ten_seconds() -> None:
    """Where an epoch takes long, a line comes ten seconds after the last, and says how far the epoch is."""
    places = [line.split(":")[0] for line in told(states_of(2), 2, step=6.0)]
    assert places == ["epoch 1 of 2 (50%)", "epoch 1 of 2", "epoch 2 of 2 (50%)", "epoch 2 of 2"]
    assert [line.split(":")[0] for line in told(states_of(1), 1, step=10.0)] == [
        "epoch 1 of 1 (25%)", "epoch 1 of 1 (50%)", "epoch 1 of 1 (75%)", "epoch 1 of 1",
    ]  # fmt: skip


def test_without_the_number_of_epochs_there_are_no_tenths() -> None:
    """A stream whose length nobody said has its line every ten seconds, and one at its end."""
    assert [line.split(":")[0] for line in told(states_of(6), step=4.0)] == [
        "epoch 1 (75%)", "epoch 2 (50%)", "epoch 3 (25%)", "epoch 3", "epoch 4 (75%)", "epoch 5 (50%)",
        "epoch 6 (25%)", "epoch 6",
    ]  # fmt: skip


def test_the_figures_of_a_line() -> None:
    """Loss, the figure and its value on the validation set, the time that is left, and examples a second."""
    *_, before, last = told(states_of(10, metric=right, validation=(X, Y)), 10, step=0.5, figure="accuracy")
    states = list(states_of(10, metric=right, validation=(X, Y)))
    assert last == (
        f"epoch 10 of 10: loss {states[-1].mean_loss:.4f}, accuracy {states[-1].mean_metric:.4f}, "
        f"validation {states[-1].validation_metric:.4f}, in 20.0 s, 20 examples/s"
    )
    assert f"loss {states[-5].mean_loss:.4f}, " in before
    assert before.endswith(", 2.0 s left, 20 examples/s")


def test_without_a_metric_the_validation_loss_stands_beside_the_loss() -> None:
    """Where there is no figure, what is compared is the loss."""
    last = list(states_of(2, validation=(X, Y)))[-1]
    assert told(states_of(2, validation=(X, Y)), 2)[-1].startswith(
        f"epoch 2 of 2: loss {last.mean_loss:.4f}, validation {last.validation:.4f}, in"
    )


def test_a_run_that_goes_on_is_timed_from_where_it_goes_on() -> None:
    """The pace is that of the states that went by, not of those before."""
    middle = list(islice(states_of(10), 20))[-1]
    first, *_, last = told(states_of(10, state=middle), 10, step=1.0)
    assert first.endswith("16.0 s left, 10 examples/s")
    assert last.endswith("in 20.0 s, 10 examples/s")


def test_long_times_are_hours() -> None:
    """From a minute on the time is told by the clock."""
    assert "1:07:30 left" in told(states_of(10), 10, step=112.5)[3]


def test_the_last_state_has_a_line_whatever_ends_the_stream() -> None:
    """Stopped early, broken off, or ended by an error: a line says how far it was."""
    assert told(islice(states_of(30), 6), 30)[-1].startswith("epoch 2 of 30 (50%): loss ")
    stopped = list(states_of(200, validation=(X[::-1], Y), patience=1, optimizer=SGD(2.0)))[-1]
    lines = told(states_of(200, validation=(X[::-1], Y), patience=1, optimizer=SGD(2.0)), 200)
    assert lines[-1].startswith(f"epoch {stopped.epoch} of 200: ")
    file = io.StringIO()
    for state in watch(states_of(30), 30, console=Console(file=file)):
        if state.step == 7:
            break
    assert file.getvalue().startswith("epoch 2 of 30 (75%): loss ")
    assert file.getvalue().count("\n") == 1


@pytest.mark.parametrize("file", [io.StringIO, Terminal])
def test_an_error_goes_through(file: Callable[[], io.StringIO]) -> None:
    """What ends the stream reaches the caller, behind a line of how far it was."""

    def breaking() -> Iterator[State]:
        yield from islice(states_of(), 5)
        raise Diverged("too far")

    shown = file()
    with pytest.raises(Diverged, match="too far"):
        list(watch(breaking(), 30, console=Console(file=shown, _environ={})))
    assert "epoch 2 of 30 (25%): loss " in shown.getvalue()


@pytest.mark.parametrize("environment", [{"FORCE_COLOR": "1"}, {"TERM": "dumb"}, {"TTY_COMPATIBLE": "0"}])
def test_what_can_not_draw_gets_lines(environment: dict[str, str]) -> None:
    """A log in color, a dumb terminal and what says that it is none get lines without a trace of a bar."""
    file = Terminal() if "FORCE_COLOR" not in environment else io.StringIO()
    for _ in watch(states_of(10), 10, console=Console(file=file, soft_wrap=True, _environ=environment)):
        pass
    assert len(file.getvalue().splitlines()) == 10
    assert "\x1b" not in file.getvalue()


# The bar


@pytest.mark.parametrize("width", [60, 80, 200])
def test_the_bar_fits_and_leaves_one_line(width: int) -> None:
    """No frame is wider than the terminal, no figure is cut, and what stays is the last line, whole."""
    frames = drawn(states_of(40, metric=right, validation=(X, Y)), 40, width)
    *bars, last = frames
    assert max(len(frame) for bar in bars for frame in bar.splitlines()) <= width
    assert len(last.rstrip("\n")) <= width
    assert last.startswith("epoch 40 of 40: loss ")
    assert PROGRESS.fullmatch(last)
    for bar in bars[3:-1]:
        words = re.fullmatch(r"epoch [\d]+ of 40 [━╸╺ ]{10,}loss \d\.\d{4}(  [^…]+)* *\n?", bar)
        assert words, bar
    assert ("examples/s" in last) == (width > 80)


def test_the_bar_moves() -> None:
    """Its full part grows with the epochs, and within each where nobody knows how many there are."""
    full = [frame.count("━") for frame in drawn(states_of(1, batch_size=1), 1, step=100.0)]
    assert len(full) > 2
    assert "epoch 1 of 1" not in drawn(states_of(2), step=100.0)[-1]


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
@pytest.mark.parametrize("columns", [60, 80, 200])
def test_a_real_terminal(columns: int, tmp_path: Path) -> None:
    """`fnnet train` on a terminal draws a bar, and leaves one line of it behind what was said before."""
    said = on_a_terminal(columns, tmp_path, "train", "digits", "--epochs", "20")
    assert b"\x1b[2K" in said
    last = re.sub(rb"\x1b\[[?\d;]*[a-zA-Z]", b"", said.split(b"\x1b[2K")[-1]).decode().replace("\r", "")
    assert last.startswith("epoch 20 of 20: loss ")
    assert last.count("epoch ") == 1
    assert PROGRESS.fullmatch(last.splitlines()[0] + "\n")
    assert len(last.splitlines()[0]) <= columns


def on_a_terminal(columns: int, folder: Path, *arguments: str) -> bytes:
    """What a command writes to a terminal of so many columns on stderr."""
    import pty

    parent, child = pty.openpty()
    env = {**os.environ, "TERM": "xterm", "COLUMNS": str(columns)}
    command = [sys.executable, "-m", "fnnet", *arguments]
    seen = b""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=child, env=env, cwd=folder) as process:
        os.close(child)
        while part := _read(parent):
            seen += part
    os.close(parent)
    assert process.returncode == 0
    return seen


def _read(terminal: int) -> bytes:
    """What the terminal shows next; nothing when the process has ended, which Linux says by an error."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


# A notebook


class Output:
    """What a notebook shows and clears, as ipywidgets has it."""

    shown: list["Output"] = []  # noqa: RUF012  # which the test empties

    def __enter__(self) -> None:
        Output.shown.append(self)

    def __exit__(self, *_: object) -> None:
        pass

    def clear_output(self, wait: bool) -> None:
        """Nothing to clear."""

    def close(self) -> None:
        """Be gone."""


@pytest.mark.parametrize("widgets", [True, False], ids=["with widgets", "without"])
def test_a_notebook_shows_it(monkeypatch: pytest.MonkeyPatch, widgets: bool) -> None:
    """In a notebook the bar is a widget, or where there are none, the lines are shown."""
    displayed: list[Any] = []
    monkeypatch.setattr(Output, "shown", [])
    modules = {"IPython": {}, "IPython.display": {"display": displayed.append}}
    modules |= {"ipywidgets": {"Output": Output}} if widgets else {}
    for name, values in modules.items():
        module = ModuleType(name)
        module.__dict__.update(values, __spec__=ModuleSpec(name, None))
        monkeypatch.setitem(sys.modules, name, module)
    if not widgets:
        monkeypatch.setitem(sys.modules, "ipywidgets", None)
    for _ in watch(states_of(10), 10, console=Console(force_jupyter=True), clock=clock(1.0)):
        pass
    said = "".join(item.text for item in displayed if hasattr(item, "text"))
    assert (len(Output.shown) > 0) == widgets
    assert (isinstance(displayed[0], Output)) == widgets
    assert len(re.findall(r"epoch \d+ of 10: loss ", said)) == (1 if widgets else 10)


# The command line


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A real process, whose output goes to pipes."""
    words = [sys.executable, "-m", "fnnet", *arguments]
    return subprocess.run(words, capture_output=True, text=True, cwd=folder, timeout=300)


def test_in_a_log_training_says_how_far_it_is(tmp_path: Path) -> None:
    """A short run has ten lines on stderr; with --json stdout is one object all the same; with --quiet none."""
    plain = command(tmp_path, "train", "xor", "--no-save")
    lines = plain.stderr.splitlines(keepends=True)
    assert [bool(PROGRESS.fullmatch(line)) for line in lines] == [True] * 10
    assert "accuracy 1.0000" in lines[-1]
    assert "epoch 1,000 of 1,000" not in plain.stdout
    for_programs = command(tmp_path, "train", "xor", "--no-save", "--json")
    assert json.loads(for_programs.stdout)["solved"]
    assert len(for_programs.stderr.splitlines()) == 10
    assert command(tmp_path, "train", "xor", "--no-save", "--quiet").stderr == ""
