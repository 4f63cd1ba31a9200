"""From a recipe to what it says: images, network, metrics. Imports torch."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from saccade.data.augmentation import Augmentation
from saccade.data.images import LabelledImages
from saccade.data.read_images import read_images
from saccade.data.sets import IMAGE_SETS
from saccade.encoders import IMAGE_ENCODERS
from saccade.gates import GATES
from saccade.metrics import LABEL_METRICS
from saccade.models.assemble_classifier import assemble_classifier
from saccade.models.classifier import Classifier
from saccade.models.pooling import POOLINGS
from saccade.recipes.image_to_label.schema import ImageRecipe
from saccade.recipes.label_metrics import make_metrics
from saccade.recipes.load import Loaded
from saccade.recipes.parts import check_data, check_fit, check_kinds, check_metrics, check_split

# Where a message of a constructor is looked up: its `encoder.kind` is said in section `model`.
SECTIONS = ("model", "model.encoder", "model.encoder.gate", "model.pooling", "augmentation", "data", "evaluation")
# What is known from the images, or said elsewhere in the recipe.
FROM_IMAGES = frozenset({"channels", "size", "gate"})
# What `read_images` gets from elsewhere in the recipe.
SAID_ELSEWHERE = frozenset({"path", "size", "channels", "fit", "classes", "on_bad_file", "max_pixels", "alike"})
# Images and labels for trying out whether the parts fit each other, where the set's own are not known yet.
TRIAL_SIZE, TRIAL_LABELS = (224, 224), 10
COLOURS = 3


def check_parts(loaded: Loaded) -> None:
    """Hold all options of all parts against their constructors, before any data is read.

    Raises:
        OptionError: A part or an option does not exist, has another kind of value, or does not fit the others.
    """
    recipe: ImageRecipe = loaded.recipe
    model = recipe.model
    given = {*FROM_IMAGES, "d_memory"}
    parts = (
        ("encoder", model.encoder, IMAGE_ENCODERS, given),
        ("encoder.gate", model.encoder.gate, GATES, given),
        ("pooling", model.pooling, POOLINGS, given),
    )
    check_kinds(loaded, parts)
    check_data(loaded, IMAGE_SETS, read_images, what="files of images", given=SAID_ELSEWHERE)
    check_metrics(loaded, LABEL_METRICS)
    check_fit(loaded, lambda: _try(recipe), SECTIONS)


def read_split(recipe: ImageRecipe, split: str, classes: Sequence[str] | None = None) -> LabelledImages:
    """Read the images of a split.

    Args:
        recipe: Says where they are.
        split: train, validation or test.
        classes: Those of the training, where they are known: no others are allowed in files then.

    Raises:
        OptionError: The recipe names no such split.
        MissingError: The files are not there.
        DataError: They can't be read.
    """
    check_split(recipe, split)
    path, options = recipe.data.origin(split)
    if recipe.data.set is not None:
        return IMAGE_SETS[recipe.data.set](split, **options)
    assert recipe.data.size is not None
    size, channels = recipe.data.size, recipe.data.channels or COLOURS
    return read_files(recipe, path, size=size, channels=channels, classes=classes, **options)


def read_files(recipe: ImageRecipe, path: str | Path, **options: Any) -> LabelledImages:
    """Read images of one's own, as a recipe says how to.

    Args:
        recipe: Says how an image is brought to a size, and what is done with one that can't be read.
        path: A folder or a file.
        **options: See `read_images`.

    Raises:
        MissingError: The files are not there.
        DataError: They can't be read.
    """
    return read_images(path, on_bad_file=recipe.data.on_bad_file, **recipe.data.reading, **options)


def make_model(
    recipe: ImageRecipe,
    labels: int,
    size: tuple[int, int],
    channels: int,
    mean: Sequence[float] | None = None,
    std: Sequence[float] | None = None,
) -> Classifier:
    """Make the network, with the random weights of the recipe's seed.

    Args:
        recipe: Says what it is made of.
        labels: How many classes there are.
        size: Height and width of the images.
        channels: Of the images.
        mean: Of each channel over the training images, from 0 to 1.
        std: The same.

    Raises:
        OptionError: The parts don't fit each other.
    """
    model = recipe.model
    gate = model.encoder.gate
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        return assemble_classifier(
            labels,
            encoder=(model.encoder.kind, model.encoder.options),
            gate=None if gate is None else (gate.kind, gate.options),
            pooling=(model.pooling.kind, model.pooling.options),
            channels=channels,
            size=size,
            mean=mean,
            std=std,
            dropout=model.dropout,
        )


def make_augmentation(recipe: ImageRecipe) -> Augmentation:
    """Make what changes the images of the training."""
    return Augmentation(**recipe.augmentation.model_dump())


def _try(recipe: ImageRecipe) -> None:
    """Make the network without memory for its weights: what the constructors refuse, they refuse now."""
    with torch.device("meta"):
        make_model(recipe, TRIAL_LABELS, recipe.data.size or TRIAL_SIZE, recipe.data.channels or COLOURS)
    make_metrics(recipe)
    make_augmentation(recipe)
