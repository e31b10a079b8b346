"""Worked examples: their values are the library's, their printed figures can be calculated with, nothing leaks."""

import csv
import io
import math
import re
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import affine, batch_norm, layer_norm, normal, small_seeds

from fnnet import (
    GELU,
    Affine,
    Dropout,
    Fixed,
    Flatten,
    LeakyReLU,
    MeanSquaredError,
    ReLU,
    Residual,
    Scale,
    Sigmoid,
    SigmoidCrossEntropy,
    Softmax,
    SoftmaxCrossEntropy,
    Standardize,
    Tanh,
    check_gradients,
    forward,
    gradients,
    key,
    map_params,
    training,
)
from fnnet.network import backward_trace
from fnnet.teaching import (
    FORMATS,
    LECTURE,
    HalfSquaredError,
    Row,
    blank,
    comma_separated,
    latex,
    markdown,
    solution,
    text,
    trace,
    weights,
)
from fnnet.teaching.terms import Square, Symbol
from fnnet.teaching.writing import Style, figure, write
from fnnet.values import Purpose

FIRST, SECOND = weights(LECTURE)
NET = (FIRST, Sigmoid(), SECOND, Sigmoid())
LOSS = HalfSquaredError([[1.0]])
X = [[1.0, 0.0]]
ROWS = trace(NET, LOSS, X)


def row(rows: Any, name: str, kind: str = "", example: int | None = None) -> Row:
    """The one row of this name, of a kind and an example where these are said."""
    (found,) = (
        r for r in rows if r.name == name and (not kind or r.kind == kind) and (example is None or r.example == example)
    )
    return found


#: What the functions of a formula are, by their names in it.
FUNCTIONS = {
    "s": lambda z: 1.0 / (1.0 + math.exp(-z)),
    "tanh": math.tanh,
    "relu": lambda z: max(z, 0.0),
    "leaky": lambda z: max(z, 0.1 * z),
    "exp": math.exp,
    "log": math.log,
}


def calculated(row: Row) -> float:
    """What a pocket calculator makes of the numbers as they are printed."""
    return float(eval(row.numbers.replace("^", "**"), {"__builtins__": {}}, FUNCTIONS))


def agrees(row: Row) -> bool:
    """Whether the calculated number, rounded as the result is, is the result; halfway both neighbors are right."""
    found, printed = calculated(row), float(row.result)
    unit = 10.0 ** (math.floor(math.log10(abs(printed))) - row.digits + 1) if printed else 0.0
    slack = 1e-14 if row.carried == 17 else 1e-9 * unit  # more digits than 17 a double has not
    return abs(found - printed) <= 0.5 * unit + slack


ACTIVATIONS = (Sigmoid(), Tanh(), ReLU(), LeakyReLU(0.1), None)


@st.composite
def tasks(draw: Any, end: str) -> tuple[Any, Any, Any]:
    """A network of one to five layers, a loss for it, and one to three examples."""
    sizes = draw(st.lists(st.integers(1, 3), min_size=2, max_size=6))
    if end in ("softmax and squares", "distributions", "classes"):
        sizes[-1] += 1  # a softmax of one output is refused
    seed, many = draw(small_seeds), draw(st.integers(1, 3))
    net: list[Any] = draw(st.sampled_from([[], [Scale(0.3)], [Standardize.of(normal(seed, 5, sizes[0]), float)]]))
    net = [*net]
    for i, (inputs, outputs) in enumerate(pairwise(sizes)):
        activation = draw(st.sampled_from(ACTIVATIONS))
        net += [affine(seed + 2 * i, inputs, outputs), *([activation] if activation else [])]
    outputs = sizes[-1]
    if end not in ("lecture", "squares") and not isinstance(net[-1], Affine):
        net = [*net, affine(seed, outputs, outputs)]
    rows = normal(seed + 30, many, outputs)
    shares = np.exp(rows) / np.exp(rows).sum(1, keepdims=True)
    losses = {
        "lecture": HalfSquaredError(rows),
        "squares": MeanSquaredError(rows),
        "softmax and squares": MeanSquaredError(shares),
        "yes or no": SigmoidCrossEntropy(shares),
        "distributions": SoftmaxCrossEntropy(shares),
        "classes": SoftmaxCrossEntropy(np.arange(many) % outputs),
    }
    return (
        (*net, *([Softmax()] if end == "softmax and squares" else [])),
        losses[end],
        normal(seed + 40, many, sizes[0]),
    )


