"""The command line: the only place that prints, reads the clock and the environment, and knows default folders."""

import io
import os
import signal
import sys
from types import FrameType


def main() -> None:
    """Run the command line. What it needs is imported here, so that Ctrl-C is quiet from the first moment on.

    While Python imports, Ctrl-C ends the process at once: an exception might be caught by whoever is being imported.
    """
    heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # and not ignored, as nohup and & have it
    if heard:
        signal.signal(signal.SIGINT, _end)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # where there is no ∂ stands a ?
    from fnnet.cli.app import run

    if heard:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        if heard:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is done and said


def _end(number: int, frame: FrameType | None) -> None:
    os._exit(128 + number)
