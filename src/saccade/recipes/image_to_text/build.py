"""From a recipe to what it says: images with texts, tokenizer, network, metrics. Imports torch."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from saccade.attention import SCORES, SELECTIONS
from saccade.data.read_text_images import read_text_images
from saccade.data.sets import TEXT_IMAGE_SETS
from saccade.data.text_images import TextImages
from saccade.data.tokenizers import Tokenizer
from saccade.encoders import IMAGE_ENCODERS
from saccade.gates import GATES
from saccade.metrics import METRICS, Metric
from saccade.models.assemble_captioner import ReaderOptions, RecurrentOptions, assemble_captioner
from saccade.models.options import DecoderOptions
from saccade.models.options import Embeddings as EmbeddingOptions
from saccade.models.sequence_to_sequence import SequenceToSequence
from saccade.recipes.image_to_text.schema import ImageTextRecipe, Model
from saccade.recipes.load import Loaded
from saccade.recipes.parts import check_data, check_fit, check_kinds, check_metrics, check_split
from saccade.recipes.text_to_text.build import attention_options, check_history, history_options

DECODERS = {"recurrent": DecoderOptions}
# What the network gives to a score or a selection, and an encoder gets from the images: the recipe can't.
GIVEN = frozenset({"d_query", "d_key", "channels", "size", "gate"})
# Where a message of a constructor is looked up: its `decoder.cell` is said in section `model`.
SECTIONS = (
    "model",
    "model.attention",
    "model.encoder",
    "model.encoder.gate",
    "model.decoder",
    "model.decoder.history",
    "data",
    "evaluation",
)
# What `read_text_images` gets from elsewhere in the recipe.
SAID_ELSEWHERE = frozenset({"path", "size", "channels", "fit", "on_bad_file", "max_pixels", "alike"})
# Images and a vocabulary for trying out whether the parts fit each other, where the set's own are not known yet.
TRIAL_SIZE, TRIAL_VOCABULARY = (32, 128), 8
COLOURS = 3


def check_parts(loaded: Loaded) -> None:
    """Hold all options of all parts against their constructors, before any data is read.

    Raises:
        OptionError: A part or an option does not exist, has another kind of value, or does not fit the others.
    """
    recipe: ImageTextRecipe = loaded.recipe
    model = recipe.model
    parts = (
        ("encoder", model.encoder, IMAGE_ENCODERS, GIVEN),
        ("encoder.gate", model.encoder.gate, GATES, GIVEN),
        ("decoder", model.decoder, DECODERS, GIVEN),
        ("attention.score", model.attention.score, SCORES, GIVEN),
        ("attention.selection", model.attention.selection, SELECTIONS, GIVEN),
    )
    check_kinds(loaded, parts)
    check_history(loaded, "decoder", DECODERS)
    what = "tables of images and texts"
    check_data(loaded, TEXT_IMAGE_SETS, read_text_images, what=what, given=SAID_ELSEWHERE)
    check_metrics(loaded, METRICS)
    check_fit(loaded, lambda: _try(recipe), SECTIONS)


def read_split(recipe: ImageTextRecipe, split: str) -> TextImages:
    """Read the images of a split.

    Raises:
        OptionError: The recipe names no such split.
        MissingError: The files are not there.
        DataError: They can't be read.
    """
    check_split(recipe, split)
    path, options = recipe.data.origin(split)
    if recipe.data.set is not None:
        return TEXT_IMAGE_SETS[recipe.data.set](split, **options)
    assert recipe.data.size is not None
    return read_files(recipe, path, recipe.data.size, recipe.data.channels or COLOURS, **options)


def read_files(
    recipe: ImageTextRecipe, path: str | Path, size: tuple[int, int], channels: int, **options: Any
) -> TextImages:
    """Read images and texts of one's own, as a recipe says how to.

    Args:
        recipe: Says how an image is brought to a size, and what is done with one that can't be read.
        path: A file.
        size: Height and width to bring images to.
        channels: 1 or 3.
        **options: See `read_text_images`.

    Raises:
        MissingError: The files are not there.
        DataError: They can't be read.
    """
    common = {"size": size, "channels": channels, "on_bad_file": recipe.data.on_bad_file, **recipe.data.reading}
    return read_text_images(path, **common, **options)


def train_tokenizer(recipe: ImageTextRecipe, images: TextImages) -> Tokenizer:
    """Learn the pieces of the texts from those of the training."""
    return Tokenizer.train(images.texts, **recipe.tokenizer.model_dump())


def make_model(
    recipe: ImageTextRecipe,
    vocabulary: int,
    size: tuple[int, int],
    channels: int,
    mean: Sequence[float] | None = None,
    std: Sequence[float] | None = None,
) -> SequenceToSequence:
    """Make the network, with the random weights of the recipe's seed.

    Args:
        recipe: Says what it is made of.
        vocabulary: How many tokens there are.
        size: Height and width of the images.
        channels: Of the images.
        mean: Of each channel over the training images, from 0 to 1.
        std: The same.

    Raises:
        OptionError: The parts don't fit each other.
    """
    model = recipe.model
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        return assemble_captioner(
            vocabulary,
            reader=_reader(model),
            decoder=DecoderOptions(**model.decoder.options, **history_options(model.decoder.history)),
            attention=attention_options(model.attention),
            embeddings=EmbeddingOptions(**model.embeddings.model_dump()),
            gated_context=model.gated_context,
            doubly_stochastic=model.doubly_stochastic,
            channels=channels,
            size=size,
            mean=mean,
            std=std,
        )


def make_metrics(recipe: ImageTextRecipe) -> dict[str, Metric]:
    """Make the metrics of a recipe, by name."""
    return {part.kind: METRICS[part.kind](**part.options) for part in recipe.evaluation.metrics}


def _reader(model: Model) -> ReaderOptions:
    gate, recurrent = model.encoder.gate, model.recurrent
    return ReaderOptions(
        (model.encoder.kind, model.encoder.options),
        None if gate is None else (gate.kind, gate.options),
        model.columns,
        None if recurrent is None else RecurrentOptions(**recurrent.model_dump()),
    )


def _try(recipe: ImageTextRecipe) -> None:
    """Make the network without memory for its weights: what the constructors refuse, they refuse now."""
    with torch.device("meta"):
        make_model(recipe, TRIAL_VOCABULARY, recipe.data.size or TRIAL_SIZE, recipe.data.channels or COLOURS)
    make_metrics(recipe)
