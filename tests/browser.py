"""A browser for the tests: Chromium, where it is installed, driven by playwright. It asks nobody for anything."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from fnnet.seeing.bundle import script

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

#: Nothing but what the page itself asks for: a browser that looks for updates would be a request.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@contextmanager
def browsing(**context: Any) -> Iterator[Any]:
    """A page of a browser with nothing on it, for tests; they are skipped where there is none.

    Whatever a script raises or complains of, and every request but for files and data, fails the test.
    """
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed (on Debian: apt install chromium)")
    api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed (pip install 'fnnet[browser]')"
    )
    with api.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_context(**context).new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
        page.on("request", lambda asked: faults.append(asked.url) if not _here(asked.url) else None)
        yield page
        browser.close()
    assert not faults, "; ".join(faults)


def _here(url: str) -> bool:
    return url.startswith(("file:", "data:", "blob:", "about:"))


def load_modules(page: Any, *names: str) -> None:
    """Put modules into an empty page; the names at their top are then there for ``page.evaluate``."""
    page.set_content(f"<!doctype html><meta charset=utf-8><title>test</title><script>{script(*names)}</script>")
