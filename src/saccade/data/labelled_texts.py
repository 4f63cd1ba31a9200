"""Texts, each with the label of its class."""

from collections.abc import Sequence
from typing import TypeAlias, final

import numpy as np
from jaxtyping import Int64

from saccade.data.tokenizers import Span
from saccade.errors import DataError

Spans: TypeAlias = tuple[Span, ...]
"""Stretches of a text, from where to where in characters."""


@final
class LabelledTexts:
    """Texts, each with its class.

    Args:
        texts: In memory or on disk.
        labels: The class of each, its place in `classes`.
        classes: The names of the classes.
        spans: Of each text the words that decide its class, where they are known.
        name: What they go by in messages, each with its number.
        skipped: How many were left out since they were empty.

    Raises:
        DataError: No texts; labels or spans of another count; a label that is none of the classes.

    Example:
        >>> texts = LabelledTexts(["oh no", "well done"], [0, 1], ["bad", "good"], name="moods")
        >>> len(texts), texts.classes[texts.labels[1]], texts.name_of(1)
        (2, 'good', 'moods, text 2')
    """

    def __init__(
        self,
        texts: Sequence[str],
        labels: Sequence[int] | np.ndarray,
        classes: Sequence[str],
        *,
        spans: Sequence[Spans] | None = None,
        name: str = "texts",
        skipped: int = 0,
    ) -> None:
        self.texts = texts
        self.labels: Int64[np.ndarray, " text"] = np.asarray(labels, dtype=np.int64)
        self.classes: tuple[str, ...] = tuple(classes)
        self.spans = spans
        self.skipped = skipped
        """How many texts were left out since they were empty."""
        self._name = name
        self._check()

    def __len__(self) -> int:
        return len(self.texts)

    def some(self, places: Int64[np.ndarray, " place"]) -> "LabelledTexts":
        """Those at these places alone, in their order."""
        order: list[int] = places.tolist()
        spans = None if self.spans is None else [self.spans[place] for place in order]
        texts = [self.texts[place] for place in order]
        return LabelledTexts(texts, self.labels[places], self.classes, spans=spans, name=self._name)

    def name_of(self, index: int) -> str:
        """What a text is called in messages."""
        return f"{self._name}, text {index + 1}"

    def _check(self) -> None:
        if not len(self):
            raise DataError(f"There is not one text ({self.skipped:,} skipped, being empty).")
        for what, known in (("labels", self.labels), ("spans", self.spans)):
            if known is not None and len(known) != len(self):
                raise DataError(f"There are {len(self):,} texts, but {len(known):,} {what}. Each text needs one.")
        least, most = int(self.labels.min()), int(self.labels.max())
        if least < 0 or most >= len(self.classes):
            raise DataError(f"Labels must be from 0 to {len(self.classes) - 1}, but go from {least} to {most}.")
