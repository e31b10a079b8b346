"""A complete moment of a training run, and which runs may go on from it."""

import math
from textwrap import shorten
from typing import Any, final

from fnnet.learning.arguments import Arguments
from fnnet.network.folds import Params
from fnnet.network.shapes import describe, layers_of
from fnnet.optimizers import Optimizer, OptimizerState
from fnnet.values.errors import UsageError
from fnnet.values.keys import Purpose, key
from fnnet.values.record import frozen, sub
from fnnet.values.tree import same_arrays


@final
@frozen
class State:
    """A complete moment of a training run: from it, and the data, everything after follows.

    ``epoch`` counts finished epochs, ``step`` all steps, ``batch`` those of the epoch under way: 0 says that an
    epoch has just ended. ``loss`` and ``lr`` are the last step's, None before the first; ``total`` and
    ``examples`` sum up the epoch's, which has ``epoch_size`` examples in all, 0 where that is not known. So does
    ``metric_total`` with the metric of `train`, and ``validation_metric`` is the second figure of `evaluate` on the
    validation set; both are None without a metric.
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
    epoch_size: int = 0
    metric_total: float | None = None
    validation: float | None = None
    validation_metric: float | None = None
    best_validation: float = math.inf
    best_epoch: int = 0
    stopped: bool = False

    def __repr__(self) -> str:
        loss = None if self.loss is None else f"{self.loss:.4g}"
        layers = shorten(", ".join(self._layers().values()), 50, placeholder=" ...")
        return f"State(epoch={self.epoch}, step={self.step}, loss={loss}, params=({layers}))"

    def shown(self) -> dict[str, Any]:
        """For a notebook: the figures that there are, and the layers one by one."""
        figures = {name: getattr(self, name) for name in ("loss", "lr", "validation")}
        told = {name: f"{value:.4g}" for name, value in figures.items() if value is not None}
        return {"epoch": self.epoch, "step": self.step} | told | self._layers()

    def _layers(self) -> dict[str, str]:
        return {f"layer {place}": describe(layer) for place, layer in layers_of(self.params)}

    @property
    def mean_loss(self) -> float:
        """The mean loss of the examples seen in this epoch, or the one just ended."""
        return self.total / self.examples if self.examples else math.nan

    @property
    def mean_metric(self) -> float | None:
        """The mean of the metric over the same examples, each at the step that learned from it; None without one."""
        return None if self.metric_total is None or not self.examples else self.metric_total / self.examples

    @property
    def chosen(self) -> Any:
        """The network to use: the best one on the validation set, or the last where there is none."""
        return self.best or self.params


def first_state(net: Params, optimizer: Optimizer, seed: int) -> State:
    """The state before the first step. Raises ValueError for a seed that is not from 0 to 2**32 - 1."""
    return State(params=net, optimizer=optimizer.init(net), best=(), seed=key(seed, Purpose.SHUFFLE).seed)


def check_state(state: Any, net: Params, args: Arguments, epochs: int) -> None:
    """Raise UsageError, saying what differs, unless a run of this network with these arguments may go on from a state.

    At the end of an epoch the batch size, the data and an optimizer's settings may be others; in the midst none may.
    Where nothing is left to train, nothing is asked.
    """
    if not isinstance(state, State):
        raise UsageError(f"state must be a State, as train gives them, got {type(state).__name__}")
    if state.stopped or state.epoch >= epochs:
        return
    _check_alike("network", net, state.params)
    here, there = args.optimizer.init(state.params).moments, state.optimizer.moments
    if len(here) != len(there):
        name = type(args.optimizer).__name__
        raise UsageError(f"state is of another optimizer: {name} keeps {len(here)} moments, the state {len(there)}")
    _check_alike("optimizer", here, there)
    _check_place(state, args)


def _check_alike(whose: str, here: Any, there: Any) -> None:
    try:
        same_arrays(here, there)
    except ValueError as error:
        raise UsageError(f"state is of another {whose}: {error}") from None


def _check_place(state: State, args: Arguments) -> None:
    size, examples = args.batch_size, len(args.x)
    if state.batch and (state.examples != state.batch * size or state.epoch_size not in (0, examples)):
        there = f"after {state.batch} batches of {state.examples // state.batch}"
        many = f" among {state.epoch_size} examples" if state.epoch_size else ""
        raise UsageError(
            f"state stands amid an epoch, {there}{many}: go on with these, not with batches of {size} among {examples}"
        )
    if state.batch >= args.steps:
        raise UsageError(f"state stands after {state.batch} batches of an epoch, which has but {args.steps} here")
