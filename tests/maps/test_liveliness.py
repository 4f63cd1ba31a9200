"""A map that follows its source is told from one that is the same at every step."""

import itertools

import numpy as np
import pytest

from saccade.maps.liveliness import (
    constant,
    entropy,
    input_figures,
    input_liveliness,
    liveliness,
    moved_between,
    movement,
)


def drawn(steps: int, places: int, sharpness: float, seed: int = 0) -> np.ndarray:
    scores = sharpness * np.random.default_rng(seed).standard_normal((steps, places))
    weights = np.exp(scores)
    return weights / weights.sum(1, keepdims=True)


def test_entropy_is_the_formula():
    weights = drawn(5, 7, 2.0)
    expected = [-sum(w * np.log(w) for w in row) / np.log(7) for row in weights]
    np.testing.assert_allclose(entropy(weights), expected)


def test_movement_is_the_formula():
    weights = drawn(5, 7, 2.0)
    expected = [sum(abs(a - b) for a, b in zip(weights[t], weights[t + 1], strict=True)) / 2 for t in range(4)]
    np.testing.assert_allclose(movement(weights), expected)


def test_a_constant_map_has_the_mean_row_at_every_step_and_does_not_move():
    weights = drawn(5, 7, 2.0)
    np.testing.assert_allclose(constant(weights)[3], weights.mean(0))
    np.testing.assert_allclose(movement(constant(weights)), 0)


def test_figures_are_means_over_all_steps_of_all_maps():
    maps = [drawn(5, 7, 2.0), drawn(2, 3, 1.0, seed=1)]
    found = liveliness(maps)
    assert found is not None
    assert found.maps == 2
    assert found.entropy == pytest.approx(np.concatenate([entropy(one) for one in maps]).mean())
    assert found.movement == pytest.approx(np.concatenate([movement(one) for one in maps]).mean())
    assert found.constant_entropy == pytest.approx(np.concatenate([entropy(constant(one)) for one in maps]).mean())
    assert found.verdict is None
    assert found.to_json()["verdict"] is None


@pytest.mark.parametrize(
    ("places", "share"),
    [([0, 0, 2, 3], 1.0), ([0, 2, 1, 3], 0.0), ([3, 3, 3, 3], 1.0), ([3, 2, 1, 0], 0.0)],
)
def test_monotonic_is_the_share_of_maps_that_never_go_back(places: list[int], share: float):
    peaked = np.eye(4)[places] * 0.6 + 0.1
    found = liveliness([peaked])
    assert found is not None
    assert found.monotonic == share
    with_another = liveliness([peaked, np.eye(3), np.eye(3), np.ones((1, 7))])
    assert with_another is not None
    assert with_another.monotonic == pytest.approx((share + 2) / 3)


@pytest.mark.parametrize("wobble", [0.0, 0.05])
def test_a_dead_map_is_called_dead(wobble: float):
    same = np.log(drawn(1, 7, 2.0)) + wobble * np.random.default_rng(1).standard_normal((11, 7))
    weights = np.exp(same) / np.exp(same).sum(1, keepdims=True)
    found = liveliness([weights])
    assert found is not None
    assert found.verdict == "dead: almost the same map at every step"
    assert found.entropy == pytest.approx(found.constant_entropy, abs=0.01)


def test_rows_are_shares_whatever_they_sum_to():
    weights = drawn(5, 7, 2.0)
    scaled = np.vstack([0.3 * weights[:2], np.zeros((1, 7)), 4 * weights[2:]]).astype(np.float32)
    assert liveliness([scaled] * 2) == pytest.approx(liveliness([weights] * 2), rel=1e-5)


@pytest.mark.parametrize("shape", [(1, 7), (5, 1), (0, 7)])
def test_what_cannot_move_does_not_count(shape: tuple[int, int]):
    assert liveliness([np.ones(shape)]) is None
    assert liveliness([np.ones(shape), np.eye(3)]) == liveliness([np.eye(3)])


def test_between_is_the_formula_over_inputs():
    first, second, third = (drawn(5, 7, 2.0, seed) for seed in range(3))
    found = liveliness([first, second, third])
    assert found is not None
    expected = [
        np.mean([sum(abs(a - b) for a, b in zip(one[t], other[t], strict=True)) / 2 for t in range(5)])
        for one, other in ((first, second), (second, third))
    ]
    assert found.between == pytest.approx(np.mean(expected))


def test_a_map_that_is_the_same_for_every_input_is_called_dead():
    found = liveliness([np.eye(3)] * 4)
    assert found is not None
    assert found.between == 0
    assert found.verdict == "dead: almost the same map for every input"
    alone = liveliness([np.eye(3)])
    assert alone is not None
    assert alone.between is None
    assert alone.verdict is None


def test_dead_in_both_ways_is_said_of_both():
    found = liveliness([np.ones((3, 5)), np.ones((7, 2))])
    assert found is not None
    assert found.verdict == ("dead: almost the same map at every step; dead: almost the same map for every input")


def test_maps_of_other_sizes_are_compared_at_even_shares():
    """A diagonal of 20 is that of 10, each item cut in two; one the other way lies elsewhere but in the middle."""
    assert moved_between(np.repeat(np.repeat(np.eye(10), 2, 0), 2, 1) / 2, np.eye(10)) == 0
    assert moved_between(np.eye(20), np.eye(10)) == 0
    assert moved_between(np.eye(20), np.eye(10)[::-1]) == 1


def test_of_a_gate_it_counts_how_far_it_is_open():
    assert moved_between(np.full((1, 3), 0.25), np.full((1, 3), 0.75)) == 0.5
    assert moved_between(np.zeros((1, 3)), np.zeros((1, 3))) == 0


def test_figures_of_inputs_are_put_together_from_batches():
    maps = np.random.default_rng(0).random((6, 2, 3, 5))
    found = input_liveliness([input_figures(maps)])
    parted = input_liveliness([input_figures(maps[:4]), input_figures(maps[4:])])
    assert found is not None
    assert parted is not None
    assert parted.entropy == pytest.approx(found.entropy)
    assert parted.maps == found.maps == 6
    moved = [abs(a - b).sum() / (a + b).sum() for a, b in itertools.pairwise(maps)]
    assert found.between == pytest.approx(np.mean(moved))
    assert parted.between == pytest.approx(np.mean(moved[:3] + moved[4:]))
    assert found.verdict is None


def test_of_one_input_or_one_place_nothing_is_said():
    assert input_liveliness([input_figures(np.ones((1, 5)))]) is None
    assert input_liveliness([input_figures(np.ones((3, 1)))]) is None
    dead = input_liveliness([input_figures(np.full((3, 5), 0.5))])
    assert dead is not None
    assert dead.to_json() == {"entropy": pytest.approx(1), "between": 0, "maps": 3, "verdict": dead.verdict}
    assert dead.verdict == "dead: almost the same map for every input"
