"""What a training with hidden tokens begins with: texts, tokenizer, network, validation."""

from typing import final

import numpy as np
from torch import nn

from saccade.data.encoded_texts import EncodedTexts, encode_texts
from saccade.data.image_batches import BatchKey
from saccade.data.masked_batches import MaskedBatch, MaskedBatches
from saccade.data.read_texts import RawTexts
from saccade.data.tokenizers import Tokenizer
from saccade.errors import DataError
from saccade.metrics.guesses import TokenLogLikelihood
from saccade.models.masked_language_model import MaskedLanguageModel
from saccade.recipes.masked_text.build import make_masking, make_metrics, make_model, read_split, train_tokenizer
from saccade.recipes.masked_text.schema import MaskedRecipe
from saccade.run.folder import RunFolder
from saccade.run.lesson import Lesson
from saccade.run.masked_text.guessing import guesses_of
from saccade.run.text_to_text.files import TOKENIZER, read_tokenizers
from saccade.training.precision import autocast
from saccade.training.processes import decided_by_main, rank, ranks


def prepare(recipe: MaskedRecipe, before: RunFolder | None) -> Lesson:
    """Read the texts, and make the network.

    Args:
        recipe: What is trained.
        before: The run that is gone on with, whose tokenizer holds; None: the texts give a new one.

    Raises:
        OptionError: The recipe names no such data.
        MissingError, DataError: Its data is not there, or can't be read.
    """
    texts, held_out = read_split(recipe, "train"), read_split(recipe, "validation")
    if before is None:
        tokenizer = decided_by_main(lambda: train_tokenizer(recipe, texts))
    else:
        tokenizer = read_tokenizers(before.path).source
    encoded = encode_texts(texts.texts, tokenizer)
    kept, left_out = _kept(encoded, recipe.data.max_tokens)
    validation = Validation(recipe, tokenizer, held_out)
    return Lesson(
        make_model(recipe, tokenizer.vocabulary_size),
        Source(kept, tokenizer, recipe),
        validation,
        frozenset(name for name, metric in validation.metrics.items() if metric.higher_is_better),
        lambda path: tokenizer.save(path / TOKENIZER),
        _facts(texts, kept, left_out, tokenizer),
    )


@final
class Source:
    """Texts with hidden tokens as the loop asks for them."""

    unit = "tokens"

    def __init__(self, encoded: EncodedTexts, tokenizer: Tokenizer, recipe: MaskedRecipe) -> None:
        self._batches = MaskedBatches(
            encoded,
            make_masking(recipe, tokenizer.vocabulary_size),
            max_texts=recipe.batches.max_texts,
            max_tokens=recipe.batches.max_tokens,
            seed=recipe.seed,
            rank=rank(),
            ranks=ranks(),
        )

    def epoch(self, number: int, /) -> list[BatchKey]:
        """The batches of an epoch."""
        return self._batches.epoch(number)

    def load(self, key: BatchKey, /) -> MaskedBatch:
        """The texts of a batch."""
        return self._batches.load(key)


@final
class Validation:
    """What the loop asks now and then: the figures of guesses in texts that are not trained on."""

    def __init__(self, recipe: MaskedRecipe, tokenizer: Tokenizer, texts: RawTexts) -> None:
        self.recipe, self.tokenizer, self.texts = recipe, tokenizer, texts.texts
        self.masking = make_masking(recipe, tokenizer.vocabulary_size)
        self.metrics = make_metrics(recipe)

    def __call__(self, network: nn.Module) -> dict[str, float]:
        """The figures of a network."""
        assert isinstance(network, MaskedLanguageModel)
        with autocast(self.recipe.training.precision, next(network.parameters()).device):
            found = guesses_of(network, self.tokenizer, self.masking, self.texts, self.recipe.seed)
        measured = {"loss": TokenLogLikelihood(), **self.metrics}
        return {name: metric.measure(found) for name, metric in measured.items()}


def _kept(encoded: EncodedTexts, most: int | None) -> tuple[EncodedTexts, tuple[str, ...]]:
    """What can be learnt from, and what is left out."""
    # Each has its `end`.
    short = encoded.lengths <= (np.inf if most is None else most + 1)
    kept = encoded.only(short & encoded.known)
    too_long, unknown = int((~short).sum()), int((short & ~encoded.known).sum())
    if not len(kept):
        raise DataError(
            f"None of the {len(encoded):,} texts is left: {too_long:,} have more than {most} tokens, and "
            f"{unknown:,} have none that the tokenizer knows. Raise `data.max_tokens`, or look at the file."
        )
    facts = {f"{too_long:,} too long left out": too_long, f"{unknown:,} of unknown pieces alone left out": unknown}
    return kept, tuple(fact for fact, count in facts.items() if count)


def _facts(texts: RawTexts, kept: EncodedTexts, left_out: tuple[str, ...], tokenizer: Tokenizer) -> tuple[str, ...]:
    skipped = (f"{texts.skipped:,} empty skipped",) if texts.skipped else ()
    return (f"{len(kept):,} texts", *skipped, *left_out, f"vocabulary {tokenizer.vocabulary_size:,}")
