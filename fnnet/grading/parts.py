"""Which class or functions of a student's file are the Affine layer, the Sigmoid and so on: by their names."""

from typing import final

from fnnet.grading.child.probe import is_rate
from fnnet.grading.child.records import Class, Contents, Parameters, Signatures
from fnnet.values.record import frozen

#: The names that are understood, without underscores and in small letters; the lab's own name comes first.
NAMES = {
    "Affine": ("affine", "linear", "dense", "fullyconnected", "fc"),
    "Sigmoid": ("sigmoid", "logistic"),
    "Softmax": ("softmax", "softmaxwithloss", "softmaxloss"),
    "Loss": ("softmaxcrossentropy", "crossentropy", "softmaxcrossentropyloss", "crossentropyloss", "loss",
             "softmaxwithloss", "softmaxloss"),
    "Model": ("model", "network", "neuralnetwork", "neuralnet", "net", "ann", "mlp", "sequential"),
}  # fmt: skip

#: Each may be called a layer besides; a layer's own name without that word comes first.
NAMES |= {kind: (*names, *(f"{name}layer" for name in names)) for kind, names in NAMES.items() if kind != "Model"}
CACHES = ("cache", "saved", "memo", "ctx", "context")


@final
@frozen
class Part:
    """One layer of a student's file. ``style`` is course (a class that remembers), record or functions."""

    kind: str
    style: str
    name: str
    backward_name: str
    methods: Signatures
    numbers: tuple[str, ...] = ()

    @property
    def pure(self) -> bool:
        """Whether forward returns a cache, which is handed to backward."""
        return self.style != "course"

    def parameters(self, method: str) -> Parameters:
        """The parameters of a method that a caller fills in."""
        known = self.methods.get(method) or ()
        plain = tuple(p for p in known if p.kind not in ("VAR_POSITIONAL", "VAR_KEYWORD"))
        return plain[1:] if self.style != "functions" else plain

    def rate(self) -> str:
        """The name of backward's learning rate; empty where it has none."""
        after = [p.name for p in self.parameters("backward")]
        return next((name for name in after if is_rate(name)), after[1] if len(after) > 1 else "")

    def rate_is_optional(self) -> bool:
        """Whether backward may be called without a learning rate."""
        return any(p.optional for p in self.parameters("backward") if p.name == self.rate())


def parts_of(contents: Contents) -> dict[str, Part]:
    """The parts by their kinds. A class of the course stands before a record, and that before functions."""
    classes = {_key(name): (name, c) for name, c in reversed(contents.classes.items())}
    functions = {_key(name): (name, parameters) for name, parameters in contents.functions.items()}
    either = {kind: _class(kind, classes) or _functions(kind, functions) for kind in NAMES}
    parts = {kind: part for kind, part in either.items() if part}
    if any(part.style == "course" for part in parts.values()):
        parts = {kind: part for kind, part in parts.items() if part.style != "functions"}
    softmax, loss = parts.get("Softmax"), parts.get("Loss")
    if softmax and loss and softmax.style == "course":
        del parts["Loss"]
    elif softmax and loss and softmax.name == loss.name:
        del parts["Softmax"]
    return parts


def _key(name: str) -> str:
    return name.replace("_", "").lower()


def _class(kind: str, classes: dict[str, tuple[str, Class]]) -> Part | None:
    for name, c in (classes[alias] for alias in NAMES[kind] if alias in classes):
        if kind != "Loss" or _is_record(c):
            return Part(kind, "record" if _is_record(c) else "course", name, name, c.methods, c.numbers)
    return None


def _is_record(c: Class) -> bool:
    after = (c.methods.get("backward") or ())[1:]
    return bool(after) and "loss" not in c.methods and any(word in after[0].name.lower() for word in CACHES)


def _functions(kind: str, functions: dict[str, tuple[str, Parameters | None]]) -> Part | None:
    stems = ("", *NAMES[kind]) if kind == "Model" else NAMES[kind]
    ways = [way for s in stems for way in ((f"{s}forward", f"{s}backward"), (f"forward{s}", f"backward{s}"))]
    for there, back in ways:
        if there in functions:
            (name, forward), backward = functions[there], functions.get(back)
            methods = {"forward": forward} | ({"backward": backward[1]} if backward else {})
            return Part(kind, "functions", name, backward[0] if backward else f"{name}?", methods)
    return None
