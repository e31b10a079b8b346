"""How many BLAS threads a run is worth.

For small matrices a second thread gives little, and costs a lot when another program wants its core: both threads
then wait for each other at every product.
"""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from threadpoolctl import threadpool_limits

from fnnet.experiment import Experiment
from fnnet.tree import params_of

#: Multiplications in the largest product of a step, below which one thread is enough (784-256-10 has 26 million).
WORTH_SHARING = 30_000_000


def limited(run: Experiment) -> AbstractContextManager[Any]:
    """One BLAS thread while a small network trains; the machine's usual number otherwise."""
    largest = max(a.size for a in params_of(run.net)) * (run.recipe.batch_size or len(run.x))
    return nullcontext() if largest >= WORTH_SHARING else threadpool_limits(1, "blas")
