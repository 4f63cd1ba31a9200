"""Train what a recipe says, into a run folder."""

import dataclasses
import os
from collections.abc import Sequence
from pathlib import Path
from typing import final

import numpy as np
from torch import nn

from saccade.data.batches import Batch, Batches, collate
from saccade.data.encoded import EncodedPairs, encode_pairs
from saccade.data.pairs import Pairs
from saccade.data.tokenizers import PAD, TokenizerPair
from saccade.errors import RunError
from saccade.metrics import METRICS
from saccade.models.sequence_to_sequence import SequenceToSequence
from saccade.recipes.build import check_parts, make_metrics, make_model, read_split, train_tokenizers
from saccade.recipes.load import Loaded, load_recipe
from saccade.recipes.schema import Recipe
from saccade.run import folder
from saccade.run.answers import Answerer
from saccade.run.model import Model, load
from saccade.training import TrainingOptions, loop
from saccade.training.loop import Trained
from saccade.training.precision import autocast
from saccade.training.progress import Progress

# Source and target tokens in a batch of validation.
VALIDATION_TOKENS = 8192
# What is written before a folder is a run.
BEGINNING = frozenset({folder.TOKENIZER, folder.RECIPE})


@final
class Begun:
    """A training that is ready to go: everything is read, checked and built, and the folder is there.

    Args:
        loaded: The recipe.
        path: The run folder.
        resume: Go on with what lies in the folder.

    Raises:
        OptionError: The recipe has a part or an option that does not exist or does not fit.
        MissingError, DataError: Its data is not there, or can't be read.
        RunError: The folder holds another run, or (without `resume`) one at all.
        StorageError: The folder can't be written.
    """

    def __init__(self, loaded: Loaded, path: Path, *, resume: bool = False) -> None:
        check_parts(loaded)
        self.recipe, self.path, self.resume = loaded.recipe, path, resume and folder.is_run(path)
        self.is_main = os.environ.get("RANK", "0") == "0"
        if self.is_main:
            _check_folder(self.recipe, path, resume=resume)
        self.pairs = read_split(self.recipe, "train")
        self.validation = read_split(self.recipe, "validation")
        if self.resume:
            self.tokenizers = folder.read(path).tokenizers
        else:
            self.tokenizers = train_tokenizers(self.recipe, self.pairs)
        self.encoded = self._encode(self.pairs)
        source, target = self.tokenizers.source.vocabulary_size, self.tokenizers.target.vocabulary_size
        self.network = make_model(self.recipe, source, target)

    @property
    def parameters(self) -> int:
        """How many numbers are learnt."""
        return sum(parameter.numel() for parameter in self.network.parameters())

    def train(self, progress: Progress | None = None) -> Trained:
        """Train until a limit is reached; see `saccade.training.loop.train`."""
        if self.is_main and not self.resume:
            folder.begin(self.path, self.recipe, self.tokenizers)
        validate = Validation(self.recipe, self.tokenizers, self.validation, self._encode(self.validation))
        return loop.train(
            self.network,
            Source(self.encoded, self.recipe),
            training_options(self.recipe),
            self.path,
            validate=validate,
            resume=self.resume,
            progress=progress,
        )

    def _encode(self, pairs: Pairs) -> EncodedPairs:
        return encode_pairs(pairs, self.tokenizers.source, self.tokenizers.target, self.recipe.data.max_tokens)


def train(recipe: str | Path, out: str | Path, options: Sequence[str] = (), *, resume: bool = False) -> Model:
    """Train a recipe into a folder, and give the model.

    Args:
        recipe: The name of a built-in recipe, or a path.
        out: The run folder.
        options: Changes to the recipe, such as `training.max_epochs=3`.
        resume: Go on with what lies in the folder.
    """
    Begun(load_recipe(recipe, options), Path(out), resume=resume).train()
    return load(out)


@final
class Source:
    """Encoded pairs as the loop asks for them: an epoch is a list of indices, loaded a batch at a time."""

    def __init__(self, encoded: EncodedPairs, recipe: Recipe) -> None:
        self._encoded = encoded
        self._batches = Batches(
            encoded.source_lengths,
            encoded.target_lengths,
            max_pairs=recipe.batches.max_pairs,
            max_tokens=recipe.batches.max_tokens,
            seed=recipe.seed,
            rank=int(os.environ.get("RANK", "0")),
            ranks=int(os.environ.get("WORLD_SIZE", "1")),
        )

    def epoch(self, number: int) -> list[np.ndarray]:
        """The batches of an epoch."""
        return self._batches.epoch(number)

    def load(self, key: np.ndarray) -> Batch:
        """The pairs of a batch."""
        return collate(self._encoded.rows(key), PAD)


@final
class Validation:
    """What the loop asks now and then: the loss on pairs that are not trained on, and the figures of greedy answers."""

    def __init__(self, recipe: Recipe, tokenizers: TokenizerPair, pairs: Pairs, encoded: EncodedPairs) -> None:
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


def training_options(recipe: Recipe) -> TrainingOptions:
    """The options of the loop: the recipe's, its seed, and which way `watch` is better."""
    watch = recipe.training.watch
    higher = watch in METRICS and METRICS[watch].higher_is_better
    fields = {field.name: getattr(recipe.training, field.name) for field in dataclasses.fields(TrainingOptions)}
    return TrainingOptions(**fields | {"seed": recipe.seed, "better": "higher" if higher else "lower"})


def _in_order(encoded: EncodedPairs) -> Sequence[np.ndarray]:
    return Batches(encoded.source_lengths, encoded.target_lengths, max_tokens=VALIDATION_TOKENS, seed=0).epoch(0)


def _check_folder(recipe: Recipe, path: Path, *, resume: bool) -> None:
    if path.exists() and not path.is_dir():
        raise RunError(f"{path} is a file; a run is a folder. Name another one with `--out`.")
    if not path.is_dir() or not any(path.iterdir()):
        return
    if not folder.is_run(path):
        if all(entry.name in BEGINNING or entry.name.endswith(".writing") for entry in path.iterdir()):
            return  # killed while it was begun: nothing is lost by beginning again
        raise RunError(f"{path} is not empty, and no run. Name another folder with `--out`.")
    if not resume:
        raise RunError(f"{path} holds a run already. Go on with it by `--resume`, or name another folder with `--out`.")
    before = folder.read(path).recipe
    if before != recipe:
        raise RunError(
            f"{path} holds a run of another recipe: {_first_difference(before, recipe)}. Name another `--out`."
        )


def _first_difference(before: Recipe, now: Recipe) -> str:
    old, new = _flat(before.model_dump(mode="json")), _flat(now.model_dump(mode="json"))
    name = next(name for name in {**old, **new} if old.get(name) != new.get(name))
    return f"`{name}` was {old.get(name)!r} there, and is {new.get(name)!r} now"


def _flat(tree: object, name: str = "") -> dict[str, object]:
    if not isinstance(tree, dict):
        return {name: tree}
    return {
        key: value for part, inner in tree.items() for key, value in _flat(inner, f"{name}.{part}".strip(".")).items()
    }
