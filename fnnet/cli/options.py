"""The flags that several commands share, and the recipe that they spell."""

import os
from pathlib import Path
from typing import Annotated, Any, Optional

import platformdirs
import typer

from fnnet.datasets import Dataset, dataset, hold_out, load, unknown
from fnnet.runs.recipe import RECIPES, Recipe
from fnnet.values.keys import Purpose, key
from fnnet.values.record import evolve, names

NETWORK, TRAINING, FOLDER, DATA = "The network", "Its training", "The run folder", "Data and output"
EXAMPLE, TABLE = "The example", "The table"


def _flag(panel: str, text: str, *names: str, **more: Any) -> Any:
    return typer.Option(*names, help=text, rich_help_panel=panel, show_default=False, **more)


WHAT = "xor, digits, mnist, fashion-mnist, kmnist, FILE.npz or FILE.csv."

MaybeData = Annotated[Optional[str], typer.Argument(metavar="DATA", help=WHAT, show_default=False)]
DataOrRun = Annotated[str, typer.Argument(metavar="DATA|RUN", help=f"{WHAT[:-1]}; or the folder of a run.")]
RunPath = Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.", show_default=False)]
Hidden = Annotated[Optional[str], _flag(NETWORK, "Sizes of the hidden layers, such as 128,64; or none.")]
Activation = Annotated[Optional[str], _flag(NETWORK, "sigmoid, tanh, relu, leaky-relu or gelu.")]
DropoutRate = Annotated[Optional[float], _flag(NETWORK, "Share of hidden units left out in each step.", "--dropout")]
BatchNorm = Annotated[
    Optional[bool], _flag(NETWORK, "Normalize each hidden layer over the batch.", "--batch-norm/--no-batch-norm")
]
Shift = Annotated[Optional[int], _flag(NETWORK, "Move each training image by up to so many pixels.")]
Dtype = Annotated[Optional[str], _flag(NETWORK, "float32 or float64.")]
Loss = Annotated[Optional[str], _flag(TRAINING, "cross-entropy, sigmoid (a yes or no for each class) or mse.")]
Optimizer = Annotated[Optional[str], _flag(TRAINING, "sgd, adagrad, rmsprop, adam or adamw.")]
Lr = Annotated[Optional[float], _flag(TRAINING, "Learning rate; the largest one where a schedule changes it.")]
Schedule = Annotated[Optional[str], _flag(TRAINING, "constant, step, exponential, cosine, warm-up or one-cycle.")]
Momentum = Annotated[Optional[float], _flag(TRAINING, "Momentum of sgd (default 0.9).")]
WeightDecay = Annotated[Optional[float], _flag(TRAINING, "Pull of the weight matrices towards 0.")]
Epochs = Annotated[Optional[int], _flag(TRAINING, "How often each example is seen.")]
BatchSize = Annotated[Optional[int], _flag(TRAINING, "Examples in a step.")]
Seed = Annotated[Optional[int], _flag(TRAINING, "Of all randomness: the same seed gives the same bits.")]
Validation = Annotated[Optional[float], _flag(TRAINING, "Share of the training set held out to choose the best epoch.")]
Patience = Annotated[Optional[int], _flag(TRAINING, "Stop after so many epochs without a better validation loss.")]
Threads = Annotated[
    Optional[int], _flag(TRAINING, "BLAS threads (default: 1 for small networks, else the machine's).", min=1)
]
Freeze = Annotated[Optional[str], _flag(TRAINING, "Layers that stay as they are, by their places, such as 0,1.")]
Out = Annotated[Optional[Path], _flag(FOLDER, "Folder of the run (default: runs/ and the name of the data).")]
Resume = Annotated[Optional[Path], _flag(FOLDER, "Go on with the run in this folder; nothing else need be said.")]
From = Annotated[
    Optional[Path], _flag(FOLDER, "Begin with the network of this run, and as many layers and units.", "--from")
]
Force = Annotated[bool, _flag(FOLDER, "Replace the run that the folder holds.", "--force")]
NoSave = Annotated[bool, _flag(FOLDER, "Leave nothing on the disk.", "--no-save")]
DataDir = Annotated[
    Optional[Path], _flag(DATA, "Folder of the MNIST family (default: FNNET_DATA, or your data folder).")
]
Mirror = Annotated[Optional[str], _flag(DATA, "Address to download the MNIST family from.")]
Json = Annotated[bool, _flag(DATA, "Print the result as one JSON object.", "--json")]
Quiet = Annotated[bool, _flag(DATA, "No progress bar, and no more than the result.", "--quiet")]

