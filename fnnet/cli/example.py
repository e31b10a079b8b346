"""What `fnnet trace` is to work out: a network, its loss and examples, from flags, a file, a seed, or a run."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Optional, final, get_args

import numpy as np

from fnnet.cli.flags import option
from fnnet.cli.starting import data_of_run
from fnnet.datasets import Dataset
from fnnet.layers import Unstandardize
from fnnet.losses import LOSSES, one_hot
from fnnet.models import ACTIVATIONS
from fnnet.network.folds import Params, forward
from fnnet.network.shapes import summarize
from fnnet.runs import Run, load_run
from fnnet.runs.archive import is_archive
from fnnet.runs.new_rows import frame_of_rows
from fnnet.runs.recipe import Recipe
from fnnet.runs.saving import load
from fnnet.runs.settings import choice
from fnnet.tables import Impute, OneHot
from fnnet.tables.number_rows import numbers_in, table_in
from fnnet.teaching import LECTURE, HalfSquaredError, Loss, exercise, read_weights, weights
from fnnet.teaching.board import check_outputs
from fnnet.teaching.exercise import Task
from fnnet.teaching.network_file import TWO_CLASSES
from fnnet.values.array import Array
from fnnet.values.errors import UsageError
from fnnet.values.record import frozen

#: The losses by their names: the lecture's, and those of runs that can be traced.
TRACED = {
    "half-square": LOSSES["mse"]._replace(make=HalfSquaredError),
    **{name: known for name, known in LOSSES.items() if known.make in get_args(Loss)},
}


@final
@frozen
class Asked:
    """The flags of `fnnet trace` that say what to work out; None, or nothing, for what was not said."""

    run: Path | None
    weights: Path | None
    activation: str | None
    output: str | None
    x: Sequence[str] | None
    target: Sequence[str] | None
    data_dir: Path | None
    mirror: str | None
    random: int | None
    sizes: str | None
    limit: int
    loss: str | None = choice(
        "Its training", None, tuple(TRACED), "E, as the lecture has it (half-square) or as training has it: ",
        optional=True,
    )  # fmt: skip

    @property
    def loss_name(self) -> str:
        """The loss that was said, or the lecture's."""
        return self.loss or "half-square"


TracedLoss = Annotated[Optional[str], option("loss", "half-square, or that of RUN", Asked)]


def task_of(asked: Asked) -> Task:
    """The network, loss and examples that were asked for."""
    if asked.random is not None:
        return _of_seed(asked, asked.random)
    if asked.sizes:
        raise UsageError("--sizes are those of a --random network; say its seed, such as --random 7")
    return _of_flags(asked) if asked.run is None else _of_run(asked, asked.run)


def _of_seed(asked: Asked, seed: int) -> Task:
    """A network and an example with round numbers."""
    own = {"RUN": asked.run, "--weights": asked.weights, "--x": asked.x, "--target": asked.target}
    for name, said in own.items():
        if said:
            raise UsageError(f"--random makes the network, the inputs and the target; leave {name} out")
    loss = asked.loss_name
    usual = "2,2,2" if loss == "cross-entropy" else "2,2,1"
    sizes = numbers_in(asked.sizes or usual, "--sizes", " such as 2,2,1")
    hidden, last = (None if name == "linear" else ACTIVATIONS[name].layer() for name in _activations(asked))
    return exercise(seed, sizes, hidden, last, TRACED[loss].make, limit=asked.limit)


def _of_flags(asked: Asked) -> Task:
    """The lecture's network, or that of --weights, with the examples that were said."""
    loss, net = asked.loss_name, _network(asked)
    x, target = asked.x, asked.target
    if not x and not target and not asked.weights:
        x, target = ["1,0"], ["1"]
    if not x or not target:
        raise UsageError("say an example: its inputs by --x, such as --x 1,0, and what is wanted by --target")
    inputs = table_in(x, "--x")
    outputs = summarize(net, inputs.shape[1:])[-1].output[-1] if net else 0
    check_outputs(loss == "cross-entropy", outputs)
    return net, _loss(loss, _targets(target, outputs, loss, ())), inputs


def _loss(name: str, targets: Array) -> Loss:
    loss: Loss = TRACED[name].make(targets)
    return loss


def _network(asked: Asked) -> Params:
    path = asked.weights
    if path and is_archive(path):
        if asked.activation or asked.output:
            raise UsageError(
                f"{path} is a saved network, which has its activations; leave --activation and --output out"
            )
        net: Params = load(path)
        return net
    own = TWO_CLASSES if asked.loss == "cross-entropy" else LECTURE
    affines = read_weights(path) if path else weights(own)
    hidden, last = _activations(asked)
    between = [layer for affine in affines[:-1] for layer in (affine, ACTIVATIONS[hidden].layer())]
    return (*between, affines[-1], *([] if last == "linear" else [ACTIVATIONS[last].layer()]))


def _activations(asked: Asked) -> tuple[str, str]:
    """The names of the hidden units' activation and of the last units'."""
    hidden = Recipe(activation=asked.activation or "sigmoid").activation
    last = asked.output or (hidden if asked.loss_name in ("half-square", "mse") else "linear")
    if last not in (*ACTIVATIONS, "linear"):
        raise UsageError(f"output must be one of {', '.join(ACTIVATIONS)}, linear, got {last!r}")
    return hidden, last


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
        return _prepared(run, loss, x, _targets(asked.target, len(run.classes) or 1, loss, run.classes))
    data = data_of_run(run, asked.data_dir, asked.mirror)
    x = _inputs(run, asked.x) if asked.x else data.x[:1]
    y = np.array([data.y[_place(data, row)] for row in x])
    return _prepared(run, loss, x, _as_loss_takes(y, len(run.classes), loss) if run.classes else y[:, None])


def _prepared(run: Run, loss: str, x: Array, targets: Array) -> Task:
    """What is worked out of a run: what prepares a table, or gives its numbers their unit, is done already."""
    net = run.net
    begin = max((i + 1 for i, layer in enumerate(net) if isinstance(layer, (Impute, OneHot))), default=0)
    if isinstance(net[-1], Unstandardize):
        net, targets = net[:-1], (targets - net[-1].mean) / net[-1].deviation
    return net[begin:], _loss(loss, targets), forward(net[:begin], x)[0]


def _inputs(run: Run, said: Sequence[str]) -> Array:
    if run.schema:
        return run.schema.encode(frame_of_rows(run, said))
    rows = table_in(said, "--x")
    if rows.shape[1] != math.prod(run.shape):
        raise UsageError(f"--x must have {math.prod(run.shape)} numbers, got {rows.shape[1]}")
    return rows.reshape(-1, *run.shape)


def _place(data: Dataset, row: Array) -> int:
    """Where in the data a row stands."""
    places = np.flatnonzero(np.isclose(data.x, row, 0, 0, equal_nan=True).reshape(len(data.x), -1).all(axis=1))
    if len(places) == 0:
        raise UsageError(f"{data.name} has no row {','.join(map(str, row.ravel()[:8]))}; say its class by --target")
    return int(places[0])


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
    return one_hot(labels, outputs, float) if TRACED[loss].rows else labels
