"""What goes wrong in the cross entropy. The formulas here are the mistakes, not the answers."""

import numpy as np

from fnnet.grading import pages
from fnnet.grading.catalog.mistake import Quantity, on
from fnnet.grading.inputs import Inputs
from fnnet.values.array import Array


def loss(g: Inputs) -> Array:
    """The right loss, at the output y."""
    return np.asarray(-(g.t * np.log(g.y)).sum() * g.share)


# A table: a line for each mistake, two where it is long.
# fmt: off
LOSSES = (
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
)
# fmt: on

#: A small number that is added inside the logarithm is no mistake.
LOSS = Quantity("the loss", loss, LOSSES, slack=300.0)
