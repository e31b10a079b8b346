"""`see`: a page of a training run, from Python."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from fnnet.datasets.dataset import of_arrays
from fnnet.learning.arguments import MakeLoss, check_arguments, steps_per_epoch
from fnnet.learning.state import State, first_state
from fnnet.learning.stream import train
from fnnet.losses import MeanSquaredError, SoftmaxCrossEntropy
from fnnet.network.folds import Params
from fnnet.optimizers import SGD, Optimizer
from fnnet.runs.figure import right
from fnnet.seeing.budget import SIZE, shown
from fnnet.seeing.contents import Subject
from fnnet.seeing.film import Training
from fnnet.seeing.page import Page, page
from fnnet.seeing.stage import stage


def see(
    net: Params, x: Any, y: Any, *, loss: MakeLoss | None = None, optimizer: Optimizer = SGD(lr=0.1),  # noqa: B008  # as in train
    epochs: int = 10, batch_size: int | None = None, seed: int = 0, classes: Sequence[str] = (),
    title: str = "a network", size: int = SIZE,
) -> Page:  # fmt: skip
    """A page of how ``net`` learns on x (N, ...) and targets y: the film, and every number of each of its steps.

    It trains as `train` does with the same arguments, to the same bits, and keeps the states that it shows; with
    ``epochs=0`` it shows the step that ``net`` would take. Without a ``loss`` it is `SoftmaxCrossEntropy` for class
    indices, which may have names in ``classes``, and `MeanSquaredError` for other targets. The page has at most
    ``size`` bytes: of a run that is too long for it, more moments are kept at the beginning.

    A notebook shows it; ``page.save("see.html")`` writes it down. Raises UsageError as `train` does, and for a size
    that does not hold two moments.

    >>> from fnnet import datasets, mlp
    >>> xor = datasets.xor()
    >>> see(mlp([2, 2, 2], dtype=float), xor.x, xor.y, epochs=3, title="XOR")
    Page('XOR', ... characters)
    """
    labels = np.asarray(y)
    indices = labels.ndim == 1 and labels.dtype.kind in "iu"
    make = loss or (SoftmaxCrossEntropy if indices else MeanSquaredError)
    args = check_arguments(net, x, y, make, optimizer, batch_size, None, None, None)

    def states() -> Iterator[State]:
        return train(
            net, args.x, args.y, loss=make, optimizer=optimizer, epochs=epochs, batch_size=args.batch_size,
            seed=seed, metric=right if indices else None,
        )  # fmt: skip

    run = Training(
        first=first_state(net, optimizer, seed), states=states, x=args.x, targets=args.y, make=make,
        optimizer=optimizer, batch_size=args.batch_size, steps=epochs * steps_per_epoch(len(args.x), args.batch_size),
        metric="accuracy" if indices else "",
    )  # fmt: skip
    names = tuple(map(str, classes)) or (tuple(map(str, range(int(labels.max()) + 1))) if indices else ())
    data = of_arrays(title, args.x, args.y, classes=names) if indices else None
    subject = Subject(title, (), names, None, args.x[:0], args.y[:0], data=data)
    return page([shown(run, stage(net, make, run.targets), subject, size)])
