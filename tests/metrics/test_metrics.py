"""What every metric promises, and small answers worked out by hand."""

import itertools
from pathlib import Path

import numpy as np
import pytest
import sacrebleu
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from saccade.errors import DataError, OptionError
from saccade.metrics import METRICS, Bleu, CharacterErrorRate, Chrf, Exact, Items, Metric, WordErrorRate

REFERENCES = [
    "Zwei junge weiße Männer sind im Freien.",
    "Ein Mann im blauen Hemd steht auf einer Leiter.",
    "Two boys, one ball: no rules!",
    "我爱中国。",
    "a",
    "1987-03-07; 2001-09-09",
    "It cost $3.50 (tax & tip included).",
]
OUTPUTS = [
    "zwei junge Männer sind im Freien .",
    "Ein Mann steht auf einer blauen Leiter.",
    "Two boys; one ball, no rules!",
    "我爱你。",
    "",
    "1987-03-07; 2001-09-08; 1999-01-01",
    "It cost $3.50 (tax &amp; tip included).",
]
metrics = pytest.mark.parametrize("metric", [make() for make in METRICS.values()], ids=METRICS)
lines = st.lists(st.tuples(st.text(max_size=13), st.text(max_size=13)), min_size=1, max_size=7)


@metrics
def test_equal_outputs_are_perfect(metric: Metric) -> None:
    text = ["the cat sat on the mat", "where no dog has ever sat"]
    assert metric.measure(text, text) == pytest.approx(100.0 if metric.higher_is_better else 0.0)


@metrics
def test_worse_outputs_score_worse(metric: Metric) -> None:
    text = ["the cat sat on the mat", "where no dog has ever sat"]
    better = metric.measure(["the cat sat on the mat", "where no dog had ever sat"], text)
    worse = metric.measure(["mice", "a dog did"], text)
    assert better > worse if metric.higher_is_better else better < worse


@metrics
def test_statistics_add_up(metric: Metric) -> None:
    rows = metric.statistics(OUTPUTS, REFERENCES)
    assert rows.shape[0] == 7
    one_by_one = sum(
        metric.statistics([output], [reference])[0] for output, reference in zip(OUTPUTS, REFERENCES, strict=True)
    )
    np.testing.assert_array_equal(rows.sum(axis=0), one_by_one)
    assert metric.score(rows.sum(axis=0)) == metric.measure(OUTPUTS, REFERENCES)


@metrics
@given(pairs=lines)
def test_any_text_has_a_finite_score(metric: Metric, pairs: list[tuple[str, str]]) -> None:
    score = metric.measure([output for output, _ in pairs], [reference for _, reference in pairs])
    assert np.isfinite(score)
    assert score >= 0
    assert score <= 100 + 1e-9 or not metric.higher_is_better


@metrics
def test_name_is_the_tables(metric: Metric) -> None:
    assert METRICS[metric.name] is type(metric)


@metrics
def test_case_counts_unless_told_otherwise(metric: Metric) -> None:
    strict, loose = metric.measure(["The Cat Sat Down"], ["the cat sat down"]), type(metric)(lowercase=True)  # type: ignore[call-arg]
    assert loose.measure(["The Cat Sat Down"], ["the cat sat down"]) == pytest.approx(
        100.0 if metric.higher_is_better else 0.0
    )
    assert strict != loose.measure(["The Cat Sat Down"], ["the cat sat down"])
    assert loose.signature() != metric.signature()


@metrics
def test_outputs_and_references_must_fit(metric: Metric) -> None:
    with pytest.raises(DataError, match=r"2 outputs and 3 references"):
        metric.statistics(["a", "b"], ["a", "b", "c"])
    with pytest.raises(DataError, match=r"at least one sentence"):
        metric.statistics([], [])


