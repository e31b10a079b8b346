"""For learning: back-propagation worked out in the course's letters, and whose examples move a weight."""

from fnnet.teaching.formats import FORMATS, comma_separated, latex, markdown, record, text
from fnnet.teaching.row import KINDS, Row
from fnnet.teaching.sheet import blank, solution
from fnnet.teaching.tracing import LIMIT, trace
from fnnet.teaching.weights import LECTURE, read_weights, weights

__all__ = [
    "FORMATS",
    "KINDS",
    "LECTURE",
    "LIMIT",
    "Row",
    "blank",
    "comma_separated",
    "latex",
    "markdown",
    "read_weights",
    "record",
    "solution",
    "text",
    "trace",
    "weights",
]
