"""What goes wrong in the cross entropy. The formulas here are the mistakes, not the answers."""

import numpy as np

from fnnet.grading import pages
from fnnet.grading.catalog.mistake import Catalog, Mistake
from fnnet.grading.given import Given
from fnnet.values.array import Array


def loss(g: Given) -> Array:
    """The right loss, at the output y."""
    return np.asarray(-(g.t * np.log(g.y)).sum() * g.share)


LOSSES: Catalog = (
    Mistake(
        "loss negated", "the loss has the wrong sign: a better answer must cost less", pages.LOSS, lambda g: -loss(g)
    ),
    Mistake(
        "loss not averaged",
        "the loss is the sum over the batch; here it is the mean",
        pages.MEAN,
        lambda g: loss(g) / g.share,
    ),
    Mistake(
        "loss over all entries",
        "the loss is averaged over all entries; it is one number for each example",
        pages.MEAN,
        lambda g: loss(g) / g.t.shape[1],
    ),
    Mistake(
        "loss not reduced",
        "the loss is one number for each example; it must be one for the batch",
        pages.LOSS,
        lambda g: -(g.t * np.log(g.y)).sum(axis=1),
    ),
    Mistake(
        "loss by entry",
        "the loss has one number for each entry; it must be one for the batch",
        pages.LOSS,
        lambda g: -(g.t * np.log(g.y)),
    ),
    Mistake(
        "squared error",
        "this is a squared error; the lab asks for the cross entropy",
        pages.LOSS,
        lambda g: ((g.y - g.t) ** 2).sum() * g.share,
    ),
    Mistake(
        "half squared error",
        "this is half a squared error; the lab asks for the cross entropy",
        pages.LOSS,
        lambda g: ((g.y - g.t) ** 2).sum() * g.share / 2,
    ),
    Mistake(
        "mean squared error",
        "this is the mean squared error; the lab asks for the cross entropy",
        pages.LOSS,
        lambda g: ((g.y - g.t) ** 2).mean(),
    ),
    Mistake(
        "binary cross entropy",
        "the classes that are not the target are counted too, as for yes-or-no questions",
        pages.LOSS,
        lambda g: -(g.t * np.log(g.y) + (1 - g.t) * np.log(1 - g.y)).sum() * g.share,
    ),
    Mistake(
        "logarithm to base 2",
        "the logarithm has base 2; the slope belongs to the natural one",
        pages.LOSS,
        lambda g: loss(g) / np.log(2),
    ),
    Mistake(
        "logarithm to base 10",
        "the logarithm has base 10; the slope belongs to the natural one",
        pages.LOSS,
        lambda g: loss(g) / np.log(10),
    ),
    Mistake("no logarithm", "the loss has no logarithm", pages.LOSS, lambda g: -(g.t * g.y).sum() * g.share),
    Mistake(
        "targets left out",
        "the loss sums over all classes; the target says which one counts",
        pages.LOSS,
        lambda g: -np.log(g.y).sum() * g.share,
    ),
)
