"""Which class or functions of a student's file are the Affine layer, the Sigmoid and so on: by their names."""

from typing import Any, final

from fnnet.grading.child.probe import is_rate
from fnnet.values.record import frozen

#: The names that are understood, without underscores and in small letters; the lab's own name comes first.
NAMES = {
    "Affine": ("affine", "affinelayer", "linear", "linearlayer", "dense", "denselayer", "fullyconnected", "fc"),
    "Sigmoid": ("sigmoid", "sigmoidlayer", "logistic"),
    "Softmax": ("softmax", "softmaxlayer", "softmaxwithloss", "softmaxloss"),
    "Loss": ("softmaxcrossentropy", "crossentropy", "softmaxcrossentropyloss", "crossentropyloss", "loss",
             "softmaxwithloss", "softmaxloss"),
    "Model": ("model", "network", "neuralnetwork", "neuralnet", "net", "ann", "mlp", "sequential"),
}  # fmt: skip
CACHES = ("cache", "saved", "memo", "ctx", "context")

Parameters = list[dict[str, Any]]


@final
@frozen
class Part:
    """One layer of a student's file. ``style`` is course (a class that remembers), record or functions."""

    kind: str
    style: str
    name: str
    backward_name: str
    methods: dict[str, Parameters | None]
    numbers: tuple[str, ...] = ()

    @property
    def pure(self) -> bool:
        """Whether forward returns a cache, which is handed to backward."""
        return self.style != "course"

    def parameters(self, method: str) -> Parameters:
        """The parameters of a method that a caller fills in."""
        known = self.methods.get(method) or []
        plain = [p for p in known if p["kind"] not in ("VAR_POSITIONAL", "VAR_KEYWORD")]
        return plain[1:] if self.style != "functions" else plain

    def rate(self) -> str:
        """The name of backward's learning rate; empty where it has none."""
        after = [p["name"] for p in self.parameters("backward")]
        return next((name for name in after if is_rate(name)), after[1] if len(after) > 1 else "")

    def rate_is_optional(self) -> bool:
        """Whether backward may be called without a learning rate."""
        return any(p["optional"] for p in self.parameters("backward") if p["name"] == self.rate())


def find(names: dict[str, Any]) -> dict[str, Part]:
    """The parts by their kinds. A class of the course stands before a record, and that before functions."""
    parts = {kind: _class(kind, names["classes"]) or _functions(kind, names["functions"]) for kind in NAMES}
    if any(part and part.style == "course" for part in parts.values()):
        parts = {kind: part if part and part.style != "functions" else None for kind, part in parts.items()}
    if parts["Softmax"] and parts["Softmax"].style == "course":
        parts["Loss"] = None
    if parts["Loss"] and parts["Softmax"] and parts["Loss"].name == parts["Softmax"].name:
        parts["Softmax"] = None
    return {kind: part for kind, part in parts.items() if part}


def _key(name: str) -> str:
    return name.replace("_", "").lower()


def _class(kind: str, classes: dict[str, Any]) -> Part | None:
    own = {name: c for name, c in classes.items() if not c["home"].startswith("fnnet")}
    for alias in NAMES[kind]:
        for name, described in own.items():
            if _key(name) == alias:
                methods = described["methods"]
                if kind != "Loss" or _is_record(methods):
                    style = "record" if _is_record(methods) else "course"
                    return Part(kind, style, name, name, methods, tuple(described["numbers"]))
    return None


def _is_record(methods: dict[str, Parameters | None]) -> bool:
    after = (methods.get("backward") or [])[1:]
    return bool(after) and "loss" not in methods and any(word in after[0]["name"].lower() for word in CACHES)


def _functions(kind: str, functions: dict[str, Any]) -> Part | None:
    keys = {_key(name): name for name, f in functions.items() if not f["home"].startswith("fnnet")}
    stems = ("", *NAMES[kind]) if kind == "Model" else NAMES[kind]
    for stem in stems:
        for forward, backward in ((stem + "forward", stem + "backward"), ("forward" + stem, "backward" + stem)):
            if forward in keys:
                known = {"forward": functions[keys[forward]]["parameters"]}
                if backward in keys:
                    known["backward"] = functions[keys[backward]]["parameters"]
                return Part(kind, "functions", keys[forward], keys.get(backward, keys[forward] + "?"), known)
    return None
