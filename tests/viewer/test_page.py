"""The page is complete in itself, says what the look says, and takes no markup from the data."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from saccade.maps import Look
from saccade.viewer import notebook, page
from saccade.viewer.page import embedded


def data_of(text: str) -> Any:
    """What the page's own script reads."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found
    return json.loads(found.group(1))


def test_the_page_asks_nobody_for_anything(china: Look) -> None:
    text = page(china)
    assert "default-src 'none'" in text
    # The one address names SVG; nobody fetches it.
    assert re.findall(r"https?://[^\"' ]+", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<link|<script src|@import|url\(|fetch\(|<img", text)


def test_words_and_pieces(china: Look) -> None:
    (shown,) = data_of(page(china))
    words, pieces = shown["views"]
    assert (words["name"], pieces["name"]) == ("Words", "Pieces")
    assert words["source"]["labels"] == ["我", "爱", "中国", "<end>"]
    assert words["target"]["labels"] == ["I", "love", "China", "<end>"]
    assert words["weights"][2] == [0, 0.05, 0.95, 0]
    assert pieces["target"]["labels"] == ["I", "love", "Chi", "na", "<end>"]
    assert pieces["weights"][1] == [0.05, 0.85, 0.05, 0.05, 0]


def test_all_answers_are_there(china: Look) -> None:
    (shown,) = data_of(page(china))
    assert [other["texts"][1] for other in shown["alternatives"]] == ["I like China"]
    assert (shown["score"], shown["logProb"]) == (-0.06, -0.25)


def test_several_looks_and_a_title(china: Look, arabic: Look) -> None:
    text = page([china, arabic], "<Two> & more")
    assert len(data_of(text)) == 2
    assert text.count("&lt;Two&gt; &amp; more") == 2
    assert "<Two>" not in text


def test_which_way_a_text_runs(arabic: Look) -> None:
    words, pieces = data_of(page(arabic))[0]["views"]
    assert (words["source"]["dir"], words["target"]["dir"]) == ("rtl", "ltr")
    # [text, token, written, apart]: the two halves of one word must keep holding hands.
    assert pieces["source"]["parts"] == [["أحب", 0], [" ", -1], ["الك", 1, 1, 0], ["تب", 2, 1, 0]]


def test_markup_in_the_data_stays_text(hostile: Look) -> None:
    text = page(hostile, hostile.source)
    assert "<img" not in text
    assert "<!--" not in text
    assert text.count("</script>") == 2
    assert data_of(text)[0]["texts"][0].startswith("</script><img src=x onerror=alert(1)> <!--")
    assert text.encode("utf-8")


@pytest.mark.parametrize("content", ["</ScRiPt>", "<!--", "]]>", "\u2028\u2029", "&lt;", '"\\', {"<": ["&"]}])
def test_embedded_json_reads_back(content: Any) -> None:
    text = embedded(content)
    assert not set("<>&\u2028\u2029") & set(text)
    assert json.loads(text) == content


def test_half_a_character_is_replaced() -> None:
    assert json.loads(embedded("a\ud800b")) == "a\ufffdb"
    assert json.loads(embedded("😀")) == "😀"


def test_the_hashes_fit_style_and_script(china: Look) -> None:
    import base64
    import hashlib

    text = page(china)
    for kind, pattern in (("script", r"<script>(.*?)</script>"), ("style", r"<style>(.*?)</style>")):
        content = re.search(pattern, text, re.DOTALL)
        assert content
        digest = base64.b64encode(hashlib.sha256(content.group(1).encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in text


def test_a_notebook_gets_a_closed_frame(hostile: Look) -> None:
    text = notebook(hostile)
    frame = re.fullmatch(r'<iframe sandbox="allow-scripts" srcdoc="([^"]*)" [^<>]*></iframe>', text, re.DOTALL)
    assert frame
    assert html.unescape(frame.group(1)).startswith("<!doctype html>")


def browser() -> str:
    """Chromium's path; the test is skipped where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.skip("no Chromium on this machine: this test opens the page in it")


def dump(path: Path, width: int) -> str:
    """The page as Chromium has it after its script has run."""
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=3000", "--dump-dom"]
    profile = f"--user-data-dir={path.parent / 'profile'}"
    command = [browser(), *options, profile, f"--window-size={width},900", path.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


@pytest.mark.parametrize("width", [390, 1280])
def test_chromium_draws_it(china: Look, arabic: Look, hostile: Look, tmp_path: Path, width: int) -> None:
    path = tmp_path / "page.html"
    path.write_text(page([china, arabic, hostile]), encoding="utf-8")
    drawn = dump(path, width)
    assert drawn.count('<article class="look">') == 3
    assert len(re.findall(r"<path [^>]*d=\"M", drawn)) > 10
    assert re.search(r'<th scope="row"[^>]*data-t="2"[^>]*><span[^>]*>China</span>', drawn)
    assert 'aria-label="Source"' in drawn
    assert ">.95</td>" in drawn
    assert '<p class="line" dir="rtl"' in drawn
    assert "<img" not in drawn
