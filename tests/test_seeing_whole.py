"""The whole run at a glance: what is shown is what NumPy finds in the networks and rows themselves."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from browser import browsing, load_modules

from fnnet import Affine, Flatten, MeanSquaredError, ReLU, Sigmoid, SoftmaxCrossEntropy, Tanh, forward, mlp, predict
from fnnet.datasets import digits
from fnnet.datasets.dataset import of_arrays
from fnnet.learning.metrics import confusion, predicted
from fnnet.network import gradients
from fnnet.seeing.answers import of_classes
from fnnet.seeing.bundle import read
from fnnet.seeing.histograms import over_time, sample
from fnnet.seeing.seen_weights import Heat, Pictures, first_weights, kernels, names_of_inputs
from fnnet.seeing.whole import WholeRun, whole
from fnnet.tables import Column, Impute, OneHot, Schema
from fnnet.values import Array, leaves
from fnnet.values.numeric import softmax
from fnnet.values.record import frozen, param, replace

RNG = np.random.default_rng(0)
#: Three classes, of which one is called as a page must not be.
BIRDS = of_arrays(
    "birds", RNG.normal(size=(40, 2)), RNG.integers(0, 3, 40), RNG.normal(size=(30, 2)), RNG.integers(0, 3, 30),
    ("</script><b>", "gull", "tern"),
)  # fmt: skip
NETS = [mlp([2, 5, 3], seed=seed, dtype=float) for seed in range(4)]
MOMENTS = list(zip((0, 1, 5, 20), NETS, strict=True))


def of_birds(data: Any = BIRDS) -> WholeRun:
    """The whole run of these networks, as if each had been the next moment of the other."""
    return whole(MOMENTS, SoftmaxCrossEntropy, data.x, data.y, data=data, probabilities=softmax)


def decoded(text: str, dtype: Any, shape: tuple[int, ...]) -> Array:
    """The array behind a text in base64."""
    return np.frombuffer(base64.b64decode(text), dtype).reshape(shape)


# Over time


def test_the_histograms_are_those_of_numpy() -> None:
    """Each layer's counts are numpy's of its outputs and its gradients, and none of them is missing."""
    for i, layer in enumerate(of_birds().layers):
        for m, net in enumerate(NETS):
            y, _ = forward(net[: i + 1], BIRDS.x)
            _, caches = forward((net, SoftmaxCrossEntropy(BIRDS.y)), BIRDS.x)
            grads = gradients((net, SoftmaxCrossEntropy(BIRDS.y)), caches, 1.0)[0][i]
            found = [(layer.outputs, y)]
            if layer.gradients:
                found.append((layer.gradients, np.concatenate([a.ravel() for a in leaves(grads).values()])))
            for spread, values in found:
                assert spread.counts[m].tolist() == np.histogram(values, 24, (spread.low, spread.high))[0].tolist()
                assert spread.counts[m].sum() == values.size
                assert spread.lost[m] == 0
        assert (layer.gradients is None) == isinstance(NETS[0][i], Sigmoid)


def test_a_range_holds_all_moments() -> None:
    """The bins of a layer are the same at every moment, from the least output that there ever was to the largest."""
    outputs = np.stack([forward(net[:1], BIRDS.x)[0] for net in NETS])
    spread = of_birds().layers[0].outputs
    assert (spread.low, spread.high) == (outputs.min(), outputs.max())


def test_many_rows_and_moments_are_thinned() -> None:
    """Of many rows 512 are looked at, from first to last; of many moments 60, from first to last."""
    rows = sample(10_000)
    assert (len(rows), rows[0], rows[-1], len(sample(4))) == (512, 0, 9999, 4)
    moments = [(step, NETS[step % 4]) for step in range(1001)]
    steps = whole(moments, SoftmaxCrossEntropy, BIRDS.x, BIRDS.y).steps
    assert (len(steps), steps[0], steps[-1]) == (60, 0, 1000)
    assert steps[1] < 1000 / 60


def test_what_is_not_finite_is_counted_apart() -> None:
    """A run that has gone astray is shown, too: what is no number is in no bin, and not forgotten."""
    astray = (Affine(np.full((2, 5), np.nan), np.zeros(5)), *NETS[0][1:])
    layers = whole([(0, NETS[0]), (1, astray)], SoftmaxCrossEntropy, BIRDS.x, BIRDS.y, data=BIRDS)
    spread = layers.layers[0].outputs
    assert (spread.lost.tolist(), spread.counts[1].sum()) == ([0, 200], 0)
    json.dumps(layers.plain(), allow_nan=False)


def with_quiet_unit(layer: Any, bias: float) -> Any:
    """A network whose second unit of four has no weights, and this bias."""
    W = RNG.normal(size=(2, 4)) * 0.1
    W[:, 1] = 0
    return Affine(W, np.array([1.0, bias, 1.0, 1.0])), layer, Affine(RNG.normal(size=(4, 3)), np.zeros(3))


@pytest.mark.parametrize(
    ("layer", "bias", "kind"), [(ReLU(), -1.0, "dead"), (Sigmoid(), 9.0, "saturated"), (Tanh(), -9.0, "saturated")]
)
def test_a_quiet_unit_is_found(layer: Any, bias: float, kind: str) -> None:
    """A unit that is 0, or has no slope, for every row is told, and only it, and only when it is so."""
    nets = [with_quiet_unit(layer, at) for at in (0.001, bias)]
    found = over_time(nets, SoftmaxCrossEntropy, BIRDS.x, BIRDS.y)[1].quiet
    assert found
    assert (found.kind, found.units.tolist()) == (kind, [[False] * 4, [False, True, False, False]])


def test_layers_that_never_change_are_left_out() -> None:
    """The first layer that is shown is the first that is trained; without any there is none."""
    net = (Flatten(), *mlp([64, 3, 10], seed=0))
    found = whole([(0, net)], SoftmaxCrossEntropy, digits().x, digits().y)
    assert [layer.place for layer in found.layers] == ["1", "2", "3"]
    assert whole([(0, (Flatten(),))], SoftmaxCrossEntropy, np.zeros((2, 2)), np.array([0, 1])).layers == ()


# Weights


def test_the_pictures_are_the_parameters() -> None:
    """Pixel (h, w) of unit o is the weight from that pixel to it, and as JSON it is less than half a level off."""
    net = (Flatten(), *mlp([64, 3, 10], seed=0, dtype=float))
    found = whole([(0, net)], SoftmaxCrossEntropy, digits().x, digits().y)
    W = net[1].W
    assert isinstance(found.weights, Pictures)
    assert np.array_equal(found.weights.values[2, 0], W[:, 2].reshape(8, 8))
    plain = found.plain()["weights"]
    shown = decoded(plain["pixels"], np.int8, (3, 1, 8, 8)) * (plain["largest"] / 127)
    assert np.abs(shown[:, 0] - W.T.reshape(3, 8, 8)).max() <= plain["largest"] / 254 * (1 + 1e-12)
    assert plain["largest"] == np.abs(W).max()


def test_colors_are_pictures_of_their_own() -> None:
    """Of images (C, H, W) each unit has a picture for each color."""
    W = RNG.normal(size=(3 * 4 * 5, 2))
    found = first_weights((Flatten(), Affine(W, np.zeros(2))), (3, 4, 5))
    assert found
    assert np.array_equal(found.values[1, 2], W[40:, 1].reshape(4, 5))


@frozen
class Kernels:
    """A layer with kernels, as far as its weights are asked."""

    W: Array = param()

    def forward(self, x: Array) -> tuple[Array, None]:
        """Never asked."""
        return x, None


def test_kernels_are_pictures() -> None:
    """A W of four axes is shown as it is: that of the first layer for itself, and those of later ones."""
    net = tuple(Kernels(RNG.normal(size=shape)) for shape in [(6, 1, 3, 3), (2, 6, 5, 5)])
    first = first_weights(net, (8, 8))
    assert first
    assert np.array_equal(first.values, net[0].W)
    assert [found.values.shape for found in kernels(net)] == [(2, 6, 5, 5)]


def test_a_table_s_weights_have_the_names_of_its_columns() -> None:
    """Gaps and categories have units of their own, which are called so; without names they are x_1, x_2, ..."""
    schema = Schema((Column("size"), Column("color", ("blue", "red"))), "price")
    before = [Impute(np.array([0.0, -1.0]), indicators=(0,)), OneHot(((), (0, 1)))]
    names = names_of_inputs(before, schema, 4)
    assert names == ("size", "color = blue", "color = red", "size is missing")
    assert names_of_inputs([], None, 2) == names_of_inputs([], schema, 3)[:2] == ("x_1", "x_2")
    first = first_weights(NETS[0], (2,))
    assert isinstance(first, Heat)
    assert (first.names, first.values.shape) == (("x_1", "x_2"), (2, 5))


# Answers


def test_the_confusion_matrix_is_that_of_the_metrics() -> None:
    """Its counts, and the rows behind each cell: of that class, taken for that one, at most 12, the worst first."""
    plain = of_birds().plain()
    p = softmax(predict(NETS[-1], BIRDS.x_test))
    assert plain["confusion"] == confusion(p, BIRDS.y_test).tolist()
    assert {(true, said) for true, said, _ in plain["cells"]} == set(zip(*np.nonzero(plain["confusion"]), strict=True))
    for true, said, places in plain["cells"]:
        rows = [plain["rows"][place]["row"] for place in places]
        given = p[rows, true].tolist()
        assert len(rows) == min(12, plain["confusion"][true][said])
        assert set(BIRDS.y_test[rows]) == {true}
        assert set(predicted(p)[rows]) == {said}
        assert given == sorted(given)


def test_the_worst_come_first_when_there_is_little_room() -> None:
    """Of the rows that can be shown the worst mistakes are the first, and then each cell has one before any has two."""
    p = softmax(predict(NETS[-1], BIRDS.x_test))
    found = of_classes(p, BIRDS.y_test, BIRDS.classes, 25)
    assert found.shown[: len(found.worst)] == found.worst
    assert len(found.shown) == 25
    assert all(rows for _, rows in found.cells)


def test_without_a_test_part_the_training_rows_are_asked() -> None:
    """From Python there may be no more than x and y."""
    plain = of_birds(of_arrays("mine", BIRDS.x, BIRDS.y)).plain()
    assert (plain["part"], plain["examples"], np.sum(plain["confusion"])) == ("training", 40, 40)


def test_what_is_not_there_is_none() -> None:
    """Without data there are no answers; outputs that are not those of the classes have none either."""
    for found in (whole(MOMENTS, SoftmaxCrossEntropy, BIRDS.x, BIRDS.y), of_birds(replace(BIRDS, classes=("a",) * 4))):
        plain = found.plain()
        assert (plain["confusion"], plain["points"], plain["rows"]) == (None, None, [])
        assert len(plain["layers"]) == 3


def test_one_output_says_yes_or_no() -> None:
    """A single probability is that of the second of two classes."""
    data = of_arrays("pair", [[-1.0], [1.0], [2.0]], [0, 1, 0])
    net = (Affine(np.array([[1.0]]), np.zeros(1)), Sigmoid())
    plain = whole([(0, net)], MeanSquaredError, data.x, data.y.astype(float), data=data).plain()
    assert plain["confusion"] == [[1, 1], [0, 1]]


def numbers() -> WholeRun:
    """A run of numbers, whose network is right but for noise."""
    x = RNG.normal(size=(1000, 2))
    y = x @ [1.0, 2.0] + RNG.normal(size=1000)
    data = replace(of_arrays("numbers", x, y), schema=Schema((Column("a"), Column("b")), "price"))
    net = (Affine(np.array([[1.0], [2.0]]), np.zeros(1)),)
    return whole([(0, net)], MeanSquaredError, x, y, data=data)


def test_numbers_have_points_and_the_farthest() -> None:
    """Points are targets beside predictions, 400 of them; the first of the rows is the farthest, with its values."""
    found = numbers()
    plain, data = found.plain(), found.data
    assert data
    predictions = data.x_test @ [1.0, 2.0]
    worst = int(np.abs(predictions - data.y_test).argmax())
    assert (len(plain["points"]), plain["columns"], plain["target"]) == (400, ["a", "b"], "price")
    assert plain["points"][-1] == pytest.approx([data.y_test[-1], predictions[-1]], rel=1e-5)
    assert plain["rows"][plain["worst"][0]]["row"] == worst
    assert plain["rows"][0]["cells"] == pytest.approx(data.x_test[worst].tolist(), rel=1e-5)


def test_a_page_of_mnist_stays_small() -> None:
    """784-256-10 with 40 moments and 10,000 test images takes less than 700 KB, pictures and all."""
    x = RNG.integers(0, 256, (10_000, 28, 28), dtype=np.uint8)
    data = of_arrays("images", x[:600], np.arange(600) % 10, x, np.arange(10_000) % 10)
    nets = [(Flatten(), *mlp([784, 256, 10], seed=seed % 2)) for seed in range(40)]
    found = whole(list(enumerate(nets)), SoftmaxCrossEntropy, data.x, data.y, data=data, probabilities=softmax)
    plain = found.plain()
    shown = decoded(plain["pictures"]["pixels"], np.uint8, plain["pictures"]["shape"])
    assert np.array_equal(shown[0], x[plain["rows"][0]["row"]])
    assert len(json.dumps(plain, allow_nan=False)) < 700_000


# On the page


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    """A page with the section and all its styles."""
    with browsing() as page:
        load_modules(page, "whole.js")
        page.add_style_tag(content=read("style.css") + read("whole.css"))
        yield page


def shown(page: Any, found: WholeRun) -> Any:
    """The section of a run on the page."""
    page.evaluate("(data) => { window.seen = whole(data); document.body.replaceChildren(seen); }", found.plain())
    return page.locator(".whole")


def test_a_cell_shows_its_rows(page: Any) -> None:
    """A click on a number shows the rows behind it with their values; a class is only a name."""
    found = of_birds()
    plain, section = found.plain(), shown(page, found)
    true, said, places = next(cell for cell in plain["cells"] if cell[0] != cell[1] and 0 in cell[:2])
    count = plain["confusion"][true][said]
    its, name = BIRDS.classes[true], BIRDS.classes[said]
    section.get_by_role("button", name=f"{count} of {its}, taken for {name}", exact=True).click()
    behind = section.locator(".whole-behind")
    assert f"{count} × {its}, taken for {name}" in behind.inner_text()
    rows = behind.locator("tbody tr")
    assert rows.count() == len(places)
    first = plain["rows"][places[0]]
    values = rows.first.locator("th, td").all_inner_texts()
    assert values[:3] == [str(first["row"]), its, name]
    assert [float(text.replace("−", "-")) for text in values[-2:]] == first["cells"]


def test_the_step_moves_through_the_histograms(page: Any) -> None:
    """The cursor stands on the column of the step, arrow keys read a bin, and dead units are those of the step."""
    nets = [with_quiet_unit(ReLU(), bias) for bias in (0.5, 0.5, -1.0)]
    found = whole(list(zip((0, 10, 40), nets, strict=True)), SoftmaxCrossEntropy, BIRDS.x, BIRDS.y)
    section = shown(page, found)
    assert "step 40, ReLU in layer 1: 1 of 4 dead: 2" in section.inner_text()
    page.evaluate("seen.moveTo(11)")
    assert "step 10, ReLU in layer 1: 0 of 4 dead" in section.inner_text()
    heat = section.get_by_role("group", name="outputs of Affine 2x4 over time")
    assert heat.locator(".whole-cursor").get_attribute("style") == "left: 50%;"
    heat.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    count = found.layers[0].outputs.counts[2, 1]
    said = heat.locator("output").inner_text()
    assert said.startswith("step 40, ")
    assert f": {count} of 160 (" in said


def test_pictures_are_drawn_as_they_are(page: Any) -> None:
    """A gray is the byte of the image, and a weight's color says its sign: the most negative is the variable's own."""
    net = (Flatten(), *mlp([64, 3, 10], seed=0, dtype=float))
    data = digits()
    found = whole([(0, net)], SoftmaxCrossEntropy, data.x, data.y, data=data, probabilities=softmax)
    section, plain = shown(page, found), found.plain()
    pixels = """(selector) => new Promise((drawn) => requestAnimationFrame(() => setTimeout(() => {
        const brush = new OffscreenCanvas(8, 8).getContext("2d", { willReadFrequently: true });
        drawn([...document.querySelectorAll(selector)].map((canvas) => {
            brush.clearRect(0, 0, 8, 8);
            brush.drawImage(canvas, 0, 0);
            return [...brush.getImageData(0, 0, 8, 8).data];
        }));
    })))"""
    gray = np.array(page.evaluate(pixels, ".whole-answer canvas")[0]).reshape(8, 8, 4)
    assert np.array_equal(gray[:, :, 0], np.rint(data.x_test[plain["rows"][0]["row"]] * (255 / 16)))
    weights = np.array(page.evaluate(pixels, ".whole-unit canvas")).reshape(3, 64, 4)
    W = net[1].W.T
    unit, pixel = np.unravel_index(np.abs(W).argmax(), W.shape)
    assert weights[unit, pixel, :3].tolist() == ([0xD9, 0x65, 0x0A] if W[unit, pixel] > 0 else [0x17, 0x67, 0xC0])
    assert section.get_by_role("img", name="unit 3: weights from").count() == 1


def test_numbers_are_drawn(page: Any) -> None:
    """A run of numbers has a chart of points and a table of the farthest, by the columns' names."""
    section = shown(page, numbers())
    assert section.get_by_role("img", name="predicted price over the true one").locator("circle").count() == 400
    heads = section.locator("section", has_text="The farthest predictions").locator("thead th").all_inner_texts()
    assert heads == ["row", "price", "predicted", "error", "a", "b"]
