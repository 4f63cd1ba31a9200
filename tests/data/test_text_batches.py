"""Batches of like lengths that lose no text."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from saccade.data.text_batches import of_like_length, text_batch


def test_a_batch_is_padded_and_masked() -> None:
    batch = text_batch([np.array([4, 5, 6]), [7]], [1, 0])
    assert batch.texts.tolist() == [[4, 5, 6], [7, 0, 0]]
    assert batch.mask.tolist() == [[True, True, True], [True, False, False]]
    assert batch.to("cpu").labels.tolist() == [1, 0]


@given(st.lists(st.integers(1, 50), max_size=40), st.integers(1, 7), st.integers(1, 100))
def test_every_text_is_in_one_batch_that_keeps_the_limits(lengths: list[int], rows: int, tokens: int) -> None:
    batches = list(of_like_length(lengths, rows, tokens))
    assert sorted(place for batch in batches for place in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len(batch) <= rows
        assert len(batch) == 1 or len(batch) * max(lengths[place] for place in batch) <= tokens
