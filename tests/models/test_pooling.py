"""A pooling makes one vector of a memory, masked items counting for nothing."""

import pytest
import torch
from tests.attention.contract import LEAKY
from torch import Tensor

from saccade.attention import SCORES, SELECTIONS, Memory
from saccade.encoders import Encoded
from saccade.errors import OptionError
from saccade.models.pooling import POOLINGS, AttentionPooling, ClassToken, Mean
from saccade.recording import listening

BATCH, ITEMS, D_MEMORY = 2, 7, 5


def make_items() -> Tensor:
    return torch.randn(BATCH, ITEMS, D_MEMORY, dtype=torch.float64, generator=torch.Generator().manual_seed(3))


def encoded(items: Tensor, mask: Tensor | None = None) -> Encoded:
    return Encoded(Memory(items, items, mask), ((items[:, 0] * 2,),))


def make_mask() -> Tensor:
    mask = torch.ones(BATCH, ITEMS, dtype=torch.bool)
    mask[1, [0, 4, 6]] = False
    return mask


def make(kind: str, **options) -> torch.nn.Module:
    torch.manual_seed(0)
    return POOLINGS[kind](D_MEMORY, **options).double()


@pytest.mark.parametrize("kind", POOLINGS)
def test_makes_one_vector_for_each_image(kind: str):
    pooling = make(kind)
    together = pooling(encoded(make_items()))
    assert together.shape == (BATCH, D_MEMORY)
    alone = torch.cat([pooling(encoded(row[None])) for row in make_items()])
    torch.testing.assert_close(together, alone, atol=1e-10, rtol=0)


@pytest.mark.parametrize("kind", ["mean", "attention"])
def test_what_is_masked_has_no_influence(kind: str):
    pooling, mask = make(kind), make_mask()
    spoilt = torch.where(mask[..., None], make_items(), torch.nan).requires_grad_()
    ours = pooling(encoded(spoilt, mask))
    torch.testing.assert_close(ours[1:], pooling(encoded(make_items()[1:, mask[1]])))
    ours.sum().backward()
    assert spoilt.grad is not None
    assert spoilt.grad.isfinite().all()


@pytest.mark.parametrize("kind", ["mean", "attention"])
def test_where_nothing_may_be_looked_at_the_vector_is_zero(kind: str):
    pooled = make(kind)(encoded(make_items(), torch.zeros(BATCH, ITEMS, dtype=torch.bool)))
    torch.testing.assert_close(pooled, torch.zeros_like(pooled))


@pytest.mark.parametrize("kind", ["mean", "attention"])
def test_the_order_of_items_does_not_matter(kind: str):
    pooling, order = make(kind), torch.tensor([3, 1, 6, 0, 2, 5, 4])
    torch.testing.assert_close(pooling(encoded(make_items()[:, order])), pooling(encoded(make_items())))


@pytest.mark.parametrize("kind", POOLINGS)
def test_gradients_are_right(kind: str):
    pooling = make(kind)
    items = make_items()[:, :3].clone().requires_grad_()
    parameters = tuple(pooling.parameters())
    mask = make_mask()[:, :3]
    assert torch.autograd.gradcheck(lambda x, *_: pooling(encoded(x, mask)), (items, *parameters))


@pytest.mark.parametrize("score", [name for name, part in SCORES.items() if not part.state_parts])
@pytest.mark.parametrize("selection", [name for name, part in SELECTIONS.items() if not part.state_parts])
def test_attention_takes_any_score_and_selection_and_shows_its_look(score: str, selection: str):
    pooling = make("attention", score=score, selection=selection)
    items = make_items().requires_grad_()
    maps: list[Tensor] = []
    with listening(lambda _, weights, __: maps.append(weights)):
        pooled = pooling(encoded(items))
    (weights,) = maps
    assert weights.shape == (BATCH, 1, ITEMS)
    if selection not in LEAKY:
        torch.testing.assert_close(weights.sum(-1), torch.ones(BATCH, 1, dtype=torch.float64))
    torch.testing.assert_close(pooled, (weights @ items)[:, 0])
    if selection == "hard":
        assert set(weights.unique().tolist()) == {0.0, 1.0}
    pooled.square().sum().backward()
    assert [name for name, part in pooling.named_parameters() if part.grad is None] == []


def test_mean_is_the_mean_of_the_places_and_class_token_the_state():
    items = make_items()
    torch.testing.assert_close(Mean(D_MEMORY)(encoded(items)), items.mean(1))
    torch.testing.assert_close(ClassToken(D_MEMORY)(encoded(items)), items[:, 0] * 2)


def test_a_query_of_its_own_width():
    assert AttentionPooling(D_MEMORY, d_query=3).query.shape == (3,)
    with pytest.raises(OptionError, match="`scaled_dot` needs queries as wide as keys, but `d_query` is 3"):
        AttentionPooling(D_MEMORY, score="scaled_dot", d_query=3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"score": "location"},
            "`pooling.score` is 'location', which depends on earlier looks.* Take one of `additive`, ",
        ),
        ({"score": "coverage"}, "`pooling.score` is 'coverage', which depends on earlier looks"),
        ({"selection": "monotonic"}, "`pooling.selection` is 'monotonic', which .* Take one of `entmax`, `hard`"),
        ({"selection": "local_m"}, "`pooling.selection` is 'local_m', which depends on earlier looks"),
        ({"score": "aditive"}, "`pooling.score` is 'aditive', which is not known. Did you mean `additive`"),
        ({"selection": "hart"}, "`pooling.selection` is 'hart', which is not known. Did you mean `hard`"),
    ],
)
def test_parts_that_are_unknown_or_need_earlier_looks_are_refused(options: dict, message: str):
    with pytest.raises(OptionError, match=message):
        AttentionPooling(D_MEMORY, **options)
