"""The known mistakes, one file for each part: what each makes of the inputs, and how it is said."""

from fnnet.grading.catalog import affine_mistakes, loss_mistakes, model_mistakes, sigmoid_mistakes, softmax_mistakes
from fnnet.grading.catalog.mistake import Catalog

#: The mistakes in a quantity, by part and quantity.
CATALOGS: dict[str, Catalog] = {
    "Affine forward": affine_mistakes.FORWARDS,
    "Affine dx": affine_mistakes.DX,
    "Affine dW": affine_mistakes.DW,
    "Affine db": affine_mistakes.DB,
    "Affine update": affine_mistakes.STEPS,
    "Sigmoid forward": sigmoid_mistakes.FORWARDS,
    "Sigmoid dx": sigmoid_mistakes.DX,
    "Softmax forward": softmax_mistakes.FORWARDS,
    "Softmax dx": softmax_mistakes.DX,
    "Softmax dx (a layer by itself)": softmax_mistakes.JACOBIAN,
    "loss": loss_mistakes.LOSSES,
    "Model forward": model_mistakes.FORWARDS,
    "Model backward": model_mistakes.BACKWARDS,
}
