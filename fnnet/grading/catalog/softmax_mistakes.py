"""What goes wrong in a Softmax layer and in the cross entropy. The formulas here are the mistakes, not the answers."""

import numpy as np

from fnnet.grading import pages
from fnnet.grading.catalog.mistake import Quantity, on, scalings
from fnnet.grading.inputs import Inputs
from fnnet.values.array import Array
from fnnet.values.numeric import sigmoid, softmax


def loss(g: Inputs) -> Array:
    """The right loss, at the output y."""
    return np.asarray(-(g.t * np.log(g.y)).sum() * g.share)


def dx(g: Inputs) -> Array:
    """The right gradient of the loss, at the output y."""
    return np.asarray((g.y - g.t) * g.share)


def jacobian(g: Inputs) -> Array:
    """The right gradient of softmax alone, at the output y."""
    return np.asarray(g.y * (g.dout - (g.dout * g.y).sum(axis=1, keepdims=True)))


# A table: a line for each mistake, two where it is long.
# fmt: off
FORWARD = Quantity("y", lambda g: softmax(g.x), on(pages.SOFTMAX,
    ("over the whole batch", "the sum runs over the whole batch; each row is its own distribution",
     lambda g: np.exp(g.x) / np.exp(g.x).sum()),
    ("over the wrong axis", "the sum runs down the columns; each row is one example",
     lambda g: np.exp(g.x) / np.exp(g.x).sum(axis=0)),
    ("no exponential", "the numbers are divided by their sum without an exponential",
     lambda g: g.x / g.x.sum(axis=1, keepdims=True)),
    ("not divided", "the exponentials are not divided by their sum", lambda g: np.exp(g.x)),
    ("not divided, largest removed", "the exponentials are not divided by their sum",
     lambda g: np.exp(g.x - g.x.max(axis=1, keepdims=True))),
    ("log-softmax", "this is the logarithm of the softmax", lambda g: np.log(softmax(g.x))),
    ("sigmoid for softmax", "this is the sigmoid of each number; the rows don't sum to 1", lambda g: sigmoid(g.x)),
    ("smallest for largest", "the sign in the exponent is wrong: the smallest number gets the most",
     lambda g: softmax(-g.x)),
    ("logits handed on", "forward hands x on as it came", lambda g: g.x),
    ("rounded", "the output is the winner alone, as 0 and 1; a step has no slope to learn by",
     lambda g: np.eye(g.x.shape[1])[g.x.argmax(axis=1)]),
))

#: A small number that is added inside the logarithm is no mistake.
LOSS = Quantity("the loss", loss, slack=300.0, mistakes=(
    *on(pages.LOSS,
        ("loss negated", "the loss has the wrong sign: a better answer must cost less", lambda g: -loss(g)),
        ("loss not reduced", "the loss is one number for each example; it must be one for the batch",
         lambda g: -(g.t * np.log(g.y)).sum(axis=1)),
        ("loss by entry", "the loss has one number for each entry; it must be one for the batch",
         lambda g: -(g.t * np.log(g.y))),
        ("squared error", "this is a squared error; the lab asks for the cross entropy",
         lambda g: ((g.y - g.t) ** 2).sum() * g.share),
        ("half squared error", "this is half a squared error; the lab asks for the cross entropy",
         lambda g: ((g.y - g.t) ** 2).sum() * g.share / 2),
        ("mean squared error", "this is the mean squared error; the lab asks for the cross entropy",
         lambda g: ((g.y - g.t) ** 2).mean()),
        ("binary cross entropy", "the classes that are not the target are counted too, as for yes-or-no questions",
         lambda g: -(g.t * np.log(g.y) + (1 - g.t) * np.log(1 - g.y)).sum() * g.share),
        ("logarithm to base 2", "the logarithm has base 2; the slope belongs to the natural one",
         lambda g: loss(g) / np.log(2)),
        ("logarithm to base 10", "the logarithm has base 10; the slope belongs to the natural one",
         lambda g: loss(g) / np.log(10)),
        ("no logarithm", "the loss has no logarithm", lambda g: -(g.t * g.y).sum() * g.share),
        ("targets left out", "the loss sums over all classes; the target says which one counts",
         lambda g: -np.log(g.y).sum() * g.share),
    ),
    *on(pages.MEAN,
        ("loss not averaged", "the loss is the sum over the batch; here it is the mean", lambda g: loss(g) / g.share),
        ("loss over all entries", "the loss is averaged over all entries; it is one number for each example",
         lambda g: loss(g) / g.t.shape[1]),
    ),
))

INPUT = Quantity("dx", dx, (
    *scalings("dx", pages.SOFTMAX_DX, dx),
    *on(pages.MEAN,
        ("1/N missing", "dx is not divided by the batch size; the loss is a mean over the batch", lambda g: g.y - g.t),
        ("1/N too many", "dx is divided by the batch size once too often", lambda g: dx(g) / len(g.t)),
        ("divided by N and K", "dx is divided by the number of classes too", lambda g: dx(g) / g.t.shape[1]),
        ("times N", "dx is multiplied by the batch size instead of divided", lambda g: (g.y - g.t) * len(g.t)),
        ("mean of the rows", "dx is one row, the mean over the batch; each example has its own",
         lambda g: (g.y - g.t).mean(axis=0)),
        ("mean of everything", "dx is a single number; each example and class has its own",
         lambda g: (g.y - g.t).mean()),
    ),
    *on(pages.SOFTMAX_DX,
        ("targets forgotten", "dx does not depend on the targets", lambda g: g.y * g.share),
        ("targets forgotten, no 1/N", "dx does not depend on the targets", lambda g: g.y),
        ("slope of a sigmoid too", "dx is multiplied by a slope; in softmax and cross entropy together it has gone",
         lambda g: dx(g) * g.y * (1 - g.y)),
        ("slope alone", "dx is a slope of y alone, without the targets", lambda g: g.y * (1 - g.y)),
        ("gradient in y", "dx is the gradient in y; softmax has not been passed yet", lambda g: -g.t / g.y * g.share),
        ("divided by y", "dx is divided by y; in softmax and cross entropy together that has gone",
         lambda g: dx(g) / g.y),
    ),
))

INPUT_ALONE = Quantity("dx", jacobian, (
    *scalings("dx", pages.SOFTMAX_ALONE, jacobian),
    *on(pages.SOFTMAX_ALONE,
        ("diagonal alone", "each output depends on all inputs of its row, and only one was counted",
         lambda g: g.dout * g.y * (1 - g.y)),
        ("d_out times y", "each output depends on all inputs of its row, through the sum", lambda g: g.dout * g.y),
        ("sum over the batch", "the sum of the chain rule runs over the classes of a row, and nothing else",
         lambda g: g.y * (g.dout - (g.dout * g.y).sum())),
        ("sum down the columns", "the sum of the chain rule runs over the classes of a row, not down the columns",
         lambda g: g.y * (g.dout - (g.dout * g.y).sum(axis=0))),
        ("softmax left out", "d_out is handed on as it came", lambda g: g.dout),
    ),
))
# fmt: on
