"""A page is complete in itself, asks nobody for anything, and takes no markup from its data."""

import base64
import hashlib
import html
import json
import re
from importlib import resources
from typing import Any

import numpy as np
import pytest

from saccade.errors import OptionError
from saccade.maps import ImageLook, Look
from saccade.viewer import RENDERERS, block_of, document, image_notebook, notebook, page, text_block
from saccade.viewer.document import embedded
from saccade.viewer.image_shades import COLOUR_MAP

BROWSER = resources.files("saccade.viewer") / "browser"


def data_of(text: str) -> list[dict[str, Any]]:
    """The blocks that the page's own script draws."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found
    return json.loads(found.group(1))


def everything(look: Look, image: ImageLook) -> str:
    """A page with the script and style of every kind."""
    return document("All", [block_of(look), block_of(image)], kinds=RENDERERS)


def test_the_page_asks_nobody_for_anything(china: Look, cat: ImageLook) -> None:
    text = everything(china, cat)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    assert policy.group(1).startswith("default-src 'none'; script-src 'sha256-")
    assert policy.group(1).endswith("; img-src data:")
    # The one address names SVG; nobody fetches it.
    assert re.findall(r"https?://[^\"' ]+", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<link|<script src|@import|url\(|fetch\(|<img|innerHTML|eval\(", text)


def test_the_hashes_fit_style_and_script(china: Look, cat: ImageLook) -> None:
    text = everything(china, cat)
    for kind, pattern in (("script", r"<script>(.*?)</script>"), ("style", r"<style>(.*?)</style>")):
        content = re.search(pattern, text, re.DOTALL)
        assert content
        digest = base64.b64encode(hashlib.sha256(content.group(1).encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in text


def test_a_page_holds_the_scripts_of_its_own_kinds() -> None:
    text = document("A", [text_block("b")], kinds=["curves"], script="own();", style="own{}", allowed=["connect-src x"])
    there = {kind for kind in RENDERERS if f"saccade.renderers.{kind} =" in text}
    assert there == {"text", "curves"}
    assert "saccade.plot =" in text
    assert "own();</script>" in text
    assert "own{}</style>" in text
    assert '; connect-src x"' in text


def test_every_kind_is_in_the_table_with_its_files() -> None:
    parts = {part for renderer in RENDERERS.values() for part in renderer.parts}
    files = {file.name.rpartition(".")[0] for file in BROWSER.iterdir()}
    assert files == {"core", "start", *parts, *RENDERERS}
    for kind in RENDERERS:
        assert f"saccade.renderers.{kind} =" in (BROWSER / f"{kind}.js").read_text(encoding="utf-8")


def test_a_kind_that_is_none_is_named() -> None:
    with pytest.raises(OptionError, match=r"`aligment` is no kind of block\. Did you mean `alignment`\?"):
        document("A", [{"kind": "aligment"}])


def test_several_looks_and_a_title(china: Look, arabic: Look) -> None:
    text = page([china, arabic], "<Two> & more")
    assert [block["kind"] for block in data_of(text)] == ["alignment", "alignment"]
    assert text.count("&lt;Two&gt; &amp; more") == 2
    assert "<Two>" not in text


def test_markup_in_the_data_stays_text(hostile: Look, hostile_cat: ImageLook) -> None:
    for text in (page(hostile, hostile.source), page(hostile_cat, hostile_cat.name)):
        assert "<img" not in text
        assert "<!--" not in text
        assert text.count("</script>") == 2
        assert text.encode("utf-8")
    assert data_of(page(hostile))[0]["answers"][0]["texts"][0].startswith("</script><img src=x onerror=alert(1)> <!--")
    assert data_of(page(hostile_cat))[0]["label"].startswith("</script><img src=x onerror=alert(1)> <!--")


@pytest.mark.parametrize("content", ["</ScRiPt>", "<!--", "]]>", "\u2028\u2029", "&lt;", '"\\', {"<": ["&"]}])
def test_embedded_json_reads_back(content: Any) -> None:
    text = embedded(content)
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == content


def test_half_a_character_is_replaced() -> None:
    assert json.loads(embedded("a\ud800b")) == "a\ufffdb"
    assert json.loads(embedded("😀")) == "😀"


def test_a_notebook_gets_a_closed_frame(hostile: Look, hostile_cat: ImageLook) -> None:
    for text in (notebook(hostile), image_notebook(hostile_cat)):
        frame = re.fullmatch(r'<iframe sandbox="allow-scripts" srcdoc="([^"]*)" [^<>]*></iframe>', text, re.DOTALL)
        assert frame
        assert html.unescape(frame.group(1)).startswith("<!doctype html>")


def test_the_colours_are_those_of_pictures_and_rise_in_lightness() -> None:
    from matplotlib import colormaps

    stops = re.search(r'STOPS = \("(.*?)"\)', (BROWSER / "core.js").read_text(encoding="utf-8"), re.DOTALL)
    assert stops
    codes = re.findall(r"[0-9a-f]{6}", stops.group(1))
    ours = np.array([[int(code[at : at + 2], 16) for at in (0, 2, 4)] for code in codes])
    steps = np.linspace(0, 1, 256)
    between = np.stack([np.interp(steps, np.linspace(0, 1, len(ours)), part) for part in ours.T], axis=1)
    np.testing.assert_allclose(between, colormaps[COLOUR_MAP](steps)[:, :3] * 255, atol=5)
    assert (np.diff(ours @ [0.2126, 0.7152, 0.0722]) > 0).all()
