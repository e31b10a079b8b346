"""The data sets that fnnet has by name: one table of all that is known of them."""

import difflib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Literal, final

from fnnet.datasets.arrays import load_npz
from fnnet.datasets.dataset import Dataset
from fnnet.datasets.digits import digits
from fnnet.datasets.folders import SIZE, load_folder
from fnnet.datasets.mnist import fashion_mnist, kmnist, mnist
from fnnet.datasets.table import Reading, load_table
from fnnet.datasets.xor import xor
from fnnet.values.errors import DataError
from fnnet.values.record import frozen

Place = str | os.PathLike[str]


@final
@frozen
class Form:
    """How a data set makes its images: (size, size), the ink fitted into (box, box), its middle put into the middle.

    The middle of the ink is its center of mass, or that of its bounding box.
    """

    size: int
    box: int
    by_mass: bool


@final
@frozen
class Known:
    """What is known of a data set.

    ``load`` reads it, from a folder and a mirror where it is ``downloaded``. A "truth table" is taken as it is, the
    columns of a "table" are standardized. "images" are bytes up to ``brightest``, the value of full ink, and pictures
    are brought to their ``form``.
    """

    load: Callable[[Place, str | None], Dataset]
    kind: Literal["truth table", "table", "images"]
    source: str
    form: Form | None = None
    brightest: int = 255
    downloaded: bool = False


KNOWN = {
    "xor": Known(lambda folder, mirror: xor(), "truth table", "Minsky and Papert 1969"),
    "digits": Known(
        lambda folder, mirror: digits(), "images", "Alpaydin and Kaynak 1998", Form(8, 8, by_mass=False), brightest=16
    ),
    "mnist": Known(mnist, "images", "LeCun, Cortes and Burges 1998", Form(28, 20, by_mass=True), downloaded=True),
    "fashion-mnist": Known(
        fashion_mnist, "images", "Xiao, Rasul and Vollgraf 2017", Form(28, 28, by_mass=False), downloaded=True
    ),
    "kmnist": Known(kmnist, "images", "Clanuwat et al. 2018", Form(28, 28, by_mass=False), downloaded=True),
}

#: The files of one's own, by how their names end.
FILES: dict[str, Callable[[Place, Reading], Dataset]] = {
    ".csv": load_table,
    ".tsv": load_table,
    ".txt": load_table,
    ".csv.gz": load_table,
    ".tsv.gz": load_table,
    ".parquet": load_table,
    ".xlsx": load_table,
    ".npz": lambda path, reading: load_npz(path, reading.task),
}

NAMES = tuple(KNOWN)


def about(data: Dataset) -> Known | None:
    """What is known of a data set; nothing of one's own, whatever it is called.

    >>> about(xor()).kind
    'truth table'
    """
    return KNOWN[data.known] if data.known else None


def load(
    name: Place,
    folder: Place | None = None,
    mirror: str | None = None,
    reading: Reading = Reading(),  # noqa: B008  # a frozen record is safe as a default
) -> Dataset:
    """The data set of this name, one of `NAMES`, or of a file or folder of your own, such as a `.csv`, read as said.

    `mnist` and its relatives are kept in `folder`, and downloaded from `mirror` when they are missing. The size
    in `reading` goes with a folder of pictures. Raises DataError when there is no such name or file, the folder is
    wanted and not given, and as the function that reads it does.

    >>> load("xor").classes
    ('0', '1')
    """
    text = os.fspath(name)
    if complaint := unknown(text):
        raise DataError(complaint)
    if is_folder(text):
        return load_folder(text, SIZE if reading.size is None else reading.size)
    if reading.size is not None:
        raise DataError(f"size goes with a folder of pictures, which {text} is not; leave it out")
    if text not in KNOWN:
        return FILES[_ending(text)](text, reading)
    if folder is None and KNOWN[text].downloaded:
        raise DataError(f"folder must be given, to find {text} in it or download it into it, got None")
    return KNOWN[text].load(folder or "", mirror)


def is_folder(text: str) -> bool:
    """Whether this is no name of a data set, and the path of a folder.

    >>> is_folder("."), is_folder("xor")
    (True, False)
    """
    return text not in KNOWN and os.path.isdir(text)


def unknown(text: str) -> str | None:
    """One sentence with the nearest name, when this is neither the name of a data set nor a path of one's own.

    >>> unknown("xor"), unknown("xro")[:46]
    (None, "no data set is called 'xro': did you mean xor?")
    """
    if text in KNOWN or is_folder(text) or _ending(text) in FILES:
        return None
    near = difflib.get_close_matches(text.lower(), NAMES, n=1)
    hint = f"did you mean {near[0]}?" if near else f"choose from {', '.join(NAMES)}"
    own = f"your own is a folder of pictures, or its path must end in {', '.join(FILES)}"
    return f"no data set is called {text!r}: {hint} ({own})"


def is_table(path: str) -> bool:
    """Whether a path ends as that of a table does.

    >>> is_table("new.csv.gz"), is_table("seven.png")
    (True, False)
    """
    return FILES.get(_ending(path)) is load_table


def _ending(path: str) -> str:
    ending = Path(path).suffix.lower()
    return Path(Path(path).stem).suffix.lower() + ending if ending == ".gz" else ending
