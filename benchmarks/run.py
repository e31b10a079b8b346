"""Libraries side by side: each in a process of its own, taking turns, medians as ratios of one run."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any, Self

from benchmarks.work import Work

#: Seconds before a turn, in which the threads of the one before stop waiting for work.
REST = 0.25


def environment(threads: int) -> dict[str, str]:
    """The environment of a worker: its threads said, and no choice of kernels left over from this machine's setup."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    return {**kept, **dict.fromkeys(names, str(threads))}


class Worker:
    """One library at one work, waiting for its turn."""

    def __init__(self, library: str, work: Work) -> None:
        command = [sys.executable, "-m", "benchmarks.worker", library, work.dump()]
        env = environment(work.threads)
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)

    def __enter__(self) -> Self:
        self._line()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate()

    def _line(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("a worker ended; its last words are above")
        return line

    def turn(self, task: str, count: int) -> dict[str, Any]:
        """Seconds for one of ``count`` repetitions, and what came out."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{task} {count}\n")
        self.process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._line())
        return answer


def compare(libraries: Sequence[str], work: Work, task: str, count: int, turns: int) -> dict[str, dict[str, Any]]:
    """Each library's median seconds over interleaved turns, after one to warm up, its losses, and the ratios.

    Raises RuntimeError when the losses of two libraries that see the same batches disagree by more than a thousandth.
    """
    answers: dict[str, list[dict[str, Any]]] = {name: [] for name in libraries}
    with ExitStack() as stack:
        workers = {name: stack.enter_context(Worker(name, work)) for name in libraries}
        for _ in range(turns + 1):
            for name, worker in workers.items():
                time.sleep(REST)
                answers[name].append(worker.turn(task, count))
    found = {}
    for name, given in answers.items():
        seconds = [answer["seconds"] for answer in given[1:]]
        found[name] = {"seconds": statistics.median(seconds), "each": seconds, "loss": given[0]["loss"]}
    first = found[libraries[0]]
    for name, row in found.items():
        row["ratio"] = first["seconds"] / row["seconds"]
        tolerance = 0.05 if name == "sklearn" else 1e-3  # scikit-learn shuffles by itself
        if row["loss"] is not None and abs(row["loss"] - first["loss"]) > tolerance * first["loss"]:
            raise RuntimeError(f"{work.name}: {name} has loss {row['loss']}, {libraries[0]} {first['loss']}")
    return found
