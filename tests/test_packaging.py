"""What is shipped: the wheel, its contents, and what it says of itself."""

import subprocess
import sys
import zipfile
from importlib.metadata import metadata
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent


def test_wheel_holds_fnnet_alone(tmp_path: Path) -> None:
    """The wheel holds the package, its data and its typing marker, and no other top-level module."""
    pytest.importorskip("build")
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path), str(TOP)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"fnnet"}
    assert {"fnnet/py.typed", "fnnet/datasets/digits.npz", "fnnet/cli/__init__.py"} <= set(names)


def test_mnist_files_are_not_in_the_project() -> None:
    """No IDX file is tracked or lies in the package."""
    assert list((TOP / "fnnet").rglob("*ubyte*")) == []


def test_extras_and_python() -> None:
    """The extras that the README names exist, and torchvision is not a plain requirement."""
    found = metadata("fnnet")
    assert {"mnist", "test", "bench", "docs", "images"} <= set(found.get_all("Provides-Extra") or [])
    plain = [line for line in found.get_all("Requires-Dist") or [] if "extra ==" not in line]
    assert not [line for line in plain if "torch" in line]
    assert found["Requires-Python"] == ">=3.11"
