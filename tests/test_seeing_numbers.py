"""The page's numbers and formulas are Python's: every figure, every sum, every row of a worked example."""

import json
import math
import random
import struct
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from fnnet import (
    Affine,
    LeakyReLU,
    MeanSquaredError,
    ReLU,
    Scale,
    Sigmoid,
    SigmoidCrossEntropy,
    Softmax,
    SoftmaxCrossEntropy,
    Standardize,
    Tanh,
)
from fnnet.seeing.rules import plain, rule_as_json, term_as_json
from fnnet.teaching import HalfSquaredError, trace
from fnnet.teaching.functions import FUNCTIONS, evaluate
from fnnet.teaching.rows import Row, in_digits
from fnnet.teaching.terms import Call, Minus, Number, Over, Product, Ratio, Slope, Square, Sum, Symbol, Term, symbols
from fnnet.teaching.writing import Style, figure, name, write
from tests.browser import browsing, load_modules

HUGE, TINY = 1.7976931348623157e308, 5e-324

#: The rows of rules, each for its indices and a table of values by their names.
ROWS = """cases => cases.map(({rule, indices, ranges, values, digits}) => {
  const equation = instantiate(rule, indices, ranges, (symbol) => values[symbolName(symbol)]);
  const {name, formula, numbers, result, carried, step} = row(equation, digits);
  return [name, formula, numbers, result, carried, step, String(equation.left[1].value)];
})"""


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    """A page that holds the two modules."""
    with browsing() as page:
        load_modules(page, "terms.js")
        yield page


def _floats(chance: random.Random) -> Iterator[float]:
    """Numbers that are hard to write: ties, powers, the smallest and largest, decimals, and any bits at all."""
    yield from (0.0, -0.0, 0.15625, 0.5, 2.5, 0.25, 0.125, 0.1 + 0.2, 1 / 3, 1e-4, 9.9999e-5, 999999.5, 1e6, 12345678.0)
    yield from (HUGE, TINY, 2.2250738585072014e-308, 0.00099995, 9.9995, 99995.0, 5e-5, 1234.5, 0.1 + 0.7, 1 - 2**-53)
    yield from (2.0**n for n in range(-1074, 1024, 7))
    yield from (float(f"1e{n}") for n in range(-323, 309, 5))
    for _ in range(700):
        yield chance.randrange(2**11) / 2 ** chance.randrange(12)  # few bits: many ties
        yield float(f"{chance.randrange(10**6)}5e{chance.randint(-9, 3)}")  # decimals that end in 5
        yield chance.gauss(0.0, 1.0) * 10.0 ** chance.randint(-6, 8)
        yield chance.randrange(10**4) / 10 ** chance.randint(0, 6) * (1 + chance.choice((0, 1, 2, 5, 9)) * 2**-52)
        (bits,) = struct.unpack("d", chance.randbytes(8))
        yield bits if math.isfinite(bits) else 0.0


def test_a_figure_is_pythons(page: Any) -> None:
    """Thousands of numbers of both signs in 1 to 12 digits, and in 17, are written the same, character by character."""
    numbers = [sign * value for value in _floats(random.Random(13)) for sign in (1, -1)]
    digits = [*range(1, 13), 17]
    here = [[figure(value, many) for many in digits] for value in numbers]
    there = page.evaluate("([xs, ds]) => xs.map((x) => ds.map((d) => figure(x, d)))", [numbers, digits])
    assert there == here
    parsed = page.evaluate("([xs, ds]) => xs.map((x) => ds.map((d) => figureValue(x, d)))", [numbers, digits])
    assert [list(map(float, row)) for row in parsed] == [list(map(float, row)) for row in here]


def test_what_is_no_number_is_said(page: Any) -> None:
    """Where nothing finite came out, the word for it stands."""
    assert page.evaluate("[NaN, Infinity, -Infinity].map((x) => figure(x, 4))") == ["nan", "inf", "-inf"]


