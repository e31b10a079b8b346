"""`fnnet` in processes that are quick to start: forked from one that has imported it already.

Each is a process as any other, with its own folder, environment, output, signals and end; only what `python -m fnnet`
does before the first line of `main` is not done again. Where it matters what the interpreter finds when it starts, a
test starts an interpreter. A plan is one of `killer.py`.

What is left out of stderr are the lines by which training says how far it is, each of which is looked at: so that tests
can ask whether anything else was said. Those lines have tests of their own, in `test_progress.py`.
"""

import atexit
import gc
import json
import os
import signal
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from progress_lines import beside_progress

#: Seconds after which a process is ended that does not end by itself.
PATIENCE = 300

Plan = dict[str, Any]


def forked(*arguments: object, plan: Plan | None = None) -> subprocess.CompletedProcess[str]:
    """Run `fnnet` with these arguments, and under a plan where there is one, in a process of its own."""
    words = list(map(str, arguments))
    with TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        paths = {"cwd": str(Path.cwd()), "out": str(out), "err": str(err)}
        code = _ask({**paths, "env": dict(os.environ), "arguments": words, "plan": plan})
        return subprocess.CompletedProcess(["fnnet", *words], code, out.read_text(), beside_progress(err.read_text()))


def _ask(request: dict[str, Any]) -> int:
    """The exit code of the process that is forked for a request."""
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(json.dumps(request) + "\n")
    server.stdin.flush()
    return int(server.stdout.readline())


@cache
def _server() -> subprocess.Popen[str]:
    """The process that forks: one for all tests, which ends with them."""
    command = [sys.executable, __file__]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(server.communicate)
    return server


def serve() -> None:
    """Fork for each request; this process answers with an exit code, and the new one does what was asked."""
    import killer

    from fnnet.cli import main
    from fnnet.cli.app import run

    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        run(["train", "xor", "--epochs", "x"])  # typer imports the most when it is first called
    gc.freeze()  # so that a process, when it ends, does not look through all that it was born with
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            request = json.loads(line)
            become(request)
            return main() if request["plan"] is None else killer.live(request["plan"], request["arguments"])
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def become(request: dict[str, Any]) -> None:
    """Be the process that was asked for, with nothing of the one that it comes from."""
    os.chdir(request["cwd"])
    for number, path, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, request["out"], os.O_WRONLY | os.O_CREAT),
        (2, request["err"], os.O_WRONLY | os.O_CREAT),
    ):
        file = os.open(path, flags)
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(request["env"])
    sys.path[0] = ""
    sys.argv = ["fnnet", *request["arguments"]]
    signal.alarm(PATIENCE)


if __name__ == "__main__":
    serve()
