"""The text of a worked example is as wide as the page: no number breaks, nothing is lost, and it looks like a board."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_trace import DISTINCT, FIRST, LOSS, NET, ROWS, X, each_end, tasks

from fnnet.teaching import KINDS, HalfSquaredError, blank, latex, markdown, solution, text, trace
from fnnet.teaching.layout import folded

WIDTHS = (60, 80, 200)
NUMBER = r"\d+(?:\.\d+)?(?:e[+-]?\d+)?"


def bare(said: str) -> str:
    """What a text says, without the spaces and the signs between its columns."""
    return re.sub(r"\s|<-|=", "", said)


@each_end
@given(data=st.data())
def test_every_line_fits_and_no_number_breaks(end: str, data: Any) -> None:
    """At 60, 80 and 200 columns no line is longer, every number is whole, and all say the same in the same order."""
    rows = trace(*data.draw(tasks(end)), digits=data.draw(st.integers(2, 5)))
    whole = text(rows, 10_000)
    for width in WIDTHS:
        said = text(rows, width)
        assert max(map(len, said.splitlines())) <= width
        assert bare(said) == bare(whole)
        assert re.findall(NUMBER, said) == re.findall(NUMBER, whole)


@given(data=st.data())
def test_blank_sheets_fit_too(data: Any) -> None:
    """What is left blank is a blank on every width."""
    sheet = blank(trace(*data.draw(tasks("lecture"))), ["errors"])
    for width in WIDTHS:
        said = text(sheet, width)
        assert max(map(len, said.splitlines())) <= width
        assert len(re.findall(r"(?m)_{4,} .*_{4,}$", said)) == sum(row.blank for row in sheet)


@each_end
@given(data=st.data())
def test_a_sheet_has_the_room_for_its_solution(end: str, data: Any) -> None:
    """Filled in, no line of a sheet moves: each is where it is on the full text, and no blank is less wide."""
    rows = trace(*data.draw(tasks(end)))
    sheet = blank(rows, data.draw(st.lists(st.sampled_from(KINDS[1:]), min_size=1, max_size=2)))
    for width in WIDTHS:
        full, empty = text(rows, width).splitlines(), text(sheet, width, rows).splitlines()
        kept = [line for line in empty if "____" not in line]
        assert len(full) == len(empty)
        assert [line.strip() for line in kept] == [line.strip() for line in full if line in kept]
        for line, other in zip(full, empty, strict=True):
            assert line == other or ("____" in other and len(other.rstrip()) >= len(line.rstrip()))


@pytest.mark.parametrize("width", [80, 200])
def test_a_solution_is_laid_out_like_its_sheet(width: int) -> None:
    """A solution of short lines has two lines for each row where its sheet has."""
    sheet = blank(ROWS, ["updates"])
    lines = text(solution(sheet), width, sheet).splitlines()
    assert ("        = 0.3 - 0.5*(-0.09399)  =  0.3470" in lines) == (width == 80)
    assert ("  v_10 <- v_10 - eta dE/dv_10" in text(sheet, width).splitlines()) == (width == 80)


def test_blanks_are_wide() -> None:
    """There is room for `0.60627*(1 - 0.60627)*0.8*(-0.39373)`, and the width of a result tells no sign."""
    sheet = blank(ROWS, ["errors"])
    for width in (80, 200):
        lines = [line for line in text(sheet, width).split("errors\n")[1].splitlines() if "____" in line][:3]
        assert all(len(re.findall("_{4,}", line)[0]) >= len("0.60627*(1 - 0.60627)*0.8*(-0.39373)") for line in lines)
        assert len({re.findall("_{4,}", line)[1] for line in lines}) == 1
    assert "_" * 39 in markdown(sheet)
    assert r"\hspace{19.5em}" in latex(sheet)


BOARD = """
  dE/dv_10 = dE/dh_1 s'(h_1)
           = -0.39373*0.60627*(1 - 0.60627)         = -0.09399
  dE/dv_11 = dE/dh_1 s'(h_1) g_1
           = -0.39373*0.60627*(1 - 0.60627)*0.64566 = -0.06068
