"""`fnnet see`: a page with the film of a run, and every number of each of its steps."""

import os
import webbrowser
from pathlib import Path
from typing import Annotated, Any, NamedTuple, Optional

import typer

from fnnet.cli import options as o
from fnnet.cli.output import complain, err, print_json, say, visible
from fnnet.cli.starting import data_of_run
from fnnet.cli.threads import computing
from fnnet.datasets import DataError
from fnnet.runs import Run, load_run
from fnnet.runs.archive import FileError
from fnnet.runs.folder import START
from fnnet.seeing.budget import bytes_of, shown
from fnnet.seeing.contents import Subject
from fnnet.seeing.film import Training
from fnnet.seeing.of_run import subject_of, training_of, without_data
from fnnet.seeing.page import Shown, page
from fnnet.seeing.parting import parting
from fnnet.seeing.stage import stage
from fnnet.values.errors import UsageError
from fnnet.values.record import replace
from fnnet.watching import watch

Runs = Annotated[
    list[Path], typer.Argument(metavar="RUN [RUN]", help="The folder of a run; two are seen side by side.")
]
Out = Annotated[
    Optional[Path],
    typer.Option("-o", "--out", help="The file to write.  \n[default: see.html in RUN]", show_default=False),
]
Open = Annotated[bool, typer.Option("--open", help="Open the page in the browser.")]
Size = Annotated[str, typer.Option(help="The most bytes that the page may have, such as 5MB.")]


def see(
    runs: Runs,
    out: Out = None,
    open: Open = False,
    size: Size = "20MB",
    data_dir: o.DataDir = None,
    mirror: o.Mirror = None,
    json: o.Json = False,
    quiet: o.Quiet = False,
) -> None:
    """Make a page of RUN: the film of its training, every number of each step, and the whole run in pictures.

    The run is trained again, to the same bits, and what is kept of it is put into one file that asks nobody for
    anything: it opens from the disk, and can be mailed.

    fnnet see runs/xor --open

    fnnet see runs/mnist --size 50MB -o film.html

    fnnet see runs/xor runs/xor-2           two side by side
    """
    if len(runs) > 2:
        raise UsageError(f"see shows one run, or two side by side, got {len(runs)}")
    budget, path = bytes_of(size) // len(runs), out or runs[0] / "see.html"
    every = [_seen(folder, load_run(folder), data_dir, mirror, quiet or json) for folder in runs]
    check_place(path)
    films = [_film(one, budget, quiet or json) for one in every]
    one, *others = every
    differs = parting(one.training, others[0].training, (str(runs[0]), str(runs[1]))) if others else None
    page(films, differs).save(path)
    report = [
        {
            "run": str(folder),
            "steps": film.about["steps"],
            "kept": len(film.about["kept"]),
            "notes": film.about["notes"],
        }
        for folder, film in zip(runs, films, strict=True)
    ]
    if json:
        print_json({"page": str(path), "bytes": path.stat().st_size, "runs": report, "differs": differs})
    else:
        _tell(path, report, differs)
    if open:
        webbrowser.open(path.resolve().as_uri())


def check_place(path: Path) -> None:
    """Raise FileError for a place where no page can be written, before anything is trained for it."""
    folder = path.parent
    if path.is_dir():
        raise FileError(f"{path} can't be written: it is a folder; say a file, such as {path / 'see.html'}")
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise FileError(f"{path} can't be written: {folder} is {'read-only' if folder.is_dir() else 'no folder'}")


def _tell(path: Path, report: list[dict[str, Any]], differs: dict[str, Any] | None) -> None:
    for run in report:
        for note in run["notes"]:
            complain(f"{run['run']}: {note}")
        if run["kept"] <= run["steps"]:
            say(f"{run['run']}: {run['kept']:,} of {run['steps'] + 1:,} moments are kept; for more, say --size")
    if differs:
        say(visible(differs["text"]))
    say(f"the page: {path}")


class Seen(NamedTuple):
    """A run with what trains it again, and what is said of it."""

    run: Run
    training: Training
    subject: Subject
    epochs: int


def _seen(folder: Path, run: Run, data_dir: Path | None, mirror: str | None, quiet: bool) -> Seen:
    """A run as it is seen, or what is there of it where its data are gone."""
    if not folder.is_dir():
        raise FileError(f"{folder} is a network without its run, which can't be trained again")
    try:
        data = run.checked(data_of_run(run, data_dir, mirror, shown=not quiet))
    except (DataError, OSError) as error:
        return Seen(run, *without_data(run, str(folder), str(error)), 0)
    start = load_run(folder / START).net if run.start else None
    return Seen(run, training_of(run, data, start), subject_of(run, data, str(folder)), run.recipe.epochs)


def _film(seen: Seen, budget: int, quiet: bool) -> Shown:
    """The film of a run, which is trained again for it."""
    run, training = seen.run, seen.training
    if err.is_terminal and not quiet and seen.epochs:
        again = training.states
        training = replace(training, states=lambda: watch(again(), seen.epochs, figure=training.metric, console=err))
    was = run.state if seen.epochs else None
    with computing(run.threads):
        on = stage(training.first.params, training.make, training.targets)
        return shown(training, on, seen.subject, budget, was)
