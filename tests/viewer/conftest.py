"""Looks to be shown: a small one of two scripts, one that runs from right to left, and a hostile one."""

import itertools

import numpy as np
import pytest

from saccade.maps import AttentionMap, Axis, Box, ImageLook, Look, Span
from saccade.maps.image_map import numbered


def spans_of(text: str, tokens: list[str]) -> tuple[Span, ...]:
    """Where each token stands in the text; the end has an empty span."""
    found, done = [], 0
    for token in tokens:
        start = len(text) if token == "<end>" else text.index(token, done)
        done = start if token == "<end>" else start + len(token)
        found.append((start, done))
    return tuple(found)


def side(name: str, text: str, tokens: list[str], *groups: tuple[int, ...]) -> Axis:
    return Axis(name, tuple(tokens), spans_of(text, tokens), groups or None)


@pytest.fixture
def china() -> Look:
    """我爱中国 → I love China, China being two pieces on both sides, and a second answer."""
    source = side("source", "我爱中国", ["我", "爱", "中", "国", "<end>"], (2, 3))
    target = side("target", "I love China", ["I", "love", "Chi", "na", "<end>"], (2, 3))
    weights = [
        [0.90, 0.10, 0.00, 0.00, 0.00],
        [0.05, 0.85, 0.05, 0.05, 0.00],
        [0.00, 0.10, 0.60, 0.30, 0.00],
        [0.00, 0.00, 0.50, 0.50, 0.00],
        [0.00, 0.00, 0.00, 0.10, 0.90],
    ]
    seen = AttentionMap(np.array(weights), (target, source), "decoder.attention")
    other = Look("我爱中国", "I like China", -0.9, -2.5, _one_to_one("我爱中国", "I like China"))
    return Look("我爱中国", "I love China", -0.06, -0.25, seen, (other,))


@pytest.fixture
def arabic() -> Look:
    """From right to left, with two pieces inside one word whose letters join hands."""
    text = "أحب الكتب"
    source = side("source", text, ["أحب", "الك", "تب"], (1, 2))
    target = side("target", "I love books", ["I", "love", "books"])
    return Look(text, "I love books", -0.5, -1.5, AttentionMap(np.eye(3), (target, source)))


@pytest.fixture
def hostile() -> Look:
    """What tries to be more than text: markup, a comment, terminal codes, mathematics, a lone surrogate."""
    text = "</script><img src=x onerror=alert(1)> <!-- \x1b[31m $x^2$ \ud800 &amp; \u2028"
    return Look(text, text, -1.0, -1.0, _one_to_one(text, text))


def _one_to_one(source: str, target: str) -> AttentionMap:
    axes = tuple(side(name, text, text.split()) for name, text in (("target", target), ("source", source)))
    shape = tuple(len(axis.labels) for axis in axes)
    weights = np.zeros(shape)
    for row, column in itertools.product(*map(range, shape)):
        weights[row, column] = 0.9 if row == column else 0.1 / shape[1]
    return AttentionMap(weights, axes)


def seen_of(layer: str, *sides: tuple[str, int], ends: tuple[float, float] | None = (0.0, 1.0)) -> AttentionMap:
    weights = np.random.default_rng(0).random([size for _, size in sides], np.float32)
    return AttentionMap(weights, tuple(numbered(*side) for side in sides), layer, ends)


@pytest.fixture
def cat() -> ImageLook:
    """A look with a map of each kind: a mask of channels, channels, scales, heads, pooling, and so rollout."""
    places = ("height", 2), ("width", 3)
    boxes: list[Box] = [(x, y, x + 5.0, y + 5.0) for y in (0.0, 5.0) for x in (0.0, 5.0, 10.0)]
    maps = [
        seen_of("encoder.stage1.mask", ("channel", 5), *places),
        seen_of("encoder.stage1.channel", ("channel", 5)),
        seen_of("encoder.scale", ("scale", 2), ("channel", 7)),
        seen_of("encoder.layers.0.look", ("head", 2), ("query", 7), ("key", 7), ends=None),
        seen_of("pooling.attention", ("query", 1), ("key", 6), ends=None),
    ]
    image = np.random.default_rng(1).integers(0, 256, (10, 15, 3), np.uint8)
    known = {"box": (1.0, 2.5, 6.0, 7.0), "truth": "dog", "name": "a.png"}
    return ImageLook.from_maps(image, [("cat", 0.75), ("dog", 0.25)], maps, boxes, **known)


@pytest.fixture
def hostile_cat(cat: ImageLook) -> ImageLook:
    """Names that would be markup, commands or formulas somewhere, on a grey image."""
    bad = "</script><img src=x onerror=alert(1)> <!-- $x^2$ \ud800 猫"
    maps = tuple(AttentionMap(seen.weights, seen.axes, f"{bad}.{seen.layer}", seen.range) for seen in cat.maps)
    return ImageLook(cat.image[:, :, :1], bad, ((bad, 1.0),), maps, None, bad, bad)


@pytest.fixture
def read() -> ImageLook:
    """An image that was read as a text, a look for each token: each looks two columns further to the right."""
    sides = numbered("height", 2), numbered("width", 5)
    looks = [np.full((2, 5), 0.02) for _ in range(4)]
    for place, look in enumerate(looks[1:]):
        look[0, 2 * place] = 0.8
    names = ("all tokens", "1: 4", "2: </b>", "3: <end>")
    maps = tuple(AttentionMap(look, sides, name) for look, name in zip(looks, names, strict=True))
    image = np.random.default_rng(2).integers(0, 256, (16, 40, 1), np.uint8)
    shares = (("4</b>", 0.75), ("4<b>", 0.125))
    return ImageLook(image, "4</b>", shares, maps, name="a.png", tokens=("4", "</b>", "<end>"))
