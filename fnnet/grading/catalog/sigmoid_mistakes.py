"""What goes wrong in a Sigmoid layer. The formulas here are the mistakes, not the answers."""

import numpy as np

from fnnet.grading import pages
from fnnet.grading.catalog.mistake import Quantity, on, scalings
from fnnet.grading.inputs import Inputs
from fnnet.values.array import Array
from fnnet.values.numeric import sigmoid


def dx(g: Inputs) -> Array:
    """The right gradient, at the output y."""
    return np.asarray(g.dout * g.y * (1 - g.y))


# A table: a line for each mistake, two where it is long.
# fmt: off
FORWARD = Quantity("y", lambda g: sigmoid(g.x), on(pages.SIGMOID,
    ("exponent without minus", "the sign of x in the exponent is wrong", lambda g: 1 - sigmoid(g.x)),
    ("precedence", "1 is divided by 1 before the exponential is added; a pair of brackets is missing",
     lambda g: 1 / 1 + np.exp(-g.x)),
    ("minus in the denominator", "the denominator has a minus", lambda g: 1 / (1 - np.exp(-g.x))),
    ("tanh", "this is the hyperbolic tangent, from -1 to 1", lambda g: np.tanh(g.x)),
    ("slope as output", "forward returns the slope of the sigmoid", lambda g: sigmoid(g.x) * (1 - sigmoid(g.x))),
    ("rounded", "the output is rounded to 0 or 1; a step has no slope to learn by", lambda g: np.round(sigmoid(g.x))),
    ("relu", "this is max(x, 0), another activation", lambda g: np.maximum(g.x, 0)),
    ("identity", "forward hands x on as it came", lambda g: g.x),
))

INPUT = Quantity("dx", dx, (
    *scalings("dx", pages.SIGMOID_DX, dx),
    *on(pages.CHAIN,
        ("d_out forgotten", "dx is the local slope alone; the chain rule multiplies by the upstream gradient",
         lambda g: g.y * (1 - g.y)),
        ("d_out added", "the upstream gradient is added; the chain rule multiplies",
         lambda g: g.dout + g.y * (1 - g.y)),
    ),
    *on(pages.SIGMOID_DX,
        ("slope from x", "the slope is computed from the input x instead of the output",
         lambda g: g.dout * g.x * (1 - g.x)),
        ("sigmoid twice", "the sigmoid is applied to the output once more before the slope is taken",
         lambda g: g.dout * sigmoid(g.y) * (1 - sigmoid(g.y))),
        ("one factor missing: y", "the slope has only the factor that falls with y", lambda g: g.dout * (1 - g.y)),
        ("one factor missing: 1 - y", "the slope has only the factor that grows with y", lambda g: g.dout * g.y),
        ("slope of tanh", "this is the slope of the hyperbolic tangent", lambda g: g.dout * (1 - g.y**2)),
        ("plus for minus", "one sign in the slope is wrong", lambda g: g.dout * g.y * (1 + g.y)),
        ("slope squared", "the slope is taken twice", lambda g: dx(g) * g.y * (1 - g.y)),
        ("slope left out", "d_out is handed on as it came; the slope has no part in dx", lambda g: g.dout),
        ("dx averaged", "dx is divided by the batch size; the loss has already been averaged", lambda g: dx(g) / g.n),
        ("slope of relu", "this is the slope of max(x, 0)", lambda g: g.dout * (g.x > 0)),
    ),
))
# fmt: on
