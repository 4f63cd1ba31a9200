"""What a training from image to text begins with: images with texts, tokenizer, network, validation."""

from pathlib import Path
from typing import final

from torch import nn

from saccade.data.image_batches import BatchKey
from saccade.data.pixel_moments import pixel_moments
from saccade.data.text_image_batches import TextImageBatch, TextImageBatches, text_batches_in_order, token_ids
from saccade.data.text_images import TextImages
from saccade.errors import DataError
from saccade.models.sequence_to_sequence import SequenceToSequence
from saccade.recipes.image_to_text.build import make_metrics, make_model, read_split, train_tokenizer
from saccade.recipes.image_to_text.schema import ImageTextRecipe
from saccade.run.folder import RunFolder
from saccade.run.image_to_text.answers import WINDOW, Answerer
from saccade.run.image_to_text.beginning import start_from, tokenizer_from
from saccade.run.image_to_text.files import TEXTS, Texts, read_texts
from saccade.run.lesson import Lesson
from saccade.training.precision import autocast
from saccade.training.processes import decided_by_main, rank, ranks


def prepare(recipe: ImageTextRecipe, before: RunFolder | None) -> Lesson:
    """Read the images, and make the network.

    Args:
        recipe: What is trained.
        before: The run that is gone on with, whose tokenizer holds; None: the texts give a new one.

    Raises:
        OptionError: The recipe names no such data, or its parts don't fit the images.
        MissingError, DataError: Its data is not there, or can't be read.
        RunError: `model.start_from` is no run that this network could begin with.
    """
    images, held_out = read_split(recipe, "train"), read_split(recipe, "validation")
    texts = decided_by_main(lambda: _texts_of(recipe, images)) if before is None else read_texts(before.path)
    _check_same(images, texts, "train")
    _check_same(held_out, texts, "validation")
    network = make_network(recipe, texts)
    if before is None and recipe.model.start_from is not None:
        start_from(network, Path(recipe.model.start_from))
    validation = Validation(recipe, texts, held_out)
    return Lesson(
        network,
        Source(images, texts, recipe),
        validation,
        frozenset(name for name, metric in validation.metrics.items() if metric.higher_is_better),
        lambda path: texts.save(path / TEXTS),
        _facts(images, texts, recipe),
    )


def make_network(recipe: ImageTextRecipe, texts: Texts) -> SequenceToSequence:
    """Make the network for images and texts of a kind, with the random weights of the recipe's seed."""
    return make_model(recipe, texts.tokenizer.vocabulary_size, texts.size, texts.channels, texts.mean, texts.std)


@final
class Source:
    """Images with their texts as the loop asks for them."""

    unit = "tokens"

    def __init__(self, images: TextImages, texts: Texts, recipe: ImageTextRecipe) -> None:
        self._batches = TextImageBatches(
            images,
            token_ids(images.texts, texts.tokenizer),
            max_images=recipe.batches.max_images,
            seed=recipe.seed,
            rank=rank(),
            ranks=ranks(),
        )

    def epoch(self, number: int, /) -> list[BatchKey]:
        """The batches of an epoch."""
        return self._batches.epoch(number)

    def load(self, key: BatchKey, /) -> TextImageBatch:
        """The images of a batch."""
        return self._batches.load(key)


@final
class Validation:
    """What the loop asks now and then: the loss on images that are not trained on, and figures of greedy answers."""

    def __init__(self, recipe: ImageTextRecipe, texts: Texts, images: TextImages) -> None:
        self.recipe, self.tokenizer, self.images = recipe, texts.tokenizer, images
        self.ids = token_ids(images.texts, texts.tokenizer)
        self.metrics = make_metrics(recipe)
        self.greedy = recipe.search.model_copy(update={"kind": "greedy"})

    def __call__(self, network: nn.Module) -> dict[str, float]:
        """The figures of a network."""
        assert isinstance(network, SequenceToSequence)
        answers = Answerer(network, self.tokenizer, self.greedy).of(self.images)
        outputs = [found[0].output for found in answers]
        figures = {name: metric.measure(outputs, self.images.texts) for name, metric in self.metrics.items()}
        return {"loss": self._loss(network), **figures}

    def _loss(self, network: SequenceToSequence) -> float:
        """Negative log-probability a token."""
        device = next(network.parameters()).device
        log_prob, tokens = 0.0, 0
        with autocast(self.recipe.training.precision, device):
            for batch in text_batches_in_order(self.images, self.ids, WINDOW):
                loss = network(batch.to(device))
                log_prob, tokens = log_prob + float(loss.log_prob), tokens + int(loss.tokens)
        return -log_prob / max(tokens, 1)


def _texts_of(recipe: ImageTextRecipe, images: TextImages) -> Texts:
    """What must be known of the training later on; a run that is begun from has its own tokenizer."""
    start = recipe.model.start_from
    tokenizer = None if start is None else tokenizer_from(Path(start), images)
    mean, std = pixel_moments(images)
    return Texts(tokenizer or train_tokenizer(recipe, images), images.size, images.channels, mean, std)


def _check_same(images: TextImages, texts: Texts, split: str) -> None:
    if (images.size, images.channels) != (texts.size, texts.channels):
        raise DataError(
            f"The images of `{split}` are of height, width and channels {(*images.size, images.channels)}, but those "
            f"of the training are of {(*texts.size, texts.channels)}. Give all splits the same size."
        )


def _facts(images: TextImages, texts: Texts, recipe: ImageTextRecipe) -> tuple[str, ...]:
    height, width = texts.size
    facts = [f"{len(images):,} images of {height}×{width}"]
    facts += [f"{images.skipped:,} that can't be read skipped"] if images.skipped else []
    facts += [f"vocabulary {texts.tokenizer.vocabulary_size:,}"]
    start = recipe.model.start_from
    return (*facts, *([f"begins as {start}"] if start else []))
