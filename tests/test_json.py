"""The page on JSON is true: each command prints the keys that it names, and no others."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from fnnet.cli.app import run
from fnnet.cli.plot import NAMES

PAGE = (Path(__file__).parent.parent / "docs" / "json.md").read_text()


def promised(command: str) -> set[str]:
    """The keys that the page names for a command."""
    section = re.search(rf"^## `fnnet {command}`\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert section is not None
    rows = re.findall(r"^\| (`.*?) \|", section[1], re.MULTILINE)
    text = " ".join(rows) if rows else section[1]
    return set(re.findall(r"`([a-z0-9_]+)`", text))


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """What a command prints with --json."""
    assert run([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def xor_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A run on XOR in the working folder."""
    monkeypatch.chdir(tmp_path)
    printed(capsys, "train", "xor", "--epochs", "2")


def test_train(xor_run: None, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a run with a validation share, of XOR, and of numbers, together all keys are printed that are promised."""
    table = printed(capsys, "train", "xor", "--epochs", "2", "--force")
    held = printed(capsys, "train", "digits", "--epochs", "1", "--validation", "0.1", "--no-save")
    Path("numbers.csv").write_text("x,y\n" + "".join(f"{i},{i}.5\n" for i in range(20)))
    numbers = printed(capsys, "train", "numbers.csv", "--epochs", "1")
    assert set(table) | set(held) | set(numbers) == promised("train")
    assert "test_accuracy" not in numbers
    assert (table["dataset"], table["seed"]) == ("xor", 0)
    assert [row[:3] for row in table["truth_table"]] == [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]]


def test_evaluate(xor_run: None, capsys: pytest.CaptureFixture[str]) -> None:
    """The keys of the report, of a class and of a mistake."""
    report = printed(capsys, "evaluate", "runs/xor", "--worst", "4")
    inner = {key for row in (*report["classes"], *report["worst"]) for key in row}
    assert set(report) | inner == promised("evaluate") | {"class", "precision", "recall", "examples"} | inner
    words = set(re.findall(r"`([a-z0-9_]+)`", PAGE))
    assert set(report) | inner <= words
    Path("numbers.csv").write_text("x,y\n" + "".join(f"{i},{i}.5\n" for i in range(20)))
    printed(capsys, "train", "numbers.csv", "--epochs", "1")
    numbers = printed(capsys, "evaluate", "runs/numbers", "--worst", "2")
    assert set(numbers) == {*report, "test_r2", "test_rmse", "test_mae"} - {"test_accuracy", "classes", "confusion"}
    assert {*numbers, *numbers["worst"][0]} <= words


def test_runs(xor_run: None, capsys: pytest.CaptureFixture[str]) -> None:
    """The keys of a row, of a comparison, and of the difference in it."""
    printed(capsys, "train", "xor", "--epochs", "2", "--seed", "1")
    rows, both = printed(capsys, "runs"), printed(capsys, "runs", "runs/xor", "runs/xor-2")
    assert [set(row) for row in rows] == [set(rows[0])] * 2
    assert both["runs"] == rows
    assert set(rows[0]) | set(both) == promised("runs")
    assert set(both["first_difference"]) == {"epoch", "steps", "name", "values"}
    assert set(both["first_difference"]) | {"data", "threads", "from"} <= set(re.findall(r"`([a-z_]+)`", PAGE))


def test_the_others(xor_run: None, capsys: pytest.CaptureFixture[str]) -> None:
    """Predict, verify, check and summary print what is promised."""
    Path("numbers.csv").write_text("x,y\n" + "".join(f"{i},{i}.5\n" for i in range(20)))
    printed(capsys, "train", "numbers.csv", "--epochs", "1")
    rows = printed(capsys, "predict", "runs/xor", "0,1") + printed(capsys, "predict", "runs/numbers", "3")
    assert {key for row in rows for key in row} == promised("predict")
    assert set(printed(capsys, "predict", "runs/numbers", "numbers.csv")[0]) == {"prediction"}
    assert set(printed(capsys, "verify", "runs/xor")) == promised("verify")
    assert set(printed(capsys, "summary", "xor")[0]) == promised("summary")
    report = printed(capsys, "check")
    assert set(report) | set(report["checks"][0]) == promised("check")


def test_plot(xor_run: None, capsys: pytest.CaptureFixture[str]) -> None:
    """What is said of a picture, and the names of all pictures."""
    report = printed(capsys, "plot", "runs/xor", "--what", "curve")
    assert {*report, *NAMES} == promised("plot") | {*NAMES}
    assert {*NAMES} <= set(re.findall(r"`(\w+)`", PAGE.split("## `fnnet plot`")[1].split("\n## ")[0]))


def test_see(xor_run: None, capsys: pytest.CaptureFixture[str]) -> None:
    """What is said of a page, of each of its runs, and of where two of them part."""
    printed(capsys, "train", "xor", "--epochs", "2", "--seed", "1")
    one, two = printed(capsys, "see", "runs/xor"), printed(capsys, "see", "runs/xor", "runs/xor-2")
    inner = {*two["runs"][1], *two["differs"]}
    assert set(one) == set(two)
    part = PAGE.split("## `fnnet see`")[1].split("\n## ")[0]
    assert set(two) | inner == set(re.findall(r"`([a-z]+)`", part)) - {"null"}
    assert one["differs"] is None
    assert two["bytes"] == Path(two["page"]).stat().st_size


def test_learn(capsys: pytest.CaptureFixture[str]) -> None:
    """A page of the list and a page alone print together what is promised."""
    page = printed(capsys, "learn", "affine")
    assert set(page) == promised("learn")
    assert set(printed(capsys, "learn")[0]) == set(page) - {"sections", "text"}
