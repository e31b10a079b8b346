"""What a type checker sees in fnnet: mistakes in user code are named."""

import subprocess
import sys
from pathlib import Path

import pytest

SNIPPET = """
import numpy as np
from fnnet import Affine, Dropout, RandomShift, Sigmoid, forward

layer = Affine(np.ones((2, 3)), np.zeros(3))
y, cache = layer.forward(np.ones((4, 2)))
dx, grads = layer.backward(cache, y)
right: Affine = grads

Affine(np.ones((2, 3)))  # missing
layer.W = np.ones((2, 3))  # frozen
layer.backward(RandomShift(1), y)  # cache
wrong: Sigmoid = layer.backward(cache, y)[1]  # gradient
layer.forwards(np.ones((4, 2)))  # method
Dropout("half")  # setting
forward(3, y)  # layer
"""


def test_planted_mistakes_are_seen(tmp_path: Path) -> None:
    """Mypy names each of the planted mistakes, and nothing else."""
    pytest.importorskip("mypy")
    path = tmp_path / "snippet.py"
    path.write_text(SNIPPET)
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", str(tmp_path), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    reported = {int(line.split(":")[1]) for line in done.stdout.splitlines() if ": error:" in line}
    planted = {number for number, line in enumerate(SNIPPET.splitlines(), 1) if "# " in line}
    assert reported == planted, done.stdout
