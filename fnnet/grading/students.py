"""A whole class: which files of a folder are students', and which of a student's files holds the layers."""

import ast
from collections.abc import Iterator
from pathlib import Path

from fnnet.grading.parts import NAMES
from fnnet.values.errors import UsageError

KNOWN = {alias for aliases in NAMES.values() for alias in aliases}


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
    files = [path for path in sorted(folder.rglob("*.py")) if not any(map(_hides, path.relative_to(folder).parts))]
    return max(files, key=lambda path: len(_shown(path)[0]), default=None)


def _hides(name: str) -> bool:
    return name.startswith((".", "_")) or name in ("venv", "site-packages")


def _own(files: list[Path]) -> Iterator[Path]:
    """The files that are students' by themselves: those with layers, and those without that nobody shares."""
    shown = {path: _shown(path) for path in files}
    stems = {path.stem for path in files}
    shared = {name for _, imports in shown.values() for name in imports & stems}
    for path, (parts, imports) in shown.items():
        beside = imports & (stems - {path.stem})
        if (path.stem not in shared and not (beside and path.stem in ("xor", "mnist"))) or (parts and not beside):
            yield path


def _shown(path: Path) -> tuple[set[str], set[str]]:
    """The parts that a file defines or imports by name, and the modules it imports; nothing where it is no Python."""
    nodes = [node for statement in _statements(path) for node in ast.walk(statement)]
    froms = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    modules = {str(node.module) for node in froms}
    modules |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names = {alias.asname or alias.name for node in froms for alias in node.names} | set(_defined(nodes))
    stars = {path.with_name(f"{node.module}.py") for node in froms if node.names[0].name == "*"} - {path}
    names |= {name for star in stars for name in _defined(_statements(star))}
    return KNOWN & {name.replace("_", "").lower().removesuffix("forward") for name in names}, modules


def _statements(path: Path) -> list[ast.stmt]:
    try:
        return ast.parse(path.read_bytes()).body
    except (SyntaxError, ValueError, OSError, RecursionError):
        return []


def _defined(nodes: list[ast.stmt] | list[ast.AST]) -> Iterator[str]:
    yield from (node.name for node in nodes if isinstance(node, ast.ClassDef | ast.FunctionDef))
