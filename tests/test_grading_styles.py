"""A right solution gets full points, however it is written."""

from pathlib import Path

import pytest
from labs import COURSE, RIGHT, lab

from fnnet.grading import Settings, grade

LAB = lab("course")


def without(text: str, *pairs: tuple[str, str]) -> str:
    """The text with these replacements, each of which must be there."""
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


STEP = """            self.W = W - lr * dW
            self.b = b - lr * db
"""

KOREAN = '''# -*- coding: utf-8 -*-
"""오차 역전파 실습"""
import numpy as np

learning_rate = 0.1

class Affine:
    def __init__(self, 입력, 출력):
        self.W = 1.0 * np.random.randn(입력, 출력)  # 가중치
        self.b = 1.0 * np.zeros(출력)  # 편향
        self.x = None

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b  # 순전파

    def backward(self, d_out, learning_rate):
        dx = np.dot(d_out, self.W.T)
        self.W -= learning_rate * np.dot(self.x.T, d_out)
        self.b -= learning_rate * np.sum(d_out, axis=0)
        return dx

class Sigmoid:
    def forward(self, x):
        self.y = np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))))
        return self.y

    def backward(self, d_out, learning_rate=None):
        return d_out * (1 - self.y) * self.y

class Softmax:
    def forward(self, x):
        c = np.max(x, axis=-1, keepdims=True)
        self.y = np.exp(x - c) / np.sum(np.exp(x - c), axis=-1, keepdims=True)
        return self.y

    def loss(self, t):
        self.t = t
        return -np.sum(t * np.log(self.y + 1e-7)) / self.y.shape[0]

    def backward(self, d_out=1, learning_rate=None):
        dx = self.y.copy()
        dx[np.arange(len(dx)), self.t.argmax(axis=1)] -= 1
        return dx / len(dx)

class Model:
    def __init__(self):
        self.layer = []
    def add(self, layer):
        self.layer.append(layer)
    def forward(self, x):
        for layer in self.layer:
            x = layer.forward(x)
        return x
    def backward(self):
        d_out = 1
        for layer in reversed(self.layer):
            d_out = layer.backward(d_out, learning_rate)
'''

IN_PLACE = """
import numpy as np

class Affine:
    def __init__(self, n_in, n_out):
        self.params = {"W": np.random.randn(n_in, n_out), "b": np.zeros((1, n_out))}
        self.grads = {"W": np.zeros((n_in, n_out)), "b": np.zeros((1, n_out))}
    def forward(self, x):
        self.x = x.copy()
        out = np.empty((len(x), self.params["W"].shape[1]))
        np.matmul(x, self.params["W"], out=out)
        out += self.params["b"]
        return out
    def backward(self, grad, lr):
        np.matmul(self.x.T, grad, out=self.grads["W"])
        np.sum(grad, axis=0, keepdims=True, out=self.grads["b"])
        dx = grad @ self.params["W"].T
        for name in self.params:
            self.params[name] -= lr * self.grads[name]
        return dx

class Sigmoid:
    def forward(self, x):
        y = np.tanh(x / 2)
        y += 1
        y /= 2
        self.out = y
        return y
    def backward(self, grad, lr=None):
        d = 1 - self.out
        d *= self.out
        d *= grad
        return d

class Softmax:
    def forward(self, x):
        z = x - x.max(axis=1, keepdims=True)
        np.exp(z, out=z)
        z /= z.sum(axis=1, keepdims=True)
        self.y = z
        return z
    def loss(self, t):
        self.t = np.array(t)
        self.error = float(-(self.t * np.log(self.y)).sum(axis=1).mean())
        return self.error
    def backward(self, grad=1, lr=None):
        d = self.y - self.t
        d *= grad
        d /= len(d)
        return d

class Model:
    def __init__(self, lr=0.1):
        self.layer, self.lr = [], lr
    def add(self, layer):
        self.layer += [layer]
        return self
    def forward(self, x):
        h = x
        for i in range(len(self.layer)):
            h = self.layer[i].forward(h)
        return h
    def loss(self, t):
        return self.layer[-1].loss(t)
    def backward(self):
        grad = self.layer[-1].backward()
        for layer in self.layer[-2::-1]:
            grad = layer.backward(grad, self.lr)
        return grad
"""

