"""The comparisons side by side in one process each: the XOR step, epochs of four networks, prediction, the limit."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from benchmarks.peers.sgemm import PRODUCTS
from benchmarks.run import compare
from benchmarks.work import Work

#: The networks and their batches.
NETS = (((784, 50, 10), 100), ((784, 128, 10), 128), ((784, 800, 10), 128), ((784, 512, 512, 10), 128))
PEERS = ("fnnet", "torch", "jax scan", "sklearn")
Rows = dict[str, dict[str, Any]]


def show(title: str, found: Rows) -> Rows:
    """Print one line of a table."""
    cells = [f"{name} {row['seconds']:.3g} s ({row['ratio']:.2f})" for name, row in found.items()]
    print(f"{title:34} {'  '.join(cells)}", flush=True)
    return found


def mean_ratio(rows: Sequence[Rows], peer: str) -> float:
    """The geometric mean of the ratios to a peer."""
    return math.exp(sum(math.log(row[peer]["ratio"]) for row in rows) / len(rows))


def xor_step(threads: int, turns: int, small: bool) -> Rows:
    """A step of XOR 2-8-2 on all four rows."""
    work = Work((2, 8, 2), 4, "sgd", "xor", "float64", threads)
    return show("XOR step", compare(("fnnet", "torch", "jax"), work, "epoch", 100 if small else 2000, turns))


def epochs(data: str, threads: int, turns: int, small: bool) -> dict[str, Any]:
    """An epoch of each network, by SGD and by Adam, and the geometric means."""
    found: dict[str, Any] = {}
    for optimizer in ("sgd", "adam"):
        works = [Work(sizes, batch, optimizer, data, threads=threads) for sizes, batch in NETS[: 1 if small else None]]
        rows = {work.name: show(work.name, compare(PEERS, work, "epoch", 1, turns)) for work in works}
        means = {peer: mean_ratio(list(rows.values()), peer) for peer in PEERS[1:]}
        print(f"{'geometric mean ' + optimizer:34} " + "  ".join(f"{peer} {mean:.2f}" for peer, mean in means.items()))
        found[optimizer] = {"rows": rows, "means": means}
    return found


def prediction(threads: int, turns: int) -> Rows:
    """The outputs of 784-128-10 for 10,000 images."""
    work = Work((784, 128, 10), 128, "sgd", "random", threads=threads)
    return show("predict 10,000", compare(("fnnet", "torch"), work, "predict", 5, turns))


def flops(sizes: tuple[int, ...], examples: int) -> float:
    """The multiplications and additions of an epoch's matrix products: forward, dW, and dx but for the first layer."""
    pairs = list(pairwise(sizes))
    return examples * (sum(4.0 * i * o for i, o in pairs) + sum(2.0 * i * o for i, o in pairs[1:]))


def limits(data: str, threads: int, turns: int) -> dict[str, float]:
    """How much of the sgemm rate, of 2048 x 2048 float32 in the same run, an epoch's products reach."""
    shares = {}
    for sizes, batch in (NETS[1], NETS[3]):
        work = Work(sizes, batch, "sgd", data, threads=threads)
        found = compare(("fnnet", "sgemm"), work, "epoch", 1, turns)
        rate = 2.0 * 2048**3 * PRODUCTS / found["sgemm"]["seconds"]
        shares[work.name] = flops(sizes, 60_000) / found["fnnet"]["seconds"] / rate
        print(f"{'share of sgemm ' + work.name:34} {shares[work.name]:.2f} of {rate / 1e9:.0f} GFLOP/s", flush=True)
    return shares
