"""The page of looks at images is complete in itself, holds every map, and takes no markup from the data."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from saccade.maps import AttentionMap, ImageLook
from saccade.maps.image_look import png
from saccade.maps.image_map import numbered
from saccade.viewer import image_notebook, image_page


def data_of(text: str) -> Any:
    """What the page's own script reads."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found
    return json.loads(found.group(1))


def weights_of(plane: list[Any]) -> np.ndarray:
    """What the page's own script makes of a packed plane."""
    low, high, packed = plane
    return low + np.frombuffer(base64.b64decode(packed), np.uint8) / 255 * (high - low)


def test_the_page_asks_nobody_for_anything(cat: ImageLook) -> None:
    text = image_page(cat)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    assert policy.group(1).startswith("default-src 'none'; script-src 'sha256-")
    assert policy.group(1).endswith("; img-src data:")
    assert re.findall(r"https?://[^\"' ]+", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<link|<script src|@import|url\(|fetch\(|<img", text)


def test_the_hashes_fit_style_and_script(cat: ImageLook) -> None:
    text = image_page(cat)
    for kind, pattern in (("script", r"<script>(.*?)</script>"), ("style", r"<style>(.*?)</style>")):
        content = re.search(pattern, text, re.DOTALL)
        assert content
        digest = base64.b64encode(hashlib.sha256(content.group(1).encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in text


def test_all_that_is_known_is_there(cat: ImageLook) -> None:
    (shown,) = data_of(image_page(cat, "Cats"))["looks"]
    assert (shown["label"], shown["truth"], shown["name"]) == ("cat", "dog", "a.png")
    assert shown["probabilities"] == [["cat", 0.75], ["dog", 0.25]]
    assert (shown["size"], shown["box"]) == ([10, 15], [1, 2.5, 6, 7])
    assert base64.b64decode(shown["png"]) == png(cat.image)
    names = [seen["name"] for seen in shown["maps"]]
    assert names == ["stage1.mask", "stage1.channel", "scale", "layers.0.look", "pooling.attention", "rollout"]
    assert [seen["kind"] for seen in shown["maps"]] == ["grid", "bars", "bars", "grid", "grid", "grid"]


def test_a_mask_has_its_mean_and_every_channel(cat: ImageLook) -> None:
    mask = data_of(image_page(cat))["looks"][0]["maps"][0]
    assert (mask["axis"], mask["items"], mask["kept"], mask["shape"]) == ("channel", 5, [0, 1, 2, 3, 4], [2, 3])
    assert mask["places"] == [[[0, 5], [5, 10]], [[0, 5], [5, 10], [10, 15]]]
    seen = cat.map("encoder.stage1.mask").weights
    expected = [seen.mean(axis=0), *seen]
    for plane, weights in zip(mask["planes"], expected, strict=True):
        assert np.abs(weights_of(plane) - weights.ravel()).max() <= np.ptp(weights) / 509


def test_bars_of_channels_and_of_scales(cat: ImageLook) -> None:
    channel, scale = data_of(image_page(cat))["looks"][0]["maps"][1:3]
    np.testing.assert_allclose(channel["planes"], [cat.map("encoder.stage1.channel").weights], atol=1e-5)
    weights = cat.map("encoder.scale").weights
    assert (scale["of"], scale["axis"], scale["items"]) == ("scale", "channel", 7)
    np.testing.assert_allclose(scale["planes"], [weights.mean(axis=1), *weights.T], atol=1e-5)


def test_a_map_of_one_weight_stays_what_it_is(cat: ImageLook) -> None:
    even = AttentionMap(np.full((1, 1), 0.3), (numbered("height", 1), numbered("width", 1)), "even", (0.0, 1.0))
    (shown,) = data_of(image_page(replace(cat, maps=(even,))))["looks"][0]["maps"]
    np.testing.assert_allclose(weights_of(shown["planes"][0]), [0.3], rtol=1e-5)


def test_a_page_stays_small_and_keeps_what_varies(cat: ImageLook) -> None:
    weights = np.zeros((300, 200, 200), np.float32)
    weights[7::50, :100] = 1.0
    axes = numbered("channel", 300), numbered("height", 200), numbered("width", 200)
    many = AttentionMap(weights, axes, "many", (0.0, 1.0))
    text = image_page([replace(cat, maps=(many,))] * 2)
    (shown,) = data_of(text)["looks"][0]["maps"]
    assert len(text) < 6_000_000
    assert shown["items"] == 300
    assert len(shown["kept"]) == len(shown["planes"]) - 1 < 60
    assert {7, 57, 107, 157, 207, 257} <= set(shown["kept"])
    assert shown["kept"] == sorted(shown["kept"])


def test_markup_in_the_data_stays_text(hostile_cat: ImageLook) -> None:
    text = image_page(hostile_cat, hostile_cat.name)
    assert "<img" not in text
    assert "<!--" not in text
    assert text.count("</script>") == 2
    assert data_of(text)["looks"][0]["label"].startswith("</script><img src=x onerror=alert(1)> <!--")
    assert text.encode("utf-8")


def test_a_notebook_gets_a_closed_frame(hostile_cat: ImageLook) -> None:
    text = image_notebook(hostile_cat)
    assert re.fullmatch(r'<iframe sandbox="allow-scripts" srcdoc="[^"]*" [^<>]*></iframe>', text, re.DOTALL)


def browser() -> str:
    """Chromium's path; the test is skipped where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.skip("no Chromium on this machine: this test opens the page in it")


def test_chromium_draws_it(cat: ImageLook, hostile_cat: ImageLook, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    bars = replace(cat, maps=cat.maps[1:3])
    path.write_text(image_page([cat, hostile_cat, bars, replace(cat, maps=())]), encoding="utf-8")
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=3000", "--dump-dom"]
    command = [browser(), *options, f"--user-data-dir={tmp_path / 'profile'}", "--window-size=390,900", path.as_uri()]
    drawn = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    assert drawn.count('<article class="look image') == 4
    # Small pictures of all maps are there: the image was read, and every map drawn over it.
    assert len(re.findall(r'<button[^>]*title="encoder\.stage1\.mask"[^>]*><canvas', drawn)) == 1
    assert 'aria-label="Map of rollout over the image, 2 × 3: highest, ' in drawn
    assert re.search(r"The highest place lies <b>(in|outside) the box</b>; \d", drawn)
    assert '<span class="mark wrong">wrong</span>' in drawn
    assert len(re.findall(r'<rect class="bar"', drawn)) == 5
    assert "No layer of this model showed a map." in drawn
    assert drawn.count('<img src="data:image/png;base64,') == 4
    # The only images are our own: a name that is markup made none.
    assert len(re.findall(r"<img", re.sub(r"<script.*?</script>", "", drawn, flags=re.DOTALL))) == 4
