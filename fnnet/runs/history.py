"""The history of a run: a row for each epoch, as text that keeps every bit."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from fnnet.learning.state import State
from fnnet.tables.opening import open_regular

HEAD = "epoch,step,lr,loss,validation\n"


class Epoch(NamedTuple):
    """An epoch: its number from 1, the steps so far, the last learning rate, its mean loss, the validation loss."""

    epoch: int
    step: int
    lr: float | None
    loss: float
    validation: float | None


def row(state: State) -> Epoch:
    """The row of the epoch that has just ended."""
    return Epoch(state.epoch, state.step, state.lr, state.mean_loss, state.validation)


def text(rows: Iterable[Epoch]) -> str:
    r"""The rows as lines.

    >>> text([Epoch(1, 42, 0.1, 0.25, None)])
    '1,42,0.1,0.25,\n'
    """
    return "".join(",".join("" if cell is None else repr(cell) for cell in row) + "\n" for row in rows)


def rows(lines: str) -> list[Epoch]:
    r"""The rows in a text; a line that was cut off, or is no row, is left out.

    >>> rows(HEAD + "1,42,0.1,0.25,\n2,84,0.")
    [Epoch(epoch=1, step=42, lr=0.1, loss=0.25, validation=None)]
    """
    found = []
    for line in lines.split("\n")[:-1]:
        try:
            epoch, step, lr, loss, validation = line.split(",")
            found.append(Epoch(int(epoch), int(step), _number(lr), float(loss), _number(validation)))
        except ValueError:
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
