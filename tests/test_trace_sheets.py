"""Exercise sheets: nothing that is shown gives a blank away, and every blank can be calculated from above."""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_trace import FUNCTIONS, NET, ROWS, each_end, tasks

from fnnet import SoftmaxCrossEntropy
from fnnet.teaching import KINDS, HalfSquaredError, Row, blank, text, trace, weights
from fnnet.teaching.network_file import TWO_CLASSES
from fnnet.teaching.rows import _without_what_follows
from fnnet.values import evolve

BLANK = "____"  # or wider

FUNCTION = r"(?:s|tanh|relu|leaky|exp|log)'?\("
NAME = r"(?:dE(?:_\d+)?/d)?(?:y\*|[a-z])(?:\(\d+\))?_\d+(?:,\d+)?|E_\d+|E|eta|slope|c(?![a-z])"
NUMBER = r"\d+(?:\.\d+)?(?:e[+-]?\d+)?"
TOKEN = rf"(?P<function>{FUNCTION})|(?P<name>{NAME})|(?P<number>{NUMBER})|(?P<sign>[-+/^*()])|(?P<space>\s+)"

SLOPES = {
    "slope_s": lambda g: g * (1 - g),
    "slope_tanh": lambda g: 1 - g * g,
    "slope_relu": lambda g: float(g > 0),
    "slope_leaky": lambda g: 1.0 if g > 0 else 0.1,
}


def names_in(formula: str) -> set[str]:
    """The quantities that a formula, as it is printed, is made of."""
    return {m["name"] for m in re.finditer(TOKEN, formula) if m["name"]}


def calculated(formula: str, values: Mapping[str, float]) -> float:
    """What a formula comes to as it is printed: factors side by side are multiplied, and s'(g_1) is a slope."""
    written, before = "", ""
    for m in re.finditer(TOKEN, formula):
        if m["space"]:
            continue
        if (m["name"] or m["number"] or m["function"] or m[0] == "(") and before.endswith(("]", ")", *"0123456789")):
            written += "*"
        before = m[0].replace("^", "**")
        before = f"v[{m['name']!r}]" if m["name"] else before
        before = f"slope_{m['function'].replace(chr(39), '')}" if m["function"] and "'" in m["function"] else before
        written += before
    assert "".join(m[0] for m in re.finditer(TOKEN, formula)) == formula
    return float(eval(written, {"__builtins__": {}}, {**FUNCTIONS, **SLOPES, "v": values}))


def printed(sheet: Iterable[Row]) -> tuple[set[str], list[tuple[str, ...]]]:
    """What a printed sheet says: the names whose figures are given or shown, and its lines in their four parts."""
    known, lines, kind = set(), [], ""
    for line in text(sheet, 10**6).splitlines():
        if heading := re.match(rf"(?:example \d+, |all examples, )?({'|'.join(KINDS)})$", line):
            kind = heading[1]
        elif kind == "given":
            known |= names_in(line)
        elif len(cells := re.split(r"\s{2,}", re.sub("_{4,}", BLANK, line.strip()))) == 4:
            lines.append(tuple(cells))
            if cells[3] != BLANK and kind != "updates":  # the weight after the step is not the one in the formulas
                known.add(cells[0])
    return known, lines


def solved_for(sheet: Iterable[Row]) -> dict[str, str]:
    """What can be calculated back: the names that are the only unknown of a line that is shown, and which line."""
    known, lines = printed(sheet)
    found: dict[str, str] = {}
    while True:
        new: dict[str, str] = {}
        for name, formula, numbers, result in lines:
            assert (BLANK in numbers) == (result == BLANK)
            unknown = names_in(formula) - known - set(found)
            if result != BLANK and len(unknown) == 1:
                new.setdefault(unknown.pop(), name)
        if not new:
            return found
        found |= new


@st.composite
def sheets(draw: Any, end: str) -> tuple[Row, ...]:
    """A worked example with one to three kinds or cells of it left blank, and what follows from them."""
    rows = trace(*draw(tasks(end)))
    names = sorted({row.name for row in rows if row.kind != "given"})
    cells = st.one_of(st.sampled_from(KINDS[1:]), st.sampled_from(names))
    return blank(rows, draw(st.lists(cells, min_size=1, max_size=3)))


@each_end
@given(data=st.data())
def test_nothing_can_be_calculated_back(end: str, data: Any) -> None:
    """Whoever solves every line that is shown for its one unknown, again and again, finds nothing that is blank."""
    sheet = data.draw(sheets(end))
    assert any(row.blank for row in sheet)
    assert solved_for(sheet) == {}


