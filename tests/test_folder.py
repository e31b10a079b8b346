"""The folder of a run."""

import io
from contextlib import redirect_stderr, redirect_stdout

from fnnet.cli.app import run as command_line


def told(*arguments: object) -> tuple[int, str, str]:
    """The exit code of a command in this process, and what it prints on stdout and stderr."""
    with redirect_stdout(io.StringIO()) as printed, redirect_stderr(io.StringIO()) as complained:
        code = command_line(list(map(str, arguments)))
    return code, printed.getvalue(), complained.getvalue()
