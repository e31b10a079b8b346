"""The numbers on the page of `see` are those of fnnet: every digit, in a browser, at random places of eight runs."""

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from browser import browsing
from seen import example, examples, line, mean_line, measured, moved, unit_lines

from fnnet import (
    SGD,
    AdamW,
    Dropout,
    LeakyReLU,
    MeanSquaredError,
    SigmoidCrossEntropy,
    Softmax,
    Tanh,
    datasets,
    mlp,
    train,
)  # fmt: skip
from fnnet.datasets import dataset
from fnnet.learning.state import first_state
from fnnet.optimizers import AdaGrad
from fnnet.runs.build import experiment
from fnnet.runs.recipe import asked, usual
from fnnet.seeing.budget import shown
from fnnet.seeing.contents import Subject
from fnnet.seeing.film import Training, film
from fnnet.seeing.of_run import trained_by
from fnnet.seeing.page import page
from fnnet.seeing.stage import Stage, stage
from fnnet.teaching import HalfSquaredError
from fnnet.teaching.equations import weight_error
from fnnet.teaching.writing import figure

#: So many places are looked at in each run.
PICKS = 200

#: Greek letters as `fnnet trace` writes them.
LATIN = {"η": "eta", "λ": "lambda", "β₁": "beta1", "β₂": "beta2", "β": "beta", "α": "alpha", "ε": "eps"}

#: Goes to the places, one after the other, and reads all that is said there.
READ = """async (addresses) => {
  const text = (element) => element?.textContent ?? null;
  const lineOf = (line) => ["name", "formula", "numbers", "result"].map((part) => {
    const found = line.querySelector(`.line-${part}`);
    found.querySelectorAll("button.more").forEach((more) => more.click());
    const sign = found.querySelector(".line-sign");
    return found.textContent.slice(sign ? sign.textContent.length : 0);
  });
  const found = [];
  for (const [i, address] of addresses.entries()) {
    const arrived = new Promise((done) => addEventListener("hashchange", done, { once: true }));
    location.hash = `${address}&turn=${i}`;
    await arrived;
    document.querySelectorAll(".ranked-frame button.more").forEach((more) => more.click());
    found.push({
      lines: [...document.querySelectorAll(".line")].map(lineOf),
      measured: text(document.querySelector(".measured .line-text")),
      after: text(document.querySelector(".after .line-text")),
      pushes: [...document.querySelectorAll(".ranked-frame tbody tr")].map((row) => [...row.cells].map(text)),
      units: [...document.querySelectorAll(".unit")].map((unit) => unit.getAttribute("aria-label")),
    });
  }
  return found;
}"""


def of_recipe(data: Any, **settings: Any) -> Training:
    """The training of a data set by its usual recipe, with these settings."""
    return trained_by(experiment(asked(usual(data), settings), data))


def table(numbers: bool) -> Any:
    """A table with a category and gaps, of classes or of numbers."""
    rng = np.random.default_rng(7)
    size, color = rng.normal(5, 2, 40).round(2), rng.choice(["blue", "red", "green"], 40)
    weight = np.where(rng.random(40) < 0.2, np.nan, rng.normal(70, 9, 40).round(1))
    y = (size * 3 + (color == "red")).round(2) if numbers else np.where(size + (color == "red") > 5.2, "big", "small")
    return dataset({"size": size, "color": list(color), "weight": weight, "y": list(y)})


def deep() -> Training:
    """Four levels, a softmax under half the square, and a weight decay of everything."""
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(7, 3)), np.eye(3)[rng.integers(0, 3, 7)]
    net = (*mlp([3, 4, 4, 4, 3], LeakyReLU(0.2), seed=5, dtype=float), Softmax())
    opt = AdamW(lr=0.02, weight_decay=0.1, decay="all")
    how: Any = {"loss": HalfSquaredError, "optimizer": opt, "epochs": 12, "batch_size": 3}
    return Training(first_state(net, opt, 0), lambda: train(net, x, y, **how), x, y, HalfSquaredError, opt, 3, 36)


def several(loss: Any, optimizer: Any, *first: Any) -> Training:
    """Several outputs under a loss that takes their mean, of examples that don't fill the last batch."""
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=(8, 3)), rng.integers(0, 2, (8, 3)).astype(float)
    net = (*first, *mlp([3, 4, 3], Tanh(), seed=6, dtype=float))
    how: Any = {"loss": loss, "optimizer": optimizer, "epochs": 9, "batch_size": 3}
    return Training(first_state(net, optimizer, 0), lambda: train(net, x, y, **how), x, y, loss, optimizer, 3, 27)


