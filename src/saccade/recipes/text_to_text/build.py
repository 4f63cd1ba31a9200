"""From a recipe to what it says: pairs, tokenizers, network, metrics. Imports torch."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from saccade.attention import SCORES, SELECTIONS
from saccade.data.pairs import Pairs
from saccade.data.read import read_pairs
from saccade.data.sets import SETS
from saccade.data.tokenizers import Tokenizer, TokenizerPair
from saccade.decoders import OUTPUTS
from saccade.metrics import METRICS, Metric
from saccade.models.assemble import assemble
from saccade.models.options import (
    AttentionOptions,
    DecoderOptions,
    EncoderOptions,
    HistoryOptions,
    OutputOptions,
    SelfAttentionOptions,
)
from saccade.models.options import Embeddings as EmbeddingOptions
from saccade.models.sequence_to_sequence import SequenceToSequence
from saccade.recipes.load import Loaded
from saccade.recipes.parts import check_data, check_fit, check_kinds, check_metrics, check_options, check_split
from saccade.recipes.text_to_text import schema
from saccade.recipes.text_to_text.schema import History, TextRecipe, TokenizerOptions

# The options of each kind.
ENCODERS = {"recurrent": EncoderOptions, "self-attention": SelfAttentionOptions}
DECODERS = {"recurrent": DecoderOptions, "self-attention": SelfAttentionOptions}
# What `read_pairs` gets from elsewhere.
SAID_ELSEWHERE = frozenset({"path", "alike"})
# What the network gives to a score or a selection: the recipe can't.
WIDTHS = frozenset({"d_query", "d_key"})
# What it gives to an output.
READOUT = frozenset({"d_readout", "dropout"})
# Where a message of a constructor is looked up: its `decoder.cell` is said in section `model`.
SECTIONS = (
    "model",
    "model.attention",
    "model.attention.score",
    "model.attention.selection",
    "model.encoder",
    "model.encoder.history",
    "model.encoder.history.selection",
    "model.decoder",
    "model.decoder.history",
    "model.decoder.history.selection",
    "model.output",
    "evaluation",
)
# A vocabulary for trying out whether the parts fit each other.
TRIAL = 8


def check_parts(loaded: Loaded) -> None:
    """Hold all options of all parts against their constructors, before any data is read.

    Raises:
        OptionError: A part or an option does not exist, has another kind of value, or does not fit the others.
    """
    recipe: TextRecipe = loaded.recipe
    model = recipe.model
    parts = (
        ("encoder", model.encoder, ENCODERS, ()),
        ("decoder", model.decoder, DECODERS, ()),
        ("attention.score", model.attention.score, SCORES, WIDTHS),
        ("attention.selection", model.attention.selection, SELECTIONS, WIDTHS),
        ("output", model.output, OUTPUTS, READOUT),
    )
    check_kinds(loaded, parts)
    for side, table in (("encoder", ENCODERS), ("decoder", DECODERS)):
        check_history(loaded, side, table)
    check_data(loaded, SETS, read_pairs, what="files of pairs", given=SAID_ELSEWHERE)
    check_metrics(loaded, METRICS)
    check_fit(loaded, lambda: _try(recipe), SECTIONS)


def read_split(recipe: TextRecipe, split: str) -> Pairs:
    """Read the pairs of a split.

    Raises:
        OptionError: The recipe names no such split.
        MissingError: The files are not there.
        DataError: They can't be read.
    """
    check_split(recipe, split)
    path, options = recipe.data.origin(split)
    if recipe.data.set is not None:
        return SETS[recipe.data.set](split, **options)
    assert path is not None  # `check_split` has refused it
    return read_pairs(path, **options)


def read_files(recipe: TextRecipe, files: Sequence[Path]) -> Pairs:
    """Read one file of one's own, or two; the columns have the names that the recipe says, if it reads files.

    Raises:
        MissingError: They are not there.
        DataError: They can't be read.
    """
    path = files[0] if len(files) == 1 else (files[0], files[1])
    return read_pairs(path, alike=recipe.data.of_files)


def train_tokenizers(recipe: TextRecipe, pairs: Pairs, source: Tokenizer | None = None) -> TokenizerPair:
    """Learn the pieces of both sides from the training pairs.

    Args:
        recipe: Says how.
        pairs: Of the training.
        source: One that has learnt already: it reads the sources, and where one is shared, writes the targets, too.
    """
    options = recipe.tokenizer
    if options.shared:
        both = source or _tokenizer((text for side in (pairs.source, pairs.target) for text in side), options.source)
        return TokenizerPair(both, both)
    return TokenizerPair(source or _tokenizer(pairs.source, options.source), _tokenizer(pairs.target, options.target))


def make_model(recipe: TextRecipe, source_vocabulary: int, target_vocabulary: int) -> SequenceToSequence:
    """Make the network, with the random weights of the recipe's seed.

    Raises:
        OptionError: The parts don't fit each other.
    """
    model = recipe.model
    encoder, decoder = model.encoder, model.decoder
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        return assemble(
            source_vocabulary,
            target_vocabulary,
            encoder=ENCODERS[encoder.kind](**encoder.options, **history_options(encoder.history)),
            decoder=DECODERS[decoder.kind](**decoder.options, **history_options(decoder.history)),
            attention=attention_options(model.attention),
            output=OutputOptions(model.output.kind, model.output.options),
            embeddings=EmbeddingOptions(**model.embeddings.model_dump()),
        )


def check_history(loaded: Loaded, side: str, table: Mapping[str, Any]) -> None:
    """Hold how a network looks at its own past against the scores and selections, and the network against looking so.

    Args:
        loaded: The recipe.
        side: `encoder` or `decoder`.
        table: The options of each kind of it.

    Raises:
        OptionError: There is no such score or selection, it has no such option, or such a network does not look so.
    """
    network = getattr(loaded.recipe.model, side)
    if network.history is None:
        return
    key = ("model", side)
    # Whether there is such an option at all; what is in it is checked below.
    check_options(table[network.kind], {"history": None}, key, loaded, what=f"the {network.kind} {side}")
    looks = (("score", network.history.score, SCORES), ("selection", network.history.selection, SELECTIONS))
    check_kinds(loaded, ((f"{side}.history.{name}", part, kinds, WIDTHS) for name, part, kinds in looks))


def attention_options(attention: schema.AttentionOptions) -> AttentionOptions:
    """How a decoder looks."""
    score, selection = attention.score, attention.selection
    return AttentionOptions(
        score=score.kind,
        score_options=score.options,
        selection=selection.kind,
        selection_options=selection.options,
        heads=attention.heads,
        d_model=attention.d_model,
        coverage_loss=attention.coverage_loss,
    )


def history_options(history: History | None) -> dict[str, Any]:
    """How a network looks at its own past, where it does, as an option of it."""
    if history is None:
        return {}
    score, selection = history.score, history.selection
    return {"history": HistoryOptions(score.kind, score.options, selection.kind, selection.options)}


def make_metrics(recipe: TextRecipe) -> dict[str, Metric]:
    """Make the metrics of a recipe, by name."""
    return {part.kind: METRICS[part.kind](**part.options) for part in recipe.evaluation.metrics}


def _tokenizer(texts: Any, options: TokenizerOptions) -> Tokenizer:
    return Tokenizer.train(texts, **options.model_dump())


def _try(recipe: TextRecipe) -> None:
    """Make the network without memory for its weights: what the constructors refuse, they refuse now."""
    with torch.device("meta"):
        make_model(recipe, TRIAL, TRIAL if recipe.tokenizer.shared else TRIAL + 1)
    make_metrics(recipe)
