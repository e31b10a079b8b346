"""The documentation: it speaks of every public name, its links lead somewhere, and its examples are run."""

import re
from collections import Counter
from pathlib import Path

import pytest

import fnnet
from fnnet import datasets

TOP = Path(__file__).parent.parent
DOCS = TOP / "docs"
PAGES = {str(path.relative_to(TOP)): path for path in [TOP / "README.md", *sorted(DOCS.rglob("*.md"))]}
PAGES = {name: path for name, path in PAGES.items() if "/_" not in name}
REFERENCE = sorted((DOCS / "reference").glob("*.md"))
MODULES = {"fnnet": fnnet, "fnnet.datasets": datasets}

FENCE = re.compile(r"^(`{3,})(.*?)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
each_page = pytest.mark.parametrize("page", PAGES)


def described(module: str) -> Counter[str]:
    """The names that the reference pages of a module describe, and how often."""
    texts = [path.read_text() for path in REFERENCE]
    lines = [line for text in texts if f"currentmodule:: {module}\n" in text for line in text.splitlines()]
    found = [re.fullmatch(r"\.\. (?:auto|py:)(?:class|exception|function|data|type):: (\w+)", line) for line in lines]
    return Counter(match[1] for match in found if match)


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_is_described_once(module: str) -> None:
    """The reference describes each name of ``__all__`` once, and no other name."""
    wanted = Counter(name for name in MODULES[module].__all__ if name != "datasets")
    assert described(module) == wanted


@pytest.mark.parametrize("path", REFERENCE, ids=lambda path: path.stem)
def test_the_tables_of_the_reference_are_whole(path: Path) -> None:
    """The table at the head of a reference page lists what the page describes, in its order."""
    text = path.read_text()
    table = re.search(r"\.\. autosummary::\n   :nosignatures:\n\n((?:   \w+\n)*)", text)
    names = re.findall(r"^\.\. auto\w+:: (\w+)$", text, re.MULTILINE)
    assert names == (table[1].split() if table else [])


def test_every_public_name_has_a_docstring() -> None:
    """What the reference describes says something."""
    silent = [n for m in MODULES.values() for n in m.__all__ if callable(getattr(m, n)) and not getattr(m, n).__doc__]
    assert silent == []


def prose(path: Path) -> str:
    """A page without its fenced blocks and its code."""
    return re.sub(r"`[^`\n]+`", "", FENCE.sub("", path.read_text()))


def anchors(path: Path) -> set[str]:
    """What a link to a page may name after the ``#``: its headings, as GitHub and MyST write them, and its labels."""
    text = FENCE.sub("", path.read_text())
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
    return slugs | set(re.findall(r"^\(([\w-]+)\)=$", text, re.MULTILINE))


@each_page
def test_links_lead_somewhere(page: str) -> None:
    """Each link inside the project names a file that is there, and a heading in it."""
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(PAGES[page])):
        if re.match(r"https?:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (PAGES[page].parent / name).resolve() if name else PAGES[page]
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


@each_page
def test_every_block_of_python_is_run(page: str) -> None:
    """Each block of Python on a page is made of examples, so that pytest runs it."""
    blocks = [body for _, kind, body in FENCE.findall(PAGES[page].read_text()) if kind == "python"]
    assert [body for body in blocks if not body.startswith(">>> ") or not body.endswith("\n\n")] == []


@each_page
def test_no_example_is_left_out(page: str) -> None:
    """No example is marked as one that is not run."""
    assert "doctest: +SKIP" not in PAGES[page].read_text()


@each_page
def test_examples_are_no_wider_than_the_page(page: str) -> None:
    """On the pages for learners no line of an example is longer than 96 letters, which is what a page shows."""
    if page.startswith(("docs/course/", "docs/howto/", "docs/index", "docs/teachers")):
        blocks = [body for _, kind, body in FENCE.findall(PAGES[page].read_text()) if kind == "python"]
        lines = [line for body in blocks for line in body.splitlines() if line.startswith((">>> ", "... "))]
        assert [line for line in lines if len(line) > 96] == []
