"""scikit-learn's MLPClassifier: it shuffles by itself, so its loss agrees only roughly."""

from collections.abc import Callable
from typing import Any

from sklearn.neural_network import MLPClassifier

from benchmarks.work import LR, Work


def prepare(work: Work) -> tuple[Callable[[int], float], Callable[[Any], Any]]:
    """``partial_fit`` is one epoch over the batches."""
    x, y = work.load()
    net = MLPClassifier(
        work.sizes[1:-1], activation="logistic", solver=work.optimizer, alpha=0.0, batch_size=work.batch, momentum=0.0,
        learning_rate_init=LR[work.optimizer], random_state=0, nesterovs_momentum=False,
    )  # fmt: skip
    net.partial_fit(x[: work.batch], y[: work.batch], classes=list(range(work.sizes[-1])))
    for layer, (W, b) in enumerate(work.weights()):
        net.coefs_[layer][...], net.intercepts_[layer][...] = W, b

    def epoch(number: int) -> float:
        net.partial_fit(x, y)
        return float(net.loss_)

    return epoch, net.predict_proba
