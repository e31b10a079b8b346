"""`fit`, the last state of a run: what `train` ends with, and nothing that lies before it in memory."""

import inspect
import os
import re
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from short_run import NET, X, Y, run

from fnnet import SGD, MeanSquaredError, SoftmaxCrossEntropy, fit, mlp, train
from fnnet.learning import Diverged, State
from fnnet.values import fingerprint
from fnnet.values.errors import UsageError

PAGE = Path(__file__).parent.parent / "docs" / "course" / "problem-2.md"
ENV = {**os.environ, "PYTHONPATH": str(PAGE.parents[2])}

#: Prints the most kilobytes that a program has had; `getrusage` would count those of the process that started it, too.
PEAK = "\nimport re; print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])"

HOW: dict[str, Any] = {"loss": SoftmaxCrossEntropy, "optimizer": SGD(0.1, momentum=0.9), "batch_size": 2, "seed": 3}


def test_it_takes_what_train_takes() -> None:
    """The arguments of `fit` are those of `train`, with the same defaults."""
    assert inspect.signature(fit).parameters == inspect.signature(train).parameters


@pytest.mark.parametrize(
    "more", [{}, {"weights": [1, 2, 3, 4, 5, 6]}, {"validation": (X, Y), "patience": 1, "optimizer": SGD(0.0)}]
)
def test_it_ends_as_train_ends(more: dict[str, Any]) -> None:
    """It is the last state of the stream, bit by bit."""
    how = {**HOW, "epochs": 3, **more}
    *_, last = train(NET, X, Y, **how)
    assert fingerprint(fit(NET, X, Y, **how)) == fingerprint(last)


def test_it_goes_on_from_a_state() -> None:
    """From a state it goes on as `train` does; where nothing is left to do, it is that state."""
    amid = run(**HOW)[1]
    whole = fit(NET, X, Y, **HOW, epochs=2)
    assert fit(NET, X, Y, **HOW, epochs=2, state=amid) == whole
    assert fit(NET, X, Y, **HOW, epochs=2, state=whole) is whole


def test_of_no_epochs_it_is_the_start() -> None:
    """Where nothing is trained, it is the state before the first step."""
    state = fit(NET, X, Y, **HOW, epochs=0)
    assert (state.step, state.seed, state.params, state.optimizer) == (0, 3, NET, SGD(0.1, momentum=0.9).init(NET))


def test_it_refuses_what_train_refuses() -> None:
    """Mistakes are told as `train` tells them."""
    with pytest.raises(UsageError, match=r"use tuple\(...\)"):
        fit(list(NET), X, Y, loss=SoftmaxCrossEntropy)  # type: ignore[arg-type]  # the mistake
    with pytest.raises(UsageError, match="state must be a State"):
        fit(NET, X, Y, loss=SoftmaxCrossEntropy, state=NET)  # type: ignore[arg-type]  # the mistake
    with np.errstate(all="ignore"), pytest.raises(Diverged):
        fit(NET, X, X, loss=MeanSquaredError, optimizer=SGD(1e300), epochs=9)


def test_it_holds_no_other_state() -> None:
    """However many steps there are, the memory is that of a few states."""
    net = mlp([100, 100, 2])
    x, y = np.ones((200, 100), np.float32), np.zeros(200, int)
    tracemalloc.start()
    try:
        state = fit(net, x, y, loss=SoftmaxCrossEntropy, batch_size=1, epochs=2)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(state, State)
    assert peak < 20 * sum(layer.W.nbytes for layer in net[::2])


def test_mnist_as_documented_stays_small(mnist_folder: Path, tmp_path: Path) -> None:
    """The example of the course, run as it stands there, has at most 250 MB in memory at any time."""
    raw = tmp_path / "MNIST_data" / "MNIST" / "raw"
    raw.parent.mkdir(parents=True)
    raw.symlink_to(mnist_folder)
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    examples = [line for block in blocks if "import" in block or "mnist" in block for line in block.splitlines()]
    program = "\n".join(line[4:] for line in examples if line.startswith((">>> ", "... ")))
    assert "= fit(net, mnist.x, mnist.y, epochs=" in program
    done = subprocess.run(
        [sys.executable, "-c", program + PEAK], capture_output=True, text=True, check=True, cwd=tmp_path, env=ENV
    )
    assert int(done.stdout) < 250_000
