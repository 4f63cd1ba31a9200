"""The pages in Chromium: what is drawn, what follows the pointer and the keys, and that nothing is asked of anybody."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from saccade.maps import ImageLook, Look
from saccade.viewer import document, image_page, page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# `SACCADE_CHROMIUM` names another one than those that are looked for.
NAMES = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
Open = Callable[..., "Page"]


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """One Chromium for all tests of this file."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright drives the browser: `make setup`")
    found = os.environ.get("SACCADE_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("no Chromium on this machine (Debian's package chromium): these tests open pages in it")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=found, args=list(OPTIONS))
        yield opened
        opened.close()


@pytest.fixture
def show(browser: "Browser", tmp_path: Path) -> Iterator[Open]:
    """Open a page; at the end of the test it must have complained of nothing and asked nobody."""
    context, complaints, asked = browser.new_context(), [], []
    seen = context.new_page()
    seen.on("console", lambda said: complaints.append(said.text))
    seen.on("pageerror", lambda error: complaints.append(str(error)))
    seen.on("request", lambda request: asked.append(request.url))

    def show(text: str, width: int = 1280, **media: Any) -> "Page":
        path = tmp_path / "page.html"
        path.write_text(text, encoding="utf-8")
        seen.set_viewport_size({"width": width, "height": 900})
        seen.emulate_media(**media)
        seen.goto(path.as_uri())
        return seen

    yield show
    wide = seen.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    context.close()
    assert complaints == []
    assert {url.partition(":")[0] for url in asked} <= {"file", "data"}
    assert wide <= 0, "the page must not be wider than the window"


@pytest.mark.parametrize("width", [390, 1280])
def test_looks_at_texts_are_drawn(show: Open, china: Look, arabic: Look, hostile: Look, width: int) -> None:
    seen = show(page([china, arabic, hostile]), width)
    assert seen.locator(".block.alignment").count() == 3
    first = seen.locator(".block").first
    assert first.locator("tbody th").all_inner_texts() == ["I", "love", "China", "<end>"]
    assert first.locator("td", has_text=".95").count() == 1
    assert seen.locator('p.line[dir="rtl"]').inner_text() == "أحب الكتب"
    assert seen.locator("img").count() == 0
    assert seen.locator(".block").nth(2).locator("p.line").first.inner_text().startswith("</script><img")


def test_looks_at_images_are_drawn(show: Open, cat: ImageLook, hostile_cat: ImageLook) -> None:
    seen = show(image_page([cat, hostile_cat]), 390)
    assert seen.locator(".gallery canvas").count() == 12
    assert seen.locator(".stage canvas").first.get_attribute("aria-label").startswith("Map of rollout over the image")
    assert seen.locator(".mark.wrong").inner_text() == "wrong"
    # The only images are our own: a name that is markup made none.
    assert seen.locator("img").count() == 2
    seen.locator(".gallery button").nth(1).first.click()
    assert seen.locator(".block").first.locator("rect.bar").count() == 5


def test_a_block_that_cannot_be_drawn_says_so_and_the_others_are_drawn(show: Open, china: Look) -> None:
    own = """
    console.error = () => {};
    saccade.show({ kind: "nothing" }, document.getElementById("blocks"));
    saccade.show({ kind: "toString" }, document.getElementById("blocks"));
    saccade.show({ kind: "text", title: "After", paragraphs: ["<b>plain</b>"] }, document.getElementById("blocks"));
    """
    seen = show(document("A", [], kinds=["text"], script=own))
    assert seen.locator(".failed").all_inner_texts() == [
        "This could not be drawn: this page cannot draw a block of kind nothing.",
        "This could not be drawn: this page cannot draw a block of kind toString.",
    ]
    assert seen.locator(".block.text").inner_text() == "After\n\n<b>plain</b>"
