"""`fnnet predict`: what the network says, of rows of numbers and of pictures, is what the Python API says."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from test_cli import fnnet as process
from test_verify import fnnet, refused, result, trained

from fnnet import Array, predict
from fnnet.datasets import digits, mnist
from fnnet.datasets.pictures import read_picture
from fnnet.runs import load_run
from fnnet.runs.recipe import LOSSES
from fnnet.values.numeric import sigmoid, softmax

pytestmark = pytest.mark.usefixtures("in_a_folder_of_its_own")


@pytest.fixture(scope="module")
def xor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that has solved exclusive or."""
    folder = tmp_path_factory.mktemp("xor") / "run"
    trained("xor", "--out", folder)
    return folder


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that has learned the digits."""
    folder = tmp_path_factory.mktemp("digits") / "run"
    trained("digits", "--epochs", 20, "--out", folder)
    return folder


def classes(rows: list[dict[str, Any]]) -> list[str]:
    """The class of each row."""
    return [row["class"] for row in rows]


def shares(rows: list[dict[str, Any]]) -> Array:
    """What is said of each class, row by row."""
    return np.array([list(row["probabilities"].values()) for row in rows])


# Numbers


def test_rows_of_numbers(xor: Path) -> None:
    """Each argument of two numbers is a row, and two arguments of one number are one."""
    rows = result("predict", xor, "0,1", "1,1", "0,0", "1,0")
    assert classes(rows) == ["1", "0", "0", "1"]
    assert [row["input"] for row in rows] == ["0,1", "1,1", "0,0", "1,0"]
    (one,) = result("predict", xor, "0", "1")
    assert (one["input"], one["class"]) == ("0,1", "1")
    assert shares([one])[0] == pytest.approx(shares(rows)[0], rel=1e-12)
    assert result("predict", xor, " 0 , 1.0e0 ")[0]["probabilities"] == one["probabilities"]


def test_the_table_says_what_the_json_says(xor: Path) -> None:
    """A line for each row has its input, its class and three digits of each class's probability, under their names."""
    rows = result("predict", xor, "0,1", "1,1")
    head, *lines = (line.split() for line in fnnet("predict", xor, "0,1", "1,1").stdout.splitlines())
    assert head == ["input", "class", "0", "1"]
    assert lines == [[row["input"], row["class"], *(f"{p:.3f}" for p in row["probabilities"].values())] for row in rows]


MINUS = ["-1,1", "-1,-1", "-.5,2", "-1e-3,0", "0,-0"]


@pytest.mark.parametrize("row", MINUS)
def test_rows_may_begin_with_a_minus_sign(xor: Path, row: str) -> None:
    """A row that looks like a flag is a row, before --json and after it, alone, among others, after a double dash."""
    (found,) = result("predict", xor, row)
    assert found["input"] == row
    x = [[float(cell) for cell in row.split(",")]]
    assert shares([found])[0] == pytest.approx(softmax(predict(load_run(xor).net, x))[0], abs=1e-12)
    assert json.loads(fnnet("predict", "--json", xor, row).stdout) == [found]
    assert json.loads(fnnet("predict", xor, "--json", "--", row).stdout) == [found]
    among = result("predict", xor, "0,1", row, "-2,3")[1]
    assert (among["input"], among["class"]) == (row, found["class"])
    for other in (among, *result("predict", xor, *row.split(","))):
        assert shares([other]) == pytest.approx(shares([found]), rel=1e-12)


@given(st.lists(st.tuples(*[st.floats(-1e6, 1e6)] * 2), min_size=1, max_size=5))
@example([(-0.0, 1e-300)])
def test_numbers_are_what_the_python_api_gives(xor: Path, x: list[tuple[float, float]]) -> None:
    """The probabilities of any rows are the softmax of `predict`, they sum to 1, and the largest is the class's."""
    rows = result("predict", xor, *(f"{a!r},{b!r}" for a, b in x))
    expected = softmax(predict(load_run(xor).net, x))
    assert shares(rows) == pytest.approx(expected, abs=1e-12)
    assert shares(rows).sum(axis=1) == pytest.approx(1.0)
    assert classes(rows) == [str(k) for k in expected.argmax(axis=1)]


@pytest.mark.parametrize("loss", LOSSES)
def test_each_loss_has_its_own_figures(loss: str) -> None:
    """Cross-entropy gives shares of 1, sigmoid a yes or no for each class, squares the outputs as they are."""
    x = np.random.default_rng(0).normal(50.0, 9.0, (40, 3))
    np.savez("own.npz", x=x, y=np.arange(40) % 4)
    trained("own.npz", "--loss", loss, "--epochs", 3, "--out", "run")
    rows = result("predict", "run", *(",".join(map(repr, row.tolist())) for row in x[:6]))
    outputs = predict(load_run("run").net, x[:6]).astype(float)
    says = {"cross-entropy": softmax, "sigmoid": sigmoid}.get(loss, lambda y: y)
    assert shares(rows) == pytest.approx(says(outputs), rel=1e-5, abs=1e-6)
    assert classes(rows) == [str(k) for k in outputs.argmax(axis=1)]
    assert all(list(row["probabilities"]) == ["0", "1", "2", "3"] for row in rows)
    assert np.allclose(shares(rows).sum(axis=1), 1.0) == (loss == "cross-entropy")


