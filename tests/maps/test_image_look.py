"""A look at an image keeps everything through JSON, lays maps over the image, and refuses what does not fit."""

import json
from typing import Any

import numpy as np
import pytest
from torch.testing import assert_close

from saccade.errors import DataError, OptionError
from saccade.maps import AttentionMap, Box, ImageLook
from saccade.maps.image_map import numbered

HEIGHT, WIDTH, CHANNELS, HEADS = 5, 7, 3, 2
BOXES: list[Box] = [(x, y, x + 3.5, y + 2.5) for y in (0.0, 2.5) for x in (0.0, 3.5)]
SHARES = (("cat", 0.75), ("dog", 0.25))


def same(one: np.ndarray, other: np.ndarray) -> None:
    # Copies: torch warns of arrays that are read-only.
    assert_close(np.array(one), np.array(other))


def seen_of(layer: str, *sides: tuple[str, int]) -> AttentionMap:
    weights = np.random.default_rng(0).random([size for _, size in sides])
    return AttentionMap(weights, tuple(numbered(*side) for side in sides), layer, (0.0, 1.0))


def image(channels: int = 3) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (HEIGHT, WIDTH, channels), np.uint8)


def look(channels: int = 3, **known: Any) -> ImageLook:
    gate = seen_of("stage1.gate", ("channel", CHANNELS), ("height", 2), ("width", 2))
    squeezed = seen_of("stage2.gate", ("channel", CHANNELS))
    first = seen_of("layers.0", ("head", HEADS), ("query", 5), ("key", 5))
    second = seen_of("layers.1", ("head", HEADS), ("query", 5), ("key", 5))
    return ImageLook.from_maps(image(channels), SHARES, [gate, squeezed, first, second], BOXES, **known)


def test_maps_are_laid_over_and_rolled_out() -> None:
    seen = look()
    assert (seen.label, seen.probabilities) == ("cat", SHARES)
    assert [one.layer for one in seen.maps] == ["stage1.gate", "stage2.gate", "layers.0", "layers.1", "rollout"]
    assert [one.layer for one in seen.overlays] == ["stage1.gate", "layers.0", "layers.1", "rollout"]
    assert seen.map("rollout").weights.shape == (2, 2)


def test_an_overlay_of_all_channels_or_one() -> None:
    seen = look()
    weights = seen.map("stage1.gate").weights
    overlay = seen.overlay("stage1.gate", smooth=False)
    assert overlay.shape == (HEIGHT, WIDTH)
    same(overlay[0, 0], weights[:, 0, 0].mean())
    same(seen.overlay("stage1.gate", smooth=False, channel=2)[4, 6], weights[2, 1, 1])
    same(seen.overlay("layers.0", head=1)[0, 0], seen.map("layers.0").weights[1, 0, 0])


def test_a_layer_that_is_not_there() -> None:
    with pytest.raises(OptionError, match=r"No map of `stage1\.gates` was recorded\. Did you mean `stage1\.gate`"):
        look().overlay("stage1.gates")


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("known", [{}, {"box": (1.0, 0.5, 3.25, 4.0), "truth": "dog", "name": "a/ü.png"}])
def test_json_keeps_everything(channels: int, known: dict[str, Any]) -> None:
    seen = look(channels, **known)
    saved = json.loads(json.dumps(seen.to_json(), allow_nan=False))
    back = ImageLook.from_json(saved)
    assert np.array_equal(back.image, seen.image)
    assert (back.label, back.probabilities, back.box) == (seen.label, seen.probabilities, seen.box)
    assert (back.truth, back.name) == (seen.truth, seen.name)
    for one, other in zip(back.maps, seen.maps, strict=True):
        assert np.array_equal(one.weights, other.weights)
        assert (one.axes, one.layer, one.range) == (other.axes, other.layer, other.range)
    assert back.to_json() == saved


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": 2}, "has version 2; this saccade reads version 1"),
        ({"format": "saccade.look"}, "no saccade.image-look"),
        ({"image": "AAAA"}, "The look is damaged"),
        ({"image": "%"}, "The look is damaged"),
        ({"box": [1.0, 2.0]}, "The look is damaged"),
        ({"probabilities": [["cat", "much"]]}, "The look is damaged"),
        ({"maps": [{}]}, "no saccade.attention-map"),
    ],
)
def test_damaged_json_is_refused(change: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        ImageLook.from_json(look().to_json() | change)


def test_a_missing_part_is_named() -> None:
    saved = look().to_json()
    del saved["probabilities"]
    with pytest.raises(DataError, match="`probabilities` is missing"):
        ImageLook.from_json(saved)


def test_two_maps_of_one_name() -> None:
    gate = seen_of("gate", ("height", 2), ("width", 2))
    with pytest.raises(DataError, match="needs a name of its own, but gate is there twice"):
        ImageLook(image(), "cat", SHARES, (gate, gate))


def test_an_image_that_is_none() -> None:
    with pytest.raises(DataError, match=r"must be uint8 of \(height, width, 1 or 3 channels\), but is uint8 of"):
        ImageLook(image(2), "cat", SHARES, ())
