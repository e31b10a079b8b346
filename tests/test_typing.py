"""Types: a checker sees the mistakes that a newcomer makes with layers."""

import re
from pathlib import Path

import pytest

#: Lines of a program, each with the code of the error that mypy is to report for it, or with none.
LINES = [
    ("import numpy as np", None),
    ("from fnnet import Adam, Affine, Dropout, Flatten, ReLU, SoftmaxCrossEntropy", None),
    ("from fnnet import fit, forward, gradients, train", None),
    ("x = np.ones((2, 3))", None),
    ("layer = Affine(np.ones((3, 2)), np.zeros(2))", None),
    ("y, cache = layer.forward(x)", None),
    ("dx, grads = layer.backward(cache, y)", None),
    ("dx.sum(), grads.W.sum(), grads.b.sum()", None),
    ("net = (layer, ReLU(), Dropout(0.5))", None),
    ("out, caches = forward(net, x)", None),
    ("like = gradients(net, caches, out)", None),
    ("like[0].W.sum()", None),
    ("states = list(train(net, x, [0, 1], loss=SoftmaxCrossEntropy, optimizer=Adam(0.1)))", None),
    ("states[-1].mean_loss + 1.0", None),
    ("layer.backward(x.shape, y)", "arg-type"),
    ("layer.backward(None, y)", "arg-type"),
    ("layer.backward(cache)", "call-arg"),
    ("Affine(np.ones((3, 2)))", "call-arg"),
    ("layer.W = np.zeros((3, 2))", "misc"),
    ("layer.forward(x).sum()", "attr-defined"),
    ("layer.foward(x)", "attr-defined"),
    ("grads.V", "attr-defined"),
    ("Flatten().backward(x, y)", "arg-type"),
    ("Dropout(rate='half')", "arg-type"),
    ("Dropout(share=0.5)", "call-arg"),
    ("like[0].forward(x).sum()", "attr-defined"),
    ("train(net, x, [0, 1])", "call-arg"),
    ("fit(net, x, [0, 1])", "call-arg"),
    ("fit(net, x, [0, 1], loss=SoftmaxCrossEntropy, epochs='3')", "arg-type"),
    ("fit(net, x, [0, 1], loss=SoftmaxCrossEntropy, epochs=3).step + 1", None),
    ("states[-1].step = 3", "misc"),
    ("forward(3, x)", "arg-type"),
    ("class Half:", None),
    ("    def forward(self, x: object) -> tuple[object, None]:", None),
    ("        return x, None", None),
    ("forward((layer, Half()), x)", "arg-type"),
]


def test_planted_mistakes_are_reported(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """mypy reports each planted mistake at its line with its kind, and nothing else."""
    api = pytest.importorskip("mypy.api")
    program = tmp_path / "program.py"
    program.write_text("\n".join(text for text, _ in LINES) + "\n")
    kept = getattr(pytestconfig, "cache", None)
    cache = kept.mkdir("mypy") if kept else tmp_path
    said, errors, _ = api.run([str(program), "--strict", "--config-file=", "--no-pretty", f"--cache-dir={cache}"])
    assert errors == ""
    found = {int(line): code for line, code in re.findall(r"program\.py:(\d+): error: .*\[([a-z-]+)\]", said)}
    expected = {number: code for number, (_, code) in enumerate(LINES, start=1) if code}
    assert found == expected, said
