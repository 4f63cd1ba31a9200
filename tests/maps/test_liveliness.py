"""A map that follows its source is told from one that is the same at every step."""

import numpy as np
import pytest

from saccade.maps.liveliness import constant, entropy, liveliness, movement


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
    assert liveliness([scaled]) == pytest.approx(liveliness([weights]), rel=1e-5)


@pytest.mark.parametrize("shape", [(1, 7), (5, 1), (0, 7)])
def test_what_cannot_move_does_not_count(shape: tuple[int, int]):
    assert liveliness([np.ones(shape)]) is None
    assert liveliness([np.ones(shape), np.eye(3)]) == liveliness([np.eye(3)])
