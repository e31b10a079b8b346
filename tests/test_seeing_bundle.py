"""The modules of the page: each is one idea, and as one script they stand beside each other."""

import re
from collections import Counter
from importlib.resources import files

import pytest

from fnnet.seeing.bundle import read, script

PAGE = files("fnnet.seeing").joinpath("page")
MODULES = sorted(path.name for path in PAGE.iterdir() if path.name.endswith(".js"))


def test_no_name_stands_at_the_top_of_two_modules():
    """One script has all modules in it, where the later of two functions of one name would be the only one."""
    top = re.compile(r"^(?:export )?(?:async )?(?:function\*?|const|let|class) (\w+)", re.MULTILINE)
    listed = re.compile(r"^(?:export )?const (?:\[|\{)([^=]*)(?:\]|\}) =", re.MULTILINE)
    names = Counter(
        name
        for module in MODULES
        for name in [*top.findall(read(module)), *re.findall(r"\w+", " ".join(listed.findall(read(module))))]
    )
    assert len(names) > 50
    assert [name for name, times in names.items() if times > 1] == []


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_one_idea(module):
    """A file of the page has at most 220 lines of at most 120 characters, and begins by saying what it is."""
    lines = read(module).splitlines()
    assert len(lines) <= 220
    assert max(map(len, lines)) <= 120
    assert lines[0].startswith("/* ")


@pytest.mark.parametrize("module", MODULES)
def test_a_script_holds_neither_imports_nor_exports(module):
    """What joins the modules leaves nothing of their own that a script may not have."""
    assert not re.search(r"^(import|export)\b", script(module), re.MULTILINE)


def test_modules_that_import_each_other_are_refused(monkeypatch):
    """A circle has no order."""
    texts = {"a.js": 'import { b } from "./b.js";\n', "b.js": 'import { a } from "./a.js";\n'}
    monkeypatch.setattr("fnnet.seeing.bundle.read", texts.__getitem__)
    with pytest.raises(ValueError, match=r"a\.js -> b\.js -> a\.js"):
        script("a.js")
