"""What goes wrong in a Sigmoid layer. The formulas here are the mistakes, not the answers."""

import numpy as np

from fnnet.array import Array
from fnnet.grading.catalog.mistake import Catalog, Mistake, page, scalings
from fnnet.grading.given import Given
from fnnet.numeric import sigmoid

FORWARD, BACKWARD, CHAIN = page("sigmoid#forward"), page("sigmoid#backward"), page("back-propagation#chain")


def y(g: Given) -> Array:
    """The right output."""
    return sigmoid(g.x)


def dx(g: Given) -> Array:
    """The right gradient, at the output y."""
    return np.asarray(g.dout * g.y * (1 - g.y))


FORWARDS: Catalog = (
    Mistake("exponent without minus", "the sign of x in the exponent is wrong", FORWARD, lambda g: 1 - y(g)),
    Mistake(
        "precedence",
        "1 is divided by 1 before the exponential is added; a pair of brackets is missing",
        FORWARD,
        lambda g: 1 / 1 + np.exp(-g.x),
    ),
    Mistake("minus in the denominator", "the denominator has a minus", FORWARD, lambda g: 1 / (1 - np.exp(-g.x))),
    Mistake("tanh", "this is the hyperbolic tangent, from -1 to 1", FORWARD, lambda g: np.tanh(g.x)),
    Mistake("slope as output", "forward returns the slope of the sigmoid", FORWARD, lambda g: y(g) * (1 - y(g))),
    Mistake(
        "rounded", "the output is rounded to 0 or 1; a step has no slope to learn by", FORWARD, lambda g: np.round(y(g))
    ),
    Mistake("relu", "this is max(x, 0), another activation", FORWARD, lambda g: np.maximum(g.x, 0)),
    Mistake("identity", "forward hands x on as it came", FORWARD, lambda g: g.x),
)

DX: Catalog = (
    *scalings("dx", "sigmoid#backward", dx),
    Mistake(
        "d_out forgotten",
        "dx is the local slope alone; the chain rule multiplies by the upstream gradient",
        CHAIN,
        lambda g: g.y * (1 - g.y),
    ),
    Mistake(
        "d_out added",
        "the upstream gradient is added; the chain rule multiplies",
        CHAIN,
        lambda g: g.dout + g.y * (1 - g.y),
    ),
    Mistake(
        "slope from x",
        "the slope is computed from the input x instead of the output",
        BACKWARD,
        lambda g: g.dout * g.x * (1 - g.x),
    ),
    Mistake(
        "sigmoid twice",
        "the sigmoid is applied to the output once more before the slope is taken",
        BACKWARD,
        lambda g: g.dout * sigmoid(g.y) * (1 - sigmoid(g.y)),
    ),
    Mistake(
        "one factor missing: y",
        "the slope has only the factor that falls with y",
        BACKWARD,
        lambda g: g.dout * (1 - g.y),
    ),
    Mistake(
        "one factor missing: 1 - y", "the slope has only the factor that grows with y", BACKWARD, lambda g: g.dout * g.y
    ),
    Mistake("slope of tanh", "this is the slope of the hyperbolic tangent", BACKWARD, lambda g: g.dout * (1 - g.y**2)),
    Mistake("plus for minus", "one sign in the slope is wrong", BACKWARD, lambda g: g.dout * g.y * (1 + g.y)),
    Mistake("slope squared", "the slope is taken twice", BACKWARD, lambda g: dx(g) * g.y * (1 - g.y)),
    Mistake("slope left out", "d_out is handed on as it came; the slope has no part in dx", BACKWARD, lambda g: g.dout),
    Mistake(
        "dx averaged",
        "dx is divided by the batch size; the loss has already been averaged",
        BACKWARD,
        lambda g: dx(g) / g.n,
    ),
    Mistake("slope of relu", "this is the slope of max(x, 0)", BACKWARD, lambda g: g.dout * (g.x > 0)),
)
