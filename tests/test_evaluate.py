"""`fnnet evaluate`: its figures are those of scikit-learn and of loops by hand, and its worst mistakes the worst."""

import json
import math
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_cli import fnnet as process
from test_exact import interrupted
from test_verify import fnnet, refused, result, trained

from fnnet import Array, predict
from fnnet.datasets import digits
from fnnet.learning.metrics import accuracy, confusion, precision_recall
from fnnet.runs import load_run
from fnnet.runs.recipe import LOSSES

LABELS = digits().y_test.tolist()
N = len(LABELS)


pytestmark = pytest.mark.usefixtures("in_a_folder_of_its_own")


@pytest.fixture(scope="module", params=LOSSES)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that has not learned much, with each of the losses."""
    folder = tmp_path_factory.mktemp(request.param) / "run"
    trained("digits", "--hidden", 16, "--epochs", 2, "--loss", request.param, "--out", folder)
    return folder


@pytest.fixture
def own() -> Path:
    """A run on data in a file, of three classes: the second is never in the test part, the third never predicted."""
    x = np.array([[-1.0], [1.0]] * 50 + [[-1.0]])
    y = [0, 1] * 50 + [2]
    np.savez("own.npz", x=x, y=y, x_test=[[-1.0], [-1.0], [1.0], [-1.0]], y_test=[0, 0, 0, 2])
    trained("own.npz", "--epochs", 5, "--out", "own")
    return Path("own")


def outputs_of(run: Path) -> list[list[float]]:
    """What a run's network gives for the test part, row by row."""
    rows: list[list[float]] = predict(load_run(run).net, digits().x_test).astype(float).tolist()
    return rows


def shares_of(run: Path) -> list[list[float]]:
    """The same as what the network says of each class."""
    kind = load_run(run).recipe.loss
    if kind == "cross-entropy":
        powers = [[math.exp(x - max(row)) for x in row] for row in outputs_of(run)]
        return [[power / sum(row) for power in row] for row in powers]
    return [[1 / (1 + math.exp(-x)) if kind == "sigmoid" else x for x in row] for row in outputs_of(run)]


def losses_by_hand(run: Path) -> float:
    """The mean loss over the test part, by loops."""
    kind, found = load_run(run).recipe.loss, []
    for row, label in zip(shares_of(run), LABELS, strict=True):
        given_right = {
            "cross-entropy": lambda p, k, label=label: -math.log(p) * 10 if k == label else 0.0,
            "sigmoid": lambda p, k, label=label: -math.log(p if k == label else 1 - p),
            "mse": lambda p, k, label=label: (p - (k == label)) ** 2,
            "mae": lambda p, k, label=label: abs(p - (k == label)),
            "huber": lambda p, k, label=label: min((a := abs(p - (k == label))) ** 2 / 2, a - 0.5 if a > 1 else 9),
        }[kind]
        found += [given_right(p, k) for k, p in enumerate(row)]
    return math.fsum(found) / len(found)


# The figures


def test_figures_are_those_of_scikit_learn(run: Path) -> None:
    """Accuracy, precision, recall, confusion and the cross-entropy are scikit-learn's of the same outputs."""
    metrics = pytest.importorskip("sklearn.metrics")
    found, outputs = result("evaluate", run), np.array(outputs_of(run))
    made = outputs.argmax(axis=1)
    assert found["test_accuracy"] == pytest.approx(metrics.accuracy_score(LABELS, made), abs=1e-12)
    assert found["confusion"] == metrics.confusion_matrix(LABELS, made).tolist()
    precision, recall, _, support = metrics.precision_recall_fscore_support(LABELS, made, zero_division=np.nan)
    by_class = [[row[name] for row in found["classes"]] for name in ("precision", "recall", "examples")]
    assert np.array(by_class, float) == pytest.approx(np.array([precision, recall, support]), abs=1e-12, nan_ok=True)
    if load_run(run).recipe.loss == "cross-entropy":
        assert found["test_loss"] == pytest.approx(metrics.log_loss(LABELS, np.array(shares_of(run))), rel=1e-6)


def test_figures_are_those_of_loops(run: Path) -> None:
    """The loss, the accuracy and every class's counts are those of loops over the test part."""
    found = result("evaluate", run)
    made = [row.index(max(row)) for row in outputs_of(run)]
    assert found["test_loss"] == pytest.approx(losses_by_hand(run), rel=1e-6)
    assert found["test_accuracy"] == pytest.approx(sum(map(int.__eq__, made, LABELS)) / N, abs=1e-12)
    assert (found["dataset"], found["epochs"], found["test_examples"]) == ("digits", 2, N)
    pairs = list(zip(LABELS, made, strict=True))
    assert found["confusion"] == [[pairs.count((true, told)) for told in range(10)] for true in range(10)]
    for k, row in enumerate(found["classes"]):
        right, told = pairs.count((k, k)), made.count(k)
        assert (row["class"], row["examples"]) == (str(k), LABELS.count(k))
        assert row["precision"] == (pytest.approx(right / told) if told else None)
        assert row["recall"] == pytest.approx(right / LABELS.count(k))


