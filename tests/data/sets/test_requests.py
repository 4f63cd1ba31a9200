"""Requests: what decides is known, and says alone what is asked for; counting words is not enough."""

import re
from collections import Counter

import numpy as np
import pytest
import torch

from saccade.data.sets.requests import THINGS, requests
from saccade.errors import OptionError

WORDS = {words: thing for thing, several in THINGS.items() for words in several}
NAMED = re.compile("|".join(sorted(map(re.escape, WORDS), key=len, reverse=True)))


def test_the_deciding_words_name_the_thing_and_nothing_else_once() -> None:
    found = requests("train", texts=300, seed=3)
    assert found.spans is not None
    for text, label, spans in zip(found.texts, found.labels, found.spans, strict=True):
        [(start, end)] = spans
        assert [WORDS[words] for words in NAMED.findall(text[start:end])] == [found.classes[label]]
        assert not set(text) & set("[]{}")
        named = Counter(WORDS[words] for words in NAMED.findall(text))
        assert 3 <= len(named) <= 5
        assert set(named.values()) == {1}
    assert len(Counter(found.labels.tolist())) == len(THINGS) >= 6


def test_the_same_words_stand_where_they_do_not_decide() -> None:
    found = requests("train", texts=2_000)
    inside, outside = Counter[str](), Counter[str]()
    assert found.spans is not None
    for text, [(start, end)] in zip(found.texts, found.spans, strict=True):
        inside.update(text[start:end].lower().split())
        outside.update((text[:start] + text[end:]).lower().split())
    once = sum(count for word, count in inside.items() if word not in {part.strip(".,?") for part in outside})
    assert once < 0.03 * inside.total()


def test_counting_words_is_right_once_in_as_many_times_as_things_are_named() -> None:
    train, test = requests("train", texts=1_500), requests("test", texts=400)
    vocabulary = {word: place for place, word in enumerate(sorted(set(" ".join(train.texts).lower().split())))}

    def counted(texts: object) -> torch.Tensor:
        counts = np.zeros((len(texts), len(vocabulary)), np.float32)  # pyright: ignore[reportArgumentType]
        for row, text in enumerate(texts):  # pyright: ignore[reportArgumentType, reportGeneralTypeIssues]
            for word in text.lower().split():
                if word in vocabulary:
                    counts[row, vocabulary[word]] += 1
        return torch.from_numpy(counts)

    torch.manual_seed(0)
    layer = torch.nn.Linear(len(vocabulary), len(train.classes))
    optimiser = torch.optim.Adam(layer.parameters(), lr=0.1)
    inputs, labels = counted(train.texts), torch.from_numpy(train.labels)
    for _ in range(40):
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(layer(inputs), labels).backward()
        optimiser.step()
    right = float((layer(counted(test.texts)).argmax(1).numpy() == test.labels).mean())
    # 3, 4 or 5 things are named: (1/3 + 1/4 + 1/5) / 3 = 26 %; one standard deviation of 400 is 2 %.
    assert 0.15 < right < 0.34


def test_more_are_the_same_and_others_and_no_split_is_another() -> None:
    few, more = requests("test", texts=5), requests("test", texts=11)
    assert list(few.texts) == list(more.texts)[:5]
    assert not set(requests("train", texts=200).texts) & set(requests("test", texts=200).texts)
    assert list(requests("test", texts=5, seed=1).texts) != list(few.texts)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"split": "tset"}, r"`split` is `tset`. Did you mean `test`"),
        ({"texts": 0}, r"`texts` must be 1 or more, but is 0"),
        ({"others": 1}, r"`others` must be from 2 to 7, but is 1"),
        ({"others": 8}, r"`others` must be from 2 to 7, but is 8"),
    ],
)
def test_options_that_are_not_allowed(options: dict[str, object], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        requests(**({"split": "test"} | options))  # pyright: ignore[reportArgumentType]