@each_end
@given(data=st.data())
def test_what_is_shown_was_calculated_from_what_is_shown(end: str, data: Any) -> None:
    """No line that is shown speaks of a blank, so that not even several of them together give one away."""
    known, lines = printed(data.draw(sheets(end)))
    for name, formula, _, result in lines:
        assert result == BLANK or names_in(formula) <= known, name


@each_end
@given(data=st.data())
def test_every_blank_can_be_calculated_from_what_stands_above_it(end: str, data: Any) -> None:
    """The exercise can be done: each formula of a blank is made of what is given, shown or calculated before."""
    values: dict[str, float] = {}
    for row in data.draw(sheets(end)):
        values["slope"] = 0.1
        if row.blank:
            assert calculated(row.formula, values) == pytest.approx(row.value, rel=1e-9, abs=1e-12), str(row)
        if row.kind != "updates":
            values[row.name] = calculated(row.formula, values) if row.blank else row.value


def factors(formula: str) -> set[str]:
    """The factors of a product, as they are printed; none of a formula that is a sum."""
    return set() if re.search(r" [+-] ", formula) else set(formula.split(" "))


def read_off(sheet: Iterable[Row]) -> dict[str, str]:
    """What can be read off a neighbor: the blanks that are a shown line of their kind with a factor more or less."""
    found, (_, lines) = {}, printed(sheet)
    for name, formula, _, result in lines:
        for other, shown, _, figure in lines:
            one, two = factors(formula), factors(shown)
            alike = re.sub(r"\d", "", name) == re.sub(r"\d", "", other)
            if alike and one and two and (result, figure != BLANK) == (BLANK, True) and (one <= two or two <= one):
                found[name] = other
    return found


def one_operation_from(sheet: Iterable[Row]) -> dict[str, str]:
    """What is one operation away: blanks that a neighbor, shown, and one number of the sheet come to.

    Neighbors are the rows of a kind, an example and a layer. A blank's own formula is no short cut, and means are
    none: where a ReLU is dead in all examples but one they may happen to have that one's ratios.
    """
    sheet, found = tuple(sheet), {}
    numbers = {0.0, 1.0} | {row.value for row in sheet if not row.blank}
    for row in (row for row in sheet if row.blank and row.value and row.example):
        for near in sheet:
            beside = (near.kind, near.example, near.layer) == (row.kind, row.example, row.layer)
            if beside and not near.blank and near.name not in names_in(row.formula):
                s = near.value
                results = (r for n in numbers for r in (s + n, s - n, n - s, s * n, s / n if n else 0.0))
                if any(math.isclose(r, row.value, rel_tol=1e-13) for r in results):
                    found[row.name] = near.name
    return found


@each_end
@given(data=st.data())
def test_nothing_can_be_read_off_a_neighbor(end: str, data: Any) -> None:
    """No shown line has a blank in it, as a part of its product, nor is it a part of a blank's."""
    assert read_off(data.draw(sheets(end))) == {}


@each_end
@given(data=st.data())
def test_no_blank_is_one_operation_from_a_neighbor(end: str, data: Any) -> None:
    """No gradient is the one beside it times an input, and no probability is 1 less the others."""
    assert one_operation_from(data.draw(sheets(end))) == {}


TWO = trace((NET[0], NET[1], weights(TWO_CLASSES)[1]), SoftmaxCrossEntropy([1]), [[1.0, 0.0]])

#: What was left of a sheet once, when nothing was blank but what was asked for and what follows: asked, and read off.
NEIGHBORS = {
    "dE/du_10": (ROWS, {"dE/du_10", "dE/du_11", "dE/du_12"}),
    "dE/du_21": (ROWS, {"dE/du_20", "dE/du_21", "dE/du_22"}),
    "dE/dv_10": (ROWS, {"dE/dv_10", "dE/dv_11", "dE/dv_12"}),
    "p_1": (TWO, {"p_1", "p_2"}),
    "dE/dh_2": (TWO, {"dE/dh_1", "dE/dh_2"}),
}


@pytest.mark.parametrize("cell", NEIGHBORS)
def test_neighbors_that_give_it_away_are_blank_too(cell: str) -> None:
    """The gradients of a unit go together, and so do what a softmax adds up; the searchers see what leaked."""
    rows, together = NEIGHBORS[cell]
    old = tuple(_without_what_follows(rows, {i for i, row in enumerate(rows) if row.name == cell}))
    assert cell in {**read_off(old), **one_operation_from(old)}
    sheet = blank(rows, [cell])
    assert together <= {row.name for row in sheet if row.blank}
    kind = next(row.kind for row in rows if row.name == cell)
    first = {
        row.name for row in sheet if row.blank and row.kind == kind and row.symbol.letter == cell.split("_")[0][-1]
    }
    assert first == together