ENDS = ("lecture", "squares", "softmax and squares", "yes or no", "distributions", "classes")
each_end = pytest.mark.parametrize("end", ENDS)


@each_end
@given(data=st.data())
def test_what_is_printed_can_be_calculated(end: str, data: Any) -> None:
    """The numbers put in, calculated as they are printed, come to the printed result in every row."""
    for found in trace(*data.draw(tasks(end)), digits=data.draw(st.integers(2, 6))):
        if found.kind != "given":
            assert agrees(found), str(found)


@each_end
@given(data=st.data())
def test_values_are_those_of_the_library(end: str, data: Any) -> None:
    """Gradients and E are those of `gradients` for the batch, and the updates are those of `map_params`."""
    net, loss, x = data.draw(tasks(end))
    rows = trace(net, loss, x, lr=0.3)
    value, caches = forward((net, loss), x)
    grads, _ = gradients((net, loss), caches, 1.0)
    moved = map_params(lambda p, g: p - 0.3 * g, net, grads)
    assert row(rows, "E").value == pytest.approx(float(value))
    layers = [(g, m) for g, m in zip(grads, moved, strict=True) if isinstance(g, Affine)]
    for n, (g, m) in enumerate(layers, 1):
        for (k, j), _ in np.ndenumerate(np.zeros((len(g.W) + 1, len(g.b)))):
            u = f"u({n})_{j + 1}{k}" if len(layers) > 3 else f"{'uvw'[n - 1]}_{j + 1}{k}"
            was, now = (g.b[j], m.b[j]) if k == 0 else (g.W[k - 1, j], m.W[k - 1, j])
            assert row(rows, f"dE/d{u}", "gradients").value == pytest.approx(was, abs=1e-14)
            assert row(rows, u, "updates").value == pytest.approx(now)


@each_end
@given(data=st.data())
def test_errors_are_those_of_backward_trace(end: str, data: Any) -> None:
    """With one example, the error on each unit is the dout that `backward_trace` yields for the layer it comes from."""
    net, loss, x = data.draw(tasks(end))
    loss = type(loss)(loss.targets[:1])
    _, caches = forward((net, loss), x[:1])
    douts = [np.ravel(dout) for dout, _ in backward_trace((net, loss), caches, 1.0)]
    for found in trace(net, loss, x[:1]):
        if found.kind == "errors":
            assert found.unit is not None
            assert any(len(d) >= found.unit and np.isclose(d[found.unit - 1], found.value, atol=0) for d in douts)


LECTURED = {
    "g_1": ("s(u_10 + u_11 f_1 + u_12 f_2)", "s(0.1 + 0.5*1 - 0.3*0)", "0.6457"),
    "h_1": ("s(v_10 + v_11 g_1 + v_12 g_2)", "s(0.3 + 0.8*0.6457 - 0.7*0.5498)", "0.6063"),
    "E": ("1/2 (h_1 - y*_1)^2", "1/2*(0.60627 - 1)^2", "0.07751"),
    "dE/dh_1": ("h_1 - y*_1", "0.6063 - 1", "-0.3937"),
    "dE/dg_2": ("s'(h_1) v_12 dE/dh_1", "0.60627*(1 - 0.60627)*(-0.7)*(-0.39373)", "0.06579"),
    "dE/du_21": ("dE/dg_2 s'(g_2) f_1", "0.06579*0.5498*(1 - 0.5498)*1", "0.01628"),
    "dE/du_20": ("dE/dg_2 s'(g_2)", "0.06579*0.5498*(1 - 0.5498)", "0.01628"),
}


@pytest.mark.parametrize("name", LECTURED)
def test_the_lectures_formulas(name: str) -> None:
    """The 2-2-1 network is written in the lecture's letters, with the figures put in."""
    found = row(ROWS, name)
    assert (found.formula, found.numbers, found.result) == LECTURED[name]


