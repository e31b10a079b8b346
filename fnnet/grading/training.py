"""Whether the student's own model learns: the last check, and the least of proofs."""

from typing import Any

import numpy as np

from fnnet.datasets import Dataset
from fnnet.grading import calls, model, pages
from fnnet.grading.calls import Program
from fnnet.grading.found import Part
from fnnet.grading.judge import Complaint
from fnnet.grading.report import Row, missing, row
from fnnet.grading.scout import Places, scout
from fnnet.grading.session import Session
from fnnet.grading.wire import Failure
from fnnet.values.array import Array

XOR = ("XOR", 5.0)
MNIST = ("MNIST", 5.0)
SEEDS = 4
STEPS = 3000
ENOUGH = 0.85
BATCH = 50
NEEDED = ("Affine", "Sigmoid", "Softmax", "Model")

Digits = tuple[Array, Array, Array, Array]

#: How many examples are trained on and tested on: enough to see learning, few enough to wait for.
EXAMPLES, TESTED = 10_000, 2_000


def digits_of(data: Dataset) -> Digits:
    """The first examples of MNIST as rows of numbers from 0 to 1."""
    rows = [np.asarray(x[:many].reshape(-1, 784) / 255) for x, many in ((data.x, EXAMPLES), (data.x_test, TESTED))]
    return rows[0], np.asarray(data.y[:EXAMPLES]), rows[1], np.asarray(data.y_test[:TESTED])


def grade_xor(session: Session, parts: dict[str, Part], convention: str) -> Row:
    """Whether 2-8-2 solves XOR from one of a few seeds."""
    x, t = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.eye(2)[[0, 1, 1, 0]]
    why = _lacking(parts)
    if why:
        return missing("training", [XOR], why)[0]
    for seed in range(SEEDS):
        rate = 1.0 if convention == "mean" else 0.25
        y = _trained(session, parts, (2, 8, 2), (x, t, x), (4, STEPS), rate, seed)
        if isinstance(y, Failure):
            return row("training", *XOR, [Complaint(f"training XOR: it {y.sentence}")])
        if _accuracy(y, t) == 1.0:
            return row("training", *XOR, [])
    return row(
        "training", *XOR, [Complaint(f"the model does not solve XOR from any of {SEEDS} seeds: see {pages.XOR}")]
    )


def grade_mnist(session: Session, parts: dict[str, Part], convention: str, digits: Digits) -> Row:
    """Whether 784-32-10 tells most digits apart after a few rounds through the examples."""
    why = _lacking(parts)
    if why:
        return missing("training", [MNIST], why)[0]
    x, labels, x_test, test = digits
    steps = 6 * len(x) // BATCH
    rate = 0.5 if convention == "mean" else 0.5 / BATCH
    data = (x, np.eye(10)[labels], x_test)
    y = _trained(session, parts, (784, 32, 10), data, (BATCH, steps), rate, 0, 60 * session.process.limits.seconds)
    if isinstance(y, Failure):
        return row("training", *MNIST, [Complaint(f"training MNIST: it {y.sentence}")])
    share = _accuracy(y, np.eye(10)[test])
    if share >= ENOUGH:
        return row("training", *MNIST, [])
    text = f"the model tells {share:.0%} of the test digits right, expected {ENOUGH:.0%}: see {pages.MNIST}"
    return row("training", *MNIST, [Complaint(text)])


def _lacking(parts: dict[str, Part]) -> str:
    pure = "Affine" in parts and parts["Affine"].pure
    needed = ("Affine", "Sigmoid", "Loss") if pure else NEEDED
    lacking = [kind for kind in needed if kind not in parts]
    return f"training needs {', '.join(lacking)}" if lacking else ""


def _accuracy(y: Any, t: Array) -> float:
    if not isinstance(y, np.ndarray) or y.shape != t.shape or not np.all(np.isfinite(y)):
        return 0.0
    return float((y.argmax(axis=1) == t.argmax(axis=1)).mean())


def _trained(
    session: Session, parts: dict[str, Part], sizes: tuple[int, int, int], data: tuple[Array, Array, Array],
    rounds: tuple[int, int], rate: float, seed: int, seconds: float = 0,
) -> Any:  # fmt: skip
    """The outputs of the trained model; a `Failure` where something stopped it."""
    affine, places = scout(session, parts["Affine"])
    p = Program()
    x, t, x_test = map(p.array, data)
    build = _pure if affine.pure else _course
    build(p, session, parts, affine, places, sizes, (x, t, x_test), rounds, rate, seed)
    answer = session.run(p.steps, p.arrays, seconds=seconds or 4 * session.process.limits.seconds, writable=True)
    failed = next((v for v in answer.values.values() if isinstance(v, Failure)), None)
    return failed or answer.get("out")


