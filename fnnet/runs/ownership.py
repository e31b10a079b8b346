"""The folder of a run for one process alone, whatever becomes of its path meanwhile."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import final

from fnnet.runs.archive import FileError
from fnnet.values.record import frozen

BUSY = "{} is being written by another process; wait for it, or use another --out"

#: What a network file system says that locks files alone.
UNLOCKABLE = (errno.EBADF, errno.ENOLCK, errno.EOPNOTSUPP)


@final
@frozen
class Owned:
    """A folder that this process has opened and locked: its path as it was said, and the way to what was opened.

    All is read and written by ``way``, which leads to the folder itself: who removes it and makes another of its name,
    moves it, or points a link elsewhere, changes nothing of where the files go.
    """

    path: Path
    way: Path


@contextmanager
def owned(path: Path) -> Iterator[Owned]:
    """The folder, made if it is missing, for this process alone until the block is left, however the process ends.

    Raises FileError when another process has it or it can't be written, and when it was removed meanwhile.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        descriptor = _locked(path)
    except BlockingIOError:
        raise FileError(BUSY.format(path)) from None
    except OSError as error:
        raise FileError(f"{path} can't be written: {error.strerror or error}; use another --out") from error
    if descriptor is None:
        with _locked_by_file(path):
            yield Owned(path, path)
        return
    folder = Owned(path, _way(descriptor, path))
    try:
        yield folder
    except FileError as error:
        gone = os.fstat(descriptor).st_nlink == 0
        said = f"{path} was removed while this run was writing to it" if gone else str(error)
        raise FileError(said.replace(str(folder.way), str(path))) from error
    finally:
        os.close(descriptor)


def _locked(path: Path) -> int | None:
    """The folder, opened and locked: not a file in it, which could be removed. None where that is not possible."""
    if os.name != "posix":
        return None
    import fcntl

    while True:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.path.samestat(os.stat(path), os.fstat(descriptor)):
                return descriptor
            os.close(descriptor)  # another folder has got its name meanwhile
        except OSError as error:
            os.close(descriptor)
            if error.errno in UNLOCKABLE:
                return None
            raise


def _way(descriptor: int, path: Path) -> Path:
    way = Path(f"/proc/self/fd/{descriptor}")
    return way if way.is_dir() else path


@contextmanager
def _locked_by_file(path: Path) -> Iterator[None]:
    """A lock in the folder, on systems that don't lock folders."""
    from filelock import FileLock, Timeout

    try:
        path.mkdir(parents=True, exist_ok=True)
        with FileLock(path / ".lock", timeout=0):
            yield
    except Timeout:
        raise FileError(BUSY.format(path)) from None
