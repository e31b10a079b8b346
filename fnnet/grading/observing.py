"""Run a program on arrays that can't be written to; where that stops it, note who wrote, and run it on others."""

from collections.abc import Iterable, Sequence
from typing import final

import numpy as np

from fnnet.grading import pages
from fnnet.grading.cases import Case
from fnnet.grading.child.records import Failure, Value
from fnnet.grading.child.verbs import Step
from fnnet.grading.judge import Complaint, Seen, same
from fnnet.grading.session import Answer, Session
from fnnet.values.array import Array
from fnnet.values.record import evolve, frozen

WORDS = ("read-only", "readonly", "read only", "not writeable", "writeable")


@final
@frozen
class Watched:
    """An answer, and the complaint about who wrote on its caller's arrays."""

    answer: Answer
    wrote: tuple[Complaint, ...]


def watched(session: Session, steps: Sequence[Step]) -> Watched:
    """What came of the steps, on read-only arrays if they let them be."""
    answer = session.run(steps)
    guilty = next((why for why in answer.failures if _wrote(why)), None)
    if guilty is None:
        return Watched(answer, ())
    text = f"writes on an array that belongs to its caller ({guilty.place or 'in a library'}): see {pages.IN_PLACE}"
    return Watched(session.run(steps, writable=True), (Complaint(text, "in place"),))


def _wrote(why: Failure) -> bool:
    return why.kind == "raised" and why.what == "ValueError" and any(word in why.message for word in WORDS)


@final
@frozen
class Observed:
    """One case: each quantity by its slot, the readings of what it was computed from, and who wrote on the way."""

    values: dict[str, Value]
    readings: tuple[Case, ...]
    wrote: tuple[Complaint, ...] = ()

    def seen(self, slot: str) -> Seen:
        """A quantity, and what it may have been computed from."""
        return Seen(self.values[slot], self.readings)


def readings(case: Case, y: Array, own: Value) -> tuple[Case, ...]:
    """What a backward may go by: the right y, or the student's own, so that no mistake counts twice."""
    right = evolve(case, y=y)
    if not isinstance(own, np.ndarray) or own.shape != y.shape or own.dtype.kind not in "fiu" or same(own, y):
        return (right,)
    return right, evolve(case, y=own.astype(float))


def untouched(observed: Iterable[Observed], wrote: Iterable[Complaint], slots: Sequence[str] = ()) -> list[Complaint]:
    """Who wrote on arrays; they are only handled rightly by code that ran and gave one of these slots."""
    complaints = [*(c for o in observed for c in o.wrote), *wrote]
    ran = any(isinstance(o.values[slot], np.ndarray) for o in observed for slot in slots)
    return complaints or ([] if ran or not slots else [Complaint("nothing ran that could show it")])
