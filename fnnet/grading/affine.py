"""Grade an Affine layer: each quantity alone, from reference inputs."""

from typing import Any

import numpy as np

from fnnet.grading import calls
from fnnet.grading.calls import Program
from fnnet.grading.catalog import affine as known
from fnnet.grading.found import Part
from fnnet.grading.given import Given, affine_cases
from fnnet.grading.judge import Complaint, Seen, judge, partly
from fnnet.grading.laws import Subject, check
from fnnet.grading.report import Row, row
from fnnet.grading.running import run
from fnnet.grading.scout import Places, scout
from fnnet.grading.session import Answer, Session
from fnnet.grading.step import RATE, own, step_complaints
from fnnet.grading.wire import Failure, Nothing, Odd
from fnnet.values.record import evolve

ROWS = [("forward", 6.0), ("dx", 6.0), ("dW", 6.0), ("db", 6.0), ("update", 4.0), ("laws", 4.0), ("arrays", 2.0)]


def grade_affine(session: Session, part: Part) -> list[Row]:
    """The rows of the Affine layer."""
    part, places = scout(session, part)
    damage: list[Complaint] = []
    cases = [_observe(session, part, places, case, damage, RATE) for case in affine_cases()]
    again = [] if part.pure or places.dW else [_observe(session, part, places, c, damage, 1.0) for c in affine_cases()]
    graded = again or cases
    m = dict(ROWS)
    judged = {
        "forward": judge("y", _seen("y", cases), known.y, known.FORWARDS),
        "dx": judge("dx", _seen("dx", graded), known.dx, known.DX),
        "dW": judge("dW", _seen("dW", graded), known.dW, known.DW),
        "db": judge("db", _seen("db", graded), known.db, known.DB, reshape=True),
    }
    for name, right in (("dx", known.dx), ("dW", known.dW), ("db", known.db)):
        explained = any(c.mistake for other, found in judged.items() for c in found if other != name)
        if explained and partly(_seen(name, graded), right, name == "db"):
            judged[name] = []
    rows = [row("Affine", name, m[name], found) for name, found in judged.items()]
    steps = (
        None
        if part.pure
        else step_complaints(part, cases, again, bool(part.rate() or places.rates or places.constants))
    )
    if steps is not None:
        rows.append(row("Affine", "update", m["update"], steps))
    wrong = {r.quantity for r in rows if not r.full}
    rows.append(row("Affine", "laws", m["laws"], _laws(session, part, places, wrong, damage)))
    touched = damage or _untouched(cases)
    return [*rows, row("Affine", "arrays", m["arrays"], touched)]


def _seen(quantity: str, cases: list[dict[str, Any]]) -> list[Seen]:
    return [Seen(case[quantity], (case["given"],)) for case in cases]


def _untouched(cases: list[dict[str, Any]]) -> list[Complaint]:
    """Arrays are only handled rightly by code that ran."""
    ran = any(not isinstance(c[q], Failure) and isinstance(c[q], np.ndarray) for c in cases for q in ("y", "dx"))
    return [] if ran else [Complaint("nothing ran that could show it")]


def _observe(
    session: Session, part: Part, places: Places, case: Given, damage: list[Complaint], rate: float
) -> dict[str, Any]:
    """Every quantity of one case, by name, and what it is computed from."""
    p = program(part, places, case, rate)
    answer = run(session, p, damage)
    if part.pure:
        grads = answer.get("grads_dx")
        return {"given": case, "y": answer.get("y"), "dx": answer.get("dx"), **_of_grads(grads, answer)}
    found = {name: answer.get(name) for name in ("y", "dx", "b1", "b2")}
    found |= {name: _upright(answer.get(name), places) for name in ("W1", "W2", "dW")}
    W, b = own(_upright(answer.get("W0"), places), case.W), own(answer.get("b0"), case.b)
    given = evolve(case, W=W, b=b, lr=rate, W1=own(found["W1"], W))
    found["dW"] = found["dW"] if places.dW else _difference(answer, W, found["W1"])
    found["db"] = answer.get("db") if places.db else _difference(answer, b, found["b1"])
    return {"given": given, "answer": answer, **found}


