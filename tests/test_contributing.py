"""What CONTRIBUTING.md says can be done: the files that it names are there, and those that it shows run."""

import ast
import doctest
import re
from pathlib import Path
from types import ModuleType

import pytest

from fnnet.losses import distance

TOP = Path(__file__).parent.parent
PAGE = (TOP / "CONTRIBUTING.md").read_text()
RECIPES = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
ROWS = re.findall(r"^\| `([\w/.]+)` \| (.*) \|$", PAGE, re.MULTILINE)

#: The pages that speak of files of the project.
PAGES = ["README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/decisions/0019-a-house-of-rooms.md"]


def paths(text: str) -> set[str]:
    """The paths in code letters: those with a slash in them that end in one, or in a suffix."""
    named = re.findall(r"`([\w./-]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL))
    return {path for path in named if "/" in path and re.search(r"/$|\.\w+$", path) and "_build" not in path}


@pytest.mark.parametrize("page", PAGES)
def test_the_files_that_a_page_names_are_there(page: str) -> None:
    """Each path is that of a file or folder of the project, from the top or from `fnnet/`."""
    named = paths((TOP / page).read_text())
    assert named
    assert [path for path in named if not (TOP / path).exists() and not (TOP / "fnnet" / path).exists()] == []


@pytest.mark.parametrize(("path", "told"), ROWS, ids=[path for path, _ in ROWS])
def test_the_tables_to_be_written_in_are_there(path: str, told: str) -> None:
    """What a row says to write into, a name in capitals or ``__all__``, is in its file."""
    text = (TOP / path).read_text()
    assert [
        name for name in re.findall(r"`([A-Z_]{4,}|__all__)`", told) if not re.search(rf"^{name}\b", text, re.M)
    ] == []


@pytest.mark.parametrize("recipe", RECIPES, ids=[f"{number}" for number, _ in enumerate(RECIPES)])
def test_what_is_shown_runs(recipe: str) -> None:
    """Each file that is shown can be imported, and its examples hold; a part of a file is run in the rest of it."""
    module = ModuleType("shown")
    vars(module).update({} if ast.get_docstring(ast.parse(recipe)) else vars(distance), __name__="shown")
    exec(compile(recipe, "CONTRIBUTING.md", "exec"), vars(module))
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    runner, names = doctest.DocTestRunner(optionflags=flags), re.findall(r"^(?:class|def) (\w+)", recipe, re.MULTILINE)
    for name in names:
        for examples in doctest.DocTestFinder().find(vars(module)[name], name, globs=vars(module)):
            assert runner.run(examples).failed == 0
    assert names


def test_every_recipe_is_of_few_files() -> None:
    """An addition touches its own file and three more at most, the page among them."""
    parts = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    added = {part.splitlines()[0]: len(re.findall(r"^\| `[\w/.]+` \|", part, re.MULTILINE)) for part in parts}
    kinds = ("layer", "optimizer", "loss", "data set", "command", "page")
    assert {f"Add a{'n' * (kind == 'optimizer')} {kind}" for kind in kinds} <= set(added)
    assert max(added.values()) <= 3
