"""From a recipe to what it says: texts with labels, tokenizer, network. Imports torch."""

from collections.abc import Sequence
from pathlib import Path

import torch

from saccade.data.labelled_texts import LabelledTexts
from saccade.data.read_labelled_texts import read_labelled_texts
from saccade.data.sets import LABELLED_TEXT_SETS
from saccade.data.tokenizers import Tokenizer
from saccade.metrics import LABEL_METRICS
from saccade.models.assemble_text_classifier import assemble_text_classifier
from saccade.models.options import Embeddings
from saccade.models.pooling import POOLINGS
from saccade.models.text_classifier import TextClassifier
from saccade.recipes.label_metrics import make_metrics
from saccade.recipes.load import Loaded
from saccade.recipes.parts import check_data, check_fit, check_kinds, check_metrics, check_split
from saccade.recipes.text_to_label.schema import TextLabelRecipe
from saccade.recipes.text_to_text.build import ENCODERS

# Where a message of a constructor is looked up: its `encoder.cell` is said in section `model`.
SECTIONS = ("model", "model.encoder", "model.pooling", "evaluation")
# What `read_labelled_texts` gets from elsewhere.
SAID_ELSEWHERE = frozenset({"path", "classes", "alike"})
# Networks that look at their own past write texts, or read them for one that does.
NOT_ASKED = frozenset({"history"})
# A vocabulary and labels for trying out whether the parts fit each other.
TRIAL, TRIAL_LABELS = 8, 3


def check_parts(loaded: Loaded) -> None:
    """Hold all options of all parts against their constructors, before any data is read.

    Raises:
        OptionError: A part or an option does not exist, has another kind of value, or does not fit the others.
    """
    recipe: TextLabelRecipe = loaded.recipe
    model = recipe.model
    parts = (("encoder", model.encoder, ENCODERS, NOT_ASKED), ("pooling", model.pooling, POOLINGS, {"d_memory"}))
    check_kinds(loaded, parts)
    what = "files of texts with labels"
    check_data(loaded, LABELLED_TEXT_SETS, read_labelled_texts, what=what, given=SAID_ELSEWHERE)
    check_metrics(loaded, LABEL_METRICS)
    check_fit(loaded, lambda: _try(recipe), SECTIONS)


def read_split(recipe: TextLabelRecipe, split: str, classes: Sequence[str] | None = None) -> LabelledTexts:
    """Read the texts of a split.

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
        return LABELLED_TEXT_SETS[recipe.data.set](split, **options)
    return read_labelled_texts(path, classes=classes, **options)


def read_file(recipe: TextLabelRecipe, path: Path, classes: Sequence[str]) -> LabelledTexts:
    """Read a file of one's own; the columns have the names that the recipe says, if it reads files.

    Raises:
        MissingError: It is not there.
        DataError: It can't be read.
    """
    return read_labelled_texts(path, classes=classes, alike=recipe.data.of_files)


def train_tokenizer(recipe: TextLabelRecipe, texts: LabelledTexts) -> Tokenizer:
    """Learn the pieces from the training texts."""
    return Tokenizer.train(texts.texts, **recipe.tokenizer.model_dump())


def make_model(recipe: TextLabelRecipe, vocabulary: int, labels: int) -> TextClassifier:
    """Make the network, with the random weights of the recipe's seed.

    Raises:
        OptionError: The parts don't fit each other.
    """
    model = recipe.model
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        return assemble_text_classifier(
            vocabulary,
            labels,
            encoder=ENCODERS[model.encoder.kind](**model.encoder.options),
            pooling=(model.pooling.kind, model.pooling.options),
            embeddings=Embeddings(**model.embeddings.model_dump()),
            dropout=model.dropout,
        )


def _try(recipe: TextLabelRecipe) -> None:
    """Make the network without memory for its weights: what the constructors refuse, they refuse now."""
    with torch.device("meta"):
        make_model(recipe, TRIAL, TRIAL_LABELS)
    make_metrics(recipe)
