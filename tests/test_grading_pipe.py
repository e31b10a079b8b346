"""What crosses the pipe comes out as it went in, and what was never sent by the grader's own code is refused."""

import ast
import sys
from pathlib import Path

import numpy as np
import pytest
from labs import lab

from fnnet.grading import Limits, Settings, grade
from fnnet.grading.child import records, verbs
from fnnet.grading.child.codec import Frame, pack, unpack
from fnnet.grading.child.records import Begun, Failure, Gave, Odd
from fnnet.grading.child.verbs import AsTuple, Invoke, Probe, Repeat, Request, Slot, Step

CHILD = Path(records.__file__).parent
QUICK = Settings(limits=Limits(seconds=1.5), train=False)

MESSAGES = [
    Begun(3, 7),
    Begun(3, 7, Failure("raised", "ValueError", "no", 7, "lab.py", "1 / 0")),
    Gave("y", Odd("tuple", {"0": None, "1": Odd("Mine", {})}), (records.Warned("UserWarning", "oh", 1, "lab.py"),)),
    records.Contents({"Affine": records.Class({"forward": None, "__init__": ()}, ("lr",))}, {}, ()),
    Request((Step("y", Invoke(None, "f", (Slot("x"), None, [2.5], {"W": 1.0}), {"t": AsTuple(())})),), True, 1.0, 9, 3),
    Request((Step("all", Repeat(2, (Step("again", verbs.Look()),), {}, 4), sent=False),), False, 1.0, 9),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_message_comes_out_as_it_went_in(message: tuple[object, ...]) -> None:
    """Records, tuples, lists, dictionaries and plain values keep their kinds."""
    back = unpack(pack(message), type(message))
    assert back == message
    assert repr(back) == repr(message)


@pytest.mark.parametrize("a", [np.eye(3), np.zeros((0, 2), np.float32), np.array(True), np.arange(4) * 1j])
def test_an_array_comes_out_as_it_went_in(a: np.ndarray) -> None:
    """The dtype, the shape and each bit stay, and nobody can write to it who wasn't to."""
    frame = pack(Probe(0, a))
    back, mine = unpack(frame, Probe).matrix, unpack(frame, Probe, writable=True).matrix
    assert (back.dtype, back.shape, back.tobytes()) == (a.dtype, a.shape, a.tobytes())
    assert (back.flags.writeable, mine.flags.writeable) == (False, True)


FORGED = {
    "no JSON": b"{",
    "no text": b"\xff",
    "an unknown record": b'{"$": "Path", "x": 1}',
    "a function of the module": b'{"$": "dataclass"}',
    "a kind that is no name": b'{"$": []}',
    "a field too many": b'{"$": "Look", "x": 1}',
    "a field too few": b'{"$": "Begun", "at": 1}',
    "a field of another type": b'{"$": "Begun", "at": 1, "line": "2"}',
    "a value that is no value": b'{"$": "Gave", "slot": "y", "value": 3}',
    "an array that was not sent": b'{"$": "array", "at": 4, "dtype": "<f8", "shape": [1]}',
    "an array of objects": b'{"$": "array", "at": 0, "dtype": "O", "shape": [1]}',
    "an array of records": b'{"$": "array", "at": 0, "dtype": "f8,O", "shape": [1]}',
    "an array of another size": b'{"$": "array", "at": 0, "dtype": "<f8", "shape": [7]}',
    "a dtype that is none": b'{"$": "array", "at": 0, "dtype": {}, "shape": [1]}',
    "a nest without end": b"[" * 100_000,
}


@pytest.mark.parametrize("text", FORGED.values(), ids=FORGED)
def test_a_forged_message_is_refused(text: bytes) -> None:
    """What isn't one of the known records, with fields of their types, is a ValueError and makes nothing."""
    with pytest.raises(ValueError, match="a message that is no message"):
        unpack(Frame(text, (bytes(8),)), object)


PIPES = "import os\nfor fd in range(3, 300):\n    try: os.write(fd, {bytes!r} * 100)\n    except OSError: pass\n"
GARBAGE = [b"x", bytes(8), (1).to_bytes(8, "big") + (2).to_bytes(8, "big") + b"{}"]


@pytest.mark.parametrize("said", GARBAGE, ids=["noise", "zeros", "a frame"])
@pytest.mark.parametrize("where", ["at the import", "in forward"])
def test_a_file_that_writes_on_the_pipe_costs_itself_alone(said: bytes, where: str, tmp_path: Path) -> None:
    """The grader goes on without the statement or the method that has written on its pipe."""
    path = tmp_path / "lab.py"
    text = PIPES.format(bytes=said)
    mark = "        self.x = x\n        self.y = 0.5"
    inside = "".join(f"        {line}\n" for line in text.splitlines())
    right = lab("course")
    path.write_text(text + right if where == "at the import" else right.replace(mark, inside + mark))
    report = grade(path, QUICK)
    assert [m for m in report.marks if m.part != "Sigmoid" and not m.full] == []
    assert where == "in forward" or report.points == report.most


def test_the_child_imports_neither_fnnet_nor_attrs() -> None:
    """What runs beside a student's code stands on the standard library, NumPy and itself."""
    trees = [ast.parse(path.read_text()) for path in CHILD.glob("*.py")]
    froms = {str(node.module) for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    names = {a.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    outside = {name for name in froms | names if name.split(".")[0] not in {*sys.stdlib_module_names, "numpy"}}
    assert {name for name in outside if not name.startswith("fnnet.grading.child")} == set()
