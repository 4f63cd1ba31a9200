"""What a training from text to text begins with: pairs, tokenizers, network, validation."""

from collections.abc import Sequence
from pathlib import Path
from typing import final

import numpy as np
from torch import nn

from saccade.data.batches import Batch, Batches, collate
from saccade.data.encoded import EncodedPairs, encode_pairs
from saccade.data.pairs import Pairs
from saccade.data.tokenizers import PAD, TokenizerPair
from saccade.encoders import TextEncoder
from saccade.errors import DataError
from saccade.models.sequence_to_sequence import SequenceToSequence
from saccade.recipes.text_to_text.build import make_metrics, make_model, read_split, train_tokenizers
from saccade.recipes.text_to_text.schema import TextRecipe
from saccade.run.beginning import check_knows
from saccade.run.folder import RunFolder
from saccade.run.lesson import Lesson
from saccade.run.masked_text.beginning import start_encoder, tokenizer_from
from saccade.run.text_to_text.answers import LONGEST, Answerer
from saccade.run.text_to_text.files import TOKENIZER, read_tokenizers
from saccade.training.precision import autocast
from saccade.training.processes import decided_by_main, rank, ranks

# Source and target tokens in a batch of validation.
VALIDATION_TOKENS = 8192
# Sources whose length is measured together.
_AT_ONCE = 10_000


def prepare(recipe: TextRecipe, before: RunFolder | None) -> Lesson:
    """Read the pairs, and make the network.

    Args:
        recipe: What is trained.
        before: The run that is gone on with, whose tokenizers hold; None: the pairs give new ones.

    Raises:
        OptionError: The recipe names no such data.
        MissingError, DataError: Its data is not there, or can't be read.
        RunError: `model.start_from` is no run whose encoder this network could begin with.
    """
    pairs, held_out = read_split(recipe, "train"), read_split(recipe, "validation")
    if before is None:
        tokenizers = decided_by_main(lambda: _tokenizers_of(recipe, pairs))
    else:
        tokenizers = read_tokenizers(before.path)
    _check_lengths(tokenizers, held_out)
    encoded = _encode(recipe, tokenizers, pairs)
    sizes = tokenizers.source.vocabulary_size, tokenizers.target.vocabulary_size
    network = make_model(recipe, *sizes)
    if before is None and recipe.model.start_from is not None:
        assert isinstance(network.encoder, TextEncoder)
        start_encoder(network.encoder, Path(recipe.model.start_from))
    validation = Validation(recipe, tokenizers, held_out, _encode(recipe, tokenizers, held_out))
    return Lesson(
        network,
        Source(encoded, recipe),
        validation,
        frozenset(name for name, metric in validation.metrics.items() if metric.higher_is_better),
        lambda path: tokenizers.save(path / TOKENIZER),
        _facts(pairs, encoded, sizes, recipe.model.start_from),
    )


@final
class Source:
    """Encoded pairs as the loop asks for them: an epoch is a list of indices, loaded a batch at a time."""

    unit = "tokens"

    def __init__(self, encoded: EncodedPairs, recipe: TextRecipe) -> None:
        self._encoded = encoded
        self._batches = Batches(
            encoded.source_lengths,
            encoded.target_lengths,
            max_pairs=recipe.batches.max_pairs,
            max_tokens=recipe.batches.max_tokens,
            seed=recipe.seed,
            rank=rank(),
            ranks=ranks(),
        )

    def epoch(self, number: int, /) -> list[np.ndarray]:
        """The batches of an epoch."""
        return self._batches.epoch(number)

    def load(self, key: np.ndarray, /) -> Batch:
        """The pairs of a batch."""
        return collate(self._encoded.rows(key), PAD)


@final
class Validation:
    """What the loop asks now and then: the loss on pairs that are not trained on, and the figures of greedy answers."""

    def __init__(self, recipe: TextRecipe, tokenizers: TokenizerPair, pairs: Pairs, encoded: EncodedPairs) -> None:
        self.recipe, self.tokenizers, self.encoded = recipe, tokenizers, encoded
        self.sources, self.targets = list(pairs.source), list(pairs.target)
        self.metrics = make_metrics(recipe)
        self.greedy = recipe.search.model_copy(update={"kind": "greedy"})

    def __call__(self, network: nn.Module) -> dict[str, float]:
        """The figures of a network."""
        assert isinstance(network, SequenceToSequence)
        answerer = Answerer(network, self.tokenizers, self.greedy)
        outputs = [answers[0].output for answers in answerer(self.sources)]
        figures = {name: metric.measure(outputs, self.targets) for name, metric in self.metrics.items()}
        return {"loss": self._loss(network), **figures}

    def _loss(self, network: SequenceToSequence) -> float:
        """Negative log-probability a target token."""
        device = next(network.parameters()).device
        log_prob, tokens = 0.0, 0
        with autocast(self.recipe.training.precision, device):
            for indices in _in_order(self.encoded):
                loss = network(collate(self.encoded.rows(indices), PAD).to(device))
                log_prob, tokens = log_prob + float(loss.log_prob), tokens + int(loss.tokens)
        return -log_prob / max(tokens, 1)


def _check_lengths(tokenizers: TokenizerPair, held_out: Pairs) -> None:
    """Refuse sources that can't be answered: the first validation would end the training."""
    for start in range(0, len(held_out), _AT_ONCE):
        for number, one in enumerate(tokenizers.source.encode_batch(held_out.source[start : start + _AT_ONCE]), start):
            if len(one.ids) > LONGEST:
                raise DataError(
                    f"The source of validation pair {number + 1:,} has {len(one.ids):,} tokens, and at most "
                    f"{LONGEST:,} are answered. Cut it into sentences, or leave it out."
                )


def _tokenizers_of(recipe: TextRecipe, pairs: Pairs) -> TokenizerPair:
    """Those of both sides; a run that is begun from has its own."""
    if recipe.model.start_from is None:
        return train_tokenizers(recipe, pairs)
    run = Path(recipe.model.start_from)
    source = tokenizer_from(run, recipe.tokenizer.source, "tokenizer.source")
    if recipe.tokenizer.shared:
        check_knows(run, source, pairs.target)
    return train_tokenizers(recipe, pairs, source)


def _encode(recipe: TextRecipe, tokenizers: TokenizerPair, pairs: Pairs) -> EncodedPairs:
    return encode_pairs(pairs, tokenizers.source, tokenizers.target, recipe.data.max_tokens)


def _in_order(encoded: EncodedPairs) -> Sequence[np.ndarray]:
    return Batches(encoded.source_lengths, encoded.target_lengths, max_tokens=VALIDATION_TOKENS, seed=0).epoch(0)


def _facts(pairs: Pairs, encoded: EncodedPairs, sizes: tuple[int, int], start: str | None) -> tuple[str, ...]:
    facts = [f"{len(encoded):,} pairs"]
    facts += [f"{pairs.skipped:,} with an empty side skipped"] if pairs.skipped else []
    facts += [f"{encoded.too_long:,} too long left out"] if encoded.too_long else []
    facts += [f"vocabularies {sizes[0]:,} and {sizes[1]:,}"]
    return (*facts, *([f"encoder begins as that of {start}"] if start else []))
