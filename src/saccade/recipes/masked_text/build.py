"""From a recipe to what it says: texts, tokenizer, network, metrics. Imports torch."""

from pathlib import Path

import torch

from saccade.data.masking import Masking
from saccade.data.read_texts import RawTexts, read_texts
from saccade.data.sets import SETS
from saccade.data.tokenizers import Tokenizer
from saccade.metrics import GUESS_METRICS, GuessMetric
from saccade.models.assemble_masked import assemble_masked
from saccade.models.masked_language_model import MaskedLanguageModel
from saccade.models.options import Embeddings
from saccade.recipes.load import Loaded
from saccade.recipes.masked_text.schema import MaskedRecipe
from saccade.recipes.parts import check_data, check_fit, check_kinds, check_metrics, check_split
from saccade.recipes.text_to_label.build import NOT_ASKED
from saccade.recipes.text_to_text.build import ENCODERS

# Where a message of a constructor is looked up: its `encoder.cell` is said in section `model`.
SECTIONS = ("model", "model.encoder", "masking", "evaluation")
# What `read_texts` gets from elsewhere in the recipe.
SAID_ELSEWHERE = frozenset({"path", "side", "alike"})
# A vocabulary for trying out whether the parts fit each other.
TRIAL = 8


def check_parts(loaded: Loaded) -> None:
    """Hold all options of all parts against their constructors, before any data is read.

    Raises:
        OptionError: A part or an option does not exist, has another kind of value, or does not fit the others.
    """
    recipe: MaskedRecipe = loaded.recipe
    check_kinds(loaded, [("encoder", recipe.model.encoder, ENCODERS, NOT_ASKED)])
    check_data(loaded, SETS, read_texts, what="files of texts", given=SAID_ELSEWHERE)
    check_metrics(loaded, GUESS_METRICS)
    check_fit(loaded, lambda: _try(recipe), SECTIONS)


def read_split(recipe: MaskedRecipe, split: str) -> RawTexts:
    """Read the texts of a split.

    Raises:
        OptionError: The recipe names no such split.
        MissingError: The files are not there.
        DataError: They can't be read.
    """
    check_split(recipe, split)
    path, options = recipe.data.origin(split)
    if recipe.data.set is not None:
        pairs = SETS[recipe.data.set](split, **options)
        return RawTexts(getattr(pairs, recipe.data.side), pairs.skipped)
    return read_texts(path, side=recipe.data.side, **options)


def read_file(recipe: MaskedRecipe, path: Path) -> RawTexts:
    """Read a file of one's own; the column, or the side of pairs, is the recipe's.

    Raises:
        MissingError: It is not there.
        DataError: It can't be read.
    """
    return read_texts(path, side=recipe.data.side, alike=recipe.data.of_files)


def train_tokenizer(recipe: MaskedRecipe, texts: RawTexts) -> Tokenizer:
    """Learn the pieces from the training texts."""
    return Tokenizer.train(texts.texts, **recipe.tokenizer.model_dump())


def make_masking(recipe: MaskedRecipe, vocabulary: int) -> Masking:
    """Make what chooses tokens; the mask is numbered after those of the vocabulary."""
    return Masking(vocabulary, **recipe.masking.model_dump())


def make_model(recipe: MaskedRecipe, vocabulary: int) -> MaskedLanguageModel:
    """Make the network, with the random weights of the recipe's seed.

    Raises:
        OptionError: The parts don't fit each other.
    """
    encoder = recipe.model.encoder
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        return assemble_masked(
            vocabulary,
            encoder=ENCODERS[encoder.kind](**encoder.options),
            embeddings=Embeddings(**recipe.model.embeddings.model_dump()),
        )


def make_metrics(recipe: MaskedRecipe) -> dict[str, GuessMetric]:
    """Make the metrics of a recipe, by name."""
    return {part.kind: GUESS_METRICS[part.kind](**part.options) for part in recipe.evaluation.metrics}


def _try(recipe: MaskedRecipe) -> None:
    """Make the network without memory for its weights: what the constructors refuse, they refuse now."""
    with torch.device("meta"):
        make_model(recipe, TRIAL)
    make_masking(recipe, TRIAL)
    make_metrics(recipe)
