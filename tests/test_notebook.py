"""What a notebook shows: tables that are whole, with every text escaped, and one line for a state."""

from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest
from short_run import NET, X, Y, run

import fnnet
from fnnet import (
    SGD,
    Affine,
    Dropout,
    MeanSquaredError,
    ReLU,
    Residual,
    Scale,
    Sigmoid,
    SoftmaxCrossEntropy,
    check_gradients,
    check_laws,
    freeze,
    frozen,
    mlp,
    param,
    readonly,
    summarize,
)
from fnnet.checking.samples import samples
from fnnet.grading import Mark, Report
from fnnet.grading.judge import Complaint
from fnnet.learning.state import first_state
from fnnet.notebook import drawn, network_table
from fnnet.teaching import blank, trace, who_moved
from fnnet.telling import markup

BAD = "<script>alert('1')</script> & \"more\""


class Table(HTMLParser):
    """The texts of a page, by the elements around them; what is not closed in order is a mistake."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.captions: list[str] = []
        self.rows: list[list[str]] = []
        self.tags: set[str] = set()
        self.styles: set[str] = set()
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """An element begins."""
        self.open.append(tag)
        self.tags.add(tag)
        self.styles |= {value or "" for name, value in attributes if name == "style"}
        assert {name for name, _ in attributes} <= {"style"}
        if tag == "caption":
            self.captions.append("")
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        """An element ends: the one that began last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """A text, in a caption or a cell."""
        if self.open[-1] == "caption":
            self.captions[-1] += data
        else:
            assert self.open[-1] in ("td", "th")
            self.rows[-1][-1] += data


def table(value: Any) -> Table:
    """What a notebook shows of a value."""
    return Table(value._repr_html_() if hasattr(value, "_repr_html_") else drawn(value))


# Records


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_every_layer_is_a_table(sample: Any) -> None:
    """Each layer, loss and network is a whole table, which names its class."""
    shown = table(sample.layer)
    assert len(shown.captions) == 1
    assert shown.tags <= {"table", "caption", "tr", "th", "td"}
    if not isinstance(sample.layer, tuple):
        assert shown.captions == [type(sample.layer).__name__]


def test_a_layer_has_its_fields() -> None:
    """A layer's table has a row for each field, arrays by their shapes."""
    assert table(Affine(np.ones((2, 3)), np.zeros(3))).rows == [["W", "f8[2,3]"], ["b", "f8[3]"]]
    assert table(SGD(lr=0.5)).rows[0] == ["lr", "0.5"]


@pytest.mark.parametrize("value", [NET, run()[-1], SGD(), summarize(NET, (2,))], ids=["net", "state", "sgd", "rows"])
def test_colors_are_those_of_the_page(value: Any) -> None:
    """No color is fixed, so that it can be read on a light page and on a dark one."""
    assert {rule.split(":")[0] for style in table(value).styles for rule in style.split("; ")} <= {
        "text-align", "font-weight", "caption-side",
    }  # fmt: skip


def test_numbers_stand_to_the_right() -> None:
    """Numbers stand to the right, and all else to the left."""
    page = markup.table("", [[1, -0.5, "1,290", "1.5e-15", True, "6/6", "x", "1.0.W"]])
    assert page.count("text-align: right") == 4


@frozen
class Odd:
    """A layer with a text that is not ours."""

    gain: Any = param()
    note: str = BAD

    def forward(self, x: Any) -> tuple[Any, Any]:
        """``g x``."""
        return freeze(self.gain * x), readonly(x)

    def backward(self, cache: Any, dout: Any) -> tuple[Any, Any]:
        """Twice the gradient that it should be."""
        return freeze(self.gain * dout), Odd(freeze((2 * cache * dout).sum(axis=0)))


def test_texts_are_escaped() -> None:
    """What is not ours comes out as the text that it is, in the name of a class, a field, a title and a cell."""
    evil = frozen(type("<b>", (), {"__annotations__": {"value": str}}))
    report = Report(BAD, "course", (Mark(BAD, BAD, 0.0, 6.0, (Complaint(BAD),)),), (BAD,))
    for value in (Odd([1.0]), (Odd([1.0]),), [Odd([1.0])], evil(BAD), (evil(BAD),), report):
        shown = table(value)
        assert shown.tags <= {"table", "caption", "tr", "th", "td"}
        assert any(BAD in cell for row in shown.rows for cell in row)
    assert table(evil(BAD)).captions == ["<b>"]
    assert table(report).captions[0] == f"{BAD}: 0 of 6 points"


