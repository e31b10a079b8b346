"""Pages of all kinds of runs, opened in a browser: none fails, and each says what Python says."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import browsing
from seen import line

from fnnet import (
    Dropout,
    Fixed,
    Flatten,
    LeakyReLU,
    MeanSquaredError,
    ReLU,
    Scale,
    Sigmoid,
    SigmoidCrossEntropy,
    Softmax,
    SoftmaxCrossEntropy,
    Tanh,
    datasets,
    forward,
    mlp,
    predict,
)  # fmt: skip
from fnnet.datasets import Dataset, dataset
from fnnet.learning.metrics import predicted
from fnnet.runs.build import experiment
from fnnet.runs.recipe import asked, usual
from fnnet.seeing import Page, see
from fnnet.seeing.budget import shown
from fnnet.seeing.contents import Subject
from fnnet.seeing.film import Training
from fnnet.seeing.of_run import trained_by
from fnnet.seeing.page import page
from fnnet.seeing.parting import parting
from fnnet.seeing.stage import stage
from fnnet.seeing.worked import worked
from fnnet.teaching import HalfSquaredError, equations
from fnnet.teaching.worked_example import averaged
from fnnet.teaching.writing import figure
from fnnet.values.numeric import sigmoid, softmax
from fnnet.values.record import evolve, replace

XOR, DIGITS, RNG = datasets.xor(), datasets.digits(), np.random.default_rng(1)
COLUMN = XOR.y.reshape(-1, 1).astype(float)
X3 = RNG.normal(size=(7, 3))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser for all pages of this file."""
    with browsing(viewport={"width": 1200, "height": 900}) as found:
        yield found


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Callable[[Page, str], Any]]:
    """What opens a page at an address in it; whatever its scripts complain of fails the test."""
    faults: list[str] = []
    tab = browser.context.new_page()
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)

    def open_page(made: Page, address: str = "") -> Any:
        made.save(tmp_path / "see.html")
        tab.goto((tmp_path / "see.html").as_uri() + address)
        tab.wait_for_selector(".walk-bar, .recorded", timeout=10_000)
        return tab

    yield open_page
    tab.close()
    assert faults == []


def walked(page: Any) -> None:
    """Look at each kind of line, at the beginning and at the end, of the first example and of the last."""
    for end in ("to the beginning", "to the end"):
        page.get_by_role("button", name=end).click()
        for kind in page.get_by_role("group", name="go to").get_by_role("button").all():
            kind.click()
            page.keyboard.press("ArrowRight")
        page.get_by_role("button", name="the example before").click()


def outcome(page: Any) -> str:
    """What the network is said to say."""
    said: str = page.locator(".outcome").inner_text()
    return said


def of(data: Dataset, **settings: Any) -> Training:
    """The training of a data set by its usual recipe, with these settings."""
    return trained_by(experiment(asked(usual(data), settings), data))


def page_of(run: Training, data: Dataset, rows: int = 0) -> Page:
    """The page of a run, with so many test rows."""
    return page([film_of(run, data, rows)])


def film_of(run: Training, data: Dataset, rows: int = 0, title: str = "a run") -> Any:
    """The film of a run."""
    targets = data.y_test[:rows]
    form = {"size": 8, "box": 8, "byMass": False, "brightest": 16} if data.x.ndim == 3 else None
    subject = Subject(title, (), data.classes, data.schema, data.x_test[:rows], targets, form)
    return shown(run, stage(run.first.params, run.make, run.targets), subject)


MADE: dict[str, Callable[[], Page]] = {
    "one output": lambda: see(mlp([2, 2, 1], seed=1), XOR.x, COLUMN, loss=SigmoidCrossEntropy, epochs=3),
    "half the square": lambda: see(mlp([2, 2, 1], seed=1), XOR.x, COLUMN, loss=HalfSquaredError, epochs=3),
    "two numbers": lambda: see(mlp([3, 4, 2], Tanh()), X3, X3[:, :2], epochs=3, batch_size=2),
    "one example": lambda: see(mlp([3, 1]), X3[:1], np.zeros((1, 1)), epochs=3),
    "no step": lambda: see(mlp([2, 2, 2]), XOR.x, XOR.y, epochs=0),
    "dropout": lambda: see(mlp([2, 6, 2], ReLU(), dropout=0.5), XOR.x, XOR.y, epochs=3, batch_size=3),
    "dropped inputs": lambda: see((Dropout(0.5), *mlp([2, 3, 2])), XOR.x, XOR.y, epochs=3),
    "wide": lambda: see(mlp([64, 50, 30, 10], first=(Flatten(), Scale(1 / 16))), DIGITS.x[:9], DIGITS.y[:9], epochs=2),
    "deep": lambda: see(mlp([2, 3, 3, 3, 3, 2], LeakyReLU(0.1)), XOR.x, XOR.y, epochs=3),
    "softmax under squares": lambda: see((*mlp([2, 3, 2]), Softmax()), XOR.x, np.eye(2)[XOR.y], loss=HalfSquaredError),
    "many classes": lambda: see(mlp([2, 3, 150]), XOR.x, np.array([0, 9, 99, 149]), epochs=2),
}


