"""A run at a glance, in words and as JSON."""

from pathlib import Path
from typing import Any

from fnnet.cli.output import visible
from fnnet.datasets import Reading
from fnnet.datasets.folders import SIZE
from fnnet.runs.overview import Overview, unusual
from fnnet.runs.run import Source
from fnnet.runs.settings import as_said
from fnnet.values.record import as_dict

#: What stands where nothing is known.
UNKNOWN = "-"

#: The space between a setting and its value, at which no line is broken.
TIED = "\N{NO-BREAK SPACE}"


def entry(run: Overview) -> dict[str, Any]:
    """A run as JSON: what is not known is None."""
    now, result = run.standing, run.result
    figures = result.figures if result else {}
    return {
        "folder": str(run.folder),
        "data": now and now.source.name,
        "reading": now and reading(now.source),
        "settings": now and unusual(now),
        "epochs": now and now.epoch,
        "of_epochs": now and now.recipe.epochs,
        **{name: figures.get(name) for name in ("test_accuracy", "test_r2", "test_loss", "seconds")},
        "sha256": result and result.sha256,
        "state": run.condition,
        "damage": run.damage,
    }


def about(run: Overview) -> str:
    """What a run is trained on, and the settings that are not the usual ones; or what is wrong with its files."""
    if run.damage or run.standing is None:
        return visible(run.damage or UNKNOWN)
    source = run.standing.source.name
    settings = {**reading(run.standing.source), **unusual(run.standing)}
    said = [visible(as_said(*setting)).replace(" ", TIED) for setting in settings.items()]
    return visible(Path(source).name) + (f", {' '.join(said)}" if said else "")


def reading(source: Source) -> dict[str, Any]:
    """How a run was told to read its data, by names, where that is not the usual way."""
    usual = as_dict(Reading()) | {"size": SIZE}
    return {name: value for name, value in as_dict(source.reading).items() if value not in (None, usual[name])}


def epochs(run: Overview) -> str:
    """How many epochs are done, of all."""
    return f"{run.standing.epoch}/{run.standing.recipe.epochs}" if run.standing else UNKNOWN


def score(run: Overview) -> str:
    """The share of the test part that is right; of numbers, R²."""
    figures = run.result.figures if run.result else {}
    if "test_accuracy" in figures:
        return f"{figures['test_accuracy']:.4f}"
    return f"R² {figures['test_r2']:.4f}" if "test_r2" in figures else UNKNOWN


def seconds(run: Overview) -> str:
    """How long it took."""
    figures = run.result.figures if run.result else {}
    return f"{figures['seconds']:.2f}" if "seconds" in figures else UNKNOWN
