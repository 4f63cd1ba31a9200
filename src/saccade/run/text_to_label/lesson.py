"""What a training from text to label begins with: texts, tokenizer, network, validation."""

from typing import final

import numpy as np
from torch import nn

from saccade.data.batches import Batches
from saccade.data.encoded_texts import EncodedTexts, encode_texts
from saccade.data.labelled_texts import LabelledTexts
from saccade.data.text_batches import TextBatch, text_batch
from saccade.errors import DataError
from saccade.metrics.calibration import NegativeLogLikelihood
from saccade.models.text_classifier import TextClassifier
from saccade.recipes.label_metrics import make_metrics
from saccade.recipes.text_to_label.build import make_model, read_split, train_tokenizer
from saccade.recipes.text_to_label.schema import TextLabelRecipe
from saccade.run.folder import RunFolder
from saccade.run.lesson import Lesson
from saccade.run.text_to_label.files import LABELS, TextLabels, read_labels
from saccade.run.text_to_label.logits import logits_of
from saccade.training.precision import autocast
from saccade.training.processes import decided_by_main, rank, ranks


def prepare(recipe: TextLabelRecipe, before: RunFolder | None) -> Lesson:
    """Read the texts, and make the network.

    Args:
        recipe: What is trained.
        before: The run that is gone on with, whose labels and tokenizer hold; None: the texts give them.

    Raises:
        OptionError: The recipe names no such data.
        MissingError, DataError: Its data is not there, or can't be read.
    """
    known = None if before is None else read_labels(before.path)
    texts = read_split(recipe, "train", None if known is None else known.classes)
    held_out = read_split(recipe, "validation", texts.classes)
    labels = known or TextLabels(texts.classes, decided_by_main(lambda: train_tokenizer(recipe, texts)))
    _check_same(texts, labels, "train")
    _check_same(held_out, labels, "validation")
    source = Source(texts, encode_texts(texts.texts, labels.tokenizer, end=False), recipe)
    validation = Validation(recipe, held_out, encode_texts(held_out.texts, labels.tokenizer, end=False))
    return Lesson(
        make_network(recipe, labels),
        source,
        validation,
        frozenset(name for name, metric in validation.metrics.items() if metric.higher_is_better),
        lambda path: labels.save(path / LABELS),
        _facts(texts, source, labels),
    )


def make_network(recipe: TextLabelRecipe, labels: TextLabels) -> TextClassifier:
    """Make the network for texts and labels of a kind, with the random weights of the recipe's seed."""
    return make_model(recipe, labels.tokenizer.vocabulary_size, len(labels.classes))


@final
class Source:
    """Labelled texts as the loop asks for them: an epoch is a list of indices, loaded a batch at a time.

    Raises:
        DataError: Every text is too long.
    """

    unit = "texts"

    def __init__(self, texts: LabelledTexts, encoded: EncodedTexts, recipe: TextLabelRecipe) -> None:
        self._labels, self._encoded = texts.labels, encoded
        most = recipe.data.max_tokens
        self._kept = np.flatnonzero(encoded.lengths <= (most or encoded.lengths.max()))
        if not len(self._kept):
            raise DataError(
                f"All {len(texts):,} texts have more than {most} tokens, so none is left. Raise `data.max_tokens`."
            )
        lengths = encoded.lengths[self._kept]
        self._batches = Batches(
            lengths,
            np.ones_like(lengths),  # a label counts as one token
            max_pairs=recipe.batches.max_texts,
            max_tokens=recipe.batches.max_tokens,
            seed=recipe.seed,
            rank=rank(),
            ranks=ranks(),
        )

    @property
    def too_long(self) -> int:
        """How many texts were left out."""
        return len(self._labels) - len(self._kept)

    def epoch(self, number: int, /) -> list[np.ndarray]:
        """The batches of an epoch."""
        return self._batches.epoch(number)

    def load(self, key: np.ndarray, /) -> TextBatch:
        """The texts of a batch."""
        places = self._kept[key]
        return text_batch(self._encoded.rows(places), self._labels[places])


@final
class Validation:
    """What the loop asks now and then: the loss on texts that are not trained on, and the figures of the labels."""

    def __init__(self, recipe: TextLabelRecipe, texts: LabelledTexts, encoded: EncodedTexts) -> None:
        self.recipe, self.texts, self.encoded, self.metrics = recipe, texts, encoded, make_metrics(recipe)

    def __call__(self, network: nn.Module) -> dict[str, float]:
        """The figures of a network."""
        assert isinstance(network, TextClassifier)
        with autocast(self.recipe.training.precision, next(network.parameters()).device):
            logits = logits_of(network, self.encoded.rows(range(len(self.encoded))))
        measured = {"loss": NegativeLogLikelihood(), **self.metrics}
        return {name: metric.measure(logits, self.texts.labels) for name, metric in measured.items()}


def _check_same(texts: LabelledTexts, labels: TextLabels, split: str) -> None:
    if texts.classes != labels.classes:
        raise DataError(
            f"The texts of `{split}` have the classes {', '.join(texts.classes)}, but those of the training are "
            f"{', '.join(labels.classes)}. Take a set, or options of it, with the same classes in each split."
        )


def _facts(texts: LabelledTexts, source: Source, labels: TextLabels) -> tuple[str, ...]:
    facts = [f"{len(texts) - source.too_long:,} texts"]
    facts += [f"{texts.skipped:,} empty ones skipped"] if texts.skipped else []
    facts += [f"{source.too_long:,} too long left out"] if source.too_long else []
    return (*facts, f"{len(labels.classes)} classes", f"vocabulary {labels.tokenizer.vocabulary_size:,}")
