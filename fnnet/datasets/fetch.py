"""Downloading MNIST and its relatives, which is torchvision's work: it knows the sources, checks and unpacks.

It is imported here, where files are missing, and nowhere else: it brings torch with it, which takes seconds to start.
"""

import io
import os
import re
import warnings
from collections.abc import Sequence
from contextlib import redirect_stdout
from http.client import HTTPException
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fnnet.datasets.dataset import DataError


def fetch(fetcher: str, files: Sequence[str], folder: Path, mirror: str | None, lack: str) -> None:
    """Put the files into `folder/<fetcher>/raw`, by the class of torchvision.datasets that is called `fetcher`.

    A mirror is the URL that the names of the files follow; `lack` says what is missing. Raises DataError when the
    folder can't be written and, with three ways out, when torchvision is missing or broken or the download fails or
    arrives damaged. What is interrupted leaves no file behind: all is done in a scratch folder and moved when whole.
    """
    source = _fetcher(fetcher, mirror, lack)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        scratch = TemporaryDirectory(prefix=".download-", dir=folder)
    except OSError as error:
        raise DataError(f"{lack}, and {folder} can't be written ({error.strerror}): choose another folder") from error
    with scratch as root:
        _download(source, root, lack)
        _move(files, Path(root, fetcher, "raw"), folder / fetcher / "raw")


def _fetcher(name: str, mirror: str | None, lack: str) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what torchvision would say of image codecs is nothing to us
            source = getattr(import_module("torchvision.datasets"), name)
    except ModuleNotFoundError as error:
        install = "run pip install 'fnnet[mnist]'"
        raise DataError(f"{lack}, and downloading needs {error.name}: {install}; {_ways_out()}") from error
    except Exception as error:  # a torchvision that doesn't fit its torch raises RuntimeError, OSError, AttributeError
        reason = _lines(error)[0]
        install = "reinstall it with pip install --force-reinstall 'fnnet[mnist]'"
        raise DataError(f"{lack}, and the torchvision here is broken ({reason}): {install}; {_ways_out()}") from error
    # A subclass, since nobody else's mirrors may change; of the same name, since that names the folder.
    return type(name, (source,), {"mirrors": [mirror.rstrip("/") + "/"]}) if mirror else source


def _download(source: Any, root: str, lack: str) -> None:
    try:
        with redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            source(root=root, download=True)
    except (RuntimeError, OSError, HTTPException, ValueError) as error:
        raise DataError(_failure(error, lack, " or ".join(source.mirrors))) from error


def _failure(error: Exception, lack: str, mirrors: str) -> str:
    lines = _lines(error)
    if "File not found or corrupted" in str(error):
        file = re.search(r"Error downloading (\S+):", lines[0])
        what = file[1] if file else "the download"
        return f"{lack}, and {what} from {mirrors} is corrupted, its MD5 is not the published one: {_ways_out()}"
    reason = lines[-1].removeprefix("<urlopen error ").removesuffix(">")
    return f"{lack}, and can't be downloaded from {mirrors} ({reason}): {_ways_out()}"


def _lines(error: Exception) -> list[str]:
    return [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]


def _ways_out() -> str:
    return (
        "give a folder that has it with --data-dir, another source with --mirror, "
        "or begin with `fnnet train digits`, which needs no download"
    )


def _move(files: Sequence[str], source: Path, target: Path) -> None:
    try:
        target.mkdir(parents=True, exist_ok=True)
        for file in files:
            os.replace(source / file, target / file)  # whole or not at all, whoever else is loading
    except OSError as error:
        raise DataError(f"{target} can't be written ({error.strerror}): choose another folder") from error
