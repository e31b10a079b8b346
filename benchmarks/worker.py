"""One library in a process of its own: ``python -m benchmarks.worker LIBRARY WORK``.

It reads lines from stdin, ``epoch N``, ``steps N`` or ``predict N``, does that, and answers with seconds and a loss.
"""

import importlib
import json
import os
import resource
import sys
import time
from functools import partial
from typing import Any

import numpy as np

from benchmarks.work import Work


def prepared(library: str, work: Work) -> Any:
    """The epoch and predict functions of a library."""
    name, _, variant = library.partition(" ")
    prepare = importlib.import_module(f"benchmarks.peers.{name}").prepare
    return partial(prepare, scan=True)(work) if variant == "scan" else prepare(work)


def pin(threads: int) -> None:
    """Keep this process on so many cores, which XLA, that has no other setting, makes its number of threads."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])


def main() -> None:
    """Answer until stdin ends."""
    work = Work.parse(sys.argv[2])
    pin(work.threads)
    epoch, predict = prepared(sys.argv[1], work)
    images = np.random.default_rng(1).random((10_000, work.sizes[0]), np.float32)
    number = 0
    print("ready", flush=True)
    for line in sys.stdin:
        task, count = line.split()
        start = time.perf_counter()
        loss = None
        for _ in range(int(count)):
            if task == "predict":
                predict(images)
            else:
                loss, number = epoch(number), number + 1
        seconds = (time.perf_counter() - start) / int(count)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": seconds, "loss": loss, "peak_mb": peak}), flush=True)


if __name__ == "__main__":
    main()
