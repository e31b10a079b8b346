"""What `fnnet train` is to work on: a new run, or one that goes on, with everything refused that contradicts."""

from pathlib import Path
from typing import Any, TypeAlias

from fnnet.cli import options as o
from fnnet.cli.flags import Said
from fnnet.cli.threads import worth
from fnnet.datasets import DataError, Dataset, Reading, digest
from fnnet.datasets.known import KNOWN, is_folder
from fnnet.datasets.table import stem
from fnnet.learning.state import State, first_state
from fnnet.runs import Experiment, Run, Source, experiment, load_run
from fnnet.runs.archive import FileError
from fnnet.runs.folder import holds_run, mend
from fnnet.runs.ownership import Owned
from fnnet.runs.recipe import Recipe, asked, depends_on_epochs, usual
from fnnet.runs.run import absent
from fnnet.runs.settings import flag
from fnnet.values.errors import UsageError
from fnnet.values.fingerprint import fingerprint
from fnnet.values.record import as_dict, evolve, replace

#: A run at the state to go on from, and what trains it.
Begun: TypeAlias = tuple[Run, Experiment]

#: The settings that a run takes over from the one whose network it begins with.
SHAPE = ("hidden", "activation", "batch_norm", "dtype")


def folder_for(
    data: str | None, *, resume: Path | None, out: Path | None, from_: Path | None, force: bool, no_save: bool
) -> Path | None:
    """The folder to keep the run in, None with --no-save. Raises UsageError for flags that exclude each other."""
    said = {"--resume": resume, "--out": out, "--from": from_, "--force": force, "--no-save": no_save}
    pairs = [("--resume", other) for other in ("--out", "--from", "--force", "--no-save")]
    for one, other in [*pairs, ("--no-save", "--out"), ("--no-save", "--force")]:
        if said[one] and said[other]:
            raise UsageError(f"{one} and {other} exclude each other; leave one out")
    if resume:
        return _of_a_run(resume)
    if data is None:
        raise UsageError("Missing argument 'DATA', such as digits (see fnnet train --help)")
    return None if no_save else _apart(out or Path("runs", stem(data).strip(".") or "data"), data)


def _apart(folder: Path, data: str) -> Path:
    """The folder, if it does not lie in a folder of pictures, where it would be one class more."""
    if is_folder(data) and Path(data).resolve() in folder.resolve().parents:
        raise UsageError(
            f"{folder} is in the folder of pictures, where it would be taken for a class; choose another --out"
        )
    return folder


def _of_a_run(folder: Path) -> Path:
    if not folder.is_dir():
        file = f"{folder} is a file; begin a new run with its network by --from {folder}"
        raise FileError(f"--resume wants the folder of a run, and {file if folder.exists() else absent(folder)}")
    return folder


def refuse_to_replace(folder: Path, force: bool, way: Path | None = None) -> None:
    """Raise UsageError when the folder, seen by its path or by another way, holds a run that is not to be replaced."""
    if holds_run(way or folder) and not force:
        raise UsageError(
            f"{folder} holds a run already: go on with it by --resume {folder}, replace it by --force, "
            "or choose another folder by --out"
        )


def fresh(
    name: str,
    said: Said,
    reading: Reading = Reading(),  # noqa: B008  # a frozen record
    *,
    from_: Path | None,
    threads: int | None,
    data_dir: Path | None,
    mirror: str | None,
    shown: bool = True,
) -> Begun:
    """A new run, at its first state."""
    other = load_run(from_) if from_ else None
    data = o.data_of(name, data_dir, mirror, evolve(Recipe(), **said).seed, reading, shown=shown)
    base = usual(data)
    if other:
        base = evolve(base, **{field: getattr(other.recipe, field) for field in SHAPE})
    recipe = asked(base, said)
    ran = experiment(recipe, data, other.net if other else None)
    run = Run(
        recipe=ran.recipe,
        source=_source(name, data_dir, data, reading),
        shape=data.x.shape[1:],
        classes=data.classes,
        threads=threads or worth(ran.net, ran.recipe.batch_size or len(ran.x)),
        start=fingerprint(ran.net) if other else None,
        net=ran.net,
        state=first_state(ran.net, ran.optimizer, recipe.seed),
        schema=data.schema,
        rows=len(data.x),
    )
    return run, ran


def _source(name: str, folder: Path | None, data: Dataset, reading: Reading) -> Source:
    if data.known is None:
        reading = evolve(reading, size=data.x.shape[1] if is_folder(name) else None)
        return Source(str(Path(name).resolve()), None, digest(data), reading)
    kept = str(o.folder_of(folder).resolve()) if KNOWN[data.known].downloaded else None
    return Source(data.known, kept, digest(data))


def state_of(run: Run, path: Path) -> State:
    """The state that a run is at; FileError where it is a network that was taken out of its run."""
    if run.state is None:
        raise FileError(f"{path} holds a network and no state to go on from; begin a new run with --from {path}")
    return run.state


def resumed(
    own: Owned,
    said: Said,
    reading: Reading = Reading(),  # noqa: B008  # a frozen record
    *,
    data: str | None,
    threads: int | None,
    data_dir: Path | None,
    mirror: str | None,
    shown: bool = True,
) -> Begun:
    """The run of a folder, at its newest state. Raises UsageError for settings that contradict it."""
    mend(own.way)
    run, folder = load_run(own.way), own.path
    state = state_of(run, folder)
    settings = {**as_dict(run.recipe), "threads": run.threads, **as_dict(run.source.reading)}
    asked = {name: value for name, value in as_dict(reading).items() if value}
    for name, value in {**said, "threads": threads or run.threads, **asked}.items():
        if name != "epochs" and value != (was := settings[name]):
            raise UsageError(
                f"{flag(name)} is {_text(was)} in {folder}, got {_text(value)}: a run keeps its settings; "
                f"leave it out, or begin a new run with --from {folder}"
            )
    run = replace(run, recipe=_extended(run.recipe, said.get("epochs", run.recipe.epochs), state.epoch))
    return run, run.experiment(data_of_run(run, data_dir, mirror, data, shown=shown))


def _text(value: Any) -> str:
    return ",".join(map(str, value)) or "none" if isinstance(value, tuple) else str(value)


def _extended(recipe: Recipe, epochs: int, done: int) -> Recipe:
    if epochs == recipe.epochs:
        return recipe
    if depends_on_epochs(recipe):
        raise UsageError(
            f"epochs is {recipe.epochs} in this run, got {epochs}: its {recipe.schedule} learning rates depend on it; "
            "only a run with --schedule constant can be given more"
        )
    if epochs < done:
        raise UsageError(f"epochs must be at least the {done} that the run has behind it, got {epochs}")
    return evolve(recipe, epochs=epochs)


def data_of_run(
    run: Run, folder: Path | None = None, mirror: str | None = None, name: str | None = None, *, shown: bool = True
) -> Dataset:
    """The data that a run was trained on, from where they were, or from a folder or path that is said now."""
    source = run.source
    kept = folder or (Path(source.folder) if source.folder else None)
    place = name or source.name
    if source.reading.size is not None and not is_folder(place):
        raise DataError(f"the pictures of the run are not there: {place} is no folder")
    return o.data_of(place, kept, mirror, run.recipe.seed, source.reading, shown=shown)
