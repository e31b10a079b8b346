"""Opening a file of a user's: a regular one, of a size that can be read, or none at all."""

import errno
import os
import stat
from typing import BinaryIO

LIMIT = 2**30


def open_regular(path: str | os.PathLike[str], most: int = LIMIT) -> BinaryIO:
    """The regular file at this path, open for reading. Raises OSError, at once, for anything else.

    A pipe would be waited for, and a device has no end. A file with more than ``most`` bytes is refused too.

    >>> open_regular("/dev/zero")
    Traceback (most recent call last):
    OSError: [Errno 22] it is not a regular file: '/dev/zero'
    """
    file = open(path, "rb", opener=_without_waiting)  # noqa: SIM115 -- the caller closes it
    if refusal := _refusal(os.fstat(file.fileno()), most):  # asked now, so that nothing is exchanged in between
        file.close()
        raise OSError(*refusal, os.fspath(path))
    return file


def _refusal(about: os.stat_result, most: int) -> tuple[int, str] | None:
    if not stat.S_ISREG(about.st_mode):
        return errno.EINVAL, "it is not a regular file"
    if about.st_size > most:
        return errno.EFBIG, f"it has {about.st_size} bytes, more than the {most / 2**30:g} GiB that can be read"
    return None


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
