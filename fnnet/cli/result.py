"""What a training run says: at its beginning, and of its result."""

import math
from typing import Any

import numpy as np

from fnnet.cli.output import number, say, visible
from fnnet.datasets import about
from fnnet.learning.evaluation import evaluate
from fnnet.learning.metrics import r2
from fnnet.learning.state import State
from fnnet.learning.stream import Diverged
from fnnet.network.chunks import predict
from fnnet.network.shapes import describe
from fnnet.runs import Experiment
from fnnet.runs.recipe import Recipe, named_loss
from fnnet.values.array import Array
from fnnet.values.fingerprint import fingerprint
from fnnet.values.record import as_dict
from fnnet.values.tree import count_params

LINEAR = (
    "no hidden layer: softmax regression draws one straight line, and no line has (0,0) and (1,1) on one side "
    "and (0,1) and (1,0) on the other; add a layer, such as --hidden 8"
)


def opening(run: Experiment) -> str:
    """The data, the network and the settings, in three lines."""
    r, data = run.recipe, run.data
    what = f"{len(data.classes)} classes" if data.classes else "numbers to predict"
    notes = "".join(f"  {visible(note)}\n" for note in data.notes)
    return (
        f"{visible(data.name)}: {len(run.x):,} training and {len(data.x_test):,} test examples of "
        f"{'x'.join(map(str, data.x.shape[1:]))}, {what}\n{notes}"
        f"network: {' | '.join(map(describe, run.net))} ({count_params(run.net):,} parameters, {r.dtype})\n"
        f"training: {r.loss}, {r.optimizer}, lr {r.lr:g} {r.schedule}, {_many(r.epochs, 'epoch')} "
        f"in batches of {r.batch_size}, seed {r.seed}"
    )


def place(state: State) -> str:
    """How far a run has come, in words."""
    epochs, steps = _many(state.epoch, "epoch"), _many(state.batch, "step")
    if not state.batch:
        return epochs
    return f"{epochs} and {steps}" if state.epoch else f"{steps} of the first epoch"


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"


def result(run: Experiment, state: State, seconds: float) -> dict[str, Any]:
    """The figures of a state: what ``--json`` prints."""
    net, data = state.chosen, run.data
    loss, score = evaluate(net, run.loss, data.x_test, run.targets(data.y_test))
    finite(loss)
    figures: dict[str, Any] = (
        {"test_accuracy": score} if data.classes else distances(predict(net, data.x_test), data.y_test)
    )
    found: dict[str, Any] = {
        "dataset": data.name,
        "seed": run.recipe.seed,
        "train_examples": len(run.x),
        "test_examples": len(data.x_test),
        "parameters": count_params(net),
        "epochs": state.epoch,
        "steps": state.step,
        "seconds": round(seconds, 4),
        "train_loss": state.mean_loss if state.step else None,
        "test_loss": loss,
        **figures,
        "sha256": fingerprint(net),
        "settings": as_dict(run.recipe),
    }
    if run.validation:
        best = state.best_validation if state.best else None
        found |= {"validation_loss": best, "best_epoch": state.best_epoch}
    known = about(data)
    if known and known.kind == "truth table":
        p = named_loss(run.recipe).probabilities(predict(net, data.x))[:, 1]
        found["truth_table"] = [[*map(int, x), int(y), float(q)] for x, y, q in zip(data.x, data.y, p, strict=True)]
        found["solved"] = bool(np.all(np.abs(p - data.y) < 0.1))
    return found


def distances(outputs: Array, y: Array) -> dict[str, float]:
    """How far predicted numbers (N, 1) are from the true ones (N,), in their unit, and R²."""
    away = outputs[:, 0].astype(np.float64) - y
    rmse, mae = float(np.sqrt(np.mean(away**2))), float(np.mean(abs(away)))
    return {"test_r2": r2(outputs, y), "test_rmse": rmse, "test_mae": mae}


def finite(loss: float) -> float:
    """A loss on the test part; Diverged when it is not finite."""
    if not math.isfinite(loss):
        raise Diverged(
            f"the test loss is {loss}: the network's numbers, or those of a test example, are too large; "
            "try a lower learning rate, or look at the data"
        )
    return loss


def show(found: dict[str, Any], recipe: Recipe, place: str) -> None:
    """Print a result for people, and where in its run it is."""
    if "truth_table" in found:
        say("\n A  B  target  output")
        for a, b, target, p in found["truth_table"]:
            say(f" {a}  {b}  {target:6d}  {p:6.3f}")
        solved = "solved: every output is within 0.1 of its target" if found["solved"] else "not solved"
        say(f"{solved}, after {place} in {found['seconds']:.2f} s")
        if not recipe.hidden:
            say(LINEAR)
        return
    best = f", best epoch {found['best_epoch']}" if "best_epoch" in found else ""
    say(f"{score(found)}, test loss {found['test_loss']:.4f}, after {place} in {found['seconds']:.2f} s{best}")


def score(found: dict[str, Any]) -> str:
    """How good a result is, in words: the accuracy, or R² with the errors in the unit of the targets."""
    if "test_r2" in found:
        errors = f"RMSE {number(found['test_rmse'])}, mean absolute error {number(found['test_mae'])}"
        return f"test R2 {found['test_r2']:.4f}, {errors}, on {found['test_examples']:,} examples"
    right = round(found["test_accuracy"] * found["test_examples"])
    return f"test accuracy {found['test_accuracy']:.4f} ({right:,} of {found['test_examples']:,})"
