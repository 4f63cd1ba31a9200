import math
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.search.toy import BEGIN, END, Toy, all_finished, forced, toy

from saccade.errors import OptionError
from saccade.search import Hypothesis, beam, greedy

seeds = st.integers(0, 10**6)


def search(step: Toy, longest: Any = 7, **options: Any) -> list[list[Hypothesis]]:
    """Search a toy as its tests do: pad (0) and begin are forbidden."""
    lengths = longest if isinstance(longest, list) else [longest] * step.sentences
    return beam(step, begin=BEGIN, end=END, max_lengths=lengths, forbidden=[0, BEGIN], **options)


@settings(max_examples=8, deadline=None)
@given(seed=seeds, size=st.integers(3, 6), longest=st.integers(1, 4), penalty=st.sampled_from([0.0, 0.6, 1.0]))
def test_a_beam_as_wide_as_everything_finds_the_best(seed: int, size: int, longest: int, penalty: float) -> None:
    step = toy(2, size, seed)
    found = search(step, longest, beam=size**longest, n_best=3, length_penalty=penalty, early_finish=False)
    for sentence, hypotheses in enumerate(found):
        every = all_finished(step, sentence, longest, forbidden=[0, BEGIN])
        wanted = sorted(((log_prob / len(tokens) ** penalty, tokens) for tokens, log_prob in every), reverse=True)[:3]
        finished = [hypothesis for hypothesis in hypotheses if hypothesis.finished]
        assert [hypothesis.tokens for hypothesis in finished] == [tokens for _, tokens in wanted]
        torch.testing.assert_close([h.score for h in finished], [score for score, _ in wanted], rtol=0, atol=1e-12)


@settings(max_examples=8, deadline=None)
@given(seed=seeds, min_length=st.integers(0, 4), levels=st.sampled_from([None, 4]))
def test_a_beam_of_one_is_greedy(seed: int, min_length: int, levels: int | None) -> None:
    step = toy(5, 11, seed, levels=levels)
    found = search(step, 9, beam=1, min_length=min_length)
    wanted = greedy(step, begin=BEGIN, end=END, max_lengths=[9] * 5, min_length=min_length, forbidden=[0, BEGIN])
    assert_same(found, wanted)


@settings(max_examples=8, deadline=None)
@given(
    seed=seeds,
    width=st.sampled_from([1, 2, 5, 17]),
    early=st.booleans(),
    lengths=st.lists(st.integers(0, 13), min_size=2, max_size=23),
    levels=st.sampled_from([None, 4]),
)
def test_a_sentence_does_not_depend_on_its_batch(
    seed: int, width: int, early: bool, lengths: list[int], levels: int | None
) -> None:
    step = toy(len(lengths), 7, seed, levels=levels)
    options = {"beam": width, "n_best": min(3, width), "early_finish": early}
    alone = [search(step.alone(i), [longest], **options)[0] for i, longest in enumerate(lengths)]
    assert_same(search(step, lengths, **options), alone)


@settings(max_examples=8, deadline=None)
@given(seed=seeds, width=st.sampled_from([2, 3, 7]), early=st.booleans(), levels=st.sampled_from([None, 4]))
def test_log_probs_and_weights_are_those_of_the_tokens(seed: int, width: int, early: bool, levels: int | None) -> None:
    step = toy(5, 7, seed, levels=levels)
    for sentence, hypotheses in enumerate(search(step, 9, beam=width, n_best=width, early_finish=early)):
        scores = [hypothesis.score for hypothesis in hypotheses if hypothesis.finished]
        assert scores == sorted(scores, reverse=True)
        assert len({tuple(h.tokens) for h in hypotheses}) == len(hypotheses) == width
        for hypothesis in hypotheses:
            log_prob, weights = forced(step, sentence, hypothesis.tokens)
            assert hypothesis.weights is not None
            torch.testing.assert_close(hypothesis.weights, weights, rtol=0, atol=0)
            torch.testing.assert_close(hypothesis.log_prob, log_prob, rtol=0, atol=1e-10)
            torch.testing.assert_close(hypothesis.score, log_prob / len(hypothesis.tokens), rtol=0, atol=1e-10)
            assert hypothesis.finished == (hypothesis.tokens[-1] == END)
            assert not {0, BEGIN} & set(hypothesis.tokens)
            assert END not in hypothesis.tokens[:-1]


