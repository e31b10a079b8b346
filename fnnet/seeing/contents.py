"""What the page is given of a run: a few words and formulas as JSON, and all numbers as the run's arrays hold them."""

from collections.abc import Callable, Iterator
from typing import Any, final

import numpy as np

from fnnet.checking.problem import promoted
from fnnet.datasets import Dataset
from fnnet.layers import Dropout, Scale, Standardize
from fnnet.network.chunks import cast
from fnnet.network.modes import offers
from fnnet.network.shapes import describe, layers_of
from fnnet.optimizers import Adam, AdamW
from fnnet.seeing.film import Film, Moment, Training
from fnnet.seeing.packing import narrow, packed
from fnnet.seeing.recorded import recorded
from fnnet.seeing.seen_weights import names_of_inputs
from fnnet.seeing.stage import Stage
from fnnet.seeing.worked import dropped, of_batch
from fnnet.seeing.written_rules import formulas
from fnnet.tables import Impute, OneHot, Schema
from fnnet.teaching.board import Board
from fnnet.values.array import Array
from fnnet.values.numeric import softmax
from fnnet.values.record import data, frozen
from fnnet.values.tree import dtype_of, leaves


@final
@frozen
class Subject:
    """What is shown, in words: the title, lines about it, the names of classes, and the schema of a table's columns.

    ``x`` (N, ...) and ``targets`` are rows to look at beside those of each step; ``form`` is how a drawing is brought
    to the form of the data, None where nobody knows. ``notes`` are sentences on what the page can't show.
    The network is asked about the test part of ``data``, and ``probabilities`` makes those of its outputs.
    """

    title: str
    about: tuple[tuple[str, str], ...]
    classes: tuple[str, ...]
    schema: Schema | None
    x: Array = data()
    targets: Array = data()
    form: dict[str, Any] | None = None
    notes: tuple[str, ...] = ()
    data: Dataset | None = None
    probabilities: Callable[[Array], Array] = softmax


def contents(film: Film, run: Training, stage: Stage, subject: Subject) -> tuple[dict[str, Any], str]:
    """All that the page knows of a run: what becomes JSON, and the text of the arrays."""
    pool, rows = _pool(film, run, stage, subject)
    kept = film.moments
    named = {**pool, "rows": np.concatenate(rows).astype(np.uint32), "loss": film.loss, "metric": film.metric}
    named |= {f"masks{n}": _bits(kept, place) for n, place in enumerate(kept[0].masks)}
    written = stage.board and _written(stage.board, stage, run, kept[0], subject)
    told, more = (written, {}) if written else recorded(kept, run, stage)
    entries, text = packed(named, _films(kept, stage) | more)
    sizes = [len(at.rows) for at in kept]
    other = stage.changes(kept[0].state.params)  # then rows have no columns and are no drawings
    schema = None if other else subject.schema
    about: dict[str, Any] = {
        "title": subject.title,
        "about": subject.about,
        "classes": subject.classes,
        "columns": schema and [[c.name, list(c.categories)] for c in schema.columns],
        "target": subject.schema and subject.schema.target,
        "form": None if other else subject.form,
        "shape": kept[0].x.shape[1:],
        "unit": stage.unit,
        "steps": len(film.loss),
        "kept": [at.state.step for at in kept],
        "epochs": [at.state.epoch for at in kept],
        "lr": [at.lr for at in kept],
        "batch": sizes,
        "watched": len(pool["origin"]) - len(subject.x),
        "metric": run.metric,
        "validation": film.validation,
        "optimizer": type(run.optimizer).__name__,
        "why": stage.why,
        "notes": subject.notes,
        "arrays": entries,
    }
    return about | told, text


def _written(board: Board, stage: Stage, run: Training, first: Moment, subject: Subject) -> dict[str, Any]:
    """The layers of a network whose formulas are known, and these."""
    example, net = of_batch(stage, run, first, 1), first.state.params
    other = stage.changes(net)
    schema = None if other else subject.schema
    places = dropped(board)
    drawn = [place - stage.written for place in first.masks]
    dropout = [_dropout(board, place, drawn) for place in places]
    levels = [{"function": level.function and level.function.letter, "slope": level.slope} for level in board.levels]
    prepares = stage.prepares(promoted(net, np.float64))
    return {
        "sizes": board.sizes,
        "outputs": board.sizes[-1],
        "first": list(map(_plain, (*prepares, *example.board.first))),
        "raw": len(prepares),
        "inputs": names_of_inputs(prepares, schema, board.sizes[0]) if schema else None,
        "levels": levels,
        "dropout": dropout,
        "softmax": board.softmax,
        "loss": type(example.loss).__name__,
        "formulas": formulas(example, run.optimizer, len(first.rows)),
        "meanings": [*([_before(net, stage)] if other else []), *_meanings(board, run.optimizer, any(dropout))],
    }


