"""Grading a student's layers: each quantity alone, and each mistake by its name."""

from fnnet.grading.folder import students
from fnnet.grading.grade import Settings, grade
from fnnet.grading.process import Limits
from fnnet.grading.report import Report, Row, markdown
from fnnet.grading.skeleton import write_skeleton
from fnnet.grading.training import digits_of

__all__ = ["Limits", "Report", "Row", "Settings", "digits_of", "grade", "markdown", "students", "write_skeleton"]
