"""How many BLAS threads a run is worth, and computing with them.

For small matrices a second thread gives little, and costs a lot when another program wants its core: both threads
then wait for each other at every product.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from threadpoolctl import threadpool_info, threadpool_limits

from fnnet.values.tree import arrays

#: Multiplications in the largest product of a step, below which one thread is enough (784-256-10 has 26 million).
WORTH_SHARING = 30_000_000


def worth(net: Any, batch_size: int) -> int:
    """One BLAS thread for a small network, and the machine's usual number otherwise."""
    largest = max(a.size for a in arrays(net).values()) * batch_size
    return 1 if largest < WORTH_SHARING else max((pool["num_threads"] for pool in blas()), default=1)


@contextmanager
def computing(threads: int) -> Iterator[None]:
    """So many BLAS threads; and what is not finite is looked for at the end, and not warned of on the way."""
    with threadpool_limits(threads, "blas"), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        yield


def blas() -> list[dict[str, Any]]:
    """The BLAS libraries of this process."""
    return [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
