"""The pictures of pages in docs/how-to: pages of trained runs, opened in Chromium, wide and narrow.

python examples/page_pictures.py RUNS [PICTURES]

RUNS holds runs under the names of their recipes; a page whose runs are not there is left out, and that is said. The
page of a model of Hugging Face needs none: the model is small, and knows nothing.
"""

import argparse
import io
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import torch
from PIL import Image
from playwright.sync_api import Page as Tab
from playwright.sync_api import sync_playwright

import saccade
from saccade import viewer

WIDTHS = {"wide": 1280, "narrow": 390}
SENTENCE = "我爱中国"


class Page(NamedTuple):
    """A page: its heading, the runs that it shows, and what it makes of them."""

    title: str
    runs: tuple[str, ...]
    blocks: Callable[..., list[viewer.Block]]


def translated(run: Path) -> list[viewer.Block]:
    """The best answers to a sentence, with their maps."""
    model: Any = saccade.load(run)
    return [viewer.block_of(model.look(SENTENCE, alternatives=2).look)]


def looked_at(*runs: Path) -> list[viewer.Block]:
    """What runs say of one of their test images."""
    models = [saccade.load(run) for run in runs]
    return [viewer.block_of(model.look(model.example("test:1")).look) for model in models]


def layered(run: Path) -> list[viewer.Block]:
    """Every head of every layer while a sentence is translated."""
    model: Any = saccade.load(run)
    maps = model.maps("a man in a blue shirt is standing on a ladder cleaning a window.")
    return [viewer.heads_block(list(maps.values()))]


def overheard() -> list[viewer.Block]:
    """Every head of a model that is not ours."""
    from transformers import BertConfig, BertModel

    torch.manual_seed(1)
    words = ["[CLS]", "the", "jump", "of", "the", "eye", "from", "one", "point", "to", "the", "next", "[SEP]"]
    config = BertConfig(
        vocab_size=29,
        hidden_size=48,
        num_attention_heads=6,
        num_hidden_layers=4,
        intermediate_size=96,
        initializer_range=0.5,  # sharper looks than those of a beginning
    )
    model = BertModel(config).eval()
    with torch.no_grad(), saccade.record(model) as recording:
        model(input_ids=torch.tensor([[words.index(word) for word in words]]))
    return [viewer.heads_block(recording.of(0), tokens=words)]


PAGES = {
    "translation": Page(SENTENCE, ("tatoeba-zh-en",), translated),
    "digit": Page("A digit in clutter", ("cluttered-mnist", "clutter-attention"), looked_at),
    "channels": Page("Channel gates", ("mnist",), looked_at),
    "printed": Page("Printed numbers", ("printed-numbers",), looked_at),
    "heads": Page("Layers and heads", ("multi30k-en-de-transformer",), layered),
    "hugging-face": Page("A model of Hugging Face", (), overheard),
}


def show_blocks(seen: Tab, page: Page, runs: Sequence[Path]) -> None:
    """Open a page of blocks."""
    seen.set_content(viewer.document(page.title, page.blocks(*runs)))


@contextmanager
def serving(run: Path) -> Iterator[str]:
    """The address of a server of a run."""
    command = [sys.executable, "-m", "saccade", "serve", str(run), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def ask(seen: Tab, address: str) -> None:
    """Open the server's page, and wait until all is there that it says of a text."""
    seen.goto(address)
    seen.fill("#many", "3")
    seen.fill("#text", SENTENCE)
    seen.press("#text", "Enter")
    seen.wait_for_selector(".block.trust")


def photograph(seen: Tab, width: int, path: Path) -> None:
    """Keep a page as it is seen, in 256 colours, which are enough and a quarter as large."""
    seen.wait_for_timeout(500)
    seen.set_viewport_size({"width": width, "height": int(seen.evaluate("document.body.scrollHeight"))})
    seen.wait_for_timeout(500)
    whole = Image.open(io.BytesIO(seen.screenshot())).convert("RGB")
    whole.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path)
    parser.add_argument("pictures", type=Path, nargs="?", default=Path("docs/pictures"))
    wish = parser.parse_args()
    wish.pictures.mkdir(parents=True, exist_ok=True)

    def there(name: str, runs: Sequence[str]) -> list[Path]:
        paths = [wish.runs / run for run in runs]
        if missing := [str(path) for path in paths if not path.is_dir()]:
            print(f"{name} is left out: there is no {', '.join(missing)}.", file=sys.stderr)
        return [] if missing else paths

    def photographed(name: str, show: Callable[[Tab], None]) -> None:
        for size, width in WIDTHS.items():
            with browser.new_page(viewport={"width": width, "height": 500}) as seen:
                show(seen)
                photograph(seen, width, wish.pictures / f"page-{name}-{size}.png")

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, page in PAGES.items():
            runs = there(name, page.runs)
            if runs or not page.runs:
                photographed(name, partial(show_blocks, page=page, runs=runs))
        for run in there("server", ["tatoeba-zh-en"]):
            with serving(run) as address:
                photographed("server", partial(ask, address=address))
        browser.close()


if __name__ == "__main__":
    main()
