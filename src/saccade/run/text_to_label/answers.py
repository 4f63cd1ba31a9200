"""Texts in, labels out, in the order of the texts."""

from collections.abc import Iterable, Iterator
from typing import Final, final

import torch

from saccade.data.chunks import chunked
from saccade.data.text_batches import without_end
from saccade.errors import DataError
from saccade.models.text_classifier import TextClassifier
from saccade.run.label_answers import Answer, likeliest
from saccade.run.text_to_label.files import TextLabels
from saccade.run.text_to_label.logits import logits_of

WINDOW: Final = 1024
"""Texts that are read ahead, to find some of like length."""
LONGEST: Final = 5000
"""Tokens of one text: more would take minutes and gigabytes, and no model has learnt from such a text."""


@final
class Answerer:
    """A network and the meaning of its labels, ready to answer.

    Args:
        network: A classifier of texts.
        labels: Its tokenizer and its classes.
        n_best: How many labels to each text, best first.
        longest: Most tokens of a text.
    """

    def __init__(self, network: TextClassifier, labels: TextLabels, *, n_best: int = 1, longest: int = LONGEST) -> None:
        self.network, self.labels = network.eval(), labels
        self.n_best, self.longest = n_best, longest

    def __call__(self, texts: Iterable[str], window: int = WINDOW) -> Iterator[Answer]:
        """Answer texts as they come, in their order; an empty one has no label.

        Raises:
            DataError: A text is longer than `longest`; those before it were answered.
        """
        number = 0
        for chunk in chunked(texts, window):
            rows = [without_end(encoding).ids for encoding in self.labels.tokenizer.encode_batch(chunk)]
            long = next((place for place, row in enumerate(rows) if len(row) > self.longest), None)
            yield from self._answers(chunk[:long], rows[:long])
            if long is not None:
                raise DataError(
                    f"Text {number + long + 1} has {len(rows[long]):,} tokens ({len(chunk[long]):,} characters), and "
                    f"at most {self.longest:,} are read at once; those before it are answered. Cut it."
                )
            number += len(chunk)

    def _answers(self, texts: list[str], rows: list[list[int]]) -> Iterator[Answer]:
        full = [place for place, text in enumerate(texts) if text.strip()]
        logits = torch.from_numpy(logits_of(self.network, [rows[place] for place in full]))
        found = dict(zip(full, logits.double().softmax(-1).numpy(), strict=True))
        for place, text in enumerate(texts):
            best = likeliest(found[place], self.labels.classes, self.n_best) if place in found else ()
            yield Answer(text, best)
