"""Formulas as JSON, for the page: a term is a list whose first word says its kind."""

from typing import Any, TypeAlias

from fnnet.teaching.terms import (
    Call,
    Equation,
    Minus,
    Number,
    Over,
    Product,
    Ratio,
    Root,
    Slope,
    Square,
    Sum,
    Symbol,
    Term,
)  # fmt: skip

Json: TypeAlias = list[Any]


def plain(term: Term) -> Json:
    """A term of a general rule, in whose symbols nobody looks at the value.

    >>> plain(Minus(Over("k", Symbol("E", ("k",)))))
    ['minus', ['over', 'k', ['symbol', {'letter': 'E', 'indices': ['k']}]]]
    """
    return _as_json(term, valued=False)


def term_as_json(term: Term) -> Json:
    """A term with the values of its symbols.

    >>> term_as_json(Square(Symbol("u", (1, 2), value=0.5)))
    ['square', ['symbol', {'letter': 'u', 'indices': [1, 2], 'value': 0.5}]]
    """
    return _as_json(term, valued=True)


def rule_as_json(rule: Equation) -> dict[str, Any]:
    """A general rule.

    >>> rule_as_json(Equation(Symbol("c"), Number(2.0)))
    {'left': ['symbol', {'letter': 'c', 'indices': []}], 'right': ['number', 2.0], 'step': False}
    """
    return {"left": plain(rule.left), "right": plain(rule.right), "step": rule.step}


def _as_json(term: Term, valued: bool) -> Json:
    kind = type(term).__name__.lower()
    match term:
        case Symbol():
            return [kind, _symbol(term) | ({"value": term.value} if valued else {})]
        case Number(value):
            return [kind, value]
        case Call(letter, argument, slope):
            return [kind, letter, _as_json(argument, valued), slope]
        case Slope(letter, output, meaning):
            return [kind, letter, _as_json(output, valued), meaning.value if isinstance(meaning, Number) else 0.0]
        case Sum(parts) | Product(parts):
            return [kind, [_as_json(part, valued) for part in parts]]
        case Ratio(top, bottom):
            return [kind, _as_json(top, valued), _as_json(bottom, valued)]
        case Over(index, part):
            return [kind, index, _as_json(part, valued)]
        case Minus(part) | Square(part) | Root(part):
            return [kind, _as_json(part, valued)]


def _symbol(symbol: Symbol) -> dict[str, Any]:
    """A symbol's name in its parts, without those that it doesn't have."""
    parts: dict[str, Any] = {"letter": symbol.letter, "indices": list(symbol.indices)}
    layer = {"layer": symbol.layer} if symbol.layer else {}
    return parts | layer | ({"of": _symbol(symbol.of)} if symbol.of else {})
