"""Reading a folder of pictures, which takes a while: how far it is, and what is left out."""

import os

from rich.progress import track

from fnnet.cli.output import complain, err
from fnnet.datasets import Dataset
from fnnet.datasets.folders import load_folder
from fnnet.runs.run import STATE
from fnnet.values.errors import UsageError


def pictures_in(folder: str, size: int, shown: bool) -> Dataset:
    """The data set of a folder of pictures. On a terminal a bar on stderr goes along."""
    if os.path.lexists(os.path.join(folder, STATE)):
        raise UsageError(
            f"{folder} holds a run and no pictures: go on with it by --resume {folder}, or begin with its network by "
            f"DATA --from {folder}"
        )
    hidden = not (shown and err.is_terminal)
    return load_folder(
        folder,
        size,
        told=complain,
        watched=lambda files: track(files, "reading pictures", console=err, transient=True, disable=hidden),
    )
