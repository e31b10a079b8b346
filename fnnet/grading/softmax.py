"""Grade Softmax with its loss, in the course's form or as a layer and a loss of their own."""

from typing import Any

import numpy as np

from fnnet.grading import calls, pages
from fnnet.grading.calls import Program
from fnnet.grading.catalog import loss as losses
from fnnet.grading.catalog import softmax as known
from fnnet.grading.catalog.mistake import Catalog
from fnnet.grading.found import Part
from fnnet.grading.given import Given, softmax_cases
from fnnet.grading.judge import Complaint, Seen, judge, said, same
from fnnet.grading.laws import REPEAT, STALE
from fnnet.grading.report import Row, row
from fnnet.grading.running import run
from fnnet.grading.session import Answer, Session
from fnnet.grading.sigmoid import NOTHING, large_inputs, readings
from fnnet.values.record import evolve

ROWS = [("forward", 5.0), ("large inputs", 3.0), ("loss", 6.0), ("dx", 6.0), ("laws", 3.0), ("arrays", 1.0)]
POINTS = dict(ROWS)
LARGE = np.array([[1000.0, 0.0, -1000.0], [-1000.0, -999.0, -1001.0], [2.0, 1.0, 0.0]])
LOSS_SLACK = 300.0  # a small number added inside the logarithm is no mistake


def grade_softmax(session: Session, part: Part, convention: str) -> list[Row]:
    """The rows of a Softmax of the course: it remembers y, takes t in ``loss``, and goes back through both."""
    damage: list[Complaint] = []
    cases = [(case, _observe(session, part, case, damage)) for case in softmax_cases(convention)]
    ys = [Seen(a.get("y"), (case,)) for case, a in cases]
    rows = [row("Softmax", "forward", POINTS["forward"], judge("y", ys, known.y, known.FORWARDS))]
    large = large_inputs(session, part, LARGE, known.y(Given(x=LARGE)), rows[0].full, pages.SOFTMAX_LARGE)
    rows.append(row("Softmax", "large inputs", POINTS["large inputs"], large))
    bases = [readings(case, known.y(case), a.get("y")) for case, a in cases]
    values = [Seen(_number(a.get("loss")), base) for (_, a), base in zip(cases, bases, strict=True)]
    rows.append(row("Softmax", "loss", POINTS["loss"], judge_loss(values, convention)))
    backs = [Seen(a.get("dx"), base) for (_, a), base in zip(cases, bases, strict=True)]
    rows.append(row("Softmax", "dx", POINTS["dx"], judge("dx", backs, known.dx, known.DX)))
    rows.append(
        row("Softmax", "laws", POINTS["laws"], _laws(session, part, {r.quantity for r in rows if not r.full}, damage))
    )
    ran = any(isinstance(s.value, np.ndarray) for s in (*ys, *backs))
    return [*rows, row("Softmax", "arrays", POINTS["arrays"], damage or ([] if ran else [Complaint(NOTHING)]))]


def judge_loss(seen: list[Seen], convention: str) -> list[Complaint]:
    """The loss: where the gradient is a sum's, the loss may be shown as the mean all the same."""
    found = judge("the loss", seen, losses.loss, _without_share(convention), LOSS_SLACK)
    if found and convention == "sum":
        mean = [Seen(s.value, tuple(evolve(g, share=1 / len(g.t)) for g in s.givens)) for s in seen]
        return [] if not judge("the loss", mean, losses.loss, (), LOSS_SLACK) else found
    return found


def _without_share(convention: str) -> Catalog:
    return tuple(m for m in losses.LOSSES if convention == "mean" or m.name != "loss not averaged")


def _number(value: Any) -> Any:
    """A loss in an array of one number is a number."""
    return value.reshape(()) if isinstance(value, np.ndarray) and value.size == 1 else value


def _round(p: Program, part: Part, made: str, case: Given, name: str = "", helped: bool = False) -> None:
    """Forward, loss and backward, as a training step calls them."""
    calls.forward(p, part, made, p.array(case.x), f"y{name}")
    t = p.array(case.t)
    if helped:
        p.add("_x", "put", made, ["x"], p.array(case.x))
        p.add("_y", "put", made, ["y"], p.array(known.y(case)))
    placed, named = calls.arguments(part.parameters("loss"), {"t": t}, [t])
    p.add(f"loss{name}", "call", made, "loss", placed, named)
    if helped:
        p.add("_t", "put", made, ["t"], t)
    wanted = [q for q in part.parameters("backward") if calls.is_name(q["name"], calls.TARGETS)]
    if wanted:
        p.add(f"dx{name}", "call", made, "backward", [], {wanted[0]["name"]: t})
    else:
        calls.backward(p, part, made, {"v": 1}, f"dx{name}", 0.5, f"y{name}")


def _observe(session: Session, part: Part, case: Given, damage: list[Complaint]) -> Answer:
    for helped in (False, True):
        p = Program()
        _round(p, part, calls.make_plain(p, part, f"_{part.kind}"), case, helped=helped)
        answer = run(session, p, damage)
        y = answer.get("y")
        if isinstance(answer.get("loss"), np.ndarray) and isinstance(y, np.ndarray) and np.all((y > 0) & (y < 1)):
            return answer
    return answer


