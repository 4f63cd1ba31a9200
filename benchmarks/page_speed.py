"""How fast pages are in Chromium, and how large: time until they are drawn, time of a frame while the pointer moves."""

import argparse
import shutil
import statistics
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.machine import heading
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from saccade import viewer
from saccade.maps import AttentionMap, Axis, ImageLook, Look
from saccade.maps.image_map import numbered

RESULTS = Path(__file__).parent / "results"
MOVES = 60
EXPLAINED = (
    "Drawn, and a frame: processor time of the page's main thread, whatever else runs; until it is drawn, "
    "the median of three, and for a frame in which the pointer moved over the matrix or the image, the mean of sixty. "
    "A frame at 60 Hz has 16.7 ms. By the clock: script, style and layout of one such move."
)
# A move of the pointer in each of some frames; gives the milliseconds of each, by the clock.
HOVER = """([selector, moves]) => new Promise((done) => {
  const node = document.querySelector(selector), times = [];
  node.scrollIntoView({ block: "start" });
  const step = () => {
    if (times.length === moves) { done(times); return; }
    const frame = node.getBoundingClientRect();
    const at = (part, side) => ((times.length * part) % 100) / 100 * Math.min(side, 800);
    const [x, y] = [frame.left + at(37, frame.width), frame.top + at(53, frame.height)];
    const under = document.elementFromPoint(x, y) || node, began = performance.now();
    for (const kind of ["pointerover", "pointermove"])
      under.dispatchEvent(new PointerEvent(kind, { bubbles: true, clientX: x, clientY: y }));
    document.body.getBoundingClientRect();
    times.push(performance.now() - began);
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
})"""
FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def shares(weights: np.ndarray) -> np.ndarray:
    """Rows that sum to one, with a few weights that stand out."""
    sharp = weights.astype(np.float32) ** 32
    return sharp / sharp.sum(axis=-1, keepdims=True)


def text(tokens: int) -> str:
    """Both lines and the matrix of a long look."""
    words = tuple(f"word{number}" for number in range(tokens))
    random = np.random.default_rng(0)
    weights = shares(random.random((tokens, tokens)))
    axes = Axis("target", words), Axis("source", words)
    return viewer.page(Look(" ".join(words), " ".join(words), -1.0, -2.0, AttentionMap(weights, axes)))


def heads(layers: int, heads: int, tokens: int) -> str:
    """A transformer."""
    random = np.random.default_rng(0)
    sides = numbered("head", heads), numbered("query", tokens), numbered("key", tokens)
    maps = [
        AttentionMap(shares(random.random((heads, tokens, tokens))), sides, f"layers.{number}.look")
        for number in range(layers)
    ]
    return viewer.document("Heads", [viewer.heads_block(maps)])


def image(layers: int, channels: int) -> str:
    """A network with a mask of many channels in each of many blocks."""
    random = np.random.default_rng(0)
    sides = numbered("channel", channels), numbered("height", 14), numbered("width", 14)
    maps = tuple(AttentionMap(random.random((channels, 14, 14)), sides, f"mask{n}", (0.0, 1.0)) for n in range(layers))
    pixels = random.integers(0, 256, (224, 224, 3), np.uint8)
    return viewer.page(ImageLook(pixels, "cat", (("cat", 1.0),), maps))


PAGES: dict[str, tuple[Callable[..., str], tuple[int, ...], str]] = {
    "look, 20 × 20 tokens": (text, (20,), ".matrix table"),
    "look, 200 × 200 tokens": (text, (200,), ".field"),
    "12 layers × 12 heads, 32 tokens": (heads, (12, 12, 32), ".enlarged table"),
    "32 layers × 16 heads, 200 tokens": (heads, (32, 16, 200), ".field"),
    "image, 32 masks of 64 channels": (image, (32, 64), ".stage canvas"),
}


def spent(session: CDPSession) -> float:
    """Milliseconds of processor time of the main thread so far."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return 1000 * next(one["value"] for one in metrics if one["name"] == "TaskDuration")


def opened(browser: Browser, path: Path) -> tuple[Page, CDPSession, float]:
    """A page that is drawn, and what that took."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    began = spent(session)
    page.goto(path.as_uri())
    page.evaluate(FRAMES)
    return page, session, spent(session) - began


def measured(browser: Browser, folder: Path) -> list[list[Any]]:
    rows = []
    for name, (make, sizes, selector) in PAGES.items():
        path = folder / "page.html"
        path.write_text(make(*sizes), encoding="utf-8")
        tries = [opened(browser, path) for _ in range(3)]
        page, session, _ = tries[-1]
        page.evaluate(HOVER, [selector, 10])  # what comes into sight is painted
        began = spent(session)
        times = page.evaluate(HOVER, [selector, MOVES])
        hover = (spent(session) - began) / MOVES
        for each, _, _ in tries:
            each.close()
        drawn = statistics.median(took for _, _, took in tries)
        rows.append([name, path.stat().st_size / 1024, drawn, hover, statistics.median(times)])
    return rows


def main() -> None:
    """Print the table, and write it to `results/DATE-viewer.md`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chromium", default=shutil.which("chromium"))
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=wish.chromium, args=["--no-sandbox", "--disable-gpu"])
        rows, version = measured(browser, Path(folder)), browser.version
        browser.close()
    lines = [f"# Pages in Chromium {version}, without a GPU", "", heading(), "", EXPLAINED, ""]
    lines += ["| page | kB | drawn, ms | a frame, ms | one move by the clock, ms |", "|---|---|---|---|---|"]
    for name, *figures in rows:
        cells = " | ".join(f"{figure:,.0f}" if figure >= 10 else f"{figure:.1f}" for figure in figures)
        lines.append(f"| {name} | {cells} |")
    text = "\n".join(lines) + "\n"
    print(text)
    (RESULTS / f"{datetime.now(UTC):%Y-%m-%d}-viewer.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
