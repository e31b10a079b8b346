"""A run as it is seen: what trains it again, and what is said of it."""

import os
from collections.abc import Iterable
from itertools import islice
from typing import Any

import numpy as np

from fnnet.datasets import Dataset
from fnnet.datasets.known import KNOWN
from fnnet.learning.arguments import steps_per_epoch
from fnnet.learning.state import first_state
from fnnet.network.shapes import describe, layers_of
from fnnet.runs import Run
from fnnet.runs.archive import FileError
from fnnet.runs.build import Experiment, maker, optimizer_of, targets_of
from fnnet.runs.figure import figure_of
from fnnet.runs.recipe import named_loss
from fnnet.seeing.contents import Subject
from fnnet.seeing.film import Training
from fnnet.values.array import Array
from fnnet.values.fingerprint import fingerprint

#: How many rows of a class, and how many in all, are there to be looked at beside those of each step.
EACH, ALL = 2, 20


def training_of(run: Run, data: Dataset, start: Any = None) -> Training:
    """What trains a run again, up to the state that it is at. Raises DataError for other data than the run's."""
    return trained_by(run.experiment(data, start), run.state.step if run.state else None)


def trained_by(ran: Experiment, steps: int | None = None) -> Training:
    """What trains an experiment, for so many steps, or for all that it has."""
    r = ran.recipe
    size = r.batch_size or len(ran.x)
    many = r.epochs * steps_per_epoch(len(ran.x), size) if steps is None else steps
    return Training(
        first=first_state(ran.net, ran.optimizer, r.seed),
        states=lambda: islice(ran.states(), many),
        x=ran.x,
        targets=ran.targets(ran.y),
        make=ran.loss,
        optimizer=ran.optimizer,
        batch_size=size,
        steps=many,
        metric=figure_of(ran.net).name,
    )


def without_data(run: Run, title: str, why: str) -> tuple[Training, Subject]:
    """What is there of a run whose data can't be had: the network as it stands, and an example that is all zeros."""
    net, state = run.net, run.state
    if state is None:
        raise FileError(f"{title} is a network without its run")
    x, y = np.zeros((1, *run.shape)), np.zeros(1, np.uint8 if run.classes else np.float64)
    optimizer = optimizer_of(run.recipe, max(1, state.step))
    targets = targets_of(run.recipe, y, len(run.classes))
    training = Training(state, lambda: iter(()), x, targets, maker(run.recipe, net), optimizer, 1, 0)
    note = (
        f"There is no film, and nothing of the data: {why}. This is the network as it was saved after step "
        f"{state.step:,}; the example is made of zeros, and you can type another."
    )
    subject = Subject(title, about_run(run), run.classes, run.schema, x[:0], targets[:0], form_of(run), (note,))
    return training, subject


def subject_of(run: Run, data: Dataset, title: str, about: Iterable[tuple[str, str]] = ()) -> Subject:
    """What is said of a run; rows of the test part are there where a step does not take all rows of the data."""
    every = len(data.x) <= (run.recipe.batch_size or len(data.x)) and not run.recipe.validation
    rows = np.zeros(0, np.intp) if every else some_of_each(data.y_test, bool(data.classes))
    targets = targets_of(run.recipe, data.y_test[rows], len(data.classes))
    return Subject(
        title=title,
        about=(*about_run(run), *about),
        classes=data.classes,
        schema=data.schema,
        x=data.x_test[rows],
        targets=targets,
        form=form_of(run),
        data=data,
        probabilities=named_loss(run.recipe).probabilities,
    )


def about_run(run: Run) -> tuple[tuple[str, str], ...]:
    """Lines about a run: its data, its network, how it was trained, and the fingerprint of its state."""
    r = run.recipe
    layers = ", ".join(describe(layer) for _, layer in layers_of(run.net))
    trained = f"{r.epochs:,} epochs, batches of {r.batch_size}, {r.optimizer} with lr {r.lr:g}, seed {r.seed}"
    lines = [
        ("data", os.path.basename(run.source.name)),
        ("network", layers),
        ("loss", str(r.loss)),
        ("trained", trained),
    ]
    return tuple(lines + ([("SHA-256", fingerprint(run.state)[:12])] if run.state else []))


def some_of_each(y: Array, classes: bool) -> Array:
    """The places of the first two rows of each class, twenty in all; of numbers those of the first twenty.

    >>> some_of_each(np.array([1, 1, 0, 1]), True)
    array([0, 1, 2])
    """
    if not classes:
        return np.arange(min(ALL, len(y)))
    firsts = [np.flatnonzero(y == one)[:EACH] for one in np.unique(y)[: ALL // EACH]]
    return np.sort(np.concatenate(firsts)) if firsts else np.zeros(0, np.intp)


def form_of(run: Run) -> dict[str, Any] | None:
    """How a drawing is brought to the form of the run's data; None where nobody knows."""
    if run.source.reading.size is not None:
        return {"size": run.source.reading.size}
    known = KNOWN.get(run.source.name)
    if known is None or known.form is None:
        return None
    form = known.form
    return {"size": form.size, "box": form.box, "byMass": form.by_mass, "brightest": known.brightest}
