"""How many BLAS threads a run is worth.

For small matrices a second thread gives little, and costs a lot when another program wants its core: both threads
then wait for each other at every product.
"""

from typing import Any

from threadpoolctl import threadpool_info

from fnnet.experiment import Experiment
from fnnet.tree import arrays

#: Multiplications in the largest product of a step, below which one thread is enough (784-256-10 has 26 million).
WORTH_SHARING = 30_000_000


def worth(run: Experiment) -> int:
    """One BLAS thread for a small network, and the machine's usual number otherwise."""
    largest = max(a.size for a in arrays(run.net).values()) * (run.recipe.batch_size or len(run.x))
    return 1 if largest < WORTH_SHARING else max((pool["num_threads"] for pool in blas()), default=1)


def blas() -> list[dict[str, Any]]:
    """The BLAS libraries of this process."""
    return [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
