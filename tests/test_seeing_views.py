"""The views that the page and the course share, in a browser: curves, the plane, and the sheet to draw on."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import browsing, load_modules

from fnnet.datasets.known import KNOWN
from fnnet.datasets.pictures import read_picture
from fnnet.datasets.sheets import picture_on_sheet
from fnnet.seeing.bundle import read

#: What is drawn with a pen, as points on a sheet of 280: a few digits, some of them small, tilted, or at the edge.
SCRIBBLES: dict[str, list[list[tuple[float, float]]]] = {
    "1": [[(140, 40), (141, 240)]],
    "7": [[(70, 60), (200, 55), (120, 230)]],
    "4": [[(150, 30), (60, 170), (220, 172)], [(160, 90), (150, 250)]],
    "0": [[(140, 50), (80, 90), (70, 190), (140, 230), (200, 190), (205, 95), (140, 50)]],
    "small": [[(200, 200), (230, 203), (205, 240), (231, 244)]],
    "at the edge": [[(2, 5), (60, 100), (3, 200)]],
    "wide": [[(10, 140), (270, 150.5)]],
    "dot": [[(33.3, 44.4), (33.3, 44.4)]],
}
FORMS = {name: known for name, known in KNOWN.items() if known.form}


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    """A page with all views in it."""
    with browsing() as page:
        load_modules(page, "curves.js", "plane.js", "scribble.js")
        page.add_style_tag(content=read("style.css") + read("views.css"))
        yield page


def drawn(page: Any, strokes: list[list[tuple[float, float]]]) -> bytes:
    """Draw with the mouse on an empty sheet, kept as ``window.sheet``; the PNG of its canvas."""
    page.evaluate("""() => {
        window.sheet = scribble({ form: { size: 28, box: 20, byMass: true, brightest: 255 }, onChange() {} });
        document.body.replaceChildren(sheet);
    }""")
    box = page.locator(".scribble-paper").bounding_box()
    scale = box["width"] / 280
    for stroke in strokes:
        places = [(box["x"] + x * scale, box["y"] + y * scale) for x, y in stroke]
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place, steps=8)
        page.mouse.up()
    url = page.evaluate("document.querySelector('.scribble-paper').toDataURL()")
    return base64.b64decode(url.split(",")[1])


@pytest.mark.parametrize("name", SCRIBBLES)
def test_a_drawing_comes_to_the_form_of_the_data_as_its_png_does(page: Any, name: str, tmp_path: Path) -> None:
    """For the form of every data set, and on a sheet, the browser's pixels are those that Python reads from the PNG."""
    path = tmp_path / "drawn.png"
    path.write_bytes(drawn(page, SCRIBBLES[name]))
    for data, known in FORMS.items():
        assert known.form
        form = {"size": known.form.size, "box": known.form.box, "byMass": known.form.by_mass}
        got = page.evaluate("(form) => [...toForm(sheet.gray(), form)]", {**form, "brightest": known.brightest})
        assert got == read_picture(path, data).ravel().tolist()
    for size in (8, 28, 33):
        got = page.evaluate("(size) => [...toForm(sheet.gray(), { size })]", size)
        assert got == picture_on_sheet(path, size).ravel().tolist()


def test_nothing_drawn_is_nothing(page: Any) -> None:
    """An empty sheet gives no image, and after `clear` it is empty again."""
    drawn(page, SCRIBBLES["7"])
    assert page.evaluate("toForm(sheet.gray(), { size: 8, box: 8, byMass: false, brightest: 16 })")
    page.get_by_role("button", name="clear").click()
    assert page.evaluate("toForm(sheet.gray(), { size: 8, box: 8, byMass: false, brightest: 16 })") is None


def test_dark_ink_on_white_paper_is_read_too(page: Any, tmp_path: Path) -> None:
    """A white sheet gives what Python reads from it: paper is what the border is."""
    url = page.evaluate("""() => {
        window.sheet = scribble({ form: { size: 8 }, paper: "white", onChange() {} });
        document.body.replaceChildren(sheet);
        const brush = document.querySelector(".scribble-paper").getContext("2d");
        brush.strokeText("3", 100, 100);
        return brush.canvas.toDataURL();
    }""")
    path = tmp_path / "drawn.png"
    path.write_bytes(base64.b64decode(url.split(",")[1]))
    got = page.evaluate("[...toForm(sheet.gray(), { size: 28, box: 20, byMass: true, brightest: 255 })]")
    assert got == read_picture(path, "mnist").ravel().tolist()


def test_an_example_reaches_the_network_bit_for_bit(page: Any) -> None:
    """Who can't draw chooses a picture by a button, and the network is given just its pixels."""
    image = np.arange(64) % 17
    got = page.evaluate(
        """(image) => new Promise((done) => {
            const form = { size: 8, box: 8, byMass: false, brightest: 16 };
            document.body.replaceChildren(scribble({ form, examples: [{ name: "a 5", image }], onChange: done }));
            document.querySelector(".scribble-examples button").click();
        })""",
        image.tolist(),
    )
    assert got == image.tolist()


