"""Checking a layer: its gradients against measured ones, and the laws that every layer keeps."""

from fnnet.checking.gradient import Measured, Report, check_gradients
from fnnet.checking.laws import LAWS, Verdict, check_laws
from fnnet.checking.problem import Case

__all__ = ["LAWS", "Case", "Measured", "Report", "Verdict", "check_gradients", "check_laws"]
