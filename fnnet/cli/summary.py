"""`fnnet summary`: a network layer by layer, before it is trained or after."""

from pathlib import Path

from fnnet.cli import options as o
from fnnet.cli.flags import Said, settings
from fnnet.cli.output import add_row, print_json, print_table, say, table, visible
from fnnet.cli.result import place
from fnnet.datasets import Reading
from fnnet.datasets.files_below import folders_in
from fnnet.network.shapes import LayerShape, summarize
from fnnet.runs import load_run
from fnnet.runs.archive import is_archive
from fnnet.runs.build import experiment
from fnnet.runs.folder import holds_run
from fnnet.runs.recipe import usual
from fnnet.values.errors import UsageError
from fnnet.values.record import as_dict, evolve


@settings("hidden", "activation", "init", "dropout", "batch_norm", "shift", "dtype")
def summary(
    data: o.DataOrRun,
    target: o.Target = None,
    drop: o.Drop = None,
    task: o.Task = None,
    header: o.Header = None,
    size: o.Size = None,
    json: o.Json = False,
    *,
    said: Said,
) -> None:
    """Show the network for DATA, or that of RUN: each layer's output shape, parameters and bytes.

    fnnet summary mnist --hidden 128,64

    fnnet summary runs/mnist
    """
    there = is_archive(data) or (Path(data).is_dir() and not _of_pictures(data))
    reading = o.reading_of(None if there else data, target, drop, task, size, header)
    if there and (said or reading != Reading()):
        raise UsageError(f"{data} is a run, whose network is what it is; leave out the flags")
    rows = _of_run(data, json) if there else _of_data(data, said, reading)
    if json:
        print_json([as_dict(row) for row in rows])
        return
    made = table(">", "layer", "output", ">parameters", ">bytes")
    for row in rows:
        add_row(made, row.place, row.name, "x".join(map(str, row.output)), f"{row.params:,}", f"{row.bytes:,}")
    add_row(made, "", "total", "", f"{sum(r.params for r in rows):,}", f"{sum(r.bytes for r in rows):,}", style="bold")
    print_table(made, keep=2)


def _of_pictures(folder: str) -> bool:
    """Whether a folder is one of pictures: it holds folders, and no run."""
    return not holds_run(Path(folder)) and bool(folders_in(folder))


def _of_data(name: str, said: Said, reading: Reading) -> list[LayerShape]:
    data = o.stand_in(name, reading)
    run = experiment(evolve(usual(data), **said, batch_size=1), data)
    return summarize(run.net, data.x.shape[1:])


def _of_run(path: str, json: bool) -> list[LayerShape]:
    run = load_run(path)
    if run.state and not json:
        of = "" if run.recipe.epochs == run.state.epoch else f" of {run.recipe.epochs:,}"
        say(f"{visible(run.source.name)}, after {place(run.state)}{of}: {run.recipe.optimizer}, {run.recipe.loss}\n")
    return summarize(run.net, run.shape)
