"""The commands, and what becomes of what goes wrong in them: one line, and an exit code."""

import traceback
from importlib.metadata import version
from tempfile import NamedTemporaryFile
from typing import Annotated

import typer

from fnnet.cli.check import check
from fnnet.cli.evaluate import evaluate
from fnnet.cli.grade import grade
from fnnet.cli.output import complain, say
from fnnet.cli.predict import predict
from fnnet.cli.summary import summary
from fnnet.cli.trace import trace
from fnnet.cli.train import train
from fnnet.cli.verify import verify
from fnnet.datasets import DataError
from fnnet.learning.stream import Diverged
from fnnet.runs.archive import FileError
from fnnet.values.errors import UsageError

app = typer.Typer(
    name="fnnet",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)

#: The exit code of a mistake in fnnet itself, EX_SOFTWARE of sysexits.h.
MISTAKE = 70

#: Rows of numbers may begin with a minus sign.
NUMBERS = {"ignore_unknown_options": True}


def _version(wanted: bool) -> None:
    if wanted:
        say(f"fnnet {version('fnnet')}")
        raise typer.Exit


@app.callback()
def root(
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")] = False,
) -> None:
    """Neural networks as values and pure functions, in NumPy. Start with: fnnet train digits."""


for command in (train, evaluate, predict, verify, check, summary, trace, grade):
    app.command(context_settings=NUMBERS if command is predict else None)(command)


def run(arguments: list[str]) -> int:
    """Run a command: 0, or 1 for a failed run, 2 for wrong usage, 70 for a mistake in fnnet, 130 for Ctrl-C.

    All but 0 come after one line that says why.
    """
    try:
        return app(arguments or ["--help"], prog_name="fnnet", standalone_mode=False) or 0
    except typer.Exit as stop:
        return stop.exit_code
    except typer.Abort:
        return 130
    except (DataError, FileError, Diverged, OSError, MemoryError) as error:
        complain(str(error) or type(error).__name__)
        return 1
    except UsageError as error:
        complain(str(error))
        return 2
    except Exception as error:
        if not hasattr(error, "format_message"):  # those that typer raises have it
            return _mistake(error)
        complain(f"{error.format_message()} (see fnnet --help)")
        return 2


def _mistake(error: Exception) -> int:
    """Say that fnnet is to blame, and where the traceback is, which nobody wants to read on the way."""
    with NamedTemporaryFile("w", encoding="utf-8", prefix="fnnet-", suffix=".txt", delete=False) as file:
        file.writelines(traceback.format_exception(error))
    complain(f"a mistake in fnnet, not in what you typed: {type(error).__name__}: {error}; details are in {file.name}")
    return MISTAKE
