"""`fnnet verify`: a run trained again, and compared to the bit."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from fnnet.cli import options as o
from fnnet.cli.environment import changes, environment, recorded
from fnnet.cli.output import err, print_json, say, visible
from fnnet.cli.progress import shown
from fnnet.cli.result import place
from fnnet.cli.starting import data_of_run
from fnnet.cli.threads import computing
from fnnet.datasets import Dataset
from fnnet.learning.state import State, first_state
from fnnet.runs import Run, load_run
from fnnet.runs.archive import FileError
from fnnet.runs.build import Experiment
from fnnet.runs.difference import difference, first_difference
from fnnet.runs.folder import HISTORY, PREVIOUS, START
from fnnet.runs.history import Epoch, read_history, row
from fnnet.values.fingerprint import fingerprint

Last = Annotated[bool, typer.Option("--last", help="Train only the last part again, from the checkpoint before it.")]


def verify(
    run: o.RunPath,
    last: Last = False,
    data_dir: o.DataDir = None,
    mirror: o.Mirror = None,
    json: o.Json = False,
    quiet: o.Quiet = False,
) -> None:
    """Train a run again from its own record, and compare every bit of its state. Exits with 1 when one differs.

    Equal bits are promised on the same machine with the same versions and as many BLAS threads. Where the bits
    differ, the first difference is named, and what has changed since.

    fnnet verify runs/mnist --last          only from the last checkpoint but one
    """
    folder = Path(run)
    found = load_run(folder)
    was = found.state
    if was is None or not folder.is_dir():
        raise FileError(f"{folder} is a network without its run, which can't be trained again")
    ran, start = _beginning(found, data_of_run(found, data_dir, mirror, shown=not (quiet or json)), folder, last)
    rows: list[Epoch] = []
    with computing(found.threads):
        states = _noted(islice(ran.states(start), max(0, was.step - start.step)), rows)
        now = start
        aloud = err.is_terminal and not (quiet or json)
        for now in shown(states, ran) if aloud else states:  # noqa: B007  # the last one
            pass
    there = [row for row in read_history(folder / HISTORY) if start.epoch < row.epoch <= was.epoch]
    where = first_difference(there, rows) or difference(was, now)
    here = {"threads": found.threads, **environment()}
    since = [change for machine in recorded(folder) for change in changes(machine, here)]
    _tell(folder, start, was, where, since, json)


def _beginning(run: Run, data: Dataset, folder: Path, last: bool) -> tuple[Experiment, State]:
    """What trains the run again, and the state from which."""
    first = load_run(folder / START).net if run.start else None
    ran = run.experiment(data, first)
    if not last:
        return ran, first_state(ran.net, ran.optimizer, run.recipe.seed)
    before = load_run(folder / PREVIOUS).state
    if before is None:
        raise FileError(f"{folder / PREVIOUS} holds no state to begin from")
    return ran, before


def _noted(states: Iterable[State], rows: list[Epoch]) -> Iterator[State]:
    for state in states:
        if state.batch == 0:
            rows.append(row(state))
        yield state


def _tell(folder: Path, start: State, was: State, where: str | None, since: list[str], json: bool) -> None:
    if json:
        found = {"run": str(folder), "equal": where is None, "difference": where, "changed": since}
        print_json({**found, "from_step": start.step, "to_step": was.step, "sha256": fingerprint(was)})
    elif where is None:
        again = f"steps {start.step + 1:,} to {was.step:,} trained again give"
        say(
            f"equal: {again if start.step < was.step else 'there is no step to train again, and the beginning gives'} "
            "the same bits\n"
            f"state after {place(was)}: SHA-256 {fingerprint(was)}"
        )
    else:
        say(f"differs: {visible(where)}")
        say(f"since then: {visible('; '.join(since))}" if since else "nothing that is recorded has changed since then")
    if where is not None:
        raise SystemExit(1)
