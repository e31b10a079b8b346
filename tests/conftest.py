"""What every test runs under: strict arithmetic, the examples that Hypothesis draws, and the shared helpers."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))  # so that test files can import strategies.py under importlib mode

#: Signals that whoever started the tests has ignored would stay ignored in every command that they start.
for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGTERM, signal.SIG_DFL)):
    signal.signal(number, usual)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

#: The same few examples every time; and for the gate (`--hypothesis-profile=gate`) many that nobody has seen yet, which
#: the same `--hypothesis-seed` brings back.
settings.register_profile("fnnet", derandomize=True, deadline=None, max_examples=10)
settings.register_profile("gate", derandomize=False, database=None, deadline=None, max_examples=30, print_blob=True)
settings.load_profile("fnnet")

MNIST = [f"{part}-{what}.gz" for part in ("train", "t10k") for what in ("images-idx3-ubyte", "labels-idx1-ubyte")]

#: A program, not a module of tests; it needs atheris.
collect_ignore = ["fuzzer.py"]


@pytest.fixture(autouse=True)
def strict_arithmetic() -> Iterator[None]:
    """NumPy raises for every division by zero, overflow and invalid value."""
    with np.errstate(all="raise", under="ignore"):
        yield


@pytest.fixture
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command writes, such as runs, is written to a new folder."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def mnist_folder() -> Path:
    """The folder with the real MNIST files."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "mnist"
    folder = Path(os.environ.get("FNNET_TEST_MNIST", beside))
    if not all((folder / name).is_file() for name in MNIST):
        pytest.skip(f"the real MNIST is not in {folder}: name a folder with its four .gz files in FNNET_TEST_MNIST")
    return folder


@pytest.fixture(scope="session")
def torch() -> Any:
    """PyTorch, where there is one."""
    return pytest.importorskip("torch")
