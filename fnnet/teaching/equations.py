"""The formulas of back-propagation, each written once: for units by their numbers, and in general for their letters.

With a number for an index an equation is a row of the table; with a letter it is the rule that stands above it.

The lecture's loss is ``E = 1/2 sum_i (h_i - y*_i)^2``, so ``dE/dh_i`` is its error, ``h_i - y*_i``. Both
cross-entropies have it too, ``dE/dh_i = p_i - y*_i``. The mean squared error, ``E = (1/K) sum_i (h_i - y*_i)^2`` over
the K outputs, has it times 2 / K.
"""

from collections.abc import Iterator, Sequence

from fnnet.layers import Scale, Standardize
from fnnet.losses import MeanSquaredError, SigmoidCrossEntropy, SoftmaxCrossEntropy
from fnnet.teaching.board import SQUARES
from fnnet.teaching.half_squared_error import HalfSquaredError
from fnnet.teaching.terms import Call, Equation, Index, Minus, Number, Over, Product, Ratio, Square, Sum, Symbol, Term
from fnnet.teaching.worked_example import WorkedExample, numbered
from fnnet.values.record import evolve


def prepared(example: WorkedExample, k: Index) -> Equation:
    """The input f_k from the raw x_k: ``c x_k`` after Scale, ``(x_k - m_k) / d_k`` after Standardize."""
    term: Term = example.input(k)
    for layer in example.board.first:
        if isinstance(layer, Scale):
            term = Product((_factor(layer), term))
        if isinstance(layer, Standardize):
            term = Ratio(Sum((term, Minus(numbered("m", layer.mean, k)))), numbered("d", layer.deviation, k))
    return Equation(example.unit(0, k), term)


def constants(example: WorkedExample) -> Iterator[Symbol]:
    """The numbers of the layers that prepare the input."""
    for layer in example.board.first:
        if isinstance(layer, Scale):
            yield _factor(layer)
        if isinstance(layer, Standardize):
            yield from (numbered("m", layer.mean, k) for k in example.numbers(0))
            yield from (numbered("d", layer.deviation, k) for k in example.numbers(0))


def _factor(layer: Scale) -> Symbol:
    return Symbol("c", value=float(layer.factor))


def unit(example: WorkedExample, n: int, j: Index) -> Equation:
    """Step 2 of the lecture, ``g_j = s(u_j0 + sum_k u_jk f_k)``; with dropout ``u_jk r_k f_k``."""

    def product(k: Index) -> Term:
        return Product((example.weight(n, j, k), *example.kept(n - 1, k), example.unit(n - 1, k)))

    products = example.over(n - 1, j, example.index(n - 1, n), product)
    z = Sum((example.weight(n, j, 0), *products))
    return Equation(example.unit(n, j), example.board.levels[n - 1].activated(z))


def probability(example: WorkedExample, i: Index) -> Equation:
    """``p_i = exp(h_i) / sum_m exp(h_m)``; of a yes or no for each output, ``p_i = s(h_i)``."""
    n, h = example.last, example.unit(example.last, i)
    if isinstance(example.loss, SigmoidCrossEntropy):
        return Equation(example.outcome(i), Call("s", h))
    total = Sum(example.over(n, i, other(example), lambda m: Call("exp", example.unit(n, m))))
    return Equation(example.outcome(i), Ratio(Call("exp", h), total))


def other(example: WorkedExample) -> str:
    """An index for sums over the last units in a formula about one of them."""
    return "i" if example.index(example.last, example.last) == "m" else "m"


def loss(example: WorkedExample) -> Equation:
    """Step 3, E, of the outputs that have a part in it: cross-entropy with softmax leaves out targets of 0."""
    every = not isinstance(example.loss, SoftmaxCrossEntropy)
    parts = [_part(example, i) for i in example.numbers(example.last) if every or example.target(i).value != 0]
    return Equation(example.total, _whole(example, _one_or_sum(parts)))


def loss_rule(example: WorkedExample) -> Equation:
    """The general formula of E."""
    i = example.index(example.last, example.last)
    part = _part(example, i)
    return Equation(example.total, _whole(example, part if len(example.targets) == 1 else Over(i, part)))


