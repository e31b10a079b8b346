"""The house has floors: a module imports from those below it, and the edge alone prints and reads clocks."""

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import fnnet

ROOT = Path(fnnet.__file__).parent
MODULES = {path.relative_to(ROOT).with_suffix("").as_posix(): path for path in sorted(ROOT.rglob("*.py"))}

#: The floors from the lowest up: the rooms, and the modules that stand alone.
FLOORS = [
    ["values"],
    ["network", "losses", "optimizers", "datasets"],
    ["layers"],
    ["models", "checking", "learning"],
    ["runs"],
    ["__init__"],
    ["teaching", "grading"],
    ["cli"],
    ["__main__"],
]
FLOOR_OF = {name: number for number, names in enumerate(FLOORS) for name in names}
OUTSIDE = {"numpy", "attrs"}
EDGE = OUTSIDE | {"typer", "rich", "platformdirs", "threadpoolctl", "filelock"}
NEVER_INSIDE = {"time", "datetime", "typer", "rich", "platformdirs", "argparse", "logging", "threading", "random"}

#: The most lines of a file.
LONGEST = 220

each_module = pytest.mark.parametrize("module", MODULES)


def unit(module: str) -> str:
    """The name by which a module stands in the table of floors: its room's, or its own."""
    return module.split("/")[0]


inside = pytest.mark.parametrize("module", [m for m in MODULES if unit(m) not in ("cli", "__main__")])


def imports(module: str) -> Iterator[str]:
    """The full names that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(MODULES[module].read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if is_module(name) else str(node.module) for name in names)


def is_module(name: str) -> bool:
    """Whether a full name is a module of fnnet."""
    path = "/".join(name.split(".")[1:])
    return name.startswith("fnnet.") and (path in MODULES or f"{path}/__init__" in MODULES)


def own(module: str) -> list[str]:
    """The modules of fnnet that a module imports, as paths below the package."""
    names = (name for name in imports(module) if name.split(".")[0] == "fnnet")
    return ["/".join(name.split(".")[1:]) or "__init__" for name in names]


@each_module
def test_every_module_has_its_floor(module: str) -> None:
    """Each module stands in the table of floors."""
    assert unit(module) in FLOOR_OF


@each_module
def test_modules_import_from_below(module: str) -> None:
    """A module imports from floors below its own, or from its own package."""
    floor = FLOOR_OF[unit(module)]
    above = [name for name in own(module) if unit(name) != unit(module) and FLOOR_OF[unit(name)] >= floor]
    assert above == []


@pytest.mark.parametrize("module", [m for m in MODULES if m.startswith("layers/") and not m.endswith("__init__")])
def test_layer_families_are_strangers(module: str) -> None:
    """A family of layers imports no other family."""
    assert [name for name in own(module) if name.startswith("layers")] == []


@each_module
def test_what_comes_from_outside(module: str) -> None:
    """From outside come NumPy and attrs alone, and at the command line its tools too."""
    allowed = EDGE if unit(module) == "cli" else OUTSIDE
    heads = {name.split(".")[0] for name in imports(module)} - {"fnnet"}
    assert heads - set(sys.stdlib_module_names) - allowed == set()


@inside
def test_no_clock_and_no_terminal_inside(module: str) -> None:
    """Outside the command line nothing imports a clock, a parser of arguments, a logger or Python's random numbers."""
    assert {name.split(".")[0] for name in imports(module)} & NEVER_INSIDE == set()


@inside
def test_nothing_is_printed_or_read_from_the_environment_inside(module: str) -> None:
    """Outside the command line nothing prints, asks, exits, or reads the environment."""
    tree = ast.parse(MODULES[module].read_text())
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert names & {"print", "input", "exit", "environ", "getenv"} == set()
    assert attributes & {"environ", "getenv", "stdout", "stderr", "argv"} == set()


@inside
def test_no_assert_and_no_global_inside(module: str) -> None:
    """Library code asserts nothing and rebinds no global."""
    nodes = list(ast.walk(ast.parse(MODULES[module].read_text())))
    assert not [node.lineno for node in nodes if isinstance(node, ast.Assert | ast.Global | ast.Nonlocal)]


@inside
def test_no_inheritance_inside(module: str) -> None:
    """A class has no base but a protocol, an enumeration, a named tuple or an exception."""
    allowed = {"Protocol", "IntEnum", "NamedTuple", "ArithmeticError", "ValueError"}
    classes = [node for node in ast.walk(ast.parse(MODULES[module].read_text())) if isinstance(node, ast.ClassDef)]
    assert {ast.unparse(base) for node in classes for base in node.bases} <= allowed


def test_a_file_is_known_by_its_name() -> None:
    """No two modules have one base name, but for the `__init__` of the rooms."""
    names = Counter(module.split("/")[-1] for module in MODULES)
    assert {name for name, times in names.items() if times > 1} <= {"__init__", "__main__"}


def test_a_file_holds_one_idea() -> None:
    """No file is longer than what a reader takes in at once."""
    lines = {module: len(path.read_text().splitlines()) for module, path in MODULES.items()}
    assert {module for module, many in lines.items() if many > LONGEST} == set()


def test_importing_fnnet_is_light() -> None:
    """In a fresh interpreter ``import fnnet`` loads nothing heavy, and no tool of the command line."""
    heavy = (
        "torch torchvision typer rich click platformdirs filelock matplotlib sklearn scipy hypothesis jax pandas PIL"
    )
    code = f"import sys, fnnet; print(sorted(set({heavy.split()!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_all_names_are_there() -> None:
    """Every name in ``fnnet.__all__`` is there, once, and in order."""
    assert all(hasattr(fnnet, name) for name in fnnet.__all__)
    assert len(set(fnnet.__all__)) == len(fnnet.__all__)
