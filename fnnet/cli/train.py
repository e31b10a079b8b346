"""`fnnet train`: a network from a data set, with its figures on the test part."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from fnnet.cli import options as o
from fnnet.cli.output import complain, err, print_json, say
from fnnet.cli.progress import watched
from fnnet.cli.threads import limited
from fnnet.datasets import Dataset
from fnnet.experiment import Experiment, experiment
from fnnet.numeric import sigmoid, softmax
from fnnet.prediction import evaluate, predict
from fnnet.recipe import Recipe
from fnnet.record import as_dict
from fnnet.stream import State, first_state
from fnnet.summary import describe
from fnnet.tree import count_params, fingerprint

LINEAR = (
    "no hidden layer: softmax regression draws one straight line, and no line has (0,0) and (1,1) on one side "
    "and (0,1) and (1,0) on the other; add a layer, such as --hidden 8"
)


def train(
    data: o.Data,
    hidden: o.Hidden = None,
    activation: o.Activation = None,
    dropout: o.DropoutRate = None,
    batch_norm: o.BatchNorm = None,
    shift: o.Shift = None,
    dtype: o.Dtype = None,
    loss: o.Loss = None,
    optimizer: o.Optimizer = None,
    lr: o.Lr = None,
    schedule: o.Schedule = None,
    momentum: o.Momentum = None,
    weight_decay: o.WeightDecay = None,
    epochs: o.Epochs = None,
    batch_size: o.BatchSize = None,
    seed: o.Seed = None,
    validation: o.Validation = None,
    patience: o.Patience = None,
    data_dir: o.DataDir = None,
    mirror: o.Mirror = None,
    json: o.Json = False,
    quiet: o.Quiet = False,
) -> None:
    """Train a network on DATA and test it. Every flag has a good default for each data set.

    fnnet train digits                      1,797 real handwritten digits that come with fnnet

    fnnet train xor --hidden none           softmax regression, which cannot solve it

    fnnet train mnist --activation relu     28x28 images; torchvision downloads them once

    fnnet train iris.csv --hidden 16        your own: numbers, and the class in the last column
    """
    recipe = o.recipe_of(data, locals())
    given = o.data_of(data, data_dir, mirror, recipe.seed)
    run = experiment(recipe, given)
    if not (quiet or json):
        say(_opening(run, given))
    state, seconds, interrupted = _follow(run, given, err.is_terminal and not quiet)
    result = _result(run, given, state, seconds)
    print_json(result) if json else _print(result, given, recipe)
    if interrupted:
        complain(f"stopped after epoch {state.epoch} by Ctrl-C; the figures are those of the network so far")
        raise SystemExit(130)


def _follow(run: Experiment, data: Dataset, shown: bool) -> tuple[State, float, bool]:
    """The last state, the seconds that training took, and whether Ctrl-C ended it."""
    accuracy: dict[int, float] = {}
    x, y = run.validation or (data.x_test, data.y_test)
    targets = run.targets(y)
    state = first_state(run.net, run.optimizer, run.recipe.seed)
    states = watched(run.states(state), run, accuracy, shown)
    start = looked = time.perf_counter()
    apart = 0.0
    try:
        with limited(run), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            for state in states:
                before = time.perf_counter()
                if shown and state.batch == 0 and before - looked > 0.1:
                    accuracy[state.epoch] = evaluate(state.params, run.loss, x, targets)[1]
                    looked = time.perf_counter()
                    apart += looked - before
    except KeyboardInterrupt:
        return state, time.perf_counter() - start - apart, True
    return state, time.perf_counter() - start - apart, False


def _opening(run: Experiment, data: Dataset) -> str:
    r = run.recipe
    return (
        f"{data.name}: {len(run.x):,} training and {len(data.x_test):,} test examples of "
        f"{'x'.join(map(str, data.x.shape[1:]))}, {len(data.classes)} classes\n"
        f"network: {' | '.join(map(describe, run.net))} ({count_params(run.net):,} parameters, {r.dtype})\n"
        f"training: {r.loss}, {r.optimizer}, lr {r.lr:g} {r.schedule}, {r.epochs:,} epochs "
        f"in batches of {r.batch_size}, seed {r.seed}"
    )


def _result(run: Experiment, data: Dataset, state: State, seconds: float) -> dict[str, Any]:
    net = state.chosen
    loss, accuracy = evaluate(net, run.loss, data.x_test, run.targets(data.y_test))
    result = {
        "data": data.name,
        "train_examples": len(run.x),
        "test_examples": len(data.x_test),
        "parameters": count_params(net),
        "epochs": state.epoch,
        "steps": state.step,
        "seconds": round(seconds, 4),
        "train_loss": state.mean_loss if state.step else None,
        "test_loss": loss,
        "test_accuracy": accuracy,
        "sha256": fingerprint(net),
        "settings": as_dict(run.recipe),
    }
    if run.validation:
        result |= {"validation_loss": state.best_validation, "best_epoch": state.best_epoch}
    if data.name == "xor":
        p = probabilities(predict(net, data.x), run.recipe.loss)[:, 1]
        result["rows"] = [[*map(int, x), int(y), float(q)] for x, y, q in zip(data.x, data.y, p, strict=True)]
        result["solved"] = bool(np.all(np.abs(p - data.y) < 0.1))
    return result


def probabilities(outputs: Any, loss: str) -> Any:
    """What a network trained with this loss says of each class, from 0 to 1."""
    given: dict[str, Callable[[Any], Any]] = {"cross-entropy": softmax, "sigmoid": sigmoid}
    return given[loss](outputs) if loss in given else outputs


def _print(result: dict[str, Any], data: Dataset, recipe: Recipe) -> None:
    if "rows" in result:
        say("\n A  B  target  output")
        for a, b, target, p in result["rows"]:
            say(f" {a}  {b}  {target:6d}  {p:6.3f}")
        solved = "solved: every output is within 0.1 of its target" if result["solved"] else "not solved"
        say(f"{solved}, after {result['epochs']:,} epochs in {result['seconds']:.2f} s")
        if not recipe.hidden:
            say(LINEAR)
        return
    right = round(result["test_accuracy"] * result["test_examples"])
    best = f", best epoch {result['best_epoch']}" if "best_epoch" in result else ""
    say(
        f"test accuracy {result['test_accuracy']:.4f} ({right:,} of {result['test_examples']:,}), "
        f"test loss {result['test_loss']:.4f}, after {result['epochs']:,} epochs in {result['seconds']:.2f} s{best}"
    )
