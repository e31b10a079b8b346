"""Pictures for paper: what is drawn is what the numbers say, and nothing but the axes is touched."""

from itertools import product
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from fnnet import Affine, Dropout, Fixed, ReLU, Residual, Scale, SoftmaxCrossEntropy, mlp, predict, train
from fnnet.datasets import xor
from fnnet.plotting import (
    confusion_matrix,
    decision_plane,
    epochs,
    first_weights,
    learning_curve,
    network,
    predicted_numbers,
    worst_mistakes,
)
from fnnet.plotting.canvas import STYLE, is_drawn, label, packed_figure, styled
from fnnet.plotting.filters import MOST, mosaic, shown_units
from fnnet.plotting.graph import WHOLE
from fnnet.plotting.palette import COLORS, counted, ink, look, signed, tints
from fnnet.plotting.units import is_plain, values_of
from fnnet.runs.history import Epoch
from fnnet.values.errors import UsageError
from fnnet.values.numeric import softmax

NET = mlp([2, 3, 2], seed=1, dtype=float)


def axes(width: float = 4.0, height: float = 4.0) -> Axes:
    """Axes in a figure of their own."""
    return Figure((width, height)).subplots()


def rows(losses: Any, validation: Any = None, metric: Any = None) -> list[Epoch]:
    """A history with these figures."""
    held = validation or [None] * len(losses)
    figures = metric or [None] * len(losses)
    return [Epoch(i, 10 * i, 0.1, a, b, c, c) for i, (a, b, c) in enumerate(zip(losses, held, figures, strict=True), 1)]


def drawn(ax: Axes) -> dict[str, list[float]]:
    """The heights of the lines, by what the legend calls them."""
    return {str(line.get_label()): np.asarray(line.get_ydata()).tolist() for line in ax.lines}


# The learning curve


def test_the_line_is_the_history() -> None:
    """Of one run there are the losses of training and of validation, as they are, by their epochs."""
    ax = axes()
    assert learning_curve(ax, {"": [rows([0.9, 0.5, 0.2], [0.8, 0.6, 0.4])]}) is ax
    assert drawn(ax) == {"training": [0.9, 0.5, 0.2], "validation": [0.8, 0.6, 0.4]}
    assert [np.asarray(line.get_xdata()).tolist() for line in ax.lines] == [[1, 2, 3]] * 2
    assert [line.is_dashed() for line in ax.lines] == [False, True]
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_yscale()) == ("epoch", "loss", "linear")


def test_a_run_of_one_epoch_is_a_point() -> None:
    """It is seen, over the whole number of its epoch."""
    ax = learning_curve(axes(), {"": [rows([0.9])]})
    assert ax.lines[0].get_marker() == "o"
    assert [tick for tick in ax.get_xticks() if tick != round(tick)] == []


def test_one_line_needs_no_legend() -> None:
    """Training alone explains itself."""
    assert learning_curve(axes(), {"": [rows([0.9, 0.5])]}).get_legend() is None


@given(st.lists(st.lists(st.floats(0.01, 1), min_size=1, max_size=9), min_size=2, max_size=5))
def test_several_runs_are_their_mean_in_a_band(losses: list[list[float]]) -> None:
    """In each epoch that all have: the mean, between the lowest and the highest."""
    ax = learning_curve(axes(), {"these": [rows(run) for run in losses]})
    every = min(map(len, losses))
    values = np.array([run[:every] for run in losses])
    assert np.allclose(drawn(ax)["these"], values.mean(axis=0))
    (band,) = ax.collections
    corners = band.get_paths()[0].vertices
    for epoch in range(1, every + 1):
        heights = corners[corners[:, 0] == epoch, 1]
        assert np.isclose(heights.min(), values[:, epoch - 1].min())
        assert np.isclose(heights.max(), values[:, epoch - 1].max())


def test_lines_differ_in_color_and_marker() -> None:
    """What is told by color is told by a marker, too, that stands nowhere on another's place."""
    ax = learning_curve(axes(), {name: [rows(np.linspace(1, 0.5, 40))] for name in "abc"})
    assert len({line.get_color() for line in ax.lines}) == len({line.get_marker() for line in ax.lines}) == 3
    starts: list[Any] = [line.get_markevery() for line in ax.lines]
    assert len({start for start, _ in starts}) == 3
    assert list(drawn(ax)) == ["a", "b", "c"]


@pytest.mark.parametrize(("last", "scale"), [(0.5, "linear"), (0.001, "log"), (0.0, "linear")])
def test_a_steep_loss_is_seen_to_its_end(last: float, scale: str) -> None:
    """A loss that falls to a small part of itself has a logarithmic axis, unless it is 0."""
    assert learning_curve(axes(), {"": [rows([1.0, last])]}).get_yscale() == scale


