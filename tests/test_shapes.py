"""Which shapes of x a layer takes, and how it refuses the ones beside them."""

from typing import Any

import numpy as np
import pytest
from strategies import affine, batch_norm, layer_norm

from fnnet import BatchNorm, LayerNorm, RandomShift
from fnnet.layers import Fixed, Standardize

AFFINE, BATCH, LAYER = affine(1, 4, 3), batch_norm(1, 4), layer_norm(1, 4)
STANDARD = Standardize(np.zeros(4), np.ones(4))
ROW, SHORT, MATRIX = np.ones(4), np.ones(3), np.ones((4, 4))

TAKEN: list[tuple[Any, tuple[int, ...]]] = [
    (AFFINE, (2, 4)),
    (BATCH, (2, 4)),
    (LAYER, (2, 4)),
    (LAYER, (2, 5, 3, 4)),
    (STANDARD, (2, 4)),
    (RandomShift(0), (2, 1, 1)),
    (RandomShift(2), (2, 2, 3)),
    (RandomShift(2), (2, 1, 3, 2)),
    (Fixed(AFFINE), (2, 4)),
    (Fixed((AFFINE,)), (2, 4)),
]
REFUSED: list[tuple[Any, tuple[int, ...], str]] = [
    (AFFINE, (2, 3), "expects 4 inputs, got 3"),
    (AFFINE, (4, 5), "expects 4 inputs, got 5"),
    (AFFINE, (4,), "expects x of (N, 4), got (N); put Flatten() before it"),
    (AFFINE, (2, 4, 1), "expects x of (N, 4), got (N, 4, 1); put Flatten() before it"),
    (Fixed(AFFINE), (2, 3), "expects 4 inputs, got 3"),
    (BATCH, (4,), "expects x of (N, 4), got 1 axes"),
    (BATCH, (2, 4, 4), "expects x of (N, 4), got 3 axes"),
    (BATCH, (4, 3), "expects 4 inputs, got 3"),
    (LAYER, (2, 4, 3), "expects 4 inputs, got 3"),
    (BatchNorm(ROW, SHORT, ROW, ROW), (2, 4), "must hold rows of one length, got (4,), (3,), (4,), (4,)"),
    (BatchNorm(ROW, ROW, SHORT, ROW), (2, 4), "must hold rows of one length, got (4,), (4,), (3,), (4,)"),
    (BatchNorm(ROW, ROW, ROW, SHORT), (2, 4), "must hold rows of one length, got (4,), (4,), (4,), (3,)"),
    (LayerNorm(ROW, SHORT), (2, 4), "must hold rows of one length, got (4,), (3,)"),
    (LayerNorm(MATRIX, MATRIX), (2, 4), "must hold rows of one length, got (4, 4), (4, 4)"),
    (STANDARD, (2, 3), "expects x of (N, 4), got (N, 3)"),
    (STANDARD, (2, 4, 4), "expects x of (N, 4), got (N, 4, 4)"),
    (Standardize(ROW, SHORT), (2, 4), "has a mean of (4,) and a deviation of (3,)"),
    (RandomShift(2), (5, 5), "expects images (N, H, W) or (N, C, H, W), got 2 axes"),
    (RandomShift(2), (5, 5, 5, 5, 5), "expects images (N, H, W) or (N, C, H, W), got 5 axes"),
    (RandomShift(2), (5, 1, 3), "moves images of 1x3 pixels, and can't by up to 2"),
    (RandomShift(2), (5, 4, 3, 1), "moves images of 3x1 pixels, and can't by up to 2"),
]


@pytest.mark.parametrize(("layer", "shape"), TAKEN)
def test_a_shape_that_is_taken(layer: Any, shape: tuple[int, ...]) -> None:
    """What a layer's ``check`` lets through its forward takes."""
    layer.check(shape)
    layer.forward(np.ones(shape))


@pytest.mark.parametrize(("layer", "shape", "said"), REFUSED)
def test_a_shape_that_is_refused(layer: Any, shape: tuple[int, ...], said: str) -> None:
    """What a layer can't take is refused with what it expects and what it got."""
    with pytest.raises(ValueError, match=".") as error:
        layer.check(shape)
    assert str(error.value) == said
