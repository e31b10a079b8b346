"""What `fnnet trace` is to work out: a network, its loss and examples, from flags, from a file, or from a run."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias, final

import numpy as np

from fnnet.cli.starting import data_of_run
from fnnet.datasets import Dataset
from fnnet.losses import LOSSES, one_hot
from fnnet.models import ACTIVATIONS
from fnnet.network.folds import Params
from fnnet.network.shapes import summarize
from fnnet.runs import Run, load_run
from fnnet.runs.archive import is_archive
from fnnet.runs.recipe import Recipe
from fnnet.runs.saving import load
from fnnet.tables.number_rows import table_in
from fnnet.teaching import LECTURE, Loss, read_weights, weights
from fnnet.values.array import Array
from fnnet.values.errors import UsageError
from fnnet.values.record import frozen

#: A network, its loss, which knows the targets, and the inputs.
Task: TypeAlias = tuple[Params, Loss, Array]


@final
@frozen
class Asked:
    """The flags of `fnnet trace` that say what to work out; None, or nothing, for what was not said."""

    run: Path | None
    weights: Path | None
    activation: str | None
    output: str | None
    loss: str | None
    x: Sequence[str] | None
    target: Sequence[str] | None
    data_dir: Path | None
    mirror: str | None


def task_of(asked: Asked) -> Task:
    """The network, loss and examples that were asked for."""
    return _of_flags(asked) if asked.run is None else _of_run(asked, asked.run)


def _of_flags(asked: Asked) -> Task:
    """The lecture's network, or that of --weights, with the examples that were said."""
    loss = str(Recipe(loss=asked.loss or "mse").loss)
    net = _network(asked, loss)
    x, target = asked.x, asked.target
    if not x and not target and not asked.weights:
        x, target = ["1,0"], ["1" if loss != "cross-entropy" else "0"]
    if not x or not target:
        raise UsageError("say an example: its inputs by --x, such as --x 1,0, and what is wanted by --target")
    inputs = table_in(x, "--x")
    outputs = summarize(net, inputs.shape[1:])[-1].output[-1] if net else 0
    return net, _loss(loss, _targets(target, outputs, loss, ())), inputs


def _loss(name: str, targets: Array) -> Loss:
    loss: Loss = LOSSES[name][0](targets)
    return loss


def _network(asked: Asked, loss: str) -> Params:
    path = asked.weights
    if path and is_archive(path):
        if asked.activation or asked.output:
            raise UsageError(
                f"{path} is a saved network, which has its activations; leave --activation and --output out"
            )
        net: Params = load(path)
        return net
    affines = read_weights(path) if path else weights(LECTURE)
    hidden = Recipe(activation=asked.activation or "sigmoid").activation
    last = asked.output or (hidden if loss == "mse" else "linear")
    if last not in (*ACTIVATIONS, "linear"):
        raise UsageError(f"output must be one of {', '.join(ACTIVATIONS)}, linear, got {last!r}")
    between = [layer for affine in affines[:-1] for layer in (affine, ACTIVATIONS[hidden].layer())]
    return (*between, affines[-1], *([] if last == "linear" else [ACTIVATIONS[last].layer()]))


def _of_run(asked: Asked, path: Path) -> Task:
    """The network of a run, with the examples that were said, or with the first of its data."""
    own = {"weights": asked.weights, "activation": asked.activation, "output": asked.output, "loss": asked.loss}
    for name, said in own.items():
        if said:
            raise UsageError(f"{path} is a run, whose network is what it is; leave --{name} out")
    run = load_run(path)
    loss = str(run.recipe.loss)
    if asked.target and not asked.x:
        raise UsageError("say the inputs of the example by --x, such as --x 1,0")
    if asked.x and asked.target:
        x = _inputs(run, asked.x)
        targets = _targets(asked.target, len(run.classes), loss, run.classes)
        return run.net, _loss(loss, targets), x
    data = data_of_run(run, asked.data_dir, asked.mirror)
    x = _inputs(run, asked.x) if asked.x else data.x[:1]
    labels = np.array([_label(data, row) for row in x])
    return run.net, _loss(loss, _as_loss_takes(labels, len(run.classes), loss)), x


def _inputs(run: Run, said: Sequence[str]) -> Array:
    rows = table_in(said, "--x")
    if rows.shape[1] != math.prod(run.shape):
        raise UsageError(f"--x must have {math.prod(run.shape)} numbers, got {rows.shape[1]}")
    return rows.reshape(-1, *run.shape)


def _label(data: Dataset, row: Array) -> int:
    """The class of a row of the data."""
    places = np.flatnonzero((data.x == row).reshape(len(data.x), -1).all(axis=1))
    if len(places) == 0:
        raise UsageError(f"{data.name} has no row {','.join(map(str, row.ravel()[:8]))}; say its class by --target")
    return int(data.y[places[0]])


def _targets(said: Sequence[str], outputs: int, loss: str, classes: tuple[str, ...]) -> Array:
    """Rows of wanted outputs; or classes, of a run by their names, for the cross-entropy by their numbers."""
    if classes or loss == "cross-entropy":
        names = classes or tuple(map(str, range(outputs)))
        if all(text in names for text in said):
            return _as_loss_takes(np.array([names.index(text) for text in said]), outputs, loss)
        if not all("," in text for text in said):
            raise UsageError(f"--target must be one of the classes {', '.join(names)}, got {', '.join(said)}")
    rows = table_in(said, "--target")
    if rows.shape[1] != outputs:
        raise UsageError(f"--target must have {outputs} numbers, one for each output, got {rows.shape[1]}")
    return rows


def _as_loss_takes(labels: Array, outputs: int, loss: str) -> Array:
    return one_hot(labels, outputs, float) if LOSSES[loss][1] else labels
