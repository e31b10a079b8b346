"""Reading a large table beside the library's own reader: ``python -m benchmarks.reading [--rows N] [--turns N]``.

A text file of a million rows and twenty columns is written, and read by turns in processes of their own: by polars'
own `read_csv`, by fnnet with polars at hand, and by fnnet with Python's reader. Printed are the medians of the seconds,
and the peak memory of the process, beside that of one which only imports.
"""

import argparse
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

COLUMNS = 20

#: What is timed, and what it imports before the clock starts.
WAYS = {
    "polars.read_csv": ("import polars", "polars.read_csv(path)"),
    "fnnet, with polars": ("import polars; from fnnet.datasets import load_table", "load_table(path)"),
    "fnnet, Python's reader": (
        "import fnnet.datasets.table as t; from fnnet.tables.reading import read_text; t.read_table = read_text; "
        "from fnnet.datasets import load_table",
        "load_table(path)",
    ),
    "nothing": ("import polars; from fnnet.datasets import load_table", "None"),
}

TIMED = """
import resource, time
{before}
path, start = {path!r}, time.perf_counter()
found = {call}
print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def main() -> None:
    """Read by turns, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--turns", type=int, default=5)
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        path = _written(Path(folder, "large.csv"), asked.rows)
        turns = [{name: _timed(str(path), *way) for name, way in WAYS.items()} for _ in range(asked.turns)]
        print(
            f"| {asked.rows:,} rows x {COLUMNS} columns, {path.stat().st_size / 2**20:.0f} MB | seconds | peak memory |"
        )
    print("|---|---:|---:|")
    for name in WAYS:
        seconds, memory = (statistics.median(turn[name][i] for turn in turns) for i in (0, 1))
        print(f"| {name} | {seconds:.2f} | {memory / 2**10:,.0f} MB |")


def _written(path: Path, rows: int) -> Path:
    """A table of numbers with six digits, the last of them to be predicted."""
    rng = np.random.default_rng(0)
    with path.open("w") as file:
        file.write(",".join([*(f"c{i}" for i in range(COLUMNS - 1)), "price"]) + "\n")
        for start in range(0, rows, 10_000):
            part = rng.standard_normal((min(10_000, rows - start), COLUMNS))
            file.writelines(",".join(f"{value:.6g}" for value in row) + "\n" for row in part.tolist())
    return path


def _timed(path: str, before: str, call: str) -> tuple[float, float]:
    """The seconds, and the peak memory in KiB."""
    code = TIMED.format(before=before, path=path, call=call)
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    seconds, memory = map(float, said.split())
    return seconds, memory


if __name__ == "__main__":
    main()
