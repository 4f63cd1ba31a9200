import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.search.toy import BEGIN, END, Toy, forced, toy

from saccade.errors import DivergedError, OptionError
from saccade.search import SEARCHES, greedy

LIMITS = {"begin": BEGIN, "end": END, "forbidden": [0, BEGIN]}
# What each search needs beside the limits, for one sentence.
OPTIONS = {"greedy": {}, "beam": {"beam": 3}, "sample": {"seeds": [5]}}


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10**6), min_length=st.integers(0, 4), lengths=st.lists(st.integers(1, 11), max_size=19))
def test_greedy_takes_the_likeliest_token(seed: int, min_length: int, lengths: list[int]) -> None:
    step = toy(len(lengths), 7, seed)
    found = greedy(step, begin=BEGIN, end=END, max_lengths=lengths, min_length=min_length, forbidden=[0, BEGIN])
    for sentence, ((hypothesis,), longest) in enumerate(zip(found, lengths, strict=True)):
        wanted = by_hand(step, sentence, longest, min_length)
        assert (hypothesis.tokens, hypothesis.finished) == (wanted, wanted[-1] == END)
        log_prob, weights = forced(step, sentence, wanted)
        torch.testing.assert_close(hypothesis.log_prob, log_prob, rtol=0, atol=1e-10)
        torch.testing.assert_close(hypothesis.score, log_prob / len(wanted), rtol=0, atol=1e-10)
        torch.testing.assert_close(hypothesis.weights, weights, rtol=0, atol=0)


def by_hand(step: Toy, sentence: int, longest: int, min_length: int) -> list[int]:
    """The likeliest tokens of a sentence, one by one."""
    tokens: list[int] = []
    written = BEGIN + 1
    while len(tokens) < longest and END not in tokens:
        row = step.tables[sentence, written].tolist()
        allowed = [
            token for token in range(len(row)) if token > END or (token == END and len(tokens) + 1 >= min_length)
        ]
        tokens.append(max(allowed, key=lambda token: row[token]))
        written = (written * 31 + tokens[-1] + 1) % step.tables.shape[1]
    return tokens


def test_equal_tokens_go_to_the_lowest() -> None:
    ((hypothesis,),) = greedy(Toy(torch.full((1, 101, 7), -2.0), None), max_lengths=[3], min_length=3, **LIMITS)
    assert hypothesis.tokens == [3, 3, END]


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize(
    ("value", "got"),
    [(torch.nan, "NaN"), (torch.inf, "inf"), (-torch.inf, "-inf for every token"), (3.0, "3")],
    ids=["nan", "inf", "-inf", "logits"],
)
def test_what_is_no_log_probability_is_refused(search: str, value: float, got: str) -> None:
    step = toy(1, 7, prefixes=11)
    step.tables[:] = value
    with pytest.raises(DivergedError, match=f"`log_probs` of sentence 0, token 1, must be .* but has {got}"):
        SEARCHES[search](step, max_lengths=[5], **LIMITS, **OPTIONS[search])


@pytest.mark.parametrize("search", SEARCHES)
def test_the_message_names_the_sentence_and_the_token(search: str) -> None:
    step = toy(7, 5, seed=3)
    step.tables[5, 0:2] = torch.nan
    step.tables[5, 3:] = torch.nan
    options = OPTIONS[search] | ({"seeds": range(7)} if search == "sample" else {})
    with pytest.raises(DivergedError, match="`log_probs` of sentence 5, token 2, must be"):
        SEARCHES[search](step, max_lengths=[1, 1, 5, 5, 5, 5, 5], min_length=3, **LIMITS, **options)


@pytest.mark.parametrize("search", SEARCHES)
def test_a_sentence_without_an_allowed_token_is_refused(search: str) -> None:
    table = torch.tensor([-0.7, -0.7, -torch.inf, -torch.inf, -torch.inf]).expand(1, 101, 5)
    with pytest.raises(DivergedError, match="sentence 0, token 1, must leave a token that is allowed"):
        SEARCHES[search](Toy(table, None), max_lengths=[5], **LIMITS, **OPTIONS[search])


@pytest.mark.parametrize("search", SEARCHES)
def test_a_sure_end_is_no_divergence(search: str) -> None:
    table = torch.tensor([-torch.inf, -torch.inf, 0.0, -torch.inf, -torch.inf]).expand(1, 101, 5)
    ((hypothesis,),) = SEARCHES[search](Toy(table, None), max_lengths=[5], **LIMITS, **OPTIONS[search])
    assert (hypothesis.tokens, hypothesis.log_prob, hypothesis.finished) == ([END], 0.0, True)


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_lengths": [3, 3]}, "`max_lengths` must have a length for each sentence = 1, but has 2"),
        ({"max_lengths": [-3]}, "`max_lengths` must be at least 0, but one is -3"),
        ({"min_length": -1}, "`min_length` must be at least 0, but is -1"),
        ({"forbidden": [END]}, "`forbidden` must not hold the end token, but has 2"),
        ({"forbidden": [7]}, "must be tokens from 0 to 6, but one is 7"),
        ({"end": 11}, "must be tokens from 0 to 6, but one is 11"),
        ({"length_penalty": -1.0}, "`length_penalty` must be at least 0, but is -1.0"),
    ],
)
def test_limits_that_make_no_sense_are_refused(search: str, options: dict[str, object], message: str) -> None:
    given_options = {"max_lengths": [5], **LIMITS, **OPTIONS[search], **options}
    with pytest.raises(OptionError, match=message):
        SEARCHES[search](toy(), **given_options)


@pytest.mark.parametrize("search", SEARCHES)
def test_no_gradient_is_recorded(search: str) -> None:
    step = toy()
    step.tables.requires_grad_()
    assert step.weights is not None
    step.weights.requires_grad_()
    ((hypothesis,),) = SEARCHES[search](step, max_lengths=[5], **LIMITS, **OPTIONS[search])
    assert hypothesis.weights is not None
    assert not hypothesis.weights.requires_grad