MaybeRun = Annotated[Optional[Path], typer.Argument(metavar="RUN", help="The folder of a run.", show_default=False)]
Weights = Annotated[
    Optional[Path],
    _flag(NETWORK, "A file with a line for each unit, its bias and weights, and an empty line between layers."),
]
Output = Annotated[
    Optional[str], _flag(NETWORK, "Of the last units: sigmoid, tanh, relu, leaky-relu or linear (default: as --loss).")
]
X = Annotated[Optional[list[str]], _flag(EXAMPLE, "The inputs, such as 1,0. Say it again for more examples.", "--x")]
Target = Annotated[Optional[list[str]], _flag(EXAMPLE, "What is wanted: the outputs, such as 1; or a class.")]
Eta = Annotated[float, typer.Option(help="Learning rate, eta.", rich_help_panel=EXAMPLE)]
Digits = Annotated[int, typer.Option(help="Significant digits of the results.", rich_help_panel=TABLE)]
MaxUnits = Annotated[int, typer.Option(help="The most units of a network.", rich_help_panel=TABLE)]
Format = Annotated[str, typer.Option(help="text, markdown, csv or latex.", rich_help_panel=TABLE)]
Blank = Annotated[
    Optional[list[str]],
    _flag(TABLE, "Leave blank: forward, errors, gradients, updates, or names such as g_1,dE/dg_*; for an exercise."),
]
Solution = Annotated[bool, _flag(TABLE, "Print what --blank leaves blank, and nothing else.", "--solution")]


MEANT = {"hidden": "sizes such as 128,64, or none", "freeze": "numbers of layers, such as 0,1, or none"}


def recipe_of(name: str, flags: dict[str, Any], base: Recipe | None = None) -> Recipe:
    """The recipe of a data set, or another, changed by the flags that were given; ValueError as `Recipe` raises it."""
    changes = given(flags)
    return evolve(base or RECIPES.get(name, Recipe()), **changes)


def given(flags: dict[str, Any]) -> dict[str, Any]:
    """The settings of a recipe that were said by flags."""
    said = {name: flags[name] for name in names(Recipe) if flags.get(name) is not None}
    return said | {name: sizes(said[name], name) for name in ("hidden", "freeze") if name in said}


def sizes(text: str, name: str) -> tuple[int, ...]:
    """The numbers in a text such as "128,64"; "none" is no number.

    >>> sizes("128,64", "hidden"), sizes("none", "hidden")
    ((128, 64), ())
    """
    if text.strip().lower() == "none":
        return ()
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise ValueError(f"{name} must be {MEANT[name]}, got {text!r}") from None


def data_of(name: str, folder: Path | None = None, mirror: str | None = None, seed: int = 0) -> Dataset:
    """The data set of this name or path; a file without a test part gives a fifth of its rows for one."""
    if complaint := unknown(name):
        raise ValueError(complaint)
    data = load(name, folder_of(folder), mirror)
    return data if len(data.y_test) else hold_out(data, 0.2, key(seed, Purpose.SPLIT, step=1))


def folder_of(folder: Path | None) -> Path:
    """The folder of the MNIST family: as said, or the environment's, or the user's data folder."""
    return folder or Path(os.environ.get("FNNET_DATA") or platformdirs.user_data_dir("fnnet", appauthor=False))


def outline_of(name: str) -> Dataset:
    """A data set for its shapes alone: those of the MNIST family are known, and nothing is downloaded."""
    if name not in ("mnist", "fashion-mnist", "kmnist"):
        return data_of(name)
    import numpy as np

    return dataset(name, np.zeros((128, 28, 28), np.uint8), np.arange(128) % 10)
