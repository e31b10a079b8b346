"""A whole class: which files of a folder are students', and which of a student's files holds the layers."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import final

from fnnet.grading.parts import NAMES
from fnnet.values.errors import UsageError
from fnnet.values.record import frozen

KNOWN = {alias for aliases in NAMES.values() for alias in aliases}


@final
@frozen
class Shown:
    """What a file shows without being run: the parts it defines or imports by name, and the modules it imports."""

    parts: frozenset[str]
    imports: frozenset[str]


def students(folder: Path) -> list[tuple[str, Path | None]]:
    """Each student's name and file: the files of the folder, and one of each folder in it, None where it has none.

    Scripts and helpers beside a student's layers are no students. Raises UsageError where nobody is found.
    """
    entries = sorted(path for path in folder.iterdir() if not path.name.startswith((".", "_")))
    files = [path for path in entries if path.is_file() and path.suffix == ".py"]
    everyone: list[tuple[str, Path | None]] = [(path.stem, path) for path in _own(files)]
    everyone += [(path.name, chosen(path)) for path in entries if path.is_dir()]
    if not everyone:
        raise UsageError(f"{folder} holds no .py file and no folder of a student")
    return everyone


def chosen(folder: Path) -> Path | None:
    """The file of a student's folder that shows the most layers; None where there is no Python."""
    files = [path for path in sorted(folder.rglob("*.py")) if not _hidden(path.relative_to(folder))]
    return max(files, key=lambda path: len(shown(path).parts), default=None)


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "_")) or part in ("venv", "site-packages") for part in path.parts)


def _own(files: list[Path]) -> Iterator[Path]:
    """The files that are students' by themselves: those with layers, and those without that nobody shares."""
    all_shown = {path: shown(path) for path in files}
    stems = {path.stem for path in files}
    shared = {name for one in all_shown.values() for name in one.imports & stems}
    for path, one in all_shown.items():
        beside = one.imports & (stems - {path.stem})
        if (path.stem not in shared and not (beside and path.stem in ("xor", "mnist"))) or (one.parts and not beside):
            yield path


def shown(path: Path) -> Shown:
    """What a file shows; nothing for a file that is no Python."""
    nodes = [node for statement in _statements(path) for node in ast.walk(statement)]
    froms = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    modules = {str(node.module) for node in froms}
    modules |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names = {alias.asname or alias.name for node in froms for alias in node.names} | set(_defined(nodes))
    stars = {path.with_name(f"{node.module}.py") for node in froms if node.names[0].name == "*"} - {path}
    names |= {name for star in stars for name in _defined(_statements(star))}
    return Shown(frozenset({key for name in names if (key := _key(name)) in KNOWN}), frozenset(modules))


def _statements(path: Path) -> list[ast.stmt]:
    try:
        return ast.parse(path.read_bytes()).body
    except (SyntaxError, ValueError, OSError, RecursionError):
        return []


def _defined(nodes: list[ast.stmt] | list[ast.AST]) -> Iterator[str]:
    yield from (node.name for node in nodes if isinstance(node, ast.ClassDef | ast.FunctionDef))


def _key(name: str) -> str:
    return name.replace("_", "").lower().removesuffix("forward")