@settings(max_examples=8, deadline=None)
@given(seed=seeds, width=st.sampled_from([1, 2, 4]), penalty=st.sampled_from([0.0, 1.0, 2.0]), n_best=st.integers(1, 4))
def test_stopping_by_the_bound_loses_nothing(seed: int, width: int, penalty: float, n_best: int) -> None:
    """Without early finish the result is that of running to the maximum length, which more `n_best` forces."""
    step = toy(3, 6, seed, sharpness=1.0)
    options = {"length_penalty": penalty, "early_finish": False}
    long = slow_beam(step, 8, width, penalty)
    found = search(step, 8, beam=width, n_best=min(n_best, width), **options)
    for hypotheses, wanted in zip(found, long, strict=True):
        got = [(h.tokens, h.score) for h in hypotheses if h.finished]
        assert [tokens for tokens, _ in got] == [tokens for tokens, _ in wanted[: min(n_best, width)]]


def slow_beam(step: Toy, longest: int, width: int, penalty: float) -> list[list[tuple[list[int], float]]]:
    """Beam search as a textbook writes it, to the maximum length always: finished hypotheses, best first."""
    everything = []
    for sentence in range(step.sentences):
        running, finished = [([BEGIN], 0.0)], []
        for length in range(1, longest + 1):
            continued = []
            for tokens, log_prob in running:
                written = 0
                for token in tokens:
                    written = (written * 31 + token + 1) % step.tables.shape[1]
                row = step.tables[sentence, written].tolist()
                continued += [([*tokens, token], log_prob + row[token]) for token in range(len(row)) if token > BEGIN]
            continued.sort(key=lambda pair: -pair[1])
            finished += [(t[1:], p / length**penalty) for t, p in continued[:width] if t[-1] == END]
            running = [(t, p) for t, p in continued if t[-1] != END][:width]
        everything.append(sorted(finished, key=lambda pair: -pair[1])[:width])
    return everything


def test_early_finish_stops_at_as_many_as_the_beam() -> None:
    """Of two continuations each, `end` first: each step finishes one more hypothesis."""
    table = torch.tensor([-torch.inf, -torch.inf, math.log(0.6), math.log(0.4)]).double().expand(1, 101, 4)
    step = Toy(table, None)
    (found,) = search(step, 50, beam=3, n_best=3)
    assert [h.tokens for h in sorted(found, key=lambda h: len(h.tokens))] == [[END], [3, END], [3, 3, END]]
    assert len(step.rows) == 3


def test_early_finish_does_not_stop_before_a_running_hypothesis_that_is_better_now() -> None:
    """Ends that come too early fill the beam, but what runs has a far better mean."""
    table = torch.tensor([-torch.inf, -torch.inf, math.log(0.04), math.log(0.96)]).double().expand(1, 101, 4)
    (found,) = search(Toy(table, None), 9, beam=3, early_finish=True)
    assert [h.tokens for h in found] == [[3] * 8 + [END]]


@pytest.mark.parametrize("early_finish", [True, False])
def test_without_a_penalty_the_bound_stops_at_once(early_finish: bool) -> None:
    table = torch.tensor([-torch.inf, -torch.inf, math.log(0.6), math.log(0.4)]).double().expand(1, 101, 4)
    step = Toy(table, None)
    (found,) = search(step, 50, beam=3, length_penalty=0.0, early_finish=early_finish)
    assert [h.tokens for h in found] == [[END]]
    assert len(step.rows) == 1