@pytest.mark.parametrize("name", MADE)
def test_a_page_opens_and_is_walked_through(opened: Any, name: str) -> None:
    """Whatever network and targets: no script fails, and nothing is shown that is not there."""
    there = opened(MADE[name]())
    walked(there)
    assert there.evaluate("document.body.innerText.match(/NaN|undefined|null/g)") is None


# What the network says


def test_classes_under_a_loss_of_squares_have_their_names(opened: Any) -> None:
    """The outputs stand for probabilities: the largest is the class that is said, as everywhere in fnnet."""
    net = mlp([2, 5, 2], seed=3, dtype=float)
    there = opened(see(net, XOR.x, np.eye(2)[XOR.y], loss=MeanSquaredError, epochs=1, classes=("no", "yes")))
    said = forward(net, XOR.x[:1])[0]
    best = int(predicted(said)[0])
    assert outcome(there) == f"it says {('no', 'yes')[best]}, with {figure(float(said[0, best]), 4)}; wanted: no"


@pytest.mark.parametrize("seed", range(4))
def test_one_output_says_yes_or_no(opened: Any, seed: int) -> None:
    """By the probability on either side of a half, which the one that is said has."""
    net = mlp([2, 3, 1], seed=seed, dtype=float)
    there = opened(see(net, XOR.x, COLUMN, loss=SigmoidCrossEntropy, epochs=1, classes=("no", "yes")), "#example=2")
    p = float(sigmoid(forward(net, XOR.x[1:2])[0])[0, 0])
    word, share = ("yes", p) if p > 0.5 else ("no", 1 - p)
    assert outcome(there) == f"it says {word}, with {figure(share, 4)}; wanted: yes"
    there.locator(".plane-frame").focus()
    there.keyboard.press("ArrowRight")
    assert there.locator(".plane-said").inner_text().split(": ")[1][:3] in ("yes", "no,")
    titles = there.locator(".plane-point title").evaluate_all("(all) => all.map((one) => one.textContent)")
    assert titles == ["0, 0: no", "0, 1: yes", "1, 0: yes", "1, 1: no"]


def test_an_output_without_classes_is_a_probability(opened: Any) -> None:
    """Of a yes or no the probability is said, and not the logit."""
    net = mlp([2, 3, 1], seed=2, dtype=float)
    there = opened(see(net, XOR.x, COLUMN, loss=SigmoidCrossEntropy, epochs=1))
    assert f"it says {figure(float(sigmoid(forward(net, XOR.x[:1])[0])[0, 0]), 4)};" in outcome(there)


def test_all_outputs_are_said(opened: Any) -> None:
    """Of two numbers both."""
    net = mlp([3, 4, 2], Tanh(), seed=2, dtype=float)
    there = opened(see(net, X3, X3[:, :2], epochs=1))
    said = ", ".join(figure(float(h), 4) for h in forward(net, X3[:1])[0][0])
    assert f"it says {said}; wanted:" in outcome(there)


LOSSES: dict[str, tuple[Any, Any, tuple[Any, ...]]] = {
    "classes": (SoftmaxCrossEntropy, np.array([2, 0, 1]), ()),
    "shares": (SoftmaxCrossEntropy, np.array([[0.2, 0.8, 0], [0, 1, 0], [0.1, 0.1, 0.8]]), ()),
    "yes or no": (SigmoidCrossEntropy, np.array([[1.0, 0, 1], [0, 0, 1], [1, 1, 0]]), ()),
    "squares": (MeanSquaredError, X3[:3], ()),
    "half the square": (HalfSquaredError, X3[:3], (Sigmoid(),)),
    "half the square of shares": (HalfSquaredError, np.eye(3), (Softmax(),)),
}


