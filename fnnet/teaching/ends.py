"""The end of a network: what its outputs become, the loss E, and the errors on the outputs.

The mean squared error is ``E = (1/K) sum_i (h_i - y*_i)^2`` over the K outputs, so ``dE/dh_i = 2 (h_i - y*_i) / K``:
the lecture's error ``y - y*``, times 2 / K. Both cross-entropies have it exactly, ``dE/dh_i = p_i - y*_i``.
"""

from collections.abc import Iterator

import numpy as np

from fnnet.losses import MeanSquaredError, SigmoidCrossEntropy
from fnnet.teaching.example import Example
from fnnet.teaching.expression import (
    Call,
    Equation,
    Minus,
    Number,
    Over,
    Product,
    Ratio,
    Square,
    Sum,
    Symbol,
    Term,
)  # fmt: skip
from fnnet.teaching.steps import Step
from fnnet.values.numeric import sigmoid, softmax


def targets(ex: Example) -> tuple[Symbol, ...]:
    """The targets y*_i; of a class index, a 1 among zeros."""
    rows = ex.loss.targets if ex.loss.targets.ndim == 2 else np.eye(len(ex.units[-1]))[ex.loss.targets]
    return tuple(Symbol("y*", (i,), value=float(value)) for i, value in enumerate(rows[0], 1))


def _squared(ex: Example) -> bool:
    return type(ex.loss) is MeanSquaredError


def _own(ex: Example) -> tuple[int, str, str]:
    """The last layer, the index of its units, and another index for sums over them."""
    n = len(ex.board.levels)
    i = ex.letters.index(n, n)
    return n, i, "i" if i == "m" else "m"


def heads(ex: Example) -> tuple[Symbol, ...]:
    """What E is made of: the probabilities p_i, or the last units themselves."""
    if _squared(ex) and ex.ends is None:
        return tuple(ex.unit(len(ex.board.levels), i) for i in range(1, len(ex.units[-1]) + 1))
    values = sigmoid(ex.units[-1]) if type(ex.loss) is SigmoidCrossEntropy else softmax(ex.units[-1])
    return tuple(Symbol("p", (i,), value=float(p)) for i, p in enumerate(values, 1))


def ahead(ex: Example) -> Iterator[Step]:
    """From the last units to E: the probabilities, if there are any, and the loss."""
    n, i, m = _own(ex)
    h, found = ex.letters.unit(n, i), heads(ex)
    units = [ex.unit(n, k) for k in range(1, len(found) + 1)]
    if found[0].letter == "p":
        total: Term = Sum(tuple(Call("exp", unit) for unit in units))
        general = _probability(ex, h, Over(m, Call("exp", ex.letters.unit(n, m))))
        for k, p in enumerate(found, 1):
            yield n, k, Equation(p, _probability(ex, units[k - 1], total)), Equation(Symbol("p", (i,)), general)
    parts = [_part(ex, *each) for each in zip(found, units, targets(ex), strict=True) if _counts(ex, each[2])]
    loss = Symbol(ex.letters.loss.letter, ex.letters.loss.indices, value=ex.value)
    term = parts[0] if len(parts) == 1 else Sum(tuple(parts))
    every = _part(ex, Symbol(found[0].letter, (i,), found[0].layer), h, Symbol("y*", (i,)))
    every = every if len(found) == 1 else Over(i, every)
    yield n, None, Equation(loss, _whole(ex, term)), Equation(ex.letters.loss, _whole(ex, every))


def _probability(ex: Example, unit: Symbol, total: Term) -> Term:
    return Call("s", unit) if type(ex.loss) is SigmoidCrossEntropy else Ratio(Call("exp", unit), total)


def _counts(ex: Example, target: Symbol) -> bool:
    """Whether a target has a part in E: the cross-entropy with softmax leaves out those that are 0."""
    return target.value != 0 or _by_output(ex)


def _by_output(ex: Example) -> bool:
    """Whether E is a mean over the outputs too."""
    return _squared(ex) or type(ex.loss) is SigmoidCrossEntropy


def _part(ex: Example, head: Symbol, unit: Symbol, target: Symbol) -> Term:
    """What one output adds to E."""
    if _squared(ex):
        return Square(Sum((head, Minus(target))))
    if type(ex.loss) is SigmoidCrossEntropy:
        softplus = Call("log", Sum((Number(1.0), Call("exp", unit))))
        return Sum((softplus, Minus(Product((target, unit)))))
    return Product((target, Call("log", head)))


def _whole(ex: Example, term: Term) -> Term:
    return _over_outputs(ex, term) if _by_output(ex) else Minus(term)


def _over_outputs(ex: Example, term: Term) -> Term:
    many = len(ex.units[-1])
    return term if many == 1 else Ratio(term, Number(float(many)))


def _error(ex: Example, head: Symbol, target: Symbol) -> Term:
    away = Sum((head, Minus(target)))
    if _squared(ex):
        return _over_outputs(ex, Product((Number(2.0), away)))
    return _over_outputs(ex, away) if _by_output(ex) else away


def back(ex: Example) -> Iterator[Step]:
    """Step 3 and the first errors: from E to the last units, through the Softmax layer if there is one."""
    n, i, m = _own(ex)
    found, h = heads(ex), ex.letters.unit(n, i)
    head = Symbol(found[0].letter, (i,), found[0].layer)
    general = _error(ex, head, Symbol("y*", (i,)))
    direct = [_error(ex, p, target) for p, target in zip(found, targets(ex), strict=True)]
    if ex.ends is None:
        for k, term in enumerate(direct, 1):
            yield n, k, Equation(ex.error(n, k), term), Equation(ex.letters.error(h), general)
        return
    of = [ex.letters.error(p, float(error)) for p, error in zip(found, ex.ends[1], strict=True)]
    for k, term in enumerate(direct, 1):
        yield n, k, Equation(of[k - 1], term), Equation(ex.letters.error(head), general)
    p_m = Symbol("p", (m,))
    rule = _through(head, ex.letters.error(head), Over(m, Product((p_m, ex.letters.error(p_m)))))
    mean = Sum(tuple(Product(pair) for pair in zip(found, of, strict=True)))
    for k, (p, error) in enumerate(zip(found, of, strict=True), 1):
        yield n, k, Equation(ex.error(n, k), _through(p, error, mean)), Equation(ex.letters.error(h), rule)


def _through(p: Symbol, error: Symbol, mean: Term) -> Term:
    """``p_i (dE/dp_i - sum_m p_m dE/dp_m)``, the Jacobian of softmax."""
    return Product((p, Sum((error, Minus(mean)))))