def _lists(chance: random.Random) -> Iterator[list[float]]:
    """Numbers that cancel, tie, or differ by all that a double can."""
    yield from ([], [-0.0], [1e100, 1.0, -1e100], [0.1] * 10, [1e16, 1.0, 1e-16], [1e16, 1.0, -1e-16], [TINY, -TINY])
    yield from ([1.0, 2**-53], [1.0, 2**-53, 2**-105], [1.0, 2**-53, -(2**-105)], [1.0 + 2**-52, 2**-53, -(2**-110)])
    yield from ([1.0 + 2**-52, 2**-53], [-1.0, -(2**-53), -(2**-106)], [HUGE, -HUGE, TINY], [HUGE, 2.0**969])
    for _ in range(600):
        values = [chance.gauss(0, 1) * 2.0 ** chance.randint(-60, 60) for _ in range(chance.randrange(40))]
        values += [-value for value in values if chance.random() < 0.7]
        values += [chance.choice((1.0, -1.0)) * 2.0 ** chance.choice((-53, -54, -106, 0, 52, 53)) for _ in range(4)]
        chance.shuffle(values)
        yield values


def test_a_sum_is_pythons(page: Any) -> None:
    """Sums are the same to the last bit, whatever cancels, and nothing where Python raises an error."""
    lists = list(_lists(random.Random(7)))
    found = page.evaluate("lists => lists.map(fsum)", lists)
    assert list(map(float, found)) == [math.fsum(values) for values in lists]
    over = f"[fsum([{HUGE!r}, {HUGE!r}]), fsum([Infinity, -Infinity]), fsum([Infinity, 1]), fsum([NaN])].map(String)"
    assert page.evaluate(over) == ["NaN", "NaN", "Infinity", "NaN"]


def test_a_function_is_pythons(page: Any) -> None:
    """The functions agree to a unit or two in the last place, and where Python raises an error there is nothing."""
    zs = [-1e4, -745.0, -30.0, -0.5, 0.0, 0.3, 2.0, 36.0, 700.0]
    for letter, function in FUNCTIONS.items():
        inputs = [abs(z) + 0.1 for z in zs] if letter == "log" else [z for z in zs if z < 709]
        there = page.evaluate("([f, zs]) => zs.map((z) => FUNCTIONS[f].at(z, 0.01))", [letter, inputs])
        assert there == pytest.approx([function.at(z, 0.01) for z in inputs], rel=1e-14, abs=1e-320)
    assert page.evaluate("[FUNCTIONS.exp.at(1e4), FUNCTIONS.log.at(0)].map(String)") == ["NaN", "NaN"]


ACTIVATIONS = (Sigmoid(), Tanh(), ReLU(), LeakyReLU(), LeakyReLU(0.2), None)
LOSSES = (HalfSquaredError, MeanSquaredError, SigmoidCrossEntropy, SoftmaxCrossEntropy)


