"""Two runs side by side, for `fnnet runs A B`."""

import os
from pathlib import Path
from textwrap import fill

from fnnet.cli.glance import UNKNOWN, entry, epochs
from fnnet.cli.output import WHOLE, add_row, number, out, print_json, print_table, room, say, table, visible
from fnnet.runs.archive import FileError
from fnnet.runs.comparison import Difference, Pair, differing_settings, first_different, shared_epochs
from fnnet.runs.overview import Overview, Standing, overview
from fnnet.runs.run import STATE, absent
from fnnet.runs.settings import as_text, flag
from fnnet.values.errors import UsageError
from fnnet.values.record import as_dict

#: Numbers of a result that are no scores: the runs are told by them elsewhere, or they say nothing of how good one is.
ASIDE = ("seed", "epochs", "steps", "train_examples", "test_examples")

#: Those that have the unit of what is predicted, so that four figures of them count, and not four decimals.
ERRORS = ("test_rmse", "test_mae")


def compare(one: Path, other: Path, json: bool) -> None:
    """Print in what two runs differ: settings, scores, and the first epoch in which their records do."""
    a, b = overview(one), overview(other)
    now = _standing(a), _standing(b)
    if os.path.samefile(one, other):
        raise UsageError(f"{one} and {other} are the same folder: say another run to compare it with")
    shared = shared_epochs((one, now[0]), (other, now[1]))
    where = first_different(shared)
    settings, scores = differing_settings(*now), _scores(a, b)
    if json:
        found = {"runs": [entry(a), entry(b)], "settings": settings, "scores": scores}
        print_json({**found, "shared_epochs": len(shared), "first_difference": where and as_dict(where)})
        return
    if "data" in settings:
        settings["data"] = _data(now[0]), _data(now[1])
    _print(a, b, settings, scores)
    say(f"\n{_verdict(where, len(shared))}")


def _standing(run: Overview) -> Standing:
    """How far a run is, or FileError where there is none, or one that is damaged."""
    folder = run.folder
    if not folder.is_dir():
        raise FileError(f"{folder} is a file, and no folder of a run" if folder.exists() else absent(folder))
    if run.damage or run.standing is None:
        lost = not os.path.lexists(folder / STATE)
        raise FileError(f"{folder} {'holds no run' if lost else 'is damaged'}: {run.damage}")
    return run.standing


def _scores(a: Overview, b: Overview) -> dict[str, Pair]:
    """The figures of two results by name, None where one has none."""
    figures = [run.result.figures if run.result else {} for run in (a, b)]
    names = sorted(dict.fromkeys([*figures[0], *figures[1]]), key="seconds".__eq__)
    return {name: (figures[0].get(name), figures[1].get(name)) for name in names if name not in ASIDE}


def _print(a: Overview, b: Overview, settings: dict[str, Pair], scores: dict[str, Pair]) -> None:
    made = table("", "", "")
    for column, run in zip(made.columns[1:], (a, b), strict=True):
        column.header = _fitting(run.folder)
    for name, values in (settings or {"settings": ("the same", "the same")}).items():
        made.add_row(flag(name), *map(_fitting, _told_apart(name, values)))
    add_row(made, "")
    add_row(made, "state", a.condition, b.condition)
    add_row(made, "epochs", epochs(a), epochs(b))
    for name, values in scores.items():
        add_row(made, name.replace("_", " ").replace("r2", "R²"), *(_figure(name, value) for value in values))
    add_row(made, "network", *(run.result.sha256[:12] if run.result else UNKNOWN for run in (a, b)))
    print_table(made)


def _fitting(text: object) -> str:
    """A cell in lines of which two fit side by side, and names before them."""
    return fill(visible(text), max(20, ((room(out) or WHOLE) - 20) // 2))


def _data(now: Standing) -> str:
    """Data by the name of their file, and the beginning of their SHA-256."""
    return f"{Path(now.source.name).name} {now.source.sha256[:12]}"


def _told_apart(name: str, values: Pair) -> tuple[str, ...]:
    """Two values of a setting: numbers with four digits, where these tell them apart; a network by its fingerprint."""
    short = tuple(f"{value:.4g}" if isinstance(value, float) else as_text(value) for value in values)
    if name == "from":
        return tuple(text[:12] for text in short)
    return short if short[0] != short[1] else tuple(map(as_text, values))


def _figure(name: str, value: float | None) -> str:
    if value is None:
        return UNKNOWN
    if name in ERRORS:
        return number(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:.4f}"


def _verdict(where: Difference | None, shared: int) -> str:
    """Where the records part, or how far they are equal."""
    if where is None:
        equal = f"records equal to the bit in all {shared:,} epochs that both have"
        return equal if shared else "records have no epoch in common"
    ends = "" if where.name == "step" else f", which ends with step {where.steps[0]:,}"
    values = " and ".join(as_text(value) for value in where.values)
    return f"records differ first in epoch {where.epoch:,}{ends}:\n{where.name} {values}"
