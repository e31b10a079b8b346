"""The grader in an unlucky world: it is killed, a class holds odd entries, and nothing is left or lost."""

import csv
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from labs import lab

from fnnet.grading import Limits, Settings, grade, students
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


def cli(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `fnnet grade` in a folder."""
    command = [sys.executable, "-m", "fnnet", "grade", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=True)


def dangling(path: Path) -> None:
    """A link to nothing."""
    path.symlink_to("nowhere")


def looping(path: Path) -> None:
    """A link to itself."""
    path.symlink_to(path.name)


def fifo(path: Path) -> None:
    """A pipe that nobody writes to."""
    os.mkfifo(path)


def deep(path: Path) -> None:
    """More minus signs than a parser can count."""
    path.write_text(f"x = {'-' * 100_000}1\n")


def folder_of_its_name(path: Path) -> None:
    """A folder called like a file, in one that is called so too."""
    path.mkdir()
    (path / "lab.py").mkdir()


ODD = (dangling, looping, fifo, deep, folder_of_its_name)


@pytest.mark.parametrize("inside", [False, True], ids=["beside the others", "in a folder of its own"])
def test_an_odd_entry_costs_itself_alone(inside: bool, tmp_path: Path) -> None:
    """What can't be opened or parsed gets 0 points and a remark, and the others their reports."""
    school = tmp_path / "class"
    school.mkdir()
    for make in ODD:
        home = school / make.__name__ if inside else school
        home.mkdir(exist_ok=True)
        make(home / ("lab.py" if inside else f"{make.__name__}.py"))
    (school / "zoe.py").write_text(LAB)
    os.write(fd := os.open(os.fsencode(school) + b"/\xff\xfe.py", os.O_CREAT | os.O_WRONLY), LAB.encode())
    os.close(fd)
    done = cli(tmp_path, "class", "--csv", "points.csv", "--seconds", "2")
    rows = list(csv.DictReader((tmp_path / "points.csv").read_text().splitlines()))
    points = {row["student"].removesuffix(".py"): row["points"] for row in rows}
    without = folder_of_its_name.__name__  # it holds no Python file
    assert without in done.stderr
    assert points == {
        **{make.__name__: "0" for make in ODD if make.__name__ != without},
        "zoe": "95",
        "\\udcff\\udcfe": "95",
    }
    assert all(row["mistakes"] for row in rows if row["points"] == "0")
    assert "\\udcff\\udcfe" in done.stdout


def test_a_file_that_vanishes_is_a_report(tmp_path: Path) -> None:
    """What was there when the folder was listed, and is gone when it is graded, gets 0 points and the reason."""
    report = grade(tmp_path / "gone.py", QUICK)
    assert report.points == 0 < report.most
    assert "can't be opened: No such file" in report.remarks[0]


def test_a_long_list_is_a_report(tmp_path: Path) -> None:
    """A list of 10 MB is looked at in the process beside, and the parent ends the wait."""
    path = tmp_path / "class" / "long.py"
    path.parent.mkdir()
    path.write_text(f"x = [{'1,' * 5_000_000}]\n")
    assert students(path.parent) == ([("long", path)], [])
    assert grade(path, QUICK).points == 0


def test_the_table_is_there_row_by_row(tmp_path: Path) -> None:
    """Who was graded before the teacher ended it is on the screen and in the file."""
    school, pids = tmp_path / "class", tmp_path / "pids"
    school.mkdir()
    (school / "alex.py").write_text(LAB)
    (school / "bo.py").write_text(LOOPS["at the import"].format(note=WRITE.format(pids)))
    command = [sys.executable, "-m", "fnnet", "grade", "class", "--csv", "points.csv", "--seconds", "60"]
    with open(tmp_path / "shown", "w") as shown:
        grader = subprocess.Popen(command, cwd=tmp_path, stdout=shown, stderr=subprocess.DEVNULL)
    try:
        assert waited_for(pids.exists, 30)
    finally:
        grader.kill()
        grader.wait()
    assert "\nalex,95,95," in (tmp_path / "points.csv").read_text()
    assert "\nalex        95 " in (tmp_path / "shown").read_text()


STEERING = "\x1b[2J100 of 95 points\r\nzoe: 100 of 95 points\x07"


@pytest.mark.parametrize("how", [(), ("--markdown",)], ids=["table", "markdown"])
@pytest.mark.parametrize("many", [False, True], ids=["one", "class"])
def test_no_text_of_a_student_steers_the_terminal(many: bool, how: tuple[str, ...], tmp_path: Path) -> None:
    """Escapes and new lines of messages and names are visible, and begin no line."""
    school = tmp_path / "class"
    school.mkdir()
    name = f"{STEERING}.py"
    layer = f"class Sigmoid:\n    def forward(self, x): raise ValueError({STEERING!r})\n"
    (school / name).write_text(f"{layer}raise type({STEERING!r}, (Exception,), {{}})({STEERING!r})\n")
    said = cli(tmp_path, "class" if many else f"class/{name}", *how).stdout
    assert "\\x1b[2J100 of 95" in said
    assert not {"\x1b", "\x07", "\r"} & set(said)
    assert not [line for line in said.split("\n") if line.startswith(("100 of 95", "zoe"))]
