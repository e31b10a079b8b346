"""What a setting is when nobody names it: the documented number, for every record and every function of the core."""

import inspect
import math
from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
import pytest

from fnnet import (
    SGD,
    Adam,
    AdamW,
    Affine,
    BatchNorm,
    Dropout,
    GaussianNoise,
    LayerNorm,
    LeakyReLU,
    RandomShift,
    key,
    one_hot,
    train,
)
from fnnet.layers import Standardize
from fnnet.learning import State
from fnnet.optimizers import AdaGrad, Clipped, Cosine, OneCycle, RMSprop, StepDecay

DECAY: dict[str, Any] = {"weight_decay": 0.0, "decay": "matrices"}
ADAM: dict[str, Any] = {"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}

#: For each record, its settings that have a default; those of optimizers are PyTorch's, but for the decay of matrices.
RECORDS: dict[type, dict[str, Any]] = {
    SGD: {"lr": 0.1, "momentum": 0.0, "nesterov": False} | DECAY,
    AdaGrad: {"lr": 0.01, "eps": 1e-10} | DECAY,
    RMSprop: {"lr": 0.001, "alpha": 0.99, "eps": 1e-8} | DECAY,
    Adam: ADAM | DECAY,
    AdamW: ADAM | DECAY | {"weight_decay": 0.01},
    Clipped: {"norm": 1.0},
    StepDecay: {"factor": 0.1},
    Cosine: {"last": 0.0},
    OneCycle: {"up": 0.3, "start": 25.0, "end": 1e5},
    LeakyReLU: {"slope": 0.01},
    Dropout: {"rate": 0.5, "key": None},
    GaussianNoise: {"deviation": 0.1, "key": None},
    RandomShift: {"pixels": 1, "key": None},
    BatchNorm: {"momentum": 0.1, "eps": 1e-5, "batch": False},
    LayerNorm: {"eps": 1e-5},
    State: {
        "epoch": 0,
        "step": 0,
        "batch": 0,
        "loss": None,
        "lr": None,
        "total": 0.0,
        "examples": 0,
        "epoch_size": 0,
        "metric_total": None,
        "validation_metric": None,
        "validation": None,
        "best_validation": math.inf,
        "best_epoch": 0,
        "stopped": False,
    },
}


@pytest.mark.parametrize("cls", RECORDS, ids=lambda cls: cls.__name__)
def test_settings_of_a_record(cls: Any) -> None:
    """A record made without its optional settings has the ones of the table, and no others."""
    assert {f.name: f.default for f in attrs.fields(cls) if f.default is not attrs.NOTHING} == RECORDS[cls]


FUNCTIONS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "train": (
        train,
        {
            "optimizer": SGD(lr=0.1),
            "epochs": 10,
            "batch_size": None,
            "seed": 0,
            "weights": None,
            "validation": None,
            "patience": None,
            "metric": None,
            "state": None,
        },
    ),
    "key": (key, {"epoch": 0, "step": 0, "layer": 0}),
    "one_hot": (one_hot, {"dtype": np.float32}),
    "Affine.init": (Affine.init, {"init": "glorot", "dtype": np.float32}),
    "BatchNorm.init": (BatchNorm.init, {"dtype": np.float32}),
    "LayerNorm.init": (LayerNorm.init, {"dtype": np.float32}),
    "Standardize.of": (Standardize.of, {"dtype": np.float32, "weights": None}),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_arguments_of_a_function(name: str) -> None:
    """A function called without its optional arguments takes the ones of the table."""
    f, expected = FUNCTIONS[name]
    ours = {p.name: p.default for p in inspect.signature(f).parameters.values() if p.default is not p.empty}
    assert ours == expected
