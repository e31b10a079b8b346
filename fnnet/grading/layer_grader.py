"""What the graders of layers share: judging quantity by quantity, large inputs, a layer's own laws, and arrays."""

from collections.abc import Callable, Mapping, Sequence
from typing import final

import numpy as np

from fnnet.grading import calls, pages
from fnnet.grading.calls import Steps
from fnnet.grading.catalog.mistake import Quantity
from fnnet.grading.child.records import Failure, Value
from fnnet.grading.child.verbs import Step
from fnnet.grading.inputs import Inputs
from fnnet.grading.judge import Complaint, Seen, judge, not_an_array, same
from fnnet.grading.parts import Part
from fnnet.grading.report import Mark, marks
from fnnet.grading.session import Answer, Session
from fnnet.values.array import Array
from fnnet.values.record import evolve, frozen

LAYER, FRESH = "layer", "layer that is fresh"
ACCUMULATES = "adds to what the last backward left; each backward begins anew"
STALE = "a second batch of another size is not treated as the first batch of a fresh layer: something is kept"
REPEAT = "calling it twice with the same arrays gives two answers"
LINEAR = "dx does not grow in proportion to d_out; a gradient is linear in it"
BATCH = "an example gives something else in a batch than among a part of it; examples don't know of each other"
UNSEEN = Complaint("the laws can't be seen yet: they are asked of quantities that are right, and here none is")

Said = dict[str, Sequence[Complaint]]


@final
@frozen
class Observed:
    """One case: each quantity by its slot, the readings of what it was computed from, and who wrote on the way."""

    values: dict[str, Value]
    readings: tuple[Inputs, ...]
    wrote: tuple[Complaint, ...] = ()

    def seen(self, slot: str) -> Seen:
        """A quantity, and what it may have been computed from."""
        return Seen(self.values[slot], self.readings)


@final
@frozen
class Subject:
    """A layer to put through the laws.

    ``make`` makes it in a slot, and ``round`` runs it there forward and backward on a case, and leaves each of the
    ``slots`` under the name of the round. ``alone`` is whether each example is by itself and dx goes with d_out;
    where they aren't, what is wrong with one slot is wrong with all that follow from it. ``twice`` runs backward once
    more after the last round.
    """

    slots: Sequence[str]
    make: Callable[[str], Steps]
    round: Callable[[str, str, Inputs], Steps]
    case: Inputs
    alone: bool = True
    twice: Sequence[Step] = ()


def judged(observed: Sequence[Observed], quantities: Mapping[str, Quantity]) -> Said:
    """What is wrong with each quantity, which is seen in the slot of its letter."""
    return {name: judge(q, [o.seen(q.letter) for o in observed]) for name, q in quantities.items()}


def large_inputs(session: Session, part: Part, case: Inputs, right: bool, page: str) -> list[Complaint]:
    """Forward of numbers whose exponential is too large: no warning, no NaN, and the right limits."""
    answer = session.watch([*calls.make_plain(part, part.kind), *calls.forward(part, part.kind, case.x, "y")])
    y, where = answer.get("y"), f"see {page}"
    heard = [w for w in answer.warnings("y", calls.all_of("y")) if w.category == "RuntimeWarning"]
    overflow = "the exponential grows too large for large inputs"
    signs = [f"{w.message}, line {w.line} of {w.file}" for w in heard]
    if isinstance(y, Failure) and y.what in ("FloatingPointError", "OverflowError"):
        signs.append(y.sentence)
    if signs:
        return [Complaint(f"{overflow} ({signs[0]}): {where}", "overflow")]
    if not isinstance(y, np.ndarray):
        return [Complaint(not_an_array("y", y))]
    if not np.all(np.isfinite(y)):
        return [Complaint(f"the output is not finite for large inputs: {where}", "overflow")]
    if right and not (y.shape == case.y.shape and np.allclose(y, case.y, atol=1e-6)):
        return [Complaint(f"the output is wrong for large inputs, and right for small ones: {where}", "large inputs")]
    return []


