"""Every mistake of the catalog, planted in a right solution, is caught and named."""

from itertools import zip_longest
from pathlib import Path

import pytest
from labs import FORMS, NO_MODEL, NO_STEP, NOT_IN, ONE_BACKWARD, PLANTS, lab

from fnnet.cli.app import run
from fnnet.course.syllabus import slug
from fnnet.grading import Settings, grade, pages
from fnnet.grading.catalog import CATALOGS

QUICK = Settings(train=False)


def place_of(form: str, catalog: str) -> tuple[str, str]:
    """The part and the quantity that a mistake of a catalog is blamed on."""
    if catalog == "loss":
        return ("Softmax" if form == "course" else "Loss"), "loss"
    if catalog == "Softmax dx" and form != "course":
        return "Loss", "gradient"
    part, quantity = catalog.split()[:2]
    return part, quantity


def planted(form: str) -> dict[str, list[tuple[str, str]]]:
    """The mistakes that a form can have, by the part they are in: of each its catalog and its name."""
    lists: dict[str, list[tuple[str, str]]] = {}
    for catalog, (_, plants) in PLANTS.items():
        names = [name for name in plants if not {catalog, name} & set(NOT_IN[form])]
        lists.setdefault(place_of(form, catalog)[0], []).extend((catalog, name) for name in names)
    return lists


def sown(form: str) -> list[dict[str, str]]:
    """Labs with one mistake in each part, of each its name by its catalog, until all have been planted."""
    rounds = zip_longest(*planted(form).values())
    return [dict(pair for pair in some if pair) for some in rounds]


def mistakes(tmp_path: Path, text: str) -> list[str]:
    """The names of the mistakes that are found in a file, without their places."""
    path = tmp_path / "lab.py"
    path.write_text(text)
    return [found.split(": ", 1)[1] for found in grade(path, QUICK).mistakes]


@pytest.mark.parametrize("catalog", CATALOGS)
def test_every_mistake_has_a_plant(catalog: str) -> None:
    """The plants of a catalog are its mistakes, in order."""
    assert list(PLANTS[catalog][1]) == [mistake.name for mistake in CATALOGS[catalog]]


@pytest.mark.parametrize("form", FORMS)
def test_a_mistake_is_planted_in_every_form_or_the_table_says_why_not(form: str) -> None:
    """Each form has a place for every mistake but those that it can't have, for a reason that is tested below."""
    everything = {(catalog, name) for catalog, (_, plants) in PLANTS.items() for name in plants}
    here = {pair for some in sown(form) for pair in some.items() if f"{{{PLANTS[pair[0]][0]}}}" in FORMS[form]}
    assert {pair for pair in everything if not set(pair) & set(NOT_IN[form])} == here
    assert set(NOT_IN[form].values()) <= {ONE_BACKWARD, NO_STEP, NO_MODEL}


def test_a_softmax_of_the_course_gets_no_d_out(tmp_path: Path) -> None:
    """Its backward is handed a plain 1, so that nobody can see what it makes of a gradient from outside."""
    path = tmp_path / "lab.py"
    path.write_text(lab("course", softmax_dx="(y - t) / N if np.ndim(d_out) == 0 and d_out == 1 else 1 / 0"))
    assert [mark for mark in grade(path, QUICK).marks if not mark.full] == []


@pytest.mark.parametrize("form", ["records", "functions"])
def test_a_pure_layer_is_never_updated(form: str, tmp_path: Path) -> None:
    """A pure layer has no mark for an update; one that is made all the same is a write on an array of the caller."""
    path = tmp_path / "lab.py"
    path.write_text(lab(form, affine_dx="dout @ np.subtract(W, 0.5 * x.T @ dout, out=W).T"))
    report = grade(path, QUICK)
    assert "update" not in [mark.quantity for mark in report.marks]
    assert [c.mistake for c in report.mark("Affine", "arrays").complaints] == ["in place"]


def test_functions_have_no_model(tmp_path: Path) -> None:
    """A right solution in functions has no mark for a Model, and misses none."""
    path = tmp_path / "lab.py"
    path.write_text(lab("functions"))
    assert [mark for mark in grade(path, QUICK).marks if not mark.full or mark.part == "Model"] == []


