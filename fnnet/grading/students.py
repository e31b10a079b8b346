"""A whole class: which files of a folder are students', and which of a student's files holds the layers.

Nothing of a file is parsed here, for a file can be such that parsing it takes all memory: words are looked for in it.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from fnnet.grading.parts import NAMES
from fnnet.tables.opening import open_regular
from fnnet.values.errors import UsageError

KNOWN = {alias for aliases in NAMES.values() for alias in aliases}

#: How many bytes of a file are looked through.
READ = 1 << 20

DEFINED = re.compile(r"^[ \t]*(?:class|def)[ \t]+(\w+)", re.M)
IMPORTED = re.compile(r"^[ \t]*import[ \t]+([^#;\n]+)", re.M)
FROM = re.compile(r"^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]*(\([^)]{0,1000}|[^#;\n]+)", re.M)
NAME = re.compile(r"[\w.*]+(?:\s+as\s+\w+)?")


def students(folder: Path) -> tuple[list[tuple[str, Path]], list[str]]:
    """Each student's name and file, of the files of the folder and the folders in it; and the folders without Python.

    Scripts and helpers beside a student's layers are no students, and a file that can't be read is one. Raises
    UsageError where nobody is found.
    """
    entries = sorted(path for path in folder.iterdir() if not path.name.startswith((".", "_")))
    folders = [path for path in entries if os.path.isdir(path)]  # asked so, because it raises nothing
    files = [path for path in entries if path.suffix == ".py" and path not in folders]
    found = [(path.name, chosen(path)) for path in folders]
    everyone = [(path.stem, path) for path in _own(files)] + [(name, path) for name, path in found if path]
    if not everyone:
        raise UsageError(f"{folder} holds no .py file and no folder that holds one")
    return everyone, [name for name, path in found if not path]


def chosen(folder: Path) -> Path | None:
    """The file of a student's folder that shows the most layers; None where there is no Python."""
    shown = [path for path in sorted(folder.rglob("*.py")) if not any(map(_hides, path.relative_to(folder).parts))]
    files = [path for path in shown if not os.path.isdir(path)]
    return max(files, key=lambda path: (len(_shown(path)[0]), os.path.isfile(path)), default=None)


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
    """The parts that a file defines or imports by name, and the modules it imports; nothing where it can't be read."""
    text = _text(path)
    froms = [(module, NAME.findall(listed)) for module, listed in FROM.findall(text)]
    modules = {
        *(module for module, _ in froms),
        *(name.split()[0] for listed in IMPORTED.findall(text) for name in NAME.findall(listed)),
    }
    names = {name.split()[-1] for _, listed in froms for name in listed} | set(DEFINED.findall(text))
    stars = {path.with_name(f"{module}.py") for module, listed in froms if listed == ["*"]} - {path}
    names |= {name for star in stars for name in DEFINED.findall(_text(star))}
    return KNOWN & {name.replace("_", "").lower().removesuffix("forward") for name in names}, modules


def _text(path: Path) -> str:
    try:
        with open_regular(path) as file:
            return file.read(READ).decode(errors="replace")
    except OSError:
        return ""
