"""Images in, texts out, in the order of the images."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple, final

import numpy as np
import torch
from jaxtyping import Float, UInt8

from saccade.data.text_images import TextImages
from saccade.data.tokenizers import BEGIN, END, PAD, UNKNOWN, Tokenizer
from saccade.models.sequence_to_sequence import SequenceToSequence
from saccade.recipes.image_to_text.schema import Search
from saccade.run.image_inputs import ImageInput, Reader, ReadImage, read_ahead
from saccade.run.searching import search_options
from saccade.search import SEARCHES, Hypothesis

WINDOW: Final = 64
"""Images that are read ahead, to be looked at together."""


class Answer(NamedTuple):
    """What a model read on an image.

    Attributes:
        name: Of the image: its file, or its number.
        output: The text.
        score: What the search ranked by.
        log_prob: Logarithm of the text's probability.
        finished: Whether the text came to its end; otherwise it stopped at the maximum length.
        tokens: The text's tokens, the end included where it was reached.
        weights: Where each token looked, (target, item), if the model looks.
    """

    name: str
    output: str
    score: float
    log_prob: float
    finished: bool
    tokens: list[int]
    weights: Float[np.ndarray, "target item"] | None


@final
class Answerer:
    """A network and its tokenizer, ready to answer.

    Args:
        network: Reads images and writes texts.
        tokenizer: Of the texts.
        search: How a text is sought.
        n_best: How many answers to each image, best first.
        seed: Of sampling; the same image at the same place gets the same samples.
    """

    def __init__(
        self, network: SequenceToSequence, tokenizer: Tokenizer, search: Search, *, n_best: int = 1, seed: int = 0
    ) -> None:
        self.network, self.tokenizer, self.search = network.eval(), tokenizer, search
        self.n_best, self.seed = n_best, seed

    def __call__(self, images: Iterable[ImageInput], read: Reader, window: int = WINDOW) -> Iterator[list[Answer]]:
        """Answer images as they come, in their order: up to `n_best` answers for each.

        Raises:
            MissingError, DataError: One can't be read; those before it were answered.
        """
        for chunk in read_ahead(images, read, window):
            yield from self.answers(chunk)

    def of(self, images: TextImages) -> Iterator[list[Answer]]:
        """Answer images that were read already."""
        for start in range(0, len(images), WINDOW):
            places = range(start, min(start + WINDOW, len(images)))
            pixels = images.stack(places)
            chunk = [ReadImage(at + 1, images.name(at), one) for at, one in zip(places, pixels, strict=True)]
            yield from self.answers(chunk)

    def answers(self, chunk: Sequence[ReadImage]) -> Iterator[list[Answer]]:
        """Answer a few images together."""
        seeds = [self.seed + one.number for one in chunk]
        for one, found in zip(chunk, self._search(np.stack([one.pixels for one in chunk]), seeds), strict=True):
            yield [self._answer(one.name, hypothesis) for hypothesis in found]

    @torch.no_grad()
    def _search(
        self, pixels: UInt8[np.ndarray, "batch height width channel"], seeds: list[int]
    ) -> list[list[Hypothesis]]:
        device = next(self.network.parameters()).device
        step = self.network.read(torch.from_numpy(pixels).permute(0, 3, 1, 2).to(device), None)
        lengths = [max(self.search.max_length, self.search.min_length)] * len(pixels)
        options = search_options(self.search, self.n_best, seeds)
        return SEARCHES[self.search.kind](
            step, begin=BEGIN, end=END, max_lengths=lengths, forbidden=(PAD, BEGIN, UNKNOWN), **options
        )

    def _answer(self, name: str, found: Hypothesis) -> Answer:
        weights = None if found.weights is None else found.weights.float().cpu().numpy()
        output = self.tokenizer.decode(found.tokens)
        return Answer(name, output, found.score, found.log_prob, found.finished, list(found.tokens), weights)