def test_the_figure_of_the_run() -> None:
    """The accuracy is drawn by its name, on an axis that is not logarithmic."""
    ax = learning_curve(axes(), {"": [rows([1.0, 0.5], None, [0.001, 0.9])]}, "accuracy")
    assert drawn(ax)["training"] == [0.001, 0.9]
    assert (ax.get_ylabel(), ax.get_yscale()) == ("accuracy", "linear")
    assert learning_curve(axes(), {"": [rows([1.0])]}, "R2").get_ylabel() == "R²"


def test_a_history_without_a_figure_leaves_it_out() -> None:
    """Earlier folders have no accuracy: there is no line, and no mistake."""
    assert drawn(learning_curve(axes(), {"": [rows([1.0, 0.5])]}, "accuracy")) == {}


def test_a_stream_has_epochs() -> None:
    """The epochs of a stream of states are those that a folder would keep."""
    data = xor()
    states = list(train(NET, data.x, data.y, loss=SoftmaxCrossEntropy, epochs=3, batch_size=2))
    assert [row[:2] for row in epochs(iter(states))] == [(1, 2), (2, 4), (3, 6)]
    assert [row.loss for row in epochs(states)] == [state.mean_loss for state in states if state.batch == 0]


# The plane


@given(st.integers(0, 50), st.integers(2, 5))
def test_the_plane_has_the_color_of_what_is_predicted(seed: int, classes: int) -> None:
    """At every point of the image its color is that of the class with the largest output there, the paler the less."""
    net = mlp([2, 4, classes], seed=seed, dtype=float)
    x = np.random.default_rng(seed).normal(size=(9, 2))
    ax = decision_plane(axes(), net, x, np.arange(9) % classes)
    colors = np.asarray(ax.images[0].get_array())
    left, right, low, high = ax.images[0].get_extent()
    height, width = colors.shape[:2]
    for i, j in product((0, 57, height - 1), (0, 99, width - 1)):
        point = [left + (j + 0.5) * (right - left) / width, low + (i + 0.5) * (high - low) / height]
        p = softmax(predict(net, [point]))[0]
        strength = 0.25 + 0.75 * (p.max() - 1 / classes) / (1 - 1 / classes)
        assert np.allclose(colors[i, j], tints(np.array(p.argmax()), np.array(strength)))


def test_points_have_the_place_and_sign_of_their_class() -> None:
    """The examples of each class stand where they are, with a color and a marker of its own."""
    data = xor()
    ax = decision_plane(axes(), NET, data.x, data.y, ("no", "yes"))
    points = {str(c.get_label()): c for c in ax.collections if not str(c.get_label()).startswith("_")}
    assert list(points) == ["no", "yes"]
    for k, found in enumerate(points.values()):
        offsets: Any = found.get_offsets()
        assert np.array_equal(offsets, data.x[data.y == k])
        assert tuple(found.get_facecolor()[0][:3]) == to_rgb(look(k).color)
    shapes = [tuple(map(tuple, found.get_paths()[0].vertices)) for found in points.values()]
    assert shapes[0] != shapes[1]
    (x_low, x_high), (y_low, y_high) = ax.get_xlim(), ax.get_ylim()
    assert x_low < 0 < 1 < x_high
    assert y_low < 0 < 1 < y_high


def test_the_border_runs_where_two_classes_are_even() -> None:
    """On the line between two regions the outputs are equal."""
    net = (Affine([[3.0, 0.0], [0.0, 3.0]], [0.0, 0.3]),)
    ax = decision_plane(axes(), net, xor().x, xor().y)
    border = np.concatenate([path.vertices for c in ax.collections[:2] for path in c.get_paths()])
    outputs = predict(net, border)
    assert len(border) > 50
    assert np.allclose(outputs[:, 0], outputs[:, 1], atol=1e-3)


def test_a_network_that_is_sure_of_one_class_has_no_border() -> None:
    """One region, and no warning."""
    ax = decision_plane(axes(), (Affine(np.zeros((2, 2)), [5.0, 0.0]),), xor().x, xor().y)
    assert len(ax.collections) == 2


