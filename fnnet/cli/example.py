"""What `fnnet trace` is to work out: a network, its loss and examples, from flags, from a file, or from a run."""

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

from fnnet.cli.starting import data_of_run
from fnnet.datasets import Dataset
from fnnet.losses import one_hot
from fnnet.models import ACTIVATIONS
from fnnet.network.shapes import summarize
from fnnet.runs import Run, load_run
from fnnet.runs.archive import is_archive
from fnnet.runs.recipe import LOSSES, Recipe
from fnnet.runs.saving import load
from fnnet.teaching import LECTURE, read_weights, weights
from fnnet.values.array import Array

#: A network, the name of its loss, the inputs, and the targets.
Task: TypeAlias = tuple[Any, str, Array, Array]


def of_flags(flags: dict[str, Any]) -> Task:
    """The lecture's network, or that of --weights, with the examples that were said."""
    loss = Recipe(loss=flags["loss"] or "mse").loss
    net = _network(flags, loss)
    x, targets = flags["x"], flags["target"]
    if not x and not targets and not flags["weights"]:
        x, targets = ["1,0"], ["1" if loss != "cross-entropy" else "0"]
    if not x or not targets:
        raise ValueError("say an example: its inputs by --x, such as --x 1,0, and what is wanted by --target")
    inputs = _rows("--x", x)
    outputs = summarize(net, inputs.shape[1:])[-1].output[-1] if net else 0
    return net, loss, inputs, _targets(targets, outputs, loss, ())


def _network(flags: dict[str, Any], loss: str) -> tuple[Any, ...]:
    path = flags["weights"]
    if path and is_archive(path):
        if flags["activation"] or flags["output"]:
            raise ValueError(
                f"{path} is a saved network, which has its activations; leave --activation and --output out"
            )
        net = load(path)
        return net if isinstance(net, tuple) else (net,)
    affines = read_weights(path) if path else weights(LECTURE)
    hidden = Recipe(activation=flags["activation"] or "sigmoid").activation
    last = flags["output"] or (hidden if loss == "mse" else "linear")
    if last not in (*ACTIVATIONS, "linear"):
        raise ValueError(f"output must be one of {', '.join(ACTIVATIONS)}, linear, got {last!r}")
    between = [layer for affine in affines[:-1] for layer in (affine, ACTIVATIONS[hidden]())]
    return (*between, affines[-1], *([] if last == "linear" else [ACTIVATIONS[last]()]))


def of_run(flags: dict[str, Any]) -> Task:
    """The network of a run, with the examples that were said, or with the first of its data."""
    for name in ("weights", "activation", "output", "loss"):
        if flags[name]:
            raise ValueError(f"{flags['run']} is a run, whose network is what it is; leave --{name} out")
    run = load_run(flags["run"])
    loss = run.recipe.loss
    data = None if flags["x"] and flags["target"] else data_of_run(run, flags["data_dir"], flags["mirror"])
    if flags["target"] and not flags["x"]:
        raise ValueError("say the inputs of the example by --x, such as --x 1,0")
    x = _inputs(run, flags["x"]) if flags["x"] else data.x[:1]  # type: ignore[union-attr]  # it was loaded
    if data is None:
        return run.net, loss, x, _targets(flags["target"], len(run.classes), loss, run.classes)
    labels = np.array([_label(data, row) for row in x])
    return run.net, loss, x, _as_loss_takes(labels, len(run.classes), loss)


def _inputs(run: Run, said: Sequence[str]) -> Array:
    rows = _rows("--x", said)
    if rows.shape[1] != math.prod(run.shape):
        raise ValueError(f"--x must have {math.prod(run.shape)} numbers, got {rows.shape[1]}")
    return rows.reshape(-1, *run.shape)


def _label(data: Dataset, row: Array) -> int:
    """The class of a row of the data."""
    found = np.flatnonzero((data.x == row).reshape(len(data.x), -1).all(axis=1))
    if len(found) == 0:
        raise ValueError(f"{data.name} has no row {','.join(map(str, row.ravel()[:8]))}; say its class by --target")
    return int(data.y[found[0]])


def _rows(flag: str, said: Sequence[str]) -> Array:
    rows = [_numbers(flag, text) for text in said]
    for row in rows:
        if len(row) != len(rows[0]):
            raise ValueError(f"{flag} must have as many numbers every time, got {len(rows[0])} and {len(row)}")
    return np.array(rows)


def _numbers(flag: str, text: str) -> list[float]:
    try:
        row = [float(cell) for cell in text.split(",")]
    except ValueError:
        raise ValueError(f"{flag} must be numbers such as 1,0, got {text!r}") from None
    if not np.isfinite(row).all():
        raise ValueError(f"{flag} must be finite numbers, got {text!r}")
    return row


def _targets(said: Sequence[str], outputs: int, loss: str, classes: tuple[str, ...]) -> Array:
    """Rows of wanted outputs; or classes, of a run by their names, for the cross-entropy by their numbers."""
    if classes or loss == "cross-entropy":
        names = classes or tuple(map(str, range(outputs)))
        if all(text in names for text in said):
            return _as_loss_takes(np.array([names.index(text) for text in said]), outputs, loss)
        if not all("," in text for text in said):
            raise ValueError(f"--target must be one of the classes {', '.join(names)}, got {', '.join(said)}")
    rows = _rows("--target", said)
    if rows.shape[1] != outputs:
        raise ValueError(f"--target must have {outputs} numbers, one for each output, got {rows.shape[1]}")
    return rows


def _as_loss_takes(labels: Array, outputs: int, loss: str) -> Array:
    return one_hot(labels, outputs, float) if LOSSES[loss][1] else labels
