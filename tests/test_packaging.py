"""What is shipped: the wheel, its contents, and what it says of itself."""

import json
import os
import subprocess
import sys
import zipfile
from importlib.metadata import metadata
from pathlib import Path

import pytest

from fnnet.course import pages, readable

TOP = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built from the checkout."""
    pytest.importorskip("build")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(TOP)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = folder.glob("*.whl")
    return zipfile.ZipFile(path)


def test_wheel_holds_fnnet_alone(wheel: zipfile.ZipFile) -> None:
    """The wheel holds the package, its data and its typing marker, and no other top-level module."""
    names = wheel.namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"fnnet"}
    assert {"fnnet/py.typed", "fnnet/datasets/digits.npz", "fnnet/cli/__init__.py"} <= set(names)


def test_the_course_comes_with_the_wheel(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    """Installed, and far from any checkout, fnnet lists the course, shows every page, and a hint of the grader."""
    site, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    wheel.extractall(site)
    elsewhere.mkdir()
    assert sorted(path.name for path in (site / "fnnet" / "docs" / "course").iterdir()) == sorted(
        path.name for path in (TOP / "docs" / "course").glob("*.md")
    )

    def said(*command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=elsewhere,
            env={**os.environ, "PYTHONPATH": str(site), "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert said("-c", "import fnnet; print(fnnet.__file__)").startswith(str(site))
    assert [page["name"] for page in json.loads(said("-m", "fnnet", "learn", "--json"))] == [p.name for p in pages()]
    assert said("-m", "fnnet", "learn", "affine", "bias").startswith("## Bias\n")
    every = "from fnnet.course import pages, readable; print(*(readable(p.source) for p in pages()))"
    assert said("-c", every).split() == " ".join(readable(page.source) for page in pages()).split()


def test_mnist_files_are_not_in_the_project() -> None:
    """No IDX file is tracked or lies in the package."""
    assert list((TOP / "fnnet").rglob("*ubyte*")) == []


def test_extras_and_python() -> None:
    """The extras that the README names exist, and torchvision is not a plain requirement."""
    found = metadata("fnnet")
    assert {"mnist", "test", "bench", "docs", "images", "plot"} <= set(found.get_all("Provides-Extra") or [])
    plain = [line for line in found.get_all("Requires-Dist") or [] if "extra ==" not in line]
    assert not [line for line in plain if "torch" in line]
    assert found["Requires-Python"] == ">=3.11"
