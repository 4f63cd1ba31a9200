"""Location-aware score: it sees the last weights around each key."""

import pytest
import torch
from torch.testing import assert_close

from saccade.attention import Attention, Memory
from saccade.attention.scores import Additive, Location
from saccade.attention.selections import Soft
from saccade.errors import OptionError


def make(**options: int) -> Location:
    torch.manual_seed(0)
    return Location(d_query=11, d_key=13, d_score=5, **({"filters": 3, "reach": 2} | options)).double()


def inputs(keys: int = 7) -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(1)
    return torch.randn(2, 3, 11, dtype=torch.float64), torch.randn(2, keys, 13, dtype=torch.float64)


def test_is_the_formula():
    score, (query, keys) = make(), inputs()
    last = torch.rand(2, 3, 7, dtype=torch.float64)
    scores = score(query, score.prepare(keys), (last,))
    assert scores.shape == (2, 3, 7)
    around = torch.cat([last[1, 2, 4:7], torch.zeros(2, dtype=torch.float64)])  # of the last key, with nothing beyond
    features = score.project_features.weight @ (score.filters.weight[:, 0] @ around)
    sums = score.project_query(query[1, 2]) + score.project_key.weight @ keys[1, 6] + features
    assert_close(scores[1, 2, 6], score.v @ sums.tanh())


def test_the_first_look_is_additive():
    score, (query, keys) = make(), inputs()
    plain = Additive(11, 13, 5).double()
    plain.load_state_dict({name: value for name, value in score.state_dict().items() if name in plain.state_dict()})
    with torch.no_grad():
        score.project_query.bias.zero_()
    assert_close(score(query, score.prepare(keys)), plain(query, plain.prepare(keys)))


def test_can_learn_to_look_one_further_each_time():
    """Filters that move the last weights to the right: the look goes along the source by itself."""
    score = make(reach=1, filters=1)
    with torch.no_grad():
        for parameter in score.parameters():
            parameter.zero_()
        score.filters.weight[0, 0, 0] = score.project_features.weight[0, 0] = 1  # the weight of the key to the left
        score.v[0] = 50
    attention = Attention(score, Soft())
    prepared = attention.remember(Memory(*torch.zeros(2, 1, 7, 13).double()))
    state = (torch.nn.functional.one_hot(torch.tensor([[2]]), 7).double(),)
    for place in (3, 4, 5, 6):
        _, weights, state = attention(torch.zeros(1, 1, 11).double(), prepared, state)
        assert int(weights[0, 0].argmax()) == place
        assert weights.max() > 0.99


@pytest.mark.parametrize("keys", [1, 3])
def test_filters_wider_than_the_source_work(keys: int):
    score, (query, memory) = make(reach=23), inputs(keys)
    assert score(query, score.prepare(memory), (torch.ones(2, 3, keys).double(),)).shape == (2, 3, keys)


@pytest.mark.parametrize("name", ["filters", "reach", "d_score"])
def test_a_size_below_one_is_refused(name: str):
    with pytest.raises(OptionError, match=f"`{name}` must be at least 1, but is 0"):
        Location(**({"d_query": 3, "d_key": 5} | {name: 0}))
