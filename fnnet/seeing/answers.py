"""What a network says of examples beside what is true: a confusion matrix with the rows behind it, and its mistakes.

Axis letters: N examples, K classes.
"""

from collections.abc import Iterator
from itertools import islice, zip_longest
from typing import final

import numpy as np

from fnnet.learning.metrics import confusion, predicted
from fnnet.runs.wrong_rows import farthest, mistaken
from fnnet.values.array import Array, freeze
from fnnet.values.record import data, frozen

#: The most mistakes and the most rows of one cell, the most classes of a matrix, and the most points of a chart.
WORST, CELL, CLASSES, POINTS = 20, 12, 100, 400


@final
@frozen
class Answers:
    """What is said of N examples: ``outputs`` are probabilities (N, K), or numbers (N, 1).

    ``worst`` are the rows with the worst mistakes, and ``shown`` all that can be shown. Of classes: ``confusion``
    counts (K, K), with rows for the true ones, is None where there are more than 100; ``cells`` are the rows that are
    shown of each cell (true, said), beginning with those that gave the true class the least probability. Of numbers:
    ``points`` are rows of target and prediction, at most 400 of them.
    """

    outputs: Array = data()
    worst: tuple[int, ...]
    shown: tuple[int, ...]
    confusion: Array | None = data(default=None, converter=lambda a: a)
    cells: tuple[tuple[tuple[int, int], tuple[int, ...]], ...] = ()
    points: Array | None = data(default=None, converter=lambda a: a)


def of_classes(p: Array, labels: Array, names: tuple[str, ...], most: int) -> Answers:
    """The answers p (N, K) to labels (N,), with at most so many rows to show: the worst, then some of each cell.

    >>> found = of_classes(np.array([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]]), np.array([0, 1, 1]), ("a", "b"), 9)
    >>> found.worst, found.cells
    ((2,), (((0, 0), (0,)), ((1, 0), (2,)), ((1, 1), (1,))))
    """
    labels = labels.astype(np.intp)
    worst = [row["row"] for row in mistaken(p, labels, names, WORST)]
    cells = dict(_cells(p, labels)) if len(names) <= CLASSES else {}
    turns = (row for turn in zip_longest(*cells.values()) for row in turn if row is not None)
    shown = tuple(islice(dict.fromkeys([*worst, *turns]), most))
    there = frozenset(shown)
    kept = tuple((cell, tuple(row for row in rows if row in there)) for cell, rows in cells.items())
    counts = confusion(p, labels) if len(names) <= CLASSES else None
    return Answers(p, tuple(worst[:most]), shown, counts, kept)


def _cells(p: Array, labels: Array) -> Iterator[tuple[tuple[int, int], list[int]]]:
    """The first rows of each cell that has any."""
    said, given = predicted(p), p[np.arange(len(p)), labels]
    order = np.lexsort((given, said, labels))
    pairs = np.stack([labels[order], said[order]], axis=1)
    starts = np.flatnonzero(np.any(np.diff(pairs, axis=0, prepend=-1), axis=1))
    for start, end in zip(starts, [*starts[1:], len(order)], strict=True):
        yield (int(pairs[start, 0]), int(pairs[start, 1])), order[start : min(end, start + CELL)].tolist()


def of_numbers(outputs: Array, y: Array, most: int) -> Answers:
    """The predicted numbers (N,) beside the true ones.

    >>> of_numbers(np.array([1.0, 5.0]), np.array([1.5, 2.0]), 9).worst
    (1, 0)
    """
    worst = tuple(row["row"] for row in farthest(outputs, y, min(WORST, most)))
    spread = np.linspace(0, len(y) - 1, min(len(y), POINTS)).round().astype(np.intp)
    return Answers(outputs[:, None], worst, worst, points=freeze(np.stack([y[spread], outputs[spread]], axis=1)))
