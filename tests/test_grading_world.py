"""The grader in an unlucky world: it is killed, a class holds odd entries, and nothing is left or lost."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from labs import lab

from fnnet.grading import Limits, Settings, grade
from fnnet.grading.child import keeper

LAB = lab("course")
QUICK = Settings(limits=Limits(seconds=1.5, memory=1 << 28), train=False)

WRITE = "import os; open('{}', 'a').write(f'{{os.getpid()}}\\n')"


def alive(process: int) -> bool:
    """Whether a process is there; one that has ended and waits for its parent is not."""
    try:
        return " Z " not in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False


def waited_for(condition: object, seconds: float) -> bool:
    """Whether a condition holds before so many seconds have passed."""
    assert callable(condition)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return bool(condition())


LOOPS = {
    "at the import": "{note}\nwhile True: pass\n",
    "in forward": "class Sigmoid:\n    def forward(self, x):\n        {note}\n        while True: pass\n",
    "in a session of its own": (
        "import os\nif os.fork() == 0:\n    os.setsid()\n    if os.fork(): os._exit(0)\n"
        "    {note}\n    while True: pass\nwhile True: pass\n"
    ),
}


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
@pytest.mark.parametrize("loop", LOOPS.values(), ids=LOOPS)
def test_nothing_outlives_a_grader_that_is_ended(loop: str, number: signal.Signals, tmp_path: Path) -> None:
    """Whatever signal ends the grader, the loop of a student's file ends too."""
    pids = tmp_path / "pids"
    (tmp_path / "lab.py").write_text(loop.format(note=WRITE.format(pids)))
    command = [sys.executable, "-m", "fnnet", "grade", "lab.py", "--seconds", "60"]
    grader = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert waited_for(lambda: pids.exists() and pids.read_text().endswith("\n"), 20)
        process = int(pids.read_text().split()[0])
        assert alive(process)
        grader.send_signal(number)
        assert waited_for(lambda: not alive(process), 5)
        assert number != signal.SIGTERM or grader.wait(5) == 143
    finally:
        grader.kill()
        grader.wait()


STARTED = {
    "a program": "import subprocess; p = subprocess.Popen(['sleep', '60'], start_new_session=True)\n"
    "open('{}', 'a').write(str(p.pid))",
    "a daemon": "import os\nif os.fork() == 0:\n    os.setsid()\n    if os.fork(): os._exit(0)\n"
    "    open('{}', 'a').write(str(os.getpid())); os.execvp('sleep', ['sleep', '60'])\nos.wait()",
}


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
@pytest.mark.parametrize("code", STARTED.values(), ids=STARTED)
def test_nothing_that_a_file_starts_outlives_its_grading(code: str, tmp_path: Path) -> None:
    """A program in a session of its own, and a process that has left its parents, are gone when the report is there."""
    pid = tmp_path / "pid"
    (tmp_path / "lab.py").write_text(f"{code.format(pid)}\n{LAB}")
    assert grade(tmp_path / "lab.py", QUICK).points == 90
    assert not alive(int(pid.read_text()))


@pytest.mark.skipif(sys.platform != "linux" or not shutil.which("ps"), reason="compares what two systems say")
def test_where_there_is_no_proc_the_parents_are_known_too() -> None:
    """What ps says of this process is what /proc says."""
    assert (os.getpid(), os.getppid()) in set(keeper._in_proc()) & set(keeper._told_by_ps())
