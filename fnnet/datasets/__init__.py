"""Data sets: some that come with fnnet, some that are downloaded, and your own."""

import difflib
import os
from pathlib import Path

from fnnet.datasets.dataset import DataError, Dataset, dataset, digest
from fnnet.datasets.digits import digits
from fnnet.datasets.idx import read_idx
from fnnet.datasets.mnist import fashion_mnist, kmnist, mnist
from fnnet.datasets.split import hold_out, split
from fnnet.datasets.table import load_csv, load_npz
from fnnet.datasets.xor import xor

__all__ = [
    "NAMES", "DataError", "Dataset", "dataset", "digest", "digits", "fashion_mnist", "hold_out", "kmnist", "load",
    "load_csv", "load_npz", "mnist", "read_idx", "split", "unknown", "xor",
]  # fmt: skip

_HERE = {"xor": xor, "digits": digits}
_IN_FOLDER = {"mnist": mnist, "fashion-mnist": fashion_mnist, "kmnist": kmnist}
_IN_FILE = {".npz": load_npz, ".csv": load_csv}

NAMES = (*_HERE, *_IN_FOLDER)


def load(
    name: str | os.PathLike[str], folder: str | os.PathLike[str] | None = None, mirror: str | None = None
) -> Dataset:
    """The data set of this name, one of `NAMES`, or of a file whose path ends in `.npz` or `.csv`.

    `mnist` and its relatives are kept in `folder`, and downloaded from `mirror` when they are missing. Raises DataError
    when there is no such name or file, the folder is wanted and not given, and as the function that reads it does.

    >>> load("xor").classes
    ('0', '1')
    """
    text = os.fspath(name)
    if text in _HERE:
        return _HERE[text]()
    if text in _IN_FOLDER:
        if folder is None:
            raise DataError(f"folder must be given, to find {text} in it or download it into it, got None")
        return _IN_FOLDER[text](folder, mirror)
    if complaint := unknown(text):
        raise DataError(complaint)
    return _IN_FILE[Path(text).suffix.lower()](text)


def unknown(text: str) -> str | None:
    """One sentence with the nearest name, when this is neither the name of a data set nor a path of one's own.

    >>> unknown("xor"), unknown("xro")[:46]
    (None, "no data set is called 'xro': did you mean xor?")
    """
    if text in NAMES or Path(text).suffix.lower() in _IN_FILE:
        return None
    near = difflib.get_close_matches(text.lower(), NAMES, n=1)
    hint = f"did you mean {near[0]}?" if near else f"choose from {', '.join(NAMES)}"
    return f"no data set is called {text!r}: {hint} (the path of your own must end in .npz or .csv)"
