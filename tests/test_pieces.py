"""The pieces of the course that can be touched, in a browser: each does what its page says, and words stand for it."""

import base64
import re
import runpy
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from browser import browsing

from fnnet import SGD, Softmax, SoftmaxCrossEntropy, datasets, predict, train
from fnnet.datasets.pictures import read_picture
from fnnet.layers import Affine, Sigmoid

DOCS = Path(__file__).parent.parent / "docs"
pieces = SimpleNamespace(**runpy.run_path(str(DOCS / "_ext" / "piece_page.py")))


def show(page: Any, name: str, script: bool = True) -> None:
    """Put a piece into an empty page, as it stands in a page of the course."""
    program = f"<script>{pieces.program()}</script>" if script else ""
    place = pieces.place(name, "What it <shows>.")
    style = f"<style>body {{ max-width: 50rem }} {pieces.style()}</style>"
    page.set_content(f"<!doctype html><meta charset=utf-8><title>x</title>{style}<body>{place}{program}")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    """A browser's page, which fails the tests if a script complains or asks for anything."""
    with browsing(viewport={"width": 900, "height": 900}) as page:
        yield page


def move(page: Any, name: str, value: float) -> None:
    """Move the slider of this name."""
    page.get_by_role("slider", name=name, exact=True).fill(str(value))


def lines(page: Any) -> list[str]:
    """What the piece says of the moment."""
    return str(page.locator(".piece-formula").inner_text()).split("\n")


@pytest.mark.parametrize("name", pieces.NUMBERS)
def test_words_stand_where_no_script_runs(page: Any, name: str) -> None:
    """Without JavaScript the place of a piece says in words what it shows; with it, the piece so named stands there."""
    show(page, name, script=False)
    assert page.locator(".piece-place").inner_text().startswith("What it <shows>. It moves where JavaScript is allowed")
    show(page, name)
    assert page.locator(".piece-without").count() == 0
    assert page.get_by_role("group", name="What it <shows>.").is_visible()


def test_the_lines_of_the_stepper_stand_where_no_script_runs(page: Any) -> None:
    """Without JavaScript every line of the step can be read."""
    show(page, "stepper", script=False)
    rows = page.locator("tr").all_inner_texts()
    assert len(rows) == 25
    assert rows[0].split("\t") == ["g_1", "s(u_10 + u_11 f_1 + u_12 f_2)", "s(-0.5 + 1*1 + 1*0)", "0.6225"]


def test_each_piece_stands_on_one_page() -> None:
    """The course has every piece, each once, and no other."""
    pages = "".join(path.read_text("utf-8") for path in sorted((DOCS / "course").glob("*.md")))
    assert sorted(re.findall(r"^:::\{piece\} (\S+)$", pages, re.MULTILINE)) == sorted(pieces.NUMBERS)


def test_no_name_is_at_the_top_of_two_modules() -> None:
    """All modules stand in one script, where a second function of a name would take the place of the first."""
    names = re.findall(r"^(?:async )?(?:function\*?|const|let|class) (\w+)", pieces.program(), re.MULTILINE)
    assert [name for name, times in Counter(names).items() if times > 1] == []
    assert len(names) > 100


def test_a_file_holds_one_idea() -> None:
    """Each file opens with one sentence in a comment, and is short, its lines too."""
    for path in sorted((DOCS / "_pieces").iterdir()):
        text = path.read_text("utf-8")
        assert text.startswith("/* ")
        assert len(text.splitlines()) <= 120
        assert [line for line in text.splitlines() if len(line) > 120] == []


# One unit


def test_the_unit_of_the_page(page: Any) -> None:
    """It begins as on its page, and each slider changes its number in the formula, and the result."""
    show(page, "unit")
    assert lines(page) == ["σ(bias + w₁x₁ + w₂x₂)", "= σ(−0.5 + 1·1 + 1·0)", "= σ(0.5) = 0.622"]
    move(page, "w₁", -2)
    move(page, "x₂", 0.5)
    assert lines(page)[1:] == ["= σ(−0.5 + (−2)·1 + 1·0.5)", "= σ(−2) = 0.119"]
    page.get_by_role("button", name="as on the page").click()
    assert lines(page)[2] == "= σ(0.5) = 0.622"


