"""The page in Chromium, with a server of its own: what is asked, what is shown, and what is said beside a field."""

import base64
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.server.conftest import Process, picture
from tests.viewer.test_in_browser import NAMES, OPTIONS

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def page(process: Process) -> Iterator["Page"]:
    """The page, which asks nobody but its server and complains of nothing but the errors that it shows."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright drives the browser: `make setup`")
    found = os.environ.get("SACCADE_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("no Chromium on this machine (Debian's package chromium): these tests open pages in it")
    complaints, asked = [], []
    with (
        playwright.sync_playwright() as driver,
        driver.chromium.launch(executable_path=found, args=list(OPTIONS)) as it,
    ):
        seen = it.new_page(viewport={"width": 390, "height": 900})
        seen.on("console", lambda said: complaints.append(said.text))
        seen.on("pageerror", lambda error: complaints.append(str(error)))
        seen.on("request", lambda request: asked.append(request.url))
        seen.goto(f"http://127.0.0.1:{process.port}/")
        yield seen
        wide = seen.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert [said for said in complaints if "status of 4" not in said] == []
    assert {url.split("/")[2] for url in asked if not url.startswith("data:")} == {f"127.0.0.1:{process.port}"}
    assert wide <= 0, "the page must not be wider than the window"


def test_texts_and_images_are_answered_and_drawn(page: "Page", process: Process, tmp_path: Path) -> None:
    letters, pictures = process.names
    page.select_option("#run", letters)
    page.fill("#many", "2")
    page.fill("#text", "<img src=x onerror=alert(1)> abc")
    page.press("#text", "Enter")
    page.wait_for_selector(".block.alignment")
    assert page.locator(".given tbody tr").count() == 2
    page.get_by_text("The look is not judged. To judge the look at this input is work for").wait_for()
    page.fill("#text", "abc")
    page.press("#text", "Enter")
    page.wait_for_selector(".block.trust")
    # The styles of all kinds are on this page; none may reach another kind's.
    shown = page.locator(".alignment .token").first.evaluate("node => getComputedStyle(node).opacity")
    cell = page.locator(".alignment td:nth-child(2)").first.evaluate("node => getComputedStyle(node).textAlign")
    assert (shown, cell) == ("1", "center")
    assert page.locator(".results img").count() == 0

    page.fill("#text", "a" * 1_001)
    page.press("#text", "Enter")
    page.wait_for_selector("#text-wrong:not([hidden])")
    assert page.inner_text("#text-wrong").startswith("This text has 1,001 characters, and at most 1,000 are read.")
    assert page.get_attribute("#text", "aria-invalid") == "true"
    page.fill("#many", "99")
    page.press("#many", "Enter")
    assert page.inner_text("#many-wrong") == "A whole number from 1 to 16."

    page.select_option("#run", pictures)
    page.fill("#many", "1")
    assert page.locator("#text").is_hidden()
    (tmp_path / "a.png").write_bytes(base64.b64decode(picture()))
    page.set_input_files("#image", tmp_path / "a.png")
    page.wait_for_selector(".block.image")
    assert page.inner_text(".given .output") in {"dark", "light"}
    (tmp_path / "b.png").write_bytes(b"nonsense")
    page.set_input_files("#image", tmp_path / "b.png")
    page.wait_for_selector("#image-wrong:not([hidden])")
    assert page.inner_text("#image-wrong").startswith("This image is not an image, or its head is damaged.")
    assert page.locator(".results .block").count() == 0
