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

#: The lock in the folder, on systems that don't lock folders.
LOCK = ".lock"

#: How often a lock is asked for that somebody looks at.
TRIES = 10_000


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
    with owned_if_free(path) as own:
        if own is None:
            raise FileError(BUSY.format(path))
        yield own


@contextmanager
def owned_if_free(path: Path) -> Iterator[Owned | None]:
    """The folder as `owned` gives it, or None where another process has it."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        descriptor = _locked(path)
    except BlockingIOError:
        yield None
        return
    except OSError as error:
        raise FileError(f"{path} can't be written: {error.strerror or error}; use another --out") from error
    if descriptor is None:
        with _locked_by_file(path) as locked:
            yield Owned(path, path) if locked else None
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


def is_owned(path: Path) -> bool:
    """Whether a process has the folder now. Nothing is written, and who wants it meanwhile gets it all the same."""
    if os.name == "posix":
        return any(_is_locked(file) for file in (path, path / LOCK))
    if not (path / LOCK).exists():
        return False
    with _locked_by_file(path) as locked:
        return not locked


def _is_locked(path: Path) -> bool:
    import fcntl

    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except OSError as error:
        return isinstance(error, BlockingIOError)
    finally:
        os.close(descriptor)


def _locked(path: Path) -> int | None:
    """The folder, opened and locked: not a file in it, which could be removed. None where that is not possible."""
    if os.name != "posix":
        return None
    while True:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            _lock(descriptor)
            if os.path.samestat(os.stat(path), os.fstat(descriptor)):
                return descriptor
            os.close(descriptor)  # another folder has got its name meanwhile
        except OSError as error:
            os.close(descriptor)
            if error.errno in UNLOCKABLE:
                return None
            raise


def _lock(descriptor: int) -> None:
    """Lock it. Raises BlockingIOError where another process has, and waits for one that only looks: `is_owned`."""
    import fcntl

    for _ in range(TRIES):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)  # who looks shares it, who writes does not
            os.sched_yield()
    raise BlockingIOError


def _way(descriptor: int, path: Path) -> Path:
    way = Path(f"/proc/self/fd/{descriptor}")
    return way if way.is_dir() else path


@contextmanager
def _locked_by_file(path: Path) -> Iterator[bool]:
    """A lock in the folder, on systems that don't lock folders; whether it was to be had."""
    from filelock import FileLock, Timeout

    path.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()
