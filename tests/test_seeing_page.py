"""The page of `see` in a browser: its film, its keys, what is touched, and what it looks like."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import browsing

from fnnet import GELU, SGD, Flatten, Scale, SoftmaxCrossEntropy, datasets, forward, freeze, mlp, predict, train
from fnnet.network.folds import backward_trace
from fnnet.seeing import Page, see
from fnnet.teaching import blank, trace
from fnnet.teaching.writing import figure
from fnnet.values.numeric import softmax
from fnnet.values.record import replace

XOR = datasets.xor()
NET = mlp([2, 3, 2], seed=2, dtype=float)
NAMES = ("</script><b>no", '{script} "yes" & \N{SNOWMAN}')
FILM = see(NET, XOR.x, XOR.y, epochs=30, classes=NAMES, title="<i>XOR</i> {data}")


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The page of XOR in a browser."""
    with browsing(viewport={"width": 1200, "height": 900}) as browser:
        yield opened(browser, FILM, tmp_path_factory.mktemp("see"))


def opened(browser: Any, page: Page, folder: Path) -> Any:
    """A page, opened from the disk."""
    page.save(folder / "see.html")
    browser.goto((folder / "see.html").as_uri())
    browser.wait_for_selector(".walk-bar, .recorded")
    return browser


@pytest.fixture
def page(shown: Any) -> Any:
    """The page of XOR as it is at the beginning."""
    shown.reload()
    shown.wait_for_selector(".line")
    go(shown, "step=0&example=1&at=g_1")
    return shown


@pytest.fixture
def other(shown: Any) -> Iterator[Any]:
    """Another page of the same browser."""
    page = shown.context.new_page()
    yield page
    page.close()


def go(page: Any, address: str) -> None:
    """Go to a place of the page."""
    page.evaluate(
        """(address) => new Promise((done) => {
          if (location.hash === "#" + address) return done();
          addEventListener("hashchange", done, { once: true });
          location.hash = address;
        })""",
        address,
    )


def text(page: Any) -> str:
    """All that is said of the step on screen."""
    said: str = page.locator(".viewer").inner_text()
    return said


def first_line(page: Any) -> str:
    """The name of the line on screen."""
    said: str = page.locator(".line-name").first.text_content()
    return said


# The film


def test_back_is_the_same_as_before(page: Any) -> None:
    """To the end of the film, step by step, and back: each moment says the very same, and is the same to the bit."""
    there = []
    for _ in range(6):
        there.append((page.locator(".film-said").inner_text(), text(page)))
        page.get_by_role("button", name="one step on").click()
    for said in reversed(there):
        page.get_by_role("button", name="one step back").click()
        assert (page.locator(".film-said").inner_text(), text(page)) == said


def test_the_bits_of_each_moment_are_those_of_the_run(page: Any) -> None:
    """What is unpacked is the state of the run, to the bit."""
    states = [
        NET,
        *(s.params for s in train(NET, XOR.x, XOR.y, loss=SoftmaxCrossEntropy, optimizer=SGD(0.1), epochs=30)),
    ]
    for step in (0, 1, 17, 30):
        go(page, f"step={step}&example=1&at=u_11")
        assert page.locator(".editor input[type=number]").input_value() == repr(float(states[step][0].W[0, 0]))


def test_slider_and_play(page: Any) -> None:
    """The slider moves by keys; play runs to the end and stops there, a step stops it before."""
    page.locator(".film-slider").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator(".film-said").inner_text().startswith("step 1 of 30")
    page.get_by_role("button", name="play").click()
    page.locator(".film-said", has_text="step 30 of 30").wait_for()
    page.locator(".film-play", has_text="▶").wait_for()
    page.get_by_role("button", name="to the beginning").click()
    assert "the beginning" in page.locator(".film-said").inner_text()


# The microscope


def test_arrow_keys_walk(page: Any) -> None:
    """→ is a line on and ← a line back; in a field they are the field's own."""
    page.locator("h1").click()
    page.keyboard.press("ArrowRight")
    assert first_line(page) == "g_2"
    page.keyboard.press("ArrowLeft")
    assert first_line(page) == "g_1"
    page.get_by_label("go to a unit or a weight by its name").focus()
    page.keyboard.press("ArrowRight")
    assert first_line(page) == "g_1"


def test_a_unit_is_chosen_by_key(page: Any) -> None:
    """A unit has the focus in turn, Enter looks at it, and it keeps the focus."""
    unit = page.locator(".unit").nth(3)
    unit.focus()
    page.keyboard.press("Enter")
    assert first_line(page) == "g_2"
    assert page.evaluate("document.activeElement.getAttribute('class')") == "unit lit"


def test_an_edge_is_clicked(page: Any) -> None:
    """A weight is chosen where it is drawn."""
    page.locator(".edge-hit").last.dispatch_event("click")
    assert re.match(r"dE_1/d[uv]_", first_line(page))


