"""The block of a look at an image holds every map, and stays small."""

import base64
import json
from dataclasses import replace
from typing import Any

import numpy as np

from saccade.maps import AttentionMap, ImageLook
from saccade.maps.image_look import png
from saccade.maps.image_map import numbered
from saccade.viewer import image_block


def weights_of(plane: list[Any]) -> np.ndarray:
    """What the page's own script makes of a packed plane."""
    low, high, packed = plane
    return low + np.frombuffer(base64.b64decode(packed), np.uint8) / 255 * (high - low)


def test_all_that_is_known_is_there(cat: ImageLook) -> None:
    shown = image_block(cat)
    assert (shown["label"], shown["truth"], shown["name"]) == ("cat", "dog", "a.png")
    assert shown["probabilities"] == [["cat", 0.75], ["dog", 0.25]]
    assert (shown["kind"], shown["size"], shown["box"]) == ("image", [10, 15], [1, 2.5, 6, 7])
    assert base64.b64decode(shown["png"]) == png(cat.image)
    names = [seen["name"] for seen in shown["maps"]]
    assert names == ["stage1.mask", "stage1.channel", "scale", "layers.0.look", "pooling.attention", "rollout"]
    assert [seen["kind"] for seen in shown["maps"]] == ["grid", "bars", "bars", "grid", "grid", "grid"]


def test_a_mask_has_its_mean_and_every_channel(cat: ImageLook) -> None:
    mask = image_block(cat)["maps"][0]
    assert (mask["axis"], mask["items"], mask["kept"], mask["shape"]) == ("channel", 5, [0, 1, 2, 3, 4], [2, 3])
    assert mask["places"] == [[[0, 5], [5, 10]], [[0, 5], [5, 10], [10, 15]]]
    seen = cat.map("encoder.stage1.mask").weights
    expected = [seen.mean(axis=0), *seen]
    for plane, weights in zip(mask["planes"], expected, strict=True):
        assert np.abs(weights_of(plane) - weights.ravel()).max() <= np.ptp(weights) / 509


def test_bars_of_channels_and_of_scales(cat: ImageLook) -> None:
    channel, scale = image_block(cat)["maps"][1:3]
    np.testing.assert_allclose(channel["planes"], [cat.map("encoder.stage1.channel").weights], atol=1e-5)
    weights = cat.map("encoder.scale").weights
    assert (scale["of"], scale["axis"], scale["items"]) == ("scale", "channel", 7)
    np.testing.assert_allclose(scale["planes"], [weights.mean(axis=1), *weights.T], atol=1e-5)


def test_a_map_of_one_weight_stays_what_it_is(cat: ImageLook) -> None:
    even = AttentionMap(np.full((1, 1), 0.3), (numbered("height", 1), numbered("width", 1)), "even", (0.0, 1.0))
    (shown,) = image_block(replace(cat, maps=(even,)))["maps"]
    np.testing.assert_allclose(weights_of(shown["planes"][0]), [0.3], rtol=1e-5)


def test_a_page_stays_small_and_keeps_what_varies(cat: ImageLook) -> None:
    weights = np.zeros((300, 200, 200), np.float32)
    weights[7::50, :100] = 1.0
    axes = numbered("channel", 300), numbered("height", 200), numbered("width", 200)
    many = AttentionMap(weights, axes, "many", (0.0, 1.0))
    block = image_block(replace(cat, maps=(many,)), most=2_000_000)
    (shown,) = block["maps"]
    assert len(json.dumps(block)) < 3_000_000
    assert shown["items"] == 300
    assert len(shown["kept"]) == len(shown["planes"]) - 1 < 60
    assert {7, 57, 107, 157, 207, 257} <= set(shown["kept"])
    assert shown["kept"] == sorted(shown["kept"])
