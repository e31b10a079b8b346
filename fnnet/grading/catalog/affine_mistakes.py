"""What goes wrong in an Affine layer. The formulas here are the mistakes, not the answers."""

import numpy as np

from fnnet.grading import pages
from fnnet.grading.catalog.mistake import Quantity, on, scalings
from fnnet.grading.inputs import Inputs
from fnnet.values.array import Array
from fnnet.values.numeric import sigmoid


def y(g: Inputs) -> Array:
    """The right output."""
    return np.asarray(g.x @ g.W + g.b)


def dx(g: Inputs) -> Array:
    """The right gradient in x."""
    return np.asarray(g.dout @ g.W.T)


def dW(g: Inputs) -> Array:
    """The right gradient in W."""
    return np.asarray(g.x.T @ g.dout)


def db(g: Inputs) -> Array:
    """The right gradient in b."""
    return np.asarray(g.dout.sum(axis=0))


def stepped(g: Inputs) -> Array:
    """W after the right step, from the student's own gradient."""
    return np.asarray(g.W - g.lr * g.dW)


# A table: a line for each mistake, two where it is long.
# fmt: off
FORWARD = Quantity("y", y, on(pages.AFFINE,
    ("bias left out", "the bias is not added", lambda g: g.x @ g.W),
    ("bias subtracted", "the bias is taken off instead of added", lambda g: g.x @ g.W - g.b),
    ("bias multiplied", "the bias is multiplied instead of added", lambda g: (g.x @ g.W) * g.b),
    ("W transposed forward", "forward multiplies by W lying on its side", lambda g: g.x @ g.W.T + g.b),
    ("elementwise product", "x and W are multiplied entry by entry (*) instead of as matrices (@)",
     lambda g: g.x * g.W + g.b),
    ("sigmoid inside", "forward applies the sigmoid too, which is a layer of its own", lambda g: sigmoid(y(g))),
    ("x added", "x itself is added to the output", lambda g: y(g) + g.x),
))

INPUT = Quantity("dx", dx, (
    *scalings("dx", pages.AFFINE_DX, dx),
    *on(pages.AFFINE_DX,
        ("dx not transposed", "dx multiplies by W as it stands; going back needs it the other way round",
         lambda g: g.dout @ g.W),
        ("dx without W", "d_out is handed on as it came; W has no part in dx", lambda g: g.dout),
        ("dx averaged", "dx is divided by the batch size; the loss has already been averaged", lambda g: dx(g) / g.n),
        ("dx on its side", "dx has its rows and columns exchanged", lambda g: dx(g).T),
        ("dx through a sigmoid", "dx is multiplied by the slope of a sigmoid, which is a layer of its own",
         lambda g: (g.dout * y(g) * (1 - y(g))) @ g.W.T),
        ("dx from x", "dx is computed from x; the upstream gradient is d_out", lambda g: g.x @ g.W @ g.W.T),
    ),
    *on(pages.UPDATE,
        ("dx after the update", "dx is computed after W has been updated; the slope belongs to the W of forward",
         lambda g: g.dout @ g.W1.T),
    ),
))

WEIGHTS = Quantity("dW", dW, (
    *scalings("dW", pages.AFFINE_DW, dW),
    *on(pages.AFFINE_DW,
        ("dW averaged", "dW is the mean over the batch; the gradient of a sum is a sum", lambda g: dW(g) / g.n),
        ("dW on its side", "dW has its rows and columns exchanged", lambda g: dW(g).T),
        ("x not transposed", "dW multiplies x as it stands", lambda g: g.x @ g.dout),
        ("dW from y", "dW is computed from the output; W multiplies the input", lambda g: y(g).T @ g.dout),
        ("dW with decay", "dW contains W itself, as a weight decay would", lambda g: dW(g) + g.W),
        ("dW of one example", "dW is that of the last example alone; all of the batch count",
         lambda g: g.x[-1:].T @ g.dout[-1:]),
    ),
    *on(pages.CHAIN,
        ("dW without d_out", "dW does not depend on d_out; the chain rule multiplies by the upstream gradient",
         lambda g: g.x.T @ np.ones_like(g.dout)),
    ),
))

BIAS = Quantity("db", db, row=True, mistakes=(
    *scalings("db", pages.AFFINE_DB, db),
    *on(pages.AFFINE_DB,
        ("db averaged", "db is the mean over the batch; the gradient of a sum is a sum", lambda g: db(g) / g.n),
        ("db not summed", "db still has one row for each example; b is shared by all", lambda g: g.dout),
        ("db over the outputs", "db is summed over the wrong axis", lambda g: g.dout.sum(axis=1)),
        ("db in one number", "db is summed over everything; each output has its own bias", lambda g: g.dout.sum()),
        ("db of the first example", "db is the first row of d_out; all of the batch count", lambda g: g.dout[0]),
        ("db of the last example", "db is the last row of d_out; all of the batch count", lambda g: g.dout[-1]),
        ("db without d_out", "db does not depend on d_out; the chain rule multiplies by the upstream gradient",
         lambda g: np.full(g.dout.shape[1], float(g.n))),
        ("db times b", "db is multiplied by b itself", lambda g: db(g) * g.b),
        ("db is zero", "db is zero, so the bias never learns", lambda g: 0 * db(g)),
    ),
))

STEPS = on(pages.UPDATE,
    ("step uphill", "the update adds the gradient; going down takes it off", lambda g: g.W + g.lr * g.dW),
    ("learning rate ignored", "the learning rate has no part in the update", lambda g: g.W - g.dW),
    ("not updated", "backward leaves it as it was: nothing is learned", lambda g: g.W),
    ("replaced by the step", "the update replaces the parameter by the step", lambda g: -g.lr * g.dW),
    ("replaced by the gradient", "the update replaces the parameter by its gradient", lambda g: g.lr * g.dW),
    ("step averaged", "the step is divided by the batch size once more", lambda g: g.W - g.lr * g.dW / g.n),
    ("stepped twice", "the step is taken twice", lambda g: g.W - 2 * g.lr * g.dW),
    ("learning rate divides", "the gradient is divided by the learning rate", lambda g: g.W - g.dW / g.lr),
)
# fmt: on