@pytest.mark.parametrize(
    ("typed", "line"), [("u_21", "dE_1/du_21"), ("v_10", "dE_1/dv_10"), ("h2", "h_2"), ("g_3", "g_3")]
)
def test_going_by_name(page: Any, typed: str, line: str) -> None:
    """Units and weights are found by the names that they have in the course."""
    page.get_by_label("go to a unit or a weight by its name").fill(typed)
    page.keyboard.press("Enter")
    assert first_line(page) == line


@pytest.mark.parametrize("typed", ["u_41", "g_9", "w_11", "nonsense", "u_1"])
def test_a_name_that_is_not_there(page: Any, typed: str) -> None:
    """It is said, and nothing moves."""
    before = first_line(page)
    page.get_by_label("go to a unit or a weight by its name").fill(typed)
    page.keyboard.press("Enter")
    assert page.locator(".go-said").inner_text() == f"there is no {typed}"
    assert first_line(page) == before


# Touching


def test_a_weight_is_changed_and_all_follows(page: Any) -> None:
    """Every number is that of the network with this weight; a badge says so, and one click leads back."""
    go(page, "step=0&example=2&at=u_11")
    before = text(page)
    page.get_by_label("another value for u_11").fill("3.5")
    page.keyboard.press("Enter")
    assert "no longer your run" in page.locator(".badge").inner_text()
    W = np.array(NET[0].W)
    W[0, 0] = 3.5
    net = (replace(NET[0], W=freeze(W)), *NET[1:])
    outputs, _ = forward(net, XOR.x[1:2])
    shown = [label.split(" = ")[1] for label in page.locator(".unit").evaluate_all(LABELS)]
    assert shown[:2] == ["0", "1"]
    go(page, "step=0&example=2&at=g_1")
    shown = [label.split(" = ")[1] for label in page.locator(".unit").evaluate_all(LABELS)]
    assert shown[-2:] == [figure(float(h), 4) for h in outputs[0]]
    assert f"with {figure(float(softmax(outputs).max()), 4)};" in page.locator(".outcome").inner_text()
    go(page, "step=0&example=2&at=u_11")
    page.get_by_role("button", name="back to the run").click()
    assert page.locator(".badge").inner_text() == ""
    assert text(page) == before


LABELS = "(units) => units.map((unit) => unit.getAttribute('aria-label'))"


def test_an_input_is_changed(page: Any) -> None:
    """The network says what it says of that input; the next example is as it was."""
    page.get_by_label("x_1").fill("0.25")
    page.keyboard.press("Enter")
    p = softmax(forward(NET, np.array([[0.25, 0.0]]))[0])
    assert f"with {figure(float(p.max()), 4)};" in page.locator(".outcome").inner_text()
    page.get_by_role("button", name="the next example").click()
    assert page.locator(".badge").inner_text() == ""


def test_the_plane_follows(page: Any) -> None:
    """Another weight, another plane; and a click on it is another input."""
    pixels = "document.querySelector('.plane-heat').getContext('2d').getImageData(9, 9, 1, 1).data.join()"
    go(page, "step=0&example=1&at=v_11")
    before = page.evaluate(pixels)
    page.get_by_label("another value for v_11").fill("40")
    page.keyboard.press("Enter")
    assert page.evaluate(pixels) != before
    page.locator(".plane-drawing").click(position={"x": 100, "y": 100})
    assert float(page.get_by_label("x_1").input_value()) not in (0, 1)


def test_a_digit_is_drawn(other: Any, tmp_path: Path) -> None:
    """What the network says of a drawing is what `predict` says of the image that it becomes."""
    digits = datasets.digits()
    net = mlp([64, 12, 10], first=(Flatten(), Scale(1 / 16)), seed=1, dtype=float)
    form = {"size": 8, "box": 8, "byMass": False, "brightest": 16}
    page = opened(other, with_form(see(net, digits.x[:50], digits.y[:50], epochs=2), form), tmp_path)
    page.locator(".scribble-paper").scroll_into_view_if_needed()
    box = page.locator(".scribble-paper").bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.8 * box["height"], steps=8)
    page.mouse.up()
    page.locator(".badge", has_text="no longer").wait_for()
    small = page.evaluate(
        """() => { const c = document.querySelector('.scribble-form');
        return [...c.getContext('2d').getImageData(0, 0, 8, 8).data].filter((_, i) => i % 4 === 0); }"""
    )
    x = np.rint(np.array(small) * 16 / 255).reshape(1, 8, 8)
    assert x.max() == 16
    p = softmax(predict(net, x))
    assert f"says {p.argmax()}, with {figure(float(p.max()), 4)};" in page.locator(".outcome").inner_text()


def with_form(made: Page, form: dict[str, Any]) -> Page:
    """A page that knows how a drawing is brought to the form of its data."""
    return Page(made.title, made.html.replace('"form": null', f'"form": {json.dumps(form)}'))


# The sheet


