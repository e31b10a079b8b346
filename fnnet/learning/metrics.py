"""Figures that say how good a prediction is. N examples, K classes."""

from typing import Any

import numpy as np

from fnnet.values.array import Array, freeze, numbers


def predicted(outputs: Array) -> Array:
    """The class (N,) with the largest output (N, K) for each example.

    >>> predicted(np.array([[0.1, 0.9], [0.7, 0.3]]))
    array([1, 0])
    """
    classes: Array = outputs.argmax(axis=1)
    return classes


def accuracy(outputs: Array, labels: Any) -> float:
    """The share of examples whose largest output (N, K) is that of their label (N,).

    >>> accuracy(np.array([[0.1, 0.9], [0.7, 0.3]]), [1, 1])
    0.5
    """
    return float(np.mean(predicted(outputs) == numbers(labels, "labels")))


def r2(outputs: Array, targets: Any) -> float:
    """R², the share of the targets' variance that the outputs explain: 1 is perfect, and 0 as good as their mean.

    Outputs (N, K) and targets (N, K), or (N,) where K is 1; the mean of the K columns' figures. Where the targets are
    all one number it is 1 if the outputs are that, else 0.

    >>> r2(np.array([[1.0], [2.0], [4.0]]), [1, 2, 3])
    0.5
    """
    y = numbers(targets, "targets").astype(np.float64).reshape(outputs.shape)
    away, spread = np.square(y - outputs).sum(axis=0), np.square(y - y.mean(axis=0)).sum(axis=0)
    constant = spread == 0
    shares = np.where(constant, away == 0, 1 - away / np.where(constant, 1.0, spread))
    return float(shares.mean())


def confusion(outputs: Array, labels: Any) -> Array:
    """Counts (K, K): the row is the true class, the column the predicted one.

    >>> confusion(np.array([[0.1, 0.9], [0.7, 0.3]]), [1, 1])
    array([[0, 0],
           [1, 1]])
    """
    k = outputs.shape[1]
    cells = numbers(labels, "labels").astype(np.intp) * k + predicted(outputs)
    return freeze(np.bincount(cells, minlength=k * k).reshape(k, k))


def precision_recall(counts: Array) -> tuple[Array, Array]:
    """For each class, from `confusion` (K, K): which share of its predictions was right, and of its examples found.

    NaN where there are none.

    >>> precision_recall(np.array([[3, 1], [0, 2]]))
    (array([1.        , 0.66666667]), array([0.75, 1.  ]))
    """
    right = np.diagonal(counts).astype(float)
    predicted, there = counts.sum(axis=0), counts.sum(axis=1)
    nothing = np.full(len(counts), np.nan)
    return (
        freeze(np.divide(right, predicted, out=nothing.copy(), where=predicted > 0)),
        freeze(np.divide(right, there, out=nothing, where=there > 0)),
    )
