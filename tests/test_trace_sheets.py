"""Exercise sheets: nothing that is shown gives a blank away, and every blank can be calculated from above."""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_trace import NET, ROWS, each_end, tasks

from fnnet.teaching import KINDS, HalfSquaredError, Row, blank, text, trace
from fnnet.values import evolve

BLANK = "____"

FUNCTION = r"(?:s|tanh|relu|leaky|exp|log)'?\("
NAME = r"(?:dE(?:_\d+)?/d)?(?:y\*|[a-z])(?:\(\d+\))?_\d+(?:,\d+)?|E_\d+|E|eta|slope|c(?![a-z])"
NUMBER = r"\d+(?:\.\d+)?(?:e[+-]?\d+)?"
TOKEN = rf"(?P<function>{FUNCTION})|(?P<name>{NAME})|(?P<number>{NUMBER})|(?P<sign>[-+/^*()])|(?P<space>\s+)"

FUNCTIONS = {
    "s": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": math.tanh,
    "relu": lambda z: max(z, 0.0),
    "leaky": lambda z: max(z, 0.1 * z),
    "exp": math.exp,
    "log": math.log,
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
    return float(eval(written, {"__builtins__": {}}, {**FUNCTIONS, "v": values}))


def printed(sheet: Iterable[Row]) -> tuple[set[str], list[tuple[str, ...]]]:
    """What a printed sheet says: the names whose figures are given or shown, and its lines in their four parts."""
    known, lines, kind = set(), [], ""
    for line in text(sheet, 10**6).splitlines():
        if heading := re.match(rf"(?:example \d+, |all examples, )?({'|'.join(KINDS)})$", line):
            kind = heading[1]
        elif kind == "given":
            known |= names_in(line)
        elif len(cells := re.split(r"\s{2,}", line.strip())) == 4:
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


@each_end
@given(data=st.data())
def test_no_more_is_blank_than_has_to_be(end: str, data: Any) -> None:
    """A row that was not asked for is blank only where its formula has a blank in it."""
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
    """A slope of one example alone takes the mean and its update with it, and not the other example."""
    sheet = blank(trace(NET, HalfSquaredError([[1.0], [0.0]]), [[1.0, 0.0], [1.0, 1.0]]), ["dE_1/du_11"])
    assert [row.name for row in sheet if row.blank] == ["dE_1/du_11", "dE/du_11", "u_11"]


def test_formulas_are_read_as_they_are_meant() -> None:
    """The reader of these tests multiplies what stands side by side, and knows a star that belongs to a name."""
    values = {"g_1": 0.25, "y*_1": 1.0, "u_1,12": 2.0, "dE/dg(2)_1": 3.0, "eta": 0.5}
    assert calculated("1/2 ((g_1 - y*_1)^2 + 1)", values) == 0.5 * (0.75**2 + 1)
    assert calculated("dE/dg(2)_1 tanh'(g_1) u_1,12", values) == 3 * (1 - 0.25**2) * 2
    assert calculated("u_1,12 - eta dE/dg(2)_1", values) == 0.5