@pytest.mark.parametrize("longest", [0, 1, 2])
def test_short_limits(longest: int) -> None:
    step = toy(3, 7, sharpness=0.0)
    found = search(step, longest, beam=5, n_best=5)
    assert all(len(h.tokens) <= longest for hypotheses in found for h in hypotheses)
    if longest == 0:
        assert found == [[Hypothesis([], 0.0, 0.0, None, finished=False)]] * 3
        assert step.rows == []
    if longest == 1:
        assert all([h.finished for h in hypotheses] == [True, False, False, False, False] for hypotheses in found)


def test_unfinished_ones_come_only_where_finished_ones_are_too_few() -> None:
    step = Toy(torch.tensor([-50.0, -50.0, -3.0, -0.1, -2.4]).double().expand(1, 101, 5), None)
    (found,) = search(step, 3, beam=2, n_best=2, min_length=3)
    assert [(h.tokens, h.finished) for h in found] == [([3, 3, 3], False), ([3, 3, 4], False)]
    step = Toy(torch.tensor([-50.0, -50.0, -1.0, -0.1, -2.4]).double().expand(1, 101, 5), None)
    (found,) = search(step, 3, beam=2, n_best=2, min_length=3)
    assert [(h.tokens, h.finished) for h in found] == [([3, 3, END], True), ([3, 3, 3], False)]
    (found,) = search(step, 3, beam=2, n_best=1, min_length=3)
    assert [(h.tokens, h.finished) for h in found] == [([3, 3, END], True)]


@settings(max_examples=8, deadline=None)
@given(seed=seeds, min_length=st.integers(0, 6))
def test_no_hypothesis_finishes_before_the_minimum(seed: int, min_length: int) -> None:
    found = search(toy(3, 5, seed), 7, beam=4, n_best=4, min_length=min_length)
    assert all(len(h.tokens) >= min_length for hypotheses in found for h in hypotheses)


def test_ended_sentences_leave_the_batch() -> None:
    step = toy(16, 7)
    search(step, list(range(1, 17)), beam=3, min_length=17)
    assert step.rows == [16, *range(15 * 3, 0, -3)]


def test_a_few_that_have_ended_wait_for_others_in_a_large_batch() -> None:
    step = toy(40, 7)
    found = search(step, [1, 2, 3] + [4] * 37, beam=3, min_length=5)
    assert step.rows == [40, 120, 120, 37 * 3]
    assert [len(h.tokens) for (h,) in found] == [1, 2, 3] + [4] * 37


def test_a_model_that_does_not_look_has_no_weights() -> None:
    (found,) = search(toy(looks=False), 5)
    assert found[0].weights is None


def test_single_precision_gives_the_same_tokens() -> None:
    found = search(toy(7, 131, dtype=torch.float32), 9)
    wanted = search(toy(7, 131), 9)
    assert [h.tokens for (h,) in found] == [h.tokens for (h,) in wanted]
    torch.testing.assert_close([h.score for (h,) in found], [h.score for (h,) in wanted], rtol=1e-5, atol=1e-5)


def test_an_empty_batch_has_no_results() -> None:
    assert search(Toy(torch.zeros(0, 101, 7), None), []) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"beam": 0}, "`beam` must be at least 1, but is 0"),
        ({"n_best": 0}, "`n_best` must be at least 1, but is 0"),
        ({"n_best": 6}, "`n_best` must be at most `beam` = 5, but is 6"),
        ({"length_penalty": -0.5}, "`length_penalty` must be at least 0, but is -0.5"),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, float], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        search(toy(), **options)


def assert_same(found: list[list[Hypothesis]], wanted: list[list[Hypothesis]]) -> None:
    """Same hypotheses: tokens and ends exactly, numbers to 1e-10."""
    for one, other in zip(found, wanted, strict=True):
        assert [(h.tokens, h.finished) for h in one] == [(h.tokens, h.finished) for h in other]
        numbers, others = ([(h.log_prob, h.score) for h in hypotheses] for hypotheses in (one, other))
        torch.testing.assert_close(numbers, others, rtol=0, atol=1e-10)
        weights, others = ([h.weights for h in hypotheses if h.tokens] for hypotheses in (one, other))
        torch.testing.assert_close(weights, others, rtol=0, atol=0)
