"""The flags that several commands share, and the data that they name."""

import os
from pathlib import Path
from typing import Annotated, Any, Optional

import numpy as np
import platformdirs
import typer

from fnnet.cli.flags import option, with_default
from fnnet.cli.reading_pictures import pictures_in
from fnnet.datasets import NAMES, Dataset, Reading, dataset, hold_out, load, unknown
from fnnet.datasets.folders import LARGEST, SIZE, classes_of
from fnnet.datasets.known import KNOWN, is_folder
from fnnet.values.errors import UsageError
from fnnet.values.keys import Purpose, key

NETWORK, TRAINING, FOLDER, DATA = "The network", "Its training", "The run folder", "Data and output"
EXAMPLE, TABLE = "The example", "The table"


def _flag(panel: str, text: str, *names: str, default: str = "", **more: Any) -> Any:
    text = with_default(text, default) if default else text
    return typer.Option(*names, help=text, rich_help_panel=panel, show_default=False, **more)


WHAT = f"{', '.join(NAMES)}; or your own: FILE.csv, .tsv, .npz, .parquet, .xlsx, or a FOLDER of pictures."

MaybeData = Annotated[Optional[str], typer.Argument(metavar="DATA", help=WHAT, show_default=False)]
DataOrRun = Annotated[str, typer.Argument(metavar="DATA|RUN", help=f"{WHAT[:-1]}; or the folder of a run.")]
RunPath = Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.", show_default=False)]
Activation = Annotated[Optional[str], option("activation", "sigmoid, or that of RUN")]
Threads = Annotated[
    Optional[int], _flag(TRAINING, "BLAS threads.", default="1 for small networks, else the machine's", min=1)
]
Out = Annotated[
    Optional[Path], _flag(FOLDER, "Folder of the run.", default="the first free of runs/DATA, runs/DATA-2, ...")
]
Resume = Annotated[Optional[Path], _flag(FOLDER, "Go on with the run in this folder; nothing else need be said.")]
From = Annotated[
    Optional[Path], _flag(FOLDER, "Begin with the network of this run, and as many layers and units.", "--from")
]
Force = Annotated[bool, _flag(FOLDER, "Replace the run in the folder: that of --out, or runs/DATA.", "--force")]
NoSave = Annotated[bool, _flag(FOLDER, "Leave nothing on the disk.", "--no-save")]
DataDir = Annotated[
    Optional[Path], _flag(DATA, "Folder of the MNIST family.", default="FNNET_DATA, or your data folder")
]
Mirror = Annotated[Optional[str], _flag(DATA, "Address to download the MNIST family from.")]
Header = Annotated[
    Optional[bool],
    _flag(DATA, "The first row of a table names its columns.", "--header/--no-header", default="found from it"),
]
Size = Annotated[
    Optional[int],
    _flag(DATA, "Pixels a side to which the pictures of a FOLDER are brought.", default=str(SIZE), min=1, max=LARGEST),
]
Json = Annotated[bool, _flag(DATA, "Print the result as one JSON object.", "--json")]
Quiet = Annotated[bool, _flag(DATA, "No progress bar, and no more than the result.", "--quiet")]

Target = Annotated[
    Optional[str], _flag(DATA, "The column of a table to predict, by its name or number.", default="the last")
]
Drop = Annotated[Optional[list[str]], _flag(DATA, "Leave out these columns of a table, such as name,ticket.")]
Task = Annotated[Optional[str], _flag(DATA, "What is predicted: classes or numbers.", default="found from the column")]

