"""Makes the pictures of the page of `fnnet see` that the docs show: ``python docs/_ext/pictures_of_pages.py``.

It needs Chromium, playwright and Pillow, ``pip install '.[browser,images]'``, and trains the runs that it shows.
"""

import contextlib
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from fnnet.cli.app import run

STATIC = Path(__file__).parent.parent / "_static"

#: For each picture the run, its place in the film, how wide and tall the window is, and what of the page is shown.
PICTURES: dict[str, tuple[str, str, tuple[int, int], str]] = {
    "see": ("xor", "step=40&example=3&at=u_21", (1280, 1000), ""),
    "see-digit": ("digits", "step=600&example=3&at=g_21", (1280, 900), ".viewer"),
    "see-whole": ("digits", "step=600&example=3&at=g_21", (1280, 900), ".whole-run"),
    "see-sheet": ("xor", "step=40&example=2&at=u_21", (900, 760), ".sheet-section"),
}

#: So much of a part is shown at most, and so much of what is around it, in pixels.
TALLEST, MARGIN = 900, 12

#: With so many colors a picture takes a third of the bytes, and looks the same.
COLORS = 192


def main() -> None:
    """Train the runs, make their pages, and take the pictures."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name in sorted({of for of, *_ in PICTURES.values()}):
            with contextlib.chdir(folder):
                run(["train", name, "--out", name, "--quiet"])
                run(["see", name, "--quiet"])
        for name, (of, at, (width, height), part) in PICTURES.items():
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(f"{Path(folder, of, 'see.html').as_uri()}#{at}")
            page.wait_for_selector(".line")
            take(page, STATIC / f"{name}.png", part)
            pack(STATIC / f"{name}.png")
        browser.close()


def take(page: Any, path: Path, part: str) -> None:
    """A picture of the window, or of a part of the page."""
    if not part:
        page.screenshot(path=path)
        return
    page.evaluate("document.querySelector('.film').style.position = 'static'")
    page.evaluate("document.querySelector('.sheet-section').open = true")
    page.wait_for_timeout(500)
    box = page.locator(part).bounding_box()
    clip = {
        "x": box["x"] - MARGIN,
        "y": box["y"] - MARGIN,
        "width": box["width"] + 2 * MARGIN,
        "height": min(box["height"], TALLEST) + MARGIN,
    }
    page.screenshot(path=path, full_page=True, clip=clip)


def pack(path: Path) -> None:
    """Keep the colors that are there most."""
    with Image.open(path) as image:
        packed = image.convert("RGB").quantize(COLORS, dither=Image.Dither.NONE)
    packed.save(path, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
