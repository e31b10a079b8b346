"""Laws that need no reference: a student's layer against itself."""

from collections.abc import Callable, Sequence
from typing import final

import numpy as np

from fnnet.grading import pages
from fnnet.grading.calls import Steps
from fnnet.grading.child.records import Value
from fnnet.grading.inputs import Inputs
from fnnet.grading.judge import Complaint, same
from fnnet.grading.session import Answer, Session
from fnnet.values.array import Array
from fnnet.values.record import evolve, frozen

ACCUMULATES = "adds to what the last backward left; each backward begins anew"
STALE = "a second batch of another size is not treated as the first batch of a fresh layer: something is kept"
REPEAT = "calling it twice with the same arrays gives two answers"
LINEAR = "dx does not grow in proportion to d_out; a gradient is linear in it"
BATCH = "an example gives something else in a batch than among a part of it; examples don't know of each other"
UNSEEN = Complaint("the laws can't be seen before forward and backward are right")


@final
@frozen
class Subject:
    """A layer to put through the laws.

    ``make`` makes it in a slot, and ``round`` runs it there forward and backward on a case, and leaves each of the
    ``slots`` under the name of the round. ``rowwise`` are those that have a row for each example alone; ``linear`` is
    whether dx goes with d_out; ``twice`` runs backward once more after the last round; ``most`` is
    how many complaints are said, where what is wrong with one slot is wrong with all that follow from it.
    """

    slots: Sequence[str]
    make: Callable[[str], Steps]
    round: Callable[[str, str, Inputs], Steps]
    whole: Inputs
    part: Inputs
    rowwise: Sequence[str] = ()
    linear: bool = False
    twice: Steps | None = None
    most: int | None = None


LAYER, FRESH = "layer", "layer that is fresh"


def check(session: Session, s: Subject, wrong: set[str]) -> tuple[list[Complaint], tuple[Complaint, ...]]:
    """The complaints, and who wrote on arrays; of quantities that are wrong by themselves nothing more is said."""
    other = evolve(s.whole, dout=s.whole.dout[::-1] + 1)
    total = evolve(s.whole, dout=2 * s.whole.dout - s.whole.dout[::-1] - 1)
    rounds = [("first", s.whole), ("again", s.whole), *([("other", other), ("sum", total)] if s.linear else [])]
    steps = [*s.make(LAYER), *s.make(FRESH)]
    steps += [step for name, case in [*rounds, ("part", s.part)] for step in s.round(LAYER, name, case)]
    answer = session.watch([*steps, *s.round(FRESH, "fresh", s.part), *(s.twice or ())])
    there = [slot for slot in s.slots if slot not in wrong and isinstance(answer.get(f"{slot} first"), np.ndarray)]
    complaints = [complaint for slot in there if (complaint := _broken(answer, s, slot))]
    return (complaints[: s.most] if there else [UNSEEN]), answer.wrote


def _broken(answer: Answer, s: Subject, slot: str) -> Complaint | None:
    """The first law that a quantity breaks."""
    first, again, part, fresh = (answer.get(f"{slot} {name}") for name in ("first", "again", "part", "fresh"))
    if not isinstance(first, np.ndarray) or not np.all(np.isfinite(first)):
        return None
    if not same(again, first):
        return _not_repeated(slot, again, first)
    if slot == "dx" and s.twice and not same(answer.get("dx twice"), fresh):
        return _not_repeated(slot, answer.get("dx twice"), first)
    if isinstance(fresh, np.ndarray) and not same(part, fresh):
        return Complaint(f"{slot}: {STALE}: see {pages.LAWS}", "kept from the last batch")
    if s.rowwise and not (
        isinstance(fresh, np.ndarray) and (slot not in s.rowwise or same(fresh, first[: len(fresh)]))
    ):
        return Complaint(f"{slot}: {BATCH}: see {pages.LAWS}", "batch law")
    if slot == "dx" and s.linear and not _linear(answer, first):
        return Complaint(f"{LINEAR}: see {pages.LAWS}", "not linear")
    return None


def _not_repeated(slot: str, again: Value, first: Array) -> Complaint:
    if slot.startswith("d") and same(again, 2 * first):
        return Complaint(f"{slot} {ACCUMULATES}: see {pages.LAWS}", "accumulates")
    return Complaint(f"{slot}: {REPEAT}: see {pages.LAWS}", "not repeatable")


def _linear(answer: Answer, first: Array) -> bool:
    other, total = answer.get("dx other"), answer.get("dx sum")
    if not isinstance(other, np.ndarray) or other.shape != first.shape:
        return False
    return same(total, 2 * first - other, 10.0)
