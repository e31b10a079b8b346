"""Grading a student's layers: each quantity alone, and each mistake by its name."""

from fnnet.grading.grader import Settings, grade
from fnnet.grading.process import Limits
from fnnet.grading.report import Mark, Report, markdown
from fnnet.grading.skeleton import write_skeleton
from fnnet.grading.students import students
from fnnet.grading.trial import digits_of

__all__ = ["Limits", "Mark", "Report", "Settings", "digits_of", "grade", "markdown", "students", "write_skeleton"]
