"""`fnnet train`: a network from a data set, its figures on the test part, and a folder that keeps the run."""

import signal
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from fnnet.cli import options as o
from fnnet.cli.environment import machines
from fnnet.cli.interrupt import interruptions, uninterrupted
from fnnet.cli.keeping import alone, kept
from fnnet.cli.output import complain, err, print_json, say
from fnnet.cli.progress import timed, watched
from fnnet.cli.result import opening, place, result, show
from fnnet.cli.starting import Job, folder_for, fresh, refuse_to_replace, resumed
from fnnet.cli.threads import computing
from fnnet.learning.evaluation import evaluate
from fnnet.learning.stream import Diverged, State
from fnnet.runs.archive import FileError
from fnnet.runs.folder import begin, finish, tidy
from fnnet.runs.run import STATE
from fnnet.values.record import as_dict


def train(
    data: o.MaybeData = None,
    hidden: o.Hidden = None,
    activation: o.Activation = None,
    dropout: o.DropoutRate = None,
    batch_norm: o.BatchNorm = None,
    shift: o.Shift = None,
    dtype: o.Dtype = None,
    loss: o.Loss = None,
    optimizer: o.Optimizer = None,
    lr: o.Lr = None,
    schedule: o.Schedule = None,
    momentum: o.Momentum = None,
    weight_decay: o.WeightDecay = None,
    epochs: o.Epochs = None,
    batch_size: o.BatchSize = None,
    seed: o.Seed = None,
    validation: o.Validation = None,
    patience: o.Patience = None,
    freeze: o.Freeze = None,
    threads: o.Threads = None,
    out: o.Out = None,
    resume: o.Resume = None,
    from_: o.From = None,
    force: o.Force = False,
    no_save: o.NoSave = False,
    data_dir: o.DataDir = None,
    mirror: o.Mirror = None,
    json: o.Json = False,
    quiet: o.Quiet = False,
) -> None:
    """Train a network on DATA, test it, and keep the run. Every flag has a good default for each data set.

    fnnet train digits                      1,797 real handwritten digits that come with fnnet

    fnnet train xor --hidden none           softmax regression, which cannot solve it

    fnnet train mnist --activation relu     28x28 images; torchvision downloads them once

    fnnet train iris.csv --hidden 16        your own: numbers, and the class in the last column

    fnnet train --resume runs/mnist         goes on where Ctrl-C, a crash or a full disk stopped it
    """
    flags = locals()
    folder = folder_for(flags)
    if folder and not resume:
        refuse_to_replace(folder, force)
    job = None if resume else fresh(flags)
    with alone(folder) if folder else nullcontext():
        if folder and not resume:
            refuse_to_replace(folder, force)
        _work(job or resumed(flags), folder, json, quiet)


def _work(job: Job, folder: Path | None, json: bool, quiet: bool) -> None:
    if not (quiet or json):
        say(opening(job.experiment, job.data))
        say(f"kept in: {folder}" if folder else "kept nowhere")
        if job.goes_on:
            say(f"{'ended before' if job.ended else 'goes on'}, after {place(job.state)}")
    with computing(job.run.threads):
        record = {**as_dict(job.run.source), "settings": as_dict(job.run.recipe), "machines": machines(folder, job)}
        state, seconds, number = _follow(job, folder, record, err.is_terminal and not quiet)
        found = result(job.experiment, job.data, state, seconds)
    if folder:
        finish(folder, job.run.at(state), {**record, "result": {k: v for k, v in found.items() if k != "settings"}})
        found["folder"] = str(folder)
    print_json(found) if json else show(found, job.run.recipe)
    if number:
        name = "Ctrl-C" if number == signal.SIGINT else signal.Signals(number).name
        how = f"go on with: fnnet train --resume {folder}" if folder else "nothing was kept"
        complain(f"stopped by {name}, after {place(state)}; {how}")
        raise SystemExit(128 + number)


def _follow(job: Job, folder: Path | None, record: dict[str, Any], shown: bool) -> tuple[State, float, int | None]:
    """The last state, the seconds that training and saving took, and the signal that ended it, if one did."""
    state, ran, seconds = job.state, job.experiment, [0.0]
    x, y = ran.validation or (job.data.x_test, job.data.y_test)
    targets = ran.targets(y)

    def look(state: State) -> float:
        return evaluate(state.params, ran.loss, x, targets)[1]

    with interruptions() as signals:
        states = uninterrupted(ran.states(state), signals)
        try:
            if folder:
                start = time.perf_counter()
                (tidy if job.goes_on else begin)(folder, job.run, {**record, "result": None})
                states = kept(states, folder, job.run, time.perf_counter() - start)
            for state in watched(timed(states, seconds), ran, look, shown):  # noqa: B007  # the last one is wanted
                pass
        except (Diverged, FileError) as error:
            raise type(error)(f"{error}{_left(folder)}") from None
    return state, seconds[0], signals[0] if signals else None


def _left(folder: Path | None) -> str:
    """What a run that failed leaves."""
    return f"; the last good state stays in {folder}" if folder and (folder / STATE).exists() else ""
