"""The laws that every layer keeps, as functions: put your own layer through them.

Each takes a `Case` and returns None, or one sentence that says how the law is broken. They are what the word
"layer" means in fnnet; the two folds rely on every one of them.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, final

import numpy as np

from fnnet.checking.problem import Case, Problem, promoted
from fnnet.network.folds import Params, backward, forward, gradients
from fnnet.network.modes import training
from fnnet.values.array import Array, freeze
from fnnet.values.fingerprint import fingerprint
from fnnet.values.keys import Key, Purpose, generator, key
from fnnet.values.record import frozen
from fnnet.values.tree import arrays, leaves, same_structure

Complaint = str | None


def _close(a: Any, b: Any) -> bool:
    return np.shape(a) == np.shape(b) and bool(np.allclose(a, b, rtol=1e-9, atol=1e-11))


def _results(dx: Array, grads: Any) -> dict[str, Array]:
    return {**leaves(grads), "dx": dx}


def adjoint(case: Case) -> Complaint:
    """One dot product checks the whole Jacobian J: ``<dout, J v> = <J^T dout, v>`` for a random v."""
    problem = Problem(case.live, case.x, case.dout, case.cache)
    found = _results(*backward(case.stored, case.cache, case.dout))
    largest = max(float(np.linalg.norm(a)) for a in found.values())
    least = 1e-3 * max(1.0, largest)  # what is 0 has the rounding of what is largest
    for number, (path, values) in enumerate(problem.variables().items()):
        v = generator(key(0, Purpose.CHECK, step=3, layer=number)).standard_normal(values.shape)
        right = float(np.vdot(found[path], v))
        size = max(float(np.linalg.norm(found[path]) * np.linalg.norm(v)), least)
        left, tolerance = _slope(problem, path, v, size)
        if not abs(left - right) <= tolerance * size:
            return f"{path} is not the derivative: along a random direction it gives {right:.9g}, measured {left:.9g}"
    return None


def _slope(problem: Problem, path: str, v: Array, size: float) -> tuple[float, float]:
    """The measured slope and its tolerance: by a complex step, but where that is refused or wrong, by differences."""
    real = problem.slope(path, v, "central differences")
    with suppress(TypeError, ValueError):
        slope = problem.slope(path, v, "complex step")
        if np.isnan(real) or abs(slope - real) <= 1e-5 * size:
            return slope, 1e-9
    return real, 1e-6


def pure(case: Case) -> Complaint:
    """Nothing that was given is written to, and what is given later changed does not change the result."""
    x, dout = np.array(case.x), np.array(case.dout)
    before = fingerprint(case.live)
    _, cache = forward(case.live, x)
    if not np.array_equal(x, case.x):
        return "forward writes to x"
    x += 1.0
    first = _results(*backward(case.live, cache, dout))
    if not np.array_equal(dout, case.dout):
        return "backward writes to dout"
    if fingerprint(case.live) != before:
        return "forward or backward changes the layer"
    if not _same(first, _results(*backward(case.live, case.cache, case.dout))):
        return "the cache changes when x is written to afterwards; keep readonly(x)"
    return None


def _same(a: dict[str, Array], b: dict[str, Array]) -> bool:
    return a.keys() == b.keys() and all(np.array_equal(a[path], b[path], equal_nan=True) for path in a)


def same_space(case: Case) -> Complaint:
    """dx has the shape and dtype of x, and the gradient the classes, shapes and dtypes of the parameters."""
    dx, grads = backward(case.live, case.cache, case.dout)
    try:
        same_structure(case.stored, grads)
    except ValueError as error:
        return str(error)
    pairs = {"dx": (case.x, dx)} | {path: (a, arrays(grads)[path]) for path, a in arrays(case.stored).items()}
    for path, (a, b) in pairs.items():
        if (np.shape(a), a.dtype) != (np.shape(b), b.dtype):
            return f"the gradient in {path} is {b.dtype} {np.shape(b)}, expected {a.dtype} {np.shape(a)}"
    return None


def linear(case: Case) -> Complaint:
    """Backward is linear in dout: ``backward(2 a + b) = 2 backward(a) + backward(b)``."""
    other = freeze(case.dout[::-1] * 0.5 if np.ndim(case.dout) else case.dout * 0.5)
    a, b, both = (
        _results(*backward(case.live, case.cache, d)) for d in (case.dout, other, freeze(2.0 * case.dout + other))
    )
    wrong = [path for path in both if not _close(both[path], 2.0 * a[path] + b[path])]
    return f"{', '.join(wrong)}: not linear in dout" if wrong else None


def batch(case: Case) -> Complaint:
    """Examples don't see each other: two halves give the rows and the summed gradients of the whole.

    It does not hold for batch normalization in training, nor for random layers, which draw once for the batch.
    """
    half = len(case.x) // 2
    parts = []
    for rows in (slice(None, half), slice(half, None)):
        y, cache = forward(case.live, case.x[rows])
        parts.append((y, _results(*backward(case.live, cache, case.dout[rows]))))
    (y1, first), (y2, second) = parts
    whole = _results(*backward(case.live, case.cache, case.dout))
    joined = {path: np.concatenate([first[path], second[path]]) if path == "dx" else first[path] + second[path]
              for path in whole}  # fmt: skip
    if not _close(np.concatenate([y1, y2]), case.y):
        return "the outputs of two halves are not those of the whole"
    wrong = [path for path in whole if not _close(joined[path], whole[path])]
    return f"{', '.join(wrong)}: two halves do not add up to the whole" if wrong else None


def repeatable(case: Case) -> Complaint:
    """Run and differentiated again, every bit is the same."""
    y, cache = forward(case.live, case.x)
    if np.asarray(y).tobytes() != np.asarray(case.y).tobytes():
        return "forward gives other bits the second time"
    results = [_results(*backward(case.live, c, case.dout)) for c in (case.cache, case.cache, cache)]
    return None if _same(results[0], results[1]) and _same(results[0], results[2]) else "backward gives other bits"


def mode_from_cache(case: Case) -> Complaint:
    """Backward reads from the cache alone how forward was run: the stored and the training network agree."""
    stored = backward(case.stored, case.cache, case.dout)
    live = backward(training(case.stored, case.key), case.cache, case.dout)
    same = np.array_equal(stored[0], live[0], equal_nan=True) and stored[1] == live[1]
    return None if same else "backward of the stored layer differs from that of the layer in training mode"


def grads_alone(case: Case) -> Complaint:
    """`gradients`, which leaves out dx, gives the gradients of backward to the bit."""
    alone = leaves(gradients(case.live, case.cache, case.dout))
    whole = leaves(backward(case.live, case.cache, case.dout)[1])
    return None if _same(alone, whole) else "gradients differ from those of backward"


def single_precision(case: Case) -> Complaint:
    """float32 in, float32 out, all the way to dx."""
    net = promoted(case.live, np.float32)
    y, cache = forward(net, freeze(case.x.astype(np.float32)))
    dx, grads = backward(net, cache, freeze(np.asarray(case.dout).astype(np.float32)))
    found = {"y": np.asarray(y), **_results(dx, grads)}
    wrong = [f"{path} is {a.dtype}" for path, a in found.items() if a.dtype != np.float32]
    return f"from float32, {', '.join(wrong)}" if wrong else None


LAWS: dict[str, Callable[[Case], Complaint]] = {
    "adjoint": adjoint,
    "pure": pure,
    "same space": same_space,
    "linear in dout": linear,
    "batch law": batch,
    "repeatable": repeatable,
    "mode read from the cache": mode_from_cache,
    "gradients alone": grads_alone,
    "single precision": single_precision,
}


@final
@frozen
class Verdict:
    """What one law says of a layer: None, or a sentence."""

    law: str
    complaint: Complaint

    def shown(self) -> dict[str, str]:
        """For a notebook: the law, and ok or the sentence."""
        return {"law": self.law, "": self.complaint or "ok"}


def check_laws(params: Params, x: Any, *, key: Key | None = None, skip: tuple[str, ...] = ()) -> list[Verdict]:
    """Put a layer or network through all laws at x (N, ...), in training mode where a key is given.

    Name in ``skip`` the laws that it does not claim to keep, such as "batch law".

    >>> from fnnet import Affine
    >>> verdicts = check_laws(Affine([[1.0, 2.0]], [0.0, 0.0]), [[3.0], [4.0]])
    >>> [verdict.complaint for verdict in verdicts]
    [None, None, None, None, None, None, None, None, None]
    """
    case = Case.of(params, x, key)
    return [Verdict(name, _complaint(law, case)) for name, law in LAWS.items() if name not in skip]


def _complaint(law: Callable[[Case], Complaint], case: Case) -> Complaint:
    """What the law says; a layer that raises breaks it too."""
    try:
        return law(case)
    except Exception as error:
        return f"raises {type(error).__name__}: {error}"
