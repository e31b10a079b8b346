"""What goes wrong in a Sigmoid layer. The formulas here are the mistakes, not the answers."""

import numpy as np

from fnnet.grading import pages
from fnnet.grading.catalog.mistake import Catalog, Mistake, scalings
from fnnet.grading.given import Given
from fnnet.values.array import Array
from fnnet.values.numeric import sigmoid


def y(g: Given) -> Array:
    """The right output."""
    return sigmoid(g.x)


def dx(g: Given) -> Array:
    """The right gradient, at the output y."""
    return np.asarray(g.dout * g.y * (1 - g.y))


FORWARDS: Catalog = (
    Mistake("exponent without minus", "the sign of x in the exponent is wrong", pages.SIGMOID, lambda g: 1 - y(g)),
    Mistake(
        "precedence",
        "1 is divided by 1 before the exponential is added; a pair of brackets is missing",
        pages.SIGMOID,
        lambda g: 1 / 1 + np.exp(-g.x),
    ),
    Mistake("minus in the denominator", "the denominator has a minus", pages.SIGMOID, lambda g: 1 / (1 - np.exp(-g.x))),
    Mistake("tanh", "this is the hyperbolic tangent, from -1 to 1", pages.SIGMOID, lambda g: np.tanh(g.x)),
    Mistake("slope as output", "forward returns the slope of the sigmoid", pages.SIGMOID, lambda g: y(g) * (1 - y(g))),
    Mistake(
        "rounded",
        "the output is rounded to 0 or 1; a step has no slope to learn by",
        pages.SIGMOID,
        lambda g: np.round(y(g)),
    ),
    Mistake("relu", "this is max(x, 0), another activation", pages.SIGMOID, lambda g: np.maximum(g.x, 0)),
    Mistake("identity", "forward hands x on as it came", pages.SIGMOID, lambda g: g.x),
)

DX: Catalog = (
    *scalings("dx", pages.SIGMOID_DX, dx),
    Mistake(
        "d_out forgotten",
        "dx is the local slope alone; the chain rule multiplies by the upstream gradient",
        pages.CHAIN,
        lambda g: g.y * (1 - g.y),
    ),
    Mistake(
        "d_out added",
        "the upstream gradient is added; the chain rule multiplies",
        pages.CHAIN,
        lambda g: g.dout + g.y * (1 - g.y),
    ),
    Mistake(
        "slope from x",
        "the slope is computed from the input x instead of the output",
        pages.SIGMOID_DX,
        lambda g: g.dout * g.x * (1 - g.x),
    ),
    Mistake(
        "sigmoid twice",
        "the sigmoid is applied to the output once more before the slope is taken",
        pages.SIGMOID_DX,
        lambda g: g.dout * sigmoid(g.y) * (1 - sigmoid(g.y)),
    ),
    Mistake(
        "one factor missing: y",
        "the slope has only the factor that falls with y",
        pages.SIGMOID_DX,
        lambda g: g.dout * (1 - g.y),
    ),
    Mistake(
        "one factor missing: 1 - y",
        "the slope has only the factor that grows with y",
        pages.SIGMOID_DX,
        lambda g: g.dout * g.y,
    ),
    Mistake(
        "slope of tanh",
        "this is the slope of the hyperbolic tangent",
        pages.SIGMOID_DX,
        lambda g: g.dout * (1 - g.y**2),
    ),
    Mistake("plus for minus", "one sign in the slope is wrong", pages.SIGMOID_DX, lambda g: g.dout * g.y * (1 + g.y)),
    Mistake("slope squared", "the slope is taken twice", pages.SIGMOID_DX, lambda g: dx(g) * g.y * (1 - g.y)),
    Mistake(
        "slope left out",
        "d_out is handed on as it came; the slope has no part in dx",
        pages.SIGMOID_DX,
        lambda g: g.dout,
    ),
    Mistake(
        "dx averaged",
        "dx is divided by the batch size; the loss has already been averaged",
        pages.SIGMOID_DX,
        lambda g: dx(g) / g.n,
    ),
    Mistake("slope of relu", "this is the slope of max(x, 0)", pages.SIGMOID_DX, lambda g: g.dout * (g.x > 0)),
)
