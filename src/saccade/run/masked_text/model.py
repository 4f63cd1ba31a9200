"""A trained model that guesses hidden tokens: it fills in blanks, shows where its tokens looked, and is measured."""

import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import final

import torch

from saccade.data.blanks import Blanked
from saccade.data.pairs import Texts
from saccade.data.read_texts import RawTexts
from saccade.data.tokenizers import Encoding, Tokenizer
from saccade.data.words import labels, word_groups
from saccade.errors import DataError, OptionError, did_you_mean
from saccade.maps import AttentionMap, Axis, Look, record
from saccade.metrics import Guesses
from saccade.models.masked_language_model import MaskedLanguageModel
from saccade.recipes.masked_text.build import make_masking, make_model, read_file, read_split
from saccade.recipes.masked_text.schema import MaskedRecipe
from saccade.run.examples import Example
from saccade.run.folder import RunFolder
from saccade.run.masked_text.answers import Answer, Answerer
from saccade.run.masked_text.evaluation import Evaluation, evaluated
from saccade.run.masked_text.guessing import WINDOW, guesses_of
from saccade.run.model import Model
from saccade.run.text_to_text.files import read_tokenizers
from saccade.run.text_to_text.looked import Looked


def load(run: RunFolder) -> "MaskedTextModel":
    """Load the model of a run.

    Raises:
        RunError: The run is incomplete, damaged, or from a newer version.
    """
    tokenizer = read_tokenizers(run.path).source
    network = make_model(run.recipe, tokenizer.vocabulary_size)
    run.fill(network)
    return MaskedTextModel(run.path, run.recipe, tokenizer, network)


