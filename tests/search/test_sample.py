from collections import Counter
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.search.toy import BEGIN, END, Toy, forced, toy

from saccade.errors import OptionError
from saccade.search import Hypothesis, greedy, sample
from saccade.search.sample import inverse

seeds = st.integers(0, 10**6)
# For 6 to 9 degrees of freedom, a fair draw is above this once in more than ten thousand times.
TOO_FAR = 36.0


def draw(step: Toy, longest: Any = 7, **options: Any) -> list[list[Hypothesis]]:
    """Sample a toy as its tests do: pad (0) and begin are forbidden, a seed is a sentence's number."""
    defaults = {"max_lengths": [longest] * step.sentences, "seeds": range(step.sentences), "forbidden": [0, BEGIN]}
    return sample(step, begin=BEGIN, end=END, **(defaults | options))


def distance(found: Counter[int], expected: torch.Tensor) -> float:
    """Pearson's chi-square of counts against a distribution; infinite where the impossible was drawn."""
    assert set(found) <= set(expected.nonzero().flatten().tolist())
    total = sum(found.values())
    return sum((found[i] - total * p) ** 2 / (total * p) for i, p in enumerate(expected.tolist()) if p)


def first_tokens(step: Toy, **options: Any) -> Counter[int]:
    return Counter(hypothesis.tokens[0] for hypothesis in draw(step, 1, samples=4001, **options)[0])


def distribution(step: Toy, temperature: float = 1.0, allowed: int = 2) -> torch.Tensor:
    """The distribution of a toy's first token, without those below `allowed`."""
    log_probs = step.tables[0, BEGIN + 1] / temperature
    return torch.where(torch.arange(len(log_probs)) >= allowed, log_probs, -torch.inf).softmax(0)


@pytest.mark.parametrize("size", [9, 131])
@pytest.mark.parametrize("temperature", [0.5, 1.0, 1.7])
def test_frequencies_are_those_of_the_distribution(size: int, temperature: float) -> None:
    step = toy(1, size, sharpness=1.0)
    expected = distribution(step, temperature)
    found = first_tokens(step, temperature=temperature)
    folded = Counter[int]()
    for token, times in found.items():
        folded[token % 8] += times
    expected_folded = torch.zeros(8, dtype=expected.dtype).index_add_(0, torch.arange(size) % 8, expected)
    assert distance(folded, expected_folded) < TOO_FAR


def test_a_wrong_distribution_would_be_noticed() -> None:
    step = toy(1, 9, sharpness=1.0)
    assert distance(first_tokens(step, temperature=1.2), distribution(step)) > TOO_FAR


@pytest.mark.parametrize("top_k", [1, 3, 5])
def test_top_k_draws_from_the_likeliest(top_k: int) -> None:
    step = toy(1, 11)
    expected = distribution(step)
    expected[expected < expected.topk(top_k).values[-1]] = 0
    found = first_tokens(step, top_k=top_k)
    assert len(found) == top_k
    assert distance(found, expected / expected.sum()) < TOO_FAR


@pytest.mark.parametrize(("size", "sharpness"), [(11, 2.0), (601, 0.1)])
@pytest.mark.parametrize("top_p", [0.01, 0.5, 0.9])
def test_top_p_draws_from_the_smallest_set_with_this_mass(size: int, sharpness: float, top_p: float) -> None:
    """With 601 nearly equal tokens, the mass is not among the few that are looked at first."""
    step = toy(1, size, sharpness=sharpness)
    expected = distribution(step)
    falling = sorted(expected.tolist(), reverse=True)
    needed = next(n for n in range(1, size + 1) if sum(falling[:n]) >= top_p)
    allowed = set(expected.topk(needed).indices.tolist())
    found = first_tokens(step, top_p=top_p)
    assert set(found) <= allowed
    # Each of n nearly equal tokens is missed with probability exp(-4001 / n).
    assert len(found) > 0.97 * needed


def test_top_p_counts_the_mass_that_top_k_left() -> None:
    table = torch.tensor([0.0, 0.0, 0.4, 0.3, 0.2, 0.1]).log().expand(1, 101, 6)
    # Of 0.4 and 0.3, the first alone is 0.57 of the mass.
    assert set(first_tokens(Toy(table, None), top_k=2, top_p=0.55)) == {2}
    assert set(first_tokens(Toy(table, None), top_k=2, top_p=0.6)) == {2, 3}
    assert set(first_tokens(Toy(table, None), top_p=1.0)) == {2, 3, 4, 5}


