"""What of fnnet a graded file can't use: the grader, and what the file itself is asked to compute.

The rest, such as `frozen` and `param`, may be imported, and so may a layer; only calling one raises, so that
what is delegated gets no points, and what is the file's own keeps them.
"""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

GRADER, ROOMS = "fnnet.grading", ("fnnet.layers.", "fnnet.losses.")
PASSES = ("forward", "backward", "grads", "per_example")

#: Modules whose classes compute, each with the functions that do.
COMPUTING = {
    "fnnet.network.folds": ("forward", "backward", "unwind", "gradients", "backward_trace"),
    "fnnet.values.numeric": ("sigmoid", "softmax", "log_softmax_and_softmax"),
}


class Refusing:
    """It stands before those that find modules, and says no, or takes the answers out of what they found."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """The module without its answers; None for one that has none."""
        if name == GRADER or name.startswith(f"{GRADER}."):
            raise ImportError("a file can't import the grader that grades it")
        if name not in COMPUTING and not name.startswith(ROOMS):
            return None
        spec = PathFinder.find_spec(name, path, target)
        loader: Any = spec and spec.loader
        if loader:
            loader.exec_module = partial(_execute, loader.exec_module)
        return spec


def refuse_answers() -> None:
    """Do so from now on."""
    sys.meta_path.insert(0, Refusing)


def _execute(execute: Callable[[ModuleType], None], module: ModuleType) -> None:
    execute(module)
    for name, value in list(vars(module).items()):
        if isinstance(value, type) and value.__module__ == module.__name__:
            for method in [method for method in PASSES if method in vars(value)]:
                setattr(value, method, _refusal(f"{name}.{method}"))
        elif name in COMPUTING.get(module.__name__, ()):
            setattr(module, name, _refusal(name))


def _refusal(name: str) -> Callable[..., None]:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(f"{name} is fnnet's own, and what is graded is yours")

    return refuse
