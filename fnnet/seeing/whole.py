"""A whole run at a glance, for the page: spreads of values over time, weights as pictures, and what came out.

As JSON (`WholeRun.plain`), where every list is bounded, and text in base64 holds bytes:

* ``steps``: the moments of what follows, at most 60; ``sample``: on how many training rows.
* ``layers``: from the first that is trained on, ``place``, ``name``, and ``outputs``, ``gradients`` (null without
  parameters): ``low``, ``high``, for each moment 24 ``counts``, and how many were ``lost`` as not finite; ``quiet``
  (null unless ReLU, Sigmoid or Tanh): ``kind`` "dead" or "saturated", how many ``units``, and ``bits``, base64 of a
  row of bits for each moment, filled up to whole bytes, the first unit in the highest bit: 1 if it is quiet.
* ``weights``: of the first trained layer, null if it has none, either a list of ``pictures`` or a table.
  Pictures: ``layer``, ``units``, ``shape`` [O, C, H, W] of those that are there, ``largest`` size of a weight, and
  ``pixels``, base64 of signed bytes: 127 is the largest. A table: ``layer``, ``inputs``, ``units``, the ``names`` of
  the inputs that are there, and their ``values``, each a list over the units. ``kernels``: pictures of later layers.
* ``part``: "test" or "training" examples were asked, ``examples`` many; null where no data were given.
* ``classes``, none for numbers, ``target``, the name of what is predicted, and ``columns``, those of ``cells`` below.
* ``confusion``: null or counts, by the true and then the said class; ``cells``: [true, said, places in ``rows``].
* ``rows``: what can be shown: its number ``row``, ``target`` and ``said`` (numbers, or places in ``classes``), the
  three largest ``shares`` [class, probability] with that of the true class, and ``cells``, none of pictures.
* ``worst``: places in ``rows``, the worst mistake first. ``points``: null or [target, said], at most 400.
* ``pictures`` of ``rows``: null, or ``shape`` [N, H, W] and ``pixels``, base64 of bytes from black to white.

A number that is not finite is null.
"""

from collections.abc import Callable, Sequence
from typing import Any, final

import numpy as np

from fnnet.datasets import Dataset
from fnnet.network.chunks import predict
from fnnet.seeing import shown_rows
from fnnet.seeing.answers import Answers, of_classes, of_numbers
from fnnet.seeing.film import kept_steps
from fnnet.seeing.histograms import MOMENTS, LayerOverTime, over_time, sample
from fnnet.seeing.plain_parts import answers_plain, layer_plain, weights_plain
from fnnet.seeing.seen_weights import Heat, Pictures, first_weights, kernels
from fnnet.values.array import Array
from fnnet.values.record import frozen, replace


@final
@frozen
class WholeRun:
    """What is known of a run as a whole. ``data`` are those whose test part was asked; without them, no ``answers``."""

    steps: tuple[int, ...]
    sample: int
    layers: tuple[LayerOverTime, ...]
    weights: Pictures | Heat | None
    kernels: tuple[Pictures, ...]
    part: str | None
    data: Dataset | None
    answers: Answers | None

    def plain(self) -> dict[str, Any]:
        """All of it as JSON has it: see the module."""
        return {
            "steps": list(self.steps),
            "sample": self.sample,
            "layers": [layer_plain(layer) for layer in self.layers],
            "weights": weights_plain(self.weights),
            "kernels": [weights_plain(each) for each in self.kernels],
            "part": self.part,
            **answers_plain(self.data, self.answers),
        }


def whole(
    moments: Sequence[tuple[int, Any]],
    make: Callable[[Array], Any],
    x: Array,
    targets: Array,
    *,
    net: Any = None,
    data: Dataset | None = None,
    probabilities: Callable[[Array], Array] = lambda outputs: outputs,
) -> WholeRun:
    """A run as a whole: networks by the step at which they stood, and what ``make`` makes losses from its targets.

    ``x`` (N, ...) and ``targets`` are training rows, of which at most 512 are looked at. ``net`` is the network to use,
    the last one if it is not given. It is asked about the test part of ``data``, or the training part where there is
    none; ``probabilities`` makes those of its outputs.

    >>> from fnnet import SoftmaxCrossEntropy, mlp
    >>> from fnnet.datasets import xor
    >>> moments = [(0, mlp([2, 3, 2], seed=0)), (9, mlp([2, 3, 2], seed=1))]
    >>> found = whole(moments, SoftmaxCrossEntropy, xor().x, xor().y, data=xor())
    >>> [layer.name for layer in found.layers], int(found.answers.confusion.sum())
    (['Affine 2x3', 'Sigmoid', 'Affine 3x2'], 4)
    """
    net = moments[-1][1] if net is None else net
    seen, rows = _thinned(moments), sample(len(x))
    layers = over_time([at for _, at in seen], make, x[rows], targets[rows])
    asked = data and _with_test_part(data)
    part = data and ("test" if asked is data else "training")
    answers = asked and _answered(net, asked, probabilities)
    weights = first_weights(net, x.shape[1:], data.schema if data else None)
    return WholeRun(tuple(step for step, _ in seen), len(rows), layers, weights, kernels(net), part, asked, answers)


def _thinned(moments: Sequence[tuple[int, Any]]) -> list[tuple[int, Any]]:
    """At most 60 of the moments, more at the beginning."""
    if len(moments) <= MOMENTS:
        return list(moments)
    steps = np.array([step for step, _ in moments])
    wanted = kept_steps(int(steps[-1]), MOMENTS)
    return [moments[i] for i in sorted({int(np.abs(steps - step).argmin()) for step in wanted})]


def _with_test_part(data: Dataset) -> Dataset:
    return data if len(data.y_test) else replace(data, x_test=data.x, y_test=data.y)


def _answered(net: Any, data: Dataset, probabilities: Callable[[Array], Array]) -> Answers | None:
    """What the network says of the test part; None where its outputs are not those of the classes, or of one number."""
    with np.errstate(all="ignore"):
        outputs = predict(net, data.x_test).astype(np.float64)
        p = probabilities(outputs) if data.classes else outputs
    most = shown_rows.room(data)
    if data.classes and p.shape[1:] == (1,):
        p = np.concatenate([1 - p, p], axis=1)
    if p.shape[1:] != (len(data.classes) or 1,):
        return None
    return of_classes(p, data.y_test, data.classes, most) if data.classes else of_numbers(p[:, 0], data.y_test, most)
