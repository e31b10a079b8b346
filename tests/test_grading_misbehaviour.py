"""Whatever a student's file does, the verdict is right, and the other checks go on."""

from pathlib import Path

import pytest
from labs import lab

from fnnet.grading import Limits, Report, Settings, grade

LAB = lab("course")
QUICK = Settings(limits=Limits(seconds=1.5, memory=1 << 28), train=False)
FULL = 90


def report(tmp_path: Path, text: str, settings: Settings = QUICK) -> Report:
    """The report of a file."""
    path = tmp_path / "lab.py"
    path.write_text(text)
    return grade(path, settings)


def inside(code: str) -> str:
    """The lab with a line at the beginning of Sigmoid.forward."""
    mark = "    def forward(self, x):\n        self.x = x\n        self.y = 0.5"
    assert mark in LAB
    return LAB.replace(mark, mark.replace("        self.x", f"        {code}\n        self.x", 1))


HARMLESS = {
    "prints": "print('x' * 100_000)",
    "writes to the standard streams": "import os; os.write(1, b'{}' * 100); os.write(2, b'no')",
    "closes stdout": "import sys; sys.stdout.close(); sys.stderr.close()",
    "closes the standard descriptors": "import os; os.closerange(0, 3)",
    "forks": "import os; os.fork()",
    "forks and leaves a loop": "import os\n        if os.fork() == 0:\n            while True: pass",
    "patches numpy": "np.asarray = np.array = np.ndarray = np.allclose = np.frombuffer = None",
    "reads its input": "import sys\n        try: sys.stdin.read()\n        except Exception: pass",
    "starts a thread": "import threading; threading.Thread(target=print, daemon=True).start()",
    "seeds": "np.random.seed(1)",
    "changes the error state": "np.seterr(all='raise')",
    "changes its folder": "import os; os.chdir('/')",
    "ignores signals": "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)",
    "sets a trace": "import sys; sys.settrace(lambda *a: None)",
    "warns": "import warnings; warnings.warn('careful', UserWarning)",
    "buries the tools": "import json, struct, os, select; json.dumps = struct.pack = os.write = select.select = None",
}


@pytest.mark.parametrize("code", HARMLESS.values(), ids=HARMLESS)
def test_what_does_no_harm_costs_nothing(code: str, tmp_path: Path) -> None:
    """A right layer that does something strange besides is still right."""
    assert report(tmp_path, inside(code)).points == FULL


HARMFUL = {
    "sys.exit(0)": "ends the program",
    "os._exit(0)": "ends the whole process",
    "os.abort()": "signal 6",
    "os.kill(os.getpid(), 9)": "signal 9",
    "raise RuntimeError('no [/b] idea')": "raises RuntimeError: no [/b] idea (line",
    "x = np.zeros((1 << 40,))": "more memory",
    "x = [np.ones(1 << 20) for _ in range(1 << 20)]": "more memory",
    "x = (lambda f: f(f))(lambda f: f(f))": "RecursionError",
    "return [1.0, 2.0]": "is a list",
    "return 'done'": "is a str",
    "return x.astype(object)": "array of object",
    "return x[:, :1]": "shape",
    "return (lambda: 1)": "is a function",
    "return np.zeros((1 << 14, 1 << 13))": "more memory",
    "raise KeyboardInterrupt": "ends the program",
    "raise type('Odd', (Exception,), {'__str__': lambda self: 1 / 0})()": "raises Odd",
    "os.kill(os.getppid(), 9)": "a file may end itself, and nobody else",
    "[os.fork() for _ in range(100)]": "only a few processes",
}


@pytest.mark.parametrize(("code", "said"), HARMFUL.items(), ids=list(HARMFUL))
def test_what_does_harm_costs_itself_alone(code: str, said: str, tmp_path: Path) -> None:
    """A forward that ends, raises, eats memory or returns something odd is told so; other parts keep their points."""
    found = report(tmp_path, inside(f"import os, sys; {code}"))
    assert said in " ".join(c.sentence for c in found.mark("Sigmoid", "forward").complaints)
    assert found.mark("Sigmoid", "forward").points == 0
    assert [mark for mark in found.marks if mark.part != "Sigmoid" and not mark.full] == []


