"""The rows of which a network is most wrong."""

from typing import Any

import numpy as np

from fnnet.learning.metrics import predicted
from fnnet.values.array import Array


def farthest(outputs: Array, y: Array, many: int) -> list[dict[str, Any]]:
    """The rows whose predicted numbers (N,) are the farthest from the true ones, so many, the farthest first.

    >>> farthest(np.array([1.0, 5.0]), np.array([1.5, 2.0]), 1)
    [{'row': 1, 'target': 2.0, 'predicted': 5.0}]
    """
    order = np.argsort(-abs(outputs - y), kind="stable")[:many]
    return [{"row": int(i), "target": float(y[i]), "predicted": float(outputs[i])} for i in order]


def mistaken(p: Array, labels: Array, names: tuple[str, ...], many: int) -> list[dict[str, Any]]:
    """The rows of probabilities (N, K) that say another class than the true one, which was given the least of them.

    >>> [row] = mistaken(np.array([[0.25, 0.75], [0.5, 0.5]]), np.array([0, 0]), ("no", "yes"), 9)
    >>> row["row"], row["class"], row["predicted"], row["probability"], row["of_class"]
    (0, 'no', 'yes', 0.75, 0.25)
    """
    given, made = p[np.arange(len(p)), labels], predicted(p)
    wrong = np.flatnonzero(made != labels)
    order = wrong[np.argsort(given[wrong], kind="stable")][:many]
    return [
        {
            "row": int(i),
            "class": names[labels[i]],
            "predicted": names[made[i]],
            "probability": float(p[i, made[i]]),
            "of_class": float(given[i]),
        }
        for i in order
    ]