@each_end
@given(data=st.data())
def test_no_more_is_blank_than_has_to_be(end: str, data: Any) -> None:
    """Of a kind that was asked for, a row that is of another is blank only where its formula has a blank in it."""
    rows = trace(*data.draw(tasks(end)))
    kind = data.draw(st.sampled_from(KINDS[1:]))
    unknown: set[str] = set()
    for row in blank(rows, [kind]):
        assert row.blank == (row.kind == kind or bool(names_in(row.formula) & unknown))
        unknown |= {row.name} if row.blank and row.kind != "updates" else set()


#: Sheets as they were once: only what was asked for is blank. The line that gives it away, and what comes out.
LEAKS = {
    "gradients": {"dE/du_21": "u_21", "dE/dv_10": "v_10", "dE/du_11": "u_11"},
    "errors": {"dE/dh_1": "dE/dv_10", "dE/dg_1": "dE/du_10"},
    "forward": {"h_1": "dE/dh_1", "g_2": "dE/du_20"},
}


@pytest.mark.parametrize("kind", LEAKS)
def test_the_solver_finds_what_leaks(kind: str) -> None:
    """Where nothing but one kind is blank the lines below it give it away: the solver of these tests sees that."""
    found = solved_for([evolve(row, blank=row.kind == kind) for row in ROWS])
    for name, line in LEAKS[kind].items():
        assert found[name] == line


def test_the_update_gives_no_gradient_away() -> None:
    """Without errors and gradients the weights after the step are blank: 0.3 - 0.5*____ = 0.3470 would be solved."""
    sheet = blank(ROWS, ["errors", "gradients"])
    assert {row.kind for row in sheet if row.blank} == {"errors", "gradients", "updates"}
    assert all(row.blank for row in sheet if row.kind == "updates")


FOLLOWS = {
    "updates": {"updates"},
    "gradients": {"gradients", "updates"},
    "errors": {"errors", "gradients", "updates"},
    "forward": {"forward", "errors", "gradients", "updates"},
    "E": {"forward"},
    "dE/dg_1": {"errors", "gradients", "updates"},
}


@pytest.mark.parametrize("cell", FOLLOWS)
def test_what_follows_from_a_blank(cell: str) -> None:
    """Blank are the rows that were asked for and those that follow from them; nothing follows from E but a mean."""
    assert {row.kind for row in blank(ROWS, [cell]) if row.blank} == FOLLOWS[cell]


def test_one_error_takes_only_its_own_gradients() -> None:
    """The error on one unit takes with it the gradients of the weights into that unit, and their updates."""
    names = [row.name for row in blank(ROWS, ["dE/dg_1"]) if row.blank]
    assert names == ["dE/dg_1", "dE/du_10", "dE/du_11", "dE/du_12", "u_10", "u_11", "u_12"]


def test_the_blanks_of_a_batch_reach_its_mean() -> None:
    """The slopes of one unit in one example take the means and updates with them, and not the other example."""
    sheet = blank(trace(NET, HalfSquaredError([[1.0], [0.0]]), [[1.0, 0.0], [1.0, 1.0]]), ["dE_1/du_11"])
    names = [row.name for row in sheet if row.blank]
    assert names == [f"{of}u_1{k}" for of in ("dE_1/d", "dE/d", "") for k in range(3)]


def test_a_mean_is_blank_alone() -> None:
    """A batch's means have nothing in common: of one that was asked for only the update follows."""
    sheet = blank(trace(NET, HalfSquaredError([[1.0], [0.0]]), [[1.0, 0.0], [1.0, 1.0]]), ["dE/du_11"])
    assert [row.name for row in sheet if row.blank] == ["dE/du_11", "u_11"]


def test_formulas_are_read_as_they_are_meant() -> None:
    """The reader of these tests multiplies what stands side by side, and knows a star that belongs to a name."""
    values = {"g_1": 0.25, "y*_1": 1.0, "u_1,12": 2.0, "dE/dg(2)_1": 3.0, "eta": 0.5}
    assert calculated("1/2 ((g_1 - y*_1)^2 + 1)", values) == 0.5 * (0.75**2 + 1)
    assert calculated("dE/dg(2)_1 tanh'(g_1) u_1,12", values) == 3 * (1 - 0.25**2) * 2
    assert calculated("u_1,12 - eta dE/dg(2)_1", values) == 0.5
