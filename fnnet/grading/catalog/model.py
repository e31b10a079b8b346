"""What goes wrong in a Model: which layers are called, in which order, and what each is handed.

A model is followed through four layers of known arithmetic. The trace of a run has one pair for each call: the
layer's number, and a sum over what it was handed.
"""

from collections.abc import Callable, Sequence
from typing import Any, final

import numpy as np

from fnnet.grading import pages
from fnnet.values.array import Array
from fnnet.values.record import frozen

LAYERS = (0, 1, 2, 3)

Handed = Callable[[list[Array], int], Any]


@final
@frozen
class Slip:
    """A wrong way through the layers: their order, and what each is handed, from all that was returned before it."""

    name: str
    says: str
    page: str
    order: Sequence[int]
    handed: Handed

    @property
    def sentence(self) -> str:
        """The hint and where to read on."""
        return f"{self.says}: see {self.page}"


def _last(made: list[Array], layer: int) -> Any:
    return made[-1]


def _first(made: list[Array], layer: int) -> Any:
    return made[0]


def trace(order: Sequence[int], handed: Handed, start: Any, call: Callable[[int, Array], Array]) -> Array:
    """The trace of a way; it ends where shapes don't fit."""
    made, rows = [np.asarray(start)], []
    for layer in order:
        got = np.asarray(handed(made, layer))
        rows.append((layer, checksum(got)))
        try:
            made.append(call(layer, got))
        except ValueError:
            break
    return np.array(rows).reshape(-1, 2)


def checksum(a: Any) -> float:
    """One number that differs for arrays that differ in their entries or their order."""
    flat = np.asarray(a, float).ravel()
    return float(np.cos(np.arange(len(flat))) @ flat + a.ndim)


FORWARDS = (
    Slip(
        "not chained",
        "each layer is handed x; it must get what the one before it returned",
        pages.MODEL,
        LAYERS,
        _first,
    ),
    Slip("last layer left out", "the last layer is not called", pages.MODEL, LAYERS[:-1], _last),
    Slip("first layer left out", "the first layer is not called", pages.MODEL, LAYERS[1:], _last),
    Slip("forward in reverse", "forward calls the layers in the order of backward", pages.MODEL, LAYERS[::-1], _last),
    Slip("only the first layer", "forward ends after the first layer", pages.MODEL, LAYERS[:1], _last),
    Slip("only the last layer", "forward calls the last layer alone", pages.MODEL, LAYERS[-1:], _last),
)

BACKWARDS = (
    Slip(
        "order of forward",
        "backward calls the layers in the order of forward; the loss is at the end",
        pages.MODEL_BACKWARD,
        LAYERS,
        _last,
    ),
    Slip(
        "d_out not handed on",
        "each layer is handed the same d_out; it must get what the layer after it returned",
        pages.MODEL_BACKWARD,
        LAYERS[::-1],
        _first,
    ),
    Slip(
        "d_out of the last layer for all",
        "all layers are handed what the last one returned; each must get what the layer after it returned",
        pages.MODEL_BACKWARD,
        LAYERS[::-1],
        lambda made, layer: made[min(1, len(made) - 1)],
    ),
    Slip(
        "last layer left out",
        "backward leaves out the last layer, where the error begins",
        pages.MODEL_BACKWARD,
        LAYERS[-2::-1],
        _last,
    ),
    Slip(
        "first layer left out",
        "backward does not reach the first layer, which never learns",
        pages.MODEL_BACKWARD,
        LAYERS[:0:-1],
        _last,
    ),
    Slip("only the last layer", "backward ends after the last layer", pages.MODEL_BACKWARD, LAYERS[-1:], _last),
    Slip("no layer", "backward calls no layer", pages.MODEL_BACKWARD, (), _last),
    Slip("twice", "backward goes through the layers twice", pages.MODEL_BACKWARD, LAYERS[::-1] * 2, _last),
)
