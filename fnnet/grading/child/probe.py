"""Layers with known arithmetic that write down how a student's Model calls them."""

from collections.abc import Callable
from typing import Any

from numpy import array

from fnnet.grading.child.describe import encode
from fnnet.grading.child.records import Array, Called


def _noted(calls: list[Called], back: bool, layer: int, f: Callable[[Any], Any], got: Any, rate: Any = None) -> Any:
    """What a layer makes of what it got; the call is written down even where the arithmetic raises."""
    returned = None
    try:
        return (returned := f(got))
    finally:
        calls.append(Called(back, layer, encode(got), encode(rate), encode(returned)))


def probe(base: Any, kind: str, number: int, matrix: Array, calls: list[Called]) -> Any:
    """A layer ``y = x M`` that writes down its calls, and is a ``base`` for whoever asks."""

    def forward(self: Any, x: Any, *_: Any, **__: Any) -> Any:
        self.x = x
        self.y = _noted(calls, False, number, lambda got: got @ matrix, array(x))
        return self.y

    def loss(self: Any, t: Any = None, *_: Any, **__: Any) -> Any:
        self.t, self.error = t, 1.0
        return 1.0

    def backward(self: Any, *placed: Any, **named: Any) -> Any:
        def slope(out: Any) -> Any:
            return out @ matrix.T if out.ndim == 2 else out * self.x

        rates = [value for key, value in named.items() if is_rate(key)] + list(placed[1:2])
        others = list(placed[:1]) + [value for key, value in named.items() if not is_rate(key)]
        out = array(others[0] if others else 1.0)
        self.dx = _noted(calls, True, number, slope, out, rates[0] if rates else None)
        return self.dx

    def init(self: Any, *_: Any, **__: Any) -> None:
        self.x = self.y = self.t = self.error = self.dx = None
        if kind == "Affine":
            self.W, self.b = array(matrix), matrix[0] * 0.0
            self.dW, self.db = self.W * 0.0, self.b * 0.0

    body = {"__init__": init, "forward": forward, "backward": backward, "loss": loss, "__call__": forward}
    if isinstance(base, type):
        try:
            return type(base.__name__, (base,), body)()
        except Exception:  # a class that can't be inherited from
            calls.clear()
    return type(kind, (), body)()


def pure_probe(number: int, matrix: Array, calls: list[Called]) -> Any:
    """The same as a layer in fnnet's own form: its cache is its x, and its gradient is its number."""

    def forward(self: Any, x: Any) -> Any:
        return _noted(calls, False, number, lambda got: got @ matrix, array(x)), x

    def backward(self: Any, cache: Any, dout: Any) -> Any:
        return _noted(calls, True, number, lambda out: out @ matrix.T, array(dout)), float(number)

    return type("Layer", (), {"forward": forward, "backward": backward})()


def is_rate(name: str) -> bool:
    """Whether a name is one for a learning rate."""
    low = name.lower().replace("_", "")
    return low in ("lr", "eta", "alpha", "rate", "step", "stepsize", "gamma") or "learn" in low or low.endswith("lr")