@pytest.mark.parametrize("flags", ["--loss mse", "--validation 0.1 --dropout 0.3 --epochs 4 --batch-norm", "--seed 2"])
def test_figures_are_those_that_training_gave(flags: str) -> None:
    """Loss and accuracy are what `fnnet train` printed at the end and kept, in whichever folder one is now."""
    printed = result("train", "digits", "--hidden", 8, "--epochs", 2, "--out", "run", *flags.split())
    kept = json.loads(Path("run", "run.json").read_text())["result"]
    found = result("evaluate", "run")
    for name in ("test_loss", "test_accuracy"):
        assert found[name] == pytest.approx(printed[name], rel=1e-6)
        assert printed[name] == kept[name]
    assert found["epochs"] == printed["epochs"]


def test_the_best_network_is_measured() -> None:
    """Of a run with validation it is the best epoch's network that is measured, not the last one."""
    flags = "--hidden 8 --validation 0.2 --patience 2 --lr 2 --schedule constant --epochs 40"
    trained("digits", *flags.split(), "--out", "run")
    state = load_run("run").state
    assert state is not None
    assert state.best_epoch < state.epoch
    best, newest = (accuracy(predict(net, digits().x_test), LABELS) for net in (state.best, state.params))
    assert result("evaluate", "run")["test_accuracy"] == pytest.approx(best, abs=1e-12)
    assert best != newest


def test_classes_that_never_occur(own: Path) -> None:
    """A class that is never predicted has no precision, and one without examples no recall: null, or a dash."""
    found = result("evaluate", own)
    assert found["confusion"] == [[2, 1, 0], [0, 0, 0], [1, 0, 0]]
    assert [tuple(row.values()) for row in found["classes"]] == [
        ("0", pytest.approx(2 / 3), pytest.approx(2 / 3), 3), ("1", 0.0, None, 0), ("2", None, 0.0, 1),
    ]  # fmt: skip
    lines = [line.split() for line in fnnet("evaluate", own).stdout.splitlines()]
    assert ["0", "0.6667", "0.6667", "3"] in lines
    assert ["1", "0.0000", "-", "0"] in lines
    assert ["2", "-", "0.0000", "1"] in lines


# The worst mistakes


@pytest.mark.parametrize("many", [0, 1, 7, 1000])
def test_the_worst_are_those_with_the_least_probability(run: Path, many: int) -> None:
    """The worst mistakes are as many as asked for, of all there are, and first that whose true class got the least."""
    found = result("evaluate", run, "--worst", many)["worst"]
    shares = shares_of(run)
    mistakes = [i for i, row in enumerate(shares) if row.index(max(row)) != LABELS[i]]
    assert len(mistakes) == round((1 - result("evaluate", run)["test_accuracy"]) * N)
    assert len(found) == min(many, len(mistakes))
    assert len({row["row"] for row in found}) == len(found)
    given_true = [row["of_class"] for row in found]
    assert given_true == sorted(given_true)
    assert given_true == pytest.approx(sorted(shares[i][LABELS[i]] for i in mistakes)[:many], rel=1e-4, abs=1e-7)
    for row in found:
        share = shares[row["row"]]
        assert row["row"] in mistakes
        assert row["class"] == str(LABELS[row["row"]])
        assert row["predicted"] == str(share.index(max(share)))
        assert (row["probability"], row["of_class"]) == pytest.approx((max(share), share[LABELS[row["row"]]]), rel=1e-4)


def test_without_worst_there_are_none(run: Path) -> None:
    """Unless asked for no mistakes are listed, and less than none can't be."""
    assert result("evaluate", run)["worst"] == []
    assert "worst" not in fnnet("evaluate", run).stdout
    assert "--worst" in refused("evaluate", run, "--worst", -1, code=2)


def test_a_perfect_network_has_no_worst_mistakes() -> None:
    """Exclusive or, solved, is all ones, and its list of mistakes is empty."""
    trained("xor", "--out", "run")
    found = result("evaluate", "run", "--worst", 4)
    assert (found["test_accuracy"], found["worst"], found["confusion"]) == (1.0, [], [[2, 0], [0, 2]])
    assert [(row["precision"], row["recall"]) for row in found["classes"]] == [(1.0, 1.0)] * 2
    assert "the worst mistakes, 0 of 0" in fnnet("evaluate", "run", "--worst", 4).stdout


