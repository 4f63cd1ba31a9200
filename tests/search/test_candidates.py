import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from saccade.search.candidates import Allowed, best, first_largest


def sorted_all(log_probs: Tensor, running: Tensor, count: int, barred: list[int]) -> list[list[tuple[float, int, int]]]:
    """What `best` must find, by sorting everything in Python."""
    sentences, hypotheses = running.shape
    found = []
    for sentence in range(sentences):
        triples = []
        for k in range(hypotheses):
            row = log_probs[sentence * hypotheses + k]
            for token in set(range(len(row))) - set(barred):
                triples.append((-float(row[token] + running[sentence, k]), k, token))
        found.append(sorted(triples)[:count])
    return found


@settings(max_examples=15, deadline=None)
@given(
    sentences=st.integers(1, 3),
    hypotheses=st.integers(1, 5),
    size=st.sampled_from([1, 2, 3, 63, 64, 65, 131, 200]),
    count=st.sampled_from([1, 3, 5, 16, 17, 40]),
    levels=st.sampled_from([2, 3, 1000]),
    barred_share=st.sampled_from([0.0, 0.1, 0.9]),
    seed=st.integers(0, 10**6),
)
def test_best_is_a_sort_of_everything(
    sentences: int, hypotheses: int, size: int, count: int, levels: int, barred_share: float, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    log_probs = -torch.randint(0, levels, (sentences * hypotheses, size), generator=generator).double()
    log_probs[torch.rand(log_probs.shape, generator=generator) < 0.1] = -torch.inf
    running = -torch.randint(0, levels, (sentences, hypotheses), generator=generator).double()
    running[:, 1:][torch.rand(sentences, hypotheses - 1, generator=generator) < 0.2] = -torch.inf
    barred = (torch.rand(size, generator=generator) < barred_share).nonzero().flatten().tolist()
    found, top = best(log_probs, running, count, Allowed(size, barred, log_probs.device))
    allowed = log_probs.clone()
    allowed[:, barred] = -torch.inf
    torch.testing.assert_close(top, allowed.amax(1))
    for sentence, wanted in enumerate(sorted_all(log_probs, running, count, barred)):
        alive = [triple for triple in wanted if triple[0] < torch.inf]
        columns = (-found.log_prob[sentence], found.parent[sentence], found.token[sentence])
        got = list(zip(*(column.tolist() for column in columns), strict=True))
        assert got[: len(alive)] == alive
        assert (found.log_prob[sentence, len(alive) :] == -torch.inf).all()
    assert (found.token < size).all()
    assert (found.parent < hypotheses).all()


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32])
def test_sums_of_half_precision_are_made_in_single(dtype: torch.dtype) -> None:
    log_probs = torch.randn(15, 131, generator=torch.Generator().manual_seed(3)).log_softmax(1).to(dtype)
    running = torch.tensor([[-100.0, -100.1, -100.2, -100.3, -100.4]] * 3)
    found, _ = best(log_probs, running, 7, Allowed(131, [0], log_probs.device))
    totals = (log_probs.float().view(3, 5, 131) + running[:, :, None])[:, :, 1:].flatten(1)
    assert found.log_prob.dtype == torch.float32
    torch.testing.assert_close(found.log_prob, totals.topk(7).values, rtol=0, atol=0)


@pytest.mark.parametrize("count", [1, 3, 16, 17, 23])
def test_first_largest_takes_the_lower_of_equal_ones(count: int) -> None:
    values = torch.randint(0, 3, (7, 23), generator=torch.Generator().manual_seed(count)).float()
    values[values == 0] = -torch.inf
    values[3] = -torch.inf
    wanted = [sorted(range(23), key=lambda place: (-row[place], place))[:count] for row in values.tolist()]
    assert first_largest(values, count).tolist() == wanted


def test_nothing_is_written_into_the_log_probabilities() -> None:
    log_probs = torch.randn(6, 67).log_softmax(1)
    before = log_probs.clone()
    best(log_probs, torch.zeros(2, 3), 3, Allowed(67, [0, 1], log_probs.device))
    torch.testing.assert_close(log_probs, before, rtol=0, atol=0)