@pytest.mark.parametrize("name", LOSSES)
def test_the_loss_is_that_of_fnnet(opened: Any, name: str) -> None:
    """Its line, for each of three examples: the numbers put in, and what they come to."""
    make, targets, last = LOSSES[name]
    net = (*mlp([3, 4, 3], Tanh(), seed=8, dtype=float), *last)
    there = opened(see(net, X3[:3], targets, loss=make, epochs=1))
    there.get_by_role("group", name="go to").get_by_role("button", name="errors").click()
    there.get_by_role("button", name="one line back").click()
    for n in (1, 2, 3):
        one = evolve(worked(stage(net, make, targets), net, make, X3[:3], targets, n), number=n)
        assert said_of(there) == line(equations.loss(one))
        there.get_by_role("button", name="the next example").click()


def said_of(page: Any) -> list[str]:
    """The line on screen: name, formula, numbers put in, result."""
    parts = ["name", "formula", "numbers", "result"]
    texts = [page.locator(f".line-{part}").first.text_content().lstrip("=") for part in parts]
    return [text.replace("\N{GREEK SMALL LETTER ETA}", "eta") for text in texts]


# What is changed by hand


def test_the_batch_has_the_input_that_was_changed(opened: Any) -> None:
    """Who pushed a weight, and the mean of the batch, are those with the input that is on screen."""
    net = mlp([2, 3, 2], seed=2, dtype=float)
    there = opened(see(net, XOR.x, XOR.y, epochs=2), "#step=0&example=2&at=u_11")
    there.get_by_label("x_1").fill("0.75")
    there.keyboard.press("Enter")
    x = np.array(XOR.x, float)
    x[1, 0] = 0.75
    on = stage(net, SoftmaxCrossEntropy, XOR.y)
    batch = [worked(on, net, SoftmaxCrossEntropy, x, XOR.y, n) for n in (1, 2, 3, 4)]
    pushes = [figure(one.gradient(1, 1, 1).value, 4) for one in batch]
    rows = there.locator(".ranked-frame tbody tr").evaluate_all(
        "(rows) => rows.map((row) => [Number(row.cells[0].textContent.split(':')[0]), row.cells[1].textContent])"
    )
    assert [push for _, push in sorted(rows)] == pushes
    means = there.locator(".line-result").all_text_contents()
    assert means[1].lstrip("=") == figure(averaged(batch).gradient(1, 1, 1).value, 4)


# Rows of the test part, and rows with gaps


def test_dropout_rests_for_a_test_row(opened: Any) -> None:
    """All lines of a row that is in no batch are there, and the network says of it what `predict` says."""
    run = of(DIGITS, epochs=1, dropout=0.5, hidden=(12,), shift=0, dtype="float64")
    there = opened(page_of(run, DIGITS, 3), "#step=0&row=2&at=h_1")
    said = predict(run.first.params, DIGITS.x_test[2:3])[0]
    assert there.locator(".line-result").first.inner_text() == f"={figure(float(said[0]), 4)}"
    assert f"with {figure(float(softmax(said[None]).max()), 4)};" in outcome(there)
    for kind in there.get_by_role("group", name="go to").get_by_role("button").all():
        kind.click()
        assert there.locator(".line").count() > 0
    there.evaluate("location.hash = 'row=2&at=v_12'")
    there.wait_for_function("document.querySelector('.line-name').textContent === 'dE/dv_12'")


def test_a_gap_has_no_place_on_the_plane(opened: Any) -> None:
    """A test row with a gap is not drawn there, and all others are."""
    rng = np.random.default_rng(2)
    columns = {"a": rng.normal(size=40), "b": rng.normal(size=40)}
    data = dataset(columns | {"y": list(np.where(columns["a"] > 0, "up", "down"))})
    holes = np.array(data.x[:3])
    holes[1, 0] = np.nan
    run = of(data, epochs=1, hidden=(3,))
    there = opened(page_of(run, replace(data, x_test=holes, y_test=data.y[:3]), 3))
    assert there.locator(".plane-point").count() == len(run.x) + 2


# Layers that stay as they are, before the first that is trained