# What is printed


def test_what_people_read_is_what_programs_read(run: Path) -> None:
    """The printed tables hold the figures of --json, with dots for what never happened."""
    found = result("evaluate", run, "--worst", 2)
    lines = fnnet("evaluate", run, "--worst", 2).stdout.splitlines()
    right = round(found["test_accuracy"] * N)
    assert lines[0] == (
        f"digits: test accuracy {found['test_accuracy']:.4f} ({right} of {N}), test loss {found['test_loss']:.4f}"
    )
    cells = [line.split() for line in lines]
    for row, counts in zip(found["classes"], found["confusion"], strict=True):
        shares = ("-" if row[name] is None else f"{row[name]:.4f}" for name in ("precision", "recall"))
        assert [row["class"], *shares, str(row["examples"])] in cells
        assert [row["class"], *(str(count or ".") for count in counts)] in cells
    assert f"the worst mistakes, 2 of {N - right}" in lines
    for row in found["worst"]:
        numbers = f"{row['probability']:.4f}", f"{row['of_class']:.2g}"
        assert [str(row["row"]), row["class"], row["predicted"], *numbers] in cells


def test_many_classes_are_not_printed_as_a_matrix() -> None:
    """Above 30 classes the confusion is for programs alone."""
    np.savez("own.npz", x=np.eye(31), y=np.arange(31), x_test=np.eye(31), y_test=np.arange(31))
    trained("own.npz", "--epochs", 1, "--out", "run")
    assert "was taken for" not in fnnet("evaluate", "run").stdout
    assert np.sum(result("evaluate", "run")["confusion"]) == 31


def test_a_process_of_its_own(own: Path) -> None:
    """A real process prints the same, and exits with 0."""
    done = process("evaluate", own, "--worst", 1, "--json")
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)
    assert json.loads(done.stdout) == result("evaluate", own, "--worst", 1)


# Which runs


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to a child")
def test_an_interrupted_run_is_measured() -> None:
    """A run that Ctrl-C stopped is measured as far as it came."""
    assert interrupted("run", "train", "digits", "--epochs", 5000, "--out", "run") == 130
    state = load_run("run").state
    assert state is not None
    found = result("evaluate", "run")
    assert found["epochs"] == state.epoch < 5000
    right = accuracy(predict(state.params, digits().x_test), LABELS)
    assert found["test_accuracy"] == pytest.approx(right, abs=1e-12)
    (Path("run") / "model.npz").unlink()
    assert result("evaluate", "run") == found


def test_a_network_alone_is_measured(run: Path) -> None:
    """A network that was taken out of its run has the run's figures; only its epochs are not known."""
    shutil.copy(run / "model.npz", "taken.npz")
    found = result("evaluate", "taken.npz", "--worst", 3)
    assert found == result("evaluate", run, "--worst", 3) | {"run": "taken.npz", "epochs": None}
    assert fnnet("evaluate", "taken.npz").stdout == fnnet("evaluate", run).stdout


def test_data_that_are_gone_or_others(own: Path) -> None:
    """Data that have changed since, or are not there any more, are named, and exit 1."""
    with np.load("own.npz") as file:
        parts = dict(file)
    np.savez("own.npz", **parts | {"y_test": np.array([0, 0, 1, 2])})
    assert "own.npz are not those of the run: their SHA-256 differs" in refused("evaluate", own)
    Path("own.npz").unlink()
    assert "own.npz" in refused("evaluate", own)
    assert "own.npz" in refused("evaluate", own / "model.npz")


def test_the_folder_of_the_data_can_be_said(tmp_path: Path) -> None:
    """Where --data-dir is said, the data are looked for there, and the way out is named."""
    trained("xor", "--epochs", 1, "--out", "run")
    assert result("evaluate", "run", "--data-dir", tmp_path)["dataset"] == "xor"


NO_RUNS = {
    "missing": "missing is not there",
    "empty": "empty holds no run: state.npz is missing",
    "text": "text is not a file that fnnet saved",
    "data.npz": "data.npz is not a file that fnnet saved",
    "digits": "digits is not there",
    "cut.npz": "cut.npz is not a file that fnnet saved, or its end is lost",
    "flipped.npz": "flipped.npz is damaged",
    "damaged": "state.npz is damaged",
}


