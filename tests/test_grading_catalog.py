"""Every mistake of the catalog, planted in a right solution, is caught and named."""

import re
from pathlib import Path

import pytest
from labs import NOT_IN, PLANTS, lab

from fnnet.grading import Settings, grade, pages
from fnnet.grading.catalog import affine, loss, model, sigmoid, softmax

CATALOGS = {"affine": affine, "sigmoid": sigmoid, "softmax": softmax, "loss": loss, "model": model}
QUICK = Settings(train=False)
FORMS = ("course", "records", "functions")


def planted(form: str) -> list[tuple[str, str, str, str]]:
    """All plants of a form: their catalog, their name, their place and their code."""
    there = [(catalog, *plant) for catalog, plant in PLANTS.items() if catalog not in NOT_IN[form]]
    return [
        (catalog, name, place, code)
        for catalog, place, plants in there
        for name, code in plants.items()
        if form == "course" or name != "dx after the update"
    ]


def mistakes(tmp_path: Path, text: str) -> list[str]:
    """The names of the mistakes that are found in a file, without their places."""
    path = tmp_path / "lab.py"
    path.write_text(text)
    return [found.split(": ", 1)[1] for found in grade(path, QUICK).mistakes]


@pytest.mark.parametrize("catalog", PLANTS)
def test_every_mistake_has_a_plant(catalog: str) -> None:
    """The plants of a catalog are its mistakes, in order."""
    name, _, module = catalog.partition(" of ")
    assert list(PLANTS[catalog][1]) == [mistake.name for mistake in getattr(CATALOGS[module], name)]


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
    assert [row for row in report.rows if not row.full] == []
    assert report.remarks == ()


@pytest.mark.parametrize(
    ("form", "name", "place", "code"),
    [
        pytest.param(form, name, place, code, id=f"{form}-{place}-{name}")
        for form in FORMS
        for _, name, place, code in planted(form)[:: 4 if form == "functions" else 1]
    ],
)
def test_a_planted_mistake_is_named(form: str, name: str, place: str, code: str, tmp_path: Path) -> None:
    """A mistake that is planted in a right solution is found, by its own name, and blamed on its own quantity alone."""
    path = tmp_path / "lab.py"
    path.write_text(lab(form, **{place: code}))
    report = grade(path, QUICK)
    assert name in [found.split(": ", 1)[1] for found in report.mistakes]
    blamed = {(r.part, r.quantity) for r in report.rows if not all("can't be seen" in c.sentence for c in r.complaints)}
    assert len(blamed - {("Sigmoid", "large inputs"), ("Softmax", "large inputs"), ("Model", "learning rate")}) == 1


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


@pytest.mark.parametrize("name", [name for name in vars(pages) if name.isupper() and name != "COURSE"])
def test_every_page_is_there(name: str) -> None:
    """Each page that a sentence names exists, and so does its heading."""
    path, _, heading = getattr(pages, name).partition("#")
    lines = (Path(__file__).parents[1] / path).read_text().splitlines()
    headings = {
        re.sub(r"[^\w -]", "", line.lstrip("# ").lower()).replace(" ", "-") for line in lines if line[:1] == "#"
    }
    assert not heading or heading in headings


def test_no_report_tells_the_answer(tmp_path: Path) -> None:
    """No sentence of any plant holds one of the right formulas."""
    answers = [s.replace(" ", "") for s in ("x.T @ d", "x.T, d", "@ W.T", "sum(axis=0)", "y * (1 - y)", "(y - t)")]
    for module in CATALOGS.values():
        for catalog in vars(module).values():
            for mistake in catalog if isinstance(catalog, tuple) else ():
                said = getattr(mistake, "says", "").replace(" ", "")
                assert not any(answer in said for answer in answers)