@pytest.mark.parametrize("lowercase", [False, True])
@pytest.mark.parametrize("tokenize", ["13a", "zh", "char", "none"])
def test_bleu_is_sacrebleus(lowercase: bool, tokenize: str) -> None:
    theirs = sacrebleu.corpus_bleu(OUTPUTS, [REFERENCES], lowercase=lowercase, tokenize=tokenize, force=True)
    assert Bleu(lowercase, tokenize).measure(OUTPUTS, REFERENCES) == theirs.score


@pytest.mark.parametrize("word_order", [0, 2])
@pytest.mark.parametrize("lowercase", [False, True])
def test_chrf_is_sacrebleus(lowercase: bool, word_order: int) -> None:
    theirs = CHRF(lowercase=lowercase, word_order=word_order).corpus_score(OUTPUTS, [REFERENCES])
    assert Chrf(lowercase, word_order).measure(OUTPUTS, REFERENCES) == theirs.score


def test_signatures_are_sacrebleus() -> None:
    theirs = BLEU(lowercase=True)
    theirs.corpus_score(OUTPUTS, [REFERENCES])
    assert Bleu(lowercase=True).signature() == str(theirs.get_signature())
    assert Chrf(word_order=2).signature().startswith("nrefs:1|case:mixed|eff:yes|nc:6|nw:2|space:no|version:")


@pytest.mark.parametrize("lowercase", [False, True])
def test_scores_are_sacrebleus_on_real_text(data_home: Path, lowercase: bool) -> None:
    german = (data_home / "multi30k" / "test_2016.de").read_text(encoding="utf-8").splitlines()
    shifted = [" ".join(line.split()[:-1] + other.split()[:2]) for line, other in itertools.pairwise(german)]
    assert len(shifted) == 999
    theirs = sacrebleu.corpus_bleu(shifted, [german[:-1]], lowercase=lowercase)
    assert Bleu(lowercase).measure(shifted, german[:-1]) == theirs.score
    assert (
        Chrf(lowercase).measure(shifted, german[:-1])
        == CHRF(lowercase=lowercase).corpus_score(shifted, [german[:-1]]).score
    )


def test_exact_ignores_blanks_around() -> None:
    assert Exact().measure([" a b\n", "a  b"], ["a b", "a b"]) == 50.0


def test_character_error_rate_by_hand() -> None:
    # 1 of 4 characters differs, and 2 of 3 are missing: 3 edits of 7.
    assert CharacterErrorRate().measure(["我爱中华", "a"], ["我爱中国", "abc"]) == pytest.approx(300 / 7)


def test_word_error_rate_by_hand() -> None:
    # One word more, one word other: 2 edits of 5 + 2 reference words.
    outputs, references = ["a b x c d e", "f g"], ["a b c d e", "f h"]
    assert WordErrorRate().measure(outputs, references) == pytest.approx(200 / 7)


def test_error_rates_go_beyond_a_hundred() -> None:
    assert WordErrorRate().measure(["a b c"], ["d"]) == 300.0


def test_empty_references_count_each_edit() -> None:
    assert CharacterErrorRate().measure(["abc", ""], ["", ""]) == 300.0
    assert WordErrorRate().measure([""], [""]) == 0.0


def test_items_are_compared_place_by_place() -> None:
    references = ["a; b; c", "d; e", "f"]
    outputs = ["a; x; c", "e; d", "f; g"]  # 2 of 3, 0 of 2, 1 of 1
    assert Items().measure(outputs, references) == pytest.approx(50.0)


def test_a_missing_item_is_wrong() -> None:
    assert Items(separator=" ").measure(["a", ""], ["a b", "c"]) == pytest.approx(100 / 3)


def test_options_are_checked() -> None:
    with pytest.raises(OptionError, match=r"`13b`. Did you mean `13a`"):
        Bleu(tokenize="13b")
    with pytest.raises(OptionError, match=r"`word_order`.*-1"):
        Chrf(word_order=-1)
    with pytest.raises(OptionError, match=r"`separator`.*empty"):
        Items(separator="")