def _task(seed: int) -> tuple[tuple[Any, ...], Any, Any]:
    """A network of one to four levels, a loss and one to three examples; each seed has other kinds of all."""
    rng = np.random.default_rng(seed)
    levels, loss, spread = 1 + seed % 4, LOSSES[seed // 4 % 4], (0.1, 1.0, 5.0, 400.0)[seed % 7 % 4]
    least = 2 if loss is SoftmaxCrossEntropy else 1
    sizes = [(11, 1, 3, 2, 3)[seed % 5], *map(int, rng.integers(1, 5, levels - 1)), int(rng.integers(least, 6))]
    x = rng.normal(size=(1 + seed % 3, sizes[0])) * spread
    net = _preparing(seed, x, rng)
    for n, shape in enumerate(pairwise(sizes)):
        net += [Affine(rng.normal(size=shape) / (1 if n else spread), np.round(rng.normal(size=shape[1]), 1))]
        net += [ACTIVATIONS[int(rng.integers(len(ACTIVATIONS)))]]
    if loss not in LOSSES[:2]:
        net[-1] = None
    elif sizes[-1] > 1 and seed % 5 < 3:
        net[-1] = Softmax()
    return tuple(layer for layer in net if layer is not None), loss(_targets(loss, rng, len(x), sizes[-1], seed)), x


def _preparing(seed: int, x: Any, rng: Any) -> list[Any]:
    layers = [Scale(1 / 255), Standardize(rng.normal(size=x.shape[1]), np.abs(rng.normal(size=x.shape[1])) + 0.1)]
    return [[], layers[:1], layers[1:], layers][seed % 7 % 4]


def _targets(loss: Any, rng: Any, many: int, outputs: int, seed: int) -> Any:
    if loss is SoftmaxCrossEntropy and seed % 2:
        return rng.integers(outputs, size=many)
    if loss is SoftmaxCrossEntropy:
        rows = rng.integers(4, size=(many, outputs)) + np.eye(outputs)[rng.integers(outputs, size=many)]
        return rows / rows.sum(axis=1, keepdims=True)
    return rng.integers(2, size=(many, outputs)).astype(float)


def _overs(term: Term) -> Iterator[Over]:
    """The sums over an index in a rule."""
    match term:
        case Over():
            yield term
        case Sum(parts) | Product(parts):
            for part in parts:
                yield from _overs(part)
        case Ratio(top, bottom):
            yield from (*_overs(top), *_overs(bottom))
        case Minus(part) | Square(part) | Call(_, part):
            yield from _overs(part)


def _many(over: Over, sizes: list[int], examples: int) -> int:
    """How many numbers an index runs over: the examples, or the units of the layer whose letter it is with."""
    if over.index == "n":
        return examples
    symbol = next(symbol for symbol in symbols(over.term) if symbol.indices == (over.index,))
    return sizes[symbol.layer or {"f": 0, "g": 1, "h": 2, "y": 3}.get(symbol.letter, -1)]


def _layer_sizes(net: tuple[Any, ...]) -> list[int]:
    weights = [layer.W.shape for layer in net if isinstance(layer, Affine)]
    return [weights[0][0], *(shape[1] for shape in weights)]


def _numbers_of(row: Row) -> dict[str, int]:
    """The numbers that stand for the letters on the rule's left."""
    assert row.rule
    pairs = zip(row.rule.left.indices, row.symbol.indices, strict=True)
    return {letter: number for letter, number in pairs if isinstance(letter, str) and isinstance(number, int)}


@cache
def _cases(seed: int) -> list[tuple[dict[str, Any], Row]]:
    """What the page is given for each row of a worked example, and the row."""
    net, loss, x = _task(seed)
    digits = (4, 1, 6, 12, 3)[seed // 2 % 5]
    rows = trace(net, loss, x, lr=0.3, digits=digits, limit=200)
    values = {example: _values(rows, example) for example in (None, *range(1, len(x) + 1))}
    worked = [row for row in rows if row.rule]
    return [(_case(row, net, len(x)) | {"values": values[row.example]}, *in_digits([row], digits)) for row in worked]


def _values(rows: tuple[Row, ...], example: int | None) -> dict[str, float]:
    """The values, before the step, of all that a row of this example can be calculated from."""
    before = [row for row in rows if row.kind != "updates"]
    return {row.name: row.value for row in before if None in (example, row.example) or row.example == example}


def _case(row: Row, net: tuple[Any, ...], examples: int) -> dict[str, Any]:
    """The row's rule, the numbers for its letters, and how many each index runs over."""
    assert row.rule
    rule, sizes = rule_as_json(row.rule), _layer_sizes(net)
    ranges = {over.index: _many(over, sizes, examples) for over in _overs(row.rule.right)}
    if row.unit is None and sizes[-1] == 1:  # E of one output is no sum over outputs
        ranges |= {index: 1 for symbol in symbols(row.rule.right) for index in symbol.indices if index != "n"}
    if row.symbol.letter == "E" and isinstance(row.term, Minus):  # targets of 0 are left out
        named = {number for symbol in symbols(row.term) if symbol.letter == "y*" for number in symbol.indices}
        rule["over"] = dict.fromkeys(ranges, sorted(named))
    return {"rule": rule, "indices": _numbers_of(row), "ranges": ranges, "digits": row.digits}


@pytest.mark.parametrize("part", range(3))
def test_each_row_of_a_worked_example_is_pythons(page: Any, part: int) -> None:
    """Rules with numbers put in are the rows of 64 networks: names, formulas, numbers, results and values."""
    given, rows = zip(*(case for seed in range(part, 64, 3) for case in _cases(seed)), strict=True)
    found = page.evaluate(f"text => ({ROWS})(JSON.parse(text))", json.dumps(given))
    wanted = [[*row.written(), row.carried, row.kind == "updates", row.value] for row in rows]
    assert [[*said, float(value)] for *said, value in found] == wanted


def test_the_networks_have_all_kinds_of_formulas() -> None:
    """The networks above, taken together, have every kind of row, and sums of one part as well as of many."""
    rules = {write(row.rule.right, Style()) for seed in range(64) for _, row in _cases(seed) if row.rule}
    for part in (
        "c x_k", "(x_k - m_k)/d_k", "leaky(", "relu(", "tanh(", "s(u_j0", "u(4)_j0", "exp(h_i)/",
        "-sum_i y*_i log(p_i)", "1/2 sum_i", "log(1 + exp(", "sum_m p_m dE/dp_m", "sum_n E_n", "s'(", "eta dE",
    ):  # fmt: skip
        assert any(part in rule for rule in rules), part


U, G = Symbol("u", (1, 12), 3, Symbol("E", (2,)), value=-2.5e-7), Symbol("g", (1,), value=-0.25)
TANH = Slope("tanh", G, FUNCTIONS["tanh"].derivative(G, 0.0))
TERMS: tuple[Term, ...] = (
    Product((Number(2.0), Sum((G, Minus(Number(1.0)))))), Product((Number(2.0), G, U)), Product((Minus(G), U)),
    Ratio(G, U), Ratio(U, Sum((G, U))), Square(G), Square(Sum((G, G))), Square(Product((G, U))), Square(Minus(G)),
    Minus(Minus(G)), Minus(Product((G, U))), Minus(TANH), Sum((G, Minus(G), G)), Call("leaky", Sum((G, U)), 0.2),
    Product((TANH, Slope("leaky", G, Number(0.2)))), Slope("s", G, FUNCTIONS["s"].derivative(G, 0.0)),
)  # fmt: skip


def test_any_term_is_written_and_comes_to_what_it_does_in_python(page: Any) -> None:
    """Brackets, signs and values of terms that no trace has, in letters and in digits."""
    there = "terms => terms.map((t) => [writeTerm(t), writeTerm(t, 3), evaluate(t, (value) => figureValue(value, 3))])"
    here = [[write(t, Style()), write(t, Style(digits=3)), evaluate(t, lambda v: float(figure(v, 3)))] for t in TERMS]
    assert page.evaluate(there, [term_as_json(term) for term in TERMS]) == here


def test_sums_over_an_index_are_written_in_letters(page: Any) -> None:
    """Brackets about a sum over an index are Python's too."""
    over = Over("k", Sum((Symbol("g", ("k",)), Number(1.0))))
    terms: list[Term] = [over, Minus(over), Sum((over, Minus(over))), Product((G, over)), Product((over, G))]
    found = page.evaluate("terms => terms.map((t) => writeTerm(t))", [plain(term) for term in terms])
    assert found == [write(term, Style()) for term in terms]


def test_a_sum_over_an_index_joins_the_sum_that_it_stands_in(page: Any) -> None:
    """Its parts are added in one sum, rounded once, as in Python; by itself it is a sum."""
    over = Over("k", Symbol("f", ("k",)))
    rule = {"left": plain(Symbol("z")), "right": plain(Product((Sum((G, over)), over))), "step": False}
    found = page.evaluate("rule => instantiate(rule, {}, {k: 2}, () => 0.5).right", rule)
    g, *parts = (Symbol(letter, (i,), value=0.5) for letter, i in (("g", 1), ("f", 1), ("f", 2)))
    assert found == term_as_json(Product((Sum((g, *parts)), Sum(tuple(parts)))))


def test_a_result_of_zero_is_zero_from_the_numbers_put_in(page: Any) -> None:
    """What is exactly 0 has so many digits put in that 0 comes out."""
    term = Sum((G, *(Minus(Symbol("y", value=value)) for value in (1.25, -1.5))))
    (wanted,) = in_digits([Row("forward", 1, 1, 1, Symbol("E"), term)], 1)
    equation = {"left": term_as_json(Symbol("E")), "right": term_as_json(term), "step": False}
    found = page.evaluate("equation => row(equation, 1)", equation)
    assert (found["numbers"], found["carried"]) == (wanted.numbers, wanted.carried) == ("-0.25 - 1.25 - (-1.5)", 3)


def test_a_division_by_zero_has_no_number(page: Any) -> None:
    """As in Python, where it is an error, and not infinite."""
    assert page.evaluate('String(evaluate(["ratio", ["number", 1], ["number", 0]], (v) => v))') == "NaN"


def test_names_are_pythons(page: Any) -> None:
    """Indices above 9 make a comma necessary, deep networks number their layers, and derivatives are of something."""
    names = [Symbol("eta"), U, G, Symbol("u", ("j", 0)), Symbol("y*", (10,)), Symbol("E", of=Symbol("g", (1,), 2))]
    found = page.evaluate("terms => terms.map((t) => symbolName(t[1]))", [plain(symbol) for symbol in names])
    assert found == [name(symbol) for symbol in names]


def test_a_root_is_written_and_comes_to_its_value(page: Any) -> None:
    """A square root is a function by its name, and of a number below 0 nothing."""
    root = ["root", ["sum", [term_as_json(Number(2.0)), term_as_json(Symbol("v", (1,), value=0.25))]]]
    found = page.evaluate("t => [writeTerm(t), writeTerm(t, 4), evaluate(t, (v) => v)]", root)
    assert found == ["sqrt(2 + v_1)", "sqrt(2 + 0.25)", 1.5]
    assert page.evaluate('String(evaluate(["root", ["number", -1]], (v) => v))') == "NaN"


@pytest.mark.parametrize(
    ("value", "p", "said"), [("Infinity", 0.0, "inf"), ("NaN", 0.0, "nan"), ("12.5", 0.0, "12.5"), ("0", 1.0, "0")]
)
def test_what_comes_to_nothing_finite_is_a_row_all_the_same(page: Any, value: str, p: float, said: str) -> None:
    """The logarithm of a probability that is 0 has no number, and its row has all digits."""
    loss = f"""row({{left: ["symbol", {{letter: "E", indices: [], value: {value}}}], step: false,
      right: ["call", "log", ["symbol", {{letter: "p", indices: [1], value: {p}}}], 0]}})"""
    carried = 4 if p else 17
    assert page.evaluate(loss) == {
        "name": "E", "formula": "log(p_1)", "numbers": f"log({p:g})", "result": said, "carried": carried, "step": False,
    }  # fmt: skip


def test_a_unit_of_many_inputs_takes_figures_in_proportion(page: Any) -> None:
    """Twice as many inputs are twice as many roundings, and no more."""
    counted = """many => {
      const symbol = (letter, indices) => ["symbol", {letter, indices}];
      const product = ["product", [symbol("u", ["j", "k"]), symbol("f", ["k"])]];
      const right = ["call", "s", ["sum", [symbol("u", ["j", 0]), ["over", "k", product]]], 0];
      const value = (s) => Math.sin(s.indices.reduce((sum, i) => 31 * sum + i, 0)) / many;
      const rule = {left: symbol("g", ["j"]), right, step: false};
      const equation = instantiate(rule, {j: 3}, {k: many}, value);
      equation.left[1].value = evaluate(equation.right, (v) => v);
      let calls = 0;
      const before = Number.prototype.toExponential;
      Number.prototype.toExponential = function (digits) { calls += 1; return before.call(this, digits); };
      const {formula, carried} = row(equation);
      Number.prototype.toExponential = before;
      return [calls / many / (carried - 2), formula.length];
    }"""
    (few, _), (more, length) = (page.evaluate(counted, many) for many in (392, 784))
    assert 1 < few < 8
    assert 1 < more < 8
    assert length > 784 * 10
