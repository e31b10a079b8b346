"""Downloading MNIST: by torchvision itself from a server on this machine, and all the ways in which that fails."""

import gc
import gzip
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

from fnnet.datasets import DataError, kmnist, load, mnist
from fnnet.datasets.mnist import FILES
from fnnet.telling.installing import install

CLOSED = "http://127.0.0.1:9"
WAYS_OUT = ("--data-dir", "--mirror", "fnnet train digits")


@contextmanager
def serve(folder: Path, damaged: str = "") -> Iterator[str]:
    """The URL under which the files of the folder are served, the damaged one with its last byte changed."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = folder / self.path.lstrip("/")
            if not path.is_file():
                return self.send_error(404)
            content = path.read_bytes()
            if path.name == damaged:
                content = content[:-1] + bytes([content[-1] ^ 1])
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            with suppress(OSError):  # torchvision opens each address once only to see whether it leads elsewhere
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def torchvision() -> Any:
    """The real torchvision, where there is one that works."""
    try:
        import torchvision.datasets
    except (ImportError, RuntimeError, OSError, AttributeError) as error:  # all these where it doesn't fit its torch
        pytest.skip(f"torchvision can't be imported: {error}")
    return torchvision


def fails(folder: Path, mirror: str = CLOSED, name: str = "mnist") -> str:
    """The one line with which the download fails."""
    with pytest.raises(DataError) as error:
        load(name, folder, mirror)
    message = str(error.value)
    assert "\n" not in message
    assert message.startswith(f"{name} is not in {folder} (")
    return message


def test_torchvision_downloads_what_we_read(tmp_path: Path, mnist_folder: Path, torchvision: Any, capsys: Any) -> None:
    """Torchvision downloads, checks and unpacks MNIST into its layout, silently, and a second start needs no torch."""
    before = list(torchvision.datasets.MNIST.mirrors)
    with serve(mnist_folder) as url:
        made = mnist(tmp_path / "new" / "folder", mirror=url)
    assert capsys.readouterr().out == ""
    assert torchvision.datasets.MNIST.mirrors == before
    raw = tmp_path / "new" / "folder" / "MNIST" / "raw"
    assert sorted(path.name for path in raw.iterdir()) == sorted(FILES)
    assert [path.name for path in raw.parents[1].iterdir()] == ["MNIST"]
    for file in FILES:
        assert (raw / file).read_bytes() == gzip.decompress((mnist_folder / f"{file}.gz").read_bytes())
    assert made == mnist(mnist_folder)
    theirs = torchvision.datasets.MNIST(raw.parents[1], train=False)
    assert np.array_equal(theirs.data.numpy(), made.x_test)
    code = "import sys; from fnnet.datasets import mnist; mnist(sys.argv[1]); print('torch' in sys.modules)"
    again = [sys.executable, "-c", code, str(raw.parents[1])]
    assert subprocess.run(again, capture_output=True, text=True, check=True).stdout == "False\n"


@pytest.mark.parametrize("damaged", [f"{FILES[0]}.gz", f"{FILES[3]}.gz"])
def test_a_damaged_download_is_refused(tmp_path: Path, mnist_folder: Path, torchvision: Any, damaged: str) -> None:
    """A file that differs in one byte from the published one is refused, by its name and its source, and not kept."""
    with serve(mnist_folder, damaged=damaged) as url:
        message = fails(tmp_path, url)
    assert f"{damaged} from {url}/ is corrupted" in message
    assert list(tmp_path.iterdir()) == []


def test_other_sets_are_not_served_as_this_one(tmp_path: Path, mnist_folder: Path, torchvision: Any) -> None:
    """A mirror that holds MNIST is refused when KMNIST is asked for."""
    with serve(mnist_folder) as url, pytest.raises(DataError, match="is corrupted"):
        kmnist(tmp_path, mirror=url)


def test_no_network_names_three_ways_out(tmp_path: Path, torchvision: Any) -> None:
    """Without network and data, the error names the reason and three ways out."""
    message = fails(tmp_path)
    assert all(way in message for way in WAYS_OUT)
    assert "refused" in message
    assert "train-images-idx3-ubyte is missing" in message


@pytest.mark.parametrize("mirror", ["nonsense", "ftp:", "http://127.0.0.1:99999"])
def test_a_mirror_that_is_no_address_is_refused(tmp_path: Path, torchvision: Any, mirror: str) -> None:
    """A mirror that is not a URL is refused by its name."""
    assert f"from {mirror}/" in fails(tmp_path, mirror)


def test_a_mirror_without_the_files_is_refused(tmp_path: Path, torchvision: Any) -> None:
    """A server that has no such file is refused with its answer."""
    with serve(tmp_path) as url:
        assert "404" in fails(tmp_path, url)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torchvision leaves the connection of a refused request to be collected
        gc.collect()


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path, torchvision: Any) -> None:
    """A folder inside a file can't be made, and the error says that it can't be written."""
    (tmp_path / "file").write_text("")
    assert "can't be written" in fails(tmp_path / "file" / "folder")


def test_missing_torchvision_says_what_to_install(tmp_path: Path, monkeypatch: Any) -> None:
    """Without torchvision the error says what to install, and no folder is made."""
    monkeypatch.setitem(sys.modules, "torchvision", None)
    monkeypatch.delitem(sys.modules, "torchvision.datasets", raising=False)
    message = fails(tmp_path / "new")
    assert f"run {install('mnist')}; " in message
    assert all(way in message for way in WAYS_OUT)
    assert not (tmp_path / "new").exists()


BROKEN = {
    "operator": "raise RuntimeError('operator torchvision::nms does not exist\\nmore')",
    "library": "raise OSError('libtorch.so: undefined symbol')",
    "attribute": "raise AttributeError('partially initialized module')",
    "name": "from os import no_such_name",
    "nothing": "pass",
    "silent": "raise RuntimeError",
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_broken_torchvision_says_to_reinstall(tmp_path: Path, body: str) -> None:
    """A torchvision that can't be imported, for whatever reason, is called broken, with the first line of why."""
    package = tmp_path / "path" / "torchvision"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(body)
    (package / "datasets.py").write_text("")
    code = (
        "import sys; from fnnet.datasets import DataError, mnist\n"
        "try: mnist(sys.argv[1])\n"
        "except DataError as error: print(error)"
    )
    search = os.pathsep.join([str(package.parent), str(Path(__file__).parents[1])])
    environment = {**os.environ, "PYTHONPATH": search}
    run = [sys.executable, "-c", code, str(tmp_path)]
    message = subprocess.run(run, capture_output=True, text=True, check=True, env=environment).stdout
    assert "the torchvision here is broken (" in message
    assert f"reinstall it with {install('mnist', '--force-reinstall')}; " in message
    assert message.count("\n") == 1
