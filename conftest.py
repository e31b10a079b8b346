"""How the tests run: side by side, one worker and one thread to a core; files that are named, in this process."""

import os
from pathlib import Path

import pytest

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")  # before NumPy is loaded; two threads that share a core wait for each other


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """No workers for single files, which run sooner than workers start; else as many as xdist thinks right."""
    return 0 if all(Path(argument.split("::")[0]).is_file() for argument in config.args) else None