@pytest.mark.parametrize("name", NO_RUNS)
def test_what_is_no_run_is_one_sentence(own: Path, name: str) -> None:
    """A missing path, an empty folder, another file, data and what is damaged are named, and exit 1."""
    Path("empty").mkdir()
    Path("text").write_text("hello " * 100)
    np.savez("data.npz", x=[[1.0]], y=[0])
    whole = (own / "model.npz").read_bytes()
    Path("cut.npz").write_bytes(whole[:-1])
    flipped = bytearray(whole)
    flipped[500] ^= 1
    Path("flipped.npz").write_bytes(flipped)
    Path("damaged").mkdir()
    Path("damaged", "state.npz").write_bytes(flipped)
    assert NO_RUNS[name] in refused("evaluate", name)


def test_no_run_is_wrong_usage() -> None:
    """Without a run the argument is named, and exit 2."""
    assert "Missing argument 'RUN'" in refused("evaluate", code=2)


# Laws of the figures


@st.composite
def judged(draw: Any) -> tuple[Array, list[int]]:
    """Outputs of up to 5 classes for up to 20 examples, and labels."""
    k = draw(st.integers(2, 5))
    labels = draw(st.lists(st.integers(0, k - 1), min_size=1, max_size=20))
    rows = st.lists(st.integers(0, 3), min_size=k, max_size=k)
    outputs = draw(st.lists(rows, min_size=len(labels), max_size=len(labels)))
    return np.array(outputs, float), labels


@given(judged())
def test_the_confusion_counts_every_example_once(made: tuple[Array, list[int]]) -> None:
    """The sums of the rows count the labels, those of the columns the predictions, and the trace the right ones."""
    outputs, labels = made
    counts, k = confusion(outputs, labels), outputs.shape[1]
    told = [row.index(max(row)) for row in outputs.tolist()]
    assert counts.sum(axis=1).tolist() == [labels.count(c) for c in range(k)]
    assert counts.sum(axis=0).tolist() == [told.count(c) for c in range(k)]
    assert np.trace(counts) / len(labels) == pytest.approx(accuracy(outputs, labels))


@given(judged())
def test_recall_weighted_by_examples_is_the_accuracy(made: tuple[Array, list[int]]) -> None:
    """So is the precision weighted by predictions; each is a share, and NaN exactly where there is nothing."""
    counts = confusion(*made)
    for figures, weights in zip(precision_recall(counts), (counts.sum(axis=0), counts.sum(axis=1)), strict=True):
        assert np.isnan(figures).tolist() == (weights == 0).tolist()
        assert np.nansum(figures * weights) / counts.sum() == pytest.approx(accuracy(*made))
        assert ((figures >= 0) & (figures <= 1) | np.isnan(figures)).all()


@given(judged())
def test_precision_is_the_recall_of_the_transposed(made: tuple[Array, list[int]]) -> None:
    """With labels and predictions exchanged, precision and recall are."""
    counts = confusion(*made)
    precision, recall = precision_recall(counts)
    other_precision, other_recall = precision_recall(counts.T)
    assert np.array_equal(precision, other_recall, equal_nan=True)
    assert np.array_equal(recall, other_precision, equal_nan=True)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=20), st.integers(5, 7))
def test_perfect_predictions_give_ones(labels: list[int], k: int) -> None:
    """Where all is right, precision and recall of every class that occurs are 1."""
    counts = confusion(np.eye(k)[labels], labels)
    for figures in precision_recall(counts):
        assert [figure for figure in figures.tolist() if not math.isnan(figure)] == [1.0] * len(set(labels))


# Where the library is not yet as it should be


@pytest.mark.parametrize("command", ["train own.npz --epochs 1 --json --out again", "evaluate run --json"])
def test_a_loss_of_nan(command: str) -> None:
    """With a test example that no float32 holds the figures are still printed, or refused in fnnet's own words."""
    x = np.random.default_rng(0).normal(size=(40, 2))
    np.savez("own.npz", x=x, y=np.arange(40) % 2, x_test=[[1.0, 1e39], [0.0, 0.0]], y_test=[0, 1])
    process("train", "own.npz", "--epochs", 1, "--out", "run")
    done = process(*command.split())
    assert done.returncode in (0, 1)
    assert "Warning" not in done.stderr
    assert "JSON" not in done.stderr


def test_thirty_classes_fit() -> None:
    """The matrix of 30 classes is printed whole."""
    np.savez("own.npz", x=np.eye(30), y=np.arange(30), x_test=np.eye(30), y_test=np.arange(30))
    trained("own.npz", "--epochs", 1, "--out", "run")
    said = fnnet("evaluate", "run").stdout
    assert "was taken for" in said
    assert "…" not in said