#: The same under the mean squared error.
AVERAGED = {
    "E": ("(h_1 - y*_1)^2", "(0.6063 - 1)^2", "0.1550"),
    "dE/dh_1": ("2 (h_1 - y*_1)", "2*(0.60627 - 1)", "-0.7875"),
    "dE/dg_2": ("s'(h_1) v_12 dE/dh_1", "0.6063*(1 - 0.6063)*(-0.7)*(-0.7875)", "0.1316"),
    "dE/du_21": ("dE/dg_2 s'(g_2) f_1", "0.13158*0.54983*(1 - 0.54983)*1", "0.03257"),
    "dE/du_20": ("dE/dg_2 s'(g_2)", "0.13158*0.54983*(1 - 0.54983)", "0.03257"),
}


@pytest.mark.parametrize("name", AVERAGED)
def test_the_formulas_of_the_mean_squared_error(name: str) -> None:
    """Under the loss that a run is trained with, the factor 2 stands in its formulas, and slopes are twice as large."""
    found = row(trace(NET, MeanSquaredError([[1.0]]), X), name)
    assert (found.formula, found.numbers, found.result) == AVERAGED[name]


@given(small_seeds, st.integers(1, 4), st.integers(1, 4))
def test_the_lectures_loss(seed: int, many: int, outputs: int) -> None:
    """Of an example E is half the sum of the squares and its slope y - y*; of several it is their mean."""
    y, wanted = normal(seed, many, outputs), normal(seed + 1, many, outputs)
    value, cache = HalfSquaredError(wanted).forward(y)
    dx, _ = HalfSquaredError(wanted).backward(cache, 1.0)
    assert value == pytest.approx(np.mean([((a - b) ** 2).sum() / 2 for a, b in zip(y, wanted, strict=True)]))
    np.testing.assert_allclose(dx, (y - wanted) / many)


@given(small_seeds)
def test_the_slopes_of_the_lectures_loss(seed: int) -> None:
    """Through a network its backward is the derivative of its forward."""
    net = (affine(seed, 2, 3), Tanh(), affine(seed + 2, 3, 2))
    report = check_gradients((net, HalfSquaredError(normal(seed + 4, 5, 2))), normal(seed + 5, 5, 2))
    assert report.passed, report


def test_the_update() -> None:
    """A row of an update has the arrow of the lecture."""
    assert str(row(ROWS, "u_21", "updates")) == "u_21 <- u_21 - eta dE/du_21 = 0.4 - 0.5*0.01628 = 0.3919"


def test_the_general_rules() -> None:
    """Above each part stand the lecture's four formulas as the lecture has them."""
    said = text(ROWS)
    for rule in (
        "  g_j = s(u_j0 + sum_k u_jk f_k)\n",
        "  dE/dg_j = sum_i s'(h_i) v_ij dE/dh_i\n",
        "  dE/du_jk = dE/dg_j s'(g_j) f_k\n",
        "  u_jk <- u_jk - eta dE/du_jk\n",
    ):
        assert said.count(rule) == 1


