"""What goes wrong in a Model: which layers are called, in which order, and what each is handed.

A model is followed through four layers of known arithmetic. A way through them is told by its trace, which has one
pair for each call: the layer's number, and a sum over what it was handed.
"""

from collections.abc import Sequence

import numpy as np

from fnnet.grading import pages
from fnnet.grading.catalog.mistake import Quantity, on
from fnnet.grading.inputs import Inputs
from fnnet.values.array import Array

LAYERS = (0, 1, 2, 3)
BACK = LAYERS[::-1]

#: What a layer is handed, among what the way began with and all that the layers before it have returned.
FIRST, SECOND, LAST = 0, 1, -1


def way(g: Inputs, order: Sequence[int], handed: int = LAST) -> Array:
    """The trace of a way; it ends where shapes don't fit."""
    returned, pairs = [g.start], []
    for layer in order:
        got = returned[min(handed, len(returned) - 1)]
        pairs.append((layer, checksum(got)))
        try:
            returned.append(g.call(layer, got))
        except ValueError:
            break
    return trace(pairs)


def trace(pairs: list[tuple[int, float]]) -> Array:
    """The pairs as an array, which has two columns even without a row."""
    return np.array(pairs, float).reshape(-1, 2)


def checksum(a: Array) -> float:
    """One number that differs for arrays that differ in their entries or their order."""
    flat = np.asarray(a, float).ravel()
    return float(np.cos(np.arange(len(flat))) @ flat + a.ndim)


# A table: a line for each mistake, two where it is long.
# fmt: off
FORWARD = Quantity("forward", lambda g: way(g, LAYERS), on(pages.MODEL,
    ("not chained", "each layer is handed x; it must get what the one before it returned",
     lambda g: way(g, LAYERS, FIRST)),
    ("last layer left out", "the last layer is not called", lambda g: way(g, LAYERS[:-1])),
    ("first layer left out", "the first layer is not called", lambda g: way(g, LAYERS[1:])),
    ("forward in reverse", "forward calls the layers in the order of backward", lambda g: way(g, BACK)),
    ("only the first layer", "forward ends after the first layer", lambda g: way(g, LAYERS[:1])),
    ("only the last layer", "forward calls the last layer alone", lambda g: way(g, LAYERS[-1:])),
))

BACKWARD = Quantity("backward", lambda g: way(g, BACK), on(pages.MODEL_BACKWARD,
    ("order of forward", "backward calls the layers in the order of forward; the loss is at the end",
     lambda g: way(g, LAYERS)),
    ("d_out not handed on", "each layer is handed the same d_out; it must get what the layer after it returned",
     lambda g: way(g, BACK, FIRST)),
    ("d_out of the last layer for all",
     "all layers are handed what the last one returned; each must get what the layer after it returned",
     lambda g: way(g, BACK, SECOND)),
    ("last layer left out", "backward leaves out the last layer, where the error begins",
     lambda g: way(g, BACK[1:])),
    ("first layer left out", "backward does not reach the first layer, which never learns",
     lambda g: way(g, BACK[:-1])),
    ("only the last layer", "backward ends after the last layer", lambda g: way(g, LAYERS[-1:])),
    ("no layer", "backward calls no layer", lambda g: way(g, ())),
    ("twice", "backward goes through the layers twice", lambda g: way(g, BACK * 2)),
))
# fmt: on
