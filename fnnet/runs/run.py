"""A training run as a value: what was asked for, on which data, and how far it came."""

import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self, final

from fnnet.datasets import DataError, Dataset, digest
from fnnet.learning.state import State
from fnnet.network.shapes import summarize
from fnnet.runs.archive import FileError, sentence
from fnnet.runs.build import Experiment, experiment, optimizer_of, targets_of
from fnnet.runs.recipe import LOSSES, Recipe
from fnnet.runs.saving import opened, packed
from fnnet.values.array import Array
from fnnet.values.record import as_dict, frozen, replace
from fnnet.values.tree import same_arrays
from fnnet.values.typed import typed

STATE = "state.npz"

#: The numbers in an example above which a file is expected to be at least as large as what it says of them.
LARGEST = 2**24


@final
@frozen
class Source:
    """Where data come from: a name or a path, the folder that keeps them, and the SHA-256 over all of them.

    ``size`` is that of the images where the path is a folder of pictures.
    """

    name: str
    folder: str | None
    sha256: str
    size: int | None = None


@final
@frozen
class Run:
    """A training run: from it and its data, everything after follows.

    ``shape`` is that of one example, ``classes`` are their names, ``threads`` says how many BLAS threads compute, and
    ``start`` is the fingerprint of the network that it began with, if that was another run's. ``net`` is the network
    to use. A network that was taken out of its run has no ``state``.
    """

    recipe: Recipe
    source: Source
    shape: tuple[int, ...]
    classes: tuple[str, ...]
    threads: int
    start: str | None
    net: Any
    state: State | None = None

    def at(self, state: State) -> Self:
        """The run at another of its states."""
        return replace(self, state=state, net=state.chosen)

    def checked(self, data: Dataset) -> Dataset:
        """The data, if they are those of the run; otherwise DataError."""
        if digest(data) != self.source.sha256:
            raise DataError(f"the data of {self.source.name} are not those of the run: their SHA-256 differs")
        return data

    def experiment(self, data: Dataset, start: Any = None) -> Experiment:
        """What trains the run: ``run.experiment(data).states(run.state)`` goes on with it.

        Raises DataError for other data than the run's.
        """
        return experiment(self.recipe, self.checked(data), start)

    def loss(self, y: Array) -> Any:
        """The run's loss, for these class indices."""
        return LOSSES[self.recipe.loss].make(targets_of(self.recipe, y, len(self.classes)))

    def packed(self, tree: Any) -> bytes:
        """The bytes of a file with the run's state or network in it, and all that is to be known of the run."""
        about = {name: value for name, value in as_dict(self).items() if name not in ("net", "state")}
        return packed(tree, run={**about, "recipe": as_dict(self.recipe), "source": as_dict(self.source)})


def load_run(path: str | os.PathLike[str], layers: Sequence[type] = ()) -> Run:
    """The run in a folder, at its newest saved state, or a network that was taken out of a run, from its file.

    ``layers`` are the classes in it that are not fnnet's own. Raises FileError when there is none, or as `load` does.
    """
    folder = os.path.isdir(path)
    file = Path(path, STATE) if folder else Path(path)
    if folder and not os.path.lexists(file):
        raise FileError(f"{path} holds no run: {STATE} is missing")
    tree, header = opened(file, layers)
    try:
        return _run(tree, dict(header["run"]), file.stat().st_size)
    except Exception as error:  # a header that was made to deceive can be wrong in as many ways as there are fields
        known = error if isinstance(error, ValueError) else f"{type(error).__name__} {error}"
        raise FileError(f"{file} holds no run: {sentence(known)}") from error


def _run(tree: Any, about: dict[str, Any], size: int) -> Run:
    recipe, source = typed(Recipe(**about.pop("recipe"))), typed(Source(**about.pop("source")))
    shape, classes = (_tuple(about.pop(name)) for name in ("shape", "classes"))
    state = tree if isinstance(tree, State) else None
    run = typed(Run(recipe, source, shape, classes, net=tree if state is None else state.chosen, state=state, **about))
    if run.threads < 1:
        raise ValueError(f"threads must be at least 1, got {run.threads}")
    if math.prod(shape) > max(size, LARGEST) or summarize(run.net, shape)[-1].output != (len(classes),):
        raise ValueError(f"its network does not lead from {shape} to {len(classes)} classes")
    if source.size is not None and shape != (source.size, source.size):
        raise ValueError(f"its images are of {shape}, and its pictures are brought to a size of {source.size}")
    if state is not None:
        moments = optimizer_of(recipe, 1).init(()).moments
        if len(moments) != len(state.optimizer.moments):
            raise ValueError(f"{recipe.optimizer} has {len(moments)} moments, got {len(state.optimizer.moments)}")
        for other in (*state.optimizer.moments, *([state.best] if state.best else [])):
            same_arrays(state.params, other)
    return run


def _tuple(values: Any) -> tuple[Any, ...]:
    if not isinstance(values, list):
        raise ValueError(f"its shape and classes must be lists, got {values!r}")
    return tuple(values)