def _course(
    p: Program, session: Session, parts: dict[str, Part], affine: Part, places: Places, sizes: Any, data: Any,
    rounds: tuple[int, int], rate: float, seed: int,
) -> None:  # fmt: skip
    x, t, x_test = data
    drawn = np.random.default_rng(seed)
    p.add("_seed", "seed", seed)
    for slot, inputs, outputs in (("_a", *sizes[:2]), ("_c", *sizes[1:])):
        W = drawn.standard_normal((inputs, outputs)) / max(1.0, inputs / 16) ** 0.5
        calls.make_affine(p, affine, W, np.zeros(outputs), slot)
        for name in places.rates:
            p.add(f"_rate{slot}", "put", slot, [name], {"v": rate})
        if places.W:
            p.add(f"_fill{slot}", "fill", slot, places.W, p.array(W.T if places.sideways else W))
    calls.make_plain(p, parts["Sigmoid"], "_b")
    calls.make_plain(p, parts["Softmax"], "_d")
    part = parts["Model"]
    held = model.handle(session, part)
    model.make(p, part, ["_a", "_b", "_c", "_d"], "_model")
    body = Program(arrays=p.arrays)
    body.add("_x", "rows", x, rounds[0])
    body.add("_t", "rows", t, rounds[0])
    model.forward(body, part, {"s": "_x"}, {"s": "_t"}, "_y")
    model.loss(body, part, {"s": "_t"}, "_d")
    model.backward(body, part, held, {"s": "_t"}, rate)
    _update(body, affine, places, rate)
    p.add("_trained", "repeat", rounds[1], body.steps)
    placed, named = calls.arguments(part.parameters("forward"), {"t": t}, [x_test])
    p.add("out", "call", "_model", "forward", placed, named)


def _update(body: Program, affine: Part, places: Places, rate: float) -> None:
    """Where the layers leave the update to others: it is done for them."""
    method = next((name for name in ("update", "step") if name in affine.methods), None)
    for slot in ("_a", "_c"):
        if method:
            placed, named = calls.arguments(affine.parameters(method), {"rate": {"v": rate}}, [{"v": rate}])
            body.add("_updated", "call", slot, method, placed, named)
        elif not affine.rate() and not places.rates and places.dW and places.db:
            body.add("_nudged", "nudge", slot, [[places.W, places.dW], [places.b, places.db]], rate)


def _pure(
    p: Program, session: Session, parts: dict[str, Part], affine: Part, places: Places, sizes: Any, data: Any,
    rounds: tuple[int, int], rate: float, seed: int,
) -> None:  # fmt: skip
    """Layer by layer through the student's own functions; the steps down are the grader's."""
    x, t, x_test = data
    drawn = np.random.default_rng(seed)
    for slot, inputs, outputs in (("_a", *sizes[:2]), ("_c", *sizes[1:])):
        W = drawn.standard_normal((inputs, outputs)) / max(1.0, inputs / 16) ** 0.5
        calls.make_affine(p, affine, W, np.zeros(outputs), slot, places.tupled)
    chain = (("_a", affine), ("_b", parts["Sigmoid"]), ("_c", affine))
    calls.make_plain(p, parts["Sigmoid"], "_b")
    body = Program(arrays=p.arrays)
    body.add("_x", "rows", x, rounds[0])
    body.add("_t", "rows", t, rounds[0])
    loss = parts["Loss"]
    _through(body, chain, {"s": "_x"})
    if loss.style == "functions":
        body.add("_l", "make", {"s": "_t"})
    else:
        placed, named = calls.arguments(loss.parameters("__init__"), {}, [{"s": "_t"}])
        body.add("_l", "call", None, loss.name, placed, named)
    calls.forward(body, loss, "_l", {"s": "y_c"}, "loss")
    calls.backward(body, loss, "_l", {"v": 1.0}, "d_l", rate, "loss")
    last = "d_l"
    for slot, part in reversed(chain):
        calls.backward(body, part, slot, {"s": last}, f"d{slot}", rate, f"y{slot}")
        last = f"d{slot}"
    for slot in ("_a", "_c"):
        body.add(slot, "descend", {"s": slot}, {"s": f"grads_d{slot}"}, rate)
    p.add("_trained", "repeat", rounds[1], body.steps)
    _through(p, chain, x_test)
    p.add("out", "make", {"s": "y_c"})


def _through(p: Program, chain: Any, x: Any) -> None:
    given = x
    for slot, part in chain:
        calls.forward(p, part, slot, given, f"y{slot}")
        given = {"s": f"y{slot}"}
