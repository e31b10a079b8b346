"""The house: a file imports only from floors below it, and `import fnnet` stays light."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "fnnet"

#: The floors from the ground up; a name ending in a dot is a package, whose files may import each other.
FLOORS = [
    {"array", "numeric", "keys"},
    {"record"},
    {"tree"},
    {"network"},
    {"layers.", "losses", "schedules", "metrics", "datasets."},
    {"optimizers", "models", "prediction", "summary"},
    {"stream", "checking."},
    {"recipe"},
    {"cli."},
    {"__main__"},
]
GROUND = {"array": 0, "numeric": 1, "keys": 0}  # inside the ground floor numeric stands on array
OUTSIDE = {"numpy", "attrs"}
FILES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    """The dotted name of a file inside fnnet, such as layers.affine."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


def floor_of(name: str) -> int:
    """The number of the floor that a file stands on."""
    package = name.split(".")[0]
    return next(i for i, floor in enumerate(FLOORS) if package in floor or f"{package}." in floor)


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Every module that a file imports, and whether it does so when it is itself imported."""
    tree = ast.parse(path.read_text())
    top = set(map(id, tree.body))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, id(node) in top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide the floor"
            yield node.module or "", id(node) in top


def inner(path: Path) -> set[str]:
    """The files of fnnet that a file imports, by their names inside it."""
    return {module.removeprefix("fnnet.") for module, _ in imports(path) if module.startswith("fnnet.")}


@pytest.mark.parametrize("path", [p for p in FILES if name_of(p) != "__init__"], ids=name_of)
def test_a_file_imports_only_from_below(path: Path) -> None:
    """No file imports from its own floor or one above, but for its own package."""
    name = name_of(path)
    for other in inner(path):
        same = name.split(".")[0] == other.split(".")[0]
        ground = floor_of(name) == 0 and GROUND[name] > GROUND.get(other, 9)
        assert same or ground or floor_of(other) < floor_of(name), f"{name} imports {other}"


@pytest.mark.parametrize("path", sorted((PACKAGE / "layers").glob("*.py")), ids=name_of)
def test_layer_families_do_not_import_each_other(path: Path) -> None:
    """A family of layers stands alone."""
    if path.stem != "__init__":
        assert [other for other in inner(path) if other.startswith("layers")] == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_outside_the_command_line_little_is_needed(path: Path) -> None:
    """Below the command line only NumPy and attrs come from outside, and torchvision where images are fetched."""
    roots = {module.split(".")[0] for module, _ in imports(path)} - {"fnnet"} - set(sys.stdlib_module_names)
    if name_of(path).startswith("cli"):
        assert roots <= OUTSIDE | {"typer", "rich", "platformdirs"}
    else:
        assert roots <= (OUTSIDE | {"torchvision"} if name_of(path) == "datasets.fetch" else OUTSIDE)
        assert "time" not in {module for module, _ in imports(path)}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_only_the_command_line_prints_and_reads_the_environment(path: Path) -> None:
    """No print and no os.environ below the command line."""
    if not name_of(path).startswith("cli"):
        names = {n.id for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Name)}
        attributes = {n.attr for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Attribute)}
        assert "print" not in names
        assert not attributes & {"environ", "getenv"}


def test_import_is_light() -> None:
    """A fresh interpreter that imports fnnet has loaded none of the heavy libraries."""
    heavy = "torch torchvision typer rich matplotlib sklearn scipy hypothesis pandas jax platformdirs"
    code = f"import sys, fnnet; print([m for m in {heavy.split()} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_the_public_names_are_the_functions() -> None:
    """No submodule hides a public function of the same name."""
    code = "import fnnet, types; print([n for n in fnnet.__all__ if isinstance(getattr(fnnet, n), types.ModuleType)])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "['datasets']"