def test_a_plane_of_numbers() -> None:
    """With one output the image is what is predicted, and the points have their true numbers."""
    net, x, y = (Affine([[1.0], [2.0]], [0.5]),), np.array([[0.0, 0.0], [1.0, 2.0]]), np.array([0.5, 7.0])
    ax = decision_plane(axes(), net, x, y, names=("a", "b"))
    image = np.asarray(ax.images[0].get_array())
    assert (image[0, 0], image[-1, -1]) == (-0.25 - 2 * 0.5 + 0.5, 1.25 + 2 * 2.5 + 0.5)
    (points,) = [c for c in ax.collections if c.get_array() is not None and len(c.get_offsets()) == 2]
    assert np.asarray(points.get_array()).tolist() == [0.5, 7.0]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("a", "b")


@pytest.mark.parametrize("x", [np.zeros((3, 3)), np.zeros((3, 1)), np.zeros((2, 2, 2))])
def test_a_plane_has_two_inputs(x: Any) -> None:
    """Other examples are refused, with their shape."""
    with pytest.raises(UsageError, match="a plane is drawn of two inputs"):
        decision_plane(axes(), NET, x, np.zeros(len(x), int))


# Weights


@given(st.integers(1, 12), st.integers(1, 5), st.integers(1, 5))
def test_pictures_of_weights_are_the_weights(units: int, height: int, width: int) -> None:
    """In the mosaic stands each unit's picture, once, in order, with nothing between them."""
    weights = np.random.default_rng(0).normal(size=(units, height * width))
    sheet = mosaic(weights, (height, width))
    tops = range(0, sheet.shape[0], height + 1)
    lefts = range(0, sheet.shape[1], width + 1)
    tiles = [sheet[top : top + height, left : left + width].ravel() for top in tops for left in lefts]
    assert np.array_equal(tiles[:units], weights)
    assert np.isnan(tiles[units:]).all()
    assert np.count_nonzero(~np.isnan(sheet)) == weights.size


def test_weights_of_images_and_of_columns() -> None:
    """An image gives a mosaic of pictures around gray 0; a table rows, with the names of its columns."""
    net = (Scale(0.5), Fixed(mlp([6, 4, 2], dtype=float)))
    weights = net[1].inner[0].W
    ax = first_weights(axes(), net, (2, 3))
    assert np.array_equal(np.asarray(ax.images[0].get_array())[:2, :3], weights[:, 0].reshape(2, 3))
    low, high = ax.images[0].get_clim()
    assert -low == high == abs(weights).max()
    names = [f"column {i}" for i in range(6)]
    ax = first_weights(axes(), net, names=names)
    assert np.array_equal(np.asarray(ax.images[0].get_array()), weights.T)
    assert [text.get_text() for text in ax.get_xticklabels()] == names
    assert [text.get_text() for text in ax.texts[:6]] == [f"{w:.2g}" for w in weights[:, 0]]


def test_of_many_units_the_largest_are_drawn() -> None:
    """Those with the largest weights, in their order, and the title says so."""
    size = np.random.default_rng(0).permutation(60)
    found = shown_units(size[:, None].astype(float))
    assert found == sorted(np.flatnonzero(size >= 60 - MOST).tolist())
    ax = first_weights(axes(), (Affine(np.ones((2, 60)), np.zeros(60)),))
    assert ax.get_title() == "48 of the 60 units of the first layer: the largest weights"


def test_without_units_there_is_nothing_to_draw() -> None:
    """A network of other layers is refused."""
    with pytest.raises(UsageError, match="no Affine layer"):
        first_weights(axes(), (ReLU(),))


# The confusion matrix


@pytest.mark.parametrize("classes", [2, 10, 30])
def test_the_numbers_of_a_confusion_matrix(classes: int) -> None:
    """Each count that is not 0 stands in its cell, in letters that fit it, and every class has its name."""
    counts = np.random.default_rng(0).integers(0, 40, (classes, classes))
    side = 2.2 + 0.3 * classes
    ax = confusion_matrix(axes(side, side), counts, [f"class {i}" for i in range(classes)])
    ax.figure.draw_without_rendering()  # type: ignore[union-attr]
    written = {(round(text.get_position()[1]), round(text.get_position()[0])): text for text in ax.texts}
    assert {place: int(text.get_text()) for place, text in written.items()} == {
        (i, j): count for (i, j), count in np.ndenumerate(counts) if count
    }
    cell = ax.get_window_extent().width / classes
    assert max(text.get_window_extent().width for text in ax.texts) < cell
    assert min(text.get_fontsize() for text in ax.texts) > 5
    assert [text.get_text() for text in ax.get_yticklabels()] == [f"class {i}" for i in range(classes)]