def test_the_catalog_is_large_and_no_two_in_a_list_have_one_name() -> None:
    """There are at least 30 mistakes, and in each list the names differ."""
    names = [list(plants) for _, plants in PLANTS.values()]
    assert sum(map(len, names)) >= 100
    assert all(len(set(some)) == len(some) for some in names)


@pytest.mark.parametrize("form", FORMS)
def test_the_solution_itself_is_right(form: str, tmp_path: Path) -> None:
    """Without a plant each form gets full points, training too."""
    path = tmp_path / "lab.py"
    path.write_text(lab(form))
    report = grade(path)
    assert [mark for mark in report.marks if not mark.full] == []
    assert report.remarks == ()


SPARED = {("Sigmoid", "large inputs"), ("Softmax", "large inputs"), ("Model", "learning rate")}


@pytest.mark.parametrize(
    ("form", "names"),
    [pytest.param(form, names, id=f"{form}-{i}") for form in FORMS for i, names in enumerate(sown(form))],
)
def test_planted_mistakes_are_named(form: str, names: dict[str, str], tmp_path: Path) -> None:
    """Mistakes, one in each part, are found by their own names, and blamed on their own quantities alone."""
    path = tmp_path / "lab.py"
    path.write_text(lab(form, **{PLANTS[catalog][0]: PLANTS[catalog][1][name] for catalog, name in names.items()}))
    report = grade(path, QUICK)
    for catalog, name in names.items():
        assert name in [c.mistake for c in report.mark(*place_of(form, catalog)).complaints]
    blamed = [m for m in report.marks if not all("can't be seen" in c.sentence for c in m.complaints)]
    assert {(m.part, m.quantity) for m in blamed} - SPARED == {place_of(form, catalog) for catalog in names}


PAIRS = [
    (("affine_dW", "dW averaged"), ("affine_db", "db not summed")),
    (("affine_dx", "dx without W"), ("sigmoid_dx", "d_out forgotten")),
    (("sigmoid_y", "tanh"), ("sigmoid_dx", "slope from x")),
    (("softmax_y", "over the wrong axis"), ("loss", "loss negated")),
    (("affine_y", "bias left out"), ("affine_db", "db of the last example")),
    (("model_forward", "last layer left out"), ("model_backward", "twice")),
    (("loss", "loss not averaged"), ("softmax_dx", "1/N missing")),
]


@pytest.mark.parametrize("pair", PAIRS)
def test_two_mistakes_are_both_named(pair: tuple[tuple[str, str], ...], tmp_path: Path) -> None:
    """Two mistakes in two quantities are both found by name."""
    codes = dict(PLANTS.values())
    text = lab("course", **{place: codes[place][name] for place, name in pair})
    assert {name for _, name in pair} <= set(mistakes(tmp_path, text))


@pytest.mark.parametrize(
    ("place", "code", "names"),
    [
        ("affine_dW", "-dout.T @ x", {"negated too", "dW on its side"}),
        ("affine_dW", "x.T @ np.ones_like(dout) / N", {"averaged too", "dW without d_out"}),
        ("sigmoid_dx", "-dout * (1 - y ** 2)", {"negated too", "slope of tanh"}),
    ],
)
def test_two_mistakes_in_one_quantity_are_both_named(place: str, code: str, names: set[str], tmp_path: Path) -> None:
    """A wrong sign or factor on top of another mistake is named beside it."""
    assert names <= set(mistakes(tmp_path, lab("course", **{place: code})))


@pytest.mark.parametrize("name", [name for name in vars(pages) if name.isupper()])
def test_every_page_is_there(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command that a sentence names shows a page of the course, from its own heading on."""
    program, *arguments = getattr(pages, name).split()
    assert (program, run(arguments)) == ("fnnet", 0)
    shown = slug(capsys.readouterr().out.splitlines()[0].lstrip("# "))
    assert shown == arguments[2] if len(arguments) > 2 else shown.startswith(arguments[1])


def test_no_report_tells_the_answer() -> None:
    """No sentence of any plant holds one of the right formulas."""
    answers = [s.replace(" ", "") for s in ("x.T @ d", "x.T, d", "@ W.T", "sum(axis=0)", "y * (1 - y)", "(y - t)")]
    for mistake in (mistake for catalog in CATALOGS.values() for mistake in catalog):
        said = mistake.says.replace(" ", "")
        assert not any(answer in said for answer in answers)
