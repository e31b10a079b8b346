"""Your own pictures: a folder with one folder for each class."""

import os
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeAlias, final

import numpy as np

from fnnet.datasets.dataset import Dataset, of_arrays
from fnnet.datasets.files_below import ENDINGS, files_below, files_in, folders_in, is_picture, some
from fnnet.datasets.picture_file import load_pillow
from fnnet.datasets.sheets import picture_on_sheet
from fnnet.values.array import Array, freeze
from fnnet.values.errors import DataError, UsageError
from fnnet.values.record import frozen

SIZE = 28
LARGEST = 1024

#: Folders that are called so are no classes but parts of a data set.
PARTS = ("train", "training", "test", "testing", "val", "valid", "validation", "dev")

Told: TypeAlias = Callable[[str], None]
Watched: TypeAlias = Callable[[Sequence[str]], Iterable[str]]


@final
@frozen
class Listed:
    """The files of one part of a data set: all its pictures, class by class, and how many each class has.

    ``others`` are files that are not taken for pictures.
    """

    root: str
    classes: tuple[str, ...]
    pictures: tuple[str, ...]
    counts: tuple[int, ...]
    others: tuple[str, ...]


def load_folder(
    path: str | os.PathLike[str], size: int = SIZE, *, told: Told = warnings.warn, watched: Watched = iter
) -> Dataset:
    """The data set of a folder with one folder of pictures for each class: x (N, size, size) uint8, gray.

    The classes are the names of the folders, in order; the pictures of one are all those in it, however deep. Each is
    brought to its size by `picture_on_sheet`. The test part is empty; see `hold_out`. A folder that holds the two
    folders ``train`` and ``test``, each with a folder for each class, has a test part.

    Hidden files don't count. Files that are no pictures by their names, and pictures that can't be read, are left out,
    and ``told`` gets a sentence on them. ``watched`` goes over the paths of the pictures, for whoever wants to see how
    far it is. Beside the result and the paths there is one picture in memory.

    Raises DataError when Pillow is missing, a folder can't be read, there are fewer than two classes, or one has no
    picture that can be read; UsageError for a size that is no whole number from 1 to 1024.

    >>> from tempfile import TemporaryDirectory
    >>> from PIL import Image
    >>> with TemporaryDirectory() as folder:
    ...     for name, gray in (("night", 0), ("day", 200)):
    ...         Path(folder, name).mkdir()
    ...         Image.new("L", (60, 40), gray).save(Path(folder, name, "1.png"))
    ...     sky = load_folder(folder, size=4)
    >>> sky.classes, sky.x.shape, sky.x[:, 2, 2]
    (('day', 'night'), (2, 4, 4), array([200,   0], dtype=uint8))
    """
    if isinstance(size, bool) or size != int(size) or not 1 <= size <= LARGEST:
        raise UsageError(f"size must be a whole number of pixels from 1 to {LARGEST}, got {size}")
    load_pillow()
    train, test = _parts(os.fspath(path))
    name = Path(path).resolve().name or "pictures"
    x, y = _read(train, train.classes, int(size), told, watched)
    if test is None:
        return of_arrays(name, x, y, classes=train.classes)
    return of_arrays(name, x, y, *_read(test, train.classes, int(size), told, watched), train.classes)


def classes_of(path: str | os.PathLike[str]) -> tuple[str, ...]:
    """The classes of a folder of pictures, of which none is opened."""
    return _parts(os.fspath(path))[0].classes


def _parts(path: str) -> tuple[Listed, Listed | None]:
    """What lies in a folder of pictures: for training, and for testing where there is such a part."""
    names = folders_in(path)
    if names == ["test", "train"]:
        train, test = (_listed(os.path.join(path, name)) for name in ("train", "test"))
        _check_classes(train)
        if strange := sorted(set(test.classes) - set(train.classes)):
            raise DataError(f"{test.root} has a folder {strange[0]}, and {train.root} none of that name")
        return train, test
    if names and all(name.lower() in PARTS for name in names):
        raise DataError(
            f"{path} holds {', '.join(names)}, which are parts and no classes: name one of them, such as "
            f"{os.path.join(path, names[-1])}, or let there be two, train and test"
        )
    listed = _listed(path)
    _check_classes(listed)
    return listed, None


def _listed(root: str) -> Listed:
    classes = folders_in(root)
    others = [os.path.join(root, name) for name in files_in(root)]
    pictures: list[str] = []
    counts = []
    for name in classes:
        before = len(pictures)
        for file in files_below(os.path.join(root, name)):
            (pictures if is_picture(file) else others).append(file)
        counts.append(len(pictures) - before)
    return Listed(root, tuple(classes), tuple(pictures), tuple(counts), tuple(others))


def _check_classes(listed: Listed) -> None:
    root, classes = listed.root, listed.classes
    if not classes:
        raise DataError(f"{root} must hold a folder of pictures for each class, and holds no folder")
    if not listed.pictures:
        raise DataError(f"{root} holds no picture in its folders {some(list(classes))} ({', '.join(ENDINGS[:3])} ...)")
    if len(classes) == 1:
        raise DataError(f"{root} must hold two folders or more, one for each class, and holds {classes[0]} alone")


def _read(listed: Listed, classes: tuple[str, ...], size: int, told: Told, watched: Watched) -> tuple[Array, Array]:
    """The images of a part, and the class of each."""
    _check_counts(listed)
    x = np.empty((len(listed.pictures), size, size), np.uint8)
    faults: dict[int, str] = {}
    for i, file in enumerate(watched(listed.pictures)):
        try:
            x[i - len(faults)] = picture_on_sheet(file, size)
        except DataError as error:
            faults[i] = str(error)
    owners = np.repeat([classes.index(name) for name in listed.classes], listed.counts)
    y = np.delete(owners, list(faults))
    _check_read(listed, [classes[owner] for owner in np.unique(y)], faults)
    _tell(listed, list(faults.values()), told)
    return freeze(x[: len(y)]), freeze(y)


def _check_counts(listed: Listed) -> None:
    for name, count in zip(listed.classes, listed.counts, strict=True):
        if count == 0:
            inside = os.path.join(listed.root, name)
            raise DataError(f"{inside} holds no picture ({', '.join(ENDINGS[:3])} ...): put some there, or remove it")


def _check_read(listed: Listed, read: Sequence[str], faults: dict[int, str]) -> None:
    first = 0
    for name, count in zip(listed.classes, listed.counts, strict=True):
        if name not in read:
            raise DataError(f"{os.path.join(listed.root, name)} holds no picture that can be read: {faults[first]}")
        first += count


def _tell(listed: Listed, faults: list[str], told: Told) -> None:
    if listed.others:
        many = f"{len(listed.others):,} file" + "s" * (len(listed.others) > 1)
        why = "no picture by name, or in no folder of a class"
        told(f"left out {many}, {why}: {some(list(listed.others))}")
    if faults:
        told(f"left out {len(faults):,} of {len(listed.pictures):,} pictures, unreadable: {some(faults)}")
