"""A program that reads a corpus of hostile files, each in a process of its own.

python hostile_reading.py READER FOLDER      # prints, as JSON, what became of each file and what that took
"""

import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hostile import CSV, IDX, NPZ, Files
from hostile_pictures import PICTURES
from test_archive import BOMBS, DECEPTIONS

SECONDS = 20  # after which a reader is ended
MEMORY = 2**33  # address space that a reader may have: more than the machine's would hang it


def readers() -> dict[str, tuple[Callable[[str], Any], Files]]:
    """What reads, and what it is given."""
    from fnnet.datasets import load_npz, load_table, read_idx
    from fnnet.datasets.pictures import read_picture
    from fnnet.datasets.sheets import picture_on_sheet
    from fnnet.runs import load, load_run

    runs = {**{name: lambda data=data: data for name, (data, _) in DECEPTIONS.items()}, **BOMBS}
    return {
        "csv": (load_table, CSV),
        "npz": (load_npz, NPZ),
        "idx": (lambda path: read_idx(path, 3), IDX),
        "picture": (read_picture, PICTURES),
        "sheet": (lambda path: picture_on_sheet(path, 28), PICTURES),
        "run": (load_run, runs),
        "network": (load, runs),
    }


def outcome(read: Callable[[str], Any], path: str) -> str:
    """What is said of a file: that it was read, the sentence with which it was refused, or a mistake."""
    from fnnet.datasets import DataError
    from fnnet.runs import FileError

    try:
        read(path)
    except (DataError, FileError) as error:
        return f"refused: {error}"
    except BaseException as error:
        return f"mistake: {type(error).__name__} {error}"
    return "read"


def apart(read: Callable[[str], Any], path: str) -> dict[str, Any]:
    """Read a file in a process of its own: what it said, and the seconds, the memory and the processes that it took."""
    (said, saying), began = os.pipe(), time.monotonic()
    child = os.fork()
    if child == 0:
        os.setsid()
        signal.alarm(SECONDS)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        text = outcome(read, path)
        taken = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
        os.write(saying, json.dumps({"outcome": text[:5000], "memory": taken}).encode())
        os._exit(0)
    os.close(saying)
    os.waitpid(child, 0)
    with os.fdopen(said, "rb") as pipe:
        told = pipe.read() or b'{"outcome": "mistake: it was ended", "memory": 0}'
    return {**json.loads(told), "seconds": time.monotonic() - began, "alone": alone(child)}


def alone(group: int) -> bool:
    """Whether nothing of a group of processes is left."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return True
    return False


def all_read(reader: str) -> Iterator[dict[str, Any]]:
    """What becomes of every file that a reader is given."""
    read, files = readers()[reader]
    for name, make in files.items():
        data = make()
        Path("file").write_bytes(data)
        yield {"name": name, "size": len(data), **apart(read, "file")}


if __name__ == "__main__":
    os.chdir(sys.argv[2])
    for line in all_read(sys.argv[1]):
        print(json.dumps(line), flush=True)
