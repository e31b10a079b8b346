"""Pictures for paper: of a run and of a network, each drawn by matplotlib on axes that are given."""

from fnnet.plotting.counts import confusion_matrix
from fnnet.plotting.curves import epochs, learning_curve
from fnnet.plotting.filters import first_weights
from fnnet.plotting.graph import network
from fnnet.plotting.misread import worst_mistakes
from fnnet.plotting.plane import decision_plane
from fnnet.plotting.scatter import predicted_numbers

__all__ = [
    "confusion_matrix", "decision_plane", "epochs", "first_weights", "learning_curve", "network", "predicted_numbers",
    "worst_mistakes",
]  # fmt: skip