def _part(example: WorkedExample, i: Index) -> Term:
    """What one output adds to E."""
    h, outcome, target = example.unit(example.last, i), example.outcome(i), example.target(i)
    if isinstance(example.loss, SQUARES):
        return Square(Sum((outcome, Minus(target))))
    if isinstance(example.loss, SigmoidCrossEntropy):
        return Sum((Call("log", Sum((Number(1.0), Call("exp", h)))), Minus(Product((target, h)))))
    return Product((target, Call("log", outcome)))


def _whole(example: WorkedExample, term: Term) -> Term:
    """E, from what its outputs add to it."""
    if isinstance(example.loss, HalfSquaredError):
        return Product((Ratio(Number(1.0), Number(2.0)), term))
    return Minus(term) if isinstance(example.loss, SoftmaxCrossEntropy) else _over_outputs(example, term)


def _over_outputs(example: WorkedExample, term: Term) -> Term:
    """A term over K, where E is a mean over the outputs and there are several."""
    many, mean = len(example.targets), isinstance(example.loss, MeanSquaredError | SigmoidCrossEntropy)
    return Ratio(term, Number(float(many))) if mean and many > 1 else term


def output_error(example: WorkedExample, i: Index) -> Equation:
    """The error on an output of the network, ``h_i - y*_i`` or ``2 (h_i - y*_i)``, and over K where E is."""
    away = Sum((example.outcome(i), Minus(example.target(i))))
    error = Product((Number(2.0), away)) if isinstance(example.loss, MeanSquaredError) else away
    return Equation(example.outcome_error(i), _over_outputs(example, error))


def softmax_error(example: WorkedExample, i: Index) -> Equation:
    """Through a Softmax layer, by its Jacobian: ``dE/dh_i = p_i (dE/dp_i - sum_m p_m dE/dp_m)``."""
    n = example.last
    products = example.over(n, i, other(example), lambda m: Product((example.outcome(m), example.outcome_error(m))))
    total = Sum(products) if isinstance(i, int) else products[0]
    return Equation(example.error(n, i), Product((example.outcome(i), Sum((example.outcome_error(i), Minus(total))))))


def unit_error(example: WorkedExample, n: int, j: Index) -> Equation:
    """Step 4a, ``dE/dg_j = sum_i s'(h_i) v_ij dE/dh_i``, for a layer n that is not the last."""

    def product(i: Index) -> Term:
        h = example.unit(n + 1, i)
        slope = example.board.levels[n].derivative(h)
        return Product((*slope, example.weight(n + 1, i, j), *example.kept(n, j), example.error(n + 1, i)))

    products = example.over(n + 1, j, example.index(n + 1, n), product)
    return Equation(example.error(n, j), _one_or_sum(products))


def weight_error(example: WorkedExample, n: int, j: Index, k: Index) -> Equation:
    """Step 4b, ``dE/du_jk = dE/dg_j s'(g_j) f_k``; the bias goes with a 1."""
    slope = example.board.levels[n - 1].derivative(example.unit(n, j))
    inputs = (*example.kept(n - 1, k), example.unit(n - 1, k)) if k else ()
    factors = (example.error(n, j), *slope, *inputs)
    return Equation(example.gradient(n, j, k), factors[0] if len(factors) == 1 else Product(factors))


def average(of: Symbol, parts: tuple[Term, ...], many: int) -> Equation:
    """What a batch has: the mean of what its examples have."""
    return Equation(of, Ratio(Sum(parts), Number(float(many))))


def update(batch: WorkedExample, lr: float, n: int, j: Index, k: Index) -> Equation:
    """Step 4c, ``u_jk <- u_jk - eta dE/du_jk``."""
    weight, error = batch.weight(n, j, k), batch.gradient(n, j, k)
    moved = evolve(weight, value=weight.value - lr * error.value)
    return Equation(moved, Sum((weight, Minus(Product((Symbol("eta", value=lr), error))))), step=True)


def _one_or_sum(terms: Sequence[Term]) -> Term:
    return terms[0] if len(terms) == 1 else Sum(tuple(terms))
