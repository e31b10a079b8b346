"""A whole class: which files of a folder are students', and which of a student's files holds the layers."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, final

from fnnet.grading.found import NAMES
from fnnet.values.record import frozen

KNOWN = {alias for aliases in NAMES.values() for alias in aliases}


@final
@frozen
class Outline:
    """What a file defines or imports that is known by name, and the modules that it imports."""

    parts: frozenset[str]
    imports: frozenset[str]


def students(folder: Path) -> list[tuple[str, Path | None]]:
    """Each student's name and file: the files of the folder, and one of each folder in it, None where it has none.

    Scripts and helpers beside a student's layers are no students. Raises ValueError where nobody is found.
    """
    entries = sorted(path for path in folder.iterdir() if not path.name.startswith((".", "_")))
    found: list[tuple[str, Path | None]] = [(path.stem, path) for path in _own([p for p in entries if _is_python(p)])]
    found += [(path.name, chosen(path)) for path in entries if path.is_dir()]
    if not found:
        raise ValueError(f"{folder} holds no .py file and no folder of a student")
    return found


def chosen(folder: Path) -> Path | None:
    """The file of a student's folder that shows the most layers; None where there is no Python."""
    files = [path for path in sorted(folder.rglob("*.py")) if not _hidden(path.relative_to(folder))]
    outlines = {path: outline(path) for path in files}
    return max(files, key=lambda path: len(outlines[path].parts), default=None)


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "_")) or part in ("venv", "site-packages") for part in path.parts)


def _is_python(path: Path) -> bool:
    return path.is_file() and path.suffix == ".py"


def _own(files: list[Path]) -> Iterator[Path]:
    """The files that are students' by themselves: those with layers, and those without that nobody shares."""
    outlines = {path: outline(path) for path in files}
    stems = {path.stem for path in files}
    shared = {name for o in outlines.values() for name in o.imports & stems}
    for path, o in outlines.items():
        beside = o.imports & (stems - {path.stem})
        if (path.stem not in shared and not (beside and path.stem in ("xor", "mnist"))) or (o.parts and not beside):
            yield path


def outline(path: Path) -> Outline:
    """What a file shows, read without running it; nothing for a file that is no Python."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, OSError, RecursionError):
        return Outline(frozenset(), frozenset())
    nodes = list(ast.walk(tree))
    names = {node.name for node in nodes if isinstance(node, ast.ClassDef | ast.FunctionDef)}
    froms = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    names |= {alias.asname or alias.name for node in froms for alias in node.names}
    modules = {str(node.module) for node in froms}
    modules |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    stars = [path.with_name(f"{node.module}.py") for node in froms if node.names[0].name == "*"]
    parts = {key for name in names if (key := _key(name)) in KNOWN}
    for star in stars:
        if star.is_file() and star != path:
            parts |= {key for name in _defined(star) if (key := _key(name)) in KNOWN}
    return Outline(frozenset(parts), frozenset(modules))


def _defined(path: Path) -> Iterator[Any]:
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, OSError, RecursionError):
        return
    yield from (node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef))


def _key(name: str) -> str:
    return name.replace("_", "").lower().removesuffix("forward")
