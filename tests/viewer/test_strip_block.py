"""The block of an image that was read as a text holds a map for each token."""

import base64
from dataclasses import replace

import numpy as np
import pytest

from saccade.errors import DataError
from saccade.maps import ImageLook
from saccade.viewer import block_of, strip_block


def test_a_map_for_each_token_after_the_mean_of_all(read: ImageLook) -> None:
    block = block_of(read)
    assert (block["kind"], block["tokens"], block["map"]["shape"]) == ("strip", ["4", "</b>", "<end>"], [2, 5])
    low, high, packed = block["map"]["planes"][2]
    assert np.frombuffer(base64.b64decode(packed), np.uint8).argmax() == 2
    assert (low, high) == pytest.approx((read.maps[2].weights.min(), read.maps[2].weights.max()), rel=1e-4)
    mean = np.mean([seen.weights for seen in read.maps[1:]], axis=0)
    assert block["map"]["planes"][0][1] == pytest.approx(mean.max(), rel=1e-4)


def test_tokens_are_read_back_and_need_their_maps(read: ImageLook) -> None:
    assert ImageLook.from_json(read.to_json()).tokens == read.tokens
    with pytest.raises(DataError, match=r"Each of the 7 tokens .* but there are 4 maps"):
        replace(read, tokens=tuple("abcdefg"))


def test_an_image_without_tokens_is_no_strip(cat: ImageLook) -> None:
    with pytest.raises(DataError, match=r"`a\.png` was not read as a text"):
        strip_block(cat)
    assert "tokens" not in cat.to_json()
