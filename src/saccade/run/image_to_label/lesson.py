"""What a training from image to label begins with: images, network, validation."""

from pathlib import Path
from typing import final

from torch import nn

from saccade.data.image_batches import BatchKey, ImageBatch, ImageBatches
from saccade.data.images import LabelledImages
from saccade.data.pixel_moments import pixel_moments
from saccade.errors import DataError, RunError
from saccade.metrics.calibration import NegativeLogLikelihood
from saccade.models.classifier import Classifier
from saccade.recipes.image_to_label.build import make_augmentation, make_model, read_split
from saccade.recipes.image_to_label.schema import ImageRecipe
from saccade.recipes.label_metrics import make_metrics
from saccade.run import folder
from saccade.run.folder import RunFolder
from saccade.run.image_to_label.files import LABELS, Labels, read_labels
from saccade.run.image_to_label.logits import logits_of
from saccade.run.lesson import Lesson
from saccade.training.precision import autocast
from saccade.training.processes import rank, ranks
from saccade.training.published import MODEL
from saccade.training.weights import read_weights


def prepare(recipe: ImageRecipe, before: RunFolder | None) -> Lesson:
    """Read the images, and make the network.

    Args:
        recipe: What is trained.
        before: The run that is gone on with, whose labels hold; None: the images give them.

    Raises:
        OptionError: The recipe names no such data, or its parts don't fit the images.
        MissingError, DataError: Its data is not there, or can't be read.
        RunError: `model.start_from` is no run whose encoder this network could begin with.
    """
    known = None if before is None else read_labels(before.path)
    images = read_split(recipe, "train", None if known is None else known.classes)
    held_out = read_split(recipe, "validation", images.classes)
    labels = known or labels_of(images)
    _check_same(images, labels, "train")
    _check_same(held_out, labels, "validation")
    network = make_network(recipe, labels)
    if before is None and recipe.model.start_from is not None:
        start_from(network, Path(recipe.model.start_from))
    validation = Validation(recipe, held_out)
    return Lesson(
        network,
        Source(images, recipe),
        validation,
        frozenset(name for name, metric in validation.metrics.items() if metric.higher_is_better),
        lambda path: labels.save(path / LABELS),
        _facts(images, held_out, labels, recipe),
    )


def make_network(recipe: ImageRecipe, labels: Labels) -> Classifier:
    """Make the network for images and labels of a kind, with the random weights of the recipe's seed."""
    return make_model(recipe, len(labels.classes), labels.size, labels.channels, labels.mean, labels.std)


def labels_of(images: LabelledImages) -> Labels:
    """What must be known of the training images later on.

    Example:
        >>> import numpy as np
        >>> images = LabelledImages(np.full((3, 5, 7, 1), 51, np.uint8), [0, 1, 0], ["cat", "dog"])
        >>> labels_of(images)
        Labels(classes=('cat', 'dog'), size=(5, 7), channels=1, mean=(0.2,), std=(1.0,))
    """
    mean, std = pixel_moments(images)
    return Labels(images.classes, images.size, images.channels, mean, std)


def start_from(network: Classifier, run: Path) -> None:
    """Begin with what the encoder of another run has learnt.

    Raises:
        MissingError: There is no such run.
        RunError: It is no run of images, not trained, or its encoder is another one.
    """
    before = folder.read(run)
    if before.recipe.task != "image-to-label":
        raise RunError(f"`model.start_from` is {run}, which is a run of {before.recipe.task}. Name one of images.")
    folder.check_there(run, MODEL)
    try:
        network.load_encoder(read_weights(run / MODEL))
    except DataError as error:
        raise RunError(f"`model.start_from` is {run}: {error}") from error


@final
class Source:
    """Labelled images as the loop asks for them."""

    unit = "images"

    def __init__(self, images: LabelledImages, recipe: ImageRecipe) -> None:
        self._batches = ImageBatches(
            images,
            max_images=recipe.batches.max_images,
            augmentation=make_augmentation(recipe),
            seed=recipe.seed,
            rank=rank(),
            ranks=ranks(),
        )

    def epoch(self, number: int, /) -> list[BatchKey]:
        """The batches of an epoch."""
        return self._batches.epoch(number)

    def load(self, key: BatchKey, /) -> ImageBatch:
        """The images of a batch."""
        return self._batches.load(key)


@final
class Validation:
    """What the loop asks now and then: the loss on images that are not trained on, and the figures of the labels."""

    def __init__(self, recipe: ImageRecipe, images: LabelledImages) -> None:
        self.recipe, self.images, self.metrics = recipe, images, make_metrics(recipe)

    def __call__(self, network: nn.Module) -> dict[str, float]:
        """The figures of a network."""
        assert isinstance(network, Classifier)
        with autocast(self.recipe.training.precision, next(network.parameters()).device):
            logits = logits_of(network, self.images)
        measured = {"loss": NegativeLogLikelihood(), **self.metrics}
        return {name: metric.measure(logits, self.images.labels) for name, metric in measured.items()}


def _check_same(images: LabelledImages, labels: Labels, split: str) -> None:
    if images.classes != labels.classes:
        raise DataError(
            f"The images of `{split}` have the classes {', '.join(images.classes)}, but those of the training are "
            f"{', '.join(labels.classes)}. Take a set, or options of it, with the same classes in each split."
        )
    if (images.size, images.channels) != (labels.size, labels.channels):
        raise DataError(
            f"The images of `{split}` are of height, width and channels {(*images.size, images.channels)}, but those "
            f"of the training are of {(*labels.size, labels.channels)}. Give all splits the same size."
        )


def _facts(images: LabelledImages, held_out: LabelledImages, labels: Labels, recipe: ImageRecipe) -> tuple[str, ...]:
    height, width = labels.size
    facts = [f"{len(images):,} images of {height}×{width}"]
    facts += [f"{images.skipped:,} that can't be read skipped"] if images.skipped else []
    facts += [f"{held_out.skipped:,} of the validation skipped"] if held_out.skipped else []
    facts += [f"{len(labels.classes)} classes"]
    start = recipe.model.start_from
    return (*facts, *([f"encoder begins as that of {start}"] if start else []))
