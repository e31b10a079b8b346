"""The lines of an optimizer's step for one weight, as equations: what it remembers, and the weight after it.

``m`` is a velocity or a mean of gradients, ``s`` a sum or a mean of their squares, as on the course's page on
optimizers. With weight decay lambda the gradient is ``dE/du + lambda u``; AdamW takes lambda from the weight itself.
"""

from collections.abc import Callable, Iterator
from typing import Any

from fnnet.optimizers import SGD, AdaGrad, Adam, AdamW, RMSprop
from fnnet.teaching.terms import Equation, Minus, Number, Product, Ratio, Root, Square, Sum, Symbol, Term
from fnnet.values.record import evolve

ETA, LAMBDA, BETA, ALPHA = Symbol("eta"), Symbol("lambda"), Symbol("beta"), Symbol("alpha")
BETA1, BETA2, EPS, C1, C2 = Symbol("beta1"), Symbol("beta2"), Symbol("eps"), Symbol("c1"), Symbol("c2")


def moves(optimizer: Any, weight: Symbol, gradient: Symbol) -> tuple[Equation, ...] | None:
    """The equations of a step, in order; each left side is new in those below it. None for an optimizer that has none.

    >>> from fnnet.teaching.writing import equation
    >>> u = Symbol("u", ("j", "k"))
    >>> for line in moves(SGD(momentum=0.9), u, evolve(u, of=Symbol("E"))):
    ...     print(equation(line))
    m_jk <- beta m_jk + dE/du_jk
    u_jk <- u_jk - eta m_jk
    """
    lines = LINES.get(type(optimizer))
    if lines is None:
        return None
    bias = weight.indices[-1] == 0
    decays = bool(optimizer.weight_decay) and (optimizer.decay == "all" or not bias)
    added = decays and not optimizer.decoupled
    slope: Term = Sum((gradient, Product((LAMBDA, weight)))) if added else gradient
    return tuple(lines(optimizer, weight, slope, decays and optimizer.decoupled))


def constants(optimizer: Any) -> dict[str, float]:
    """The numbers in these equations that stay the same, by their letters."""
    fields = {"momentum": BETA, "alpha": ALPHA, "beta1": BETA1, "beta2": BETA2, "eps": EPS, "weight_decay": LAMBDA}
    there = {symbol.letter: getattr(optimizer, name, None) for name, symbol in fields.items()}
    return {letter: float(value) for letter, value in there.items() if value is not None}


def _sgd(optimizer: SGD, weight: Symbol, slope: Term, decoupled: bool) -> Iterator[Equation]:
    change = slope
    if optimizer.momentum:
        m = _remembered("m", weight)
        yield Equation(m, Sum((Product((BETA, m)), slope)), step=True)
        change = Sum((slope, Product((BETA, m)))) if optimizer.nesterov else m
    yield _moved(weight, Product((ETA, change)))


def _adagrad(optimizer: AdaGrad, weight: Symbol, slope: Term, decoupled: bool) -> Iterator[Equation]:
    s = _remembered("s", weight)
    yield Equation(s, Sum((s, Square(slope))), step=True)
    yield _moved(weight, Product((ETA, Ratio(slope, _root(s)))))


def _rmsprop(optimizer: RMSprop, weight: Symbol, slope: Term, decoupled: bool) -> Iterator[Equation]:
    s = _remembered("s", weight)
    yield _mean(s, ALPHA, Square(slope))
    yield _moved(weight, Product((ETA, Ratio(slope, _root(s)))))


def _adam(optimizer: Adam | AdamW, weight: Symbol, slope: Term, decoupled: bool) -> Iterator[Equation]:
    m, s = _remembered("m", weight), _remembered("s", weight)
    yield _mean(m, BETA1, slope)
    yield _mean(s, BETA2, Square(slope))
    change = Product((ETA, Ratio(Ratio(m, C1), _root(Ratio(s, C2)))))
    shrunk = Product((weight, Sum((Number(1.0), Minus(Product((ETA, LAMBDA)))))))
    yield Equation(weight, Sum((shrunk if decoupled else weight, Minus(change))), step=True)


def _remembered(letter: str, weight: Symbol) -> Symbol:
    return evolve(weight, letter=letter)


def _mean(moment: Symbol, keep: Symbol, new: Term) -> Equation:
    fresh = Product((Sum((Number(1.0), Minus(keep))), new))
    return Equation(moment, Sum((Product((keep, moment)), fresh)), step=True)


def _moved(weight: Symbol, change: Term) -> Equation:
    return Equation(weight, Sum((weight, Minus(change))), step=True)


def _root(term: Term) -> Term:
    return Sum((Root(term), EPS))


#: What writes the lines of each optimizer.
LINES: dict[type, Callable[..., Iterator[Equation]]] = {
    SGD: _sgd,
    AdaGrad: _adagrad,
    RMSprop: _rmsprop,
    Adam: _adam,
    AdamW: _adam,
}
