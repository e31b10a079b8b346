"""A training run as a value, and as a folder that survives being killed and can be repeated to the bit."""

from fnnet.runs.archive import FileError
from fnnet.runs.build import Experiment, experiment
from fnnet.runs.recipe import RECIPES, Recipe, usual
from fnnet.runs.run import Run, Source, load_run
from fnnet.runs.saving import load, save

__all__ = [
    "RECIPES", "Experiment", "FileError", "Recipe", "Run", "Source", "experiment", "load", "load_run", "save",
    "usual",
]  # fmt: skip
