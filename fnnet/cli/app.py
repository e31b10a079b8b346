"""The commands, and what becomes of what goes wrong in them: one line, and an exit code."""

import traceback
from importlib import import_module
from importlib.metadata import version
from tempfile import NamedTemporaryFile
from typing import Annotated, Any

import typer

from fnnet.cli.output import complain, say

#: The commands, each in the module of its name, with the first sentence of its help. Only the one that is called is
#: imported, so that the help is there at once.
COMMANDS = {
    "train": "Train a network on DATA, test it, and keep the run.",
    "evaluate": "Measure a run's network on the test part of its data, or on a table: accuracy, or R² and errors.",
    "predict": "Print what a run's network says of each row of a table, of each IMAGE, or of each row of NUMBERS.",
    "plot": "Draw a run for paper: learning curve, weights, mistakes; or the learning curves of several runs in one.",
    "verify": "Train a run again from its own record, and compare every bit of its state.",
    "see": "Make a page of RUN: the film of its training, every number of each step, and the whole run in pictures.",
    "runs": "List the runs in FOLDER, or compare two: their settings, scores and records.",
    "check": "Compare every layer's backward with measured derivatives, and put it through the laws of a layer.",
    "summary": "Show the network for DATA, or that of RUN: each layer's output shape, parameters and bytes.",
    "trace": "Work out one step of back-propagation: forward, backward and the update, in the lecture's letters.",
    "learn": "List the pages of the course, or show one of them, or a section of it.",
    "grade": "Grade the layers of a student's file, and name the mistakes.",
}

#: The exit code of a mistake in fnnet itself, EX_SOFTWARE of sysexits.h.
MISTAKE = 70

#: Rows of numbers may begin with a minus sign.
NUMBERS = {"ignore_unknown_options": True}


def run(arguments: list[str]) -> int:
    """Run a command: 0, or 1 for a failed run, 2 for wrong usage, 70 for a mistake in fnnet, 130 for Ctrl-C.

    All but 0 come after one line that says why.
    """
    if not arguments or {"--help", "-h"} & {*arguments}:
        _make_room()
    try:
        return _app(arguments)(arguments or ["--help"], prog_name="fnnet", standalone_mode=False) or 0
    except typer.Exit as stop:
        return stop.exit_code
    except typer.Abort:
        return 130
    except Exception as error:
        return _failed(error, _called(arguments))


def _make_room() -> None:
    """Let the columns of the help stand one character apart and not two, so that none is cut where it is narrow."""
    help_style: Any = import_module("typer.rich_utils")
    help_style.STYLE_OPTIONS_TABLE_PADDING = (0, 1, 0, 0)


def _app(arguments: list[str]) -> typer.Typer:
    """All commands by their names and sentences, and the one that the arguments call with all that it does."""
    app = typer.Typer(
        name="fnnet",
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="markdown",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(root)
    called = _called(arguments)
    for name, sentence in COMMANDS.items():
        if name == called:
            command = getattr(import_module(f"fnnet.cli.{name}"), name)
            app.command(name, context_settings=NUMBERS if name == "predict" else None)(command)
        else:
            app.command(name, help=sentence)(_not_called)
    return app


def _called(arguments: list[str]) -> str | None:
    """The command that the arguments call, if any."""
    return next((name for name in arguments if name in COMMANDS), None)


def _version(wanted: bool) -> None:
    if wanted:
        say(f"fnnet {version('fnnet')}")
        raise typer.Exit


def root(
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")] = False,
) -> None:
    """Neural networks as values and pure functions, in NumPy. Start with: fnnet train digits."""


def _not_called() -> None:
    """What stands for a command in the list of all."""


def _failed(error: Exception, called: str | None) -> int:
    from fnnet.datasets import DataError
    from fnnet.learning import Diverged
    from fnnet.runs import FileError
    from fnnet.values.errors import UsageError

    if hasattr(error, "format_message"):  # those that typer raises have it
        whose = getattr(error, "ctx", None)
        help_of = whose.command_path if whose else f"fnnet {called or ''}".rstrip()
        complain(f"{error.format_message()} (see {help_of} --help)")
        return 2
    if isinstance(error, UsageError):
        complain(str(error))
        return 2
    if isinstance(error, OSError) and error.filename:
        complain(f"{error.filename} can't be used: {error.strerror}")
        return 1
    if isinstance(error, (DataError, FileError, Diverged, OSError, MemoryError)):
        complain(str(error) or type(error).__name__)
        return 1
    return _mistake(error)


def _mistake(error: Exception) -> int:
    """Say that fnnet is to blame, and where the traceback is, which nobody wants to read on the way."""
    with NamedTemporaryFile("w", encoding="utf-8", prefix="fnnet-", suffix=".txt", delete=False) as file:
        file.writelines(traceback.format_exception(error))
    complain(f"a mistake in fnnet, not in what you typed: {type(error).__name__}: {error}; details are in {file.name}")
    return MISTAKE
