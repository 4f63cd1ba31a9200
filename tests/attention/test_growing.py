"""A memory that grew item by item is the memory of all items, and its gradients are those of `torch.cat`."""

import pytest
import torch
from tests.attention.contract import BATCH, CASES, D_KEY, D_VALUE, KEY, Case, make_mask, make_query
from torch import Tensor

from saccade.attention import SCORES, SELECTIONS, Attention, Growing, Memory, Prepared

FORGETFUL = [
    case
    for case in CASES
    if not (case.heads or SCORES[case.score].state_parts or SELECTIONS[case.selection].state_parts)
]


def make_items() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(3)
    shapes = (BATCH, KEY, D_KEY), (BATCH, KEY, D_VALUE)
    keys, values = (torch.randn(shape, dtype=torch.float64, generator=generator) for shape in shapes)
    return keys.requires_grad_(), values.requires_grad_()


def grow(attention: Attention, keys: Tensor, values: Tensor, mask: Tensor, first: int) -> list[Prepared]:
    """What there is after each addition: first some items, then one by one; masks only where something is masked."""
    growing, grown = Growing(room=KEY), []
    for begin, end in [(0, first), *((place, place + 1) for place in range(first, KEY))]:
        own = mask[:, begin:end]
        memory = Memory(keys[:, begin:end], values[:, begin:end], None if own.all() else own)
        grown.append(growing.extend(attention.remember(memory)))
    return grown


@pytest.mark.parametrize("case", FORGETFUL, ids=str)
@pytest.mark.parametrize("first", [1, 4])
def test_grown_is_remembered_at_once(case: Case, first: int):
    attention, query = case.build().eval(), make_query(case)
    assert isinstance(attention, Attention)
    keys, values = make_items()
    mask = make_mask()
    wanted = [query, keys, values]
    looks, expected = [], []
    for place, prepared in enumerate(grow(attention, keys, values, mask, first), start=first):
        looks.append(attention(query[:, :1], prepared))
        whole = attention.remember(Memory(keys[:, :place], values[:, :place], mask[:, :place]))
        expected.append(attention(query[:, :1], whole))
    for ours, theirs in zip(looks, expected, strict=True):
        torch.testing.assert_close(ours.context, theirs.context)
        torch.testing.assert_close(ours.weights, theirs.weights)
    mine, others = (
        torch.autograd.grad(sum(look.context.square().sum() for look in seen), wanted)  # pyright: ignore[reportArgumentType]
        for seen in (looks, expected)
    )
    torch.testing.assert_close(mine, others)


def views_of(items: Tensor) -> list[Tensor]:
    growing = Growing(room=KEY)
    return [growing.extend(Prepared(one[:, None], one[:, None])).keys for one in items.unbind(1)]


def test_a_longer_view_does_not_change_a_shorter_one():
    items = make_items()[0]
    for place, view in enumerate(views_of(items), start=1):
        torch.testing.assert_close(view, items[:, :place])


@pytest.mark.parametrize("looked", [[6], [2, 4], [0, 3, 6], [0]])
def test_gradients_of_looks_at_some_of_the_views(looked: list[int]):
    items = make_items()[0]
    views = views_of(items)
    loss = torch.stack([(views[place] ** 3).sum() * (place + 2) for place in looked]).sum()
    expected = torch.stack([(items[:, : place + 1] ** 3).sum() * (place + 2) for place in looked]).sum()
    for _ in range(2):  # a second pass over the same graph begins anew
        ours, theirs = (torch.autograd.grad(one, items, retain_graph=True) for one in (loss, expected))
        torch.testing.assert_close(ours, theirs)


def test_a_pass_that_stops_on_the_way_leaves_nothing_to_the_next():
    items = [item.detach().requires_grad_() for item in make_items()[0].unbind(1)]
    growing = Growing(room=KEY)
    views = [growing.extend(Prepared(item[:, None], item[:, None])).keys for item in items]
    late, early = views[6].square().sum(), views[2].square().sum()
    (gradient,) = torch.autograd.grad(late, items[5], retain_graph=True)
    torch.testing.assert_close(gradient, 2 * items[5])
    for place in range(3):
        (gradient,) = torch.autograd.grad(early, items[place], retain_graph=True)
        torch.testing.assert_close(gradient, 2 * items[place])


def test_goes_on_from_what_there_was():
    items = make_items()[0]
    begun = Prepared(items[:, :3], items[:, :3], make_mask()[:, :3])
    grown = Growing(1, begun).extend(Prepared(items[:, 3:4], items[:, 3:4]))
    torch.testing.assert_close(grown.keys, items[:, :4])
    assert grown.mask is not None
    assert grown.mask.tolist() == [[True] * 4, [False, True, True, True]]


def test_without_gradients_it_grows_as_well():
    items = make_items()[0]
    with torch.no_grad():
        views = views_of(items)
    assert not views[-1].requires_grad
    torch.testing.assert_close(views[-1], items.detach())
