"""A known mistake: what it makes of the inputs, and how to say so."""

from collections.abc import Callable
from typing import Any, final

from fnnet.grading.given import Given
from fnnet.values.array import Array
from fnnet.values.record import frozen


@final
@frozen
class Mistake:
    """``f`` gives the quantity as the mistake makes it; ``says`` is the hint, and ``page`` explains it."""

    name: str
    says: str
    page: str
    f: Callable[[Given], Any]

    @property
    def sentence(self) -> str:
        """The hint and where to read on."""
        return f"{self.says}: see {self.page}"


Catalog = tuple[Mistake, ...]


def scalings(quantity: str, where: str, right: Callable[[Given], Array]) -> Catalog:
    """What happens to a gradient as a whole: the wrong sign, or a factor too many."""
    return (
        Mistake(
            f"{quantity} negated",
            f"{quantity} has the wrong sign; it is the slope itself, and the update takes it off",
            where,
            lambda g: -right(g),
        ),
        Mistake(
            f"{quantity} doubled",
            f"{quantity} is twice as large as it should be",
            where,
            lambda g: 2 * right(g),
        ),
    )
