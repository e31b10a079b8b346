"""The pictures of a run by their names: what each needs, and whether it fits the run."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fnnet.datasets import Dataset
from fnnet.datasets.grays import are_images, grays
from fnnet.learning.metrics import confusion
from fnnet.plotting import counts, curves, filters, graph, misread, plane, scatter
from fnnet.plotting.units import affine_layers, input_names, is_plain
from fnnet.runs.recipe import named_loss
from fnnet.runs.run import Run
from fnnet.runs.wrong_rows import mistaken
from fnnet.values.array import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Size = tuple[float, float]

#: The most mistakes that are drawn, as pictures and as bars.
PICTURES, BARS = 18, 12


class Subject(NamedTuple):
    """A run with its history, its data, and what its network says of the test part; without these, nothing of them."""

    run: Run
    history: curves.History
    rows: Dataset | None = None
    outputs: Array | None = None


class Panel(NamedTuple):
    """A picture of a run: why it can't be one of this run, if so; whether it needs the data; its inches; its drawing.

    ``shown`` says whether it is worth a place among the others.
    """

    refused: Callable[[Run], str | None]
    needs_data: bool
    size: Callable[[Run], Size]
    draw: Callable[["Axes", Subject], "Axes"]
    shown: Callable[[Subject], bool] = lambda of: True


def _no_plane(run: Run) -> str | None:
    if run.shape != (2,):
        return f"a plane is drawn of two inputs, and an example of this run has {'x'.join(map(str, run.shape))}"
    if run.schema and run.schema.categories:
        return "a plane is drawn of two columns of numbers, and this run has one of categories"
    return None


def _draw_plane(ax: "Axes", of: Subject) -> "Axes":
    rows = _rows(of)
    names = of.run.schema.names if of.run.schema else ("x₁", "x₂")
    probabilities = named_loss(of.run.recipe).probabilities
    return plane.decision_plane(ax, of.run.net, rows.x, rows.y, of.run.classes, names, probabilities)


def _no_network(run: Run) -> str | None:
    return None if is_plain(run.net) else "a network is drawn where its layers of units stand one after the other"


def _draw_network(ax: "Axes", of: Subject) -> "Axes":
    return graph.network(ax, of.run.net, names=_inputs(of.run), classes=of.run.classes or _target(of.run))


def _draw_weights(ax: "Axes", of: Subject) -> "Axes":
    shape = of.run.shape if are_images(of.run.shape) else ()
    return filters.first_weights(ax, of.run.net, shape, _inputs(of.run))


def _inputs(run: Run) -> Sequence[str]:
    return input_names(run.net, run.schema) or (["x₁", "x₂"] if run.shape == (2,) else [])


def _target(run: Run) -> list[str]:
    return [run.schema.target] if run.schema else []


def _no_confusion(run: Run) -> str | None:
    return None if run.classes else "a confusion matrix is drawn of classes, and this run predicts numbers"


def _draw_confusion(ax: "Axes", of: Subject) -> "Axes":
    return counts.confusion_matrix(ax, confusion(_outputs(of), _rows(of).y_test), of.run.classes)


def _draw_mistakes(ax: "Axes", of: Subject) -> "Axes":
    rows, outputs = _rows(of), _outputs(of)
    if not of.run.classes:
        return scatter.predicted_numbers(ax, rows.y_test, outputs[:, 0], *_target(of.run))
    worst = _worst(of)
    pictures = list(grays(rows, [row["row"] for row in worst])) if are_images(of.run.shape) and worst else []
    return misread.worst_mistakes(ax, worst, pictures)


def _worst(of: Subject) -> list[misread.Mistake]:
    p = named_loss(of.run.recipe).probabilities(_outputs(of))
    return list(mistaken(p, _rows(of).y_test, of.run.classes, PICTURES if are_images(of.run.shape) else BARS))


def _rows(of: Subject) -> Dataset:
    if of.rows is None:
        raise TypeError("this picture needs the data")
    return of.rows


def _outputs(of: Subject) -> Array:
    return np.empty((0, 1)) if of.outputs is None else of.outputs


def _matrix_size(run: Run) -> Size:
    side = float(np.clip(2.2 + 0.3 * len(run.classes), 3.2, 16.0))
    return side, side


def _weights_size(run: Run) -> Size:
    W = affine_layers(run.net)[0].W
    return (5.6, 4.2) if are_images(run.shape) else (float(np.clip(2.5 + 0.3 * len(W), 4.0, 12.0)), 4.2)


def _network_size(run: Run) -> Size:
    layers = affine_layers(run.net)
    return 2.6 * (len(layers) + 1), float(np.clip(0.55 * min(graph.WHOLE, graph.width_of(run.net)), 2.6, 5.5))


#: The pictures by the names that the command line uses, in their order; the learning curve stands before them.
PANELS = {
    "plane": Panel(_no_plane, True, lambda run: (5.2, 4.0), _draw_plane),
    "network": Panel(
        _no_network, False, _network_size, _draw_network, lambda of: graph.width_of(of.run.net) <= graph.WHOLE
    ),
    "weights": Panel(lambda run: None, False, _weights_size, _draw_weights),
    "confusion": Panel(_no_confusion, True, _matrix_size, _draw_confusion, lambda of: len(of.run.classes) <= 30),
    "mistakes": Panel(
        lambda run: None,
        True,
        lambda run: (7.0, 5.0),
        _draw_mistakes,
        lambda of: not of.run.classes or bool(_worst(of)),
    ),
}
