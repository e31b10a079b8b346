"""What a notebook shows of networks and of several records: a table, with a row for each.

A record draws itself. A tuple and a list can't, so a notebook shows them as tables after ``%load_ext fnnet``.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import attrs

from fnnet.network.folds import Params
from fnnet.network.shapes import check_network, layers_of
from fnnet.telling.markup import cells, table
from fnnet.values.errors import UsageError
from fnnet.values.tree import count_params


def network_table(net: Params) -> str:
    """A row for each layer: its place, its name, what it holds, and how many numbers of it are trained.

    >>> from fnnet import Scale
    >>> network_table((Scale(0.5),))
    '<table>...network, 0 numbers trained...Scale...factor 0.5...'
    """
    rows = [(place, type(layer).__name__, _held(layer), f"{count_params(layer):,}") for place, layer in layers_of(net)]
    return table(f"network, {count_params(net):,} numbers trained", rows, ("", "layer", "holds", "trained"))


def _held(layer: Any) -> str:
    return ", ".join(f"{name} {value}" for name, value in cells(layer).items()) if attrs.has(type(layer)) else ""


def records_table(title: str, records: Sequence[Any]) -> str:
    """A row for each record of one class, with its fields, or what its method ``shown`` gives, in the columns."""
    rows = [cells(record) for record in records]
    return table(title, [row.values() for row in rows], rows[0] if rows else ())


def drawn(value: Any) -> str | None:
    """The table of a network, or of a list or tuple of records of one class; None for everything else.

    >>> from fnnet import Scale
    >>> drawn((1, 2)), drawn(()), drawn([Scale(0.5)])[:7]
    (None, None, '<table>')
    """
    if type(value) not in (tuple, list) or not value:
        return None
    if _is_network(value):
        return network_table(value)
    kind = type(value[0])
    alike = attrs.has(kind) and all(type(item) is kind for item in value)
    return records_table(f"{kind.__name__} \N{MULTIPLICATION SIGN} {len(value)}", value) if alike else None


def _is_network(value: Any) -> bool:
    with suppress(UsageError):
        check_network(value)
        layers = [layer for _, layer in layers_of(value)]
        return bool(layers) and all(hasattr(layer, "backward") for layer in layers)
    return False


def register(ipython: Any) -> None:
    """Let a notebook show networks and lists of records as tables; every other tuple and list stays as it was."""
    html = ipython.display_formatter.formatters["text/html"]
    for kind in (tuple, list):
        html.for_type(kind, _or_as_before(html.for_type(kind)))


def _or_as_before(before: Callable[[Any], str | None] | None) -> Callable[[Any], str | None]:
    def show(value: Any) -> str | None:
        return drawn(value) or (before(value) if before else None)

    return show
