"""The results that the README states: ``python -m benchmarks.results [xor] [digits] [mnist] [relu] [peers] ...``.

``--data-dir D`` names the folder with the MNIST files. Accuracies are those of the last state, on the test part;
nothing is chosen by them.
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from fnnet.datasets import Dataset, digits, mnist, xor
from fnnet.learning.evaluation import evaluate
from fnnet.learning.state import State
from fnnet.network.chunks import predict
from fnnet.runs.build import experiment
from fnnet.runs.recipe import RECIPES, Recipe
from fnnet.values.numeric import softmax
from fnnet.values.record import evolve


def trained(recipe: Recipe, data: Dataset) -> tuple[State, float]:
    """The last state of a run, and the seconds that its training took."""
    start = time.perf_counter()
    for state in experiment(recipe, data).states():  # noqa: B007  # the last one is wanted
        pass
    return state, time.perf_counter() - start


def xor_seeds(folder: str) -> None:
    """How many of 1,000 seeds solve XOR to within 0.1 on each row, and the longest training."""
    data, solved, worst, longest = xor(), 0, 0.0, 0.0
    for seed in range(1000):
        state, seconds = trained(evolve(RECIPES["xor"], seed=seed), data)
        away = float(np.abs(softmax(predict(state.params, data.x))[:, 1] - data.y).max())
        solved, worst, longest = solved + (away < 0.1), max(worst, away), max(longest, seconds)
    print(f"xor: {solved} of 1000 seeds solved, farthest output {worst:.3f} off, longest training {longest:.2f} s")


def accuracies(name: str, recipe: Recipe, data: Dataset) -> None:
    """The test accuracy over 5 seeds."""
    found, seconds = [], []
    for seed in range(5):
        run = evolve(recipe, seed=seed)
        state, took = trained(run, data)
        found.append(evaluate(state.params, experiment(run, data).loss, data.x_test, data.y_test)[1])
        seconds.append(took)
    each = " ".join(f"{a:.4f}" for a in found)
    print(f"{name}: mean test accuracy {statistics.mean(found):.4f} ({each}), {statistics.median(seconds):.1f} s a run")


def peers(folder: str) -> None:
    """What scikit-learn reaches on the digits' split, at its defaults; the mean of 5 seeds where there is chance."""
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.neural_network import MLPClassifier

    data = digits()
    x, x_test = (a.reshape(len(a), -1) / 16 for a in (data.x, data.x_test))
    nets = [MLPClassifier(random_state=seed).fit(x, data.y).score(x_test, data.y_test) for seed in range(5)]
    near = KNeighborsClassifier(3).fit(x, data.y).score(x_test, data.y_test)
    print(f"digits by scikit-learn: MLPClassifier {statistics.mean(nets):.3f}, 3 nearest neighbors {near:.3f}")


def load(folder: str) -> None:
    """Seconds to load all 70,000 images from files that are there, the median of 5."""
    took = []
    for _ in range(5):
        begin = time.perf_counter()
        mnist(folder)
        took.append(time.perf_counter() - begin)
    print(f"loading MNIST from {folder}: {statistics.median(took):.3f} s")


def start(folder: str) -> None:
    """Seconds for imports and help, medians of 11 interleaved processes."""
    commands = {
        "python -c 'import numpy'": ["-c", "import numpy"],
        "python -c 'import fnnet'": ["-c", "import fnnet"],
        "python -m fnnet --help": ["-m", "fnnet", "--help"],
    }
    took: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(11):
        for name, command in commands.items():
            begin = time.perf_counter()
            subprocess.run([sys.executable, *command], check=True, capture_output=True)
            took[name].append(time.perf_counter() - begin)
    print("start: " + ", ".join(f"{name} {statistics.median(times):.3f} s" for name, times in took.items()))


RESULTS: dict[str, Callable[[str], Any]] = {
    "xor": xor_seeds,
    "digits": lambda folder: accuracies("digits", RECIPES["digits"], digits()),
    "mnist": lambda folder: accuracies("mnist", RECIPES["mnist"], mnist(folder)),
    "relu": lambda folder: accuracies(
        "mnist --activation relu --epochs 5", evolve(RECIPES["mnist"], activation="relu", epochs=5), mnist(folder)
    ),
    "peers": peers,
    "load": load,
    "start": start,
}


def main() -> None:
    """Print the results that were asked for, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.results", description=__doc__)
    parser.add_argument("results", nargs="*", help="which; all when none is named")
    parser.add_argument("--data-dir", default=".", help="the folder with the MNIST files")
    arguments = parser.parse_args()
    for name in arguments.results or RESULTS:
        RESULTS[name](arguments.data_dir)


if __name__ == "__main__":
    main()
