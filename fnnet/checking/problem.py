"""What checks are about: a layer that was run at one place, and a number of it with its measured slopes."""

from collections.abc import Callable
from typing import Any, final

import attrs
import numpy as np

from fnnet.network.folds import Params, forward
from fnnet.network.modes import training
from fnnet.values.array import Array, freeze
from fnnet.values.keys import Key, Purpose, generator, key
from fnnet.values.tree import arrays, leaves, with_arrays


def promoted(params: Any, dtype: Any) -> Any:
    """The network with every array in this dtype."""
    return with_arrays(params, [freeze(a.astype(dtype)) for a in arrays(params).values()])


@final
@attrs.frozen
class Problem:
    """A network, x, and a random dout: the number ``sum(dout y)`` as a function of everything that y depends on."""

    net: Any
    x: Array
    dout: Any
    cache: Any

    @classmethod
    def of(cls, net: Any, x: Array, seed: int) -> "Problem":
        """The problem at x, with a dout drawn from the seed."""
        x = freeze(x.copy())
        y, cache = forward(net, x)
        dout = freeze(generator(key(seed, Purpose.CHECK, step=0)).standard_normal(np.shape(y))) if np.ndim(y) else 1.0
        return cls(net, x, dout, cache)

    def variables(self) -> dict[str, Array]:
        """All arrays that y is differentiated in, by their paths; x under ``dx``."""
        return {**leaves(self.net), "dx": self.x}

    def value(self, changed: dict[str, Array], dtype: Any = np.float64) -> Any:
        """``sum(dout y)`` with some arrays changed, everything computed in this dtype."""
        values = [changed.get(path, a).astype(dtype) for path, a in arrays(self.net).items()]
        x = changed.get("dx", self.x).astype(dtype)
        y, _ = forward(with_arrays(self.net, map(freeze, values)), freeze(x))
        return np.sum(np.asarray(y) * self.dout)

    def slope(self, path: str, direction: Array, method: str) -> float:
        """The derivative along a direction; NaN at a kink; TypeError where complex numbers are refused."""
        at = self.variables()[path]
        if method == "complex step":
            value = self.value({path: at + 1e-30j * direction}, np.complex128)
            if not np.iscomplexobj(value):
                raise TypeError("complex input gave a real output")
            return float(value.imag) / 1e-30
        y, _ = forward(self.net, self.x)
        terms = float(np.sum(np.abs(np.asarray(y) * self.dout)))
        moved = lambda h: float(self.value({path: at + h * direction}))  # noqa: E731  # a function of one number
        return _central(moved, float(np.abs(at).max(initial=1.0)), terms)


def _central(f: Callable[[float], float], scale: float, terms: float) -> float:
    """The slope at 0, or NaN at a kink; ``terms`` is the sum of the sizes of what f adds up."""
    middle = f(0.0)
    for h in (6e-6 * scale, 6e-7 * scale, 6e-8 * scale):
        up, down = f(h), f(-h)
        slope, bend = (up - down) / (2.0 * h), abs(up - 2.0 * middle + down) / h
        if bend <= 1e-4 * max(abs(slope), 1e-2) + 1e-15 * terms / h:  # the last is what rounding alone may bend
            return slope
    return float("nan")


@final
@attrs.frozen
class Case:
    """A layer or network in float64, as stored and as run (in training mode where a key was given), at one x."""

    stored: Any
    live: Any
    x: Array
    y: Array
    cache: Any
    dout: Array
    key: Key

    @classmethod
    def of(cls, params: Params, x: Any, run_key: Key | None = None) -> "Case":
        """The case of these parameters at x (N, ...)."""
        stored = promoted(params, np.float64)
        live = training(stored, run_key) if run_key is not None else stored
        at = freeze(np.array(x, np.float64))
        y, cache = forward(live, at)
        dout = freeze(generator(key(0, Purpose.CHECK, step=2)).standard_normal(np.shape(y)))
        return cls(stored, live, at, y, cache, dout, run_key or key(0, Purpose.NOISE))
