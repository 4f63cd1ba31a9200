"""Looking at a network's own past: exact, and refused where it cannot be."""

import pytest
import torch
from tests.attention.contract import OPTIONS

from saccade.attention import SCORES, SELECTIONS, Attention, Growing, History, Past
from saccade.attention.scores import Additive
from saccade.attention.selections import Hard, Soft, make_selection
from saccade.errors import OptionError

ROWS, STEPS, D_INPUT, D_STATE = 2, 5, 3, 7


def make(**options: str) -> History:
    torch.manual_seed(0)
    return History(Attention(Additive(D_INPUT + D_STATE, D_STATE), make_selection("soft", 1, **options)))


def past_of(history: History, shown: torch.Tensor, kept: torch.Tensor, mask: torch.Tensor | None = None) -> Past:
    growing = Growing(STEPS)
    for step in range(STEPS):
        real = None if mask is None else mask[:, step, None]
        prepared = growing.extend(history.remember((shown[:, step], kept[:, step]), real))
    return Past(prepared, shown[:, 0])


def test_state_is_the_mean_of_the_earlier_ones_by_the_weights():
    history = make()
    shown, kept = torch.randn(2, ROWS, STEPS, D_STATE)
    state, weights = history(torch.randn(ROWS, D_INPUT), past_of(history, shown, kept))
    for part, all_of_it in zip(state, (shown, kept), strict=True):
        torch.testing.assert_close(part, torch.einsum("rqs,rsd->rd", weights, all_of_it))


def test_where_there_was_no_step_there_is_no_influence_and_with_none_at_all_the_state_is_zero():
    history = make()
    shown, kept = torch.randn(2, ROWS, STEPS, D_STATE)
    mask = torch.tensor([[False, True, True, False, True], [False] * STEPS])
    inputs = torch.randn(ROWS, D_INPUT)
    (state, _), weights = history(inputs, past_of(history, shown, kept, mask))
    noisy = torch.where(mask[:, :, None], shown, torch.nan)
    noisy[:, 0] = shown[:, 0]  # the summary of this past
    (other, _), _ = history(inputs, past_of(history, noisy, kept, mask))
    torch.testing.assert_close(state, other, atol=0, rtol=0)
    assert (weights[~mask[:, None]] == 0).all()
    assert (state[1] == 0).all()


def test_gradients_are_right():
    history = make().double()
    tensors = [torch.randn(ROWS, STEPS, D_STATE, dtype=torch.float64, requires_grad=True) for _ in range(2)]
    inputs = torch.randn(ROWS, D_INPUT, dtype=torch.float64, requires_grad=True)
    mask = torch.tensor([[True] * STEPS, [False, True, True, False, False]])

    def look(inputs: torch.Tensor, shown: torch.Tensor, kept: torch.Tensor) -> torch.Tensor:
        return torch.cat(history(inputs, past_of(history, shown, kept, mask))[0])

    assert torch.autograd.gradcheck(look, (inputs, *tensors))


def test_under_autocast_states_stay_exact():
    history = make()
    shown, kept = torch.randn(2, ROWS, STEPS, D_STATE)
    inputs = torch.randn(ROWS, D_INPUT)
    expected, _ = history(inputs, past_of(history, shown, kept))
    with torch.autocast("cpu", torch.bfloat16):
        found, _ = history(inputs, past_of(history, shown, kept))
    torch.testing.assert_close(found, expected, atol=0, rtol=0)


@pytest.mark.parametrize("name", [name for name, part in SCORES.items() if part.state_parts])
def test_a_score_that_depends_on_earlier_looks_is_refused(name: str):
    score = SCORES[name](d_query=D_INPUT + D_STATE, d_key=D_STATE, **OPTIONS.get(name, {}))
    with pytest.raises(OptionError, match=rf"`history.score` is {type(score).__name__}.* such as `additive`"):
        History(Attention(score, Soft()))


@pytest.mark.parametrize("name", [name for name, part in SELECTIONS.items() if part.state_parts])
def test_a_selection_that_depends_on_earlier_looks_is_refused(name: str):
    selection = make_selection(name, D_INPUT + D_STATE, **OPTIONS.get(name, {}))
    with pytest.raises(OptionError, match=rf"`history.selection` is {type(selection).__name__}.* such as `soft`"):
        History(Attention(Additive(D_INPUT + D_STATE, D_STATE), selection))


def test_looks_that_would_have_to_be_rewarded_are_refused():
    attention = Attention(Additive(D_INPUT + D_STATE, D_STATE), Hard(estimator="reinforce"))
    with pytest.raises(OptionError, match=r"only looks at the source are rewarded"):
        History(attention)
