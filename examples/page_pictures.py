"""The pictures of pages in docs/how-to/see-attention.md: pages of trained runs, opened in Chromium, wide and narrow.

python examples/page_pictures.py RUNS [PICTURES] [--translator RUN]

RUNS holds runs of the recipes cluttered-mnist, clutter-attention, mnist and printed-numbers, under these names.
"""

import argparse
import io
import shutil
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

import saccade
from saccade import viewer
from saccade.encoders.self_attention import SelfAttentionLayers
from saccade.maps import AttentionMap, Axis, Look, record

WIDTHS = {"wide": 1280, "narrow": 390}
SENTENCE = "我爱中国"
# Where a small model might look; a run that was trained says where it does.
BY_HAND = [
    [0.90, 0.06, 0.02, 0.01, 0.01],
    [0.06, 0.84, 0.05, 0.04, 0.01],
    [0.01, 0.07, 0.56, 0.35, 0.01],
    [0.00, 0.01, 0.06, 0.05, 0.88],
]


def translated(run: Path | None) -> viewer.Block:
    """我爱中国 by a run, or by hand."""
    if run is not None:
        return viewer.block_of(saccade.load(run).look(SENTENCE, alternatives=2).look)
    source = Axis("source", (*SENTENCE, "<end>"), ((0, 1), (1, 2), (2, 3), (3, 4), (4, 4)), ((2, 3),))
    words, spans = ("I", "love", "China", "<end>"), ((0, 1), (2, 6), (7, 12), (12, 12))
    seen = AttentionMap(np.array(BY_HAND), (Axis("target", words, spans), source), "decoder.attention")
    return viewer.block_of(Look(SENTENCE, "I love China", -0.11, -0.43, seen))


def looked_at(run: Path, number: int) -> viewer.Block:
    """What a run of images says of one of its test images."""
    return viewer.block_of(saccade.load(run).look(f"test:{number}").look)


def read(run: Path, number: int) -> viewer.Block:
    """What a run that reads images writes for one of its test images."""
    model = saccade.load(run)
    return viewer.block_of(model.look(model.images("test").stack([number])[0]).look)


def transformer() -> viewer.Block:
    """Layers and heads of a small encoder as it is before training."""
    torch.manual_seed(1)
    words = ["the", "jump", "of", "the", "eye", "from", "one", "point", "to", "the", "next"]
    encoder = SelfAttentionLayers(d_model=48, heads=6, layers=4).eval()
    for layer in encoder.layers:
        layer.look.project.weight.data *= 3  # sharper looks than those of a beginning
    embedded = torch.nn.Embedding(len(words), 48)(torch.tensor([[words.index(word) for word in words]]))
    with torch.no_grad(), record(encoder) as recording:
        encoder(embedded)
    return viewer.heads_block(recording.of(0), tokens=words)


def photographed(browser: Browser, page: str, width: int) -> Image.Image:
    """A page as it is seen, in 256 colours, which are enough and a quarter as large."""
    seen = browser.new_page(viewport={"width": width, "height": 500})
    seen.set_content(page)
    seen.wait_for_timeout(500)
    height = int(seen.evaluate("document.body.scrollHeight"))
    seen.set_viewport_size({"width": width, "height": height})
    seen.wait_for_timeout(500)
    whole = Image.open(io.BytesIO(seen.screenshot())).convert("RGB")
    seen.close()
    return whole.quantize(256, dither=Image.Dither.NONE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path)
    parser.add_argument("pictures", type=Path, nargs="?", default=Path("docs/pictures"))
    parser.add_argument("--translator", type=Path)
    wish = parser.parse_args()
    runs = {name: wish.runs / name for name in ("cluttered-mnist", "clutter-attention", "mnist", "printed-numbers")}
    pages = {
        "translation": ("我爱中国", [translated(wish.translator)]),
        "digit": (
            "A digit in clutter",
            [looked_at(runs["cluttered-mnist"], 1), looked_at(runs["clutter-attention"], 1)],
        ),
        "channels": ("Channel gates", [looked_at(runs["mnist"], 1)]),
        "printed": ("Printed numbers", [read(runs["printed-numbers"], 0)]),
        "heads": ("Layers and heads", [transformer()]),
    }
    wish.pictures.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, (title, blocks) in pages.items():
            for size, width in WIDTHS.items():
                picture = photographed(browser, viewer.document(title, blocks), width)
                picture.save(wish.pictures / f"page-{name}-{size}.png", optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
