"""Downloading MNIST and its relatives, which is torchvision's work: it knows the sources.

It works in a process of its own, which is ended when it takes too long, and nothing that it leaves is believed before
it is compared with what was published.
"""

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from fnnet.datasets.torchvision_process import REPORT
from fnnet.telling.installing import install
from fnnet.values.errors import DataError

SECONDS = 900  # that a download may take in all

WAYS_OUT = (
    "give a folder that has it with --data-dir, another source with --mirror, "
    "or begin with `fnnet train digits`, which needs no download"
)


def fetch(fetcher: str, files: Mapping[str, str], folder: Path, mirror: str | None, lack: str) -> None:
    """Put the files into `folder/<fetcher>/raw`, by the class of torchvision.datasets that is called `fetcher`.

    `files` has the published MD5 of each, packed; a mirror is the URL that their names follow; `lack` says what is
    missing. Raises DataError when the folder can't be written and, with three ways out, when torchvision is missing or
    broken or the download fails, takes more than `SECONDS` or arrives damaged. What is interrupted leaves no file
    behind: all is done in a scratch folder and moved when whole.
    """
    if find_spec("torchvision") is None:
        raise DataError(f"{lack}, and downloading needs torchvision: run {install('mnist')}; {WAYS_OUT}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        scratch = TemporaryDirectory(prefix=".download-", dir=folder)
    except OSError as error:
        raise DataError(f"{lack}, and {folder} can't be written ({error.strerror}): choose another folder") from error
    with scratch as root:
        raw = Path(root, fetcher, "raw")
        report = _download(fetcher, root, *([mirror.rstrip("/") + "/"] if mirror else []))
        if complaint := _complaint(report) or _damage(files, raw, report["mirrors"]):
            raise DataError(f"{lack}, and {complaint}; {WAYS_OUT}")
        _unpack(files, raw, folder / fetcher / "raw")


def _download(fetcher: str, root: str, *mirrors: str) -> dict[str, str]:
    """What torchvision's process reports."""
    code = (
        f"import sys; sys.path[:] = {sys.path}; from fnnet.datasets import torchvision_process; "
        f"torchvision_process.main{(fetcher, root, *mirrors)}"
    )
    quiet = subprocess.DEVNULL
    with subprocess.Popen(
        [sys.executable, "-P", "-c", code], stdin=subprocess.PIPE, stdout=quiet, stderr=quiet
    ) as child:
        try:
            child.wait(SECONDS)
            report: dict[str, str] = json.loads(Path(root, REPORT).read_text())
            return report
        except subprocess.TimeoutExpired:
            return {"mirrors": mirrors[0] if mirrors else "its sources", "failed": f"it took more than {SECONDS} s"}
        except (OSError, ValueError):
            return {"broken": f"its process ended with {child.returncode}"}
        finally:
            child.kill()


def _complaint(report: Mapping[str, str]) -> str | None:
    if error := report.get("broken"):
        again = install("mnist", "--force-reinstall")
        return f"the torchvision here is broken ({_lines(error)[0]}): reinstall it with {again}"
    error, mirrors = report.get("failed", ""), report["mirrors"]
    if "File not found or corrupted" in error:
        file = re.search(r"Error downloading (\S+):", error)
        return _corrupted(file[1] if file else "the download", mirrors)
    reason = _lines(error)[-1][:200].removeprefix("<urlopen error ").removesuffix(">") if error else ""
    return f"can't be downloaded from {mirrors} ({reason})" if error else None


def _damage(files: Mapping[str, str], source: Path, mirrors: str) -> str | None:
    for file, md5 in files.items():
        if _md5(source / f"{file}.gz") != md5:
            return _corrupted(f"{file}.gz", mirrors)
    return None


def _corrupted(what: str, mirrors: str) -> str:
    return f"{what} from {mirrors} is corrupted, its MD5 is not the published one"


def _md5(path: Path) -> str | None:
    if not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _unpack(files: Mapping[str, str], source: Path, target: Path) -> None:
    try:
        target.mkdir(parents=True, exist_ok=True)
        for file in files:
            with gzip.open(source / f"{file}.gz") as packed, open(source / file, "wb") as plain:
                shutil.copyfileobj(packed, plain)
            os.replace(source / file, target / file)  # whole or not at all, whoever else is loading
    except OSError as error:
        raise DataError(f"{target} can't be written ({error.strerror}): choose another folder") from error