def test_a_class_may_draw_itself() -> None:
    """A class's own ``_repr_html_`` stays, and ``shown`` gives it other cells."""

    @frozen
    class Own:
        def _repr_html_(self) -> str:
            return "<hr>"

    @frozen
    class Chosen:
        number: int

        def shown(self) -> dict[str, int]:
            return {"twice": 2 * self.number}

    assert Own()._repr_html_() == "<hr>"
    assert table(Chosen(4)).rows == [["twice", "8"]]
    assert table([Chosen(4), Chosen(5)]).rows == [["twice"], ["8"], ["10"]]


# States


@pytest.mark.parametrize(
    "net",
    [NET, NET[0], (), mlp([784, *[100] * 40, 10]), (Residual(NET),), (NET, NET)],
    ids=["net", "layer", "nothing", "deep", "residual", "nested"],
)
def test_the_repr_of_a_state_fits_one_line(net: Any) -> None:
    """However deep the network, a state is one line of at most 120 letters, begun or not."""
    state = first_state(net, SGD(), 0)
    for loss in (None, 0.21341234, 1e-300):
        line = repr(fnnet.evolve(state, epoch=10**6, step=10**9, loss=loss))
        assert len(line) <= 120
        assert "\n" not in line


def test_the_repr_of_a_state_says_where_it_stands() -> None:
    """It names the epoch, the step, the loss, and the first layers."""
    state = fnnet.evolve(first_state(mlp([784, 256, 10], ReLU()), SGD(), 0), epoch=3, step=126, loss=0.21339)
    assert repr(state) == "State(epoch=3, step=126, loss=0.2134, params=(Affine 784x256, ReLU, Affine 256x10))"
    deep = first_state(mlp([784, *[100] * 9, 10]), SGD(), 0)
    assert repr(deep).startswith("State(epoch=0, step=0, loss=None, params=(Affine 784x100, Sigmoid, ")
    assert repr(deep).endswith(" ...))")


def test_a_state_is_a_table() -> None:
    """A state's table has the figures that there are, and its layers."""
    state = run(validation=(X, Y))[-1]
    names = [row[0] for row in table(state).rows]
    assert names == ["epoch", "step", "loss", "lr", "validation", "layer 0", "layer 1", "layer 2"]
    assert dict(table(state).rows)["layer 0"] == "Affine 2x3"
    assert f"loss={dict(table(state).rows)['loss']}, " in repr(state)
    odd = fnnet.evolve(state, loss=0.6951580113359266, lr=0.123456789, validation=1234567.0)
    assert [dict(table(odd).rows)[name] for name in ("loss", "lr", "validation")] == ["0.6952", "0.1235", "1.235e+06"]
    assert [row[0] for row in table(first_state(NET, SGD(), 0)).rows][:3] == ["epoch", "step", "layer 0"]


# Reports


def test_a_gradient_report_is_a_table() -> None:
    """It has a row for each array, the verdict first, and both numbers where one is wrong."""
    good, bad = check_gradients(NET, X), check_gradients(Odd([1.0, 2.0]), X)
    assert table(good).captions == ["gradients: ok"]
    assert [row[:2] for row in table(good).rows[1:]] == [["ok", row.path] for row in good.rows]
    assert table(bad).captions == ["gradients: FAILED"]
    assert table(bad).rows[1][0] == "FAILED"
    assert ", measured " in table(bad).rows[1][-1]
    assert table(bad).rows[2][-1] == ""


def test_laws_are_a_table() -> None:
    """The verdicts of all laws are a table: ok, or the sentence."""
    rows = dict(table(check_laws(Odd([1.0, 2.0]), X)).rows)
    assert rows["pure"] == "ok"
    assert "is not the derivative" in rows["adjoint"]


def test_a_grading_is_a_table() -> None:
    """It has the points in its title, a row for each mark, and the remarks below."""
    marks = (Mark("Affine", "dx", 6.0, 6.0), Mark("Affine", "dW", 0.0, 6.0, (Complaint("One."), Complaint("Two."))))
    shown = table(Report("lab.py", "course", marks, ("it prints",)))
    assert shown.captions == ["lab.py: 6 of 12 points", "remarks"]
    assert shown.rows[1:] == [["Affine", "dx", "6/6", "ok"], ["Affine", "dW", "0/6", "One. Two."], ["it prints"]]
    assert table(Report("lab.py", "course", marks)).captions == ["lab.py: 6 of 12 points"]


