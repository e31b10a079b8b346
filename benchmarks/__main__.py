"""fnnet against its peers: ``python -m benchmarks [--data-dir D] [--turns N] [--small]``.

Prints tables of ratios fnnet / peer, below 1 where fnnet is faster, and writes ``benchmarks/results.json``.
"""

import argparse
import json
import math
import platform
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.run import compare
from benchmarks.work import Work

NETS = (((784, 50, 10), 100), ((784, 128, 10), 128), ((784, 800, 10), 128), ((784, 512, 512, 10), 128))
PEERS = ("fnnet", "torch", "jax scan", "sklearn")


def flops(sizes: tuple[int, ...], examples: int) -> float:
    """The multiplications and additions of an epoch's matrix products: forward, dW, and dx but for the first layer."""
    pairs = list(pairwise(sizes))
    return examples * (sum(4.0 * i * o for i, o in pairs) + sum(2.0 * i * o for i, o in pairs[1:]))


def show(title: str, found: dict[str, dict[str, Any]]) -> None:
    """One line of a table."""
    cells = [f"{name} {row['seconds']:.3g} s ({row['ratio']:.2f})" for name, row in found.items()]
    print(f"{title:28} {'  '.join(cells)}", flush=True)


def mean_ratio(rows: list[dict[str, dict[str, Any]]], peer: str) -> float:
    """The geometric mean of the ratios to a peer."""
    return math.exp(sum(math.log(row[peer]["ratio"]) for row in rows) / len(rows))


def environment() -> dict[str, str]:
    """What the figures were measured on."""
    libraries = ("numpy", "torch", "jax", "scikit-learn")
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    cpu = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    return {"cpu": cpu, "python": platform.python_version(), **{name: version(name) for name in libraries}}


def main() -> None:
    """Run all the work and print it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--data-dir", default="random", help="the folder with the MNIST files; random arrays without it"
    )
    parser.add_argument("--turns", type=int, default=5, help="turns of each library, after one to warm up")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--small", action="store_true", help="one small network: to see that the losses agree")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results.json"))
    given = parser.parse_args()
    results: dict[str, Any] = {
        "environment": environment(),
        "threads": given.threads,
        "data": given.data_dir != "random",
    }
    xor = Work((2, 8, 2), 4, "sgd", "xor", "float64", given.threads)
    results["xor step"] = compare(("fnnet", "torch", "jax"), xor, "epoch", 100 if given.small else 2000, given.turns)
    show("XOR step", results["xor step"])
    for optimizer in ("sgd", "adam"):
        rows = []
        for sizes, batch in NETS[:1] if given.small else NETS:
            work = Work(sizes, batch, optimizer, given.data_dir, threads=given.threads)
            rows.append(compare(PEERS, work, "epoch", 1, given.turns))
            results[work.name] = rows[-1]
            show(work.name, rows[-1])
        means = {peer: mean_ratio(rows, peer) for peer in PEERS[1:]}
        results[f"geometric mean {optimizer}"] = means
        print(f"{'geometric mean ' + optimizer:28} " + "  ".join(f"{peer} {mean:.2f}" for peer, mean in means.items()))
    work = Work((784, 128, 10), 128, "sgd", "random", threads=given.threads)
    results["predict 10,000"] = compare(("fnnet", "torch"), work, "predict", 5, given.turns)
    show("predict 10,000", results["predict 10,000"])
    for sizes, batch in () if given.small else (NETS[1], NETS[3]):
        work = Work(sizes, batch, "sgd", given.data_dir, threads=given.threads)
        found = compare(("fnnet", "sgemm"), work, "epoch", 1, given.turns)
        share = flops(sizes, 60_000) / found["fnnet"]["seconds"] / (2.0 * 2048**3 / found["sgemm"]["seconds"])
        results[f"share of sgemm {work.name}"] = share
        print(f"{'share of sgemm ' + work.name:28} {share:.2f}", flush=True)
    given.out.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
