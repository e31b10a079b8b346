"""Two runs side by side: the settings in which they differ, and the first epoch in which their records do."""

from pathlib import Path
from typing import Any, TypeAlias, final

from fnnet.runs.folder import HISTORY
from fnnet.runs.history import Epoch, read_history
from fnnet.runs.overview import Standing
from fnnet.values.record import as_dict, frozen

#: What of an epoch is compared, to the bit: what the clock says is never the same.
COMPARED = ("step", "lr", "loss", "validation")

Pair: TypeAlias = tuple[Any, Any]


@final
@frozen
class Difference:
    """The first epoch in which two records differ, by which figure of it, and its two values."""

    epoch: int
    steps: tuple[int, int]
    name: str
    values: Pair


def differing_settings(one: Standing, other: Standing) -> dict[str, Pair]:
    """The settings of two runs that are not the same, by name, with both values; how data are read is among them.

    Data are the same by their SHA-256.
    """
    a, b = _settings(one), _settings(other)
    found = {name: (a[name], b[name]) for name in a if a[name] != b[name]}
    if one.source.sha256 != other.source.sha256:
        names = one.source.name, other.source.name
        found = {"data": names if names[0] != names[1] else (one.source.sha256, other.source.sha256), **found}
    return found


def _settings(run: Standing) -> dict[str, Any]:
    return {**as_dict(run.source.reading), **as_dict(run.recipe), "threads": run.threads, "from": run.start}


def shared_epochs(one: tuple[Path, Standing], other: tuple[Path, Standing]) -> list[tuple[Epoch, Epoch]]:
    """The rows of all epochs that the histories of two runs in folders have both, up to where their states are."""
    a, b = (_rows(*run) for run in (one, other))
    return [(a[number], b[number]) for number in sorted(a.keys() & b.keys())]


def _rows(folder: Path, now: Standing) -> dict[int, Epoch]:
    return {row.epoch: row for row in read_history(folder / HISTORY) if row.epoch <= now.epoch}


def first_different(epochs: list[tuple[Epoch, Epoch]]) -> Difference | None:
    """Where two records part; None where all of these epochs are equal to the bit.

    >>> rows = [(Epoch(1, 42, 0.1, 0.25, None), Epoch(1, 42, 0.1, 0.2500000001, None))]
    >>> first_different(rows)
    Difference(epoch=1, steps=(42, 42), name='loss', values=(0.25, 0.2500000001))
    """
    for a, b in epochs:
        for name in COMPARED:
            values = getattr(a, name), getattr(b, name)
            if repr(values[0]) != repr(values[1]):
                return Difference(a.epoch, (a.step, b.step), name, values)
    return None
