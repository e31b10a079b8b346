"""Runs that differ in nothing but the seed, together, and what tells such groups apart."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fnnet.runs.overview import Standing
from fnnet.runs.settings import as_said
from fnnet.values.record import as_dict


def by_seed(runs: Sequence[Standing]) -> dict[str, list[int]]:
    """The places of the runs that differ in nothing but the seed, under the settings that other groups have otherwise.

    Where there is one group, nothing tells it apart. Threads don't count: they change no more than the last bits.
    """
    asked = [_asked(run, runs) for run in runs]
    groups = [settings for i, settings in enumerate(asked) if settings not in asked[:i]]
    apart = [name for name in groups[0] if any(other[name] != groups[0][name] for other in groups)]
    return {_said(group, apart): [i for i, settings in enumerate(asked) if settings == group] for group in groups}


def _asked(run: Standing, runs: Sequence[Standing]) -> dict[str, Any]:
    """All that was asked of a run but the seed."""
    asked = {"data": _data(run, runs), **as_dict(run.source.reading), **as_dict(run.recipe), "from": run.start}
    return {name: value for name, value in asked.items() if name != "seed"}


def _data(run: Standing, runs: Sequence[Standing]) -> str:
    """The data by name: with another seed, other rows are for testing, and the SHA-256 is another.

    With the same seed another one says that the file was changed; and two files may have one name in two folders.
    """
    alike = {r.source.sha256 for r in runs if r.source.name == run.source.name and r.recipe.seed == run.recipe.seed}
    named = {r.source.name for r in runs if Path(r.source.name).name == Path(run.source.name).name}
    name = Path(run.source.name).name if len(named) == 1 else run.source.name
    return name if len(alike) == 1 else f"{name} {run.source.sha256[:12]}"


def _said(group: dict[str, Any], apart: Sequence[str]) -> str:
    """A group by these settings, those left out that it has not, if any other is said."""
    there = [name for name in apart if group[name] is not None] or apart
    return ", ".join(group[name] if name == "data" else as_said(name, group[name]) for name in there)