def test_a_loop_without_end_is_stopped_and_not_tried_for_ever(tmp_path: Path) -> None:
    """A method that loops for ever costs its own part, and the others are graded."""
    found = report(tmp_path, inside("while True: pass"))
    assert "does not end" in found.mark("Sigmoid", "forward").complaints[0].sentence
    assert [mark for mark in found.marks if mark.part != "Sigmoid" and not mark.full] == []


IMPORTS = {
    "exits at the import": ("import sys; sys.exit(3)", "ends the program"),
    "ends the process at the import": ("import os; os._exit(0)", "ends the whole process"),
    "loops at the import": ("while True: pass", "does not end"),
    "raises at the import": ("1 / 0", "ZeroDivisionError"),
    "lacks a module": ("import no_such_module_anywhere", "ModuleNotFoundError"),
    "forks at the import": ("import os; os.fork()", ""),
    "waits for input": ("name = input('your name')", "EOFError"),
    "eats memory at the import": ("x = [bytearray(1 << 32) for _ in range(1 << 16)]", "more memory"),
    "patches numpy at the import": ("np.allclose = np.array_equal = lambda *a, **k: True", ""),
    "ends its parent at the import": ("import os; os.kill(os.getppid(), 9)", "nobody else"),
    "ends its group at the import": ("import os; os.killpg(0, 9)", "ends the whole process"),
    "closes the streams at the import": ("import os; os.close(1); os.close(0)", ""),
}


@pytest.mark.parametrize(("code", "said"), IMPORTS.values(), ids=IMPORTS)
@pytest.mark.parametrize("first", [True, False], ids=["above", "below"])
def test_the_import_costs_nothing_but_a_remark(code: str, said: str, first: bool, tmp_path: Path) -> None:
    """Whatever a statement does at the import, the layers above and below it are graded."""
    found = report(tmp_path, f"import numpy as np\n{code}\n{LAB}" if first else f"{LAB}\n{code}\n")
    assert found.points == FULL
    assert said in " ".join(found.remarks)
    assert bool(found.remarks) is bool(said)


def test_one_loop_without_end_is_waited_for_and_no_more(tmp_path: Path) -> None:
    """Behind a statement that never ends only definitions are run, so that twenty loops cost no more than one."""
    found = report(tmp_path, "import numpy as np\n" + "while True: pass\n" * 20 + LAB + "while True: pass\n")
    assert found.points == FULL
    assert len(found.remarks) == 1


def test_a_wrong_file_that_patches_numpy_is_still_wrong(tmp_path: Path) -> None:
    """No patch of a comparison helps a wrong gradient."""
    patch = "np.allclose = np.array_equal = np.isclose = np.all = lambda *a, **k: True\nnp.abs = lambda a: 0 * a\n"
    found = report(tmp_path, lab("course", affine_db="np.mean(dout, axis=0)") + patch)
    assert found.mistakes == ("Affine.db: db averaged",)


def test_a_write_on_the_callers_x_names_the_line(tmp_path: Path) -> None:
    """A forward that overwrites its input is right in its values, and told the line that writes."""
    found = report(tmp_path, inside("x += 0.0"))
    assert "x += 0.0" in found.mark("Sigmoid", "arrays").complaints[0].sentence
    assert [mark.quantity for mark in found.marks if not mark.full] == ["arrays"]


@pytest.mark.parametrize("form", ["course", "records"])
def test_a_write_on_the_callers_d_out_names_the_line(form: str, tmp_path: Path) -> None:
    """A backward that overwrites d_out is told the line that writes."""
    right = "return dout * y * (1 - y)"
    text = lab(form)
    assert right in text
    damaged = text.replace(right, "dout *= y * (1 - y)\n        return dout")
    found = report(tmp_path, damaged)
    assert "dout *= y * (1 - y)" in found.mark("Sigmoid", "arrays").complaints[0].sentence
    assert found.mark("Sigmoid", "dx").full


