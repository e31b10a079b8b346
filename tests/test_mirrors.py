"""Downloads from servers that mean no good: each ends in time, in one sentence, and leaves what was there."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mirrors import HOSTILE, Talk, mirror, stand_in, whole

from fnnet.datasets import DataError, fetch, mnist
from fnnet.datasets.mnist import FILES

SECONDS = 3
CODE = "import sys; from fnnet.datasets import mnist; mnist(sys.argv[1], sys.argv[2])"


@pytest.fixture(autouse=True)
def believer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A torchvision that checks nothing, and little time."""
    monkeypatch.setattr(fetch, "SECONDS", SECONDS)
    monkeypatch.syspath_prepend(stand_in(tmp_path / "path"))
    return tmp_path / "path"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """An empty folder; in the end no process works in it."""
    made = tmp_path / "data"
    made.mkdir()
    yield made
    assert processes(made) == []


def processes(folder: Path) -> list[str]:
    """The processes that know of a folder, which Linux tells."""
    lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.parent.exists()]
    return [line.decode() for line in lines if os.fsencode(folder) in line]


def soon(true: Any, seconds: float = 5.0) -> bool:
    """Whether it becomes true in time."""
    end = time.monotonic() + seconds
    while not (done := true()) and time.monotonic() < end:
        time.sleep(0.02)
    return bool(done)


@pytest.mark.parametrize("talk", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_mirror_is_refused(tmp_path: Path, folder: Path, mnist_folder: Path, talk: Talk) -> None:
    """Whatever a server does, the download is refused in time and in one sentence, and nothing of it stays."""
    began = time.monotonic()
    with mirror(mnist_folder, talk) as (url, _), pytest.raises(DataError) as error:
        mnist(folder, url)
    assert time.monotonic() - began < SECONDS + 10
    message = str(error.value)
    assert message.startswith(f"mnist is not in {folder} (")
    assert message.isprintable()
    assert len(message) < len(str(folder)) + 600
    assert url in message
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="elsewhere only the time is limited")
@pytest.mark.parametrize("name", ["endless", "bomb"])
def test_the_disk_is_not_filled(folder: Path, mnist_folder: Path, name: str) -> None:
    """A file that is longer than any of the set is cut off, be it sent or unpacked."""
    with mirror(mnist_folder, HOSTILE[name]) as (url, _), pytest.raises(DataError, match="File too large"):
        mnist(folder, url)


def test_a_good_mirror_is_believed(folder: Path, mnist_folder: Path) -> None:
    """What has the published MD5 is kept, and nothing else."""
    with mirror(mnist_folder, whole) as (url, _):
        assert mnist(folder, url) == mnist(mnist_folder)
    assert sorted(path.name for path in (folder / "MNIST" / "raw").iterdir()) == sorted(FILES)


def test_what_is_there_is_not_replaced(folder: Path, mnist_folder: Path) -> None:
    """A file that is there stays as it is, plain or packed, whether the others come from a good mirror or a bad one."""
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    own = b"\0\0\x08\x01\0\0\xea\x60" + bytes(59_999) + b"\1"
    (raw / FILES[1]).write_bytes(own)
    packed = (mnist_folder / f"{FILES[3]}.gz").read_bytes()
    (raw / f"{FILES[3]}.gz").write_bytes(packed)
    with mirror(mnist_folder, HOSTILE["other bytes"]) as (url, _), pytest.raises(DataError, match="is corrupted"):
        mnist(folder, url)
    assert len(list(raw.iterdir())) == 2
    with mirror(mnist_folder, whole) as (url, _):
        assert np.flatnonzero(mnist(folder, url).y).tolist() == [59_999]
    assert (raw / FILES[1]).read_bytes() == own
    assert sorted(path.name for path in raw.iterdir()) == sorted([*FILES[:3], f"{FILES[3]}.gz"])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda n: n.name)
def test_an_interrupted_download_leaves_nothing(
    folder: Path, believer: Path, mnist_folder: Path, number: signal.Signals
) -> None:
    """However the process is ended that waits for a server, the one that downloads ends too, and its files go."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(believer), *filter(None, sys.path)])}
    with mirror(mnist_folder, HOSTILE["hangs"]) as (url, asked):
        process = subprocess.Popen(
            [sys.executable, "-c", CODE, folder, url], stderr=subprocess.DEVNULL, env=environment
        )
        assert soon(lambda: asked, 30)
        assert len(processes(folder)) == 2
        process.send_signal(number)
        assert soon(lambda: process.poll() is not None)
        assert soon(lambda: not processes(folder) and not list(folder.iterdir()))


def test_a_torchvision_that_dies_is_broken(folder: Path, believer: Path) -> None:
    """A torchvision whose import ends the process, as a library of the wrong kind does, is said to be broken."""
    (believer / "torchvision" / "datasets.py").write_text("import os; os.abort()")
    with pytest.raises(DataError, match=r"the torchvision here is broken \(its process ended with -6\)"):
        mnist(folder)


def test_a_torchvision_that_keeps_no_archive_is_not_believed(folder: Path, believer: Path, mnist_folder: Path) -> None:
    """Files that come without the archive that was published are refused."""
    module = believer / "torchvision" / "datasets.py"
    module.write_text(module.read_text() + "\n        os.remove(plain + '.gz')\n")
    with mirror(mnist_folder, whole) as (url, _), pytest.raises(DataError, match=f"{FILES[0]}.gz from .* is corrupted"):
        mnist(folder, url)
