"""The work that every library is given: the same first weights, batches, optimizer, data type and threads."""

import json
from pathlib import Path
from typing import Any, final

import numpy as np

from fnnet.datasets import mnist, xor
from fnnet.learning.arguments import epoch_order
from fnnet.models import mlp
from fnnet.values.array import Array
from fnnet.values.record import as_dict, frozen

LR = {"sgd": 0.1, "adam": 0.001}


@final
@frozen
class Work:
    """One task: sigmoid layers of these sizes, cross-entropy, this optimizer. ``data`` is xor, random, or a folder."""

    sizes: tuple[int, ...]
    batch: int
    optimizer: str
    data: str
    dtype: str = "float32"
    threads: int = 2

    @property
    def name(self) -> str:
        """Sizes and optimizer."""
        return f"{'-'.join(map(str, self.sizes))} {self.optimizer}"

    def dump(self) -> str:
        """The work as one line of text."""
        return json.dumps(as_dict(self))

    @staticmethod
    def parse(text: str) -> "Work":
        """The work of a line that `dump` made."""
        fields = json.loads(text)
        return Work(**{**fields, "sizes": tuple(fields["sizes"])})

    def net(self) -> tuple[Any, ...]:
        """The network with its first weights."""
        return mlp(self.sizes, seed=0, dtype=self.dtype)

    def weights(self) -> list[tuple[Array, Array]]:
        """The first weights as (W, b) of each Affine layer."""
        return [(layer.W, layer.b) for layer in self.net()[::2]]

    def raw(self) -> tuple[Array, Array]:
        """x (N, I) as it is kept, bytes of images from 0 to 255 or the rows of XOR, and labels (N,)."""
        if self.data == "xor":
            return xor().x.astype(self.dtype), xor().y
        if self.data == "random":
            rng = np.random.default_rng(0)
            return rng.integers(0, 256, (60_000, 784), np.uint8), rng.integers(0, 10, 60_000, np.uint8)
        found = mnist(Path(self.data))
        return found.x.reshape(-1, 784), found.y

    def load(self) -> tuple[Array, Array]:
        """x (N, I) in the dtype, from 0 to 1, and labels (N,)."""
        x, y = self.raw()
        return (x, y) if self.data == "xor" else (x.astype(self.dtype) / np.asarray(255, self.dtype), y)

    def batches(self, epoch: int, examples: int) -> list[Array]:
        """The rows of each batch of an epoch, in fnnet's order."""
        order = epoch_order(0, epoch, examples) if self.batch < examples else np.arange(examples)
        return [order[i : i + self.batch] for i in range(0, examples, self.batch)]
