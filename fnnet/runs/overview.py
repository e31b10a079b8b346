"""What the files of a run say of it, in short: read in a moment, without its arrays, whoever writes them meanwhile."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, final

from fnnet.runs.archive import FileError, peek, sentence
from fnnet.runs.aside import on_the_way, waits
from fnnet.runs.folder import RECORD
from fnnet.runs.ownership import is_owned
from fnnet.runs.recipe import MANY, RECIPES, Recipe, settled, usual_of
from fnnet.runs.run import STATE, Source
from fnnet.runs.typed import typed
from fnnet.tables.opening import open_regular
from fnnet.values.record import as_dict, evolve, frozen

#: Under way is a run while a process owns its folder, and ended when nothing is left to train and its result is kept.
Condition = Literal["ended", "stopped", "under way", "damaged"]

#: The bytes of a record of a run beyond which it is none.
LARGEST = 2**24


@final
@frozen
class Standing:
    """What was asked of a run, and how far it is: what stands in the header of its state.

    ``usual`` is the recipe of its data when nothing is said, and ``numbers`` says that these are predicted.
    ``examples`` are those of an epoch, 0 before the first step; ``over`` says that nothing is left to train.
    """

    recipe: Recipe
    usual: Recipe
    source: Source
    threads: int
    start: str | None
    numbers: bool
    epoch: int
    step: int
    examples: int
    over: bool


@final
@frozen
class Result:
    """What came of a run: figures by their names, such as ``test_accuracy``, and the fingerprint of its network."""

    figures: Mapping[str, float]
    sha256: str


@final
@frozen
class Overview:
    """A run at a glance: how far it is and what came of it, where its files say so; and what is wrong with these."""

    folder: Path
    condition: Condition
    standing: Standing | None
    result: Result | None
    damage: str | None


def overview(folder: Path) -> Overview:
    """The run in a folder at a glance. Nothing is written, no error is raised, and nobody is kept waiting."""
    owned = is_owned(folder)
    now, result, damage = _read(folder)
    if owned or is_owned(folder):  # asked twice, lest one that ends or begins meanwhile is said to be stopped
        return Overview(folder, "under way", now, result, None)
    ended = now is not None and now.over and result
    return Overview(folder, "damaged" if damage else "ended" if ended else "stopped", now, result, damage)


def _read(folder: Path) -> tuple[Standing | None, Result | None, str | None]:
    now = None
    try:
        now = _standing(folder)
        return now, _result(folder / RECORD, now.step), None
    except FileError as error:
        return now, None, str(error).replace(f"{folder}{os.sep}", "")


def _standing(folder: Path) -> Standing:
    file = folder / STATE
    if not os.path.lexists(file):
        replaced = on_the_way(folder) or waits(folder)
        raise FileError(
            f"its replacement was broken off; fnnet train --resume {folder} brings it back" if replaced
            else f"{STATE} is missing"
        )  # fmt: skip
    header = peek(file)
    try:
        return _of_header(dict(header["run"]), header["tree"])
    except Exception as error:  # as of `load_run`
        known = error if isinstance(error, ValueError) else f"{type(error).__name__} {error}"
        raise FileError(f"{STATE} holds no run: {sentence(known)}") from error


def _of_header(run: dict[str, Any], tree: Any) -> Standing:
    if not isinstance(tree, dict) or tree["class"] != "State":
        raise ValueError("it is a network without a state")
    recipe, source, state = typed(Recipe(**run["recipe"])), Source.of(run["source"]), tree["settings"]
    over = state["stopped"] or state["epoch"] >= recipe.epochs
    usual = usual_of(source.name if source.name in RECIPES else None, tuple(run["shape"]), run.get("rows", 0))
    asked = {"recipe": recipe, "usual": usual, "source": source, "threads": run["threads"], "start": run["start"]}
    asked["numbers"] = not run["classes"]
    return typed(Standing(**asked, epoch=state["epoch"], step=state["step"], examples=state["epoch_size"], over=over))


def _result(path: Path, step: int) -> Result | None:
    """What the record of a run says of it at this step; None where that is nothing yet, or of another step."""
    try:
        with open_regular(path, LARGEST) as file:
            found = json.load(file)["result"]
        return Result(_numbers(found), str(found["sha256"])) if found and found["steps"] == step else None
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FileError(f"{path} can't be read: {error.strerror or error}") from error
    except Exception as error:  # what is there for people to read, people may have changed
        raise FileError(f"{path} is no record of a run") from error


def _numbers(found: dict[str, Any]) -> dict[str, float]:
    largest = sys.float_info.max
    return {name: x for name, x in found.items() if type(x) in (int, float) and -largest <= x <= largest}


def unusual(now: Standing) -> dict[str, Any]:
    """The settings of a run that are others than those of the usual recipe, by their names.

    What that leaves open is what it comes to beside the run's other settings.
    """
    usual = as_dict(now.usual)
    if now.recipe.optimizer != now.usual.optimizer:
        usual["lr"] = None  # which goes with the optimizer
    left = {name: None for name, value in usual.items() if value is None}
    plain = as_dict(settled(evolve(now.recipe, **left), now.examples or MANY, now.numbers))
    expected = {name: plain[name] if name in left else value for name, value in usual.items()}
    return {name: value for name, value in as_dict(now.recipe).items() if value != expected[name]}
