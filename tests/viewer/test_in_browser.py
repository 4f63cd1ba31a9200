"""The pages in Chromium: what is drawn, what follows the pointer and the keys, and that nothing is asked of anybody."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.viewer.test_label_block import make
from tests.viewer.test_trust_block import figure

from saccade.maps import AttentionMap, Axis, ImageLook, Look
from saccade.maps.image_map import numbered
from saccade.metrics import BucketScore
from saccade.viewer import (
    Course,
    block_of,
    confusion_block,
    courses_block,
    curves_block,
    document,
    heads_block,
    label_block,
    page,
    strip_block,
    table_block,
    trust_block,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

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
# How many pixels the links between the lines have.
INKED = """() => {
  const links = document.querySelector("canvas.links"), { width, height } = links;
  const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(links, 0, 0);
  const pixels = copy.getImageData(0, 0, width, height).data;
  return pixels.filter((value, at) => at % 4 === 3 && value > 0).length;
}"""
FOCUSED = "document.activeElement.textContent"


def figures(seen: "Page") -> "Locator":
    """The body of the folded table, once it is there: that it was opened reaches the page's script a little later."""
    seen.locator("summary").click()
    rows = seen.locator("tbody")
    rows.wait_for()
    return rows


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
    seen = show(page([cat, hostile_cat]), 390)
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


def test_pointing_at_a_word_lights_what_it_looked_at(show: Open, china: Look) -> None:
    seen = show(page(china))
    written, read = seen.locator("p.line").nth(1), seen.locator("p.line").nth(0)
    written.locator(".token", has_text="love").hover()
    assert read.locator(".token.lit").all_inner_texts() == ["我", "爱", "中国"]
    assert seen.locator(".said").inner_text() == "love looked at 爱 (85 %), 中国 (10 %), 我 (5.0 %)"
    assert seen.locator("tr.chosen th").inner_text() == "love"
    # And from the word that was read to those that looked at it.
    read.locator(".token", has_text="中国").hover()
    assert written.locator(".token.lit").all_inner_texts() == ["love", "China", "<end>"]
    assert seen.locator("thead th.chosen").inner_text() == "中国"
    # A cell of the matrix lights both.
    seen.locator("td", has_text=".95").hover()
    assert seen.locator(".token.chosen").all_inner_texts() == ["中国", "China"]
    assert seen.locator(".said").inner_text() == "China looked at 中国 (95 %)"


def test_the_keys_go_from_word_to_word_and_across(show: Open, china: Look, arabic: Look) -> None:
    seen = show(page([china, arabic]))
    seen.locator("p.line").nth(1).locator(".token").first.focus()
    for key, word in (
        ("ArrowRight", "love"),
        ("ArrowUp", "爱"),
        ("End", "<end>"),
        ("ArrowDown", "<end>"),
        ("Home", "I"),
    ):
        seen.keyboard.press(key)
        assert seen.evaluate(FOCUSED) == word
    assert seen.locator(".said").first.inner_text().startswith("I looked at 我 (90 %)")
    # In a line that runs from right to left, the next word is at the left.
    line = seen.locator('p.line[dir="rtl"]')
    line.locator(".token").first.focus()
    seen.keyboard.press("ArrowLeft")
    assert seen.evaluate(FOCUSED) == line.locator(".token").nth(1).inner_text()


def test_the_slider_hides_weights_below_it(show: Open, china: Look) -> None:
    seen = show(page(china))
    before = seen.evaluate(INKED)
    seen.locator("input[type=range]").fill("20")
    assert seen.locator(".slider output").inner_text() == "20 %"
    assert seen.locator("td.under").count() == 16 - 4
    assert seen.locator("td:not(.under)", has_text=".").all_inner_texts() == [".90", ".85", ".95", ".90"]
    assert 0 < seen.evaluate(INKED) < before
    seen.locator("p.line").nth(1).locator(".token", has_text="love").hover()
    assert seen.locator(".token.lit").all_inner_texts() == ["爱"]


def test_pieces_and_answers_side_by_side(show: Open, china: Look) -> None:
    seen = show(page(china))
    seen.get_by_role("button", name="Pieces").click()
    assert seen.locator("tbody th").all_inner_texts() == ["I", "love", "Chi", "na", "<end>"]
    seen.get_by_role("button", name="I like China").click()
    assert seen.locator("tbody th").all_inner_texts() == ["I", "like", "China"]
    seen.get_by_role("button", name="Side by side").click()
    assert seen.locator(".answer header b").all_inner_texts() == ["I love China", "I like China"]
    left, right = (seen.locator(".answer").nth(number).bounding_box() for number in (0, 1))
    assert left["y"] == right["y"]
    assert left["x"] + left["width"] < right["x"]


def test_answers_to_the_same_words_light_together(show: Open, china: Look) -> None:
    seen = show(page(replace(china, alternatives=(replace(china, alternatives=()), *china.alternatives))))
    seen.get_by_role("button", name="Side by side").click()
    seen.locator(".answer").first.locator(".token", has_text="爱").hover()
    chosen = [answer.locator(".token.chosen").all_inner_texts() for answer in seen.locator(".answer").all()]
    # The third was cut into other pieces.
    assert chosen == [["爱"], ["爱"], []]


def many(tokens: int) -> Look:
    names = tuple(f"t{number}" for number in range(tokens))
    weights = np.eye(tokens)[::-1] * 0.9
    axes = Axis("target", names), Axis("source", names)
    return Look(" ".join(names), " ".join(names), -1.0, -2.0, AttentionMap(weights, axes))