@settings(max_examples=8, deadline=None)
@given(
    seed=seeds, options=st.sampled_from([{"temperature": 0.0}, {"temperature": 1e-9}, {"top_k": 1}, {"top_p": 1e-9}])
)
def test_the_sharpest_sampling_is_greedy(seed: int, options: dict[str, float]) -> None:
    step = toy(3, 11, seed)
    wanted = greedy(step, begin=BEGIN, end=END, max_lengths=[7] * 3, forbidden=[0, BEGIN])
    found = draw(step, **options)
    assert [h.tokens for (h,) in found] == [h.tokens for (h,) in wanted]
    torch.testing.assert_close([h.score for (h,) in found], [h.score for (h,) in wanted], rtol=0, atol=1e-10)


@settings(max_examples=8, deadline=None)
@given(seed=seeds, lengths=st.lists(st.integers(0, 11), min_size=2, max_size=19), samples=st.sampled_from([1, 3]))
def test_a_sentence_does_not_depend_on_its_batch(seed: int, lengths: list[int], samples: int) -> None:
    step = toy(len(lengths), 7, seed)
    together = draw(step, max_lengths=lengths, samples=samples)
    for sentence, found in enumerate(together):
        (alone,) = draw(step.alone(sentence), max_lengths=[lengths[sentence]], samples=samples, seeds=[sentence])
        assert [h.tokens for h in found] == [h.tokens for h in alone]
        torch.testing.assert_close([h.score for h in found], [h.score for h in alone], rtol=0, atol=1e-10)


@settings(max_examples=8, deadline=None)
@given(seed=seeds, temperature=st.sampled_from([0.5, 1.0, 2.0]), min_length=st.integers(0, 4))
def test_log_probs_and_weights_are_the_models_own(seed: int, temperature: float, min_length: int) -> None:
    step = toy(3, 7, seed)
    found = draw(step, samples=5, temperature=temperature, top_k=4, min_length=min_length)
    for sentence, hypotheses in enumerate(found):
        scores = [hypothesis.score for hypothesis in hypotheses]
        assert scores == sorted(scores, reverse=True)
        assert len(scores) == 5
        for hypothesis in hypotheses:
            log_prob, weights = forced(step, sentence, hypothesis.tokens)
            torch.testing.assert_close(hypothesis.weights, weights, rtol=0, atol=0)
            torch.testing.assert_close(hypothesis.log_prob, log_prob, rtol=0, atol=1e-10)
            assert hypothesis.finished == (hypothesis.tokens[-1] == END)
            assert not {0, BEGIN} & set(hypothesis.tokens)
            assert END not in hypothesis.tokens[:-1]
            assert len(hypothesis.tokens) >= min_length


def test_more_samples_begin_with_the_same() -> None:
    few, many = (draw(toy(), samples=samples)[0] for samples in (3, 7))
    drawn = Counter(tuple(h.tokens) for h in many)
    assert not Counter(tuple(h.tokens) for h in few) - drawn
    assert len(drawn) > 3


def test_seeds_make_the_difference() -> None:
    step = Toy(toy().tables.expand(7, -1, -1), None)
    assert len({tuple(h.tokens) for (h,) in draw(step, seeds=[3] * 7)}) == 1
    assert len({tuple(h.tokens) for (h,) in draw(step, seeds=range(7))}) > 1


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_inverse_never_falls_on_what_has_no_width(dtype: torch.dtype) -> None:
    likelihood = torch.zeros(3, 200, dtype=dtype)
    likelihood[:, [1, 70, 198]] = torch.tensor([0.1, 1e-30, 0.3], dtype=dtype)
    almost = torch.nextafter(torch.tensor(1.0, dtype=dtype), torch.tensor(0.0, dtype=dtype))
    uniform = torch.tensor([0.0, 0.5, almost], dtype=dtype)
    assert inverse(likelihood, uniform).tolist() == [1, 198, 198]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"samples": 0}, "`samples` must be at least 1, but is 0"),
        ({"temperature": -1.0}, "`temperature` must be at least 0, but is -1.0"),
        ({"temperature": float("nan")}, "`temperature` must be at least 0, but is nan"),
        ({"top_k": 0}, "`top_k` must be at least 1, but is 0"),
        ({"top_p": 0.0}, "`top_p` must be above 0 and at most 1, but is 0.0"),
        ({"top_p": 1.5}, "`top_p` must be above 0 and at most 1, but is 1.5"),
        ({"seeds": [1, 2]}, r"`seeds` must be a number of at least 0 for each sentence = 1, but is \[1, 2\]"),
        ({"seeds": [-1]}, r"`seeds` must be .* but is \[-1\]"),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        draw(toy(), **options)
