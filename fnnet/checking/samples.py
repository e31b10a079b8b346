"""The one table of layers: an example of each kind, in use and in training, for all laws to run over.

`fnnet check` and the tests read it. A new layer gets its rows here, and with them every test that there is.
"""

from typing import Any, final

import attrs
import numpy as np

from fnnet.layers import (  # isort: skip
    GELU, Affine, BatchNorm, Dropout, Fixed, Flatten, GaussianNoise, LayerNorm, LeakyReLU, RandomShift,
    ReLU, Residual, Scale, Sigmoid, Softmax, Standardize, Tanh, Unstandardize,
)  # fmt: skip
from fnnet.tables import Impute, OneHot
from fnnet.values.array import Array, freeze
from fnnet.values.keys import Key, Purpose, generator, key

#: What no layer keeps whose result for one example depends on the others in the batch.
NOT_BY_EXAMPLE = ("batch law",)


@final
@attrs.frozen
class Sample:
    """A layer, the shape of x for it, the key where it is to be in training mode, and the laws it does not claim."""

    name: str
    layer: Any
    shape: tuple[int, ...]
    key: Key | None = None
    skip: tuple[str, ...] = ()

    def x(self, seed: int = 0) -> Array:
        """Random normal x of the shape."""
        return freeze(generator(key(seed, Purpose.CHECK, step=4)).standard_normal(self.shape))


def _affine(inputs: int, outputs: int, layer: int = 0) -> Affine:
    made = Affine.init(key(0, Purpose.INITIALIZATION, layer=layer), inputs, outputs, dtype=np.float64)
    b = generator(key(1, Purpose.INITIALIZATION, layer=layer)).standard_normal(outputs)
    return Affine(made.W, b)


def _batch_norm() -> BatchNorm:
    gamma, beta, mean, var = generator(key(2, Purpose.INITIALIZATION)).random((4, 4)) + 0.5
    return BatchNorm(gamma, beta, mean, var)


def _layer_norm() -> LayerNorm:
    return LayerNorm(*generator(key(3, Purpose.INITIALIZATION)).random((2, 4)) + 0.5)


def samples() -> list[Sample]:
    """The table.

    >>> samples()[0].name
    'Affine'
    """
    noise = key(0, Purpose.NOISE)
    flat, images = (6, 4), (6, 5, 4)
    inner = (_affine(4, 4, 1), _batch_norm(), Tanh(), Dropout(0.3))
    stored = [
        Sample("Affine", _affine(4, 3), flat),
        Sample("Sigmoid", Sigmoid(), flat),
        Sample("Tanh", Tanh(), flat),
        Sample("ReLU", ReLU(), flat),
        Sample("LeakyReLU", LeakyReLU(0.1), flat),
        Sample("GELU", GELU(), flat),
        Sample("Softmax", Softmax(), flat),
        Sample("Flatten", Flatten(), images),
        Sample("Scale", Scale(0.3), flat),
        Sample("Standardize", Standardize.of(np.arange(8.0).reshape(2, 4) ** 2, np.float64), flat),
        Sample("Unstandardize", Unstandardize(np.arange(4.0), np.arange(1.0, 5.0) / 2), flat),
        Sample("Impute", Impute(np.arange(4.0), (1, 2)), flat),
        Sample("OneHot", OneHot(((), (-1, 0, 1), (), (0, 1))), flat),
        Sample("LayerNorm", _layer_norm(), flat),
        Sample("LayerNorm of images", _layer_norm(), images),
    ]
    random = [
        Sample("Dropout", Dropout(0.4), flat),
        Sample("GaussianNoise", GaussianNoise(0.2), flat),
        Sample("RandomShift", RandomShift(1), images),
        Sample("RandomShift of channels", RandomShift(2), (6, 3, 5, 4)),
        Sample("BatchNorm", _batch_norm(), flat),
        Sample("Residual", Residual(inner), flat),
        Sample("Fixed", Fixed(inner), flat),
        Sample("Fixed inside", (_affine(4, 4), Fixed((_affine(4, 4, 1), Tanh())), _affine(4, 2, 2)), flat),
        Sample("nested tuples", (Flatten(), ((_affine(20, 4),), Residual(inner)), _affine(4, 2, 2)), images),
    ]
    in_training = [attrs.evolve(s, name=f"{s.name}, training", key=noise, skip=NOT_BY_EXAMPLE) for s in random]
    return [*stored, *random, *in_training]