RUNS: dict[str, Callable[[], Training]] = {
    "xor": lambda: of_recipe(datasets.xor()),
    "digits": lambda: of_recipe(datasets.digits(), epochs=3),
    "a table of classes": lambda: of_recipe(table(numbers=False), hidden=(6, 5), epochs=30, batch_size=8),
    "a table of numbers": lambda: of_recipe(
        table(numbers=True), hidden=(5,), epochs=20, activation="tanh", optimizer="rmsprop", batch_size=10
    ),
    "deep": deep,
    "yes or no": lambda: several(SigmoidCrossEntropy, SGD(lr=0.2, momentum=0.8, nesterov=True)),
    "several numbers": lambda: several(MeanSquaredError, AdaGrad(lr=0.1)),
    "dropped inputs": lambda: several(MeanSquaredError, SGD(lr=0.1), Dropout(0.4)),
}


@pytest.mark.parametrize("name", RUNS)
def test_every_digit_is_that_of_fnnet(name, tmp_path):
    """Lines, measured slopes, who pushed, and units: at places at random, all that is said is what fnnet says."""
    run = RUNS[name]()
    on = stage(run.first.params, run.make, run.targets)
    subject = Subject(name, (), ("0", "1", "2"), None, run.x[:0], run.targets[:0])
    page([shown(run, on, subject, 4_000_000)]).save(tmp_path / "see.html")
    picks = list(places(run, on, random.Random(name), PICKS))
    with browsing() as browser:
        browser.goto(f"{(tmp_path / 'see.html').as_uri()}#step=0")
        browser.wait_for_selector(".line")
        kept = browser.evaluate("JSON.parse(document.getElementById('about').textContent).films[0].about.kept")
        moments = {at.state.step: at for at in film(run, on, kept).moments}
        chosen = [(moments[min(kept, key=lambda there: abs(there - step))], *where) for step, *where in picks]
        read = browser.evaluate(READ, [address(run, *pick) for pick in chosen])
    for pick, there in zip(chosen, read, strict=True):
        check(on, run, pick, there)


def places(run: Training, on: Stage, rng: random.Random, many: int) -> Any:
    """A step, an example, and a unit or a weight, at random, near each other in time."""
    sizes = on.board.sizes
    for _ in range(many):
        n = rng.randint(1, len(sizes) - 1)
        j, k = rng.randint(1, sizes[n]), rng.choice([None, rng.randint(0, sizes[n - 1])])
        yield rng.randint(0, run.steps), rng.randint(1, run.batch_size), n, j, k


def address(run: Training, at: Any, number: int, n: int, j: int, k: int | None) -> str:
    """Where the page shows that."""
    return f"step={at.state.step}&example={min(number, len(at.rows))}&at={name_of(run, n, j, k)}"


def name_of(run: Training, n: int, j: int, k: int | None) -> str:
    """The name of a unit or a weight, as it is typed."""
    deep = sum(hasattr(layer, "W") for layer in run.first.params) > 3
    letter = ("g" if k is None else "u") if deep else "fghy"[n] if k is None else "uvw"[n - 1]
    return f"{letter}{f'({n})' if deep else ''}_{j}" + ("" if k is None else f",{k}")


def check(on: Stage, run: Training, pick: Any, there: Any) -> None:
    """All that the page says at a place."""
    at, number, n, j, k = pick
    number = min(number, len(at.rows))
    one = example(on, run, at, number)
    lines = [[latin(part) for part in parts] for parts in there["lines"]]
    if k is None:
        assert lines == unit_lines(one, n, j)
    else:
        batch = examples(on, run, at)
        assert lines[0] == line(weight_error(one, n, j, k))
        assert there["measured"] == measured(on, run, at, number, n, j, k)
        several = len(batch) > 1
        if several:
            assert lines[1] == mean_line(batch, n, j, k)
            pushes = sorted((one.gradient(n, j, k).value for one in batch), key=abs, reverse=True)
            assert [row[1] for row in there["pushes"]] == [figure(push, 4) for push in pushes]
            total = sum(map(abs, pushes)) or 1.0
            assert [row[3] for row in there["pushes"]] == [f"{int(100 * abs(push) / total + 0.5)} %" for push in pushes]
        assert [parts[3] for parts in lines[1 + several :]] == moved(on, run, at, batch, n, j, k)
    shown_units = [label.split(" = ")[1].split(",")[0] for label in there["units"]]
    assert shown_units == units_of(one, on, errors=k is not None)


def units_of(example: Any, on: Stage, errors: bool) -> list[str]:
    """The values of all units that are drawn one by one, or the errors on them."""
    values = [example.errors[n - 1] if errors and n else example.units[n] for n in range(len(on.board.sizes))]
    return [figure(float(value), 4) for layer in values if len(layer) <= 20 for value in layer]


def latin(text: str) -> str:
    """A text of the page with the letters of `fnnet trace`."""
    for greek, letters in LATIN.items():
        text = text.replace(greek, letters)
    return text
