"""Tables in HTML, as a notebook shows them. Every text in them is escaped, and their colors are the page's."""

import re
from collections.abc import Iterable
from typing import Any

import attrs


def table(title: str, rows: Iterable[Iterable[object]], head: Iterable[str] = ()) -> str:
    """A table under its title, with numbers to the right.

    >>> table("a < b", [["x", 1.5]])
    '<table><caption ...>a &lt; b</caption><tr><td ...left">x</td><td ...right">1.5</td></tr></table>'
    """
    lines = [[_cell("th", name) for name in head], *([_cell("td", cell) for cell in row] for row in rows)]
    body = "".join(f"<tr>{''.join(line)}</tr>" for line in lines if line)
    style = "caption-side: top; text-align: left; font-weight: bold"
    return f'<table><caption style="{style}">{_escaped(title)}</caption>{body}</table>'


def cells(record: Any) -> dict[str, Any]:
    """What a table has of a record, by its columns: what its method ``shown`` gives, or else the fields of its repr."""
    if hasattr(record, "shown"):
        return record.shown()  # type: ignore[no-any-return]  # a record's own method
    told = [field for field in attrs.fields(type(record)) if field.repr]
    return {f.name: f.repr(getattr(record, f.name)) if callable(f.repr) else getattr(record, f.name) for f in told}


def record_table(record: Any) -> str:
    """A record as a table, with a line for each of its cells."""
    return table(type(record).__name__, cells(record).items())


def _cell(tag: str, value: object) -> str:
    side = "right" if re.fullmatch(r"-?\d[-+\d.,e]*", str(value)) else "left"
    return f'<{tag} style="text-align: {side}">{_escaped(value)}</{tag}>'


def _escaped(value: object) -> str:
    from html import escape  # which takes a while to load, and is wanted in notebooks alone

    return escape(str(value))