@final
class MaskedTextModel(Model):
    """A trained model that reads a text with hidden tokens, and guesses them.

    Args:
        path: Its run folder.
        recipe: What it was trained by.
        tokenizer: Its own.
        network: With its trained weights.
    """

    recipe: MaskedRecipe

    def __init__(self, path: Path, recipe: MaskedRecipe, tokenizer: Tokenizer, network: MaskedLanguageModel) -> None:
        super().__init__(path)
        self.recipe, self.tokenizer, self.network = recipe, tokenizer, network.eval()

    def predict(self, texts: Iterable[str], /) -> list[str]:
        """Fill in texts: each with the likeliest guess at each of its blanks, in their order.

        Args:
            texts: Each with one or more blanks, written `<mask>`, or `[MASK]`; an empty one stays empty.

        Raises:
            OptionError: `texts` is a single text.
            DataError: A text has no blank, or is too long.
        """
        if isinstance(texts, str):
            raise OptionError(f"`texts` must be several texts, but is one: {texts[:40]!r}. Put it into a list.")
        return [answer.output for answer in self.answers(texts)]

    def answers(self, texts: Iterable[str], *, n_best: int = 1, window: int = WINDOW) -> Iterator[Answer]:
        """Fill in texts as they come, with the `n_best` guesses for each blank, in the order of the texts.

        Args:
            texts: Any iterable; `window` of them are read ahead.
            n_best: How many guesses for each blank, best first.
            window: How many texts are read ahead.

        Raises:
            OptionError: `n_best` is below 1.
        """
        if n_best < 1:
            raise OptionError(f"`n_best` is {n_best}. Allowed: 1 and above.")
        return Answerer(self.network, self.tokenizer, n_best=n_best)(texts, window)

    def look(self, text: str | Example, /, *, layer: str | None = None, head: int | None = None) -> Looked:
        """Show where each token of a text looked: a row for each, its blanks filled in.

        Args:
            text: With blanks or without; or what `example` gave.
            layer: Whose look it is, by its name as in `maps`; the last by default.
            head: One head of it, from 0; their mean by default.

        Returns:
            Looked: Shows itself in a notebook; `print` shows it in a terminal.

        Raises:
            OptionError: The model does not look, or has no such layer or head.
            DataError: The text is empty, or too long.
        """
        given: str = text.data[text.place] if isinstance(text, Example) else text
        answer = self._read(given)
        maps = self._maps(answer.read)
        name = list(maps)[-1] if layer is None else layer
        if name not in maps:
            raise OptionError(f"`layer` is {name!r}, which {self.path} lacks. {did_you_mean(name, maps)}")
        weights = maps[name].weights
        if head is not None and not 0 <= head < len(weights):
            raise OptionError(f"`head` is {head}, but `{name}` has the heads 0 to {len(weights) - 1}.")
        output, spans = answer.read.filled([guesses[0].text for guesses in answer.blanks])
        read = answer.read.encoding
        written = read._replace(spans=spans)
        axes = (self._axis("target", output, written, read), self._axis("source", given, read, read))
        seen = AttentionMap(weights.mean(axis=0) if head is None else weights[head], axes, name)
        log_prob = math.fsum(math.log(guesses[0].probability) for guesses in answer.blanks)
        return Looked(Look(given, output, log_prob, log_prob, seen))

    def maps(self, text: str, /) -> dict[str, AttentionMap]:
        """What each layer of the encoder saw in a text, (head, query, key), by the layer's name.

        Raises:
            OptionError: The model does not look.
            DataError: The text is empty, or too long.
        """
        return self._maps(self._read(text).read)

    def _read(self, text: str) -> Answer:
        """One text, its blanks filled in, which may be none."""
        if not self.looks:
            raise OptionError(
                f"{self.path} has an encoder without self-attention (`model.encoder.kind: "
                f"{self.recipe.model.encoder.kind}`): its tokens don't look anywhere. Take a run that was trained with "
                "`kind: self-attention`."
            )
        if not text.strip():
            raise DataError("The text is empty: there is nothing to look at. Give at least one word.")
        [answer] = Answerer(self.network, self.tokenizer)([text], whole=True)
        return answer

    def _maps(self, read: Blanked) -> dict[str, AttentionMap]:
        source = torch.tensor([read.encoding.ids], device=next(self.network.parameters()).device)
        with torch.no_grad(), record(self.network) as recording:
            self.network.encoder(source, torch.ones_like(source, dtype=torch.bool))
        return {seen.layer: seen for seen in recording.of(0)}

    @property
    def looks(self) -> bool:
        """Whether its encoder is of self-attention."""
        return self.recipe.model.encoder.kind == "self-attention"

    def split(self, name: str, /) -> Texts:
        """The texts of a split of the recipe's data."""
        return self.texts(name).texts

    def evaluate(self, texts: str | Path | RawTexts = "validation", /) -> Evaluation:
        """Hide tokens of texts, the same ones each time, and measure how well they are guessed.

        Args:
            texts: The name of a split of the recipe's data; a path to a file of one's own, as a `Path`; or texts.
        """
        return evaluated(self.recipe, self.guesses(texts))

    def guesses(self, texts: str | Path | RawTexts, *, recipe: MaskedRecipe | None = None) -> Guesses:
        """What the model makes of the hidden tokens of texts, text by text.

        Args:
            texts: As in `evaluate`.
            recipe: Says what is hidden; its own by default.
        """
        recipe = recipe or self.recipe
        masking = make_masking(recipe, self.tokenizer.vocabulary_size)
        return guesses_of(self.network, self.tokenizer, masking, self.texts(texts).texts, recipe.seed)

    def texts(self, texts: str | Path | RawTexts) -> RawTexts:
        """Texts of a split of the recipe's data, of a path, or given ones."""
        if isinstance(texts, str):
            return read_split(self.recipe, texts)
        return read_file(self.recipe, texts) if isinstance(texts, Path) else texts

    def _axis(self, name: str, text: str, pieces: Encoding, read: Encoding) -> Axis:
        groups = None if self.tokenizer.kind == "char" else tuple(tuple(group) for group in word_groups(read))
        return Axis(name, tuple(labels(text, pieces)), tuple(pieces.spans), groups)
