"""A solved lab in three forms, with a place for every formula, and the mistakes to plant there."""

RIGHT = {
    "affine_y": "x @ W + b",
    "affine_dx": "dout @ W.T",
    "affine_dW": "x.T @ dout",
    "affine_db": "dout.sum(axis=0)",
    "new_W": "W - lr * dW",
    "new_b": "b - lr * db",
    "sigmoid_y": "0.5 * (1 + np.tanh(x / 2))",
    "sigmoid_dx": "dout * y * (1 - y)",
    "softmax_y": "e / e.sum(axis=1, keepdims=True)",
    "loss": "-np.sum(t * np.log(y)) / N",
    "softmax_dx": "(y - t) / N",
    "jacobian": "y * (dout - np.sum(dout * y, axis=1, keepdims=True))",
    "model_forward": "for layer in layers: x = f(layer, x)",
    "model_backward": "for layer in layers[::-1]: d = g(layer, d)",
}

HEAD = """
import numpy as np
relu = lambda x: np.maximum(x, 0)
s = lambda x: 1 / (1 + np.exp(-x))
"""

COURSE = (
    HEAD
    + """
class Affine:
    def __init__(self, input_size, output_size):
        self.W = 1.0 * np.random.randn(input_size, output_size)
        self.b = 1.0 * np.zeros(output_size)
        self.x = self.y = self.dW = self.db = None
    def forward(self, x):
        W, b = self.W, self.b
        self.x = x
        self.y = {affine_y}
        return self.y
    def backward(self, dout, learning_rate):
        W, b, x, y, N, lr = self.W, self.b, self.x, self.y, len(self.x), learning_rate
        try:
            self.dW = dW = {affine_dW}
            self.db = db = {affine_db}
            self.W = {new_W}
            self.b = {new_b}
        finally:
            dx = {affine_dx}
        return dx

class Sigmoid:
    def __init__(self):
        self.y = None
    def forward(self, x):
        self.x = x
        self.y = {sigmoid_y}
        return self.y
    def backward(self, dout, learning_rate=None):
        x, y, N = self.x, self.y, len(self.y)
        return {sigmoid_dx}

class Softmax:
    def __init__(self):
        self.error = self.y = self.t = None
    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.y = {softmax_y}
        return self.y
    def loss(self, t):
        self.t = t
        y, N = self.y, len(t)
        self.error = {loss}
        return self.error
    def backward(self, d_out=1, learning_rate=None):
        y, t, N = self.y, self.t, len(self.t)
        return {softmax_dx}

class Model:
    def __init__(self):
        self.layer = []
        self.error = None
    def add(self, layer):
        self.layer.append(layer)
    def forward(self, x):
        layers, f = self.layer, lambda layer, x: layer.forward(x)
        {model_forward}
        return x
    def backward(self, learning_rate=0.1):
        layers, d, g = self.layer, 1, lambda layer, d: layer.backward(d, learning_rate)
        {model_backward}
"""
)

RECORDS = (
    HEAD
    + """
from dataclasses import dataclass

@dataclass(frozen=True)
class Affine:
    W: np.ndarray
    b: np.ndarray
    def forward(self, x):
        W, b = self.W, self.b
        return {affine_y}, x
    def backward(self, cache, dout):
        W, b, x, N = self.W, self.b, cache, len(cache)
        y = x @ W + b
        return {affine_dx}, Affine({affine_dW}, {affine_db})

@dataclass(frozen=True)
class Sigmoid:
    def forward(self, x):
        y = {sigmoid_y}
        return y, (x, y)
    def backward(self, cache, dout):
        x, y = cache
        N = len(y)
        return {sigmoid_dx}, self

@dataclass(frozen=True)
class Softmax:
    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        y = {softmax_y}
        return y, y
    def backward(self, cache, dout):
        y = cache
        return {jacobian}, self

@dataclass(frozen=True)
class SoftmaxCrossEntropy:
    targets: np.ndarray
    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        y, t, N = e / e.sum(axis=1, keepdims=True), self.targets, len(x)
        return {loss}, y
    def backward(self, cache, dout=1.0):
        y, t, N = cache, self.targets, len(cache)
        return dout * ({softmax_dx}), self

def forward(params, x):
    caches, layers = {{}}, params
    def f(layer, x):
        y, caches[id(layer)] = layer.forward(x)
        return y
    {model_forward}
    return x, caches

def backward(params, cache, dout):
    grads, layers, d = {{}}, params, dout
    def g(layer, d):
        dx, grads[id(layer)] = layer.backward(cache.get(id(layer)), d)
        return dx
    {model_backward}
    return d, tuple(grads.get(id(layer)) for layer in layers)
"""
)

