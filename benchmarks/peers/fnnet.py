"""fnnet, through the public stream. Images stay bytes until a batch is made of them, as in `fnnet train`."""

from collections.abc import Callable
from itertools import islice
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController, threadpool_limits

from benchmarks.work import LR, Work
from fnnet.cli.threads import worth
from fnnet.layers import Scale
from fnnet.learning.arguments import steps_per_epoch
from fnnet.learning.stream import train
from fnnet.losses import SoftmaxCrossEntropy
from fnnet.network.chunks import predict
from fnnet.optimizers import SGD, Adam
from fnnet.values.array import readonly


def prepare(work: Work) -> tuple[Callable[[int], float], Callable[[Any], Any]]:
    """An epoch is as many states of one endless stream as it has steps."""
    x, y = map(readonly, work.raw())
    optimizer = {"sgd": SGD, "adam": Adam}[work.optimizer](lr=LR[work.optimizer])
    net = work.net()
    first = (Scale(1 / 255),) if x.dtype == np.uint8 else ()
    states = train(
        (*first, *net), x, y, loss=SoftmaxCrossEntropy, optimizer=optimizer, epochs=10**9, batch_size=work.batch
    )
    steps = steps_per_epoch(len(x), work.batch)

    def epoch(number: int) -> float:
        for state in islice(states, steps):  # noqa: B007  # the last one is wanted
            pass
        return state.mean_loss

    blas = ThreadpoolController()
    threadpool_limits(min(worth(net, work.batch), work.threads), "blas")  # as the command line does for training

    def outputs(images: Any) -> Any:
        with blas.limit(limits=work.threads, user_api="blas"):
            return predict(net, images)

    return epoch, outputs
