"""Where a step's time goes: ``python -m benchmarks.parts HIDDEN THREADS``, the parts of a bare NumPy loop as JSON.

784-HIDDEN-10 by SGD in batches of 128, float32, with nothing of fnnet's around the arithmetic: what a step can't be
faster than as long as it is NumPy's. Medians over three epochs of random bytes, in microseconds.
"""

import json
import statistics
import sys
import time
from collections import defaultdict
from typing import Any

import numpy as np

from benchmarks.work import Work
from benchmarks.worker import pin
from fnnet.values.numeric import ones, row_max, sigmoid


class Clock:
    """Microseconds by part."""

    def __init__(self) -> None:
        self.parts: dict[str, list[float]] = defaultdict(list)
        self.last = time.perf_counter()

    def __call__(self, part: str | None) -> None:
        """The time since the last call belongs to a part, or to none."""
        now = time.perf_counter()
        if part is not None:
            self.parts[part].append((now - self.last) * 1e6)
        self.last = time.perf_counter()


def step(clock: Clock, p: Any, g: Any, x: Any, y: Any, rows: Any, hidden: int) -> Any:
    """One step on flat parameters; the new ones."""
    (W, b, V, c), (dW, db, dV, dc) = (_views(flat, hidden) for flat in (p, g))
    n = len(rows)
    one = ones(n, p.dtype)
    clock(None)
    some = np.take(x, rows, axis=0, mode="clip").astype(np.float32)
    some *= np.float32(1 / 255)
    clock("gather the batch")
    h = np.dot(some, W)
    clock("products of the first layer")
    h += b
    s = sigmoid(h)
    clock("bias and sigmoid, there and back")
    z = np.dot(s, V)
    z += c
    z -= row_max(z)[:, None]
    np.exp(z, out=z)
    z /= np.dot(z, ones(10, z.dtype))[:, None]
    z.reshape(-1)[np.arange(0, 10 * n, 10) + y[rows]] -= 1
    z *= 1 / n
    np.dot(s.T, z, out=dV)
    np.dot(one, z, out=dc)
    d = np.dot(z, V.T)
    clock("second layer and loss")
    slope = 1.0 - s
    slope *= s
    slope *= d
    np.dot(one, slope, out=db)
    clock("bias and sigmoid, there and back")
    np.dot(some.T, slope, out=dW)
    clock("products of the first layer")
    new = g * np.float32(0.1)
    np.subtract(p, new, out=new)
    clock("new parameters")
    return new


def _views(flat: Any, hidden: int) -> tuple[Any, Any, Any, Any]:
    a, b, c = 784 * hidden, 785 * hidden, 795 * hidden
    return flat[:a].reshape(784, hidden), flat[a:b], flat[b:c].reshape(hidden, 10), flat[c:]


def main() -> None:
    """Print the medians."""
    hidden, threads = map(int, sys.argv[1:])
    pin(threads)
    x, y = Work((784, hidden, 10), 128, "sgd", "random").raw()
    rng, clock = np.random.default_rng(0), Clock()
    p = (0.05 * rng.standard_normal(795 * hidden + 10)).astype(np.float32)
    g = np.empty_like(p)
    begin = time.perf_counter()
    for _ in range(3):
        order = rng.permutation(len(x))
        for i in range(0, len(x), 128):
            p = step(clock, p, g, x, y, order[i : i + 128], hidden)
    whole = (time.perf_counter() - begin) / 3 / 469 * 1e6
    twice = ("products of the first layer", "bias and sigmoid, there and back")
    found = {part: statistics.median(each) for part, each in clock.parts.items()}
    for part in twice:
        found[part] = sum(clock.parts[part]) / len(clock.parts[part]) * 2
    print(json.dumps({**found, "all of it": whole}))


if __name__ == "__main__":
    main()