def test_a_table_of_one_column() -> None:
    """Where a row is one number, each argument is a row."""
    np.savez("own.npz", x=np.linspace(-1, 1, 40)[:, None], y=[0] * 20 + [1] * 20)
    trained("own.npz", "--epochs", 40, "--out", "run")
    assert classes(result("predict", "run", "-0.9", "0.9", "-.8")) == ["0", "1", "0"]
    assert classes(result("predict", "run", "0.7")) == ["1"]


def test_a_network_alone_predicts(xor: Path) -> None:
    """A network taken out of its run says the same, also when its data are gone."""
    assert result("predict", xor / "model.npz", "0,1") == result("predict", xor, "0,1")
    Path("own.csv").write_text("".join(f"{i},{i * i},{i % 2}\n" for i in range(30)))
    trained("own.csv", "--epochs", 1, "--out", "run")
    before = result("predict", "run", "3,9")
    Path("own.csv").unlink()
    assert result("predict", "run", "3,9") == before


BAD_ROWS: dict[tuple[str, ...], str] = {
    (): "Missing argument",
    ("0",): "a row must have 2 numbers, such as 0,0, got 0",
    ("0,1,1",): "a row must have 2 numbers, such as 0,0, got 0,1,1",
    ("0,1", "1"): "a row must have 2 numbers, such as 0,0, got 1",
    ("0", "1", "1"): "a row must have 2 numbers, such as 0,0, got 0",
    ("0,1", "1,0,0"): "got 1,0,0",
    ("a,b",): "an input of this run must be numbers, such as 0.5,1, got 'a,b'",
    ("0,1", "seven.png"): "got 'seven.png'",
    ("0;1",): "got '0;1'",
    ("0,",): "got '0,'",
    ("",): "got ''",
    ("--wrong",): "No such option: --wrong",
    ("nan,1",): "an input of this run must be finite numbers, got 'nan,1'",
    ("0,inf",): "an input of this run must be finite numbers, got '0,inf'",
    ("-inf,0",): "an input of this run must be finite numbers, got '-inf,0'",
    ("0,1e400",): "an input of this run must be finite numbers, got '0,1e400'",
}


@pytest.mark.parametrize("rows", BAD_ROWS, ids=" ".join)
def test_rows_that_can_not_be_are_one_sentence(xor: Path, rows: tuple[str, ...]) -> None:
    """What is no row of the run's numbers is named, and exit 2."""
    assert BAD_ROWS[rows] in refused("predict", xor, *rows, code=2)


def test_what_is_no_run_is_one_sentence() -> None:
    """A missing run, an empty folder and data are named, and exit 1."""
    Path("empty").mkdir()
    np.savez("own.npz", x=[[0.0]], y=[0])
    assert "nothing is not there" in refused("predict", "nothing", "0,1")
    assert "empty holds no run" in refused("predict", "empty", "0,1")
    assert "own.npz is not a file that fnnet saved" in refused("predict", "own.npz", "0,1")


