"""Worked examples as plain text that fits the page: a line for each row, or two as on a board."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from textwrap import wrap

from fnnet.teaching.rows import Row
from fnnet.teaching.sections import filled_in, notes, remark, rules, sections, written

MARGIN = "  "


def text(rows: Iterable[Row], width: int = 80, like: Iterable[Row] = ()) -> str:
    """The rows as plain text of this width: a heading with the general formulas, and the rows below it.

    A row is one line where all of them fit the width. Else it is two, as on a board: the formula, and under it the
    numbers put in with the result. What is longer still goes on before an operator. No number is broken.

    What is blank takes the room of what belongs there, so a sheet looks as it will when it is filled in. ``like`` are
    the rows of the whole sheet, where ``rows`` are its solution: both are laid out alike.
    """
    rows = list(rows)
    parts = list(sections(rows))
    one_line = _fits_one_line([*like] or rows, width)
    lines = [line for note in notes(rows) for line in wrap(note, width, break_long_words=False)]
    for heading, part in parts:
        shown = (
            (_columns(part) if one_line else _two_lines(part, width)) if _has_formulas(part) else _given(part, width)
        )
        lines += ["", heading, *_general(part, width), *shown, *_remarked(remark(rows, part), width)]
    return "\n".join(lines).strip("\n") + "\n"


def _fits_one_line(rows: list[Row], width: int) -> bool:
    """Whether each row fits on one line, with its blanks and with what belongs there."""
    parts = [part for _, part in sections(rows) if _has_formulas(part)]
    return all(len(line) <= width for part in parts for some in (part, filled_in(part)) for line in _columns(some))


def _has_formulas(part: list[Row]) -> bool:
    return part[0].term is not None


def _general(part: list[Row], width: int) -> list[str]:
    """The general formulas, and an empty line below them."""
    lines = [line for rule in rules(part) for line in _indented(folded(rule, width - len(MARGIN)))]
    return [*lines, ""] if lines else []


def _remarked(said: str, width: int) -> list[str]:
    """A remark, below an empty line."""
    return ["", *_indented(wrap(said, width - len(MARGIN)))] if said else []


def _indented(lines: Iterable[str]) -> list[str]:
    return [MARGIN + line for line in lines]


def _columns(rows: list[Row]) -> list[str]:
    """A line for each row, its parts in columns."""
    cells = written(rows)
    widths = [_widest(column) for column in zip(*cells, strict=True)]
    return [
        f"  {name:<{widths[0]}}  {formula:<{widths[1]}}  {numbers:<{widths[2]}}  {result:>{widths[3]}}"
        for name, formula, numbers, result in cells
    ]


def _two_lines(rows: list[Row], width: int) -> Iterator[str]:
    """For each row its formula, and under it the numbers put in; the results stand in a column."""
    names, formulas, _, results = zip(*written(rows), strict=True)
    numbers = [row.numbers for row in filled_in(rows)]
    blanks = [row.blank for row in rows]
    sign = "<-" if rows[0].kind == "updates" else "="
    heads = [f"{MARGIN}{name:<{_widest(names)}} {sign} " for name in names]
    begin = len(heads[0])
    for head, formula, below in zip(
        heads, formulas, _with_results(numbers, results, blanks, width - begin), strict=True
    ):
        yield from _behind(head, folded(formula, width - begin))
        yield from _behind(f"{'= ':>{begin}}", below)


def _with_results(
    numbers: Sequence[str], results: Sequence[str], blanks: Sequence[bool], width: int
) -> list[list[str]]:
    """The numbers put in, in lines, or as many blank lines; the last with the result, which all stand in one column."""
    equals = [f" = {result:>{_widest(results)}}" for result in results]
    put_in = [folded(number, width - len(equals[0])) for number in numbers]
    column = max(4, _widest([line for lines in put_in for line in lines]))
    put_in = [["_" * column] * len(lines) if blank else lines for lines, blank in zip(put_in, blanks, strict=True)]
    return [[*lines[:-1], f"{lines[-1]:<{column}}{end}"] for lines, end in zip(put_in, equals, strict=True)]


def _behind(head: str, lines: list[str]) -> list[str]:
    """Lines behind a head, the first beside it and the others as far to the right."""
    return [head + lines[0], *(" " * len(head) + line for line in lines[1:])]


def _widest(texts: Sequence[str]) -> int:
    return max(map(len, texts))


def _given(rows: list[Row], width: int) -> Iterator[str]:
    """What is given, a line for the inputs, the targets, and the weights of each unit."""
    longest = max((len(row.result) for row in rows if _is_weight(row)), default=0)
    for _, line in groupby(rows, lambda row: (row.symbol.letter, row.layer, row.unit if _is_weight(row) else 0)):
        cells = [f"{row.name} = {row.result:>{longest if _is_weight(row) else 0}}" for row in line]
        many = max(1, (width - len(MARGIN) + 3) // (_widest(cells) + 3))
        yield from _indented("   ".join(cells[i : i + many]) for i in range(0, len(cells), many))


def _is_weight(row: Row) -> bool:
    return len(row.symbol.indices) > 1


def folded(text: str, width: int) -> list[str]:
    """A formula in lines of this width, which go on before an operator or a factor, and never inside a number.

    It breaks where the fewest brackets are open, before a sign rather than inside a product, unless that would
    leave most of the line empty. What can't be broken is longer.

    >>> folded("s(0.1 + 0.5*1 - 0.3*(1 - 0.25))", 20)
    ['s(0.1 + 0.5*1', '  - 0.3*(1 - 0.25))']
    """
    lines = []
    while len(text) > width and (places := _places(text)):
        fitting = [place for place in places if place[-1] <= width] or places[:1]
        late = [place for place in fitting if place[-1] > width // 3]
        _, _, place = min(late, key=lambda p: (p[0], p[1], -p[2])) if late else fitting[-1]
        lines.append(text[:place])
        text = f"  {text[place:].lstrip()}"
    return [*lines, text]


def _places(text: str) -> list[tuple[int, bool, int]]:
    """Where a formula may be broken: how many brackets are open, whether it is inside a product, and the place."""
    found = re.finditer(r" (?=[+-] )|(?<![+-]) |(?<!y)(?=\*)|(?=/\()", text)  # the star of y*_1 is part of a name
    places = [(m.start(), not re.match(r" [+-] ", text[m.start() :])) for m in found]
    return [(text[:p].count("(") - text[:p].count(")"), inside, p) for p, inside in places if text[:p].strip()]
