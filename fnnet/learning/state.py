"""A complete moment of a training run."""

import math
from typing import Any, final

from fnnet.network.folds import Params
from fnnet.optimizers import Optimizer, OptimizerState
from fnnet.values.keys import Purpose, key
from fnnet.values.record import frozen, sub
from fnnet.values.typed import typed


@final
@frozen
class State:
    """A complete moment of a training run: from it, and the data, everything after follows.

    ``epoch`` counts finished epochs, ``step`` all steps, ``batch`` those of the epoch under way: 0 says that an
    epoch has just ended. ``loss`` and ``lr`` are the last step's, None before the first; ``total`` and
    ``examples`` sum up the epoch's.
    """

    params: Any = sub()
    optimizer: OptimizerState = sub()
    best: Any = sub()
    seed: int
    epoch: int = 0
    step: int = 0
    batch: int = 0
    loss: float | None = None
    lr: float | None = None
    total: float = 0.0
    examples: int = 0
    validation: float | None = None
    best_validation: float = math.inf
    best_epoch: int = 0
    stopped: bool = False

    @property
    def mean_loss(self) -> float:
        """The mean loss of the examples seen in this epoch, or the one just ended."""
        return self.total / self.examples if self.examples else math.nan

    @property
    def chosen(self) -> Any:
        """The network to use: the best one on the validation set, or the last where there is none."""
        return self.best or self.params


def checked(state: State) -> State:
    """The state, if its figures can be those of a run; otherwise ValueError. For states that come from outside."""
    typed(state)
    counts = {name: getattr(state, name) for name in ("epoch", "step", "batch", "examples", "best_epoch")}
    for name, value in {**counts, "optimizer.step": state.optimizer.step}.items():
        if not 0 <= value < 2**63:
            raise ValueError(f"{name} must be a whole number of at least 0, got {value}")
    key(state.seed, Purpose.SHUFFLE)
    return state


def first_state(net: Params, optimizer: Optimizer, seed: int) -> State:
    """The state before the first step. Raises ValueError for a seed that is not from 0 to 2**32 - 1."""
    return State(params=net, optimizer=optimizer.init(net), best=(), seed=key(seed, Purpose.SHUFFLE).seed)
