"""The known mistakes, one file for each part: what each makes of the inputs, and how it is said."""

from typing import Any

from fnnet.grading.catalog import affine, loss, model, sigmoid, softmax

#: The mistakes in a quantity that comes out of one call, by part and quantity.
QUANTITIES: dict[str, tuple[Any, ...]] = {
    "Affine forward": affine.FORWARDS,
    "Affine dx": affine.DX,
    "Affine dW": affine.DW,
    "Affine db": affine.DB,
    "Affine update": affine.STEPS,
    "Sigmoid forward": sigmoid.FORWARDS,
    "Sigmoid dx": sigmoid.DX,
    "Softmax forward": softmax.FORWARDS,
    "Softmax dx": softmax.DX,
    "Softmax dx (a layer by itself)": softmax.JACOBIAN,
    "loss": loss.LOSSES,
    "Model forward": model.FORWARDS,
    "Model backward": model.BACKWARDS,
}
