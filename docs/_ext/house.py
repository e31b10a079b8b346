"""The house as its map says it and as its code is: the rooms by floors, and which room imports which.

The map is the table in ``docs/architecture.md``. The figure of the imports is drawn from what is read here, and the
tests hold the code to it.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

TOP = Path(__file__).parents[2]
MAP = TOP / "docs" / "architecture.md"

#: A line of the table: the floor, the room, what it holds, and what it may import from outside of fnnet.
LINE = re.compile(r"^\| (\d+) \| `(\w+)(?:/|\.py)` \|.+\|(.*)\|$", re.MULTILINE)

#: The files of fnnet by their paths in it, without the suffix.
MODULES = {path.relative_to(TOP / "fnnet").with_suffix("").as_posix(): path for path in (TOP / "fnnet").rglob("*.py")}

#: The paths by which something may be imported: modules, and the rooms that they are in.
KNOWN = {name.removesuffix("/__init__") for name in MODULES}


class Room(NamedTuple):
    """A room as the map has it: a folder of the package, or a module that stands alone."""

    floor: int
    name: str
    outside: frozenset[str]


def rooms() -> list[Room]:
    """The rooms of the map, from the lowest floor up."""
    lines = LINE.findall(MAP.read_text("utf-8"))
    return [Room(int(floor), name, frozenset(re.findall(r"`(\w+)`", outside))) for floor, name, outside in lines]


def room_of(module: str) -> str:
    """The name of the room that a module is in, or its own where it stands alone.

    >>> room_of("layers/affine"), room_of("losses")
    ('layers', 'losses')
    """
    return module.split("/")[0]


def tree(module: str) -> ast.Module:
    """The syntax tree of a module."""
    return ast.parse(MODULES[module].read_text("utf-8"))


def imports(module: str) -> Iterator[str]:
    """The full names of the modules that a module imports, wherever in it; a leading dot where it says so."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = [f"{'.' * node.level}{node.module}.{alias.name}" for alias in node.names]
            yield from (name if _below(name) in KNOWN else name.rpartition(".")[0] for name in names)


def own(module: str) -> list[str]:
    """The modules of fnnet that a module imports, by their paths in it."""
    return [_below(name) or "__init__" for name in imports(module) if name.split(".")[0] == "fnnet"]


def _below(name: str) -> str:
    """The path in fnnet of a full name, such as layers/affine."""
    return "/".join(name.split(".")[1:])


def arrows() -> set[tuple[str, str]]:
    """The pairs of rooms of which one imports the other."""
    pairs = {(room_of(module), room_of(other)) for module in MODULES for other in own(module)}
    return {(here, there) for here, there in pairs if here != there}