def test_a_rare_class_is_seen() -> None:
    """A cell is as dark as its share of its row; and what is written in it is black on light and white on dark."""
    ax = confusion_matrix(axes(), [[1, 1], [0, 1000]], ["a", "b"])
    assert np.asarray(ax.images[0].get_array()).tolist() == [[0.5, 0.5], [0.0, 1.0]]
    assert [text.get_color() for text in ax.texts] == ["white", "white", "white"]
    assert confusion_matrix(axes(), [[1, 9], [0, 0]], ["a", "b"]).texts[0].get_color() == "black"


# Mistakes


def mistake(**changes: Any) -> dict[str, Any]:
    """A mistake as `fnnet evaluate` tells it."""
    return {"row": 3, "class": "cat", "predicted": "dog", "probability": 0.75, "of_class": 0.25} | changes


def test_pictures_of_mistakes() -> None:
    """Each image is drawn as it is, from black to white, with its class, what it was taken for, and how surely."""
    images = [np.eye(2), np.ones((2, 2))]
    ax = worst_mistakes(axes(), [mistake(), mistake(predicted="cow")], images)
    assert all(np.array_equal(np.asarray(a.get_array()), b) for a, b in zip(ax.images, images, strict=True))
    assert {image.get_clim() for image in ax.images} == {(0.0, 1.0)}
    assert [text.get_text().splitlines() for text in ax.texts] == [
        ["cat", "taken for dog", "with 75.0 %"],
        ["cat", "taken for cow", "with 75.0 %"],
    ]


def test_rows_that_were_mistaken() -> None:
    """Without images two bars: the probability of what was predicted, and of the right class."""
    ax = worst_mistakes(axes(), [mistake(), mistake(row=9, probability=0.5)])
    bars: Any = ax.patches
    assert [bar.get_width() for bar in bars] == [0.75, 0.5, 0.25, 0.25]
    assert ax.get_yticklabels()[1].get_text() == "row 9: cat, taken for dog"


def test_no_mistake_is_said() -> None:
    """Where nothing is wrong, that stands there."""
    assert [text.get_text() for text in worst_mistakes(axes(), []).texts] == ["no mistake"]


def test_predicted_numbers_are_over_the_true_ones() -> None:
    """A point for each example, however many are drawn, and R² of all."""
    true = np.arange(20_000.0)
    ax = predicted_numbers(axes(), true, 2 * true)
    points: Any = ax.collections[0].get_offsets()
    assert len(points) == 5000
    assert np.array_equal(points[:, 1], 2 * points[:, 0])
    assert ax.get_title().startswith("R² -")


# The network


def test_each_weight_is_a_line_and_a_number() -> None:
    """Lines are as many as weights, the largest the widest, those below zero dashed; biases stand in the units."""
    ax = network(axes(), NET)
    weights = np.concatenate([NET[0].W.ravel(), NET[2].W.ravel()])
    assert [line.is_dashed() for line in ax.lines] == (weights < 0).tolist()
    widths = [line.get_linewidth() for line in ax.lines]
    assert np.argsort(widths[:6]).tolist() == np.argsort(abs(NET[0].W.ravel())).tolist()
    texts = [text.get_text() for text in ax.texts]
    assert texts[:12] == [f"{w:.2g}" for w in weights]
    assert texts[12:17] == [f"{b:.2g}" for b in [*NET[0].b, *NET[2].b]]
    assert {"2 inputs", "3 units\nSigmoid", "2 outputs"} <= {*texts}


def test_numbers_of_weights_stand_apart() -> None:
    """In the network for XOR no number of a weight lies over another's middle."""
    ax = network(axes(7.8, 4.4), mlp([2, 8, 2], dtype=float))
    ax.figure.draw_without_rendering()  # type: ignore[union-attr]
    places = ax.transData.transform([text.get_position() for text in ax.texts[:32]])
    apart = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    assert apart[~np.eye(32, dtype=bool)].min() > 12


def test_an_example_stands_in_the_units() -> None:
    """With x the units hold what comes of it, to what the network says in the end."""
    x = [1.0, 0.0]
    ax = network(axes(), NET, x)
    told = [text.get_text() for text in ax.texts[12:19]]
    hidden = predict(NET[:2], [x])[0]
    assert told == [f"{v:.2g}" for v in (*x, *hidden, *predict(NET, [x])[0])]
    assert [len(values) for values in values_of(NET, x)] == [2, 3, 2]


def test_a_wide_layer_is_told_by_a_few_units() -> None:
    """Beyond ten units six are drawn, with dots between, and the number of all over them; no number of a weight."""
    ax = network(axes(), mlp([40, WHOLE, WHOLE + 1, 3], dtype=float))
    texts = [text.get_text() for text in ax.texts]
    assert texts.count("⋮") == 2
    assert {"40 inputs", "10 units\nSigmoid", "11 units\nSigmoid", "3 outputs"} <= {*texts}
    assert [len(c.get_offsets()) for c in ax.collections] == [6, 10, 6, 3]
    assert len(ax.lines) == 6 * 10 + 10 * 6 + 6 * 3


