"""The picture shows the image, each map over it with its own scale, and bars."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.patches import Rectangle

from saccade.maps import AttentionMap, ImageLook
from saccade.maps.image_map import numbered
from saccade.viewer import draw_images, image_figure
from saccade.viewer.image_shades import choice_axis, shade_range, short_names


def texts_of(looks: list[ImageLook]) -> list[str]:
    return [text.get_text() for text in image_figure(looks)[0].texts]


def test_every_map_has_its_tile_or_its_bars(cat: ImageLook) -> None:
    figure, messages = image_figure([cat])
    assert messages == []
    written = texts_of([cat])
    for name in ("image", "stage1.mask", "layers.0.look", "pooling.attention", "rollout", "stage1.channel", "scale"):
        assert name in written
    assert written[0] == "cat  (it is dog)"
    assert "2 × 3 · mean of 5 channels" in written
    assert "2 scales · mean of 7 channels" in written
    # Five tiles, four of them with a scale below, and two charts.
    assert len(figure.axes) == 5 + 4 + 2


def test_an_overlay_lies_over_the_whole_image(cat: ImageLook) -> None:
    mask = image_figure([cat])[0].axes[1]
    image, overlay = mask.get_images()
    assert list(image.get_extent()) == list(overlay.get_extent()) == [0.0, 15.0, 10.0, 0.0]
    np.testing.assert_allclose(np.array(overlay.get_array()), cat.overlay("encoder.stage1.mask"), rtol=1e-6)
    weights = cat.map("encoder.stage1.mask").weights.mean(axis=0)
    np.testing.assert_allclose(overlay.get_clim(), shade_range(weights, (0.0, 1.0)))
    boxes = [patch for patch in mask.patches if isinstance(patch, Rectangle)]
    assert [patch.get_bbox().bounds for patch in boxes] == [(1.0, 2.5, 5.0, 4.5)] * 2


def test_bars_are_the_weights(cat: ImageLook) -> None:
    chart = image_figure([replace(cat, maps=(cat.map("encoder.stage1.channel"),))])[0].axes[-1]
    heights = [bar.get_height() for bar in chart.patches if isinstance(bar, Rectangle)]
    np.testing.assert_allclose(heights, cat.map("encoder.stage1.channel").weights, rtol=1e-6)
    assert chart.get_ylim() == (0.0, 1.0)


def test_several_looks_stand_below_each_other(cat: ImageLook, hostile_cat: ImageLook, tmp_path: Path) -> None:
    one = image_figure([cat])[0].get_size_inches()
    three = image_figure([cat] * 3)[0].get_size_inches()
    assert three[0] == one[0]
    assert three[1] > 2.5 * one[1]
    assert isinstance(draw_images([cat, hostile_cat], tmp_path / "looks.png"), list)
    assert (tmp_path / "looks.png").read_bytes().startswith(b"\x89PNG")


def test_a_look_without_maps_is_a_picture_still(cat: ImageLook) -> None:
    assert "image" in texts_of([replace(cat, maps=(), box=None, truth=None)])


def test_a_great_many_looks_make_no_picture_that_cannot_be_drawn(cat: ImageLook) -> None:
    figure = image_figure([replace(cat, maps=())] * 200)[0]
    assert figure.get_size_inches().max() * figure.dpi < 2**16


@pytest.mark.parametrize(
    ("weights", "ends", "expected"),
    [
        ([0.2, 0.8], (0.0, 1.0), (0.2, 0.8)),
        ([0.5, 0.51], (0.0, 1.0), (0.455, 0.555)),
        ([1.0, 1.0], (0.0, 1.0), (0.9, 1.0)),
        ([0.0, 0.0], (0.0, 1.0), (0.0, 0.1)),
        ([-0.5, 0.5], (-1.0, 1.0), (-0.5, 0.5)),
        ([0.0, 0.25], None, (0.0, 0.25)),
        ([0.02, 0.02], None, (0.01, 0.02)),
        ([0.0, 0.0], None, (0.0, 1.0)),
        ([-3.0, -1.0], None, (-3.0, -1.0)),
    ],
)
def test_the_scale_of_a_map(
    weights: list[float], ends: tuple[float, float] | None, expected: tuple[float, float]
) -> None:
    np.testing.assert_allclose(shade_range(np.array(weights), ends), expected)


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (["a.b.gate", "a.c.gate"], ["b.gate", "c.gate"]),
        (["encoder.layers.0.look", "encoder.layers.1.look", "rollout"], ["layers.0.look", "layers.1.look", "rollout"]),
        (["a.gate", "gate"], ["a.gate", "gate"]),
        (["encoder.gate"], ["gate"]),
        ([], []),
    ],
)
def test_names_lose_what_they_share(names: list[str], short: list[str]) -> None:
    assert short_names(names) == short


def test_where_there_is_a_choice() -> None:
    def seen(*sides: tuple[str, int]) -> AttentionMap:
        return AttentionMap(np.zeros([size for _, size in sides]), tuple(numbered(*side) for side in sides))

    places = ("height", 2), ("width", 3)
    assert choice_axis(seen(("channel", 5), *places)) == "channel"
    assert choice_axis(seen(("channel", 1), *places)) is None
    assert choice_axis(seen(*places)) is None
    assert choice_axis(seen(("scale", 2), ("channel", 5))) == "channel"
    assert choice_axis(seen(("channel", 5))) is None