def _difference(answer: Answer, old: Any, new: Any) -> Any:
    if isinstance(answer.get("dx"), Failure):
        return answer.get("dx")
    if not isinstance(new, np.ndarray) or new.size != old.size:
        return new
    moved = old - new.reshape(old.shape)
    return answer.get("dx") if isinstance(answer.get("dx"), Nothing) and not moved.any() else moved


def _upright(value: Any, places: Places) -> Any:
    """W or its gradient as the lecture lays it out, for a layer that keeps W on its side."""
    return value.T if places.sideways and isinstance(value, np.ndarray) else value


def program(part: Part, places: Places, case: Given, rate: float) -> Program:
    """Make the layer with this case's W and b, run it forward and backward, and look."""
    p = Program()
    made = fresh(p, part, places, case, rate)
    x = p.array(case.x)
    calls.forward(p, part, made, x, "y")
    if not part.pure and not places.forward_works:
        p.add("_x", "put", made, ["x"], x)
    calls.backward(p, part, made, p.array(case.dout), "dx", rate, "y")
    if not part.pure:
        for slot, path in (("dW", places.dW), ("db", places.db), ("W1", places.W), ("b1", places.b)):
            if path:
                p.add(slot, "get", made, path)
        method = next((name for name in ("update", "step") if name in part.methods), None)
        if method:
            placed, named = calls.arguments(part.parameters(method), {"rate": {"v": rate}}, [{"v": rate}])
            p.add("_updated", "call", made, method, placed, named)
            p.add("W2", "get", made, places.W)
            p.add("b2", "get", made, places.b)
    return p


def fresh(p: Program, part: Part, places: Places, case: Given, rate: float, slot: str = "_Affine") -> str:
    """A layer with this case's W and b; the slot it is in."""
    made = calls.make_affine(p, part, case.W, case.b, slot, places.tupled)
    if part.pure:
        return made
    for name in places.rates:
        p.add("_rate", "put", made, [name], {"v": rate})
    for name in places.constants:
        p.add("_constant", "put", None, [name], {"v": rate})
    W = case.W.T if places.sideways else case.W
    for name, path, value in (("W0", places.W, W), ("b0", places.b, case.b)):
        if path:
            p.add(f"_fill{name}", "fill", made, path, p.array(value))
            p.add(name, "get", made, path)
    return made


def _laws(session: Session, part: Part, places: Places, wrong: set[str], damage: list[Complaint]) -> Any:
    case = next(iter(affine_cases()))

    W = case.W.T if places.sideways else case.W

    def restore(p: Program, made: str, name: str) -> None:
        for path, value in ((places.W, W), (places.b, case.b)):
            if path and not part.pure:
                p.add(f"_restore {name}", "fill", made, path, p.array(value))

    stored = {name: path for name, path in (("dW", places.dW), ("db", places.db)) if path and not part.pure}
    subject = Subject(part, lambda p, slot: fresh(p, part, places, case, RATE, slot), restore, stored)
    return check(
        session, subject, np.concatenate([case.x, case.x[::-1] / 2]), np.tile(case.dout, (2, 1)), wrong, damage
    )


def _of_grads(grads: Any, answer: Answer) -> dict[str, Any]:
    """dW and db out of what a pure backward returns second: a record, a dictionary or a pair."""
    if not isinstance(grads, Odd):
        why = grads if isinstance(grads, Failure) else answer.get("dx")
        return {"dW": why if isinstance(why, Failure) else grads, "db": why if isinstance(why, Failure) else grads}
    named = {}
    for kind, names in (("dW", calls.WEIGHTS), ("db", calls.BIASES)):
        wanted = (*names, *(f"d{name}" for name in names))
        named[kind] = next((v for k, v in grads.parts.items() if calls.is_name(k, wanted)), None)
    items = grads.items
    pairs = zip(("dW", "db"), (0, 1), strict=True)
    return {
        k: v if (v := named[k]) is not None else (items[i] if len(items) > i else Failure("missing", k))
        for k, i in pairs
    }