def test_a_trace_is_a_table() -> None:
    """A worked example has a line for each row in the parts that are written; what is blank stays so."""
    rows = trace((Affine([[0.5], [-0.5]], [0.1]), Sigmoid()), MeanSquaredError([[1.0]]), [[1.0, 0.0]])
    shown = table(rows)
    assert shown.rows[0] == ["", "formula", "numbers put in", "value"]
    assert shown.rows[1:] == [list(row.written()) for row in rows]
    assert ["g_1", rows[7].formula, "____", "____"] in table(blank(rows, ["g_1"])).rows


def test_lists_of_rows_are_tables() -> None:
    """What `summarize` and `who_moved` give has a row for each, under the names of the fields."""
    assert table(summarize(NET, (2,))).rows[:2] == [
        ["place", "name", "output", "params", "bytes"],
        ["0", "Affine 2x3", "(3,)", "9", "72"],
    ]
    pushes = who_moved(NET, SoftmaxCrossEntropy(Y), X, "0.W[0,0]")
    assert [row[0] for row in table(pushes).rows] == ["index", *(str(push.index) for push in pushes)]


# Networks, and all else that can't be asked


def test_a_network_is_a_table() -> None:
    """A row for each layer: its place, what it holds, and how many numbers are trained."""
    shown = Table(network_table((Scale(0.5), (NET, Dropout(0.5)))))
    assert shown.captions == ["network, 17 numbers trained"]
    assert shown.rows == [
        ["", "layer", "holds", "trained"],
        ["0", "Scale", "factor 0.5", "0"],
        ["1.0.0", "Affine", "W f8[2,3], b f8[3]", "9"],
        ["1.0.1", "Sigmoid", "", "0"],
        ["1.0.2", "Affine", "W f8[3,2], b f8[2]", "8"],
        ["1.1", "Dropout", "rate 0.5, key None", "0"],
    ]


class Pair(NamedTuple):
    """A tuple of a class of its own."""

    first: Any
    second: Any


class Module:
    """What has a forward and is no layer."""

    def forward(self, x: Any) -> Any:
        """Itself."""
        return x


OTHERS: dict[str, Any] = {
    "nothing": (),
    "numbers": (1, 2),
    "a layer and a number": (NET[0], 3),
    "modules": (Module(), Module()),
    "classes": (Affine, Sigmoid),
    "an empty list": [],
    "a list of numbers": [1],
    "records of two classes": [SGD(), NET[0]],
    "a named tuple": Pair(*NET[:2]),
    "a tuple of nothing": ((),),
    "text": "net",
    "an array": X,
    "none": None,
    "a dictionary": {1: NET},
}
each_other = pytest.mark.parametrize("value", OTHERS.values(), ids=OTHERS.keys())


@each_other
def test_all_else_is_not_drawn(value: Any) -> None:
    """Other tuples and lists are none of ours."""
    assert drawn(value) is None


@pytest.fixture
def formatted() -> Any:
    """What IPython sends a notebook of a value, by types, when fnnet has been loaded into it."""
    formatters = pytest.importorskip("IPython.core.formatters")
    ipython = SimpleNamespace(display_formatter=formatters.DisplayFormatter())
    ipython.display_formatter.active_types = ["text/plain", "text/html"]
    fnnet.load_ipython_extension(ipython)
    fnnet.load_ipython_extension(ipython)
    return lambda value: ipython.display_formatter.format(value)[0]


def test_ipython_shows_networks_as_tables(formatted: Any) -> None:
    """After ``%load_ext fnnet`` IPython has HTML for networks and lists of records, beside the text."""
    assert formatted(NET)["text/html"] == network_table(NET)
    assert formatted(NET)["text/plain"].startswith("(Affine(W=f8[2,3]")
    assert "LayerShape" in formatted(summarize(NET, (2,)))["text/html"]
    for value in (NET[0], run()[-1], check_gradients(NET, X)):
        assert formatted(value)["text/html"] == value._repr_html_()


@each_other
def test_ipython_shows_all_else_as_before(formatted: Any, value: Any) -> None:
    """Whatever is not ours has its text alone."""
    assert set(formatted(value)) == {"text/plain"}


def test_what_others_have_registered_stays() -> None:
    """A formatter of tuples that was there before is asked for those that are not ours."""
    formatters = pytest.importorskip("IPython.core.formatters")
    ipython = SimpleNamespace(display_formatter=formatters.DisplayFormatter())
    html = ipython.display_formatter.formatters["text/html"]
    html.for_type(tuple, lambda value: f"<i>{len(value)}</i>")
    fnnet.load_ipython_extension(ipython)
    assert html((1, 2)) == "<i>2</i>"
    assert html(NET) == network_table(NET)
