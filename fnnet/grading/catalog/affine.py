"""What goes wrong in an Affine layer. The formulas here are the mistakes, not the answers."""

import numpy as np

from fnnet.grading import pages
from fnnet.grading.catalog.mistake import Catalog, Mistake, scalings
from fnnet.grading.given import Given
from fnnet.values.array import Array
from fnnet.values.numeric import sigmoid


def y(g: Given) -> Array:
    """The right output."""
    return np.asarray(g.x @ g.W + g.b)


def dx(g: Given) -> Array:
    """The right gradient in x."""
    return np.asarray(g.dout @ g.W.T)


def dW(g: Given) -> Array:
    """The right gradient in W."""
    return np.asarray(g.x.T @ g.dout)


def db(g: Given) -> Array:
    """The right gradient in b."""
    return np.asarray(g.dout.sum(axis=0))


FORWARDS: Catalog = (
    Mistake("bias left out", "the bias is not added", pages.AFFINE, lambda g: g.x @ g.W),
    Mistake("bias subtracted", "the bias is taken off instead of added", pages.AFFINE, lambda g: g.x @ g.W - g.b),
    Mistake("bias multiplied", "the bias is multiplied instead of added", pages.AFFINE, lambda g: (g.x @ g.W) * g.b),
    Mistake(
        "W transposed forward", "forward multiplies by W lying on its side", pages.AFFINE, lambda g: g.x @ g.W.T + g.b
    ),
    Mistake(
        "elementwise product",
        "x and W are multiplied entry by entry (*) instead of as matrices (@)",
        pages.AFFINE,
        lambda g: g.x * g.W + g.b,
    ),
    Mistake(
        "sigmoid inside",
        "forward applies the sigmoid too, which is a layer of its own",
        pages.AFFINE,
        lambda g: sigmoid(y(g)),
    ),
    Mistake("x added", "x itself is added to the output", pages.AFFINE, lambda g: y(g) + g.x),
)

DX: Catalog = (
    *scalings("dx", pages.AFFINE_DX, dx),
    Mistake(
        "dx not transposed",
        "dx multiplies by W as it stands; going back needs it the other way round",
        pages.AFFINE_DX,
        lambda g: g.dout @ g.W,
    ),
    Mistake("dx without W", "d_out is handed on as it came; W has no part in dx", pages.AFFINE_DX, lambda g: g.dout),
    Mistake(
        "dx after the update",
        "dx is computed after W has been updated; the slope belongs to the W of forward",
        pages.UPDATE,
        lambda g: g.dout @ g.W1.T,
    ),
    Mistake(
        "dx averaged",
        "dx is divided by the batch size; the loss has already been averaged",
        pages.AFFINE_DX,
        lambda g: dx(g) / g.n,
    ),
    Mistake("dx on its side", "dx has its rows and columns exchanged", pages.AFFINE_DX, lambda g: dx(g).T),
    Mistake(
        "dx through a sigmoid",
        "dx is multiplied by the slope of a sigmoid, which is a layer of its own",
        pages.AFFINE_DX,
        lambda g: (g.dout * y(g) * (1 - y(g))) @ g.W.T,
    ),
    Mistake(
        "dx from x",
        "dx is computed from x; the upstream gradient is d_out",
        pages.AFFINE_DX,
        lambda g: g.x @ g.W @ g.W.T,
    ),
)

DW: Catalog = (
    *scalings("dW", pages.AFFINE_DW, dW),
    Mistake(
        "dW averaged",
        "dW is the mean over the batch; the gradient of a sum is a sum",
        pages.AFFINE_DW,
        lambda g: dW(g) / g.n,
    ),
    Mistake("dW on its side", "dW has its rows and columns exchanged", pages.AFFINE_DW, lambda g: dW(g).T),
    Mistake("x not transposed", "dW multiplies x as it stands", pages.AFFINE_DW, lambda g: g.x @ g.dout),
    Mistake(
        "dW without d_out",
        "dW does not depend on d_out; the chain rule multiplies by the upstream gradient",
        pages.CHAIN,
        lambda g: g.x.T @ np.ones_like(g.dout),
    ),
    Mistake(
        "dW from y",
        "dW is computed from the output; W multiplies the input",
        pages.AFFINE_DW,
        lambda g: y(g).T @ g.dout,
    ),
    Mistake("dW with decay", "dW contains W itself, as a weight decay would", pages.AFFINE_DW, lambda g: dW(g) + g.W),
    Mistake(
        "dW of one example",
        "dW is that of the last example alone; all of the batch count",
        pages.AFFINE_DW,
        lambda g: g.x[-1:].T @ g.dout[-1:],
    ),
)

DB: Catalog = (
    *scalings("db", pages.AFFINE_DB, db),
    Mistake(
        "db averaged",
        "db is the mean over the batch; the gradient of a sum is a sum",
        pages.AFFINE_DB,
        lambda g: db(g) / g.n,
    ),
    Mistake(
        "db not summed", "db still has one row for each example; b is shared by all", pages.AFFINE_DB, lambda g: g.dout
    ),
    Mistake("db over the outputs", "db is summed over the wrong axis", pages.AFFINE_DB, lambda g: g.dout.sum(axis=1)),
    Mistake(
        "db in one number",
        "db is summed over everything; each output has its own bias",
        pages.AFFINE_DB,
        lambda g: g.dout.sum(),
    ),
    Mistake(
        "db of the first example",
        "db is the first row of d_out; all of the batch count",
        pages.AFFINE_DB,
        lambda g: g.dout[0],
    ),
    Mistake(
        "db of the last example",
        "db is the last row of d_out; all of the batch count",
        pages.AFFINE_DB,
        lambda g: g.dout[-1],
    ),
    Mistake(
        "db without d_out",
        "db does not depend on d_out; the chain rule multiplies by the upstream gradient",
        pages.AFFINE_DB,
        lambda g: np.full(g.dout.shape[1], float(g.n)),
    ),
    Mistake("db times b", "db is multiplied by b itself", pages.AFFINE_DB, lambda g: db(g) * g.b),
    Mistake("db is zero", "db is zero, so the bias never learns", pages.AFFINE_DB, lambda g: 0 * db(g)),
)


def stepped(g: Given) -> Array:
    """W after the right step, from the student's own gradient."""
    return np.asarray(g.W - g.lr * g.dW)


STEPS: Catalog = (
    Mistake(
        "step uphill",
        "the update adds the gradient; going down takes it off",
        pages.UPDATE,
        lambda g: g.W + g.lr * g.dW,
    ),
    Mistake("learning rate ignored", "the learning rate has no part in the update", pages.UPDATE, lambda g: g.W - g.dW),
    Mistake("not updated", "backward leaves it as it was: nothing is learned", pages.UPDATE, lambda g: g.W),
    Mistake(
        "replaced by the step", "the update replaces the parameter by the step", pages.UPDATE, lambda g: -g.lr * g.dW
    ),
    Mistake(
        "replaced by the gradient",
        "the update replaces the parameter by its gradient",
        pages.UPDATE,
        lambda g: g.lr * g.dW,
    ),
    Mistake(
        "step averaged",
        "the step is divided by the batch size once more",
        pages.UPDATE,
        lambda g: g.W - g.lr * g.dW / g.n,
    ),
    Mistake("stepped twice", "the step is taken twice", pages.UPDATE, lambda g: g.W - 2 * g.lr * g.dW),
    Mistake(
        "learning rate divides",
        "the gradient is divided by the learning rate",
        pages.UPDATE,
        lambda g: g.W - g.dW / g.lr,
    ),
)
