"""`fnnet see`: a page with the film of a run, and every number of each of its steps."""

import webbrowser
from pathlib import Path
from typing import Annotated, Optional

import typer

from fnnet.cli import options as o
from fnnet.cli.output import err, print_json, say
from fnnet.cli.progress import shown as watched
from fnnet.cli.starting import data_of_run
from fnnet.cli.threads import computing
from fnnet.runs import Run, load_run
from fnnet.runs.folder import START
from fnnet.seeing.budget import bytes_of, shown
from fnnet.seeing.of_run import subject_of, training_of
from fnnet.seeing.page import Shown, page
from fnnet.seeing.stage import stage
from fnnet.values.errors import UsageError
from fnnet.values.record import replace

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
    budget = bytes_of(size)
    path = out or runs[0] / "see.html"
    films = [_film(folder, load_run(folder), budget // len(runs), data_dir, mirror, quiet or json) for folder in runs]
    page(films).save(path)
    report = [
        {"run": str(folder), "steps": f.about["steps"], "kept": len(f.about["kept"])}
        for folder, f in zip(runs, films, strict=True)
    ]
    if json:
        print_json({"page": str(path), "bytes": path.stat().st_size, "runs": report})
    else:
        say(f"the page: {path}")
    if open:
        webbrowser.open(path.resolve().as_uri())


def _film(folder: Path, run: Run, budget: int, data_dir: Path | None, mirror: str | None, quiet: bool) -> Shown:
    """The film of a run, which is trained again for it."""
    data = run.checked(data_of_run(run, data_dir, mirror, shown=not quiet))
    training = training_of(run, data, load_run(folder / START).net if run.start else None)
    if err.is_terminal and not quiet:
        states = training.states
        training = replace(training, states=lambda: watched(states(), run.experiment(data)))
    with computing(run.threads):
        return shown(
            training,
            stage(training.first.params, training.make, training.targets),
            subject_of(run, data, str(folder)),
            budget,
        )
