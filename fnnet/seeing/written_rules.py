"""The general formulas of a network, as JSON: the page puts numbers in, and writes none of them down itself."""

from collections.abc import Callable
from typing import Any

from fnnet.layers import Scale, Standardize
from fnnet.seeing.rules import rule_as_json
from fnnet.teaching import equations
from fnnet.teaching.moves import constants, moves
from fnnet.teaching.terms import Equation, Index, Over, Symbol
from fnnet.teaching.worked_example import UNITS, WEIGHTS, WorkedExample
from fnnet.values.record import evolve


def formulas(example: WorkedExample, optimizer: Any, batch: int) -> dict[str, Any]:
    """All formulas of a network, from one example of it; ``batch`` says whether its examples have numbers, as in E_n.

    A formula has the letters of its own indices, ``outer`` and for a weight ``inner``, and says by ``ranges`` how far
    each letter runs over which it sums. ``letters`` tells what the symbols of layer n of units are called.
    """
    one = evolve(example, total=Symbol("E", ("n",) if batch > 1 else ()))
    whole = evolve(example, total=Symbol("E"))
    last, levels = example.last, range(1, example.last + 1)
    return {
        "letters": _letters(example),
        "constants": constants(optimizer),
        "prepared": _rule(one, 0, equations.prepared(one, one.index(0, 0))) if _prepares(example) else None,
        "unit": [_rule(one, n, equations.unit(one, n, one.index(n, n))) for n in levels],
        "probability": _last(one, equations.probability) if example.probabilities is not None else None,
        "loss": _last(one, lambda example, i: equations.loss_rule(example)),
        "outcomeError": _last(one, equations.output_error),
        "softmaxError": _last(one, equations.softmax_error) if example.board.softmax else None,
        "unitError": [_rule(one, n, equations.unit_error(one, n, one.index(n, n))) for n in range(1, last)],
        "weight": [[_weight(one, n, k) for k in (0, one.index(n - 1, n))] for n in levels],
        "meanLoss": _mean(whole, last, one.total, whole.total),
        "mean": [[_mean_weight(one, whole, n, k) for k in (0, one.index(n - 1, n))] for n in levels],
        "moves": [[_moves(whole, optimizer, n, k) for k in (0, one.index(n - 1, n))] for n in levels],
    }


def _letters(example: WorkedExample) -> dict[str, Any]:
    """What the symbols of each layer are called: a letter, in a deep network with the number of the layer."""
    deep, levels = example.deep, range(1, example.last + 1)
    return {
        "units": [UNITS[0], *("g" if deep else UNITS[n] for n in levels)],
        "weights": ["u" if deep else WEIGHTS[n - 1] for n in levels],
        "deep": deep,
    }


def _prepares(example: WorkedExample) -> bool:
    return any(isinstance(layer, Scale | Standardize) for layer in example.board.first)


def _rule(example: WorkedExample, n: int, equation: Equation, inner: Index | None = None) -> dict[str, Any]:
    """A formula about layer n of units, in which the layers beside it may be summed over."""
    sizes = example.board.sizes
    ranges = {example.index(layer, n): sizes[layer] for layer in (n - 1, n, n + 1) if 0 <= layer < len(sizes)}
    return {**rule_as_json(equation), "layer": n, "outer": example.index(n, n), "inner": inner, "ranges": ranges}


def _last(example: WorkedExample, formula: Callable[[WorkedExample, Index], Equation]) -> dict[str, Any]:
    """A formula about one of the last units, in which they themselves are summed over, by another letter."""
    n = example.last
    rule = _rule(example, n, formula(example, example.index(n, n)))
    return {**rule, "ranges": dict.fromkeys((rule["outer"], equations.other(example)), example.board.sizes[n])}


def _weight(example: WorkedExample, n: int, k: Index) -> dict[str, Any]:
    return _rule(example, n, equations.weight_error(example, n, example.index(n, n), k), k)


def _mean(example: WorkedExample, n: int, part: Symbol, whole: Symbol, k: Index | None = None) -> dict[str, Any]:
    """The mean over the examples of a batch; the page knows how many there are, which divides here by 1."""
    return _rule(example, n, equations.average(whole, (Over("n", part),), 1), k)


def _mean_weight(one: WorkedExample, whole: WorkedExample, n: int, k: Index) -> dict[str, Any]:
    j = one.index(n, n)
    return _mean(whole, n, one.gradient(n, j, k), whole.gradient(n, j, k), k)


def _moves(example: WorkedExample, optimizer: Any, n: int, k: Index) -> list[dict[str, Any]] | None:
    j = example.index(n, n)
    lines = moves(optimizer, example.weight(n, j, k), example.gradient(n, j, k))
    return None if lines is None else [_rule(example, n, line, k) for line in lines]
