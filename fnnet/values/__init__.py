"""What a value is: read-only arrays, records and trees of them, their fingerprint, keys for randomness."""

from fnnet.values.array import Array, freeze, readonly
from fnnet.values.fingerprint import fingerprint
from fnnet.values.keys import Key, Purpose, generator, key
from fnnet.values.record import buffer, data, evolve, frozen, param, sub
from fnnet.values.tree import arrays, count_params, leaves, map_params

__all__ = [
    "Array", "Key", "Purpose", "arrays", "buffer", "count_params", "data", "evolve", "fingerprint", "freeze", "frozen",
    "generator", "key", "leaves", "map_params", "param", "readonly", "sub",
]  # fmt: skip
