"""Texts with blanks in, the likeliest pieces for each blank out, in the order of the texts."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, final

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from saccade.data.batches import padded
from saccade.data.blanks import Blanked, blanked
from saccade.data.masking import MASK
from saccade.data.tokenizers import PAD, SPACE, SPECIALS, Tokenizer
from saccade.errors import DataError
from saccade.models.masked_language_model import MaskedLanguageModel
from saccade.run.masked_text.guessing import WINDOW, in_batches
from saccade.run.text_to_text.answers import LONGEST


class Guess(NamedTuple):
    """What may stand at a blank.

    Attributes:
        text: As it is written there.
        probability: As the network says, of all tokens; those that don't fit the blank keep their share.
    """

    text: str
    probability: float


class Answer(NamedTuple):
    """A text whose blanks were filled.

    Attributes:
        source: The text as it was given.
        output: The same with the likeliest guess at each blank, every blank by itself.
        blanks: For each blank the guesses, best first.
        read: The text as the model read it.
    """

    source: str
    output: str
    blanks: list[list[Guess]]
    read: Blanked


@final
class Answerer:
    """A model and its tokenizer, ready to fill in.

    A blank is filled with what may be written there: a piece that begins a word after a space, and one that goes on
    otherwise.

    Args:
        network: What guesses.
        tokenizer: Its own.
        n_best: How many guesses for each blank.
    """

    def __init__(self, network: MaskedLanguageModel, tokenizer: Tokenizer, *, n_best: int = 1) -> None:
        self.network, self.tokenizer, self.n_best = network.eval(), tokenizer, n_best
        self._fitting = {begins: _fitting(tokenizer, begins=begins) for begins in (False, True)}

    def __call__(self, texts: Iterable[str], window: int = WINDOW, *, whole: bool = False) -> Iterator[Answer]:
        """Fill in texts as they come, in their order; an empty text stays empty.

        Args:
            texts: Each with one or more blanks, written `<mask>`.
            window: How many texts are read ahead.
            whole: Let texts without a blank pass, too.

        Raises:
            DataError: A text has no blank, a blank that can't be read, or too many tokens; those before it were
                answered.
        """
        numbered = enumerate(texts, start=1)
        while chunk := list(itertools.islice(numbered, window)):
            read: list[Blanked] = []
            refusal: DataError | None = None
            for number, text in chunk:
                try:
                    read.append(self._read(number, text, whole=whole))
                except DataError as error:
                    refusal = error
                    break
            yield from self._window(read)
            if refusal is not None:
                raise refusal

    def _read(self, number: int, text: str, *, whole: bool) -> Blanked:
        try:
            [read] = blanked([text], self.tokenizer)
        except DataError as error:
            raise DataError(f"Line {number}: {error}") from None
        if text.strip() and not whole and not read.places:
            raise DataError(
                f"Line {number} has no blank to fill in: {text!r:.80}. Write {MASK} where a piece is to be guessed."
            )
        if len(read.encoding.ids) > LONGEST:
            raise DataError(
                f"Line {number} has {len(read.encoding.ids):,} tokens ({len(text):,} characters), and at most "
                f"{LONGEST:,} are read at once; the lines before it are answered. Cut it into sentences, one a line."
            )
        for begins in read.begins:
            if not self._fitting[begins].any():
                where = "after a space" if begins else "without a space before it"
                raise DataError(
                    f"Line {number} has a blank {where}, where no piece of this vocabulary can stand: {text!r:.80}."
                )
        return read

    def _window(self, read: Sequence[Blanked]) -> Iterator[Answer]:
        answers: dict[int, Answer] = {}
        asked = [place for place, one in enumerate(read) if one.places]
        if asked:
            for places in in_batches([len(read[place].encoding.ids) for place in asked]):
                rows = [asked[place] for place in places.tolist()]
                answers |= dict(zip(rows, self._filled([read[row] for row in rows]), strict=True))
        for place, one in enumerate(read):
            yield answers.get(place) or Answer(one.text, one.text, [], one)

    @torch.no_grad()
    def _filled(self, batch: Sequence[Blanked]) -> Iterator[Answer]:
        device = next(self.network.parameters()).device
        source, mask = padded([one.encoding.ids for one in batch], PAD)
        width = source.shape[1]
        places = [row * width + place for row, one in enumerate(batch) for place in one.places]
        logits = self.network.logits(source.to(device), mask.to(device), torch.tensor(places, device=device))
        probabilities = iter(logits.double().softmax(-1).cpu())
        for one in batch:
            blanks = [self._best(next(probabilities), begins=begins) for begins in one.begins]
            output, _ = one.filled([guesses[0].text for guesses in blanks])
            yield Answer(one.text, output, blanks, one)

    def _best(self, probabilities: Float[Tensor, " vocab"], *, begins: bool) -> list[Guess]:
        fitting = self._fitting[begins]
        found = probabilities.masked_fill(~torch.from_numpy(fitting), -1.0).topk(min(self.n_best, int(fitting.sum())))
        return [
            Guess(self._written(token), probability)
            for probability, token in zip(found.values.tolist(), found.indices.tolist(), strict=True)
        ]

    def _written(self, token: int) -> str:
        piece = self.tokenizer.piece(token)
        return piece if self.tokenizer.kind == "char" else piece.removeprefix(SPACE)


def _fitting(tokenizer: Tokenizer, *, begins: bool) -> Bool[np.ndarray, " vocab"]:
    """Which tokens, the mask the last of them, may be written at a blank: none that is special."""
    pieces = [tokenizer.piece(token) for token in range(len(SPECIALS), tokenizer.vocabulary_size)]
    if tokenizer.kind == "char":
        fits = [True for _ in pieces]
    else:
        fits = [piece != SPACE and piece.startswith(SPACE) == begins for piece in pieces]
    return np.array([*[False] * len(SPECIALS), *fits, False])