CURVES = """() => {
    const steps = Array.from({ length: 1001 }, (_, i) => i);
    const loss = steps.map((i) => (i === 500 ? 9 : 1 / (1 + i / 50)));
    const accuracy = steps.map((i) => Math.min(1, i / 700));
    const series = [{ name: "loss", values: loss }, { name: "accuracy", values: accuracy, share: true }];
    window.picked = [];
    window.chart = curves(series, { steps, cursor: 100, onPick: (step) => { picked.push(step); chart.moveTo(step); } });
    document.body.replaceChildren(chart);
}"""


def test_a_chart_is_a_slider_over_the_steps(page: Any) -> None:
    """Keys and the pointer pick a step, and a screen reader hears what the chart shows there."""
    page.evaluate(CURVES)
    slider = page.get_by_role("slider")
    assert slider.get_attribute("aria-valuetext") == "step 100: loss 0.333, accuracy 14.3 %"
    slider.focus()
    for key in ("ArrowRight", "ArrowLeft", "ArrowLeft", "End", "PageDown", "Home", "ArrowLeft"):
        page.keyboard.press(key)
    assert page.evaluate("picked") == [101, 100, 99, 1000, 899, 0, 0]
    box = page.locator(".curves-drawing").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 50)
    assert abs(page.evaluate("picked.at(-1)") - 500) <= 2


def test_a_thinned_curve_keeps_its_peaks(page: Any) -> None:
    """Of more values than the width can show none of the extremes is lost, and what is no number doesn't hide one."""
    values = np.sin(np.arange(100_000)).tolist()
    values[777], values[50_000] = 5.0, -7.0
    kept = page.evaluate("(values) => thinned(values, 300)", values)
    assert len(kept) <= 1200
    assert {0, 777, 50_000, 99_999} <= set(kept)
    assert kept == sorted(kept)
    holes = page.evaluate("thinned([NaN, 1, NaN, 3, 0, NaN, NaN, NaN, NaN, NaN], 1)")
    assert {3, 4} <= set(holes)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 1, [0, 0.5, 1]), (-0.5, 1.5, [0, 1]), (0, 1000, [0, 500, 1000]), (0.1, 0.1, [0.1]), (0, 9.9e-5, None)],
)
def test_ticks_are_round(page: Any, low: float, high: float, expected: list[float] | None) -> None:
    """Numbers along an axis are round ones between its ends."""
    got = page.evaluate("([low, high]) => ticks(low, high, 2)", [low, high])
    assert got == expected if expected else low <= got[0] < got[-1] <= high


PLANE = """() => {
    const points = [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]].map(([a, b, label]) => ({ at: [a, b], label }));
    const classes = ["zero", "</script>"];
    window.picked = [];
    const range = [[-0.5, 1.5], [-0.5, 1.5]];
    window.view = plane({ range, points, classes, label: "the plane", onPick: (...at) => picked.push(at) });
    document.body.replaceChildren(view);
    view.draw((a, b) => (a + b < 1 ? [0.9, 0.1] : [0.2, 0.8]));
}"""


def test_a_plane_is_read_by_keys_and_pointer(page: Any) -> None:
    """A point is walked to by arrow keys, its answer is said, and Enter picks it; a class is only a name."""
    page.evaluate(PLANE)
    page.get_by_role("group", name="the plane").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    assert page.locator(".plane-said").inner_text() == "x_1 = 0.7, x_2 = 0.4: </script>, 80 %"
    (picked,) = page.evaluate("picked")
    assert picked == pytest.approx([0.7, 0.4])
    page.evaluate("view.draw((a, b) => 0.25)")
    assert page.locator(".plane-said").inner_text() == "x_1 = 0.7, x_2 = 0.4: 0.25"


def test_a_plane_is_colored_by_what_is_most_probable(page: Any) -> None:
    """A cell where x_1 + x_2 is large has the color of class 1, another that of class 0, stronger the surer."""
    page.evaluate(PLANE)
    cells = page.evaluate("""() => {
        const brush = view.querySelector("canvas").getContext("2d");
        const { data } = brush.getImageData(0, 0, 60, 60);
        return [10, 59].map((row) => [...data.slice(4 * (60 * row + 50), 4 * (60 * row + 50) + 3)]);
    }""")
    above, below = np.array(cells, float)
    one, zero, paper = np.array([0xE6, 0x9F, 0x00]), np.array([0x00, 0x72, 0xB2]), np.array([255.0] * 3)
    assert np.allclose(above, paper + 0.75 * 0.6 * (one - paper), atol=1)
    assert np.allclose(below, paper + 0.75 * 0.8 * (zero - paper), atol=1)