BOOK = without(
    LAB,
    ("def backward(self, dout, learning_rate):", "def backward(self, dout):"),
    (", learning_rate\n        try", ", None\n        try"),
    (STEP, ""),
    ("def backward(self, dout, learning_rate=None):", "def backward(self, dout):"),
    ("def backward(self, d_out=1, learning_rate=None):", "def backward(self, d_out=1):"),
    ("def backward(self, learning_rate=0.1):", "def backward(self):"),
    ("layer.backward(d, learning_rate)", "layer.backward(d)"),
)

STYLES = {
    "as the lecture has it": LAB,
    "Korean, gradients not stored, a module's learning rate": KOREAN,
    "dictionaries, (1, O) biases, out= and in place, an attribute": IN_PLACE,
    "a Softmax whose backward takes nothing": without(
        IN_PLACE,
        ("def backward(self, grad=1, lr=None):", "def backward(self):"),
        ("        d *= grad\n        d /= len", "        d /= len"),
    ),
    "update outside": BOOK,
    "update by a method of its own": without(
        BOOK,
        (
            "class Sigmoid:",
            "    def update(self, lr):\n        self.W -= lr * self.dW\n"
            "        self.b -= lr * self.db\n\nclass Sigmoid:",
        ),
    ),
    "float32": without(
        LAB,
        ("1.0 * np.random.randn(input_size, output_size)", "np.random.randn(input_size, output_size).astype('f4')"),
        ("1.0 * np.zeros(output_size)", "np.zeros(output_size, np.float32)"),
        ("self.y = x @ W + b", "self.y = (x @ W + b).astype(np.float32)"),
    ),
    "W on its side": without(
        LAB,
        ("np.random.randn(input_size, output_size)", "np.random.randn(output_size, input_size)"),
        ("x @ W + b", "x @ W.T + b"),
        ("x.T @ dout", "dout.T @ x"),
        ("dout @ W.T", "dout @ W"),
    ),
    "db keeps its row": without(LAB, ("dout.sum(axis=0)", "dout.sum(axis=0, keepdims=True)")),
    "einsum": without(
        LAB, ("x.T @ dout", "np.einsum('ni,no->io', x, dout)"), ("x @ W + b", "np.einsum('ni,io->no', x, W) + b")
    ),
    "loops": without(
        LAB,
        ("dout.sum(axis=0)", "np.array([sum(dout[n, o] for n in range(N)) for o in range(len(b))])"),
        (RIGHT["loss"], "-sum(np.log(y[n, t[n].argmax()]) for n in range(N)) / N"),
    ),
    "subclassing": without(
        LAB,
        (
            "class Affine:",
            "class Layer:\n    def __call__(self, x):\n        return self.forward(x)\n\nclass Affine(Layer):",
        ),
        ("class Sigmoid:", "class Sigmoid(Layer):"),
        ("class Softmax:", "class Softmax(Layer):"),
        ("layer.forward(x)", "layer(x)"),
    ),
    "isinstance in the model": without(
        LAB,
        (
            "lambda layer, d: layer.backward(d, learning_rate)",
            "lambda layer, d: layer.backward(d, learning_rate) if isinstance(layer, Affine) else layer.backward(d)",
        ),
    ),
    "keyword arguments": without(
        LAB,
        ("input_size, output_size):", "*, n_in, n_out):"),
        ("(input_size, output_size)", "(n_in, n_out)"),
        ("zeros(output_size)", "zeros(n_out)"),
    ),
    "backward takes the targets": without(
        LAB,
        ("def backward(self, learning_rate=0.1):", "def backward(self, t, lr):"),
        ("layer.backward(d, learning_rate)", "layer.backward(d, lr)"),
    ),
    "a learning rate of the class": without(
        BOOK,
        ("class Affine:", "class Affine:\n    lr = 0.1"),
        (
            "        finally:",
            "            self.W = W - self.lr * dW\n            self.b = b - self.lr * db\n        finally:",
        ),
    ),
    "a learning rate in the code": without(
        BOOK,
        ("        finally:", "            self.W = W - 0.5 * dW\n            self.b = b - 0.5 * db\n        finally:"),
    ),
    "a learning rate of the file": "learning_rate = 0.1\n"
    + without(
        BOOK,
        (
            "        finally:",
            "            self.W = W - learning_rate * dW\n"
            "            self.b = b - learning_rate * db\n        finally:",
        ),
    ),
    "layers that can't be inherited from": without(
        LAB, ("class Softmax:", "class Softmax:\n    def __init_subclass__(cls):\n        raise TypeError('final')")
    ),
    "a small number in the logarithm": without(LAB, ("np.log(y)", "np.log(y + 1e-7)")),
    "trains at the import": LAB + "\nmodel = Model()\nmodel.add(Affine(2, 2))\nprint(model.forward(np.ones((1, 2))))\n",
    "a fnnet record": lab("records"),
    "functions": lab("functions"),
    "functions with a dictionary": without(
        lab("functions"),
        ("W, b = params", "W, b = params['W'], params['b']"),
        ("(W, b), x, N = params,", "(W, b), x, N = params.values(),"),
        ("(x.T @ dout, dout.sum(axis=0))", "dict(W=x.T @ dout, b=dout.sum(axis=0))"),
    ),
}


