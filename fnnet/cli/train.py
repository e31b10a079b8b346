"""`fnnet train`: a network from a data set, its figures on the test part, and a folder that keeps the run."""

import signal
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from fnnet.cli import options as o
from fnnet.cli.environment import machines, recorded
from fnnet.cli.flags import Said, settings
from fnnet.cli.interrupt import interruptions, uninterrupted
from fnnet.cli.keeping import kept
from fnnet.cli.output import complain, print_json, say
from fnnet.cli.progress import shown, spent, timed
from fnnet.cli.result import opening, place, result, show
from fnnet.cli.starting import folder_for, fresh, refuse_to_replace, resumed, state_of
from fnnet.cli.threads import computing
from fnnet.learning.state import State
from fnnet.learning.stream import Diverged
from fnnet.runs import Experiment, Run
from fnnet.runs.archive import FileError
from fnnet.runs.aside import BEFORE, MOVING, waits
from fnnet.runs.folder import begin, finish, holds_run, mend, restore, tidy
from fnnet.runs.numbered import first_free
from fnnet.runs.ownership import Owned, owned
from fnnet.runs.run import STATE
from fnnet.values.record import as_dict


@settings()
def train(
    data: o.MaybeData = None,
    threads: o.Threads = None,
    out: o.Out = None,
    resume: o.Resume = None,
    from_: o.From = None,
    force: o.Force = False,
    no_save: o.NoSave = False,
    data_dir: o.DataDir = None,
    mirror: o.Mirror = None,
    target: o.Target = None,
    drop: o.Drop = None,
    task: o.Task = None,
    header: o.Header = None,
    size: o.Size = None,
    json: o.Json = False,
    quiet: o.Quiet = False,
    *,
    said: Said,
) -> None:
    """Train a network on DATA, test it, and keep the run. Every flag has a good default for each data set.

    fnnet train digits                   handwritten digits that come with it

    fnnet train xor --hidden none        softmax alone, which cannot solve it

    fnnet train mnist --activation relu  28x28 images, downloaded once

    fnnet train iris.csv --hidden 16     your own: the class is the last column

    fnnet train pictures/ --size 32      a folder of pictures for each class

    fnnet train --resume runs/mnist      goes on where it was stopped
    """
    folder = folder_for(data, resume=resume, out=out, from_=from_, force=force, no_save=no_save)
    begun, shown = None, not (quiet or json)
    reading = o.reading_of(data, target, drop, task, size, header)
    if out:
        refuse_to_replace(out, force)
    where: Any = {"threads": threads, "data_dir": data_dir, "mirror": mirror, "shown": shown}
    if data and not resume:
        begun = fresh(data, said, reading, from_=from_, **where)
    keep_in = owned if resume or out or force else first_free
    with keep_in(folder) if folder else nullcontext() as own:
        if own and begun:
            mend(own.way)
            refuse_to_replace(own.path, force, own.way)
        if own and not begun:
            again = resumed(own, said, reading, data=data, **where)
            _work(*again, own, goes_on=True, json=json, quiet=quiet)
        elif begun:
            _work(*begun, own, goes_on=False, json=json, quiet=quiet)


def _work(run: Run, ran: Experiment, own: Owned | None, *, goes_on: bool, json: bool, quiet: bool) -> None:
    start = state_of(run, own.path if own else Path())
    ended = start.stopped or start.epoch >= run.recipe.epochs
    if not (quiet or json):
        say(opening(ran))
        say(_kept_in(own, goes_on))
        if goes_on:
            say(f"{'ended before' if ended else 'goes on'}, after {place(start)}")
    with computing(run.threads):
        before = recorded(own.way) if own and goes_on else []
        record = {**run.source.plain(), "settings": as_dict(run.recipe), "machines": machines(before, run)}
        state, seconds, number = _follow(start, run, ran, own, goes_on, record, not (quiet or ended))
        found = result(ran, state, seconds)
    if own:
        finish(own.way, run.at(state), {**record, "result": {k: v for k, v in found.items() if k != "settings"}})
        found["folder"] = str(own.path)
    print_json(found) if json else show(found, run.recipe, place(state))
    if number:
        name = "Ctrl-C" if number == signal.SIGINT else signal.Signals(number).name
        how = f"go on with: fnnet train --resume {own.path}" if own else "nothing was kept"
        complain(f"stopped by {name}, after {place(state)}; {how}")
        raise SystemExit(128 + number)


def _follow(
    state: State, run: Run, ran: Experiment, own: Owned | None, goes_on: bool, record: dict[str, Any], aloud: bool
) -> tuple[State, float, int | None]:
    """The last state, the seconds of training and saving since the run began, and the signal that ended it, if any."""
    seconds = [spent(own.way, state.epoch) if own and goes_on else 0.0]
    with interruptions() as signals:
        states = timed(uninterrupted(ran.states(state), signals), seconds)
        try:
            if own:
                begun = time.perf_counter()
                (tidy if goes_on else begin)(own.way, run, {**record, "result": None})
                states = kept(states, own.way, run, time.perf_counter() - begun, seconds)
            for state in shown(states, ran) if aloud else states:  # noqa: B007  # the last one is wanted
                pass
        except (Diverged, FileError) as error:
            raise type(error)(f"{error}{_left(own)}") from None
    return state, seconds[0], signals[0] if signals else None


def _kept_in(own: Owned | None, goes_on: bool) -> str:
    if own is None:
        return "kept nowhere"
    replaces = not goes_on and holds_run(own.way)
    return f"kept in: {own.path}" + ("; the run before waits until this one has a state" if replaces else "")


def _left(own: Owned | None) -> str:
    """What a run that failed leaves."""
    if own is None:
        return ""
    try:
        if restore(own.way):
            return f"; the run that it was to replace is in {own.path} again"
    except FileError:
        return f"; the run that it was to replace waits in {own.path / (BEFORE if waits(own.way) else MOVING)}"
    return f"; the last good state stays in {own.path}" if (own.way / STATE).exists() else ""