LAWS = {
    "accumulates": (
        "Affine",
        "self.dW = dW = x.T @ dout",
        "self.dW = dW = x.T @ dout + (0 if self.dW is None else self.dW)",
    ),
    "kept from the last batch": (
        "Sigmoid",
        "self.x = x\n        self.y = 0.5 * (1 + np.tanh(x / 2))",
        "self.x = x\n        if self.y is None or len(self.y) < len(x): self.y = 0.5 * (1 + np.tanh(x / 2))",
    ),
    "not repeatable": ("Softmax", "return (y - t) / N", "y -= t\n        return y / N"),
    "batch law": ("Sigmoid", "return dout * y * (1 - y)", "return dout * y * (1 - y) * (1 if N < 6 else 2)"),
    "not linear": ("Sigmoid", "return dout * y * (1 - y)", "return np.clip(dout, -2, 2) * y * (1 - y)"),
}


@pytest.mark.parametrize("name", LAWS)
def test_a_broken_law_is_named(name: str, tmp_path: Path) -> None:
    """What is right at the first call and wrong later is found by a law, and named."""
    part, old, new = LAWS[name]
    assert old in LAB
    found = report(tmp_path, LAB.replace(old, new))
    assert name in [c.mistake for c in found.mark(part, "laws").complaints]
    assert found.points < FULL


def test_a_learning_rate_that_does_not_arrive_is_named(tmp_path: Path) -> None:
    """A model that hands no learning rate on, or another one, is told so."""
    right = "layer.backward(d, learning_rate)"
    missing = LAB.replace("def backward(self, dout, learning_rate):", "def backward(self, dout, learning_rate=0.1):")
    assert report(tmp_path, missing.replace(right, "layer.backward(d)")).mistakes == (
        "Model.learning rate: no learning rate",
    )
    assert report(tmp_path, LAB.replace(right, "layer.backward(d, 0.01)")).mistakes == (
        "Model.learning rate: another learning rate",
    )


@pytest.mark.parametrize(
    ("place", "code"), [("sigmoid_y", "s(x)"), ("softmax_y", "np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)")]
)
def test_an_overflow_is_named(place: str, code: str, tmp_path: Path) -> None:
    """A formula that is right for small inputs and overflows for large ones loses that mark alone."""
    found = report(tmp_path, lab("course", **{place: code}))
    assert [mark.quantity for mark in found.marks if not mark.full] == ["large inputs"]
    assert found.mistakes[0].endswith("large inputs: overflow")


NOTHING = {
    "": "no class",
    "x = 3\n": "no class",
    "def f(:\n": "line 1",
    "\x00": "can't be read",
    "\ud83d".encode("utf-8", "surrogatepass").decode("latin-1"): "",
}


@pytest.mark.parametrize("text", NOTHING)
def test_a_file_without_layers_gets_nothing_and_hears_why(text: str, tmp_path: Path) -> None:
    """An empty file, one without classes, and one that is no Python get 0 points and the reason."""
    found = report(tmp_path, text)
    assert found.points == 0 < found.most
    assert NOTHING[text] in " ".join(found.remarks)


@pytest.mark.parametrize("form", ["course", "records"])
def test_a_half_finished_file_is_graded_as_far_as_it_goes(form: str, tmp_path: Path) -> None:
    """Without Softmax and Model, Affine and Sigmoid keep all their points."""
    mark = "class Softmax:" if form == "course" else "@dataclass(frozen=True)\nclass Softmax:"
    found = report(tmp_path, lab(form).partition(mark)[0])
    assert {mark.part for mark in found.marks if mark.full} == {"Affine", "Sigmoid"}
    assert not [mark for mark in found.marks if mark.part in ("Affine", "Sigmoid") and not mark.full]


def test_a_layer_that_only_passes_is_not_written_yet(tmp_path: Path) -> None:
    """A forward that returns None is called unwritten, and its backward is graded all the same."""
    found = report(
        tmp_path,
        LAB.replace(
            "        return self.y\n    def backward(self, dout, learning_rate=",
            "        self.y = None\n    def backward(self, dout, learning_rate=",
        ),
    )
    assert "not written yet" in found.mark("Sigmoid", "forward").complaints[0].sentence
    assert found.mark("Sigmoid", "dx").full
