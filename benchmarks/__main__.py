"""fnnet against its peers: ``python -m benchmarks [--data-dir D] [--turns N] [--threads N] [--small]``.

Prints ratios fnnet / peer of one run, below 1 where fnnet is faster or smaller, and keeps them in
``benchmarks/results-THREADS.json``; `python -m benchmarks.page` brings them into the documentation.
"""

import argparse
import json
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks import side, whole

LIBRARIES = ("fnnet", "numpy", "torch", "jax", "scikit-learn")


def environment(threads: int) -> dict[str, Any]:
    """What the figures were measured on."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    cpu = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    instructions = "AVX-512" if any("avx512f" in line for line in lines if line.startswith("flags")) else "no AVX-512"
    return {
        "cpu": f"{cpu}, {instructions}",
        "threads": threads,
        "python": platform.python_version(),
        "versions": {name: version(name) for name in LIBRARIES},
    }


def main() -> None:
    """Run all the work, print it and keep it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--data-dir", help="the folder with the MNIST files; without it random arrays, and no whole programs"
    )
    parser.add_argument("--turns", type=int, default=5, help="turns of each library, after one to warm up")
    parser.add_argument("--threads", type=int, default=1, help="cores and BLAS threads of each library")
    parser.add_argument("--small", action="store_true", help="one small network: to see that the losses agree")
    parser.add_argument("--out", type=Path, help="benchmarks/results-THREADS.json unless told")
    given = parser.parse_args()
    data, threads, turns = given.data_dir or "random", given.threads, given.turns
    found: dict[str, Any] = {
        "command": f"python -m benchmarks{' --data-dir D' if given.data_dir else ''} --threads {threads}",
        "environment": environment(threads),
        "turns": turns,
        "xor step": side.xor_step(threads, turns, given.small),
        "epochs": side.epochs(data, threads, turns, given.small),
        "prediction": side.prediction(threads, turns),
    }
    if not given.small:
        found["share of sgemm"] = side.limits(data, threads, turns)
        found["parts"] = whole.parts(threads)
        found["start"] = whole.start(turns)
    if given.data_dir and not given.small:
        found["first epoch"] = whole.first_epoch(data, threads, turns)
        found["to 98 %"] = whole.to_98(data, threads, 5)
    out = given.out or Path(f"benchmarks/results-{threads}.json")
    out.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