@pytest.mark.parametrize("kinds", [["errors"], ["gradients"], ["forward"], ["errors", "gradients"]])
def test_a_sheet_leaves_blank_what_the_trace_does(page: Any, kinds: list[str]) -> None:
    """What is asked for, what follows, and what it could be read off: the same lines as `fnnet trace --blank`."""
    go(page, "step=0&example=1&at=g_1")
    page.locator(".sheet-section summary").click()
    for kind in ("forward", "errors", "gradients"):
        page.get_by_role("group", name="leave blank").get_by_label(kind).set_checked(kind in kinds)
    there = page.locator(".sheet-table tbody tr").evaluate_all(
        "(rows) => rows.map((row) => [row.cells[0].textContent, row.cells[3].textContent])"
    )
    rows = blank(trace(NET, SoftmaxCrossEntropy(XOR.y[:1]), XOR.x[:1]), kinds)
    wanted = {row.name: row.blank for row in rows if row.kind in ("forward", "errors", "gradients")}
    assert {name.replace("E_1", "E"): not value for name, value in there} == wanted


def test_on_paper_is_the_sheet_alone(page: Any) -> None:
    """Printed, the page is the sheet and nothing else."""
    page.locator(".sheet-section summary").click()
    page.emulate_media(media="print")
    seen = [
        name for name in (".film", ".viewer", ".sheet-choice", ".sheet-table") if page.locator(name).first.is_visible()
    ]
    page.emulate_media(media="screen")
    assert seen == [".sheet-table"]


# All of it


def test_names_are_names(page: Any) -> None:
    """Whatever a class or a title is called, it is text."""
    assert page.locator("h1").inner_text() == "<i>XOR</i> {data}"
    assert page.title() == "<i>XOR</i> {data}"
    assert f"wanted: {NAMES[0]}" in page.locator(".outcome").inner_text()
    assert page.locator("b").count() == 0
    assert NAMES[1] in " ".join(page.locator(".chooser option").all_inner_texts())


@pytest.mark.parametrize("width", [420, 800, 1600])
def test_nothing_sticks_out(page: Any, width: int) -> None:
    """At every width the page is as wide as the window."""
    page.set_viewport_size({"width": width, "height": 900})
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size({"width": 1200, "height": 900})
    assert wide <= width


def test_all_that_can_be_used_has_a_name(page: Any) -> None:
    """A screen reader says what each button and field is."""
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, input, select, [role=button], [role=img], [tabindex]")]
          .filter((e) => !(e.getAttribute("aria-label") || e.textContent.trim() || e.labels?.length))
          .map((e) => e.outerHTML.slice(0, 90))"""
    )
    assert nameless == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(page: Any, scheme: str) -> None:
    """The colors of text have a contrast of at least 4.5 to the paper, in both schemes."""
    page.emulate_media(color_scheme=scheme)
    colors = page.evaluate(
        """() => ["--paper", "--ink", "--faint", "--accent", "--wrong"].map((name) => {
          const probe = document.body.appendChild(document.createElement("i"));
          probe.style.color = `var(${name})`;
          const found = getComputedStyle(probe).color.match(/\\d+/g).map(Number);
          probe.remove();
          return found;
        })"""
    )
    page.emulate_media(color_scheme="light")
    paper, *inks = map(luminance, colors)
    for ink in inks:
        assert (max(paper, ink) + 0.05) / (min(paper, ink) + 0.05) >= 4.5


def luminance(color: list[int]) -> float:
    """The relative luminance of a color, as WCAG defines it."""
    share = np.array(color) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_a_notebook_shows_it(other: Any) -> None:
    """In the output of a cell the page stands in a frame of its own."""
    other.set_content(FILM._repr_html_())
    frame = other.frame_locator("iframe")
    frame.locator(".line").first.wait_for()
    frame.get_by_role("button", name="one step on").click()
    assert frame.locator(".film-said").inner_text().startswith("step 1 of 30")


def test_without_formulas(other: Any, tmp_path: Path) -> None:
    """Of batch normalization and GELU all values and gradients are those of Python, and it is said why no more."""
    digits = datasets.digits()
    x, y = digits.x[:40], digits.y[:40]
    net = mlp([64, 6, 10], GELU(), first=(Flatten(), Scale(1 / 16)), batch_norm=True, seed=1, dtype=float)
    film = see(net, x, y, epochs=2, batch_size=40)
    page = opened(other, film, tmp_path)
    assert "no formulas, and nothing to change by hand: layer 3 (BatchNorm 6)" in page.locator(".why").inner_text()
    page.get_by_role("button", name="BatchNorm").click()
    rows = page.locator(".recorded table").first.locator("tbody tr").all_inner_texts()
    batch = tuple(replace(layer, batch=True) if hasattr(layer, "batch") else layer for layer in net)
    loss = SoftmaxCrossEntropy(y)
    _, caches = forward((batch, loss), x)
    values, _ = forward(batch[:4], x)
    slopes = [dout for dout, _ in backward_trace((batch, loss), caches, 1.0)][-4] * len(x)
    pairs = zip(values[0], slopes[0], strict=True)
    assert rows == [f"{j}\t{figure(v, 4)}\t{figure(s, 4)}\tnone known" for j, (v, s) in enumerate(pairs, start=1)]
