"""How large a film may be: as many moments as a budget of bytes holds, and a page that is never larger than that."""

import re
from typing import Any

from fnnet.learning.state import State
from fnnet.runs.difference import difference
from fnnet.seeing.contents import Subject, contents
from fnnet.seeing.film import Film, Training, film, kept_steps, size_of, thinned
from fnnet.seeing.page import Shown, page
from fnnet.seeing.stage import Stage
from fnnet.seeing.whole import whole
from fnnet.values.errors import UsageError
from fnnet.values.record import replace

#: How many bytes a page has at most when nothing else is said.
SIZE = 20_000_000

#: What a film has beside its moments takes no more than this share of a budget, and this many bytes.
BESIDE, ROOM = 0.1, 60_000

#: Compressed, moments may be smaller than they are: so many times as many are tried as would be held otherwise.
HOPED = 2

#: What is said where a run, trained again, comes to other bits.
OTHER_BITS = "Trained again here, the run comes to other bits than it has kept: {there}. The film is of what came here."

UNITS = {"": 1, "k": 1000, "m": 1000**2, "g": 1000**3}


def bytes_of(text: str) -> int:
    """A size in bytes, such as 20MB or 500kB; UsageError for what is none.

    >>> bytes_of("20MB"), bytes_of("1.5 kB"), bytes_of("800000")
    (20000000, 1500, 800000)
    """
    said = re.fullmatch(r"\s*([0-9]{1,15}(?:\.[0-9]+)?)\s*([kmg]?)b?\s*", text.lower())
    if said is None or not (size := int(float(said[1]) * UNITS[said[2]])):
        raise UsageError(f"size must be a number of bytes above 0, such as 20MB, got {text!r}")
    return size


def in_bytes(size: int) -> str:
    """A size in words, rounded up.

    >>> in_bytes(20_000_000), in_bytes(1_234), in_bytes(2_340_000)
    ('20 MB', '2 kB', '2.4 MB')
    """
    if size < 1_000_000:
        return f"{-(-size // 1000)} kB"
    return f"{-(-size // 100_000) / 10:g} MB"


def shown(run: Training, stage: Stage, subject: Subject, size: int = SIZE, was: State | None = None) -> Shown:
    """The film of a run, in a page of at most so many bytes; a note says so where it does not end as ``was``.

    Raises UsageError, saying what it takes, where the budget does not hold two moments.
    """
    least, each = len(page([]).html.encode()) + ROOM, size_of(run, stage)
    held = int((size * (1 - BESIDE) - least) / each)
    if held < 2:
        raise _too_small(size, least, each)
    made = film(run, stage, kept_steps(run.steps, HOPED * held))
    if was and (there := difference(was, made.moments[-1].state)):
        subject = replace(subject, notes=(*subject.notes, OTHER_BITS.format(there=there)))
    seen = _whole(made, run, subject)
    while True:
        found = Shown(*contents(made, run, stage, subject), seen)
        taken = len(page([found]).html.encode())
        if taken <= size:
            return found
        if len(made.moments) <= 2:
            raise _too_small(size, max(least, taken - 2 * each), each)
        made = _fewer(made, size / taken)


def _whole(film: Film, run: Training, subject: Subject) -> dict[str, Any] | None:
    """What of the whole run is shown; nothing where there is no film."""
    if not len(film.loss):
        return None
    moments = [(at.state.step, at.state.params) for at in film.moments]
    net, data = film.moments[-1].state.chosen, subject.data
    found = whole(moments, run.make, run.x, run.targets, net=net, data=data, probabilities=subject.probabilities)
    return found.plain()


def _fewer(film: Film, share: float) -> Film:
    many = len(film.moments)
    return thinned(film, max(2, min(many - 1, int(many * share))))


def _too_small(size: int, least: int, each: int) -> UsageError:
    wanted = int((least + 2 * each) / (1 - BESIDE)) + 1
    return UsageError(
        f"a page of {in_bytes(size)} holds no film of this run: a moment of it takes {in_bytes(each)}; "
        f"say a size of at least {in_bytes(wanted)}"
    )
