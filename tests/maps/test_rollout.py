"""Rollout, checked by hand, and against the paper's formula written as a loop."""

import numpy as np
import pytest
from torch.testing import assert_close

from saccade.errors import DataError
from saccade.maps import AttentionMap, rolled_out
from saccade.maps.image_map import numbered
from saccade.maps.rollout import rolls_out

HEADS, ITEMS, LAYERS, BATCH = 3, 5, 7, 2


def same(one: np.ndarray, other: np.ndarray) -> None:
    # Copies: torch warns of arrays that are read-only.
    assert_close(np.array(one), np.array(other))


def layer_of(weights: np.ndarray) -> AttentionMap:
    names = ("example", "head", "query", "key")[-weights.ndim :]
    return AttentionMap(weights, tuple(numbered(name, size) for name, size in zip(names, weights.shape, strict=True)))


def random_layers(*before: int) -> list[np.ndarray]:
    random = np.random.default_rng(0)
    return [random.dirichlet(np.ones(ITEMS), (*before, ITEMS)).astype(np.float32) for _ in range(LAYERS)]


def test_two_layers_by_hand() -> None:
    # First layer: the heads' mean is [[.5, .5], [0, 1]]; with the residual half [[.75, .25], [0, 1]].
    first = layer_of(np.array([[[1.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]]]))
    # Second: [[0, 1], [1, 0]], with the residual half [[.5, .5], [.5, .5]].
    second = layer_of(np.array([[[0.0, 1.0], [1.0, 0.0]]] * 2))
    assert rolled_out([first, second]).weights.tolist() == [[0.375, 0.625], [0.375, 0.625]]
    # The other way round it is another map: [[.75, .25], [0, 1]] @ [[.5, .5], [.5, .5]] is even, too, so ask the last
    # row of the product with the first layer on the left.
    assert rolled_out([second, first]).weights.tolist() == [[0.5, 0.5], [0.5, 0.5]]


def test_many_layers_as_the_paper_multiplies_them() -> None:
    layers = random_layers(HEADS)
    expected = np.eye(ITEMS)
    for weights in layers:
        mean = weights.mean(axis=0)
        with_residual = np.zeros((ITEMS, ITEMS))
        for row in range(ITEMS):
            for column in range(ITEMS):
                with_residual[row, column] = 0.5 * mean[row, column] + 0.5 * (row == column)
            with_residual[row] /= with_residual[row].sum()
        expected = with_residual @ expected
    rolled = rolled_out([layer_of(weights) for weights in layers])
    same(rolled.weights, expected.astype(np.float32))
    assert [axis.name for axis in rolled.axes] == ["query", "key"]
    same(rolled.weights.sum(axis=-1), np.ones(ITEMS, np.float32))


def test_examples_are_rolled_out_one_by_one() -> None:
    layers = random_layers(BATCH, HEADS)
    together = rolled_out([layer_of(weights) for weights in layers])
    alone = rolled_out([layer_of(weights[1]) for weights in layers])
    same(together.weights[1], alone.weights)


def test_an_item_that_looks_at_nothing_stays_itself() -> None:
    weights = np.array([[[0.0, 0.0], [0.5, 0.5]]])
    assert rolled_out([layer_of(weights)]).weights.tolist() == [[1.0, 0.0], [0.25, 0.75]]


def test_what_rolls_out() -> None:
    assert rolls_out(layer_of(np.zeros((HEADS, ITEMS, ITEMS))))
    assert not rolls_out(layer_of(np.zeros((HEADS, 1, ITEMS))))
    assert not rolls_out(layer_of(np.zeros((ITEMS, ITEMS))))


@pytest.mark.parametrize("shapes", [[], [(1, 2)], [(2, 2), (3, 3)]])
def test_what_does_not(shapes: list[tuple[int, int]]) -> None:
    with pytest.raises(DataError, match="Only layers of self-attention can be rolled out"):
        rolled_out([layer_of(np.zeros(shape)) for shape in shapes])