def test_a_great_matrix_is_a_canvas_whose_table_is_made_when_it_is_opened(show: Open) -> None:
    seen = show(page(many(70)))
    assert seen.locator("td").count() == 0
    field = seen.locator(".field")
    box = field.bounding_box()
    field.hover(position={"x": box["width"] * 69.5 / 70, "y": box["height"] * 0.5 / 70})
    assert seen.locator(".said").inner_text() == "t0 looked at t69 (90 %)"
    assert seen.locator(".told").all_inner_texts() == ["t0", "t69"]
    field.focus()
    seen.keyboard.press("ArrowDown")
    seen.keyboard.press("ArrowLeft")
    assert seen.locator(".said").inner_text() == "t1 looked at t68 (90 %)"
    assert figures(seen).locator("td").count() == 4900


def test_the_strip_is_stepped_through_and_played(show: Open, read: ImageLook) -> None:
    seen = show(document("A", [strip_block(read)]), 390)
    said, chosen = seen.locator(".said"), seen.locator('.strip-items [aria-pressed="true"]')
    assert seen.locator(".strip-items button").all_inner_texts() == ["all", "4", "</b>", "<end>"]
    chosen.focus()
    seen.keyboard.press("ArrowRight")
    assert (chosen.inner_text(), said.inner_text()) == ("4", "4 looked most at row 1, column 1: 0.8")
    seen.keyboard.press("ArrowRight")
    assert said.inner_text() == "</b> looked most at row 1, column 3: 0.8"
    seen.clock.install(time=0)
    seen.clock.pause_at(60_000)
    seen.keyboard.press("End")
    seen.locator(".play").click()
    assert (chosen.inner_text(), seen.locator(".play").inner_text()) == ("4", "❚❚ Pause")
    for token in ("</b>", "<end>"):
        seen.clock.run_for(700)
        assert chosen.inner_text() == token
    seen.clock.run_for(700)
    assert (chosen.inner_text(), "Play" in seen.locator(".play").inner_text()) == ("<end>", True)
    assert figures(seen).locator("tr").nth(1).all_inner_texts() == ["</b>\t1\t3\t0.8"]


def test_heads_are_chosen_by_pointer_and_keys(show: Open) -> None:
    sides = numbered("head", 2), numbered("query", 3), numbered("key", 3)
    maps = [AttentionMap(np.stack([np.eye(3), np.eye(3)[::-1]]), sides, f"layers.{at}.look") for at in range(2)]
    seen = show(document("A", [heads_block(maps, tokens=["a", "b", "c"])]), 390)
    title = seen.locator("h3.layer bdi")
    assert title.inner_text() == "layers.0, mean of all heads"
    assert seen.locator(".enlarged td", has_text=".50").count() == 4
    seen.get_by_role("button", name="layers.1, head 2").click()
    assert title.inner_text() == "layers.1, head 2"
    seen.locator(".enlarged td", has_text="1.00").first.hover()
    assert seen.locator(".said").inner_text() == "a → c: 100 %"
    seen.keyboard.press("ArrowLeft")
    seen.keyboard.press("ArrowUp")
    assert title.inner_text() == "layers.0, head 1"
    seen.keyboard.press("ArrowDown")
    seen.keyboard.press("ArrowDown")
    assert title.inner_text() == "rollout"


def test_all_other_kinds_are_drawn_with_their_tables(show: Open, cat: ImageLook) -> None:
    bucket = BucketScore("1–10", 97, 6.5, 41.0, 39.0, 43.0)
    course = Course([(50.0, 1.5)], [(100.0, 1.0)], [(100.0, 61.0)], {"cat": 60.0})
    curves = {"own": {side: [[1.0, 0.9, 1.0], [0.5, 0.25, 0.75]] for side in ("deletion", "insertion")}}
    blocks = [
        table_block(["run", "BLEU"], [["<plain>", 31.5]], caption="Scores"),
        curves_block({"<a>": [bucket]}),
        courses_block({"<a>": course}),
        confusion_block(np.array([[3, 1], [0, 5]]), ["<cat>", "dog"]),
        trust_block({"erased": {"<mask>": {"figures": {"sufficiency": figure()}, "curves": curves}}}),
        label_block(make(("one", "two"))),
        block_of(cat),
    ]
    seen = show(document("All", blocks), 390, color_scheme="dark")
    assert seen.locator(".failed").count() == 0
    drawn = seen.locator(".block")
    assert drawn.nth(0).locator("tbody tr").all_inner_texts() == ["<plain>\t31.5"]
    assert drawn.nth(1).locator("tbody tr").all_inner_texts() == ["1–10\t97\t41.0\n39.0 – 43.0"]
    assert drawn.nth(1).locator("polygon.band").count() == 1
    assert drawn.nth(2).locator(".plot").count() == 3
    drawn.nth(3).locator("td", has_text="1").hover()
    assert drawn.nth(3).locator(".said").inner_text() == "<cat> taken for dog: 1 of 4 (25 %)"
    assert drawn.nth(4).locator("polyline.line").count() == 2
    assert drawn.nth(4).locator("polygon.band").count() == 2
    drawn.nth(4).locator("summary").click()
    drawn.nth(4).get_by_role("row", name="100 % 0.500").first.wait_for()
    assert drawn.nth(4).locator("tbody th").last.inner_text() == "sufficiency\nlower is better"
    assert drawn.nth(5).locator(".token").first.get_attribute("title") == "weight .600"
    background = seen.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == "rgb(18, 19, 24)"


def test_it_prints_without_what_only_a_screen_needs(show: Open, china: Look) -> None:
    seen = show(page(china), media="print", color_scheme="dark")
    assert not seen.locator(".slider").is_visible()
    assert not seen.locator(".choice").first.is_visible()
    assert seen.locator("table").is_visible()
    assert seen.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
