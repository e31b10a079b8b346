"""Real handwritten digits that come with fnnet, so that a first network needs no network.

Source: E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository, 1998,
https://doi.org/10.24432/C50P49, licensed CC BY 4.0. The file `digits.npz` was made once, from the copy of the
original's test part in scikit-learn, without a change to any value:

    digits = sklearn.datasets.load_digits()
    numpy.savez_compressed("digits.npz", x=digits.images.astype("uint8"), y=digits.target.astype("uint8"))
"""

from importlib.resources import files

import numpy as np

from fnnet.datasets.dataset import Dataset, of_arrays
from fnnet.values.array import freeze

TRAINING_ROWS = 1347


def digits() -> Dataset:
    """1,797 handwritten digits, x (N, 8, 8) uint8 with values from 0 to 16: 1,347 for training and 450 for testing.

    The test part is the last quarter in the order of the file. Neighboring rows are of one writer, so most digits of
    the test part are in hands that training has not seen; a random split would flatter the network.

    >>> digits()
    Dataset(name='digits', x=u1[1347,8,8], y=u1[1347],
            x_test=u1[450,8,8], y_test=u1[450], classes=('0', ..., '9'))
    """
    with (files("fnnet.datasets") / "digits.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        x, y = freeze(arrays["x"]), freeze(arrays["y"])
    n = TRAINING_ROWS
    return of_arrays("digits", x[:n], y[:n], x[n:], y[n:], tuple("0123456789"), known="digits")
