"""The documentation: it speaks of every public name, its links lead somewhere, and its examples are run."""

import contextlib
import doctest
import io
import json
import re
import subprocess
import sys
import tomllib
from code import InteractiveConsole
from collections import Counter
from importlib import import_module
from inspect import cleandoc
from pathlib import Path
from types import ModuleType

import pytest

import fnnet
from fnnet.cli.app import COMMANDS, run
from fnnet.grading import write_skeleton
from fnnet.telling import installing

TOP = Path(__file__).parent.parent
DOCS = TOP / "docs"
MARKDOWN = [TOP / "README.md", TOP / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
PAGES = {name: path for path in MARKDOWN if "/_" not in (name := str(path.relative_to(TOP)))}
REFERENCE = sorted((DOCS / "reference").glob("*.md"))

#: The rooms that say in ``__all__`` what they offer; beside them the modules whose every name is public, and what
#: extenders need of another.
ROOMS = [
    "values", "network", "tables", "losses", "optimizers", "datasets", "layers", "checking", "learning", "runs",
    "watching", "teaching", "grading", "course", "plotting", "seeing",
]  # fmt: skip
WHOLE = ["values.numeric"]
EXTENDING = {"fnnet.optimizers.base.elementwise", "fnnet.optimizers.base.Elementwise"}
DESCRIPTION = r"^\.\. (?:auto|py:)(?:class|exception|function|data|type):: ([\w.]+)$"

#: As many letters of code are shown without being cut, from a window of 1000 pixels on.
WIDTH = 88

FENCE = re.compile(r"^(`{3,})(.*?)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
DRAWING = re.compile(r"^:::\{drawing\} [^\n]+\n:alt: [^\n]+\n\n(.*?)^:::$", re.MULTILINE | re.DOTALL)
COURSE = [f"docs/{name}.md" for name in re.findall(r"^course/[\w-]+$", (DOCS / "index.md").read_text(), re.MULTILINE)]
each_page = pytest.mark.parametrize("page", PAGES)


def described() -> Counter[str]:
    """The full names that the reference describes, and how often."""
    names: Counter[str] = Counter()
    for path in REFERENCE:
        module = "fnnet"
        for line in path.read_text().splitlines():
            if said := re.match(r"\.\. currentmodule:: ([\w.]+)$", line):
                module = said[1]
            elif said := re.match(DESCRIPTION, line):
                names[said[1] if said[1].startswith("fnnet.") else f"{module}.{said[1]}"] += 1
    return names


def offered(module: ModuleType) -> list[str]:
    """The public names of a module: those that it lists, or else all that are made in it."""
    made = [name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__]
    return getattr(module, "__all__", [name for name in made if not name.startswith("_")])


def public() -> set[str]:
    """The full names that are public: those of `fnnet`, what the rooms have beside them, and what extenders need."""
    names = {f"fnnet.{name}" for name in fnnet.__all__} | EXTENDING
    for module in (import_module(f"fnnet.{room}") for room in [*ROOMS, *WHOLE]):
        beside = [name for name in offered(module) if getattr(module, name) is not getattr(fnnet, name, None)]
        names |= {f"{module.__name__}.{name}" for name in beside}
    return names


def value(name: str) -> object:
    """What has this full name."""
    module, _, last = name.rpartition(".")
    return getattr(import_module(module), last)


def test_every_public_name_is_described_once() -> None:
    """The reference describes each public name once, and no other; a figure or a type may be named in prose instead."""
    names = described()
    assert [name for name, times in names.items() if times > 1] == []
    assert set(names) <= public()
    prose = " ".join(path.read_text() for path in REFERENCE)
    left_out = public() - set(names)
    assert [name for name in left_out if callable(value(name)) or f"`{name.split('.')[-1]}`" not in prose] == []


def test_every_room_is_public() -> None:
    """The rooms whose names are described are all that say in ``__all__`` what they offer."""
    packages = {path.parent.name for path in Path(fnnet.__file__).parent.glob("*/__init__.py")}
    assert set(ROOMS) == packages - {"cli", "telling"}


@pytest.mark.parametrize("path", REFERENCE, ids=lambda path: path.stem)
def test_the_tables_of_the_reference_are_whole(path: Path) -> None:
    """The table at the head of each part of a page lists what the part describes, but for names of another room."""
    for block in re.findall(r"^```\{eval-rst\}\n(.*?)^```$", path.read_text(), re.MULTILINE | re.DOTALL):
        table = re.search(r"\.\. autosummary::\n   :nosignatures:\n\n((?:   [\w.]+\n)*)", block)
        names = re.findall(r"^\.\. auto\w+:: ([\w.]+)$", block, re.MULTILINE)
        if table:
            assert [name.removeprefix("fnnet.") for name in names] == table[1].split()
        assert table or all(name.startswith("fnnet.") for name in names)


def test_every_public_name_has_a_docstring() -> None:
    """What the reference describes says something."""
    assert [name for name in public() if callable(value(name)) and not value(name).__doc__] == []


def test_examples_of_the_reference_are_no_wider_than_the_page() -> None:
    """No line of an example in a docstring is too long either."""
    texts = [cleandoc(found) for name in public() if callable(value(name)) and (found := value(name).__doc__)]
    examples = [example for text in texts for example in doctest.DocTestParser().get_examples(text)]
    shown = [f">>> {line}" for example in examples for line in example.source.splitlines()]
    shown += [line for example in examples for line in example.want.splitlines()]
    assert [line for line in shown if len(line) > WIDTH] == []


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


@pytest.mark.parametrize("page", sorted(PAGES.keys() - {"CONTRIBUTING.md"}))
def test_every_block_of_python_is_run(page: str) -> None:
    """Each block of Python on a page is made of examples, so that pytest runs it."""
    blocks = [body for _, kind, body in FENCE.findall(PAGES[page].read_text()) if kind == "python"]
    assert [body for body in blocks if not body.startswith(">>> ") or not body.endswith("\n\n")] == []


@each_page
def test_no_example_is_left_out(page: str) -> None:
    """No example is marked as one that is not run."""
    assert "doctest: +SKIP" not in PAGES[page].read_text()


@each_page
def test_code_is_no_wider_than_the_page(page: str) -> None:
    """No line of code on a page, or of a figure, is too long to be shown whole."""
    text = PAGES[page].read_text()
    blocks = [body for _, kind, body in FENCE.findall(text) if kind != "{eval-rst}"] + DRAWING.findall(text)
    lines = [line for body in blocks for line in body.splitlines() if not line.startswith(":alt:")]
    assert [line for line in lines if len(line) > WIDTH and not page.startswith("docs/decisions/")] == []


@pytest.mark.parametrize("page", COURSE)
def test_examples_of_the_course_fit_a_terminal(page: str) -> None:
    """Beside a letter of margin on both sides, an example of the course fits 80 columns."""
    lines = [line for _, _, body in FENCE.findall(PAGES[page].read_text()) for line in body.splitlines()]
    assert [line for line in lines if len(line) > 78] == []


@pytest.mark.parametrize("page", COURSE)
def test_every_page_of_the_course_has_a_figure(page: str) -> None:
    """Each page shows its idea, too."""
    assert DRAWING.search(PAGES[page].read_text())


@pytest.mark.parametrize("page", COURSE)
def test_an_exercise_is_checked_without_its_solution(page: str) -> None:
    """Each page has one exercise. Its `check` stands in the open and refuses a wrong answer; the solution passes it."""
    (exercise,) = PAGES[page].read_text().split("\n## Exercise\n")[1:]
    (folded,) = re.findall(r"<details><summary>A solution</summary>\n\n.*?\n</details>\n", exercise, re.DOTALL)
    asked = exercise.split(folded)[0]
    assert re.search(r"^>>> def check\(", asked, re.MULTILINE)
    assert re.search(r"^>>> check\(.*?\nFalse$", asked, re.MULTILINE | re.DOTALL)
    assert re.search(r"^>>> check\(.*?\nTrue$", folded, re.MULTILINE | re.DOTALL)


SIGNS = {r"\partial": 'read "del E by del w"', r"\eta": 'read "eta"', r"\sigma": 'read "sigma"', r"\log": "natural"}


@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_is_explained_where_it_first_occurs(sign: str) -> None:
    """The first page of the course with a sign in a formula says how it is read, or which one is meant."""
    first = next(page for page in COURSE if sign in PAGES[page].read_text())
    assert SIGNS[sign] in " ".join(PAGES[first].read_text().split())


class Reader(InteractiveConsole):
    """Python as a reader types into it, in which a mistake ends the test."""

    def showtraceback(self) -> None:
        """Let what the code has raised go on."""
        raise

    def showsyntaxerror(self, *what: object, **more: object) -> None:
        """Let what is no Python go on."""
        raise


def typed(reader: Reader, source: str, raises: bool = False) -> None:
    """Type some lines; what they should raise, they may."""
    reader.resetbuffer()
    with contextlib.suppress(*((Exception,) if raises else ())), contextlib.redirect_stdout(io.StringIO()):
        assert not [reader.push(line) for line in source.splitlines()][-1]


@pytest.mark.parametrize("page", [page for page in PAGES if DRAWING.search(PAGES[page].read_text())])
def test_the_code_of_a_figure_runs_for_a_reader(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever types the examples above a figure, and its code line by line, is shown a figure with something in it."""
    monkeypatch.setenv("MPLBACKEND", "agg")
    plt = pytest.importorskip("matplotlib.pyplot", reason="figures need matplotlib: pip install matplotlib")
    monkeypatch.chdir(tmp_path)
    shown: list[int] = []
    monkeypatch.setattr(plt, "show", lambda: shown.append(len(plt.gcf().axes)))
    reader, text = Reader({"__name__": "__main__"}), PAGES[page].read_text()
    examples = doctest.DocTestParser().get_examples(text)
    for figure in DRAWING.finditer(text):
        above = text.count("\n", 0, figure.start())
        while examples and examples[0].lineno < above:
            example = examples.pop(0)
            typed(reader, example.source + "\n" * (example.source.count("\n") > 1), bool(example.exc_msg))
        typed(reader, figure[1])
        plt.close("all")
    assert len(shown) == len(DRAWING.findall(text))
    assert all(shown)


def test_the_table_of_the_readme_is_made_and_learned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newcomer who types the README's lines in an empty folder has a table, and each command on it works."""
    monkeypatch.chdir(tmp_path)
    text = PAGES["README.md"].read_text()
    ((code, name),) = re.findall(r'^python -c "\n(.*?)^" > (\S+)$', text, re.MULTILINE | re.DOTALL)
    made = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    (tmp_path / name).write_text(made)
    commands = re.findall(rf"^fnnet ([^#\n>]*\b{name})\b([^#\n>]*)", text, re.MULTILINE)
    assert len(commands) == 3
    for command in commands:
        assert run([*"".join(command).split(), *["--epochs=3"] * (command[0].startswith("train"))]) == 0


def test_extras_are_installed_in_one_way() -> None:
    """Pages name for an extra the command that messages say, and nothing else in the package names one of its own."""
    extras = "|".join(tomllib.loads((TOP / "pyproject.toml").read_text())["project"]["optional-dependencies"])
    named = [name for path in PAGES.values() for name in re.findall(rf"'(\S*)\[(?:{extras})\]'", path.read_text())]
    assert set(named) == {installing.PACKAGE}
    files = [path for path in (TOP / "fnnet").rglob("*.py") if path.name != "installing.py"]
    assert [path.name for path in files if re.search(r"pip install\b[^\n]*\[\w+\]", path.read_text())] == []


def test_every_command_says_its_keys() -> None:
    """The page on JSON has a part for each command, which all have ``--json``."""
    parts = re.findall(r"^## `fnnet (\w+)`$", (DOCS / "json.md").read_text(), re.MULTILINE)
    assert sorted(parts) == sorted(COMMANDS)


@pytest.mark.parametrize(
    ("command", "arguments"), [("trace", []), ("grade", ["lab/layers.py"])], ids=["trace", "grade"]
)
def test_the_keys_are_printed(
    command: str,
    arguments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What trace and grade print has the keys that the page names, and no others."""
    monkeypatch.chdir(tmp_path)
    write_skeleton(tmp_path / "lab")
    assert run([command, *arguments, "--json"]) == 0
    part = (DOCS / "json.md").read_text().split(f"## `fnnet {command}`")[1].split("\n## ")[0]
    assert keys(json.loads(capsys.readouterr().out)) == set(re.findall(r"`([a-z]+)`", part)) - {"course", "fnnet"}


def keys(value: object) -> set[str]:
    """All keys of objects in a JSON value."""
    if isinstance(value, list):
        return set().union(*map(keys, value))
    return set(value).union(*map(keys, value.values())) if isinstance(value, dict) else set()
