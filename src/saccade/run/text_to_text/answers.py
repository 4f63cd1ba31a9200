"""Texts in, answers out, in the order of the texts: batches by length inside a window, one search for each."""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple, final

import numpy as np
import torch

from saccade.data.batches import collate
from saccade.data.text_batches import of_like_length
from saccade.data.tokenizers import BEGIN, END, PAD, SPECIALS, UNKNOWN, Encoding, TokenizerPair
from saccade.errors import DataError
from saccade.models.ensemble import Ensemble
from saccade.models.sequence_to_sequence import SequenceToSequence
from saccade.recipes.text_to_text.schema import Search
from saccade.run.searching import search_options
from saccade.search import SEARCHES, Hypothesis

WINDOW: Final = 1024
"""Texts that are read ahead, to find some of like length."""
MAX_ROWS: Final = 128
MAX_TOKENS: Final = 8192
"""Source tokens in a batch, padding included."""
LONGEST: Final = 5000
"""Source tokens of one text: more would take minutes and gigabytes, and no model has learnt from such a text."""


_EMPTY: Final = Encoding([END], [SPECIALS[END]], [(0, 0)])


class Answer(NamedTuple):
    """What a model wrote for a text.

    Attributes:
        source: The text.
        output: What was written.
        score: What the search ranked by.
        log_prob: Logarithm of the output's probability.
        finished: Whether the output came to its end; otherwise it stopped at the maximum length.
        encoding: The source as the model read it.
        tokens: The output's tokens, the end included where it was reached.
        weights: Where each token looked, (target, source), if the model looks.
    """

    source: str
    output: str
    score: float
    log_prob: float
    finished: bool
    encoding: Encoding
    tokens: list[int]
    weights: np.ndarray | None

    @property
    def unknown(self) -> list[str]:
        """What of the source the tokenizer never saw."""
        cut = zip(self.encoding.ids, self.encoding.spans, strict=True)
        return [self.source[start:end] for identity, (start, end) in cut if identity == UNKNOWN]


class _Numbered(NamedTuple):
    """A text of a window, and its place in all that was given, from 1."""

    number: int
    text: str
    encoding: Encoding


@final
class Answerer:
    """A model and its tokenizers, ready to answer.

    Args:
        model: The network, or several together.
        tokenizers: Of both sides.
        search: How an output is sought.
        n_best: How many answers to each text, best first.
        seed: Of sampling; the same text at the same place gets the same samples.
        longest: Most source tokens of a text.
    """

    def __init__(
        self,
        model: SequenceToSequence | Ensemble,
        tokenizers: TokenizerPair,
        search: Search,
        *,
        n_best: int = 1,
        seed: int = 0,
        longest: int = LONGEST,
    ) -> None:
        self.model, self.tokenizers, self.search = model.eval(), tokenizers, search
        self.n_best, self.seed, self.longest = n_best, seed, longest

    def __call__(self, texts: Iterable[str], window: int = WINDOW) -> Iterator[list[Answer]]:
        """Answer texts as they come: up to `n_best` answers for each, in the order of the texts.

        Raises:
            DataError: A text is longer than `longest`; those before it were answered.
        """
        numbered = enumerate(texts, start=1)
        while chunk := list(itertools.islice(numbered, window)):
            read = self._read(chunk)
            too_long = next((place for place, one in enumerate(read) if len(one.encoding.ids) > self.longest), None)
            yield from self._window(read[:too_long])
            if too_long is not None:
                self._refuse(read[too_long])

    def _read(self, chunk: Sequence[tuple[int, str]]) -> list[_Numbered]:
        full = [text for _, text in chunk if text.strip()]
        encodings = iter(self.tokenizers.source.encode_batch(full) if full else ())
        return [_Numbered(number, text, next(encodings) if text.strip() else _EMPTY) for number, text in chunk]

    def _window(self, read: Sequence[_Numbered]) -> Iterator[list[Answer]]:
        answers: dict[int, list[Answer]] = {}
        full = [one for one in read if len(one.encoding.ids) > 1]
        for places in of_like_length([len(one.encoding.ids) for one in full], MAX_ROWS, MAX_TOKENS):
            batch = [full[place] for place in places]
            found = self._search(batch)
            for one, hypotheses in zip(batch, found, strict=True):
                answers[one.number] = [self._answer(one, hypothesis) for hypothesis in hypotheses]
        for one in read:
            yield answers.get(one.number) or [Answer(one.text, "", 0.0, 0.0, True, one.encoding, [END], None)]

    @torch.no_grad()
    def _search(self, batch: Sequence[_Numbered]) -> list[list[Hypothesis]]:
        device = next(self.model.parameters()).device
        rows = collate([(one.encoding.ids, [BEGIN]) for one in batch], PAD).to(device)
        step = self.model.read(rows.source, rows.source_mask)
        lengths = [self._max_length(len(one.encoding.ids)) for one in batch]
        seeds = [self.seed + one.number for one in batch]
        options = search_options(self.search, self.n_best, seeds)
        return SEARCHES[self.search.kind](
            step, begin=BEGIN, end=END, max_lengths=lengths, forbidden=(PAD, BEGIN, UNKNOWN), **options
        )

    def _max_length(self, tokens: int) -> int:
        return max(math.ceil(self.search.length_ratio * tokens) + self.search.length_extra, self.search.min_length)

    def _answer(self, one: _Numbered, found: Hypothesis) -> Answer:
        output = self.tokenizers.target.decode(found.tokens, one.encoding.pieces)
        # What a search hands back is as wide as the longest text of its batch.
        weights = None if found.weights is None else found.weights[:, : len(one.encoding.ids)].float().numpy()
        return Answer(
            one.text, output, found.score, found.log_prob, found.finished, one.encoding, found.tokens, weights
        )

    def _refuse(self, one: _Numbered) -> None:
        raise DataError(
            f"Line {one.number} has {len(one.encoding.ids):,} tokens ({len(one.text):,} characters), and at most "
            f"{self.longest:,} are read at once; the lines before it are answered. Cut it into sentences, one a line."
        )
