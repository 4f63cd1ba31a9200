"""A trained model of texts: it answers, shows where it looked, and is measured."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, final

import numpy as np
from jaxtyping import Float

from saccade.data.pairs import Pair, Pairs
from saccade.data.tokenizers import BEGIN, SPECIALS, Encoding, Tokenizer, TokenizerPair
from saccade.data.words import labels, word_groups
from saccade.errors import DataError, OptionError
from saccade.maps import AttentionMap, Axis, Look, Trust, liveliness
from saccade.maps.alignment import written_spans
from saccade.models.ensemble import Ensemble
from saccade.models.sequence_to_sequence import SequenceToSequence
from saccade.recipes.text_to_text.build import make_model, read_split
from saccade.recipes.text_to_text.schema import TextRecipe
from saccade.run.examples import Example
from saccade.run.folder import RunFolder
from saccade.run.model import Model
from saccade.run.searching import changed, check_n_best
from saccade.run.text_to_text.aligned import word_weights
from saccade.run.text_to_text.answers import LONGEST, WINDOW, Answer, Answerer
from saccade.run.text_to_text.evaluation import Evaluation, evaluate
from saccade.run.text_to_text.files import read_tokenizers
from saccade.run.text_to_text.looked import Looked
from saccade.run.text_to_text.recorded import forced_maps, sides
from saccade.run.text_to_text.trust import trust, trust_in_one


def load(run: RunFolder) -> "TextModel":
    """Load the model of a run.

    Raises:
        RunError: The run is incomplete, damaged, or from a newer version.
    """
    tokenizers = read_tokenizers(run.path)
    network = make_model(run.recipe, tokenizers.source.vocabulary_size, tokenizers.target.vocabulary_size)
    run.fill(network)
    return TextModel(run.path, run.recipe, tokenizers, network)


@final
class TextModel(Model):
    """A trained model that reads a text and writes a text.

    Args:
        path: Its run folder.
        recipe: What it was trained by.
        tokenizers: Of both sides.
        network: With its trained weights; or several that write together.
    """

    unit = "pairs"
    recipe: TextRecipe
    network: SequenceToSequence | Ensemble

    def __init__(
        self, path: Path, recipe: TextRecipe, tokenizers: TokenizerPair, network: SequenceToSequence | Ensemble
    ) -> None:
        super().__init__(path)
        self.recipe, self.tokenizers, self.network = recipe, tokenizers, network.eval()

    def together(self, others: Sequence[Model]) -> "TextModel":
        """This model and others as one, which writes by the mean of their probabilities: an ensemble.

        Args:
            others: Such as runs of the same recipe with other seeds; their tokenizers must be the same.

        Returns:
            A model with this one's path and recipe, whose looks are the means of theirs.

        Raises:
            OptionError: Another reads or writes otherwise.
        """
        networks = self._networks()
        for other in others:
            if not isinstance(other, TextModel):
                raise OptionError(
                    f"{other.path} is a run of {other.recipe.task} and can't write together with {self.path}, a run of "
                    f"{self.recipe.task}. Name runs of {self.recipe.task}."
                )
            if other.tokenizers.to_json() != self.tokenizers.to_json():
                raise OptionError(
                    f"{other.path} cuts texts into other tokens than {self.path}, so that their probabilities have no "
                    "mean. Train both on the same data with the same `tokenizer`; only seeds and networks may differ."
                )
            networks += other._networks()
        return TextModel(self.path, self.recipe, self.tokenizers, Ensemble(networks))

    def predict(self, texts: Iterable[str], /, **search: Any) -> list[str]:
        """Answer texts: the best output for each, in their order; an empty text gets an empty output.

        Args:
            texts: Any number of texts.
            **search: Options of the recipe's section `search`, such as `beam=5`.

        Raises:
            OptionError: `texts` is a single text, or an option does not exist.
            DataError: A text is too long.
        """
        if isinstance(texts, str):
            raise OptionError(f"`texts` must be several texts, but is one: {texts[:40]!r}. Put it into a list.")
        return [answers[0].output for answers in self.answers(texts, **search)]

    def answers(
        self,
        texts: Iterable[str],
        *,
        n_best: int = 1,
        seed: int | None = None,
        longest: int = LONGEST,
        window: int = WINDOW,
        **search: Any,
    ) -> Iterator[list[Answer]]:
        """Answer texts as they come, with scores: up to `n_best` answers for each, in the order of the texts.

        Args:
            texts: Any iterable; `window` of them are read ahead, to compute those of like length together.
            n_best: How many answers to each text, best first.
            seed: Of sampling; the recipe's by default.
            longest: Most source tokens of a text.
            window: How many texts are read ahead.
            **search: Options of the recipe's section `search`.
        """
        options = changed(self.recipe.search, search, TextRecipe)
        check_n_best(n_best, options)
        seed = self.recipe.seed if seed is None else seed
        answerer = Answerer(self.network, self.tokenizers, options, n_best=n_best, seed=seed, longest=longest)
        return answerer(texts, window)

    def look(
        self, text: str | Example, /, *, alternatives: int = 0, trust: bool = False, layers: bool = False, **search: Any
    ) -> Looked:
        """Answer one text, and show where the model looked for each piece of its answer.

        Args:
            text: A text; or what `example` gave, whose source is taken.
            alternatives: How many next best answers come along, each with its map.
            trust: Whether the looks of the best answer are judged, too, by erasing what they say matters.
            layers: Whether what each layer and head looked at comes along, see `maps`.
            **search: Options of the recipe's section `search`.

        Returns:
            Looked: Shows itself in a notebook; `print` shows it in a terminal.

        Raises:
            OptionError: The model has a fixed context: it does not look; or several models are to be judged.
            DataError: The text is empty.
        """
        self._check_looks()
        read: str = text.data.source[text.place] if isinstance(text, Example) else text
        if not read.strip():
            raise DataError("The text is empty: there is nothing to look at. Give at least one word.")
        [found] = self.answers([read], n_best=1 + alternatives, **search)
        looks = [self._look(answer) for answer in found]
        judged = trust_in_one(self._judged_alone(), found[0]) if trust else None
        maps = tuple(self._maps(found[0]).values()) if layers else ()
        return Looked(replace(looks[0], alternatives=tuple(looks[1:]), trust=judged, layers=maps))

    def maps(self, text: str, /, **search: Any) -> dict[str, AttentionMap]:
        """What each layer looked at while one text was read and its answer written, by the layer's name.

        The best answer is written once more under the recorder, token by token.

        Args:
            text: The text.
            **search: Options of the recipe's section `search`.

        Returns:
            Maps of (query, key) or (head, query, key), labelled by pieces.

        Raises:
            DataError: The text is empty, or no layer shows a map.
        """
        if not text.strip():
            raise DataError("The text is empty: there is nothing to look at. Give at least one word.")
        [[answer]] = self.answers([text], **search)
        return self._maps(answer)

    def split(self, name: str, /) -> Pairs:
        """A split of the recipe's pairs."""
        return read_split(self.recipe, name)

    def align(self, pairs: Iterable[Pair], /) -> Iterator[Float[np.ndarray, "target_word source_word"]]:
        """See where the model looks for each word of targets that are given, while it is made to write them.

        Args:
            pairs: Sources and targets, any iterable; words are what stands between blanks.

        Returns:
            A map of words for each pair, in their order; what falls on the end of the source is left out.

        Raises:
            OptionError: The model has a fixed context: it does not look.
        """
        self._check_looks()
        return word_weights(self.network, self.tokenizers, pairs)

    def trust(self, data: Iterable[str] | str = "validation", /, *, seed: int = 0, **search: Any) -> Trust | None:
        """Answer texts, and judge one look of each by erasing what it says matters: `saccade.maps.faithfulness`.

        Args:
            data: Any texts, of which the first few hundred count; or the name of a split of the recipe's data.
            seed: Of which look is judged, and of the maps that know nothing.
            **search: Options of the recipe's section `search`.

        Returns:
            None where no text has two tokens to choose from.

        Raises:
            OptionError: The model has a fixed context, or is several models together.
        """
        self._check_looks()
        network = self._judged_alone()
        found = read_split(self.recipe, data).source if isinstance(data, str) else data
        return trust(network, (answers[0] for answers in self.answers(found, **search)), seed=seed)

    @property
    def looks(self) -> bool:
        """Whether the decoder looks, or one of several does."""
        return self.network.looks

    def evaluate(self, pairs: str | Pairs = "validation", /, **search: Any) -> Evaluation:
        """Answer the sources of pairs, hold the answers against the targets, and see how lively the maps were.

        Args:
            pairs: The name of a split of the recipe's data, or pairs of one's own.
            **search: Options of the recipe's section `search`.
        """
        found = read_split(self.recipe, pairs) if isinstance(pairs, str) else pairs
        outputs: list[str] = []

        def maps() -> Iterator[np.ndarray]:
            for answers in self.answers(found.source, **search):
                outputs.append(answers[0].output)
                if answers[0].weights is not None:
                    yield answers[0].weights

        lively = liveliness(maps())
        return evaluate(self.recipe, list(found.source), outputs, list(found.target))._replace(maps=lively)

    def _check_looks(self) -> None:
        if not self.looks:
            context = self.recipe.model.decoder.options.get("context")
            raise OptionError(
                f"{self.path} has a fixed context (`model.decoder.context: {context}`): it does not look anywhere. "
                "Take a run that was trained with `context: attention`."
            )

    def _judged_alone(self) -> SequenceToSequence:
        if isinstance(self.network, Ensemble):
            raise OptionError(
                f"Looks are judged one model at a time, but {len(self.network.models)} write together. Judge each."
            )
        return self.network

    def _networks(self) -> list[SequenceToSequence]:
        return list(self.network.models) if isinstance(self.network, Ensemble) else [self.network]

    def _look(self, answer: Answer) -> Look:
        assert answer.weights is not None
        axes = (self._target_axis(answer), self._source_axis(answer))
        seen = AttentionMap(answer.weights, axes, "decoder.attention")
        return Look(answer.source, answer.output, answer.score, answer.log_prob, seen)

    def _maps(self, answer: Answer) -> dict[str, AttentionMap]:
        [maps] = forced_maps(self.network, [(answer.encoding.ids, [BEGIN, *answer.tokens])])
        return {seen.layer: self._labelled(seen, answer) for seen in maps}

    def _labelled(self, seen: AttentionMap, answer: Answer) -> AttentionMap:
        """A layer's map with pieces as labels.

        A step of self-attention looks back at the pieces that it and those before it were given; one of a recurrent
        network at the states that pieces before it were written from, the first being the one that it began with.
        """
        read, written = self._source_axis(answer), self._target_axis(answer)
        given = Axis("target", (SPECIALS[BEGIN], *written.labels[:-1]))
        asks, looked_at = sides(self.network, seen.layer)
        query, key = written if asks else read, given if looked_at else read
        axes = (*seen.axes[:-2], query._replace(name="query"), key._replace(name="key"))
        return AttentionMap(seen.weights, axes, seen.layer, seen.range)

    def _source_axis(self, answer: Answer) -> Axis:
        encoding = answer.encoding
        groups = _groups(encoding, self.tokenizers.source)
        return Axis("source", tuple(labels(answer.source, encoding)), tuple(encoding.spans), groups)

    def _target_axis(self, answer: Answer) -> Axis:
        target, copied = self.tokenizers.target, answer.encoding.pieces
        spans = written_spans(lambda tokens: target.decode(tokens, copied), answer.tokens)
        pieces = Encoding(answer.tokens, [target.piece(token, copied) for token in answer.tokens], list(spans))
        return Axis("target", tuple(labels(answer.output, pieces)), spans, _groups(pieces, target))


def _groups(encoding: Encoding, tokenizer: Tokenizer) -> tuple[tuple[int, ...], ...] | None:
    """Which pieces make one word; none where characters are read, which are what one wants to see then."""
    return None if tokenizer.kind == "char" else tuple(tuple(group) for group in word_groups(encoding))