def _laws(session: Session, part: Part, wrong: set[str], damage: list[Complaint]) -> list[Complaint]:
    """Twice the same, and a second batch of another size as if it were the first."""
    big, small, _ = softmax_cases("mean")
    small = evolve(small, x=big.x[:2], t=big.t[:2])
    p = Program()
    layer, fresh = calls.make_plain(p, part, f"_{part.kind}"), calls.make_plain(p, part, f"_{part.kind} fresh")
    for made, case, name in ((layer, big, "1"), (layer, big, "2"), (layer, small, "3"), (fresh, small, "4")):
        _round(p, part, made, case, name)
    wanted = [q for q in part.parameters("backward") if calls.is_name(q["name"], calls.TARGETS)]
    if not wanted:
        calls.backward(p, part, fresh, {"v": 1}, "dx5", 0.5, "y4")
    answer = run(session, p, damage)
    pairs = [("y", "1", "2", REPEAT), ("loss", "1", "2", REPEAT), ("dx", "1", "2", REPEAT), ("dx", "4", "5", REPEAT),
             ("y", "3", "4", STALE), ("loss", "3", "4", STALE), ("dx", "3", "4", STALE)]  # fmt: skip
    found, seen = [], False
    for quantity, one, two, text in pairs:
        a, b = answer.get(quantity + one), answer.get(quantity + two)
        if (
            ("forward" if quantity == "y" else quantity) in wrong
            or not isinstance(a, np.ndarray)
            or (two == "5" and wanted)
        ):
            continue
        seen = True
        if not np.all(np.isfinite(a)):
            continue
        if not same(a, b):
            name = "not repeatable" if text is REPEAT else "kept from the last batch"
            found.append(Complaint(f"{quantity}: {text}: see {pages.LAWS}", name))
    return found[:1] if seen else [Complaint("the laws can't be seen before forward and backward are right")]


PURE_ROWS = [("loss", 6.0), ("large inputs", 3.0), ("gradient", 6.0), ("arrays", 1.0)]


def grade_pure_softmax(session: Session, part: Part) -> list[Row]:
    """The rows of Softmax as a layer by itself."""
    damage: list[Complaint] = []
    seen = []
    for case in softmax_cases("sum"):
        p = Program()
        made = calls.make_plain(p, part, f"_{part.kind}")
        calls.forward(p, part, made, p.array(case.x), "y")
        if "backward" in part.methods:
            calls.backward(p, part, made, p.array(case.dout), "dx", 0.5, "y")
        seen.append((case, run(session, p, damage)))
    ys = [Seen(a.get("y"), (case,)) for case, a in seen]
    rows = [row("Softmax", "forward", POINTS["forward"], judge("y", ys, known.y, known.FORWARDS))]
    large = large_inputs(session, part, LARGE, known.y(Given(x=LARGE)), rows[0].full, pages.SOFTMAX_LARGE)
    rows.append(row("Softmax", "large inputs", POINTS["large inputs"], large))
    if "backward" in part.methods:
        backs = [Seen(a.get("dx"), readings(case, known.y(case), a.get("y"))) for case, a in seen]
        rows.append(row("Softmax", "dx", POINTS["dx"], judge("dx", backs, known.jacobian, known.JACOBIAN)))
    return [*rows, row("Softmax", "arrays", POINTS["arrays"], damage)]


def grade_loss(session: Session, part: Part, convention: str) -> list[Row]:
    """The rows of softmax and cross entropy in one, as a loss that knows its targets."""
    damage: list[Complaint] = []
    seen: list[tuple[Given, Answer]] = []
    for case in softmax_cases(convention):
        p = Program()
        made = calls.make_plain(p, part, "_loss", case.t)
        calls.forward(p, part, made, p.array(case.x), "loss")
        calls.backward(p, part, made, {"v": 1.0}, "dx", 0.5, "loss")
        seen.append((evolve(case, y=known.y(case)), run(session, p, damage)))
    values = [Seen(_number(a.get("loss")), (case,)) for case, a in seen]
    backs = [Seen(a.get("dx"), (case,)) for case, a in seen]
    m = dict(PURE_ROWS)
    gradient = judge("dx", backs, known.dx, known.DX)
    return [
        row("Loss", "loss", m["loss"], judge_loss(values, convention)),
        row("Loss", "large inputs", m["large inputs"], _large_loss(session, part, not gradient)),
        row("Loss", "gradient", m["gradient"], gradient),
        row("Loss", "arrays", m["arrays"], damage),
    ]


def _large_loss(session: Session, part: Part, right: bool) -> list[Complaint]:
    """No overflow on the way to the gradient; a logarithm of 0 in the value itself is not looked at."""
    p = Program()
    made = calls.make_plain(p, part, "_loss", np.eye(3)[[0, 1, 0]])
    calls.forward(p, part, made, p.array(LARGE), "loss")
    calls.backward(p, part, made, {"v": 1.0}, "dx", 0.5, "loss")
    answer = run(session, p, [])
    dx, where = answer.get("dx"), f"see {pages.SOFTMAX_LARGE}"
    heard = [w for w in answer.warnings.get("!_loss", []) if w[0] == "RuntimeWarning" and "overflow" in w[1]]
    if heard or (right and isinstance(dx, np.ndarray) and not np.all(np.isfinite(dx))):
        return [Complaint(f"the exponential grows too large for large inputs: {where}", "overflow")]
    return [] if isinstance(dx, np.ndarray) else [Complaint(said("dx", dx))]
