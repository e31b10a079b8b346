"""A known mistake: what it makes of the inputs, and how to say so; and a quantity with all that goes wrong in it."""

from collections.abc import Callable
from typing import TypeAlias, final

from numpy.typing import ArrayLike

from fnnet.grading.inputs import Inputs
from fnnet.values.array import Array
from fnnet.values.record import frozen

Formula: TypeAlias = Callable[[Inputs], ArrayLike]
Right: TypeAlias = Callable[[Inputs], Array]


@final
@frozen
class Mistake:
    """``f`` gives the quantity as the mistake makes it; ``says`` is the hint, and ``page`` explains it."""

    name: str
    says: str
    f: Formula
    page: str

    @property
    def sentence(self) -> str:
        """The hint and where to read on."""
        return f"{self.says}: see {self.page}"


Catalog: TypeAlias = tuple[Mistake, ...]


def on(page: str, *lines: tuple[str, str, Formula]) -> Catalog:
    """The mistakes that one page explains: the name, the hint and the formula of each."""
    return tuple(Mistake(name, says, f, page) for name, says, f in lines)


def scalings(letter: str, page: str, right: Right) -> Catalog:
    """What happens to a gradient as a whole: the wrong sign, or a factor too many."""
    sign = f"{letter} has the wrong sign; it is the slope itself, and the update takes it off"
    return on(
        page,
        (f"{letter} negated", sign, lambda g: -right(g)),
        (f"{letter} doubled", f"{letter} is twice as large as it should be", lambda g: 2 * right(g)),
    )


@final
@frozen
class Quantity:
    """What a layer gives under a letter: what is right, what goes wrong, and how exact it must be.

    A ``row`` is a vector that may stand in a row of its own.
    """

    letter: str
    right: Right
    mistakes: Catalog
    slack: float = 1.0
    row: bool = False
