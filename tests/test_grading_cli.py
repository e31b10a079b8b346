"""`fnnet grade` as a teacher and a student meet it."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from labs import lab
from test_cli import fnnet as command_line

LAB = lab("course")


pytestmark = pytest.mark.usefixtures("in_a_folder_of_its_own")


def fnnet(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run `fnnet grade` in a process of its own."""
    return command_line("grade", *arguments)


def graded(*arguments: object) -> str:
    """What a grading prints; it exits with 0 and says nothing else."""
    done = fnnet(*arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_skeleton_is_filled_in_and_trains(tmp_path: Path) -> None:
    """The blank lab gets 0 points; with its passes filled in it gets all of them, and its own script solves XOR."""
    graded("--skeleton", "lab")
    assert sorted(path.name for path in (tmp_path / "lab").iterdir()) == [
        "README.md",
        "layers.py",
        "mnist.py",
        "xor.py",
    ]
    assert "0 of 95 points" in graded("lab/layers.py")
    path = tmp_path / "lab" / "layers.py"
    path.write_text(filled(path.read_text()))
    assert "95 of 95 points" in graded("lab/layers.py")
    script = [sys.executable, "xor.py"]
    done = subprocess.run(script, cwd=tmp_path / "lab", capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.endswith("[0 1 1 0] should be [0 1 1 0]\n")


def script_says(path: Path) -> str:
    """The one line on stderr of the lab's script, which fails."""
    done = subprocess.run([sys.executable, "xor.py"], cwd=path, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr


def test_the_script_of_the_blank_lab_says_what_to_write(tmp_path: Path) -> None:
    """One line, and no traceback, says which methods are not written yet; what is written is run."""
    graded("--skeleton", "lab")
    path = tmp_path / "lab" / "layers.py"
    blank = path.read_text()
    said = script_says(path.parent)
    assert said.startswith("not written yet in layers.py: Affine.forward, Affine.backward, Sigmoid.forward, ")
    assert said.count("\n") == 1
    head, last = filled(blank).rsplit("    def backward(self):", 1)
    path.write_text(f"{head}    def backward(self):\n        pass  # call all backward\n")
    assert last
    assert script_says(path.parent) == "not written yet in layers.py: Model.backward\n"


def filled(blank: str) -> str:
    """The lab with every pass written."""
    bodies = iter(
        [
            "self.x = x\n        return x @ self.W + self.b",
            "dx = d_out @ self.W.T\n        self.dW, self.db = self.x.T @ d_out, d_out.sum(axis=0)\n"
            "        self.W -= learning_rate * self.dW\n        self.b -= learning_rate * self.db\n        return dx",
            "self.y = (1 + np.tanh(x / 2)) / 2\n        return self.y",
            "return d_out * self.y * (1 - self.y)",
            "e = np.exp(x - x.max(axis=1, keepdims=True))\n        self.y = e / e.sum(axis=1, keepdims=True)\n"
            "        return self.y",
            "self.t = t\n        self.error = -np.sum(t * np.log(self.y)) / len(t)\n        return self.error",
            "return d_out * (self.y - self.t) / len(self.t)",
            "for layer in self.layer:\n            x = layer.forward(x)\n        return x",
            "d = 1\n        for layer in reversed(self.layer):\n            d = layer.backward(d, learning_rate)",
        ]
    )
    head, *rest = blank.split("        pass")
    return head + "".join(f"        {next(bodies)}{part}" for part in rest)


def test_nothing_is_written_over(tmp_path: Path) -> None:
    """A skeleton is not written where one of its files is."""
    graded("--skeleton", "lab")
    (tmp_path / "lab" / "layers.py").write_text("mine")
    done = fnnet("--skeleton", "lab")
    assert done.returncode == 2
    assert "is there already" in done.stderr
    assert (tmp_path / "lab" / "layers.py").read_text() == "mine"


def test_a_class_has_one_row_for_each(tmp_path: Path) -> None:
    """Files and folders of a folder are students; helpers and scripts beside their layers are not."""
    school = tmp_path / "class"
    (school / "dana").mkdir(parents=True)
    (school / "empty").mkdir()
    (school / "alex.py").write_text(LAB)
    (school / "=bo.py").write_text(lab("course", affine_db="np.mean(dout, axis=0)"))
    (school / "dana" / "layers.py").write_text("from helper import *\n" + LAB)
    (school / "dana" / "helper.py").write_text("x = 1\n")
    (school / "dana" / "xor.py").write_text("from layers import Affine\n")
    (school / "kim.py").write_text("raise SystemExit")
    done = fnnet("class", "--csv", "points.csv")
    assert (done.returncode, done.stderr) == (0, "passed over, since they hold no Python file: empty\n")
    assert "empty" not in done.stdout
    rows = {row["student"]: row for row in csv.DictReader((tmp_path / "points.csv").read_text().splitlines())}
    assert sorted(rows) == ["'=bo", "alex", "dana", "kim"]
    assert (rows["alex"]["points"], rows["alex"]["of"], rows["alex"]["mistakes"]) == ("95", "95", "")
    assert rows["dana"]["points"] == "95"
    assert "Affine.db: db averaged" in rows["'=bo"]["mistakes"]
    assert float(rows["'=bo"]["points"]) == 89
    assert rows["kim"]["points"] == "0"


def test_the_forms_of_a_report(tmp_path: Path) -> None:
    """The table, Markdown and JSON say the same points and name the same mistake, with the line about it."""
    (tmp_path / "lab.py").write_text(lab("course", affine_db="np.mean(dout, axis=0)", sigmoid_dx="y[[0]][1] | 2"))
    said = "db is the mean over the batch; the gradient of a sum is a sum: see fnnet learn affine bias"
    for text in (graded("lab.py"), graded("lab.py", "--markdown")):
        assert said in text
        assert "78 of 95 points" in text
    assert "y[[0]][1] \\| 2" in graded("lab.py", "--markdown")
    found = json.loads(graded("lab.py", "--json"))
    assert (found["points"], found["most"]) == (78, 95)
    rows = {(row["part"], row["quantity"]): row for row in found["rows"]}
    assert rows["Affine", "db"]["complaints"] == [{"sentence": said, "mistake": "db averaged"}]


def test_the_known_mistakes_are_listed() -> None:
    """--mistakes lists every quantity, and each mistake with its hint and its page."""
    listed = graded("--mistakes")
    assert sum(": see fnnet learn " in line for line in listed.splitlines()) > 100
    assert "  db averaged: db is the mean over the batch; the gradient of a sum is a sum: see fnnet learn aff" in listed


USAGE = {
    (): "Missing argument 'PATH'",
    ("nobody.py",): "there is no file nobody.py",
    ("notes.txt",): "must be Python (.py), got notes.txt",
    ("nothing",): "holds no .py file",
    ("school",): "school holds no .py file and no folder that holds one",
    ("lab.py", "--convention", "median"): "convention must be mean or sum, got 'median'",
    ("lab.py", "--json", "--markdown"): "exclude each other",
    ("lab.py", "--skeleton", "lab"): "leave PATH out",
    ("lab.py", "--seconds", "0"): "--seconds",
}


@pytest.mark.parametrize("arguments", USAGE)
def test_wrong_usage_is_one_line(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """Wrong usage exits with 2 after one line that says what was expected."""
    (tmp_path / "notes.txt").write_text("")
    (tmp_path / "lab.py").write_text("")
    (tmp_path / "nothing").mkdir()
    (tmp_path / "school" / "runs").mkdir(parents=True)
    done = fnnet(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert USAGE[arguments] in done.stderr
    assert done.stderr.count("\n") == 1


def test_mnist_is_trained_on_too(tmp_path: Path, mnist_folder: Path) -> None:
    """With the files of MNIST a right model earns their points, and one that walks uphill does not."""
    path = tmp_path / "lab.py"
    path.write_text(LAB)
    assert "100 of 100 points" in graded("lab.py", "--mnist", mnist_folder)
    path.write_text(lab("course", softmax_dx="(t - y) / N"))
    found = json.loads(graded("lab.py", "--mnist", mnist_folder, "--json"))
    assert [row["quantity"] for row in found["rows"] if row["points"] == 0] == ["dx", "XOR", "MNIST"]
