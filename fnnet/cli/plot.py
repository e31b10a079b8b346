"""`fnnet plot`: pictures of a run for paper, or the learning curves of several runs in one."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from fnnet.cli import options as o
from fnnet.cli.flags import with_default
from fnnet.cli.output import complain, print_json, say
from fnnet.cli.result import place as place_of
from fnnet.cli.starting import data_of_run
from fnnet.cli.threads import computing
from fnnet.datasets import DataError, Dataset
from fnnet.network.chunks import predict
from fnnet.plotting.canvas import METADATA, is_drawn, load_matplotlib, packed_figure, styled
from fnnet.plotting.curves import History, epochs
from fnnet.plotting.figures import curve_figure, figure_name, overview_figure, panel_figure
from fnnet.plotting.panels import PANELS, Subject
from fnnet.runs import FileError, Run, load_run
from fnnet.runs.archive import write
from fnnet.runs.overview import Standing, overview
from fnnet.runs.seeds import by_seed
from fnnet.values.errors import UsageError

CURVE = "curve"
NAMES = (CURVE, *PANELS)

Runs = Annotated[list[Path], typer.Argument(metavar="RUN", help="The folder of a run, or of several.")]
What = Annotated[
    Optional[str],
    typer.Option(
        help=with_default(f"{', '.join(NAMES[:-1])} or {NAMES[-1]}.", "all that fit the run"), show_default=False
    ),
]
Picture = Annotated[
    Optional[Path],
    typer.Option(
        "--out", "-o", metavar="FILE", show_default=False,
        help=with_default("The picture: .svg, .pdf or .png.", "plot.svg, or WHAT.svg, in RUN; of several here"),
    ),
]  # fmt: skip


def plot(
    runs: Runs,
    what: What = None,
    out: Picture = None,
    data_dir: o.DataDir = None,
    mirror: o.Mirror = None,
    json: o.Json = False,
) -> None:
    """Draw a run for paper: learning curve, weights, mistakes; or the learning curves of several runs in one.

    Runs that differ in nothing but the seed are one line, their mean, in a band from the lowest to the highest.

    fnnet plot runs/xor                           all that fits the run

    fnnet plot runs/xor --what network -o xor.pdf

    fnnet plot runs/mnist runs/mnist-2 -o seeds.svg
    """
    _check(runs, what, out)
    load_matplotlib()
    place = out or _place(runs, what)
    with styled():
        figure, names = _of_many(runs) if len(runs) > 1 else _of_one(runs[0], what, data_dir, mirror)
        drawn = packed_figure(figure, place.suffix.lower())
    _check_replaced(place, out)
    write(place, drawn)
    if json:
        print_json({"runs": [str(run) for run in runs], "pictures": names, "file": str(place)})
    else:
        say(f"{', '.join(names)}: drawn in {place}")


def _check(runs: Sequence[Path], what: str | None, out: Path | None) -> None:
    """Raise UsageError for what can't be drawn, before anything is read."""
    if what not in (None, *NAMES):
        raise UsageError(f"--what must be one of {', '.join(NAMES)}, got {what!r}")
    if out and out.suffix.lower() not in METADATA:
        raise UsageError(f"--out must end in {', '.join(METADATA)}, got {out}")
    if len(runs) > 1 and what not in (None, CURVE):
        raise UsageError(f"{what} is drawn of one run, got {len(runs)}; of several only the {CURVE} is")


def _place(runs: Sequence[Path], what: str | None) -> Path:
    """The picture where none is named: with its run, that of several here."""
    if len(runs) > 1:
        return Path(f"{CURVE}.svg")
    return (runs[0] if runs[0].is_dir() else runs[0].parent) / f"{what or 'plot'}.svg"


def _check_replaced(place: Path, said: Path | None) -> None:
    """Raise UsageError where a file that nobody named would be lost, unless it was drawn here."""
    if not said and os.path.lexists(place) and not (place.is_file() and is_drawn(place.read_bytes())):
        raise UsageError(f"{place} is there, and not drawn by fnnet plot: say where the picture goes, by --out FILE")


def _of_many(runs: Sequence[Path]) -> tuple[Any, list[str]]:
    """The learning curves of several runs, those that differ in nothing but the seed as one."""
    standings, histories = [_standing(run) for run in runs], [_history(run) for run in runs]
    lines: Mapping[str, list[History]] = {
        ", ".join(filter(None, [name, f"mean of {len(places)} runs" if len(places) > 1 else ""])): [
            histories[i] for i in places
        ]
        for name, places in by_seed(standings).items()
    }
    return curve_figure(lines, {figure_name(run.numbers) for run in standings}), [CURVE]


def _standing(run: Path) -> Standing:
    """How far a run is; FileError where there is none."""
    found = overview(run)
    if found.damage or found.standing is None:
        load_run(run)  # which says it best
        raise FileError(f"{run} can't be drawn: {found.damage}")
    return found.standing


def _history(run: Path) -> History:
    history = epochs(run)
    if not history:
        raise DataError(f"{run} has no history of an epoch, so there is no learning curve to draw")
    return history


def _of_one(path: Path, what: str | None, folder: Path | None, mirror: str | None) -> tuple[Any, list[str]]:
    """One picture of a run, or all that fit it."""
    run = load_run(path)
    if what == CURVE:
        return curve_figure({"": [_history(path)]}, {figure_name(not run.classes)}), [CURVE]
    if what and (reason := PANELS[what].refused(run)):
        raise UsageError(reason)
    with computing(run.threads):
        if not what:
            return _overview(path, run, folder, mirror)
        data = _data(run, folder, mirror) if PANELS[what].needs_data else None
        return panel_figure(what, _subject(path, run, data)), [what]


def _data(run: Run, folder: Path | None, mirror: str | None) -> Dataset:
    return run.checked(data_of_run(run, folder, mirror))


def _subject(path: Path, run: Run, data: Dataset | None) -> Subject:
    """What is drawn: of a network that was taken out of its run there is no history."""
    history = epochs(path) if path.is_dir() else ()
    return Subject(run, history, data, predict(run.net, data.x_test) if data else None)


def _overview(path: Path, run: Run, folder: Path | None, mirror: str | None) -> tuple[Any, list[str]]:
    """All pictures that fit a run; where its data are gone, those that need none."""
    fitting = [name for name, panel in PANELS.items() if not panel.refused(run)]
    data = None
    try:
        data = _data(run, folder, mirror)
    except (DataError, OSError) as error:
        complain(f"without {', '.join(name for name in fitting if PANELS[name].needs_data)}: {error}")
    subject = _subject(path, run, data)
    names = [name for name in fitting if (data or not PANELS[name].needs_data) and PANELS[name].shown(subject)]
    title = f"{path}, after {place_of(run.state)}" if run.state else str(path)
    return overview_figure(names, subject, title), [*([CURVE] if subject.history else []), *names]
