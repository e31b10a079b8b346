"""Fuzzing guided by coverage: atheris makes up bytes for the readers, and keeps those that reach new lines.

    python fuzzer.py checkpoint -runs=10000          # or idx; the flags are libFuzzer's

Whatever comes, it is read or refused. Anything else ends the process, which prints the bytes that did it.
"""

import contextlib
import hashlib
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["fnnet"]):
    from fnnet.datasets import DataError, read_idx
    from fnnet.runs import load_run
    from fnnet.runs.archive import DIGEST, MARK, FileError

FOLDER = tempfile.TemporaryDirectory()
PATH = Path(FOLDER.name, "file")


def checkpoint(data: bytes) -> None:
    """Read the bytes as a run; half of them with the right digest, without which no reader goes on."""
    if len(data) % 2 and (body := data[: -DIGEST - len(MARK)]):
        body += MARK
        data = body + hashlib.sha256(body).hexdigest().encode()
    PATH.write_bytes(data)
    with contextlib.suppress(FileError):
        load_run(PATH)


def idx(data: bytes) -> None:
    """Read the bytes as an IDX file of images."""
    PATH.write_bytes(data)
    with contextlib.suppress(DataError):
        read_idx(PATH, ndim=3)


if __name__ == "__main__":
    reader = {"checkpoint": checkpoint, "idx": idx}[sys.argv.pop(1)]
    atheris.Setup(sys.argv, reader)
    atheris.Fuzz()