def test_only_layers_in_a_row_are_a_network_to_draw() -> None:
    """Layers inside of others are refused, and those between are named."""
    inside = (Affine(np.eye(2), np.zeros(2)), Residual((Affine(np.eye(2), np.zeros(2)),)))
    assert not is_plain(inside)
    with pytest.raises(UsageError, match="stand one after the other"):
        network(axes(), inside)
    net = (Affine(np.eye(2), np.zeros(2)), ReLU(), Dropout(0.5), Affine(np.eye(2), np.zeros(2)))
    assert "2 units\nReLU, Dropout" in [text.get_text() for text in network(axes(), net).texts]


# What all of them keep to


def test_colors_are_told_apart_in_grays() -> None:
    """Weights are the lighter the larger they are, and shares the darker, so that both are read in black and white."""
    steps = np.linspace(0, 1, 51)
    gray = np.array([0.299, 0.587, 0.114])
    assert (np.diff(signed()(steps)[:, :3] @ gray) > 0).all()
    assert (np.diff(counted()(steps)[:, :3] @ gray) < 0).all()
    assert ink((0.0, 0.0, 0.0)) == "white"
    assert len(set(COLORS)) == len(COLORS)


def everything() -> None:
    """Draw one of each."""
    data = xor()
    learning_curve(axes(), {"a": [rows([1.0, 0.5])], "b": [rows([1.0, 0.5])] * 2})
    decision_plane(axes(), NET, data.x, data.y)
    first_weights(axes(), NET)
    confusion_matrix(axes(), np.eye(3, dtype=int), "abc")
    worst_mistakes(axes(), [mistake()])
    predicted_numbers(axes(), [1.0, 2.0], [1.0, 2.0])
    network(axes(), NET, data.x[1])


def test_nothing_global_is_touched() -> None:
    """No setting of matplotlib is another afterwards, and no figure is open in pyplot."""
    before = dict(mpl.rcParams)
    everything()
    with styled():
        assert mpl.rcParams["svg.hashsalt"] == STYLE["svg.hashsalt"]
        everything()
    assert dict(mpl.rcParams) == before
    from matplotlib import pyplot as plt

    assert plt.get_fignums() == []


@pytest.mark.parametrize("suffix", [".svg", ".pdf", ".png"])
def test_the_same_figure_is_the_same_bytes(suffix: str) -> None:
    """Drawn again, a file is equal to the bit, and is known as one that was drawn here."""

    def once() -> bytes:
        with styled():
            figure = Figure()
            decision_plane(figure.subplots(), NET, xor().x, xor().y)
            return packed_figure(figure, suffix)

    first = once()
    assert first == once()
    assert is_drawn(first)
    assert not is_drawn(b"<svg>mine</svg>")


def test_own_settings_of_matplotlib_change_no_file() -> None:
    """A picture looks the same whatever a user has set."""

    def once() -> bytes:
        with styled():
            figure = Figure()
            learning_curve(figure.subplots(), {"": [rows([1.0, 0.5])]})
            return packed_figure(figure, ".svg")

    first = once()
    with mpl.rc_context({"axes.facecolor": "black", "font.size": 30.0, "svg.fonttype": "none"}):
        assert once() == first


HOSTILE = ["$\\frac$", "$", "a\nb\x1b[2J", "\x00", "</text><script>", "_hidden", "x" * 500, "\ud800", "日本"]


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_names_are_drawn_letter_by_letter(name: str) -> None:
    """No name of a class, a column or a run is a formula, steers anything, or has no end."""
    with styled():
        figure = Figure((9, 6))
        parts: Any = figure.subplots(2, 3).ravel()
        confusion_matrix(parts[0], [[1, 2], [3, 4]], [name, "b"])
        decision_plane(parts[1], NET, xor().x, xor().y, [name, "b"], [name, name])
        learning_curve(parts[2], {name: [rows([1.0, 0.5])], "b": [rows([1.0, 0.5])]})
        network(parts[3], NET, names=[name, "b"], classes=[name, "b"])
        worst_mistakes(parts[4], [mistake(**{"class": name, "predicted": name})])
        predicted_numbers(parts[5], [1.0, 2.0], [1.0, 2.0], name)
        text = packed_figure(figure, ".svg").decode()
    assert "<script>" not in text
    assert len(label(name, 30)) <= 31
    legend = parts[2].get_legend()
    assert len(legend.get_texts()) == 2