def _before(net: Any, stage: Stage) -> str:
    """What rows are that come to the page as something else than they were."""
    place, layer = list(layers_of(net))[stage.begin - 1]
    return f"The inputs are what comes out of layer {place} ({describe(layer)}), before which nothing is trained."


def _meanings(board: Board, optimizer: Any, drops: bool) -> Iterator[str]:
    """What the formulas do not say themselves."""
    functions = {level.function.letter: level.function for level in board.levels if level.function}
    yield from (function.noted() for function in functions.values() if function.note)
    if drops:
        yield "r is what dropout multiplies a unit by: 0, or 1/(1 - rate) where the unit is kept; 1 in a test row."
    if isinstance(optimizer, Adam | AdamW):
        yield "c1 means 1 - beta1^t, and c2 means 1 - beta2^t, for step t, counted from 1."


def _dropout(board: Board, place: int | None, drawn: list[int]) -> dict[str, Any] | None:
    """The rate of the dropout at a place, and which of the masks is its."""
    layer = None if place is None else board.layers[place]
    if place is None or not isinstance(layer, Dropout) or place not in drawn:
        return None
    return {"rate": layer.rate, "mask": drawn.index(place)}


def _plain(layer: Any) -> dict[str, Any]:
    """A layer that prepares a row, as JSON."""
    match layer:
        case Scale(factor):
            return {"kind": "Scale", "factor": float(factor)}
        case Standardize():
            return {"kind": "Standardize", "mean": layer.mean.tolist(), "deviation": layer.deviation.tolist()}
        case Impute():
            return {"kind": "Impute", "fill": layer.fill.tolist(), "indicators": layer.indicators}
        case OneHot():
            return {"kind": "OneHot", "codes": layer.codes}
    return {"kind": type(layer).__name__}


def _pool(film: Film, run: Training, stage: Stage, subject: Subject) -> tuple[dict[str, Array], list[Array]]:
    """All rows that the page shows, each once unless it is drawn anew at each step; and where those of each batch are.

    The last are those that belong to no batch.
    """
    moments = film.moments
    net = moments[0].state.params
    more = stage.come(net, cast(subject.x, dtype_of(net)))
    every = np.concatenate([at.rows for at in moments])
    if stage.begin and offers(net, "training"):
        origin, x = every, np.concatenate([at.x for at in moments])
        places = np.arange(len(every))
    else:
        origin, first, places = np.unique(every, return_index=True, return_inverse=True)
        x = np.concatenate([at.x for at in moments])[first]
    targets = np.concatenate([run.targets[origin], subject.targets])
    targets = targets.astype(np.uint32) if targets.dtype.kind in "iu" else stage.targets(targets).astype(np.float64)
    pool = {
        "x": narrow(np.concatenate([x, more]).reshape(len(x) + len(more), -1)),
        "targets": targets,
        "origin": np.concatenate([origin, np.arange(len(more))]).astype(np.uint32),
    }
    return pool, np.split(places, np.cumsum([len(at.rows) for at in moments])[:-1])


def _films(moments: tuple[Moment, ...], stage: Stage) -> dict[str, Array]:
    """The numbers of the network, and what the optimizer remembers of each, at every moment, (M, P)."""
    trees = [(at.state.params, *at.state.optimizer.moments) for at in moments]
    names = ["net", *(f"moment{i}" for i in range(len(trees[0]) - 1))]
    return {name: np.stack([_row(tree[i], stage) for tree in trees]) for i, name in enumerate(names)}


def _row(tree: Any, stage: Stage) -> Array:
    found = [a.ravel() for layer in stage.shown(tree) for a in leaves(layer).values()]
    return np.concatenate(found)


def _bits(moments: tuple[Moment, ...], place: int) -> Array:
    return np.concatenate([np.packbits(at.masks[place], axis=1) for at in moments])