def test_a_process_of_its_own(xor: Path) -> None:
    """A real process takes rows with a minus sign, prints the same and exits with 0, or with 2 after one line."""
    done = process("predict", xor, "-1,1", "0,1", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == result("predict", xor, "-1,1", "0,1")
    done = process("predict", xor, "-1")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


# Pictures


def saved(
    path: str, image: Array, top: int = 255, factor: int = 8, at: tuple[int, int] = (9, 30), dark: bool = False
) -> str:
    """A PNG of an image, enlarged, at a place on a sheet of twice its size, light on dark or not; gives its path."""
    pillow = pytest.importorskip("PIL.Image")
    small = pillow.fromarray((image * (255 / top)).astype(np.uint8))
    large = small.resize((factor * image.shape[1], factor * image.shape[0]), pillow.Resampling.BICUBIC)
    sheet = pillow.new("L", (2 * large.width, 2 * large.height), 0)
    sheet.paste(large, at)
    (sheet.point(lambda v: 255 - v) if dark else sheet).save(path)
    return path


@pytest.mark.parametrize("dark", [False, True], ids=["light on dark", "dark on light"])
def test_enlarged_digits_are_what_the_originals_are(pictures: Path, dark: bool) -> None:
    """Of enlarged digits that the network is sure of, it says the same as of the originals, at least 8 times in 10."""
    x = digits().x_test[:100]
    p = softmax(predict(load_run(pictures).net, x))
    rows = result("predict", pictures, *(saved(f"{i}.png", a, top=16, dark=dark) for i, a in enumerate(x)))
    same = np.array(classes(rows)) == p.argmax(axis=1).astype(str)
    sure = p.max(axis=1) > 0.9
    assert sure.sum() > 50
    assert same[sure].mean() >= 0.8
    assert shares(rows).sum(axis=1) == pytest.approx(1.0, abs=1e-6)


def test_pictures_are_what_the_python_api_gives(pictures: Path) -> None:
    """The probabilities of pictures are those of `read_picture` and `predict`, in the order of the arguments."""
    paths = [saved(f"{i}.png", digits().x_test[i], top=16) for i in (5, 3, 4)]
    rows = result("predict", pictures, *paths)
    x = np.stack([read_picture(path, "digits") for path in paths])
    assert [row["input"] for row in rows] == paths
    assert shares(rows) == pytest.approx(softmax(predict(load_run(pictures).net, x)), abs=1e-6)


def test_a_picture_in_size_is_taken_as_it_is(pictures: Path) -> None:
    """A picture of 8x8 with a black border and the values of the data set gives the outputs of the original."""
    pillow = pytest.importorskip("PIL.Image")
    x = digits().x_test[0].copy()
    x[[0, -1]] = x[:, [0, -1]] = 0
    pillow.fromarray(x).save("as it is.png")
    (row,) = result("predict", pictures, "as it is.png")
    assert shares([row]) == pytest.approx(softmax(predict(load_run(pictures).net, x[None])), abs=1e-6)


def test_pictures_that_can_not_be_read(pictures: Path) -> None:
    """A missing picture, a text, a damaged picture and an empty one are named, and exit 1."""
    good = Path(saved("good.png", digits().x_test[0], top=16))
    Path("text.png").write_text("hello")
    Path("damaged.png").write_bytes(good.read_bytes()[:100])
    saved("white.png", np.zeros((8, 8)), dark=True)
    assert "missing.png can't be read: No such file" in refused("predict", pictures, "missing.png")
    assert "text.png is not a picture" in refused("predict", pictures, "good.png", "text.png")
    assert "damaged.png" in refused("predict", pictures, "damaged.png")
    assert "white.png shows nothing" in refused("predict", pictures, "white.png")
    assert "0,1 is a row of numbers" in refused("predict", pictures, "0,1", code=2)
    assert "Missing argument" in refused("predict", pictures, code=2)


def test_mnist_digits_as_someone_draws_them(mnist_folder: Path) -> None:
    """After one epoch at least 16 of 20 test digits, enlarged, dark on light and off the center, are recognized."""
    trained("mnist", "--epochs", 1, "--data-dir", mnist_folder, "--out", "run")
    data = mnist(mnist_folder)
    places = np.random.default_rng(0).integers(0, 5 * 28, (20, 2)).tolist()
    paths = [saved(f"{i}.png", data.x_test[i], factor=5, at=(x, y), dark=True) for i, (x, y) in enumerate(places)]
    rows = result("predict", "run", *paths)
    assert sum(int(told) == y for told, y in zip(classes(rows), data.y_test[:20].tolist(), strict=True)) >= 16


# Where the library is not yet as it should be


def test_ten_classes_fit(pictures: Path) -> None:
    """Every probability of ten classes is printed, also behind a long path."""
    Path("a/rather/long/path/to/the/folder/of/the/pictures").mkdir(parents=True)
    path = saved("a/rather/long/path/to/the/folder/of/the/pictures/seven.png", digits().x_test[0], top=16)
    (row,) = result("predict", pictures, path)
    assert fnnet("predict", pictures, path).stdout.splitlines()[1].split() == [
        path, row["class"], *(f"{p:.3f}" for p in row["probabilities"].values()),
    ]  # fmt: skip


def test_many_classes_are_said_at_all() -> None:
    """The class of a row is printed, however many classes there are."""
    np.savez("own.npz", x=np.eye(60), y=np.arange(60))
    trained("own.npz", "--epochs", 1, "--out", "run")
    row = ",".join(["0"] * 60)
    (found,) = result("predict", "run", row)
    assert fnnet("predict", "run", row).stdout.splitlines()[1].split()[:2] == [row, found["class"]]


def test_names_in_brackets_are_printed(pictures: Path) -> None:
    """A picture whose name is in brackets is called by it."""
    saved("[b].png", digits().x_test[0], top=16)
    assert fnnet("predict", pictures, "[b].png").stdout.splitlines()[1].startswith("[b].png ")


def test_pictures_of_ones_own_data() -> None:
    """Of a run on images of one's own, pictures are refused in words of the command line."""
    np.savez("own.npz", x=np.arange(40 * 64).reshape(40, 8, 8) % 251, y=np.arange(40) % 2)
    trained("own.npz", "--epochs", 1, "--out", "run")
    picture = saved("one.png", digits().x_test[0], top=16)
    assert "this one is on" in refused("predict", "run", picture, code=2)
