"""The looks of a model that copies by looking are faithful; those of one that looks at random are not."""

import json

import numpy as np
import pytest
import torch
from tests.models.test_attentions_learn import learn, make_batch
from tests.models.test_sequence_to_sequence import BEGIN, END

from saccade.data.tokenizers import Encoding
from saccade.maps import faithfulness
from saccade.models import AttentionOptions, SequenceToSequence
from saccade.run.text_to_text.answers import Answer
from saccade.run.text_to_text.trust import trust
from saccade.run.text_to_text.written import Written
from saccade.search import greedy


@pytest.fixture(scope="module")
def copier() -> SequenceToSequence:
    return learn(AttentionOptions(), torch.Generator().manual_seed(0), reverse=False)


@pytest.fixture(scope="module")
def answers(copier: SequenceToSequence) -> list[Answer]:
    batch = make_batch(20, torch.Generator().manual_seed(1), reverse=False)
    with torch.no_grad():
        found = greedy(copier.read(batch.source, batch.source_mask), begin=BEGIN, end=END, max_lengths=[12] * 20)
    answers = []
    for row, [one] in enumerate(found):
        ids = batch.source[row, : int(batch.source_mask[row].sum())].tolist()
        assert one.weights is not None
        encoding = Encoding(ids, [str(token) for token in ids], [(0, 0)] * len(ids))
        weights = one.weights[:, : len(ids)].numpy()
        answers.append(Answer("", "", 0.0, 0.0, True, encoding, list(one.tokens), weights))
    return answers


@pytest.mark.slow
def test_the_looks_of_a_copier_are_faithful(copier: SequenceToSequence, answers: list[Answer]) -> None:
    found = trust(copier, answers)
    assert found is not None
    for erased in found.erased.values():
        assert erased.examples == 20
    memory = found.erased["memory"].figures
    assert {figure.verdict for figure in memory.values()} == {"better than maps that know nothing"}
    assert found.agreement["occlusion"].verdict == "better than maps that know nothing"
    json.dumps(found.to_json(), allow_nan=False)


@pytest.mark.slow
def test_looks_at_random_are_no_better_than_random(copier: SequenceToSequence, answers: list[Answer]) -> None:
    random = np.random.default_rng(5)
    elsewhere = [
        (random.permutation(one.weights[0]), Written(copier, one.encoding.ids, one.tokens, 0).without_memory)
        for one in answers
        if one.weights is not None
    ]
    assert not any("better" in str(figure.verdict) for figure in faithfulness(elsewhere).figures.values())


@pytest.mark.slow
def test_without_looks_there_is_nothing_to_judge(copier: SequenceToSequence, answers: list[Answer]) -> None:
    assert trust(copier, [one._replace(weights=None) for one in answers]) is None
