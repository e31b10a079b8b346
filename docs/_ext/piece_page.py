"""The pieces of the course that can be touched: what each is given, the place in which it stands, and their one script.

A piece is a module of ``docs/_pieces``, which builds on those of ``fnnet see``. All its numbers are worked out by fnnet
while the page is built. In its place stand words, and of the stepper its lines, until the script puts the piece there;
so the page is whole without JavaScript.
"""

import base64
import html
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from fnnet import SGD, Affine, Flatten, Scale, Sigmoid, SoftmaxCrossEntropy, datasets, fit, mlp
from fnnet.datasets.known import KNOWN
from fnnet.seeing.bundle import read, script
from fnnet.teaching import HalfSquaredError, record, trace

FOLDER = Path(__file__).parents[1] / "_pieces"

#: What stands in the place of a piece when no script runs.
WITHOUT = "It moves where JavaScript is allowed; the page says the same without it."


def program() -> str:
    """All pieces and what they are made of, as one script that leaves no name behind."""
    return f"(() => {{\n{script('start.js', beside=FOLDER)}}})();\n"


def style() -> str:
    """How they look."""
    return read("views.css") + (FOLDER / "pieces.css").read_text("utf-8")


def place(name: str, alt: str) -> str:
    """The HTML in which a piece stands, with its numbers and with what is read without it."""
    known = json.dumps({"alt": alt, **NUMBERS[name]()}, separators=(",", ":")).replace("<", "\\u003c")
    words = f'<p class="piece-without">{html.escape(alt)} {WITHOUT}</p>'
    lines = _table() if name == "stepper" else ""
    data = f'<script type="application/json">{known}</script>'
    return f'<div class="piece-place" data-piece="{name}">{words}{lines}{data}</div>'


@cache
def _lines() -> list[dict[str, Any]]:
    """One step of the network of the page on back-propagation, as `fnnet trace` works it out."""
    net = Affine([[1.0, 1.0], [1.0, 1.0]], [-0.5, -1.5]), Sigmoid(), Affine([[2.0], [-2.0]], [0.0]), Sigmoid()
    return [record(row) for row in trace(net, HalfSquaredError([[1.0]]), [[1.0, 0.0]], 1.0)]


def _table() -> str:
    """The lines of a step, for those who read them without stepping."""
    keys = "name", "formula", "numbers", "result"
    cells = [[str(line[key]) for key in keys] for line in _lines() if line["kind"] != "given"]
    rows = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in cells)
    return f'<div class="piece-lines"><table><caption>All lines of the step</caption>{rows}</table></div>'


def _first_networks() -> dict[str, Any]:
    """The networks with which Problem 1 may begin, by their hidden units and then by their seeds."""
    nets = {units: [_rows(units, seed) for seed in range(5)] for units in (1, 2, 3, 4, 8)}
    return {"nets": nets, "momentum": 0.9}


def _rows(units: int, seed: int) -> dict[str, Any]:
    hidden, _, last = mlp([2, units, 2], Sigmoid(), init="normal", seed=seed, dtype=float)
    return {"W1": hidden.W.tolist(), "b1": hidden.b.tolist(), "W2": last.W.tolist(), "b2": last.b.tolist()}


@cache
def digit_reader() -> tuple[Any, ...]:
    """The network of Problem 2, trained as on its page."""
    data = datasets.digits()
    net = mlp([64, 32, 10], Sigmoid(), seed=0, first=(Flatten(), Scale(1 / 16)))
    sgd = SGD(lr=0.3, momentum=0.9)
    return fit(net, data.x, data.y, loss=SoftmaxCrossEntropy, optimizer=sgd, epochs=20).params


def _digit() -> dict[str, Any]:
    data, known = datasets.digits(), KNOWN["digits"]
    firsts = [int(np.flatnonzero(data.y_test == digit)[0]) for digit in range(10)]
    examples = [{"name": str(data.y_test[i]), "image": data.x_test[i].ravel().tolist()} for i in firsts]
    layers = [layer for layer in digit_reader() if isinstance(layer, Affine)]
    assert known.form is not None
    form = {"size": known.form.size, "box": known.form.box, "byMass": known.form.by_mass}
    return {
        "layers": [{"outputs": len(layer.b), "W": _packed(layer.W), "b": _packed(layer.b)} for layer in layers],
        "scale": 1 / known.brightest,
        "form": {**form, "brightest": known.brightest},
        "examples": examples,
    }


def _packed(array: Any) -> str:
    return base64.b64encode(np.ascontiguousarray(array, "<f4").tobytes()).decode()


#: What each piece is given, by its name.
NUMBERS: dict[str, Any] = {
    "unit": dict,
    "valley": dict,
    "stepper": lambda: {"rows": _lines()},
    "xor-live": _first_networks,
    "digit": _digit,
}
