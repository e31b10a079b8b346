"""What `fnnet train` is to work on: a new run, or one that goes on, with everything refused that contradicts."""

from pathlib import Path
from typing import Any, final

from fnnet.cli import options as o
from fnnet.cli.threads import worth
from fnnet.datasets import Dataset, digest
from fnnet.learning.stream import State, first_state
from fnnet.runs import Run, Source, load_run
from fnnet.runs.archive import FileError
from fnnet.runs.build import Experiment, experiment
from fnnet.runs.folder import holds_run
from fnnet.runs.recipe import Recipe, depends_on_epochs
from fnnet.values.fingerprint import fingerprint
from fnnet.values.record import as_dict, evolve, frozen, replace

#: The settings that a run takes over from the one whose network it begins with.
SHAPE = ("hidden", "activation", "batch_norm", "dtype")


@final
@frozen
class Job:
    """A run at the state to go on from, its data, what trains it, and whether it was begun before."""

    run: Run
    state: State
    data: Dataset
    experiment: Experiment
    goes_on: bool

    @property
    def ended(self) -> bool:
        """Whether nothing is left to train."""
        return self.state.stopped or self.state.epoch >= self.run.recipe.epochs


def folder_for(flags: dict[str, Any]) -> Path | None:
    """The folder to keep the run in, None with --no-save. Raises ValueError for flags that exclude each other."""
    for one, others in {"resume": ("out", "from_", "force", "no_save"), "no_save": ("out", "force")}.items():
        for other in others:
            if flags[one] and flags[other]:
                raise ValueError(f"{_flag(one)} and {_flag(other)} exclude each other; leave one out")
    if flags["resume"]:
        return _of_a_run(Path(flags["resume"]))
    if flags["data"] is None:
        raise ValueError("Missing argument 'DATA', such as digits (see fnnet train --help)")
    return None if flags["no_save"] else flags["out"] or Path("runs", Path(flags["data"]).stem)


def _of_a_run(folder: Path) -> Path:
    if not folder.is_dir():
        what = f"is a file; begin a new run with its network by --from {folder}" if folder.exists() else "is not there"
        raise FileError(f"--resume wants the folder of a run, and {folder} {what}")
    return folder


def _flag(name: str) -> str:
    return f"--{name.strip('_').replace('_', '-')}"


def refuse_to_replace(folder: Path, force: bool) -> None:
    """Raise ValueError when the folder holds a run that is not to be replaced."""
    if holds_run(folder) and not force:
        raise ValueError(
            f"{folder} holds a run already: go on with it by --resume {folder}, replace it by --force, "
            "or choose another folder by --out"
        )


def fresh(flags: dict[str, Any]) -> Job:
    """A new run, at its first state."""
    name = flags["data"]
    other = load_run(flags["from_"]) if flags["from_"] else None
    base = other and evolve(o.recipe_of(name, {}), **{field: getattr(other.recipe, field) for field in SHAPE})
    recipe = o.recipe_of(name, flags, base)
    data = o.data_of(name, flags["data_dir"], flags["mirror"], recipe.seed)
    made = experiment(recipe, data, other.net if other else None)
    state = first_state(made.net, made.optimizer, recipe.seed)
    run = Run(
        recipe=made.recipe,
        source=_source(name, flags["data_dir"], data),
        shape=data.x.shape[1:],
        classes=data.classes,
        threads=flags["threads"] or worth(made.net, made.recipe.batch_size or len(made.x)),
        start=fingerprint(made.net) if other else None,
        net=made.net,
        state=state,
    )
    return Job(run, state, data, made, goes_on=False)


def _source(name: str, folder: Path | None, data: Dataset) -> Source:
    if name in ("xor", "digits"):
        return Source(name, None, digest(data))
    if Path(name).suffix:
        return Source(str(Path(name).resolve()), None, digest(data))
    return Source(name, str(o.folder_of(folder).resolve()), digest(data))


def resumed(flags: dict[str, Any]) -> Job:
    """The run of a folder, at its newest state. Raises ValueError for settings that contradict it."""
    folder = flags["resume"]
    run = load_run(folder)
    state = run.state
    if state is None:
        raise FileError(f"{folder} holds a network and no state to go on from; begin a new run with --from {folder}")
    said = o.given(flags)
    epochs = said.pop("epochs", run.recipe.epochs)
    settings = {**as_dict(run.recipe), "threads": run.threads}
    for name, value in {**said, "threads": flags["threads"] or run.threads}.items():
        if value != (was := settings[name]):
            raise ValueError(
                f"{name.replace('_', '-')} is {_text(was)} in {folder}, got {_text(value)}: a run keeps its settings; "
                f"leave it out, or begin a new run with --from {folder}"
            )
    run = replace(run, recipe=_extended(run.recipe, epochs, state.epoch))
    data = data_of_run(run, flags["data_dir"], flags["mirror"], flags["data"])
    return Job(run, state, data, run.experiment(data), goes_on=True)


def _text(value: Any) -> str:
    return ",".join(map(str, value)) or "none" if isinstance(value, tuple) else str(value)


def _extended(recipe: Recipe, epochs: int, done: int) -> Recipe:
    if epochs == recipe.epochs:
        return recipe
    if depends_on_epochs(recipe):
        raise ValueError(
            f"epochs is {recipe.epochs} in this run, got {epochs}: its {recipe.schedule} learning rates depend on it; "
            "only a run with --schedule constant can be given more"
        )
    if epochs < done:
        raise ValueError(f"epochs must be at least the {done} that the run has behind it, got {epochs}")
    return evolve(recipe, epochs=epochs)


def data_of_run(run: Run, folder: Path | None = None, mirror: str | None = None, name: str | None = None) -> Dataset:
    """The data that a run was trained on, from where they were, or from a folder or path that is said now."""
    source = run.source
    kept = folder or (Path(source.folder) if source.folder else None)
    return o.data_of(name or source.name, kept, mirror, run.recipe.seed)
