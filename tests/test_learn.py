"""`fnnet learn`: the course where somebody reads it, in a terminal, a pipe or a file."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from fnnet import course
from fnnet.cli import learn
from fnnet.cli.app import run
from fnnet.cli.output import PLAIN

NAMES = [page.name for page in course.pages()]


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    """What a command prints: its result, or what it complains of."""
    assert run(["learn", *arguments]) == code
    seen = capsys.readouterr()
    return seen.err if code else seen.out


@pytest.mark.parametrize("width", [60, 80, 200])
def test_the_list(width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page in its order with what it teaches: a line each at 80 columns, and no word broken at any."""
    monkeypatch.setattr(learn, "out", Console(**PLAIN, width=width))
    lines = said(capsys).splitlines()
    assert max(map(len, lines)) <= width
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == ["page", *NAMES]
    assert " ".join(lines).split() == ["page", "what", "it", "teaches"] + [
        word for page in course.pages() for word in (page.name, *page.teaches.split())
    ]
    assert width < 80 or len(lines) == 1 + len(NAMES)


def test_a_page_in_a_pipe_is_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    """Off a terminal a page, or a section of it, is the plain Markdown, and nothing is broken or colored."""
    assert said(capsys, "affine") == course.readable(course.page("affine").source, "fnnet learn affine --solution")
    bias = said(capsys, "affine", "bias")
    assert bias.startswith("## Bias\n")
    assert "## Input" not in bias
    assert said(capsys, "back-propagation", "the", "one", "rule").startswith("## The one rule: slopes multiply\n")


def test_a_solution_stays_folded(capsys: pytest.CaptureFixture[str]) -> None:
    """The solution of an exercise is shown to who asks for it, by the command that stands in its place."""
    told = "fnnet learn affine exercise --solution"
    assert f"`{told}` shows it" in said(capsys, "affine", "exercise")
    solved = said(capsys, *told.split()[2:])
    assert "> ```pycon\n> >>> " in solved
    assert "shows it" not in solved


def test_code_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The code of a page is a file after which Python knows its names; the solution's is there for who asks."""
    (tmp_path / "affine.py").write_text(said(capsys, "affine", "--code"), "utf-8")
    done = subprocess.run(
        [sys.executable, "-i", str(tmp_path / "affine.py")],
        input="layer\n",
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(Path(course.__file__).parents[2])},
        encoding="utf-8",
        timeout=120,
    )
    assert "Error" not in done.stderr
    assert "Affine(W=f8[2,2], b=f8[2])\n" in done.stdout
    exercise = said(capsys, "affine", "exercise", "--code")
    assert said(capsys, "affine", "exercise", "--solution", "--code").startswith(exercise.rstrip("\n"))
    assert exercise.count("check(") < said(capsys, "affine", "exercise", "--solution", "--code").count("check(")


def test_code_stays_whole_on_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """No line of code is broken, drawn or paged, so that it can be copied."""
    piped, screen = said(capsys, "affine", "--code"), StringIO()
    terminal = Console(**PLAIN, file=screen, force_terminal=True, width=20, height=4)
    monkeypatch.setattr("fnnet.cli.output.out", terminal)
    monkeypatch.setattr(learn, "out", terminal)
    said(capsys, "affine", "--code")
    assert screen.getvalue() == piped


def test_a_terminal_gets_it_drawn(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """On a terminal what is short is printed, and what is long goes to the pager; in lines that can be read."""
    paged: list[str] = []
    monkeypatch.setattr("pydoc.pager", paged.append)
    monkeypatch.delenv("LESS", raising=False)
    screen = StringIO()
    monkeypatch.setattr(
        learn, "out", Console(**PLAIN, file=screen, force_terminal=True, color_system="standard", width=200, height=40)
    )
    said(capsys, "affine", "bias")
    assert "\x1b[" in screen.getvalue()
    assert "##" not in screen.getvalue()
    assert paged == []
    said(capsys, "affine")
    assert len(paged) == 1
    assert "\x1b[" in paged[0]
    assert os.environ["LESS"] == "FRX"
    monkeypatch.setenv("LESS", "-i")
    said(capsys, "affine")
    assert "\x1b[" not in paged[1]
    assert max(map(len, paged[1].splitlines())) <= learn.WIDEST


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    """The list has an object for each page; a page has its sections and its text besides."""
    assert [page["name"] for page in json.loads(said(capsys, "--json"))] == NAMES
    page = json.loads(said(capsys, "sigmoid", "--json"))
    assert (page["name"], page["title"], page["sections"][0]) == ("sigmoid", "Sigmoid", "sigmoid")
    assert page["text"] == said(capsys, "sigmoid")
    assert json.loads(said(capsys, "sigmoid", "--code", "--json"))["text"] == said(capsys, "sigmoid", "--code")


USAGE = {
    ("afine",): "the course has no page 'afine': did you mean affine?",
    ("nope",): "the course has no page 'nope': choose from ",
    ("affine.md",): "did you mean affine?",
    ("zzz",): f"choose from {NAMES[0]}, {NAMES[1]}, ",
    ("affine", "baias"): "affine has no section 'baias': did you mean bias?",
    ("--solution",): "--solution is of a page",
    ("--code",): "--code is of a page; name it, such as fnnet learn affine --code",
    ("descent", "more", "than", "one", "--code"): "there are no examples in this section",
    ("affine", "--latex"): "No such option: --latex",
    ("../../etc/passwd",): "the course has no page '../../etc/passwd'",
    ("",): "the course has no page ''",
}


@pytest.mark.parametrize("arguments", USAGE)
def test_wrong_usage(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """What is asked wrongly is one sentence and exit 2."""
    complaint = said(capsys, *arguments, code=2)
    assert USAGE[arguments] in complaint
    assert complaint.count("\n") == 1


def test_a_checkout_without_its_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the pages are missing, one line says which file."""
    monkeypatch.setattr("fnnet.course.syllabus._folder", lambda: tmp_path)
    assert (
        said(capsys, "affine", code=1) == f"fnnet: {tmp_path / 'index.md'} can't be used: No such file or directory\n"
    )


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_any_terminal(encoding: str) -> None:
    """A terminal that has no ∂ shows something else in its place."""
    command = [sys.executable, "-m", "fnnet", "learn", "affine", "bias"]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run(command, capture_output=True, env=environment, timeout=120)
    assert (done.returncode, done.stderr) == (0, b"")
    assert ("∂E/∂b_o" if encoding == "utf-8" else "?E/?b_o") in done.stdout.decode(encoding)
