"""The history of a run: a row for each epoch, as text that keeps every bit."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from fnnet.learning.state import State
from fnnet.tables.opening import open_regular


class Epoch(NamedTuple):
    """An epoch: its number from 1, the steps so far, the last learning rate, its mean loss, the validation loss.

    Then the figure of the run, such as the accuracy, over the epoch's batches and on the validation set, and the
    seconds of training and saving since the run began. A history of before these were kept lacks the last three.
    """

    epoch: int
    step: int
    lr: float | None
    loss: float
    validation: float | None
    metric: float | None = None
    validation_metric: float | None = None
    seconds: float | None = None


def head(figure: str) -> str:
    r"""The first line, with the name of the run's figure.

    >>> head("accuracy")
    'epoch,step,lr,loss,validation,accuracy,validation_accuracy,seconds\n'
    """
    return ",".join(Epoch._fields).replace("metric", figure) + "\n"


def row(state: State, seconds: float | None = None) -> Epoch:
    """The row of the epoch that has just ended, so many seconds after the run began."""
    figures = state.validation, state.mean_metric, state.validation_metric
    return Epoch(state.epoch, state.step, state.lr, state.mean_loss, *figures, seconds)


def text(rows: Iterable[Epoch]) -> str:
    r"""The rows as lines.

    >>> text([Epoch(1, 42, 0.1, 0.25, None, 0.75, None, 1.5)])
    '1,42,0.1,0.25,,0.75,,1.5\n'
    """
    return "".join(",".join("" if cell is None else repr(cell) for cell in row) + "\n" for row in rows)


def rows(lines: str) -> list[Epoch]:
    r"""The rows in a text; a line that was cut off, or is no row, is left out.

    >>> rows("1,42,0.1,0.25,\n2,84,0.1,0.125,,0.75,,1.5\n3,126,0.")
    [Epoch(epoch=1, step=42, lr=0.1, loss=0.25, validation=None, metric=None, validation_metric=None, seconds=None),
     Epoch(epoch=2, step=84, lr=0.1, loss=0.125, validation=None, metric=0.75, validation_metric=None, seconds=1.5)]
    """
    found = []
    for line in lines.split("\n")[:-1]:
        try:
            epoch, step, lr, loss, validation, *more = line.split(",")
            found.append(Epoch(int(epoch), int(step), _number(lr), float(loss), *map(_number, (validation, *more))))
        except (ValueError, TypeError):  # TypeError for more cells than there are
            continue
    return found


def _number(cell: str) -> float | None:
    return float(cell) if cell else None


def read_history(path: Path) -> list[Epoch]:
    """The rows in a file; none where there is no such file."""
    if not path.exists():
        return []
    with open_regular(path) as file:
        return rows(file.read().decode("ascii", "replace"))
