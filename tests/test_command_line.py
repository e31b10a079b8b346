"""The command line from inside: one home for each sentence, and whose fault it is when something goes wrong."""

import inspect
import re
import shutil
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fnnet.cli import app
from fnnet.runs import recipe
from fnnet.runs.recipe import Recipe
from fnnet.runs.settings import flag, setting_of, settings_of
from fnnet.values.record import names


@pytest.mark.parametrize("name", app.COMMANDS)
def test_the_list_of_commands_says_what_their_help_says(name: str) -> None:
    """The sentence beside a command in the list is the first one of its own help."""
    help = inspect.getdoc(getattr(import_module(f"fnnet.cli.{name}"), name)) or ""
    assert help.startswith(app.COMMANDS[name])


def test_every_setting_of_a_recipe_has_its_flag(capsys: pytest.CaptureFixture[str]) -> None:
    """`fnnet train --help` lists each setting, with the help that stands in the recipe."""
    assert [field.name for field in settings_of(Recipe)] == list(names(Recipe))
    assert app.run(["train", "--help"]) == 0
    shown = re.sub(r"[\s│]+", " ", capsys.readouterr().out)
    for field in settings_of(Recipe):
        assert f"--{flag(field.name)} " in shown
        assert setting_of(field).help.split()[0] in shown


#: What each setting is when nothing is said of it, as a reader of `RECIPES` finds it.
DEFAULTS = {
    "momentum": "0.9", "validation": "0.0",
    "batch_norm": "no-batch-norm", "seed": "0", "patience": "none", "freeze": "none",
}  # fmt: skip


def help_of(command: str, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """What the help of a command says of each of its flags."""
    assert app.run([command, "--help"]) == 0
    shown = re.sub(r"[\s│]+", " ", capsys.readouterr().out)
    return {part.split()[0]: part for part in re.split(r" --(?=[a-z])", shown)}


@pytest.mark.parametrize("command", ["train", "summary", "check"])
def test_help_shows_each_default(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Beside each setting stands what it is when nothing is said: its value, or that it goes by the data set."""
    said = help_of(command, capsys)
    for field in settings_of(Recipe):
        text = said.get(f"no-{flag(field.name)}") or said.get(flag(field.name))
        assert text is None or f"[default: {DEFAULTS.get(field.name, 'by data set')}]" in text
    assert command != "train" or {flag(field.name) for field in settings_of(Recipe)} <= set(said)


def test_a_default_is_what_is_trained_with(monkeypatch: pytest.MonkeyPatch) -> None:
    """The help follows the recipes: what they come to differ in is by data set, what they agree in is said."""
    agreed = {name: Recipe(epochs=7, optimizer="adam" if name == "xor" else "sgd") for name in recipe.RECIPES}
    monkeypatch.setattr(recipe, "RECIPES", {**agreed, "another": Recipe(epochs=30)})
    monkeypatch.setattr(recipe, "TABLE", Recipe())
    monkeypatch.setattr(recipe, "PICTURES", Recipe())
    assert recipe.default_text("hidden") == "64"
    assert recipe.default_text("epochs") == recipe.default_text("optimizer") == "by data set"


@pytest.mark.parametrize("command", app.COMMANDS)
def test_defaults_stand_in_brackets(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A default is shown as every other, and none is told in the sentence."""
    assert "(default" not in " ".join(help_of(command, capsys).values())


def test_a_mistake_in_fnnet_is_not_called_wrong_usage(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An error that nobody foresaw, a ValueError too, is one line, a file with the traceback, and exit 70."""

    def broken(*arguments: Any, **settings: Any) -> Any:
        raise ValueError("the sky\nis green")

    monkeypatch.setattr("fnnet.cli.summary.summarize", broken)
    assert app.run(["summary", "xor"]) == 70
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "a mistake in fnnet, not in what you typed: ValueError: the sky is green" in said
    path = Path(said.split()[-1])
    assert "in broken" in path.read_text()
    path.unlink()


def test_a_file_is_never_taken_for_a_known_data_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table called xor.csv is a table, and images in a digits.npz are as bright as they are."""
    monkeypatch.chdir(tmp_path)
    Path("xor.csv").write_text("1,2,3,0\n4,5,7,1\n" * 10)
    assert app.run(["train", "xor.csv", "--epochs", "1", "--quiet"]) == 0
    assert app.run(["evaluate", "runs/xor"]) == 0
    np.savez("digits.npz", x=np.full((20, 8, 8), 255, np.uint8), y=np.arange(20) % 2)
    assert app.run(["train", "digits.npz", "--epochs", "1", "--quiet", "--out", "mine"]) == 0
    from fnnet.runs import load_run

    assert set(load_run("mine").net[1].mean.tolist()) == {255.0}
    assert app.run(["predict", "mine", "seven.png"]) == 2


FORGED = "0\x1b[2J\n100 of 100 points\u202e"


def test_nothing_that_is_not_ours_steers_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Names of files and whatever an error says are shown with their escape sequences and line breaks made visible."""
    monkeypatch.chdir(tmp_path)
    name = f"{FORGED}.csv"
    Path(name).write_text("1,2,3,0\n4,5,7,1\n" * 10)
    commands = [
        ["train", name, "--epochs", "1", "--out", "mine"],
        *(["evaluate", "mine"], ["summary", "mine"], ["verify", "mine"], ["predict", "mine", "1,2,3"]),
        *(["predict", "mine", FORGED], ["train", f"{FORGED}.npz"], ["train", FORGED], ["check", name]),
        *(["evaluate", FORGED], ["train", name, "--activation", FORGED]),
        *(["runs", "."], ["runs", FORGED], ["runs", "mine", FORGED], ["runs", "mine", f"twice{FORGED}"]),
    ]
    for command in commands:
        app.run(command)
        if command[:2] == ["train", name] and Path("mine").is_dir() and not Path(f"twice{FORGED}").exists():
            shutil.copytree("mine", f"twice{FORGED}")
        said = "".join(capsys.readouterr())
        assert said, command
        assert "\x1b[2J" not in said, command
        assert "\u202e" not in said, command
        assert not [line for line in said.splitlines() if line.startswith("100 of 100")], command
