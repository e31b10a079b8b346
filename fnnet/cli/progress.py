"""The progress bar of a training run: on stderr, and only on a terminal."""

import time
from collections.abc import Callable, Iterable, Iterator

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from fnnet.cli.output import err
from fnnet.learning.arguments import steps_per_epoch
from fnnet.learning.state import State
from fnnet.runs.build import Experiment

#: Seconds between two looks at the run.
OFTEN = 0.1


def watched(
    states: Iterable[State], run: Experiment, look: Callable[[State], float] | None, shown: bool
) -> Iterator[State]:
    """The same states, with a bar of epoch, loss, accuracy, examples a second and time left.

    ``look`` measures the accuracy of a state, at the end of an epoch.
    """
    if not shown:
        yield from states
        return
    size = run.recipe.batch_size or len(run.x)
    steps = run.recipe.epochs * steps_per_epoch(len(run.x), size)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[seen]}"), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, refresh_per_second=10) as progress:
        task = progress.add_task("epoch 1", total=steps, seen="")
        start = last = looked = time.monotonic()
        first: int | None = None
        accuracy = ""
        for state in states:
            yield state
            first = state.step - 1 if first is None else first
            now = time.monotonic()
            if look and state.batch == 0 and now - looked > OFTEN:
                accuracy = f"{'accuracy' if run.data.classes else 'R2'} {look(state):.4f}  "
                looked = time.monotonic()
                start += looked - now
            if now - last > OFTEN:
                last = now
                speed = (state.step - first) * size / (now - start)
                progress.update(
                    task,
                    completed=state.step,
                    description=f"epoch {state.epoch + (state.batch > 0)} of {run.recipe.epochs}",
                    seen=f"loss {state.mean_loss:.4f}  {accuracy}{speed:,.0f} examples/s",
                )


def timed(states: Iterable[State], seconds: list[float]) -> Iterator[State]:
    """The same states; the time that it takes to make each is added to ``seconds[0]``."""
    start = time.perf_counter()
    for state in states:
        seconds[0] += time.perf_counter() - start
        yield state
        start = time.perf_counter()
