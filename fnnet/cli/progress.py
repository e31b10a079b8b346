"""The progress bar of a training run: on stderr, and only on a terminal."""

import time
from collections.abc import Iterator

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from fnnet.cli.output import err
from fnnet.experiment import Experiment
from fnnet.plan import steps_per_epoch
from fnnet.stream import State


def watched(states: Iterator[State], run: Experiment, accuracy: dict[int, float], shown: bool) -> Iterator[State]:
    """The same states, with a bar of epoch, loss, accuracy, examples a second and time left."""
    if not shown:
        yield from states
        return
    size = run.recipe.batch_size or len(run.x)
    steps = run.recipe.epochs * steps_per_epoch(len(run.x), size)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[seen]}"), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, refresh_per_second=10) as progress:
        task = progress.add_task("epoch 1", total=steps, seen="")
        start = last = time.monotonic()
        first: State | None = None
        for state in states:
            yield state
            first = first or state
            now = time.monotonic()
            if now - last > 0.1:
                last = now
                done = (state.step - first.step + 1) * size
                right = accuracy.get(max(accuracy, default=0))
                seen = f"loss {state.mean_loss:.4f}  " + (f"accuracy {right:.4f}  " if right is not None else "")
                progress.update(
                    task,
                    completed=state.step,
                    description=f"epoch {state.epoch + (state.batch > 0)} of {run.recipe.epochs}",
                    seen=f"{seen}{done / (now - start):,.0f} examples/s",
                )
