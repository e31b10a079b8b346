"""Points are for what a file computes itself, and for all of that."""

from pathlib import Path

import pytest
from labs import lab

from fnnet.grading import Limits, Report, Settings, grade

LAB = lab("course")
QUICK = Settings(limits=Limits(seconds=1.5), train=False)


def report(tmp_path: Path, text: str) -> Report:
    """The report of a file."""
    path = tmp_path / "lab.py"
    path.write_text(text)
    return grade(path, QUICK)


def replaced(old: str, new: str) -> str:
    """The lab with one place of it changed."""
    assert old in LAB
    return LAB.replace(old, new, 1)


CATALOG = "__import__('importlib').import_module('fnnet.grading.catalog.affine_mistakes') and (x @ W + b)"
OWN = {
    "the catalog": ("affine_y", CATALOG, "a file can't import the grader"),
    "a layer": ("affine_y", "__import__('fnnet').Affine(W, b).forward(x)[0]", "Affine.forward is fnnet's own"),
    "a function": (
        "softmax_y",
        "__import__('fnnet.values.numeric').values.numeric.softmax(x)",
        "softmax is fnnet's own",
    ),
    "a loss": (
        "loss",
        "__import__('fnnet').SoftmaxCrossEntropy(t).forward(np.log(y))[0]",
        "SoftmaxCrossEntropy.forward is fnnet's own",
    ),
}


@pytest.mark.parametrize("place", OWN)
def test_what_is_delegated_to_fnnet_gets_no_points(place: str, tmp_path: Path) -> None:
    """A quantity that fnnet or the grader computes is not the file's; the others keep their points."""
    planted, code, said = OWN[place]
    found = report(tmp_path, lab("course", **{planted: code}))
    part, quantity = {"loss": ("Softmax", "loss")}.get(planted, (planted.split("_")[0].title(), "forward"))
    assert said in found.mark(part, quantity).complaints[0].sentence
    assert found.mark(part, quantity).points == 0
    assert not [mark for mark in found.marks if mark.part != part and not mark.full]


@pytest.mark.parametrize(
    "code",
    [
        "import fnnet.grading",
        "from fnnet.grading.catalog import affine_mistakes",
        "from fnnet import grading",
        "import fnnet; fnnet.grading",
    ],
)
def test_the_grader_can_not_be_imported_by_what_it_grades(code: str, tmp_path: Path) -> None:
    """What is right and every mistake are not to be had; that statement is left out, and nothing else."""
    found = report(tmp_path, f"{code}\n{LAB}")
    assert "can't import the grader" in found.remarks[0]
    assert found.points == found.most


def test_a_script_that_uses_fnnet_costs_nothing(tmp_path: Path) -> None:
    """Data and labels of fnnet may be used beside layers of one's own."""
    found = report(tmp_path, f"from fnnet import Affine, datasets, one_hot, train\n{LAB}\nt = one_hot([1, 0], 2)\n")
    assert (found.points, found.remarks) == (found.most, ())


def test_half_precision_makes_nothing_right(tmp_path: Path) -> None:
    """A gradient that is 2 % out is wrong in float16 too, and one that is right is right in it."""
    wrong = report(tmp_path, lab("course", sigmoid_dx="(1.02 * dout * y * (1 - y)).astype(np.float16)"))
    assert "float16" in wrong.mark("Sigmoid", "dx").complaints[0].sentence
    right = report(tmp_path, lab("course", sigmoid_dx="(dout * y * (1 - y)).astype(np.float16)"))
    assert right.mark("Sigmoid", "dx").full


def test_laws_are_asked_of_what_is_right(tmp_path: Path) -> None:
    """With a wrong dx they are asked of forward, and earn their points; with nothing right they say that it is so."""
    found = report(tmp_path, lab("course", sigmoid_dx="dout * y"))
    assert (found.mark("Sigmoid", "dx").points, found.mark("Sigmoid", "laws").full) == (0, True)
    nothing = report(tmp_path, lab("course", sigmoid_dx="dout * y", sigmoid_y="x"))
    (complaint,) = nothing.mark("Sigmoid", "laws").complaints
    assert complaint.sentence.startswith("the laws can't be seen yet: they are asked of quantities that are right, and")


@pytest.mark.parametrize(
    ("own", "name"),
    [
        ("Affine", "FullyConnectedLayer"),
        ("Affine", "Fully_Connected"),
        ("Affine", "DenseLayer"),
        ("Affine", "FCLayer"),
        ("Sigmoid", "LogisticLayer"),
        ("Softmax", "SoftmaxWithLossLayer"),
    ],
)
def test_a_layer_may_be_called_one(own: str, name: str, tmp_path: Path) -> None:
    """A class is found by its name with or without the word layer."""
    assert report(tmp_path, LAB.replace(f"class {own}:", f"class {name}:")).points == 90


def test_a_layer_may_keep_much_beside_its_parameters(tmp_path: Path) -> None:
    """A hundred more attributes, set before W and b, hide nothing."""
    more = "        for i in range(100): setattr(self, f'note_{i}', i * np.ones(2))\n"
    assert report(tmp_path, replaced("        self.W = 1.0 *", f"{more}        self.W = 1.0 *")).points == 90


def test_a_list_costs_its_own_quantity_and_not_the_step(tmp_path: Path) -> None:
    """A right dx as a list is no array, and the update was taken all the same."""
    found = report(tmp_path, lab("course", affine_dx="(dout @ W.T).tolist()"))
    assert {mark.quantity for mark in found.marks if not mark.full} == {"dx"}
    assert "dx is a list" in found.mark("Affine", "dx").complaints[0].sentence
