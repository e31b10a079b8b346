"""What a quantity is computed from: reference inputs, and what the student's own code made on the way to it."""

from collections.abc import Callable, Iterator
from typing import final

import numpy as np

from fnnet.values.array import Array
from fnnet.values.keys import Purpose, generator, key
from fnnet.values.numeric import sigmoid, softmax
from fnnet.values.record import frozen

NONE = np.zeros(0)


@final
@frozen
class Inputs:
    """The letters of the course. N examples, I inputs, O outputs, K classes.

    ``dW`` is the student's own gradient, ``W1`` is W after the step, and ``share`` is what one example counts for in
    the loss: 1/N for a mean, 1 for a sum. A model begins with ``start``, and ``call`` is what its layer of this number
    makes of what it is handed.
    """

    x: Array = NONE
    W: Array = NONE
    b: Array = NONE
    dout: Array = NONE
    y: Array = NONE
    t: Array = NONE
    dW: Array = NONE
    W1: Array = NONE
    lr: float = 1.0
    share: float = 1.0
    start: Array = NONE
    call: Callable[[int, Array], Array] = lambda _, got: got

    @property
    def n(self) -> int:
        """How many examples."""
        return len(self.x) if self.x.size else len(self.t)


def affine_cases() -> Iterator[Inputs]:
    """Inputs of shapes that differ in all their lengths, a batch of one, and two that let a wrong product run."""
    for number, (n, inputs, outputs) in enumerate([(5, 3, 4), (1, 4, 2), (4, 3, 3), (3, 3, 3)]):
        W, b = _draw(number, 0, inputs, outputs), _draw(number, 1, outputs)
        yield Inputs(_draw(number, 2, n, inputs), W, b, _draw(number, 3, n, outputs))


def sigmoid_cases() -> Iterator[Inputs]:
    """Three shapes, one of them a batch of one."""
    for number, shape in enumerate([(5, 3), (1, 4), (3, 3)]):
        x = _draw(number, 4, *shape) / 2
        yield Inputs(x=x, y=sigmoid(x), dout=_draw(number, 5, *shape))


def softmax_cases(convention: str) -> Iterator[Inputs]:
    """Logits and one-hot targets; batch sizes and numbers of classes that no factor confuses."""
    for number, (n, k) in enumerate([(5, 3), (2, 4), (3, 3)]):
        t = np.eye(k)[generator(key(number, Purpose.CHECK, step=7)).integers(0, k, n)]
        x = _draw(number, 6, n, k) / 2
        share = 1 / n if convention == "mean" else 1.0
        yield Inputs(x=x, y=softmax(x), t=t, dout=_draw(number, 8, n, k), share=share)


def _draw(number: int, layer: int, *shape: int) -> Array:
    """Numbers from -2 to 2 that float32 holds exactly, none of them 0."""
    whole = generator(key(number, Purpose.CHECK, step=8, layer=layer)).integers(1, 128, shape)
    sign = generator(key(number, Purpose.CHECK, step=9, layer=layer)).choice([-1.0, 1.0], shape)
    return np.asarray(whole * sign / 64)