TWO = np.array([[0.0, 1.0]])
RULES: dict[str, tuple[Any, Any, list[str]]] = {
    "lecture": (
        (FIRST, Sigmoid()),
        HalfSquaredError(TWO),
        ["E = 1/2 sum_j (g_j - y*_j)^2", "dE/dg_j = g_j - y*_j", "dE/du_jk = dE/dg_j s'(g_j) f_k"],
    ),
    "squares": (
        (FIRST, Tanh()),
        MeanSquaredError(TWO),
        ["E = (sum_j (g_j - y*_j)^2)/2", "dE/dg_j = 2 (g_j - y*_j)/2", "dE/du_jk = dE/dg_j tanh'(g_j) f_k"],
    ),
    "softmax and squares": (
        (FIRST, Softmax()),
        MeanSquaredError(TWO),
        [
            "p_j = exp(g_j)/(sum_m exp(g_m))",
            "E = (sum_j (p_j - y*_j)^2)/2",
            "dE/dp_j = 2 (p_j - y*_j)/2",
            "dE/dg_j = p_j (dE/dp_j - sum_m p_m dE/dp_m)",
            "dE/du_jk = dE/dg_j f_k",
        ],
    ),
    "yes or no": (
        (FIRST,),
        SigmoidCrossEntropy(TWO),
        ["p_j = s(g_j)", "E = (sum_j (log(1 + exp(g_j)) - y*_j g_j))/2", "dE/dg_j = (p_j - y*_j)/2"],
    ),
    "classes": (
        (FIRST,),
        SoftmaxCrossEntropy([1]),
        ["p_j = exp(g_j)/(sum_m exp(g_m))", "E = -sum_j y*_j log(p_j)", "dE/dg_j = p_j - y*_j", "dE/du_j0 = dE/dg_j"],
    ),
    "leaky": (
        (Scale(2.0), FIRST, LeakyReLU(0.2), affine(1, 2, 2), ReLU(), affine(3, 2, 1)),
        LOSS,
        [
            "f_k = c x_k",
            "g_j = leaky(u_j0 + sum_k u_jk f_k)",
            "E = 1/2 (y_m - y*_m)^2",
            "dE/dh_i = sum_m w_mi dE/dy_m",
            "dE/dg_j = sum_i relu'(h_i) v_ij dE/dh_i",
            "w_mi <- w_mi - eta dE/dw_mi",
            "slope = 0.2",
        ],
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_the_general_rules_of_every_end(name: str) -> None:
    """Each loss and activation has its general formulas, each once."""
    net, loss, rules = RULES[name]
    lines = [line.strip() for line in text(trace(net, loss, X)).splitlines()]
    assert [lines.count(rule) for rule in rules] == [1] * len(rules)


@pytest.mark.parametrize("name", FORMATS)
def test_the_meaning_of_the_slope_is_said_once(name: str) -> None:
    """Each format says once what s'(g_j) of an output means, and not where there is no sigmoid."""
    said = r"of an output $g_j$ means $g_j (1 - g_j)$" if name == "latex" else "of an output g_j means g_j (1 - g_j)"
    assert FORMATS[name](ROWS).count(said) == 1
    assert "of an output" not in FORMATS[name](trace((FIRST,), MeanSquaredError([[1.0, 0.0]]), X))


def test_three_layers_have_the_lectures_letters_and_four_have_numbers() -> None:
    """Up to three layers of weights are u, v, w with the units f, g, h, y; deeper networks number their layers."""
    three = trace((FIRST, Sigmoid(), affine(1, 2, 2), affine(3, 2, 1)), LOSS, X)
    assert row(three, "dE/dh_2").formula == "w_12 dE/dy_1"
    assert row(three, "dE/dg_1").formula == "v_11 dE/dh_1 + v_21 dE/dh_2"
    four = trace((*(affine(n, 2, 2) for n in (1, 3, 5)), Tanh(), affine(7, 2, 1)), LOSS, X)
    assert row(four, "g(1)_1").formula == "u(1)_10 + u(1)_11 f_1 + u(1)_12 f_2"
    assert row(four, "dE/dg(3)_1").formula == "u(4)_11 dE/dg(4)_1"
    assert "dE/dg(2)_j = sum_i tanh'(g(3)_i) u(3)_ij dE/dg(3)_i" in text(four)


def test_an_index_above_nine_has_a_comma() -> None:
    """u_1,12 is the weight from unit 12 to unit 1, and u_11,2 another."""
    rows = trace((affine(1, 12, 11),), MeanSquaredError(normal(2, 1, 11)), normal(3, 1, 12))
    names = [r.name for r in rows]
    assert {"u_1,12", "u_11,2", "u_11"} <= set(names)
    assert len({(r.kind, r.name) for r in rows}) == len(rows)


def test_prepared_inputs_have_rows() -> None:
    """The f_k of a network that prepares its inputs are calculated from the raw x_k."""
    net = (Flatten(), Standardize([1.0, 2.0], [2.0, 4.0]), Dropout(0.5), FIRST, Dropout(0.5), Sigmoid())
    rows = trace(net, MeanSquaredError([[1.0, 0.0]]), [[[2.0, 4.0]]])
    assert str(row(rows, "f_2")) == "f_2 = (x_2 - m_2)/d_2 = (4 - 2)/4 = 0.5"
    rows = trace((Scale(0.25), FIRST), MeanSquaredError([[1.0, 0.0]]), [[2.0, 4.0]])
    assert str(row(rows, "f_2")) == "f_2 = c x_2 = 0.25*4 = 1"
    assert row(rows, "x_2").kind == row(rows, "c").kind == "given"


def test_a_batch_has_a_table_for_each_example_and_then_the_means() -> None:
    """Two examples have rows each with their own E_n; then follow the means and one update."""
    rows = trace(NET, MeanSquaredError([[1.0], [0.0]]), [[1.0, 0.0], [1.0, 1.0]])
    assert row(rows, "g_1", example=2).numbers == "s(0.1 + 0.5*1 - 0.3*1)"
    assert row(rows, "E").formula == "(E_1 + E_2)/2"
    assert row(rows, "dE/du_12").formula == "(dE_1/du_12 + dE_2/du_12)/2"
    assert sum(r.kind == "updates" for r in rows) == 9
    said = text(rows)
    headings = ["example 1, forward", "example 2, gradients", "all examples, updates"]
    assert [said.index(heading) for heading in headings] == sorted(said.index(heading) for heading in headings)
    assert "dE/du_jk = (sum_n dE_n/du_jk)/2" in said


def test_zeros_at_the_end_say_that_a_figure_was_rounded() -> None:
    """0.5 is exact and 0.5000 is rounded; numbers far from 1 have powers of ten, others not."""
    figures = {0.5: "0.5", 0.50001: "0.5000", -1234.56: "-1235", 1e-7 / 3: "3.333e-8", 15000.0: "15000", 1e9: "1e+9"}
    assert {value: figure(value, 4) for value in figures} == figures
    assert [figure(v, 17) for v in (0.0, 0.1, 0.1 + 0.2, 1 / 3)] == [
        "0",
        "0.1",
        "0.30000000000000004",
        "0.3333333333333333",
    ]


DISTINCT = trace((affine(1, 2, 2), Sigmoid(), affine(3, 2, 1), Tanh()), MeanSquaredError([[0.3]]), normal(5, 1, 2))


@pytest.mark.parametrize("cells", [["forward"], ["errors"], ["gradients"], ["g_2", "dE/dh_*"], ["E", "updates"]])
@pytest.mark.parametrize("name", FORMATS)
def test_a_blank_sheet_does_not_give_itself_away(name: str, cells: list[str]) -> None:
    """No figure of a blank result stands anywhere in the sheet, in no format, in whatever number of digits."""
    sheet = blank(DISTINCT, cells)
    shown = set(re.findall(r"\d+\.\d+", FORMATS[name](sheet)))
    hidden = {figure(abs(r.value), digits) for r in sheet if r.blank for digits in range(4, 18)}
    assert hidden
    assert shown & hidden == set()


def test_a_blank_leaves_the_formula_and_hides_the_figure_elsewhere() -> None:
    """A blank row has its formula alone, and so has every row that its figure would be put into."""
    sheet = blank(ROWS, ["g_1"])
    assert str(row(sheet, "g_1")) == "g_1 = s(u_10 + u_11 f_1 + u_12 f_2) = ____ = ____"
    assert str(row(sheet, "h_1")) == "h_1 = s(v_10 + v_11 g_1 + v_12 g_2) = ____ = ____"
    assert str(row(sheet, "dE/du_11")) == "dE/du_11 = dE/dg_1 s'(g_1) f_1 = ____ = ____"
    assert str(row(sheet, "g_2")) == str(row(ROWS, "g_2"))
    assert row(blank(ROWS, ["updates"]), "u_11", "given").result == "0.5"
    assert row(blank(ROWS, ["updates"]), "g_1").numbers == row(ROWS, "g_1").numbers


def test_a_blank_relu_hides_its_slope() -> None:
    """No slope of a blank ReLU unit is put in, since it would tell its sign."""
    sheet = blank(trace((FIRST, ReLU(), SECOND), LOSS, X), ["g_1"])
    assert str(row(sheet, "dE/du_11")) == "dE/du_11 = dE/dg_1 relu'(g_1) f_1 = ____ = ____"


@pytest.mark.parametrize("cells", [["errors"], ["g_?", "dE/du_11"], ["forward", "updates"]])
def test_the_solution_fills_exactly_the_blanks(cells: list[str]) -> None:
    """The solution has the blank rows, as they are in the table without blanks, and no other."""
    sheet = blank(ROWS, cells)
    filled = solution(sheet)
    assert filled == tuple(full for full, left in zip(ROWS, sheet, strict=True) if left.blank)
    assert filled
    assert blank(ROWS, cells) == sheet
    assert blank(ROWS, []) == ROWS


@pytest.mark.parametrize("cell", ["given", "f_1", "g_3", "gradient", ""])
def test_no_such_cell(cell: str) -> None:
    """What no row is called, and what is given, can't be left blank."""
    with pytest.raises(
        ValueError, match=r"there is no cell '.*' to leave blank; say forward, errors, gradients, updates, or"
    ):
        blank(ROWS, [cell])


def test_csv_is_read_back() -> None:
    """The CSV has every row with its columns, and nothing in the cells that are blank."""
    sheet = blank(ROWS, ["errors"])
    note, *found = csv.DictReader(io.StringIO(comma_separated(sheet)))
    assert note["kind"] == "note"
    assert [r["name"] for r in found] == [r.name for r in sheet]
    for read, r in zip(found, sheet, strict=True):
        assert (read["numbers"], read["result"]) == (("", "") if r.blank else (r.numbers, r.result))
        assert (read["kind"], read["example"]) == (r.kind, "" if r.example is None else str(r.example))


def test_markdown_tables_are_whole() -> None:
    """Every line of a Markdown table has as many cells as its head, and every row stands in one."""
    blocks = [b.splitlines() for b in markdown(ROWS).split("\n\n") if b.startswith("|")]
    for head, rule, *lines in blocks:
        assert {line.count("|") for line in lines} == {head.count("|")} == {rule.count("|")}
    assert sum(len(block) - 2 for block in blocks) == len(ROWS)


@each_end
@given(data=st.data())
def test_latex_is_balanced(end: str, data: Any) -> None:
    """Braces, brackets, dollars and environments of the LaTeX are balanced, and no power stands on a power."""
    said = latex(trace(*data.draw(tasks(end))))
    depth = 0
    for char in said.replace(r"\{", "").replace(r"\}", ""):
        depth += {"{": 1, "}": -1}.get(char, 0)
        assert depth >= 0
    assert depth == 0
    assert said.count(r"\left(") == said.count(r"\right)")
    assert said.count(r"\begin{tabular}") == said.count(r"\end{tabular}")
    assert all(line.count("$") % 2 == 0 for line in said.splitlines())
    assert not re.search(r"\^(\{[^{}]*\}|\*|\d)(_\{[^{}]*\})?\^", said)
    assert not re.search(r"\d[eE][+-]?\d", said)


def test_powers_of_powers_of_ten_are_in_brackets() -> None:
    """The square of 1e-5 has brackets in LaTeX, where a power can't stand on a power."""
    square = Square(Symbol("g", (1,), value=1e-5))
    assert write(square, Style(latex=True, digits=4)) == r"\left(1 \cdot 10^{-5}\right)^2"
    assert write(square, Style(digits=4)) == "1e-5^2"


def test_latex_of_the_lecture() -> None:
    """The LaTeX has the lecture's own notation."""
    said = latex(ROWS)
    assert r"$\frac{\partial E}{\partial g_{j}} = \sum_i \sigma'\left(h_{i}\right)\, v_{ij}\, \frac{\partial E}" in said
    assert r"$u_{jk} \leftarrow u_{jk} - \eta\, \frac{\partial E}{\partial u_{jk}}$" in said
    assert r"0.5 \cdot \left(-0.01720\right)" in said
    assert r"$\frac{1}{2}\, \left(h_{1} - y^*_{1}\right)^2$" in said
    assert r"\underline{\hspace{3.5em}}" in latex(blank(ROWS, ["g_1"]))


NOISE = key(0, Purpose.NOISE)
REFUSED: dict[str, tuple[Any, Any, Any, str]] = {
    "a softmax of one output": ((SECOND,), SoftmaxCrossEntropy([0]), X, "a softmax of one output is always 1"),
    "a softmax layer of one output": ((SECOND, Softmax()), LOSS, X, "give the network an output for each class"),
    "batch norm": (
        (FIRST, batch_norm(1, 2), SECOND),
        LOSS,
        X,
        r"layer 1 \(BatchNorm 2\) can't be traced: a trace ",
    ),
    "layer norm": ((FIRST, layer_norm(1, 2), SECOND), LOSS, X, r"layer 1 \(LayerNorm 2\) can't be traced"),
    "gelu": ((FIRST, GELU(), SECOND), LOSS, X, r"layer 1 \(GELU\) can't be traced"),
    "residual": ((Residual((FIRST,)), SECOND), LOSS, X, r"layer 0 \(Residual 2x2\) can't be traced"),
    "fixed": ((Fixed(FIRST), SECOND), LOSS, X, r"layer 0 \(Fixed 2x2\) can't be traced"),
    "nested": (((FIRST, GELU()), SECOND), LOSS, X, r"layer 0.1 \(GELU\) can't be traced"),
    "twice": ((FIRST, Tanh(), Sigmoid(), SECOND), LOSS, X, r"layer 2 \(Sigmoid\) .* must stand after an Affine"),
    "first": ((Tanh(), FIRST, SECOND), LOSS, X, r"layer 0 \(Tanh\) .* must stand after an Affine"),
    "scale": ((FIRST, Scale(2.0), SECOND), LOSS, X, r"layer 1 \(Scale\) .* only stand at the beginning"),
    "two scales": ((Scale(2.0), Scale(2.0), FIRST, SECOND), LOSS, X, r"layer 1 \(Scale\) .* beginning, and once"),
    "softmax": ((FIRST, Softmax(), SECOND), LOSS, X, r"layer 1 \(Softmax\) .* only stand at the end"),
    "live": (training((FIRST, Dropout(), SECOND), NOISE), LOSS, X, r"layer 1 \(Dropout\) is in training mode"),
    "empty": ((), LOSS, X, "must have an Affine layer"),
    "twice softmax": ((FIRST, Softmax()), SoftmaxCrossEntropy([0]), X, "leave the Softmax layer before it out"),
    "loss": (NET, Sigmoid(), X, "a traced loss must be .*, got Sigmoid"),
    "weighted": (NET, MeanSquaredError([[1.0]], [1.0]), X, "can't have weights"),
    "inputs": (NET, LOSS, [[1.0, 2.0, 3.0]], r"layer 0 \(Affine 2x2\) expects 2 inputs, got 3"),
    "axes": (NET, LOSS, [1.0, 2.0], r"x of \(N, 2\)"),
    "targets": (NET, MeanSquaredError([[1.0, 2.0]]), X, r"targets must be \(N, K\)"),
    "examples": (NET, LOSS, [*X, *X], "same number of examples, at least one, got 2 and 1"),
    "none": (NET, LOSS, np.zeros((0, 2)), "same number of examples, at least one, got 0 and 1"),
    "nan": (NET, LOSS, [[np.nan, 0.0]], "x must be finite"),
    "vanished": ((Affine([[1e3, -1e3]], [0.0, 0.0]),), SoftmaxCrossEntropy([1]), [[1.0]], "in double precision"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cant_be_traced_is_refused_in_one_sentence(name: str) -> None:
    """A network, loss or example that can't be written on the board is refused, and the sentence says which."""
    net, loss, x, said = REFUSED[name]
    with pytest.raises(ValueError, match=said) as caught:
        trace(net, loss, x)
    assert "\n" not in str(caught.value)


def test_large_networks_are_refused_unless_the_limit_is_raised() -> None:
    """33 units are too many by default, and not with a limit of 33."""
    net, loss, x = (affine(1, 30, 3),), MeanSquaredError(normal(1, 1, 3)), normal(2, 1, 30)
    with pytest.raises(ValueError, match=r"33 units \(30-3\) .* the limit is 32, .* limit=33, or --max-units 33"):
        trace(net, loss, x)
    assert len(trace(net, loss, x, limit=33)) > 33


@pytest.mark.parametrize(("settings", "said"), [({"lr": 0.0}, "lr"), ({"lr": np.nan}, "lr"), ({"digits": 0}, "digits")])
def test_settings_have_their_range(settings: dict[str, Any], said: str) -> None:
    """A learning rate or number of digits outside its range is refused by name."""
    with pytest.raises(ValueError, match=f"^{said} must be"):
        trace(NET, LOSS, X, **settings)


def test_saturated_and_single_precision_networks_are_traced() -> None:
    """Units at 1 to within a double, and float32 networks, have rows whose printed numbers can be calculated."""
    saturated = (Affine([[40.0]], [0.0]), Sigmoid())
    assert all(agrees(r) for r in trace(saturated, LOSS, [[1.0]]) if r.kind != "given")
    single = (affine(1, 2, 2, np.float32), Tanh(), affine(3, 2, 1, np.float32))
    assert all(agrees(r) for r in trace(single, LOSS, X) if r.kind != "given")
