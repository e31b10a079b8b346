"""A folder that nobody named: the first of runs/xor, runs/xor-2, ... that is free, and each for one process alone."""

import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest
from test_folder import told

from fnnet.runs.aside import MOVING
from fnnet.runs.numbered import first_free
from fnnet.runs.ownership import is_owned, owned

SHORT = ("xor", "--epochs", "2")


pytestmark = pytest.mark.usefixtures("in_a_folder_of_its_own")


def kept_in(*arguments: object) -> str:
    """The folder that a run says it is kept in."""
    code, printed, complained = told("train", *SHORT, *arguments)
    assert (code, complained) == (0, "")
    return next(line for line in printed.splitlines() if line.startswith("kept in: ")).removeprefix("kept in: ")


def test_a_second_run_gets_the_next_folder() -> None:
    """Each time the command is typed its run is kept in the first folder that is free, which it says."""
    assert [kept_in() for _ in range(3)] == ["runs/xor", "runs/xor-2", "runs/xor-3"]
    first = Path("runs/xor/state.npz").read_bytes()
    Path("runs/xor-2").rename("elsewhere")
    assert [kept_in(), kept_in()] == ["runs/xor-2", "runs/xor-4"]
    assert Path("runs/xor/state.npz").read_bytes() == first


def test_json_says_which_folder() -> None:
    """Where nothing else is said, the result says the folder."""
    kept_in()
    assert json.loads(told("train", *SHORT, "--json")[1])["folder"] == "runs/xor-2"
    assert told("train", *SHORT, "--resume", "runs/xor-2")[0] == 0


def test_a_folder_with_other_files_alone_is_used() -> None:
    """Files that are of no run don't make a folder full, and stay."""
    Path("runs/xor").mkdir(parents=True)
    Path("runs/xor/notes.txt").write_text("mine")
    assert kept_in() == "runs/xor"
    assert Path("runs/xor/notes.txt").read_text() == "mine"


def test_a_folder_that_is_named_and_full_is_refused() -> None:
    """What is named by --out is meant, also where it is the folder that would have been the first."""
    kept_in()
    before = Path("runs/xor/state.npz").read_bytes()
    code, printed, complained = told("train", *SHORT, "--out", "runs/xor")
    assert (code, printed) == (2, "")
    assert complained.startswith("fnnet: runs/xor holds a run already")
    assert Path("runs/xor/state.npz").read_bytes() == before
    assert [path.name for path in Path("runs").iterdir()] == ["xor"]


def test_force_alone_replaces_the_first() -> None:
    """--force without --out means runs/xor, however many follow it."""
    kept_in(), kept_in()
    second = Path("runs/xor-2/state.npz").read_bytes()
    assert kept_in("--force", "--seed", 1).startswith("runs/xor; the run before waits")
    assert sorted(path.name for path in Path("runs").iterdir()) == ["xor", "xor-2"]
    assert Path("runs/xor-2/state.npz").read_bytes() == second


def test_a_folder_that_a_process_has_is_not_free() -> None:
    """A process that has a folder keeps it, also when there is nothing in it yet."""
    with owned(Path("runs/xor")), first_free(Path("runs/xor")) as own:
        assert own.path == Path("runs/xor-2")
        assert kept_in() == "runs/xor-3"
    assert kept_in() == "runs/xor"


def test_a_run_that_was_killed_on_the_way_is_brought_back_and_stays() -> None:
    """A run whose replacement was killed half way is one: its files are brought back, and the next folder is taken."""
    kept_in()
    before = {path.name: path.read_bytes() for path in Path("runs/xor").iterdir()}
    Path("runs/xor", MOVING).mkdir()
    for name in before:
        Path("runs/xor", name).rename(Path("runs/xor", MOVING, name))
    assert kept_in() == "runs/xor-2"
    assert {path.name: path.read_bytes() for path in Path("runs/xor").iterdir()} == before


def test_processes_started_at_once_get_a_folder_each() -> None:
    """However they meet, no two get one folder, none is refused, and each run is whole."""
    command = [sys.executable, "-m", "fnnet", "train", *SHORT, "--json", "--quiet"]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    ended = [(process.communicate(timeout=120), process.returncode) for process in started]
    assert [(said, code) for (_, said), code in ended] == [("", 0)] * 4
    folders = {json.loads(printed)["folder"] for (printed, _), _ in ended}
    assert folders == {"runs/xor", "runs/xor-2", "runs/xor-3", "runs/xor-4"}
    assert all(Path(folder, "model.npz").exists() for folder in folders)


@pytest.mark.skipif(os.name != "posix", reason="folders are locked on POSIX alone")
def test_who_only_looks_keeps_nobody_out() -> None:
    """While others look whether a folder is owned, whoever wants it gets it each time; who owns it is seen."""
    folder, enough = Path("run"), Event()
    assert not is_owned(folder)
    with owned(folder):
        assert is_owned(folder)

    def look() -> None:
        while not enough.is_set():
            is_owned(folder)

    lookers = [Thread(target=look) for _ in range(3)]
    for looker in lookers:
        looker.start()
    try:
        for _ in range(2000):
            with owned(folder):
                pass
    finally:
        enough.set()
        for looker in lookers:
            looker.join()
    assert not is_owned(folder)
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="folders are locked on POSIX alone")
def test_a_file_locks_where_folders_can_t_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system that locks no folders a lock file says the same, and looking at it changes nothing."""
    monkeypatch.setattr("fnnet.runs.ownership._locked", lambda path: None)
    with owned(Path("runs/xor")):
        assert is_owned(Path("runs/xor"))
        assert kept_in() == "runs/xor-2"
    assert not is_owned(Path("runs/xor"))
