"""The corpus of hostile files: each is read, or refused in one sentence, in time, in memory, and alone."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).with_name("hostile_reading.py")

#: Bytes that a reader may take, for any file of the corpus, beside those that the file is worth. Pillow's own limit of
#: pixels lets a picture have a gigabyte, and an array may unpack to one.
MEMORY = {"csv": 100e6, "npz": 250e6, "idx": 50e6, "picture": 1300e6, "sheet": 1000e6, "run": 50e6, "network": 50e6}
SECONDS = 15


def complaint(reader: str, result: dict[str, Any]) -> str | None:
    """What is wrong with what became of a file."""
    said = result["outcome"]
    if said != "read" and not (said.startswith("refused: file") and said.isprintable() and len(said) < 600):
        return f"not one sentence that begins with its path: {said!r}"
    if result["seconds"] > SECONDS:
        return f"it took {result['seconds']:.0f} s"
    if result["memory"] > MEMORY[reader] + 20 * result["size"]:
        return f"it took {result['memory'] / 1e6:.0f} MB"
    return None if result["alone"] else "it left a process"


@pytest.mark.parametrize("reader", MEMORY)
def test_hostile_files(tmp_path: Path, reader: str) -> None:
    """Nothing in the corpus makes its reader wait, take the memory, start a program or raise what is not ours."""
    if reader in ("picture", "sheet"):
        pytest.importorskip("PIL")
    command = [sys.executable, "-W", "error", PROGRAM, reader, tmp_path]
    lines = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    results = [json.loads(line) for line in lines]
    assert len(results) > 15
    assert {result["name"]: bad for result in results if (bad := complaint(reader, result))} == {}
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
