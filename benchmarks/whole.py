"""Whole programs: `fnnet train mnist` against a plain PyTorch script, from the command to the end; and to 98 %."""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.run import environment

PLAIN = Path(__file__).with_name("plain_torch.py")
#: One hidden layer of 256 ReLU units, SGD with momentum 0.9 under the one-cycle schedule.
TO_98 = "--hidden 256 --activation relu --shift 0"
RATE, EPOCHS = 0.2, 5


def timed(command: list[str], threads: int) -> dict[str, float]:
    """Wall seconds and peak memory in MB of a process that must succeed, on so many cores."""
    cores = sorted(os.sched_getaffinity(0))[:threads]
    start = time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, env=environment(threads), preexec_fn=lambda: os.sched_setaffinity(0, cores)
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return {"seconds": time.perf_counter() - start, "peak_mb": usage.ru_maxrss / 1024}


def first_epoch(data: str, threads: int, turns: int) -> dict[str, Any]:
    """Seconds from the command to the end of one epoch of 784-256-10, files on disk, and peak memory."""
    train = [sys.executable, "-m", "fnnet", "train", "mnist", "--data-dir", data, "--epochs", "1", "--no-save"]
    commands = {
        "fnnet": [*train, *TO_98.split(), "--threads", str(threads), "--quiet"],
        "torch": [sys.executable, str(PLAIN), data, "0", str(RATE), "1", str(threads)],
    }
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in commands}
    for _ in range(turns):
        for name, command in commands.items():
            runs[name].append(timed(command, threads))
    found: dict[str, Any] = {
        name: {key: statistics.median(run[key] for run in each) for key in ("seconds", "peak_mb")}
        for name, each in runs.items()
    }
    for key in ("seconds", "peak_mb"):
        found[f"ratio {key}"] = found["fnnet"][key] / found["torch"][key]
        print(f"{'train mnist, one epoch: ' + key:34} " + _pair(found, key), flush=True)
    return found


def to_98(data: str, threads: int, seeds: int) -> dict[str, Any]:
    """Seconds in the training loop to the end of the first epoch with 98.0 % of the test images right."""
    runs: dict[str, list[dict[str, float]]] = {"fnnet": [], "torch": []}
    for seed in range(seeds):
        ours = [sys.executable, "-m", "benchmarks.to98", data, str(seed), str(RATE), str(EPOCHS), str(threads)]
        theirs = [sys.executable, str(PLAIN), data, str(seed), str(RATE), str(EPOCHS), str(threads)]
        for name, command in (("fnnet", ours), ("torch", theirs)):
            done = subprocess.run(command, env=environment(threads), check=True, capture_output=True, text=True)
            run = json.loads(done.stdout)
            if run["accuracy"] < 0.98:
                raise RuntimeError(f"{name} reached {run['accuracy']} with seed {seed}; give both more epochs")
            runs[name].append(run)
    found: dict[str, Any] = {
        name: {"seconds": statistics.mean(run["seconds"] for run in each), "epochs": [run["epochs"] for run in each]}
        for name, each in runs.items()
    }
    found["ratio seconds"] = found["fnnet"]["seconds"] / found["torch"]["seconds"]
    print(f"{'to 98.0 %: ' + str(seeds) + ' seeds':34} " + _pair(found, "seconds"), flush=True)
    return found


def parts(threads: int) -> dict[str, Any]:
    """Microseconds of the parts of a step, in bare NumPy."""
    found = {}
    for hidden in (128, 800):
        command = [sys.executable, "-m", "benchmarks.parts", str(hidden), str(threads)]
        done = subprocess.run(command, env=environment(threads), check=True, capture_output=True, text=True)
        found[f"784-{hidden}-10"] = json.loads(done.stdout)
        print(f"{'a bare step of 784-' + str(hidden) + '-10':34} " + done.stdout.strip(), flush=True)
    return found


def start(turns: int) -> dict[str, float]:
    """Seconds of processes that import a library, or show the help, and do nothing else."""
    commands = {
        "import numpy": ["-c", "import numpy"],
        "import fnnet": ["-c", "import fnnet"],
        "fnnet --help": ["-m", "fnnet", "--help"],
        "import torch": ["-c", "import torch"],
        "import jax": ["-c", "import jax"],
        "import sklearn's MLP": ["-c", "import sklearn.neural_network"],
    }
    took: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(turns):
        for name, command in commands.items():
            took[name].append(timed([sys.executable, *command], 2)["seconds"])
    found = {name: statistics.median(each) for name, each in took.items()}
    print(f"{'start':34} " + "  ".join(f"{name} {seconds:.2f} s" for name, seconds in found.items()), flush=True)
    return found


def _pair(found: dict[str, Any], key: str) -> str:
    return f"fnnet {found['fnnet'][key]:.3g}  torch {found['torch'][key]:.3g} ({found['ratio ' + key]:.2f})"
