"""A folder for a run that nobody has named: `runs/xor`, then `runs/xor-2`, and so on, each for one process."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from fnnet.runs.folder import holds_run, mend
from fnnet.runs.ownership import Owned, owned_if_free


def numbered(path: Path) -> Iterator[Path]:
    """A path, and those that follow it.

    >>> paths = numbered(Path("runs", "xor"))
    >>> [next(paths).name for _ in range(3)]
    ['xor', 'xor-2', 'xor-3']
    """
    yield path
    yield from (path.with_name(f"{path.name}-{number}") for number in count(2))


@contextmanager
def first_free(path: Path) -> Iterator[Owned]:
    """The first of the folders that follow a path which holds no run and no other process has, as `owned` gives it.

    Files that are of no run stay in it. Raises FileError as `owned` does, but for what others have.
    """
    for candidate in numbered(path):
        if holds_run(candidate):
            continue
        with owned_if_free(candidate) as own:
            if own and _is_free(own.way):
                yield own
                return


def _is_free(folder: Path) -> bool:
    """Whether an owned folder holds no run, also none that a killed process left on the way."""
    mend(folder)
    return not holds_run(folder)
