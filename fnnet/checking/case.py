"""What a law is asked about: a layer at one place, run and ready to be differentiated."""

from typing import Any, final

import attrs
import numpy as np

from fnnet.checking.problem import promoted
from fnnet.network.folds import Params, forward
from fnnet.network.modes import training
from fnnet.values.array import Array, freeze
from fnnet.values.keys import Key, Purpose, generator, key


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
    def of(cls, params: Params, x: Any, run_key: Key | None = None, seed: int = 0) -> "Case":
        """The case of these parameters at x (N, ...)."""
        stored = promoted(params, np.float64)
        live = training(stored, run_key) if run_key is not None else stored
        at = freeze(np.array(x, np.float64))
        y, cache = forward(live, at)
        dout = freeze(generator(key(seed, Purpose.CHECK, step=2)).standard_normal(np.shape(y)))
        return cls(stored, live, at, y, cache, dout, run_key or key(seed, Purpose.NOISE))
