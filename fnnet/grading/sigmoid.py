"""Grade a Sigmoid layer, and what is common to the layers without parameters."""

from typing import Any

import numpy as np

from fnnet.grading import calls, pages
from fnnet.grading.calls import Program
from fnnet.grading.catalog import sigmoid as known
from fnnet.grading.found import Part
from fnnet.grading.given import Given, sigmoid_cases
from fnnet.grading.judge import Complaint, Seen, judge, said, same
from fnnet.grading.laws import Subject, check
from fnnet.grading.report import Row, row
from fnnet.grading.running import run
from fnnet.grading.session import Answer, Session
from fnnet.grading.wire import Failure
from fnnet.values.array import Array
from fnnet.values.record import evolve

ROWS = [("forward", 5.0), ("large inputs", 3.0), ("dx", 6.0), ("laws", 3.0), ("arrays", 1.0)]
LARGE = np.array([[-1000.0, -60.0, 0.0], [40.0, 750.0, 1000.0]])


def grade_sigmoid(session: Session, part: Part) -> list[Row]:
    """The rows of the Sigmoid layer."""
    damage: list[Complaint] = []
    cases = [(case, observe(session, part, case, damage)) for case in sigmoid_cases()]
    m = dict(ROWS)
    outputs = [Seen(a.get("y"), (case,)) for case, a in cases]
    backs = [Seen(a.get("dx"), readings(case, known.y(case), a.get("y"))) for case, a in cases]
    rows = [row("Sigmoid", "forward", m["forward"], judge("y", outputs, known.y, known.FORWARDS))]
    large = large_inputs(session, part, LARGE, known.y(Given(x=LARGE)), rows[0].full, pages.SIGMOID_LARGE)
    rows += [
        row("Sigmoid", "large inputs", m["large inputs"], large),
        row("Sigmoid", "dx", m["dx"], judge("dx", backs, known.dx, known.DX)),
    ]
    wrong = {r.quantity for r in rows if not r.full}
    case = next(iter(sigmoid_cases()))
    subject = Subject(part, lambda p, slot: calls.make_plain(p, part, slot), lambda p, made, name: None, {})
    x, dout = np.concatenate([case.x, case.x / 4]), np.tile(case.dout, (2, 1))
    rows.append(row("Sigmoid", "laws", m["laws"], check(session, subject, x, dout, wrong, damage)))
    ran = any(isinstance(s.value, np.ndarray) for s in (*outputs, *backs))
    rows.append(row("Sigmoid", "arrays", m["arrays"], damage or ([] if ran else [Complaint(NOTHING)])))
    return rows


NOTHING = "nothing ran that could show it"


def observe(session: Session, part: Part, case: Given, damage: list[Complaint]) -> Answer:
    """Forward and backward of a layer without parameters; where forward gives nothing, backward gets the right y."""
    for helped in (False, True):
        p = Program()
        made = calls.make_plain(p, part, f"_{part.kind}")
        calls.forward(p, part, made, p.array(case.x), "y")
        if helped:
            p.add("_x", "put", made, ["x"], p.array(case.x))
            p.add("_y", "put", made, ["y"], p.array(known.y(case)))
        calls.backward(p, part, made, p.array(case.dout), "dx", 0.5, "y")
        answer = run(session, p, damage)
        if part.pure or isinstance(answer.get("y"), np.ndarray):
            break
    return answer


def readings(case: Given, y: Array, own: Any) -> tuple[Given, ...]:
    """What a backward may go by: the right y, or the student's own, so that no mistake counts twice."""
    right = evolve(case, y=y)
    fits = isinstance(own, np.ndarray) and own.shape == y.shape and not same(own, y)
    return (right, evolve(case, y=own.astype(float))) if fits and own.dtype.kind in "fiu" else (right, right)


def large_inputs(session: Session, part: Part, x: Array, expected: Array, right: bool, page: str) -> list[Complaint]:
    """Forward of numbers whose exponential is too large: no warning, no NaN, and the right limits."""
    p = Program()
    made = calls.make_plain(p, part, f"_{part.kind}")
    calls.forward(p, part, made, p.array(x), "y")
    p.steps[:] = [["!" + s[0] if s[0] == "y" and s[1] == "call" else s[0], *s[1:]] for s in p.steps]
    answer = run(session, p, [])
    y = answer.get("!y" if "!y" in answer.values else "y")
    heard = [w for slot in ("!y", "!_y") for w in answer.warnings.get(slot, []) if w[0] == "RuntimeWarning"]
    where = f"see {page}"
    overflow = "the exponential grows too large for large inputs"
    if heard:
        return [Complaint(f"{overflow} ({heard[0][1]}, line {heard[0][2]} of {heard[0][3]}): {where}", "overflow")]
    if isinstance(y, Failure) and y.what in ("FloatingPointError", "OverflowError"):
        return [Complaint(f"{overflow} ({y.sentence}): {where}", "overflow")]
    if not isinstance(y, np.ndarray):
        return [Complaint(said("y", y))]
    if not np.all(np.isfinite(y)):
        return [Complaint(f"the output is not finite for large inputs: {where}", "overflow")]
    if right and not (y.shape == expected.shape and np.allclose(y, expected, atol=1e-6)):
        return [Complaint(f"the output is wrong for large inputs, and right for small ones: {where}", "large inputs")]
    return []
