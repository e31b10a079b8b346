"""Training as a stream of states: its arguments, one step in a clear and a fused form, the stream, and figures."""

from fnnet.learning.evaluation import evaluate
from fnnet.learning.metrics import accuracy, confusion, precision_recall, predicted, r2
from fnnet.learning.state import State
from fnnet.learning.stream import Diverged, fit, train

__all__ = [
    "Diverged", "State", "accuracy", "confusion", "evaluate", "fit", "precision_recall", "predicted", "r2", "train",
]  # fmt: skip