FUNCTIONS = (
    HEAD
    + """
def affine_forward(params, x):
    W, b = params
    return {affine_y}, x
def affine_backward(params, cache, dout):
    (W, b), x, N = params, cache, len(cache)
    y = x @ W + b
    return {affine_dx}, ({affine_dW}, {affine_db})
def sigmoid_forward(params, x):
    y = {sigmoid_y}
    return y, (x, y)
def sigmoid_backward(params, cache, dout):
    x, y = cache
    N = len(y)
    return {sigmoid_dx}, ()
def softmax_forward(params, x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    y = {softmax_y}
    return y, y
def softmax_backward(params, cache, dout):
    y = cache
    return {jacobian}, ()
def cross_entropy_forward(params, x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    y, t, N = e / e.sum(axis=1, keepdims=True), params, len(x)
    return {loss}, y
def cross_entropy_backward(params, cache, dout):
    y, t, N = cache, params, len(cache)
    return dout * ({softmax_dx}), ()
"""
)

FORMS = {"course": COURSE, "records": RECORDS, "functions": FUNCTIONS}


def lab(form: str, **planted: str) -> str:
    """The lab in one of its forms, with these formulas in place of the right ones."""
    return FORMS[form].format(**{**RIGHT, **planted})


#: Each mistake of the catalog in code, as the place where it is planted and what is written there.
PLANTS = {
    "Affine forward": (
        "affine_y",
        {
            "bias left out": "x @ W",
            "bias subtracted": "x @ W - b",
            "bias multiplied": "np.dot(x, W) * b",
            "W transposed forward": "x @ W.T + b",
            "elementwise product": "x * W + b",
            "sigmoid inside": "s(x @ W + b)",
            "x added": "x @ W + b + x",
        },
    ),
    "Affine dx": (
        "affine_dx",
        {
            "dx negated": "-(dout @ W.T)",
            "dx doubled": "2 * dout @ W.T",
            "dx not transposed": "np.dot(dout, W)",
            "dx without W": "dout",
            "dx averaged": "dout @ W.T / N",
            "dx on its side": "W @ dout.T",
            "dx through a sigmoid": "(dout * y * (1 - y)) @ W.T",
            "dx from x": "x @ W @ W.T",
            "dx after the update": "dout @ self.W.T",
        },
    ),
    "Affine dW": (
        "affine_dW",
        {
            "dW negated": "-x.T @ dout",
            "dW doubled": "2 * x.T @ dout",
            "dW averaged": "x.T @ dout / N",
            "dW on its side": "dout.T @ x",
            "x not transposed": "x @ dout",
            "dW from y": "y.T @ dout",
            "dW with decay": "x.T @ dout + W",
            "dW of one example": "np.outer(x[-1], dout[-1])",
            "dW without d_out": "x.T @ np.ones_like(dout)",
        },
    ),
    "Affine db": (
        "affine_db",
        {
            "db negated": "-dout.sum(axis=0)",
            "db doubled": "2 * dout.sum(axis=0)",
            "db averaged": "np.mean(dout, axis=0)",
            "db not summed": "dout",
            "db over the outputs": "dout.sum(axis=1)",
            "db in one number": "np.sum(dout)",
            "db of the first example": "dout[0]",
            "db of the last example": "dout[-1]",
            "db without d_out": "np.ones(len(b)) * N",
            "db times b": "dout.sum(axis=0) * b",
            "db is zero": "np.zeros_like(b)",
        },
    ),
    "Affine update": (
        "new_W",
        {
            "step uphill": "W + lr * dW",
            "learning rate ignored": "W - dW",
            "not updated": "W",
            "replaced by the step": "-lr * dW",
            "replaced by the gradient": "lr * dW",
            "step averaged": "W - lr * dW / N",
            "stepped twice": "W - 2 * lr * dW",
            "learning rate divides": "W - dW / lr",
        },
    ),
    "Sigmoid forward": (
        "sigmoid_y",
        {
            "exponent without minus": "1 / (1 + np.exp(x))",
            "precedence": "1 / 1 + np.exp(-x)",
            "minus in the denominator": "1 / (1 - np.exp(-x))",
            "tanh": "np.tanh(x)",
            "slope as output": "s(x) * (1 - s(x))",
            "rounded": "(x > 0).astype(float)",
            "relu": "relu(x)",
            "identity": "x.copy()",
        },
    ),
    "Sigmoid dx": (
        "sigmoid_dx",
        {
            "dx negated": "dout * y * (y - 1)",
            "dx doubled": "2 * dout * y * (1 - y)",
            "d_out forgotten": "y * (1 - y)",
            "d_out added": "dout + y * (1 - y)",
            "slope from x": "dout * x * (1 - x)",
            "sigmoid twice": "dout * s(y) * (1 - s(y))",
            "one factor missing: y": "dout * (1 - y)",
            "one factor missing: 1 - y": "dout * y",
            "slope of tanh": "dout * (1 - y ** 2)",
            "plus for minus": "dout * y * (1 + y)",
            "slope squared": "dout * (y * (1 - y)) ** 2",
            "slope left out": "dout",
            "dx averaged": "dout * y * (1 - y) / N",
            "slope of relu": "dout * (y > 0.5)",
        },
    ),
    "Softmax forward": (
        "softmax_y",
        {
            "over the whole batch": "np.exp(x) / np.exp(x).sum()",
            "over the wrong axis": "np.exp(x) / np.exp(x).sum(axis=0)",
            "no exponential": "x / x.sum(axis=1, keepdims=True)",
            "not divided": "np.exp(x)",
            "not divided, largest removed": "e",
            "log-softmax": "np.log(e / e.sum(axis=1, keepdims=True))",
            "sigmoid for softmax": "s(x)",
            "smallest for largest": "np.exp(-x) / np.exp(-x).sum(axis=1, keepdims=True)",
            "logits handed on": "x * 1.0",
            "rounded": "np.eye(x.shape[1])[x.argmax(axis=1)]",
        },
    ),
    "loss": (
        "loss",
        {
            "loss negated": "np.sum(t * np.log(y)) / N",
            "loss not reduced": "-np.sum(t * np.log(y), axis=1)",
            "loss by entry": "-t * np.log(y)",
            "squared error": "np.sum((y - t) ** 2) / N",
            "half squared error": "0.5 * np.sum((y - t) ** 2) / N",
            "mean squared error": "np.mean((y - t) ** 2)",
            "binary cross entropy": "-np.sum(t * np.log(y) + (1 - t) * np.log(1 - y)) / N",
            "logarithm to base 2": "-np.sum(t * np.log2(y)) / N",
            "logarithm to base 10": "-np.sum(t * np.log10(y)) / N",
            "no logarithm": "-np.sum(t * y) / N",
            "targets left out": "-np.sum(np.log(y)) / N",
            "loss not averaged": "-np.sum(t * np.log(y))",
            "loss over all entries": "-np.mean(t * np.log(y))",
        },
    ),
    "Softmax dx": (
        "softmax_dx",
        {
            "dx negated": "(t - y) / N",
            "dx doubled": "2 * (y - t) / N",
            "1/N missing": "y - t",
            "1/N too many": "(y - t) / N / N",
            "divided by N and K": "(y - t) / t.size",
            "times N": "(y - t) * N",
            "mean of the rows": "np.mean(y - t, axis=0)",
            "mean of everything": "np.mean(y - t)",
            "targets forgotten": "y / N",
            "targets forgotten, no 1/N": "y",
            "slope of a sigmoid too": "(y - t) * y * (1 - y) / N",
            "slope alone": "y * (1 - y)",
            "gradient in y": "-t / y / N",
            "divided by y": "(y - t) / y / N",
        },
    ),
    "Softmax dx (a layer by itself)": (
        "jacobian",
        {
            "dx negated": "-y * (dout - np.sum(dout * y, axis=1, keepdims=True))",
            "dx doubled": "2 * y * (dout - np.sum(dout * y, axis=1, keepdims=True))",
            "diagonal alone": "dout * y * (1 - y)",
            "d_out times y": "dout * y",
            "sum over the batch": "y * (dout - np.sum(dout * y))",
            "sum down the columns": "y * (dout - np.sum(dout * y, axis=0))",
            "softmax left out": "dout",
        },
    ),
    "Model forward": (
        "model_forward",
        {
            "not chained": "for y in [f(layer, x) for layer in layers]: x = y",
            "last layer left out": "for layer in layers[:-1]: x = f(layer, x)",
            "first layer left out": "for layer in layers[1:]: x = f(layer, x)",
            "forward in reverse": "for layer in layers[::-1]: x = f(layer, x)",
            "only the first layer": "x = f(layers[0], x)",
            "only the last layer": "x = f(layers[-1], x)",
        },
    ),
    "Model backward": (
        "model_backward",
        {
            "order of forward": "for layer in layers: d = g(layer, d)",
            "d_out not handed on": "for layer in layers[::-1]: g(layer, d)",
            "d_out of the last layer for all": "d = g(layers[-1], d); [g(layer, d) for layer in layers[-2::-1]]",
            "last layer left out": "for layer in layers[-2::-1]: d = g(layer, d)",
            "first layer left out": "for layer in layers[:0:-1]: d = g(layer, d)",
            "only the last layer": "d = g(layers[-1], d)",
            "no layer": "pass",
            "twice": "for layer in layers[::-1] * 2: d = g(layer, d)",
        },
    ),
}

#: What can't be planted in a form, and why not; each reason is tested.
ONE_BACKWARD = "a Softmax of the course is gone back through together with its loss, and gets no d_out"
NO_STEP = "a pure layer is never updated: its backward returns gradients and has no learning rate"
NO_MODEL = "layers that are functions are chained by whoever calls them; there is no Model"

NOT_IN = {
    "course": {"Softmax dx (a layer by itself)": ONE_BACKWARD},
    "records": {"Affine update": NO_STEP, "dx after the update": NO_STEP},
    "functions": {
        "Affine update": NO_STEP,
        "dx after the update": NO_STEP,
        "Model forward": NO_MODEL,
        "Model backward": NO_MODEL,
    },
}