def test_an_input_is_chosen_on_the_plane(page: Any) -> None:
    """A click on the plane puts that point into the formula and the sliders."""
    show(page, "unit")
    box = page.locator(".plane-drawing").bounding_box()
    scale = box["width"] / 300
    page.mouse.click(box["x"] + (36 + 258 / 4) * scale, box["y"] + (276 - 258 / 4) * scale)
    assert lines(page)[1] == "= σ(−0.5 + 1·0 + 1·0)"
    assert page.get_by_role("slider", name="x₁").input_value() == "0"


# The valley


def test_the_ball_goes_down_as_on_the_page_and_comes_back(page: Any) -> None:
    """Steps are those that the page prints, and as many steps back lead to the same place."""
    show(page, "valley")
    step, back = page.get_by_role("button", name="step →"), page.get_by_role("button", name="← back")
    assert back.is_disabled()
    seen = [lines(page)]
    for _ in range(5):
        step.click()
        seen.append(lines(page))
    assert seen[1] == ["step 1: w = 1 − 0.1·(−8) = 1.8", "E = 2.88, slope −4.8"]
    assert seen[5][1].startswith("E = 0.0484")
    for before in reversed(seen[:-1]):
        back.click()
        assert lines(page) == before
    assert back.is_disabled()


def test_a_learning_rate_that_is_too_large_is_seen(page: Any) -> None:
    """At 0.6 each jump is longer than the last, and the drawing grows with it: the ball stays on it."""
    show(page, "valley")
    move(page, "η", 0.6)
    for _ in range(10):
        page.get_by_role("button", name="step →").click()
    assert lines(page)[0].endswith("= −54.9")
    ball, drawing = page.locator(".valley-ball").bounding_box(), page.locator(".valley-drawing").bounding_box()
    assert drawing["x"] < ball["x"] < drawing["x"] + drawing["width"]
    for _ in range(30):
        if page.get_by_role("button", name="step →").is_enabled():
            page.get_by_role("button", name="step →").click()
    assert page.get_by_role("button", name="step →").is_disabled() or "NaN" not in lines(page)[0]


def test_the_ball_is_dragged_to_a_new_beginning(page: Any) -> None:
    """Where the ball is let go the descent begins anew; the slider is there too."""
    show(page, "valley")
    ball = page.locator(".valley-ball").bounding_box()
    page.mouse.move(ball["x"] + ball["width"] / 2, ball["y"] + ball["height"] / 2)
    page.mouse.down()
    drawing = page.locator(".valley-drawing").bounding_box()
    page.mouse.move(drawing["x"] + drawing["width"] * (30 + 420 * 0.75) / 480, drawing["y"] + 40, steps=5)
    page.mouse.up()
    assert lines(page)[0] == "step 0: w = 5"
    assert page.get_by_role("slider", name="first w").input_value() == "5"


# The stepper


def test_the_step_is_walked_forwards_and_back(page: Any) -> None:
    """Keys and buttons go line by line, and on the way back all that is seen is what it was."""
    show(page, "stepper")
    element = page.locator(".stepper")
    seen = [element.inner_html()]
    for _ in range(25):
        page.get_by_role("button", name="step →").press("ArrowRight")
        seen.append(element.inner_html())
    assert len(set(seen)) == 26
    assert page.get_by_role("button", name="step →").is_disabled()
    for before in reversed(seen[:-1]):
        page.get_by_role("slider", name="line").press("ArrowLeft")
        assert element.inner_html() == before


