"""The process in which torchvision downloads, since only a process can be ended, whatever it waits for.

It ends when its standard input does, which is when its parent does.
"""

import json
import os
import shutil
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

REPORT = "report.json"
SILENCE = 30  # seconds in which a server must say something
MOST = 2**26  # bytes that a file may have; the largest, the unpacked images for training, has 47 million


def attempt(name: str, root: str, *mirrors: str) -> dict[str, str]:
    """Download by the class of this name into a folder: the mirrors that it has, and what went wrong, if anything."""
    try:
        source = getattr(import_module("torchvision.datasets"), name)
    except Exception as error:  # a torchvision that doesn't fit its torch raises RuntimeError, OSError, AttributeError
        return {"broken": _said(error)}
    source.mirrors = list(mirrors) or source.mirrors
    report = {"mirrors": " or ".join(source.mirrors)}
    try:
        source(root=root, download=True)
    except Exception as error:  # what a server sends makes urllib, http and gzip raise a dozen kinds
        report["failed"] = _said(error)
    return report


def _said(error: Exception) -> str:
    """The lines of an error; what a server says is in it, and is not to reach a terminal as it is."""
    lines = ["".join(c if c.isprintable() else "?" for c in line) for line in str(error)[:2000].splitlines()]
    return "\n".join(lines).strip() or type(error).__name__


def _end_with_parent(root: str) -> None:
    sys.stdin.read()
    shutil.rmtree(root, ignore_errors=True)
    os._exit(1)


def _limit_files() -> None:
    try:
        import resource
    except ImportError:  # not on Windows, where the time is limited alone
        return
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST, MOST))


def main(name: str, root: str, *mirrors: str) -> None:
    """Do it, and leave a report in the folder."""
    ThreadPoolExecutor(1).submit(_end_with_parent, root)
    socket.setdefaulttimeout(SILENCE)
    _limit_files()
    Path(root, REPORT).write_text(json.dumps(attempt(name, root, *mirrors)))
    os._exit(0)  # the thread still waits
