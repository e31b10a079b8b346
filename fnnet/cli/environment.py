"""What would explain that the same run gives other bits on another day: versions, processor, BLAS."""

import json
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from fnnet.cli.threads import blas
from fnnet.runs import Run
from fnnet.runs.folder import RECORD
from fnnet.tables.opening import open_regular


def environment() -> dict[str, Any]:
    """Versions, processor and BLAS of this process."""
    config: Any = np.show_config(mode="dicts")
    found = {f"{pool['internal_api']} {pool['version']} {pool.get('architecture', '')}".strip() for pool in blas()}
    return {
        "fnnet": version("fnnet"),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": sorted(found),
        "simd": config["SIMD Extensions"].get("found", []),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def machines(before: list[dict[str, Any]], run: Run) -> list[dict[str, Any]]:
    """The machines that a run has been on, those before and this one, with the step from which each computed."""
    here = {"threads": run.threads, **environment()}
    same = before and {**before[-1], "from_step": 0} == {**here, "from_step": 0}
    return before if same else [*before, {"from_step": run.state.step if run.state else 0, **here}]


def recorded(folder: Path) -> list[dict[str, Any]]:
    """The machines that the folder of a run says it has been on; none where it does not say."""
    try:
        with open_regular(folder / RECORD) as file:
            return [dict(machine) for machine in json.load(file)["machines"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _processor() -> str:
    """The model of the processor, which Linux alone says in a file."""
    if sys.platform == "linux":
        for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def changes(was: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """What is not as it was, a sentence each.

    >>> changes({"numpy": "2.3.0"}, {"numpy": "2.4.6"})
    ['numpy was 2.3.0 and is 2.4.6']
    """
    both = [name for name in now if name in was and was[name] != now[name]]
    return [f"{name} was {_text(was[name])} and is {_text(now[name])}" for name in both]


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
