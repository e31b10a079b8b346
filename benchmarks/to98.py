"""fnnet's training to 98.0 %: ``python -m benchmarks.to98 FOLDER SEED LR EPOCHS THREADS``, for `benchmarks.whole`."""

import json
import sys
import time
from pathlib import Path

from benchmarks.worker import pin
from fnnet.datasets import mnist
from fnnet.learning.evaluation import evaluate
from fnnet.runs.build import experiment
from fnnet.runs.recipe import Recipe


def main() -> None:
    """Print the seconds in the loop, evaluation left out, the epochs and the accuracy, as JSON."""
    folder, seed, lr, epochs, threads = sys.argv[1], *map(float, sys.argv[2:])
    pin(int(threads))
    data = mnist(Path(folder))
    recipe = Recipe(hidden=(256,), activation="relu", lr=lr, batch_size=128, epochs=int(epochs), seed=int(seed))
    run = experiment(recipe, data)
    seconds, start = 0.0, time.perf_counter()
    for state in run.states():
        if state.batch == 0:
            seconds += time.perf_counter() - start
            accuracy = evaluate(state.params, run.loss, data.x_test, data.y_test)[1]
            if accuracy >= 0.98:
                break
            start = time.perf_counter()
    print(json.dumps({"seconds": seconds, "epochs": state.epoch, "accuracy": accuracy}))


if __name__ == "__main__":
    main()