MaybeRun = Annotated[Optional[Path], typer.Argument(metavar="RUN", help="The folder of a run.", show_default=False)]
Weights = Annotated[
    Optional[Path],
    _flag(NETWORK, "A file with a line for each unit, its bias and weights, and an empty line between layers."),
]
Output = Annotated[
    Optional[str], _flag(NETWORK, "Of the last units: sigmoid, tanh, relu, leaky-relu or linear.", default="as --loss")
]
X = Annotated[Optional[list[str]], _flag(EXAMPLE, "The inputs, such as 1,0. Say it again for more examples.", "--x")]
Wanted = Annotated[Optional[list[str]], _flag(EXAMPLE, "What is wanted: the outputs, such as 1; or a class.")]
Random = Annotated[
    Optional[int],
    _flag(EXAMPLE, "Make weights, inputs and target of this seed, with round numbers.", min=0, max=2**32 - 1),
]
Sizes = Annotated[
    Optional[str],
    _flag(
        NETWORK,
        "Units of a --random network, the inputs first, such as 3,2,1.",
        default="2,2,1; for cross-entropy 2,2,2",
    ),
]
Eta = Annotated[float, typer.Option(help="Learning rate, eta.", rich_help_panel=EXAMPLE)]
Digits = Annotated[int, typer.Option(help="Significant digits of the results.", rich_help_panel=TABLE)]
MaxUnits = Annotated[int, typer.Option(help="The most units of a network.", rich_help_panel=TABLE)]
Format = Annotated[str, typer.Option(help="text, markdown, csv or latex.", rich_help_panel=TABLE)]
Blank = Annotated[
    Optional[list[str]],
    _flag(TABLE, "Leave blank: forward, errors, gradients, updates, or names such as g_1,dE/dg_*; for an exercise."),
]
Solution = Annotated[bool, _flag(TABLE, "Print what --blank leaves blank, and nothing else.", "--solution")]


def reading_of(
    name: str | None, target: str | None, drop: list[str] | None, task: Any, size: int | None = None,
    header: bool | None = None,
) -> Reading:  # fmt: skip
    """How a table or a folder is to be read; UsageError for what is none."""
    if (target or drop or task or header is not None) and (name in KNOWN or (name and is_folder(name))):
        raise UsageError(f"--target, --drop, --task and --header are for tables of your own, and {name} is none")
    if task not in (None, "classes", "numbers"):
        raise UsageError(f"--task must be classes or numbers, got {task!r}")
    return Reading(target, tuple(drop or ()), task, size, header)


def data_of(
    name: str,
    folder: Path | None = None,
    mirror: str | None = None,
    seed: int = 0,
    reading: Reading = Reading(),  # noqa: B008  # a frozen record is safe as a default
    *,
    shown: bool = True,
) -> Dataset:
    """The data set of this name or path; what has no test part gives a fifth of its rows for one.

    With ``shown``, how far the reading of a folder of pictures is.
    """
    if complaint := unknown(name):
        raise UsageError(complaint)
    check_size(name, reading.size)
    pictures = is_folder(name)
    data = (
        pictures_in(name, reading.size or SIZE, shown) if pictures else load(name, folder_of(folder), mirror, reading)
    )
    return data if len(data.y_test) else hold_out(data, 0.2, key(seed, Purpose.SPLIT, step=1))


def check_size(name: str, size: int | None) -> None:
    """Raise UsageError for the size of pictures where there are none."""
    if size is not None and not is_folder(name):
        raise UsageError(f"--size goes with a folder of pictures, and {name} is none; leave it out")


def folder_of(folder: Path | None) -> Path:
    """The folder of the MNIST family: as said, or the environment's, or the user's data folder."""
    return folder or Path(os.environ.get("FNNET_DATA") or platformdirs.user_data_dir("fnnet", appauthor=False))


def stand_in(name: str, reading: Reading = Reading()) -> Dataset:  # noqa: B008  # a frozen record
    """A data set for its shapes alone: nothing is downloaded for them, and no picture opened."""
    check_size(name, reading.size)
    if is_folder(name):
        classes, side = classes_of(name), reading.size or SIZE
        images = np.zeros((len(classes), side, side), np.uint8)
        return dataset(images, np.arange(len(classes)), classes=classes, name=Path(name).resolve().name)
    known = KNOWN.get(name)
    if known is None or known.form is None or not known.downloaded:
        return data_of(name, reading=reading)
    images = np.zeros((128, known.form.size, known.form.size), np.uint8)
    return dataset(images, np.arange(128) % 10, name=name, known=name)
