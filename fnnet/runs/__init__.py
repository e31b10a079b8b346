"""A training run as a value, and as a folder that survives being killed and can be repeated to the bit."""

from fnnet.runs.run import Run, Source, load_run

__all__ = ["Run", "Source", "load_run"]