def graded(session: Session, kind: str, said: Said, observed: Sequence[Observed], subject: Subject) -> list[Mark]:
    """The marks of a layer: what is said of its quantities, then of its laws, and of who wrote on arrays.

    Arrays are only handled rightly by code that ran.
    """
    wrong = {"y" if name == "forward" else name for name, complaints in said.items() if complaints}
    laws, wrote = _laws(session, subject, wrong)
    arrays = [*(c for o in observed for c in o.wrote), *wrote]
    if not arrays and not any(isinstance(o.values[slot], np.ndarray) for o in observed for slot in ("y", "dx")):
        arrays = [Complaint("nothing ran that could show it")]
    return marks(kind, {**said, "laws": laws, "arrays": arrays})


def _laws(session: Session, s: Subject, wrong: set[str]) -> tuple[list[Complaint], tuple[Complaint, ...]]:
    """The complaints, and who wrote on arrays; of quantities that are wrong by themselves nothing more is said."""
    steps = [*s.make(LAYER), *s.make(FRESH)]
    steps += [step for name, case in _rounds(s.case) for step in s.round(LAYER, name, case)]
    answer = session.watch([*steps, *s.round(FRESH, "fresh", s.case), *s.twice])
    there = [slot for slot in s.slots if slot not in wrong and isinstance(answer.get(f"{slot} first"), np.ndarray)]
    complaints = [complaint for slot in there if (complaint := _broken(answer, s, slot))]
    return (complaints[: None if s.alone else 1] if there else [UNSEEN]), answer.wrote


def _rounds(case: Inputs) -> list[tuple[str, Inputs]]:
    """A batch twice, two of other d_out, and half of it."""
    x, dout = (np.concatenate([a, a[::-1] / 2]) for a in (case.x, case.dout))
    whole = evolve(case, x=x, dout=dout, t=np.concatenate([case.t, case.t[::-1]]))
    other, total = evolve(whole, dout=dout[::-1] + 1), evolve(whole, dout=2 * dout - dout[::-1] - 1)
    return [("first", whole), ("again", whole), ("other", other), ("sum", total), ("part", case)]


def _broken(answer: Answer, s: Subject, slot: str) -> Complaint | None:
    first, again, part, fresh = (answer.get(f"{slot} {name}") for name in ("first", "again", "part", "fresh"))
    if not isinstance(first, np.ndarray) or not np.all(np.isfinite(first)):
        return None
    if not same(again, first):
        return _not_repeated(slot, again, first)
    if slot == "dx" and s.twice and not same(answer.get("dx twice"), fresh):
        return _not_repeated(slot, answer.get("dx twice"), first)
    if isinstance(fresh, np.ndarray) and not same(part, fresh):
        return Complaint(f"{slot}: {STALE}: see {pages.LAWS}", "kept from the last batch")
    rowwise = slot in ("y", "dx")
    if s.alone and not (isinstance(fresh, np.ndarray) and (not rowwise or same(fresh, first[: len(fresh)]))):
        return Complaint(f"{slot}: {BATCH}: see {pages.LAWS}", "batch law")
    if s.alone and slot == "dx" and not _linear(answer, first):
        return Complaint(f"{LINEAR}: see {pages.LAWS}", "not linear")
    return None


def _not_repeated(slot: str, again: Value, first: Array) -> Complaint:
    if slot.startswith("d") and same(again, 2 * first):
        return Complaint(f"{slot} {ACCUMULATES}: see {pages.LAWS}", "accumulates")
    return Complaint(f"{slot}: {REPEAT}: see {pages.LAWS}", "not repeatable")


def _linear(answer: Answer, first: Array) -> bool:
    other, total = answer.get("dx other"), answer.get("dx sum")
    fitting = isinstance(other, np.ndarray) and other.shape == first.shape
    return fitting and same(total, 2 * first - other, 10.0)