def test_inputs_after_frozen_layers_are_no_columns(opened: Any) -> None:
    """What comes out of a frozen layer has no names of columns: it is numbered, and it is said where it comes from."""
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(2, 40))
    data = dataset({"wing": a, "beak": b, "kind": list(np.where(a > b, "gull", "tern"))})
    run = of(data, epochs=1, hidden=(3, 3), freeze=(2,))
    assert isinstance(run.first.params[2], Fixed)
    rows = replace(data, x_test=data.x[:2], y_test=data.y[:2])
    there = opened(page_of(run, rows, 2), "#step=0&example=1&at=g_1")
    assert there.locator(".inputs label").all_inner_texts() == ["x_1", "x_2", "x_3"]
    assert there.locator(".touch").count() == 0
    assert "The inputs are what comes out of layer 3 (" in there.locator(".meanings").inner_text()
    come = stage(run.first.params, run.make, run.targets).come(run.first.params, data.x[:1].astype("f4"))
    there.evaluate("location.hash = 'row=0&at=g_1'")
    values = "[...document.querySelectorAll('.inputs input')].map((field) => Math.fround(Number(field.value))).join()"
    there.wait_for_function(f"(come) => {values} === come.join()", arg=come[0].astype(float).tolist())


def test_pictures_after_frozen_layers_are_no_pictures(opened: Any) -> None:
    """What comes out of a frozen layer is neither drawn as a digit, nor can be drawn."""
    run = of(DIGITS, epochs=1, hidden=(9, 5), freeze=(3,))
    there = opened(page_of(run, DIGITS, 2))
    assert there.locator(".picture").count() == 0
    assert there.locator(".scribble-paper").count() == 0
    assert there.locator(".inputs label").count() == 9


def test_shifted_pictures_are_pictures(opened: Any) -> None:
    """What is drawn at random before the network leaves a picture one."""
    run = of(DIGITS, epochs=1, hidden=(9,), shift=1)
    there = opened(page_of(run, DIGITS, 2))
    assert there.locator(".picture").count() == 1
    assert there.locator(".scribble-paper").count() == 1


# Two runs, and addresses


@pytest.mark.parametrize("epochs", [(20, 40), (40, 20)])
def test_two_runs_move_together(opened: Any, epochs: tuple[int, int]) -> None:
    """The slider runs over the longer one; both stand at its step, or the shorter at its end."""
    runs = [of(XOR, epochs=many, lr=0.3) for many in epochs]
    films = [film_of(run, XOR, title=f"run {i}") for i, run in enumerate(runs)]
    there = opened(page(films, parting(*runs, ("one", "other"))))
    there.get_by_role("button", name="to the end").click()
    assert there.locator(".film-said").inner_text().startswith("step 40 of 40")
    ends = []
    for run in runs:
        *_, last = run.states()
        ends.append(figure(float(softmax(predict(last.params, XOR.x[:1])).max()), 4))
    said = there.locator(".outcome").all_inner_texts()
    assert [text.split("with ")[1].split(";")[0] for text in said] == ends
    there.locator(".curves-pickable").first.focus()
    there.keyboard.press("ArrowLeft")
    assert there.locator(".film-said").inner_text().startswith("step 39 of 40")


def test_the_step_where_two_runs_part_is_reached(opened: Any) -> None:
    """One click leads to the first step after which they differ."""
    runs = [of(XOR, epochs=9, lr=lr) for lr in (0.3, 0.4)]
    films = [film_of(run, XOR, title=f"run {i}") for i, run in enumerate(runs)]
    there = opened(page(films, parting(*runs, ("one", "other"))))
    assert "They part with step 1:" in there.locator("header .note").inner_text()
    there.get_by_role("button", name="go to step 1").click()
    assert there.locator(".film-said").inner_text().startswith("step 1 of 9")


def test_an_address_holds_beside_a_run_without_formulas(opened: Any) -> None:
    """The run that is walked through need not be the first, nor as long."""
    runs = [of(XOR, epochs=5, batch_norm=True), of(XOR, epochs=20)]
    films = [film_of(run, XOR, title=f"run {i}") for i, run in enumerate(runs)]
    there = opened(page(films), "#step=15&example=2&at=u_11")
    assert there.locator(".film-said").inner_text().startswith("step 15 of 20")
    assert there.locator(".line-name").first.text_content() == "dE_2/du_11"


@pytest.mark.parametrize("address", ["step=x", "step=-3", "example=1.5", "example=99", "row=0", "row=x", "at=zz", "="])
def test_an_address_that_means_nothing(opened: Any, address: str) -> None:
    """It leads to what there is."""
    there = opened(see(mlp([2, 3, 2]), XOR.x, XOR.y, epochs=3), f"#{address}")
    assert there.locator(".film-said").inner_text().startswith("step 0 of 3")
    assert there.locator(".line-name").first.text_content() == "g_1"
    assert there.locator(".chooser select").input_value() == "n1"
