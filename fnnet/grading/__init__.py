"""Grading a student's layers: each quantity alone, and each mistake by its name."""

from fnnet.grading.grade import Settings, grade
from fnnet.grading.process import Limits
from fnnet.grading.report import Report, Row, markdown

__all__ = ["Limits", "Report", "Row", "Settings", "grade", "markdown"]
