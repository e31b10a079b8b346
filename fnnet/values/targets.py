"""Targets of examples: what a loss may be asked to learn. N examples, K classes or outputs."""

from typing import Any

from fnnet.values.array import Array, numbers, readonly


def numeric_targets(values: Any) -> Array:
    """Targets of real numbers, read-only; TypeError for others."""
    return readonly(numbers(values, "targets"))
