"""A trained model of texts that gives labels, shows which words decided, and is measured."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, final

import torch

from saccade.data.encoded_texts import encode_texts
from saccade.data.labelled_texts import LabelledTexts
from saccade.data.text_batches import without_end
from saccade.data.tokenizers import Encoding
from saccade.data.words import labels as piece_labels
from saccade.data.words import word_groups
from saccade.errors import DataError, OptionError
from saccade.maps import AttentionMap, Axis, LabelLook, Trust
from saccade.models.text_classifier import TextClassifier
from saccade.recipes.text_to_label.build import read_file, read_split
from saccade.recipes.text_to_label.schema import TextLabelRecipe
from saccade.run.examples import Example, drawn
from saccade.run.folder import RunFolder
from saccade.run.label_answers import Answer, check_n_best, likeliest
from saccade.run.label_evaluation import Evaluation, Judged
from saccade.run.label_model import LabelModel
from saccade.run.text_to_label.answers import LONGEST, WINDOW, Answerer
from saccade.run.text_to_label.files import TextLabels, read_labels
from saccade.run.text_to_label.lesson import make_network
from saccade.run.text_to_label.logits import logits_of
from saccade.run.text_to_label.looked import LookedLabel
from saccade.run.text_to_label.maps import figures_of_maps, looks_of, shows_maps
from saccade.run.text_to_label.trust import trust as trust_in

# Labels that a look names.
NAMED = 5


def load(run: RunFolder) -> "TextLabelModel":
    """Load the model of a run.

    Raises:
        RunError: The run is incomplete, damaged, or from a newer version.
    """
    labels = read_labels(run.path)
    network = make_network(run.recipe, labels)
    run.fill(network)
    return TextLabelModel(run.path, run.recipe, labels, network)


@final
class TextLabelModel(LabelModel):
    """A trained model that reads a text and gives it a label.

    Args:
        path: Its run folder.
        recipe: What it was trained by.
        labels: What its labels mean, and its tokenizer.
        network: With its trained weights.
    """

    recipe: TextLabelRecipe
    network: TextClassifier
    unit = "texts"

    def __init__(self, path: Path, recipe: TextLabelRecipe, labels: TextLabels, network: TextClassifier) -> None:
        super().__init__(path)
        self.recipe, self.labels, self.network = recipe, labels, network.eval()

    def predict(self, texts: Iterable[str], /) -> list[str]:
        """Label texts: the likeliest label of each, in their order; an empty text gets an empty label.

        Raises:
            OptionError: `texts` is a single text.
            DataError: A text is too long.
        """
        if isinstance(texts, str):
            raise OptionError(f"`texts` must be several texts, but is one: {texts[:40]!r}. Put it into a list.")
        return [answer.label for answer in self.answers(texts)]

    def answers(
        self, texts: Iterable[str], *, n_best: int = 1, longest: int = LONGEST, window: int = WINDOW
    ) -> Iterator[Answer]:
        """Label texts as they come, with probabilities, in their order.

        Args:
            texts: Any iterable; `window` of them are read ahead, to compute those of like length together.
            n_best: How many labels to each text, best first.
            longest: Most tokens of a text.
            window: How many texts are read ahead.
        """
        check_n_best(n_best, self.labels.classes)
        return Answerer(self.network, self.labels, n_best=n_best, longest=longest)(texts, window)

    def look(self, text: str | Example, /, *, trust: bool = False) -> LookedLabel:
        """Label one text, and show which words decided.

        Args:
            text: A text; or what `example` gave, of which the right label is known, and perhaps which words decide.
            trust: Whether the weights are judged, too, by erasing what they say matters.

        Raises:
            OptionError: The model does not look.
            DataError: The text is empty.
        """
        self._check_looks()
        text, known = self._shown(text)
        if not text.strip():
            raise DataError("The text is empty: there is nothing to look at. Give at least one word.")
        encoding = without_end(self.labels.tokenizer.encode(text))
        logits, looks = looks_of(self.network, [encoding.ids])
        best = likeliest(torch.from_numpy(logits[0]).double().softmax(-1).numpy(), self.labels.classes, NAMED)
        axes = (Axis("target", (best[0][0],)), self._axis(text, encoding))
        maps = tuple(AttentionMap(weights[0][None], axes, layer) for layer, weights in looks.items())
        judged = trust_in(self.network, [encoding.ids]) if trust else None
        return LookedLabel(LabelLook(text, best, maps, **known, trust=judged))

    @property
    def looks(self) -> bool:
        """Whether there is an attention."""
        return self._shows_maps

    @cached_property
    def _shows_maps(self) -> bool:
        return shows_maps(self.network)

    def evaluate(self, texts: str | Path | LabelledTexts = "validation", /) -> Evaluation:
        """Label texts whose right labels are known, and measure the labels, and the looks at a thousand, drawn.

        Args:
            texts: The name of a split of the recipe's data; a path to a file of one's own, as a `Path`; or texts.
        """
        found = self.labelled(texts)
        judged = self.judged(found)
        maps = figures_of_maps(self.network, self.labels.tokenizer, found)
        return Evaluation(
            judged.figures(self.recipe), judged, maps.passed, maps.pointing, self.unit, found.skipped, maps.lively
        )

    def trust(self, data: str | Path | LabelledTexts = "validation", /, *, seed: int = 0) -> Trust | None:
        """Judge the looks at two hundred texts, drawn, by erasing what they say matters.

        Args:
            data: The name of a split of the recipe's data; a path to a file of one's own, as a `Path`; or texts.
            seed: Of the texts that are drawn, and of the maps that know nothing.

        Returns:
            None where no text has two tokens to choose from.

        Raises:
            OptionError: The model does not look.
        """
        self._check_looks()
        encoded = encode_texts(self.labelled(data).texts, self.labels.tokenizer, end=False)
        order = drawn(len(encoded), len(encoded), seed)
        return trust_in(self.network, (row.tolist() for row in encoded.rows(order)), seed=seed)

    def judged(self, texts: str | Path | LabelledTexts, /) -> Judged:
        """Label texts whose right labels are known, as `evaluate` takes them."""
        found = self.labelled(texts)
        encoded = encode_texts(found.texts, self.labels.tokenizer, end=False)
        return Judged(logits_of(self.network, encoded.rows(range(len(encoded)))), found.labels, found.classes)

    def labelled(self, texts: str | Path | LabelledTexts, /) -> LabelledTexts:
        """Texts with labels: of a split of the recipe's data, of a path, or given ones.

        Raises:
            OptionError: There is no such split.
            MissingError, DataError: They are not there, can't be read, or have a class that this model does not know.
        """
        if isinstance(texts, str):
            texts = read_split(self.recipe, texts, self.labels.classes)
        elif isinstance(texts, Path):
            texts = read_file(self.recipe, texts, self.labels.classes)
        if texts.classes != self.labels.classes:
            raise DataError(
                f"The texts have the classes {', '.join(texts.classes)}, but {self.path} knows "
                f"{', '.join(self.labels.classes)}. Give texts with the labels of the training."
            )
        return texts

    def _check_looks(self) -> None:
        if not self.looks:
            raise OptionError(
                f"{self.path} has no attention: there is nothing to be seen. Take a run with "
                "`model.pooling: attention`, or with an encoder of self-attention."
            )

    def _shown(self, text: str | Example) -> tuple[str, dict[str, Any]]:
        """A text, and what is known of it."""
        if not isinstance(text, Example):
            return text, {}
        texts, index = text
        deciding = () if texts.spans is None else texts.spans[index]
        truth = texts.classes[texts.labels[index]]
        return texts.texts[index], {"name": texts.name_of(index), "truth": truth, "deciding": deciding}

    def _axis(self, text: str, encoding: Encoding) -> Axis:
        # Where characters are read, these are what one wants to see.
        by_word = self.labels.tokenizer.kind != "char"
        groups = tuple(tuple(group) for group in word_groups(encoding)) if by_word else None
        return Axis("source", tuple(piece_labels(text, encoding)), tuple(encoding.spans), groups)
