"""Random layers: they disturb the network in training and are identities in use.

As stored a layer has no key and does nothing; `training` gives each its key for one step. Backward reads
from the cache alone what was done: None says nothing was.
"""

from typing import Self, final

import attrs
import numpy as np

from fnnet.values.array import Array, freeze
from fnnet.values.keys import Key, generator
from fnnet.values.record import frozen, replace


def _rate(instance: object, attribute: object, value: float) -> None:
    if not 0.0 <= value < 1.0:
        raise ValueError(f"rate must be at least 0 and below 1, got {value}")


@final
@frozen
class Dropout:
    """``y = m x``: each entry set to 0 with probability ``rate``, the rest divided by ``1 - rate``. Its cache is m.

    m is a constant of the step, so ``dx = m dout``. Source: Srivastava et al. 2014, with the scaling in training.

    >>> from fnnet import key, training
    >>> x = np.ones((1, 6))
    >>> Dropout(0.5).forward(x)[0], training(Dropout(0.5), key(0, 4)).forward(x)[0]
    (array([[1., 1., 1., 1., 1., 1.]]), array([[2., 0., 0., 0., 2., 2.]]))
    """

    rate: float = attrs.field(default=0.5, validator=_rate)
    key: Key | None = None

    def training(self, key: Key) -> Self:
        """The layer for one step."""
        return replace(self, key=key)

    def forward(self, x: Array) -> tuple[Array, Array | None]:
        """``m x`` and m, or x and None."""
        if self.key is None:
            return x, None
        kept = generator(self.key).random(x.shape, np.float32) >= self.rate
        m = freeze(kept * x.real.dtype.type(1.0 / (1.0 - self.rate)))
        return freeze(m * x), m

    def backward(self, cache: Array | None, dout: Array) -> tuple[Array, Self]:
        """``m dout``."""
        return dout if cache is None else freeze(cache * dout), replace(self, key=None)


def _deviation(instance: object, attribute: object, value: float) -> None:
    if not 0.0 <= value < np.inf:
        raise ValueError(f"deviation must be a finite number of at least 0, got {value}")


@final
@frozen
class GaussianNoise:
    """``y = x + deviation n`` with n from the standard normal distribution; ``dx = dout``. No cache.

    >>> GaussianNoise(0.1).forward(np.ones(2))
    (array([1., 1.]), None)
    """

    deviation: float = attrs.field(default=0.1, validator=_deviation)
    key: Key | None = None

    def training(self, key: Key) -> Self:
        """The layer for one step."""
        return replace(self, key=key)

    def forward(self, x: Array) -> tuple[Array, None]:
        """x with noise, or x."""
        if self.key is None:
            return x, None
        noise = generator(self.key).standard_normal(x.shape, np.float32)
        noise *= self.deviation
        return freeze((x + noise).astype(x.dtype, copy=False)), None

    def backward(self, cache: None, dout: Array) -> tuple[Array, Self]:
        """``dout``."""
        return dout, replace(self, key=None)


def _pixels(instance: object, attribute: object, value: int) -> None:
    if value != int(value) or value < 0:
        raise ValueError(f"pixels must be a whole number of at least 0, got {value}")


@final
@frozen
class RandomShift:
    """Each image moved by up to ``pixels`` down or up and right or left; what comes in is 0. Its cache: the moves.

    x is (N, H, W) or (N, C, H, W). y is a window of H x W on x with a border of zeros, and dx is the part of dout
    that lies inside x.

    >>> RandomShift(2).forward(np.zeros((5, 28, 28)))[0].shape
    (5, 28, 28)
    """

    pixels: int = attrs.field(default=1, validator=_pixels)
    key: Key | None = None

    def training(self, key: Key) -> Self:
        """The layer for one step."""
        return replace(self, key=key)

    def forward(self, x: Array) -> tuple[Array, Array | None]:
        """The moved images and the moves (2, N), or x and None."""
        if self.key is None:
            return x, None
        moves = freeze(generator(self.key).integers(0, 2 * self.pixels + 1, (2, len(x))))
        inner, windows = self._bordered(x.shape, x.dtype)
        inner[...] = x.reshape(inner.shape)
        return freeze(windows[np.arange(len(x)), :, *moves].reshape(x.shape)), moves

    def backward(self, cache: Array | None, dout: Array) -> tuple[Array, Self]:
        """dout moved back."""
        if cache is None:
            return dout, replace(self, key=None)
        inner, windows = self._bordered(dout.shape, dout.dtype)
        windows[np.arange(len(dout)), :, *cache] = dout.reshape(inner.shape)
        return freeze(inner.reshape(dout.shape)), replace(self, key=None)

    def _bordered(self, shape: tuple[int, ...], dtype: np.dtype[np.generic]) -> tuple[Array, Array]:
        """Zeros (N, C, H + 2p, W + 2p), as their middle (N, C, H, W) and all windows (N, C, 2p + 1, 2p + 1, H, W)."""
        p, (height, width) = self.pixels, shape[-2:]
        bordered = np.zeros((shape[0], *(shape[1:-2] or (1,)), height + 2 * p, width + 2 * p), dtype)
        windows = np.lib.stride_tricks.sliding_window_view(bordered, (height, width), (-2, -1), writeable=True)
        return bordered[..., p : p + height, p : p + width], windows

    def check(self, shape: tuple[int, ...]) -> None:
        """Raise ValueError unless x may have this shape."""
        if len(shape) not in (3, 4):
            raise ValueError(f"expects images (N, H, W) or (N, C, H, W), got {len(shape)} axes")
        if self.pixels > min(shape[-2:]):
            raise ValueError(f"moves images of {shape[-2]}x{shape[-1]} pixels, and can't by up to {self.pixels}")
