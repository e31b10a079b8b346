"""For learning: back-propagation worked out in the course's letters, as a value, a table and an exercise sheet."""

from fnnet.teaching.board import Loss
from fnnet.teaching.exercise import exercise
from fnnet.teaching.formats import FORMATS, comma_separated, latex, markdown, record
from fnnet.teaching.half_squared_error import HalfSquaredError
from fnnet.teaching.layout import text
from fnnet.teaching.network_file import LECTURE, read_weights, weights
from fnnet.teaching.pushes import Push, who_moved
from fnnet.teaching.rows import KINDS, Row, blank, solution
from fnnet.teaching.tracing import LIMIT, trace

__all__ = [
    "FORMATS", "KINDS", "LECTURE", "LIMIT", "HalfSquaredError", "Loss", "Push", "Row", "blank", "comma_separated",
    "exercise", "latex", "markdown", "read_weights", "record", "solution", "text", "trace", "weights", "who_moved",
]  # fmt: skip
