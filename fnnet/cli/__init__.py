"""The command line: the only place that prints, reads the clock and the environment, and knows default folders."""

import sys


def main() -> None:
    """Run the command line. What it needs is imported here, so that Ctrl-C is quiet from the first moment on."""
    try:
        from fnnet.cli.app import run

        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
