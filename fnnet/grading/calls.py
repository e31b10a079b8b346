"""How a part is made, run forward and run backward, as steps for a session, in the course's form and in fnnet's."""

from typing import Any, final

import attrs

from fnnet.grading.child.probe import is_rate
from fnnet.grading.found import Parameters, Part
from fnnet.grading.session import Step
from fnnet.values.array import Array
from fnnet.values.record import frozen

WEIGHTS = ("w", "weight", "weights", "kernel", "theta")
BIASES = ("b", "bias", "biases")
TARGETS = ("t", "target", "targets", "label", "labels", "answer", "ytrue", "truth", "onehot")

Path = list[str]


@final
@frozen
class Program:
    """Steps, and the arrays that they speak of."""

    steps: list[Step] = attrs.field(factory=list)
    arrays: list[Array] = attrs.field(factory=list)

    def array(self, a: Array) -> dict[str, int]:
        """An array to be sent."""
        self.arrays.append(a)
        return {"a": len(self.arrays) - 1}

    def add(self, slot: str, *step: Any) -> str:
        """One more step; the slot of what it gives."""
        self.steps.append([slot, *step])
        return slot


def is_name(name: str, wanted: tuple[str, ...]) -> bool:
    """Whether a name is one of these, whatever its underscores, capitals and digits."""
    return name.lower().strip("_0123456789").replace("_", "") in wanted


def arguments(parameters: Parameters, values: dict[str, Any], order: list[Any]) -> tuple[list[Any], dict[str, Any]]:
    """The arguments for these parameters: by name where one is known, by place for the rest of what is required."""
    placed: list[Any] = []
    named: dict[str, Any] = {}
    rest = list(order)
    for p in parameters:
        known = next((v for key, v in values.items() if _means(p["name"], key)), None)
        if known is None and not p["optional"] and rest:
            known = rest.pop(0)
        if known is None and not p["optional"]:
            known = {"v": 1}
        if known is None:
            continue
        if p["kind"] == "KEYWORD_ONLY" or len(named) or (p["optional"] and p["kind"] != "POSITIONAL_ONLY"):
            named[p["name"]] = known
        else:
            placed.append(known)
    return placed, named


def _means(name: str, key: str) -> bool:
    if key == "rate":
        return is_rate(name)
    wanted = {"W": WEIGHTS, "b": BIASES, "t": TARGETS}.get(key, ())
    return is_name(name, wanted)


def takes_arrays(part: Part) -> bool:
    """Whether an Affine layer is made from W and b, instead of from its two sizes."""
    return any(is_name(p["name"], WEIGHTS) for p in part.parameters("__init__"))


def make_affine(p: Program, part: Part, W: Array, b: Array, slot: str, tupled: bool = True) -> str:
    """Make an Affine layer; the slot it is in."""
    w, c = p.array(W), p.array(b)
    if part.style == "functions":
        return p.add(slot, "make", {"t": [w, c]} if tupled else {"d": {"W": w, "b": c}})
    if part.style == "record" or takes_arrays(part):
        placed, named = arguments(part.parameters("__init__"), {"W": w, "b": c, "rate": {"v": 0.5}}, [w, c])
        return p.add(slot, "call", None, part.name, placed, named)
    inputs, outputs = W.shape
    order = [{"v": inputs}, {"v": outputs}]
    placed, named = arguments(part.parameters("__init__"), {"rate": {"v": 0.5}}, order)
    if not part.parameters("__init__"):
        placed = order
    return p.add(slot, "call", None, part.name, placed, named)


def make_plain(p: Program, part: Part, slot: str, t: Array | None = None) -> str:
    """Make a layer without parameters, or a loss of the targets t."""
    if part.style == "functions":
        return p.add(slot, "make", {"t": []} if t is None else p.array(t))
    order = [] if t is None else [p.array(t)]
    placed, named = arguments(part.parameters("__init__"), {"rate": {"v": 0.5}}, order)
    return p.add(slot, "call", None, part.name, placed, named)


def forward(p: Program, part: Part, made: str, x: Any, slot: str) -> None:
    """Run forward: y is in the slot, and the cache beside it."""
    if not part.pure:
        placed, named = arguments(part.parameters("forward"), {}, [x])
        p.add(slot, "call", made, "forward", placed or [x], named)
        return
    if part.style == "record":
        p.add(f"!_{slot}", "call", made, "forward", [x], {})
    else:
        short = len(part.parameters("forward")) == 1
        p.add(f"!_{slot}", "call", None, part.name, [x] if short else [{"s": made}, x], {})
    p.add(slot, "item", f"!_{slot}", 0)
    p.add(f"_cache_{slot}", "item", f"!_{slot}", 1)


def backward(p: Program, part: Part, made: str, d: Any, slot: str, rate: float, after: str) -> None:
    """Run backward on what the forward of slot ``after`` left: dx is in the slot, and the gradients beside it."""
    if not part.pure:
        placed: list[Any]
        named: dict[str, Any]
        ps = part.parameters("backward")
        if ps and is_rate(ps[0]["name"]):
            placed, named = [], {ps[0]["name"]: {"v": rate}}
        else:
            called = part.rate()
            rest = [q["name"] for q in ps[1:] if q["name"] == called or not q["optional"]]
            bare = len(part.methods.get("backward") or [{}, {}]) == 1  # nothing but self
            placed, named = [] if bare else [d], {name: {"v": rate if name == called else None} for name in rest}
        p.add(slot, "call", made, "backward", placed, named)
        return
    cache = {"s": f"_cache_{after}"}
    if part.style == "record":
        p.add(f"_back_{slot}", "call", made, "backward", [cache, d], {})
    else:
        short = len(part.parameters("backward")) == 2
        args = [cache, d] if short else [{"s": made}, cache, d]
        p.add(f"_back_{slot}", "call", None, part.backward_name, args, {})
    p.add(slot, "item", f"_back_{slot}", 0)
    p.add(f"grads_{slot}", "item", f"_back_{slot}", 1)