"""
TABLE = """
  dE/dv_10  dE/dh_1 s'(h_1)      -0.39373*0.60627*(1 - 0.60627)          -0.09399
  dE/dv_11  dE/dh_1 s'(h_1) g_1  -0.39373*0.60627*(1 - 0.60627)*0.64566  -0.06068
"""
NARROW = """
  v_10 <- v_10 - eta dE/dv_10
        = 0.3 - 0.5*(-0.09399)  =  0.3470
"""
GIVEN = """
  u_10 =  0.1   u_11 =  0.5   u_12 = -0.3
  u_20 = -0.2   u_21 =  0.4   u_22 =  0.6
  v_10 =  0.3   v_11 =  0.8   v_12 = -0.7
  f_1 = 1   f_2 = 0
"""


@pytest.mark.parametrize(("width", "lines"), [(80, BOARD), (200, TABLE), (60, NARROW), (80, GIVEN)])
def test_it_looks_like_a_board(width: int, lines: str) -> None:
    """Where a table does not fit, the formula stands above its numbers and the results in a column; else it is one."""
    assert lines in text(ROWS, width)


WHY = "Where 4 digits would not bring the result, the numbers put in have more."


def test_why_some_numbers_are_longer() -> None:
    """Below the first section with numbers of more digits than their result stands why, once; else nowhere."""
    for said in (text(ROWS), markdown(ROWS), latex(ROWS)):
        assert said.count(WHY) == 1
        assert said.index("forward") < said.index(WHY) < said.index("errors")
    assert "Where 1 digit would" in text(trace(NET, LOSS, X, digits=1))
    assert text(ROWS, 60).count("  Where 4 digits would not bring") == 1
    assert "Where" not in text(trace((FIRST,), HalfSquaredError([[1.0, 0.0]]), [[1.0, 0.0]]))
    assert text(blank(ROWS, ["forward"])).count(WHY) == 1


@each_end
@given(data=st.data())
def test_the_gradients_of_a_layer_are_put_in_alike(end: str, data: Any) -> None:
    """Neighbors show the same error and the same slope with the same figures."""
    rows = [row for row in trace(*data.draw(tasks(end))) if row.kind == "gradients"]
    assert len({(row.example, row.layer, row.carried) for row in rows}) == len(
        {(row.example, row.layer) for row in rows}
    )


def test_all_parts_have_one_layout() -> None:
    """One part that does not fit on one line takes the others with it."""
    width = max(map(len, text(DISTINCT, 200).splitlines()))
    assert text(DISTINCT, width) == text(DISTINCT, 200)
    shown = text(DISTINCT, width - 1).split("updates\n")[1]
    assert shown.count("\n        = ") + shown.count("\n         = ") == sum(row.kind == "updates" for row in DISTINCT)


FOLDED = {
    ("0.1 + 0.5*1", 20): ["0.1 + 0.5*1"],
    ("u_10 + u_11 f_1 + u_12 f_2", 20): ["u_10 + u_11 f_1", "  + u_12 f_2"],
    ("-0.39373*0.60627*(1 - 0.60627)*0.54983", 30): ["-0.39373*0.60627*(1 - 0.60627)", "  *0.54983"],
    ("sum_i y*_i log(p_i)", 12): ["sum_i y*_i", "  log(p_i)"],
    ("1.234e-5 - 1.234e-5", 12): ["1.234e-5", "  - 1.234e-5"],
    ("0.123456789012", 5): ["0.123456789012"],
}


@pytest.mark.parametrize(("said", "width"), FOLDED)
def test_lines_go_on_before_an_operator(said: str, width: int) -> None:
    """A formula goes on before a sign, a star or a factor, indented; what can't be broken is longer."""
    assert folded(said, width) == FOLDED[said, width]
