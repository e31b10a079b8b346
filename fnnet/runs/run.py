"""A training run as a value: what was asked for, on which data, and how far it came."""

import difflib
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self, final

from fnnet.datasets import DataError, Dataset, Reading, digest
from fnnet.learning.state import State
from fnnet.network.shapes import summarize
from fnnet.runs.archive import FileError, sentence
from fnnet.runs.build import Experiment, experiment, maker, optimizer_of, targets_of
from fnnet.runs.recipe import Recipe
from fnnet.runs.saving import opened, packed
from fnnet.runs.typed import typed
from fnnet.tables import Schema
from fnnet.values.array import Array
from fnnet.values.record import as_dict, frozen, replace
from fnnet.values.tree import same_arrays

STATE = "state.npz"

#: The numbers in an example above which a file is expected to be at least as large as what it says of them.
LARGEST = 2**24


@final
@frozen
class Source:
    """Where data come from: a name or a path, the folder that keeps them, how they are read, and their SHA-256."""

    name: str
    folder: str | None
    sha256: str
    reading: Reading = Reading()  # a frozen record is safe as a default

    def plain(self) -> dict[str, Any]:
        """All of it as JSON has it."""
        return {**as_dict(self), "reading": as_dict(self.reading)}

    @classmethod
    def of(cls, plain: dict[str, Any]) -> Self:
        """The source from JSON; ValueError where it is none."""
        return typed(cls(**{**plain, "reading": typed(Reading(**plain.get("reading", {})))}))


@final
@frozen
class Run:
    """A training run: from it and its data, everything after follows.

    ``shape`` is that of one example, ``classes`` are their names, none where numbers are predicted, and ``schema`` is
    that of the columns where the data are a table. ``rows`` counts the training rows, those of validation included,
    ``threads`` says how many BLAS threads compute, and
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
    schema: Schema | None = None
    rows: int = 0

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
        """The run's loss, for these class indices or numbers."""
        return maker(self.recipe, self.net)(targets_of(self.recipe, y, len(self.classes)))

    def packed(self, tree: Any) -> bytes:
        """The bytes of a file with the run's state or network in it, and all that is to be known of the run."""
        about = {name: value for name, value in as_dict(self).items() if name not in ("net", "state")}
        records = {"recipe": as_dict(self.recipe), "source": self.source.plain()}
        return packed(tree, run={**about, **records, "schema": self.schema and self.schema.plain()})


def load_run(path: str | os.PathLike[str], layers: Sequence[type] = ()) -> Run:
    """The run in a folder, at its newest saved state, or a network that was taken out of a run, from its file.

    ``layers`` are the classes in it that are not fnnet's own. Raises FileError when there is none, or as `load` does.
    """
    folder = os.path.isdir(path)
    file = Path(path, STATE) if folder else Path(path)
    if folder and not os.path.lexists(file):
        raise FileError(f"{path} holds no run: {STATE} is missing")
    try:
        tree, header = opened(file, layers)
    except FileError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            raise FileError(absent(path)) from error
        raise
    try:
        return _run(tree, dict(header["run"]), file.stat().st_size)
    except Exception as error:  # a header that was made to deceive can be wrong in as many ways as there are fields
        known = error if isinstance(error, ValueError) else f"{type(error).__name__} {error}"
        raise FileError(f"{file} holds no run: {sentence(known)}") from error


def absent(path: str | os.PathLike[str]) -> str:
    """That a run is not there, with the one beside it that is called nearly so, or the command that lists all."""
    place = Path(path)
    beside = [file.parent.name for file in place.parent.glob(f"*/{STATE}")]
    near = difflib.get_close_matches(place.name, beside, n=1)
    if near:
        return f"{path} is not there; did you mean {place.with_name(near[0])}?"
    return f"{path} is not there" + ("" if place.suffix else "; see fnnet runs")


def _run(tree: Any, about: dict[str, Any], size: int) -> Run:
    recipe, source = typed(Recipe(**about.pop("recipe"))), Source.of(about.pop("source"))
    shape, classes = (_tuple(about.pop(name)) for name in ("shape", "classes"))
    schema = Schema.of(plain) if (plain := about.pop("schema", None)) else None
    state = tree if isinstance(tree, State) else None
    net = tree if state is None else state.chosen
    run = typed(Run(recipe, source, shape, classes, net=net, state=state, schema=schema, **about))
    if recipe.loss is None:
        raise ValueError("its recipe names no loss")
    if run.threads < 1:
        raise ValueError(f"threads must be at least 1, got {run.threads}")
    if math.prod(shape) > max(size, LARGEST) or summarize(run.net, shape)[-1].output != (len(classes) or 1,):
        raise ValueError(f"its network does not lead from {shape} to {len(classes) or 1} outputs")
    if schema and shape != (len(schema.columns),):
        raise ValueError(f"its schema has {len(schema.columns)} columns, and an example {shape}")
    if (side := source.reading.size) is not None and shape != (side, side):
        raise ValueError(f"its images are of {shape}, and its pictures are brought to a size of {side}")
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
