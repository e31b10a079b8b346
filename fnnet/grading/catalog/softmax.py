"""What goes wrong in a Softmax layer. The formulas here are the mistakes, not the answers."""

import numpy as np

from fnnet.grading import pages
from fnnet.grading.catalog.mistake import Catalog, Mistake, scalings
from fnnet.grading.given import Given
from fnnet.values.array import Array
from fnnet.values.numeric import sigmoid, softmax


def y(g: Given) -> Array:
    """The right output."""
    return softmax(g.x)


def dx(g: Given) -> Array:
    """The right gradient of the loss, at the output y."""
    return np.asarray((g.y - g.t) * g.share)


def jacobian(g: Given) -> Array:
    """The right gradient of softmax alone, at the output y."""
    return np.asarray(g.y * (g.dout - (g.dout * g.y).sum(axis=1, keepdims=True)))


FORWARDS: Catalog = (
    Mistake(
        "over the whole batch",
        "the sum runs over the whole batch; each row is its own distribution",
        pages.SOFTMAX,
        lambda g: np.exp(g.x) / np.exp(g.x).sum(),
    ),
    Mistake(
        "over the wrong axis",
        "the sum runs down the columns; each row is one example",
        pages.SOFTMAX,
        lambda g: np.exp(g.x) / np.exp(g.x).sum(axis=0),
    ),
    Mistake(
        "no exponential",
        "the numbers are divided by their sum without an exponential",
        pages.SOFTMAX,
        lambda g: g.x / g.x.sum(axis=1, keepdims=True),
    ),
    Mistake("not divided", "the exponentials are not divided by their sum", pages.SOFTMAX, lambda g: np.exp(g.x)),
    Mistake(
        "not divided, largest removed",
        "the exponentials are not divided by their sum",
        pages.SOFTMAX,
        lambda g: np.exp(g.x - g.x.max(axis=1, keepdims=True)),
    ),
    Mistake("log-softmax", "this is the logarithm of the softmax", pages.SOFTMAX, lambda g: np.log(y(g))),
    Mistake(
        "sigmoid for softmax",
        "this is the sigmoid of each number; the rows don't sum to 1",
        pages.SOFTMAX,
        lambda g: sigmoid(g.x),
    ),
    Mistake(
        "smallest for largest",
        "the sign in the exponent is wrong: the smallest number gets the most",
        pages.SOFTMAX,
        lambda g: softmax(-g.x),
    ),
    Mistake("logits handed on", "forward hands x on as it came", pages.SOFTMAX, lambda g: g.x),
    Mistake(
        "rounded",
        "the output is the winner alone, as 0 and 1; a step has no slope to learn by",
        pages.SOFTMAX,
        lambda g: np.eye(g.x.shape[1])[g.x.argmax(axis=1)],
    ),
)

DX: Catalog = (
    *scalings("dx", pages.SOFTMAX_DX, dx),
    Mistake(
        "1/N missing",
        "dx is not divided by the batch size; the loss is a mean over the batch",
        pages.MEAN,
        lambda g: g.y - g.t,
    ),
    Mistake("1/N too many", "dx is divided by the batch size once too often", pages.MEAN, lambda g: dx(g) / len(g.t)),
    Mistake(
        "divided by N and K", "dx is divided by the number of classes too", pages.MEAN, lambda g: dx(g) / g.t.shape[1]
    ),
    Mistake(
        "times N", "dx is multiplied by the batch size instead of divided", pages.MEAN, lambda g: (g.y - g.t) * len(g.t)
    ),
    Mistake("targets forgotten", "dx does not depend on the targets", pages.SOFTMAX_DX, lambda g: g.y * g.share),
    Mistake("targets forgotten, no 1/N", "dx does not depend on the targets", pages.SOFTMAX_DX, lambda g: g.y),
    Mistake(
        "mean of the rows",
        "dx is one row, the mean over the batch; each example has its own",
        pages.MEAN,
        lambda g: (g.y - g.t).mean(axis=0),
    ),
    Mistake(
        "mean of everything",
        "dx is a single number; each example and class has its own",
        pages.MEAN,
        lambda g: (g.y - g.t).mean(),
    ),
    Mistake(
        "slope of a sigmoid too",
        "dx is multiplied by a slope; in softmax and cross entropy together it has gone",
        pages.SOFTMAX_DX,
        lambda g: dx(g) * g.y * (1 - g.y),
    ),
    Mistake(
        "slope alone", "dx is a slope of y alone, without the targets", pages.SOFTMAX_DX, lambda g: g.y * (1 - g.y)
    ),
    Mistake(
        "gradient in y",
        "dx is the gradient in y; softmax has not been passed yet",
        pages.SOFTMAX_DX,
        lambda g: -g.t / g.y * g.share,
    ),
    Mistake(
        "divided by y",
        "dx is divided by y; in softmax and cross entropy together that has gone",
        pages.SOFTMAX_DX,
        lambda g: dx(g) / g.y,
    ),
)

JACOBIAN: Catalog = (
    *scalings("dx", pages.SOFTMAX_ALONE, jacobian),
    Mistake(
        "diagonal alone",
        "each output depends on all inputs of its row, and only one was counted",
        pages.SOFTMAX_ALONE,
        lambda g: g.dout * g.y * (1 - g.y),
    ),
    Mistake(
        "d_out times y",
        "each output depends on all inputs of its row, through the sum",
        pages.SOFTMAX_ALONE,
        lambda g: g.dout * g.y,
    ),
    Mistake(
        "sum over the batch",
        "the sum of the chain rule runs over the classes of a row, and nothing else",
        pages.SOFTMAX_ALONE,
        lambda g: g.y * (g.dout - (g.dout * g.y).sum()),
    ),
    Mistake(
        "sum down the columns",
        "the sum of the chain rule runs over the classes of a row, not down the columns",
        pages.SOFTMAX_ALONE,
        lambda g: g.y * (g.dout - (g.dout * g.y).sum(axis=0)),
    ),
    Mistake("softmax left out", "d_out is handed on as it came", pages.SOFTMAX_ALONE, lambda g: g.dout),
)
