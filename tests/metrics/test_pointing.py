"""The pointing game and the mass in the box on maps made by hand, where the answer is known exactly."""

import numpy as np
import pytest
from torch.testing import assert_close

from saccade.errors import DataError, OptionError
from saccade.metrics import Pointing, pointing

# A grid of 2 × 3 cells over 4 × 9 pixels, each cell shown as it is.
DOWN, ACROSS = np.repeat(np.eye(2), 2, axis=0), np.repeat(np.eye(3), 3, axis=0)
FIRST = [0.0, 0.0, 3.0, 2.0]  # the first cell's place


def play(grid: list[list[float]], box: list[float]) -> Pointing:
    return pointing(np.array([grid]), np.array([box]), DOWN, ACROSS, draws=3, resamples=7)


@pytest.mark.parametrize(
    ("grid", "box", "game", "mass"),
    [
        ([[1, 0, 0], [0, 0, 0]], FIRST, 100, 100),
        ([[0, 1, 0], [0, 0, 0]], FIRST, 0, 0),
        ([[3, 0, 0], [0, 1, 0]], FIRST, 100, 75),
        # Ties: two cells are as high, one of them lies in the box.
        ([[1, 0, 0], [0, 1, 0]], FIRST, 50, 50),
        # The box holds a third of the highest cell, by area.
        ([[1, 0, 0], [0, 0, 0]], [0, 0, 1, 2], 100 / 3, 100 / 3),
        # And half of the pixels in the first row of pixels.
        ([[1, 0, 0], [0, 0, 0]], [0, 0, 3, 0.5], 25, 25),
        # A box that reaches over the edge counts as far as the image goes.
        ([[1, 0, 0], [0, 0, 1]], [-5, -5, 3, 2], 50, 50),
        # Weights below 0 are no mass.
        ([[1, 0, 0], [0, 0, -9]], FIRST, 100, 100),
        # Even maps win chance level: zeros, ones, and a number that no float is.
        ([[0, 0, 0], [0, 0, 0]], FIRST, 100 / 6, 100 / 6),
        ([[1, 1, 1], [1, 1, 1]], FIRST, 100 / 6, 100 / 6),
        ([[0.1, 0.1, 0.1], [0.1, 0.1, 0.1]], FIRST, 100 / 6, 100 / 6),
    ],
)
def test_one_map_by_hand(grid: list[list[float]], box: list[float], game: float, mass: float) -> None:
    scores = play([[float(weight) for weight in row] for row in grid], [float(side) for side in box])
    assert_close(scores.game.score.score, float(game))
    assert_close(scores.mass.score.score, float(mass))


def test_chance_is_the_share_of_the_area() -> None:
    scores = play([[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]], [0.0, 0.0, 4.5, 1.0])
    assert_close(scores.game.chance, 12.5)
    assert_close(scores.mass.chance, 12.5)


def many(images: int) -> tuple[np.ndarray, np.ndarray]:
    grids = np.zeros((images, 2, 3))
    grids[:, 0, 0] = 1.0
    grids[::4, 1, 2] = 2.0
    return grids, np.array([FIRST] * images)


def test_a_set_of_maps_with_its_interval() -> None:
    scores = pointing(*many(100), DOWN, ACROSS)
    assert scores.images == 100
    assert_close(scores.game.score.score, 75.0)
    assert_close(scores.mass.score.score, 75 + 25 / 3)
    assert 60 < scores.game.score.low < 75 < scores.game.score.high < 90


def test_what_knows_nothing_wins_chance_level() -> None:
    scores = pointing(*many(400), DOWN, ACROSS)
    for against in (scores.game, scores.mass):
        assert_close(against.random.score, 100 / 6, atol=2.0, rtol=0)
        assert_close(against.permuted.score, 100 / 6, atol=2.0, rtol=0)


def test_permuting_keeps_the_weights_and_random_maps_do_not() -> None:
    # All mass in one cell: permuted, it still is; a random map's mass is spread, and its share hardly varies.
    scores = pointing(*many(100), DOWN, ACROSS, draws=1)
    spread_of = {
        name: getattr(scores.mass, name).high - getattr(scores.mass, name).low for name in scores.mass._fields[2:]
    }
    assert spread_of["random"] < spread_of["permuted"] / 2


def test_the_same_seed_draws_the_same() -> None:
    assert pointing(*many(5), DOWN, ACROSS, seed=3) == pointing(*many(5), DOWN, ACROSS, seed=3)
    assert pointing(*many(5), DOWN, ACROSS, seed=3) != pointing(*many(5), DOWN, ACROSS, seed=4)


def test_many_images_are_taken_in_turns() -> None:
    grids, boxes = many(300)
    grids[:, 1, 1] = np.arange(300)
    alone = [pointing(grids[i : i + 1], boxes[i : i + 1], DOWN, ACROSS, draws=1, resamples=1) for i in (0, 129, 299)]
    together = pointing(grids[[0, 129, 299]], boxes[[0, 129, 299]], DOWN, ACROSS, draws=1, resamples=1)
    assert_close(together.mass.score.score, float(np.mean([each.mass.score.score for each in alone])))
    assert_close(
        pointing(grids, boxes, DOWN, ACROSS, draws=1).game.score.score, 100 * 0.5 / 300
    )  # the second wins half


@pytest.mark.parametrize("box", [[3.0, 0.0, 3.0, 2.0], [9.0, 0.0, 12.0, 2.0], [0.0, -2.0, 3.0, 0.0], [np.nan] * 4])
def test_a_box_that_is_not_in_the_image(box: list[float]) -> None:
    with pytest.raises(DataError, match=r"box of image 0 .* of which nothing lies in the image of 9 × 4 pixels"):
        play([[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]], box)


def test_what_does_not_fit() -> None:
    grids, boxes = many(3)
    with pytest.raises(DataError, match="3 maps and 2 boxes"):
        pointing(grids, boxes[:2], DOWN, ACROSS)
    with pytest.raises(DataError, match="at least one image with a box"):
        pointing(grids[:0], boxes[:0], DOWN, ACROSS)
    with pytest.raises(OptionError, match="`draws` must be at least 1, but is 0"):
        pointing(grids, boxes, DOWN, ACROSS, draws=0)
    grids[1, 1, 1] = np.inf
    with pytest.raises(DataError, match="finite numbers"):
        pointing(grids, boxes, DOWN, ACROSS)
