"""A page to see: the film of a training run, and every number of a step of back-propagation."""

from fnnet.seeing.look import see
from fnnet.seeing.page import Page

__all__ = ["Page", "see"]
