"""What lies in a folder of pictures: in a fixed order, and without what systems leave behind."""

import os
from collections.abc import Iterable, Iterator

from fnnet.values.errors import DataError

#: How the names of pictures end; they are opened by what is in them.
ENDINGS = (
    ".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".gif", ".tif", ".tiff", ".webp",
    ".ppm", ".pgm", ".pbm", ".pnm",
)  # fmt: skip

#: What systems put beside pictures, and nobody means; names that begin with a dot are hidden too.
LEFT_BY_SYSTEMS = ("thumbs.db", "desktop.ini", "__macosx")

NAMED = 3


def files_below(folder: str | os.PathLike[str]) -> Iterator[str]:
    """The paths of all files in a folder and the folders in it, in the order of their names; hidden ones are left out.

    Links to folders are not followed, and count as files. Raises DataError for a folder that can't be read.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     for name in ("b.png", "a.txt", ".DS_Store"):
    ...         Path(folder, name).touch()
    ...     [os.path.basename(path) for path in files_below(folder)]
    ['a.txt', 'b.png']
    """
    for at, folders, files in os.walk(folder, onerror=_refuse):
        links = [name for name in folders if os.path.islink(os.path.join(at, name))]
        folders[:] = _shown(set(folders) - set(links))
        yield from (os.path.join(at, name) for name in _shown([*files, *links]))


def is_picture(path: str) -> bool:
    """Whether a file is one by its name.

    >>> is_picture("cat.JPG"), is_picture("notes.txt")
    (True, False)
    """
    return path.lower().endswith(ENDINGS)


def folders_in(folder: str | os.PathLike[str]) -> list[str]:
    """The names of the folders in a folder, in order; links to folders are such, hidden ones are left out."""
    try:
        with os.scandir(folder) as entries:
            return _shown(entry.name for entry in entries if entry.is_dir())
    except OSError as error:
        raise DataError(f"{folder} can't be read as a folder of pictures: {error.strerror or error}") from error


def files_in(folder: str | os.PathLike[str]) -> list[str]:
    """The names of what lies in a folder itself and is no folder, in order, without what is hidden."""
    with os.scandir(folder) as entries:
        return _shown(entry.name for entry in entries if not entry.is_dir())


def some(names: list[str]) -> str:
    """The first few of them, and how many more there are.

    >>> some(["a", "b", "c", "d", "e"])
    'a; b; c; and 2 more'
    """
    more = [f"and {len(names) - NAMED:,} more"] if len(names) > NAMED else []
    return "; ".join([*names[:NAMED], *more])


def _shown(names: Iterable[str]) -> list[str]:
    return sorted(n for n in names if not n.startswith(".") and n.lower() not in LEFT_BY_SYSTEMS)


def _refuse(error: OSError) -> None:
    raise DataError(f"{error.filename} can't be read: {error.strerror or error}") from error
