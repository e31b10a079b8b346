"""The known mistakes, one file for each part: what each makes of the inputs, and how it is said."""

from fnnet.grading.catalog import affine_mistakes, model_mistakes, sigmoid_mistakes, softmax_mistakes
from fnnet.grading.catalog.mistake import Catalog

#: The mistakes in a quantity, by part and quantity.
CATALOGS: dict[str, Catalog] = {
    "Affine forward": affine_mistakes.FORWARD.mistakes,
    "Affine dx": affine_mistakes.INPUT.mistakes,
    "Affine dW": affine_mistakes.WEIGHTS.mistakes,
    "Affine db": affine_mistakes.BIAS.mistakes,
    "Affine update": affine_mistakes.STEPS,
    "Sigmoid forward": sigmoid_mistakes.FORWARD.mistakes,
    "Sigmoid dx": sigmoid_mistakes.INPUT.mistakes,
    "Softmax forward": softmax_mistakes.FORWARD.mistakes,
    "Softmax dx": softmax_mistakes.INPUT.mistakes,
    "Softmax dx (a layer by itself)": softmax_mistakes.INPUT_ALONE.mistakes,
    "loss": softmax_mistakes.LOSS.mistakes,
    "Model forward": model_mistakes.FORWARD.mistakes,
    "Model backward": model_mistakes.BACKWARD.mistakes,
}
