"""The house has floors: a module imports from those below it, and the edge alone prints and reads clocks."""

import ast
import runpy
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest

import fnnet

#: What the map says, and what the modules import: read as the figure of ``docs/architecture.md`` reads it.
house = SimpleNamespace(**runpy.run_path(str(Path(__file__).parent.parent / "docs" / "_ext" / "house.py")))

MODULES = house.MODULES
ROOMS = {room.name: room for room in house.rooms()}
NEVER_INSIDE = {"time", "datetime", "typer", "rich", "platformdirs", "argparse", "logging", "threading", "random"}

#: What the one room beside the command line may do that shows how far a run has come: tell the time, and draw.
ALLOWED = {"watching": {"time", "datetime", "rich", "stdout"}}

LONGEST = 220

unit, own, imports = house.room_of, house.own, house.imports

each_module = pytest.mark.parametrize("module", sorted(MODULES))
inside = pytest.mark.parametrize("module", [m for m in sorted(MODULES) if unit(m) not in ("cli", "__main__")])


@each_module
def test_every_module_has_its_floor(module: str) -> None:
    """Each module is in a room of the map."""
    assert unit(module) in ROOMS


def test_the_map_is_of_this_house() -> None:
    """The map names each room once, and none that is not there, from the ground up without a gap."""
    floors = [room.floor for room in house.rooms()]
    assert len(ROOMS) == len(floors) == len({unit(module) for module in MODULES})
    assert floors == sorted(floors)
    assert set(floors) == set(range(floors[-1] + 1))


def test_the_map_and_the_code_are_of_one_checkout() -> None:
    """What is read is the package that is tested."""
    assert MODULES["__init__"] == Path(fnnet.__file__)


@each_module
def test_modules_import_from_below(module: str) -> None:
    """A module imports from floors below its own, or from its own room."""
    floor = ROOMS[unit(module)].floor
    above = [name for name in own(module) if unit(name) != unit(module) and ROOMS[unit(name)].floor >= floor]
    assert above == []


def test_imports_are_read_wherever_they_stand() -> None:
    """An import inside a function, of a module or of a name in it, counts for the module that it is."""
    assert {"runs", "learning", "values/errors", "datasets"} <= set(own("cli/app"))
    assert ("cli", "values") in house.arrows()


@pytest.mark.parametrize("module", [m for m in sorted(MODULES) if m.startswith("layers/") and m != "layers/__init__"])
def test_layer_families_are_strangers(module: str) -> None:
    """A family of layers imports no other family."""
    assert [name for name in own(module) if name.startswith("layers")] == []


@each_module
def test_what_comes_from_outside(module: str) -> None:
    """From outside comes what the map says of the room, and nothing relative."""
    heads = {name.split(".")[0] for name in imports(module)} - {"fnnet"}
    assert heads - set(sys.stdlib_module_names) - ROOMS[unit(module)].outside == set()


@inside
def test_no_clock_and_no_terminal_inside(module: str) -> None:
    """Outside the command line nothing imports a clock, a parser of arguments, a logger or Python's random numbers."""
    found = {name.split(".")[0] for name in imports(module)} & NEVER_INSIDE
    assert found - ALLOWED.get(unit(module), set()) == set()


@inside
def test_nothing_is_printed_or_read_from_the_environment_inside(module: str) -> None:
    """Outside the command line nothing prints, asks, exits, or reads the environment."""
    tree = house.tree(module)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert names & {"print", "input", "exit", "environ", "getenv"} == set()
    found = attributes & {"environ", "getenv", "stdout", "stderr", "argv"}
    assert found - ALLOWED.get(unit(module), set()) == set()


@inside
def test_no_assert_and_no_global_inside(module: str) -> None:
    """Library code asserts nothing and rebinds no global."""
    nodes = list(ast.walk(house.tree(module)))
    assert not [node.lineno for node in nodes if isinstance(node, ast.Assert | ast.Global | ast.Nonlocal)]


@inside
def test_no_inheritance_inside(module: str) -> None:
    """A class has no base but a protocol, an enumeration, a named tuple or an exception."""
    allowed = {"Protocol", "IntEnum", "NamedTuple", "ArithmeticError", "ValueError"}
    classes = [node for node in ast.walk(house.tree(module)) if isinstance(node, ast.ClassDef)]
    assert {ast.unparse(base) for node in classes for base in node.bases} <= allowed


def test_a_file_is_known_by_its_name() -> None:
    """No two modules have one base name, but for the `__init__` of the rooms."""
    names = Counter(module.split("/")[-1] for module in MODULES)
    assert {name for name, times in names.items() if times > 1} - {"__init__", "__main__"} == set()


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


@pytest.mark.parametrize("room", [room for room in ROOMS if f"{room}/__init__" in MODULES])
def test_a_room_says_what_it_holds(room: str) -> None:
    """A room that is a folder says in one sentence what it holds."""
    said = ast.get_docstring(house.tree(f"{room}/__init__"))
    assert said
    assert said.splitlines()[0].endswith(".")


def test_all_names_are_there() -> None:
    """Every name in ``fnnet.__all__`` is there, once, and in order."""
    assert all(hasattr(fnnet, name) for name in fnnet.__all__)
    assert len(set(fnnet.__all__)) == len(fnnet.__all__)
