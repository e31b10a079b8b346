"""One example of a kept moment, worked out in double precision: the numbers that the page comes to as well."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from fnnet.checking.problem import promoted
from fnnet.layers import Dropout
from fnnet.network.folds import forward
from fnnet.seeing.film import Moment, Training
from fnnet.seeing.stage import ENDLESS, Stage, flat
from fnnet.teaching.board import Board, board
from fnnet.teaching.worked_example import WorkedExample, work_out
from fnnet.values.array import Array
from fnnet.values.record import replace


def of_batch(stage: Stage, run: Training, at: Moment, number: int) -> WorkedExample:
    """Example ``number``, from 1, of the batch of a moment, as its step has it: with what dropout has drawn."""
    return worked(stage, at.state.params, run.make, at.x, run.targets[at.rows], number, at.masks)


def worked(
    stage: Stage,
    net: Any,
    make: Callable[..., Any],
    x: Array,
    targets: Array,
    number: int = 1,
    masks: Mapping[int, Array] = MappingProxyType({}),
) -> WorkedExample:
    """Example ``number`` of these rows as they come to the page, under its own loss."""
    net = promoted(net, np.float64)
    raw = np.asarray(x, np.float64)
    if before := stage.prepares(net):
        raw = forward(before, raw)[0]
    loss = make(stage.targets(targets))
    loss = replace(loss, unit=1.0) if stage.unit else loss
    drawn = {place - stage.written: mask / (1.0 - flat(net)[place].rate) for place, mask in masks.items()}
    return work_out(board(stage.shown(net), loss, ENDLESS), loss, raw, number, drawn)


def dropped(board: Board) -> list[int | None]:
    """For each layer of units, the inputs first, the place on the board of the dropout behind it; None without one."""
    after = (board.levels[0].affine - 1, *(level.output + 1 for level in board.levels))
    layers = dict(enumerate(board.layers))
    return [place if isinstance(layers.get(place), Dropout) else None for place in after]
