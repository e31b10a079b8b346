"""All runs below a folder."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from fnnet.runs.aside import BEFORE, GOING, MOVING, on_the_way, waits
from fnnet.runs.folder import holds_run


def runs_below(folder: Path) -> Iterator[Path]:
    """The folders of runs in a folder, itself among them, and in those inside; links are looked at, and not followed.

    They come by name, `xor-2` before `xor-10`. A run that waits to be replaced is not one of its own.
    """
    for path, inner, _ in os.walk(folder):
        here = Path(path)
        inner[:] = sorted({*inner} - {BEFORE, MOVING, GOING}, key=_by_number)
        if _is_run(here):
            yield here
        yield from (here / name for name in inner if (here / name).is_symlink() and _is_run(here / name))


def _is_run(folder: Path) -> bool:
    return holds_run(folder) or on_the_way(folder) or waits(folder)


def _by_number(name: str) -> list[tuple[int, str]]:
    """What to sort names by, so that numbers in them count as numbers.

    >>> sorted(["xor-10", "xor-2", "xor"], key=_by_number)
    ['xor', 'xor-2', 'xor-10']
    """
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", name)]