def test_a_line_lights_what_it_gives_and_what_it_takes(page: Any) -> None:
    """The error on g_1 is given to that unit, from v_11 and h_1, and its number stands in the drawing from then on."""
    show(page, "stepper")
    move(page, "line", 6)
    assert page.locator(".stepper-line").inner_text() == "∂E/∂g1 = σ′(h1) v11 ∂E/∂h1"
    assert page.locator(".stepper-numbers").inner_text() == "= 0.6201·(1 − 0.6201)·2·(−0.3799)"
    assert page.locator(".stepper-result").inner_text() == "= −0.1790"
    assert page.locator(".net-given .net-slope").all_text_contents() == ["−0.1790"]
    assert page.locator(".net-taken .net-number").all_text_contents() == ["0.6201"]
    assert page.locator(".net-taken .net-weight").all_text_contents() == ["2"]
    move(page, "line", 5)
    assert page.locator(".net-slope").all_text_contents() == ["−0.3799"]


def test_an_update_stands_in_the_drawing(page: Any) -> None:
    """After the last line each weight is the one that Python gives."""
    show(page, "stepper")
    move(page, "line", 25)
    shown = page.locator(".net-weight").all_text_contents()
    new = [row["result"] for row in pieces.NUMBERS["stepper"]()["rows"] if row["kind"] == "updates"]
    assert sorted(re.sub("bias ", "", text).split()[0].replace("−", "-") for text in shown) == sorted(new)


# XOR


def test_xor_is_learned_as_by_fnnet(page: Any) -> None:
    """From the same first weights, fifty steps are those of fnnet's own training, but for rounding."""
    show(page, "xor-live")
    given = pieces.NUMBERS["xor-live"]()
    scripts = [(DOCS / "_pieces" / name).read_text("utf-8").replace("export ", "") for name in ("learner.js",)]
    rows = [{"x": x, "y": y} for x, y in zip(datasets.xor().x.tolist(), datasets.xor().y.tolist(), strict=True)]
    for units in (1, 3, 8):
        first = given["nets"][units][1]
        run = f"""([net, rows]) => {{
            {"".join(scripts)}
            let moment = firstMoment(net);
            return Array.from({{ length: 50 }}, () => {{
                const loss = lossOf(moment.net, rows);
                moment = nextMoment(moment, rows, {{ lr: 0.5, momentum: 0.9 }});
                return {{ loss, net: moment.net }};
            }});
        }}"""
        got = page.evaluate(run, [first, rows])
        start = Affine(first["W1"], first["b1"]), Sigmoid(), Affine(first["W2"], first["b2"])
        how: dict[str, Any] = {"loss": SoftmaxCrossEntropy, "optimizer": SGD(lr=0.5, momentum=0.9), "epochs": 50}
        data = datasets.xor()
        for here, state in zip(got, train(start, data.x, data.y, **how), strict=True):
            assert here["loss"] == pytest.approx(state.loss, abs=1e-12)
            hidden, _, last = state.params
            for name, array in {"W1": hidden.W, "b1": hidden.b, "W2": last.W, "b2": last.b}.items():
                assert np.allclose(here["net"][name], array, rtol=0, atol=1e-12)


def test_xor_is_started_paused_and_wound_back(page: Any) -> None:
    """It learns while it runs, stands still when paused, and a step back and one ahead lead to the same numbers."""
    show(page, "xor-live")
    first = lines(page)
    assert first[0] == "step 0, loss 1.43"
    page.get_by_role("button", name="start", exact=True).click()
    page.wait_for_function("parseInt(document.querySelector('.piece-formula').innerText.slice(5)) >= 20")
    page.get_by_role("button", name="pause").click()
    seen = lines(page)
    page.wait_for_timeout(60)
    assert lines(page) == seen
    page.get_by_role("button", name="← back").click()
    assert lines(page) != seen
    page.get_by_role("button", name="step →").click()
    assert lines(page) == seen
    page.get_by_role("slider", name="Loss").press("Home")
    assert lines(page) == first