@pytest.mark.parametrize("style", STYLES)
def test_a_right_solution_gets_full_points(style: str, tmp_path: Path) -> None:
    """Nothing is blamed on a right solution, whatever its style, and it trains."""
    path = tmp_path / "lab.py"
    path.write_text(STYLES[style], encoding="utf-8")
    report = grade(path)
    assert [mark for mark in report.marks if not mark.full] == []
    assert report.points == report.most > 60


SUM = {"softmax_dx": "y - t"}


@pytest.mark.parametrize("form", ["course", "records"])
@pytest.mark.parametrize("loss", ["-np.sum(t * np.log(y))", "-np.sum(t * np.log(y)) / N"])
def test_a_sum_is_right_where_a_sum_is_asked_for(form: str, loss: str, tmp_path: Path) -> None:
    """With the convention of a sum, the gradient has no 1/N, and the loss may be shown as either."""
    path = tmp_path / "lab.py"
    path.write_text(lab(form, **SUM, loss=loss))
    assert [mark for mark in grade(path, Settings(convention="sum")).marks if not mark.full] == []


def test_a_mean_is_a_mistake_where_a_sum_is_asked_for(tmp_path: Path) -> None:
    """The same solution is right by one convention, and has 1/N too many by the other."""
    path = tmp_path / "lab.py"
    path.write_text(LAB)
    report = grade(path, Settings(convention="sum", train=False))
    assert report.mistakes == ("Softmax.dx: 1/N too many",)


def test_a_convention_is_mean_or_sum() -> None:
    """Any other convention is refused."""
    with pytest.raises(ValueError, match="convention must be mean or sum, got 'median'"):
        Settings(convention="median")


def test_helpers_come_from_a_neighbouring_file(tmp_path: Path) -> None:
    """A base class and functions may be imported from the file beside, and Affine itself too."""
    head, _, tail = LAB.partition("class Sigmoid:")
    (tmp_path / "part.py").write_text(head)
    path = tmp_path / "lab.py"
    path.write_text("from part import *\nfrom part import np, s\n\nclass Sigmoid:" + tail)
    report = grade(path)
    assert report.points == report.most == 95


def test_fnnets_own_layers_are_no_solution(tmp_path: Path) -> None:
    """Layers that are imported from fnnet are nobody's work."""
    path = tmp_path / "lab.py"
    path.write_text("from fnnet import Affine, Sigmoid, Softmax\n")
    assert grade(path).points == 0


def test_records_may_be_fnnets(tmp_path: Path) -> None:
    """A layer that is a fnnet record gets full points."""
    path = tmp_path / "lab.py"
    path.write_text(
        "import numpy as np\nfrom fnnet import frozen, param, freeze\n@frozen\nclass Affine:\n    W: object = param()\n"
        "    b: object = param()\n    def forward(self, x):\n        return freeze(x @ self.W + self.b), x\n"
        "    def backward(self, cache, dout):\n"
        "        return freeze(dout @ self.W.T), Affine(cache.T @ dout, dout.sum(axis=0))\n"
    )
    report = grade(path)
    assert {mark.part for mark in report.marks if mark.full} == {"Affine"}
    assert sum(mark.points for mark in report.marks if mark.part == "Affine") == 30
    assert COURSE != report.form == "fnnet"
