import json
import random

import numpy as np
import torch

from saccade.training.generators import generator_states, restore_generators, seeded


def draw() -> tuple[float, float, float]:
    return float(torch.rand(())), float(np.random.rand()), random.random()


def test_states_come_back_from_json() -> None:
    random.gauss(0.0, 1.0)
    states = json.loads(json.dumps(generator_states()))
    first = [draw() for _ in range(3)]
    restore_generators(states)
    assert [draw() for _ in range(3)] == first


def test_a_seed_says_all_and_leaves_nothing_behind() -> None:
    before = json.dumps(generator_states())
    with seeded(7):
        first = draw()
    assert json.dumps(generator_states()) == before
    with seeded(7):
        assert draw() == first
    with seeded(11):
        different = draw()
    assert all(ours != theirs for ours, theirs in zip(first, different, strict=True))