def test_hidden_units_and_seed_begin_anew(page: Any) -> None:
    """Another number of units, or another seed, is another first network, at step 0."""
    show(page, "xor-live")
    said = {lines(page)[0]}
    for name, option in (("seed", "3"), ("hidden units", "2")):
        page.get_by_role("button", name="step →").click()
        page.get_by_role("combobox", name=name).select_option(option)
        said.add(lines(page)[0])
    assert len(said) == 3
    assert all(line.startswith("step 0, ") for line in said)


# Digits


def test_a_digit_that_is_drawn_is_read_as_by_python(page: Any, tmp_path: Path) -> None:
    """The class of each drawing is the one that the network gives in Python, and the one that was meant."""
    show(page, "digit")
    drawings: dict[int, list[list[tuple[float, float]]]] = {
        1: [[(140, 40), (141, 240)]],
        0: [[(140, 50), (80, 90), (70, 190), (140, 230), (200, 190), (205, 95), (140, 50)]],
        3: [[(70, 55), (175, 55), (195, 90), (120, 130), (190, 165), (170, 220), (70, 225)]],
        7: [[(70, 60), (200, 55), (120, 230)], [(90, 150), (190, 145)]],
        4: [[(150, 30), (60, 170), (220, 172)], [(160, 110), (150, 250)]],
        2: [[(80, 90), (140, 50), (190, 95), (80, 225), (205, 228)]],
        6: [[(170, 40), (90, 130), (80, 200), (140, 235), (190, 200), (160, 150), (90, 180)]],
        8: [[(140, 45), (95, 85), (185, 185), (140, 235), (95, 185), (185, 85), (140, 45)]],
    }
    drawings[9] = [[(190, 90), (140, 50), (90, 90), (130, 130), (190, 95), (185, 230)]]
    drawings[5] = [[(190, 50), (90, 50), (85, 125), (170, 130), (185, 190), (140, 230), (80, 220)]]
    box = page.locator(".scribble-paper").bounding_box()
    for meant, strokes in drawings.items():
        page.get_by_role("button", name="clear").click()
        draw(page, box, strokes)
        page.wait_for_function("document.querySelector('.digit-said').innerText.startsWith('It is')")
        said = page.locator(".digit-said").inner_text()
        path = tmp_path / f"{meant}.png"
        path.write_bytes(png(page))
        shares = predict((*pieces.digit_reader(), Softmax()), read_picture(path, "digits")[None])[0]
        assert said == f"It is a {meant}, says the network: {percent(shares.max())}"
        assert shares.argmax() == meant


def draw(page: Any, box: Any, strokes: list[list[tuple[float, float]]]) -> None:
    """Draw with the mouse."""
    scale = box["width"] / 280
    for stroke in strokes:
        places = [(box["x"] + x * scale, box["y"] + y * scale) for x, y in stroke]
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place, steps=3)
        page.mouse.up()
    page.evaluate("new Promise(requestAnimationFrame)")


def png(page: Any) -> bytes:
    """What stands on the sheet, as a PNG."""
    url = page.evaluate("document.querySelector('.scribble-paper').toDataURL()")
    return base64.b64decode(url.split(",")[1])


def percent(share: float) -> str:
    """A share as the piece writes it."""
    return f"{100 * share:.1f}".removesuffix(".0") + " %"


def test_examples_are_read_as_by_python(page: Any) -> None:
    """Each of the ten pictures to choose reaches the network bit for bit: its shares are Python's."""
    show(page, "digit")
    given = pieces.NUMBERS["digit"]()
    images = np.array([example["image"] for example in given["examples"]]).reshape(-1, 8, 8)
    shares = predict((*pieces.digit_reader(), Softmax()), images)
    for example, row in zip(given["examples"], shares, strict=True):
        page.locator(".scribble-examples").get_by_role("button", name=example["name"]).click()
        assert page.locator(".digit-said").inner_text().endswith(f": {percent(row.max())}")
    page.get_by_role("button", name="clear").click()
    assert page.locator(".digit-said").inner_text() == "Nothing is drawn yet."
