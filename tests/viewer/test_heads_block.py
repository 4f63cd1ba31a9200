"""The block of a network's attentions holds every head, and of a great many the means of neighbours."""

import base64
import json
from typing import Any

import numpy as np
import pytest

from saccade.errors import DataError
from saccade.maps import AttentionMap
from saccade.maps.image_map import numbered
from saccade.viewer import heads_block


def layer(name: str, heads: int, queries: int, keys: int, seed: int = 0) -> AttentionMap:
    weights = np.random.default_rng(seed).dirichlet(np.ones(keys), (heads, queries))
    return AttentionMap(weights, (numbered("head", heads), numbered("query", queries), numbered("key", keys)), name)


def weights_of(plane: list[Any]) -> np.ndarray:
    low, high, packed = plane
    return low + np.frombuffer(base64.b64decode(packed), np.uint8) / 255 * (high - low)


def test_every_head_of_every_layer_and_the_rollout() -> None:
    maps = [layer(f"encoder.layers.{number}.look", 3, 5, 5, number) for number in range(2)]
    block = heads_block(maps, tokens=list("abcde"))
    assert [(one["name"], len(one["heads"])) for one in block["layers"]] == [
        ("layers.0", 3),
        ("layers.1", 3),
        ("rollout", 1),
    ]
    assert (block["labels"], block["step"]) == ([list("abcde")], 1)
    np.testing.assert_allclose(
        weights_of(block["layers"][1]["heads"][2]), maps[1].weights[2].ravel(), atol=np.ptp(maps[1].weights[2]) / 500
    )


def test_looks_across_have_their_own_sides_and_no_rollout() -> None:
    alone = AttentionMap(np.full((2, 7), 1 / 7), (numbered("query", 2), numbered("key", 7)), "cross")
    block = heads_block([layer("self", 3, 5, 5), alone], tokens=list("abcde"))
    assert [one["sides"] for one in block["layers"]] == [[0, 0], [1, 2]]
    assert block["labels"][1:] == [["0", "1"], [str(number) for number in range(7)]]


def test_of_a_great_many_weights_neighbours_share_a_cell() -> None:
    seen = layer("look", 2, 5, 7)
    block = heads_block([seen], most=20)
    assert block["step"] == 2
    assert block["labels"] == [["0 – 1", "2 – 3", "4"], ["0 – 1", "2 – 3", "4 – 5", "6"]]
    shared = weights_of(block["layers"][0]["heads"][1]).reshape(3, 4)
    step = np.ptp(shared) / 500
    np.testing.assert_allclose(shared[0, 1], seen.weights[1, :2, 2:4].mean(), atol=step)
    np.testing.assert_allclose(shared[2, 3], seen.weights[1, 4, 6], atol=step)
    many = [layer(f"layers.{number}.look", 4, 50, 50, number) for number in range(8)]
    assert len(json.dumps(heads_block(many, most=10_000))) < 20_000


def test_maps_without_queries_and_keys_are_named() -> None:
    gate = AttentionMap(np.eye(2), (numbered("height", 2), numbered("width", 2)), "gate")
    with pytest.raises(DataError, match=r"with the axes query and key, but these are gate \(height, width\)"):
        heads_block([gate])


def test_layers_of_both_sides_say_whose_they_are() -> None:
    axes = numbered("query", 2), numbered("key", 2)
    layers = ("encoder.layers.0.look", "decoder.layers.0.look", "decoder.layers.0.look_back")
    block = heads_block([AttentionMap(np.eye(2), axes, layer) for layer in layers])
    assert [layer["name"] for layer in block["layers"]][:3] == list(layers)
