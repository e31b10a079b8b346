"""How pytest runs the pages: what is no page is left out, and a page finds the files that it speaks of."""

import os
from pathlib import Path

import pytest

collect_ignore_glob = ["conf.py", "_ext/*", "_build/*", "_static/*"]

FILES = [f"{part}-{what}.gz" for part in ("train", "t10k") for what in ("images-idx3-ubyte", "labels-idx1-ubyte")]


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page runs in an empty folder, that of problem 2 in one with MNIST. What a page lacks, skips it."""
    monkeypatch.chdir(tmp_path)
    if request.path.name == "images.md":
        pytest.importorskip("PIL", reason="pictures need Pillow, which the extra `images` brings")
    if request.path.name == "problem-2.md":
        raw = tmp_path / "MNIST_data" / "MNIST" / "raw"
        raw.mkdir(parents=True)
        for name in FILES:
            (raw / name).symlink_to(_mnist() / name)


def _mnist() -> Path:
    beside = Path(__file__).resolve().parents[2] / "shared" / "mnist"
    folder = Path(os.environ.get("FNNET_TEST_MNIST", beside))
    if not all((folder / name).is_file() for name in FILES):
        pytest.skip(f"the real MNIST is not in {folder}: name a folder with its four .gz files in FNNET_TEST_MNIST")
    return folder
