"""From a recipe to what it says: pairs, tokenizers, network, metrics. Imports torch."""

import re
from typing import Any

import torch

from saccade.attention import SCORES, SELECTIONS
from saccade.data.pairs import Pairs
from saccade.data.read import read_pairs
from saccade.data.sets import SETS
from saccade.data.tokenizers import Tokenizer, TokenizerPair
from saccade.encoders import ENCODERS
from saccade.errors import OptionError, did_you_mean
from saccade.metrics import METRICS, Metric
from saccade.models.assemble import AttentionOptions, DecoderOptions, EncoderOptions, assemble
from saccade.models.assemble import Embeddings as EmbeddingOptions
from saccade.models.sequence_to_sequence import SequenceToSequence
from saccade.recipes.load import Loaded
from saccade.recipes.parts import check_options, chosen
from saccade.recipes.schema import Recipe, TokenizerOptions

DECODERS = {"recurrent": DecoderOptions}
# What the network gives to a score or a selection: the recipe can't.
WIDTHS = frozenset({"d_query", "d_key"})
SPLITS = ("train", "validation", "test")
# A vocabulary for trying out whether the parts fit each other.
TRIAL = 8


def check_parts(loaded: Loaded) -> None:
    """Hold all options of all parts against their constructors, before any data is read.

    Raises:
        OptionError: A part or an option does not exist, has another kind of value, or does not fit the others.
    """
    model = loaded.recipe.model
    for name, part, table, given in (
        ("encoder", model.encoder, dict.fromkeys(ENCODERS, EncoderOptions), ()),
        ("decoder", model.decoder, DECODERS, ()),
        ("attention.score", model.attention.score, SCORES, WIDTHS),
        ("attention.selection", model.attention.selection, SELECTIONS, WIDTHS),
    ):
        key = ("model", *name.split("."))
        constructor = chosen(part.kind, table, (*key, "kind"), loaded)
        what = f"the {part.kind} {key[-1]}"
        check_options(constructor, part.options, key, loaded, what=what, given=given)
    _check_data(loaded)
    _check_evaluation(loaded)
    _check_fit(loaded)


def read_split(recipe: Recipe, split: str) -> Pairs:
    """Read the pairs of a split.

    Raises:
        OptionError: The recipe names no such split.
        MissingError: The files are not there.
        DataError: They can't be read.
    """
    if split not in SPLITS:
        raise OptionError(f"There is no split {split!r}. {did_you_mean(split, SPLITS)}")
    path, options = recipe.data.origin(split)
    if recipe.data.set is not None:
        return SETS[recipe.data.set](split, **options)
    if path is None:
        raise OptionError(
            f"The recipe `{recipe.name}` names no `data.{split}`. Name a file for it, or take another split."
        )
    return read_pairs(path, **options)


def train_tokenizers(recipe: Recipe, pairs: Pairs) -> TokenizerPair:
    """Learn the pieces of both sides from the training pairs."""
    options = recipe.tokenizer
    if options.shared:
        both = _tokenizer((text for side in (pairs.source, pairs.target) for text in side), options.source)
        return TokenizerPair(both, both)
    return TokenizerPair(_tokenizer(pairs.source, options.source), _tokenizer(pairs.target, options.target))


def make_model(recipe: Recipe, source_vocabulary: int, target_vocabulary: int) -> SequenceToSequence:
    """Make the network, with the random weights of the recipe's seed.

    Raises:
        OptionError: The parts don't fit each other.
    """
    model = recipe.model
    score, selection = model.attention.score, model.attention.selection
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        return assemble(
            source_vocabulary,
            target_vocabulary,
            encoder=EncoderOptions(**model.encoder.options),
            decoder=DecoderOptions(**model.decoder.options),
            attention=AttentionOptions(
                score=score.kind,
                score_options=score.options,
                selection=selection.kind,
                selection_options=selection.options,
                heads=model.attention.heads,
                d_model=model.attention.d_model,
            ),
            embeddings=EmbeddingOptions(**model.embeddings.model_dump()),
        )


def make_metrics(recipe: Recipe) -> dict[str, Metric]:
    """Make the metrics of a recipe, by name."""
    return {part.kind: METRICS[part.kind](**part.options) for part in recipe.evaluation.metrics}


def _tokenizer(texts: Any, options: TokenizerOptions) -> Tokenizer:
    return Tokenizer.train(texts, **options.model_dump())


def _check_data(loaded: Loaded) -> None:
    data = loaded.recipe.data
    if data.set is None:
        return  # `read_pairs` checks its options by the format of the file, before it reads on
    function, what = chosen(data.set, SETS, ("data", "set"), loaded), f"the set `{data.set}`"
    check_options(function, data.options, ("data", "options"), loaded, what=what, given=("split",))
    for split in SPLITS:
        check_options(function, getattr(data, split) or {}, ("data", split), loaded, what=what, given=("split",))


def _check_evaluation(loaded: Loaded) -> None:
    key = ("evaluation", "metrics")
    metrics = loaded.recipe.evaluation.metrics
    for place, part in enumerate(metrics):
        constructor = chosen(part.kind, METRICS, (*key, str(place)), loaded)
        check_options(constructor, part.options, (*key, str(place)), loaded, what=f"the metric {part.kind}")
    figures = ["loss", *(part.kind for part in metrics)]
    watch = loaded.recipe.training.watch
    if watch not in figures:
        place = loaded.place(("training", "watch"))
        suggestion = did_you_mean(watch, figures)
        raise OptionError(
            f"{place}: `training.watch` is {watch!r}, which is neither `loss` nor in `evaluation.metrics`. {suggestion}"
        )


def _check_fit(loaded: Loaded) -> None:
    """Make the network without memory for its weights: what the constructors refuse, they refuse now."""
    try:
        with torch.device("meta"):
            make_model(loaded.recipe, TRIAL, TRIAL if loaded.recipe.tokenizer.shared else TRIAL + 1)
        make_metrics(loaded.recipe)
    except OptionError as error:
        raise OptionError(f"{_place_of(str(error), loaded)}{error}") from None


def _place_of(message: str, loaded: Loaded) -> str:
    """The line of an option that a constructor's message names: its `decoder.cell` is said in section `model`."""
    for quoted in re.findall(r"`([\w.]+)`", message):
        for section in ("model", "model.attention", "model.encoder", "model.decoder", "evaluation"):
            key = (*section.split("."), *quoted.split("."))
            if key in loaded.places:
                return f"{loaded.places[key]}: "
    return f"{loaded.recipe.name}: "
