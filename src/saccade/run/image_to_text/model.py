"""A trained model that reads images: it writes their texts, shows where it looked, and is measured."""

import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, final

import numpy as np
from jaxtyping import UInt8

from saccade.data.text_images import TextImages
from saccade.data.tokenizers import END, SPECIALS, Tokenizer
from saccade.errors import DataError, OptionError
from saccade.maps import AttentionMap, ImageLook, Trust, liveliness
from saccade.models.sequence_to_sequence import SequenceToSequence
from saccade.recipes.image_to_text.build import make_metrics, read_files, read_split
from saccade.recipes.image_to_text.schema import ImageTextRecipe
from saccade.run.examples import Example
from saccade.run.figures import text_figures
from saccade.run.folder import RunFolder
from saccade.run.image_inputs import ImageInput, Reader, ReadImage, check_several, name_of
from saccade.run.image_to_label.looked import LookedImage
from saccade.run.image_to_text.answers import WINDOW, Answer, Answerer
from saccade.run.image_to_text.evaluation import Evaluation
from saccade.run.image_to_text.files import Texts, read_texts
from saccade.run.image_to_text.lesson import make_network
from saccade.run.image_to_text.pointing import laid_out, pointing_of
from saccade.run.image_to_text.trust import trust, trust_in_one
from saccade.run.model import Model
from saccade.run.searching import changed, check_n_best

# Texts that a look names, where the search finds several.
NAMED = 5
ALL = "all tokens"


def load(run: RunFolder) -> "ImageTextModel":
    """Load the model of a run.

    Raises:
        RunError: The run is incomplete, damaged, or from a newer version.
    """
    texts = read_texts(run.path)
    network = make_network(run.recipe, texts)
    run.fill(network)
    return ImageTextModel(run.path, run.recipe, texts, network)


@final
class ImageTextModel(Model):
    """A trained model that reads an image and writes a text.

    Args:
        path: Its run folder.
        recipe: What it was trained by.
        texts: Its tokenizer, and how its images were.
        network: With its trained weights.
    """

    recipe: ImageTextRecipe
    network: SequenceToSequence

    unit = "images"

    def __init__(self, path: Path, recipe: ImageTextRecipe, texts: Texts, network: SequenceToSequence) -> None:
        super().__init__(path)
        self.recipe, self.texts, self.network = recipe, texts, network.eval()
        self._read = Reader(recipe.data, texts.size, texts.channels)

    def predict(self, images: Iterable[ImageInput], /, **search: Any) -> list[str]:
        """Read images: the best text of each, in their order.

        Args:
            images: Files, their contents, or arrays of pixels of (height, width) or (height, width, channel).
            **search: Options of the recipe's section `search`, such as `beam=5`.

        Raises:
            OptionError: `images` is a single file, or an option does not exist.
            MissingError, DataError: One can't be read.
        """
        check_several(images)
        return [answers[0].output for answers in self.answers(images, **search)]

    def answers(
        self,
        images: Iterable[ImageInput],
        *,
        n_best: int = 1,
        seed: int | None = None,
        window: int = WINDOW,
        **search: Any,
    ) -> Iterator[list[Answer]]:
        """Read images as they come, with scores: up to `n_best` answers for each, in the order of the images.

        Args:
            images: Any iterable; `window` of them are read ahead.
            n_best: How many answers to each image, best first.
            seed: Of sampling; the recipe's by default.
            window: How many images are read ahead.
            **search: Options of the recipe's section `search`.
        """
        return self._answerer(n_best, seed, search)(images, self._read, window)

    def answers_to(self, images: TextImages, **search: Any) -> Iterator[list[Answer]]:
        """Read images that are in memory: the best answer for each."""
        return self._answerer(1, None, search).of(images)

    def look(self, image: ImageInput | Example, /, *, trust: bool = False, **search: Any) -> LookedImage:
        """Read one image, and show where the model looked for each token: a map a token, and one of all together.

        Args:
            image: A file, its content, pixels; or what `example` gave, of which the right text is known.
            trust: Whether the looks of the best text are judged, too, by erasing what they say matters.
            **search: Options of the recipe's section `search`.

        Raises:
            OptionError: The model has a fixed context: it does not look.
            MissingError, DataError: The image can't be read.
        """
        self._check_looks()
        name, pixels, truth = self._shown(image)
        options = changed(self.recipe.search, search, ImageTextRecipe)
        # No more than are sought anyway: a wider beam may find another text than the one that is answered.
        several = {"greedy": 1, "beam": min(NAMED, options.beam)}.get(options.kind, NAMED)
        [found] = self._answerer(several, None, search).answers([ReadImage(1, name, pixels)])
        shares = tuple((answer.output, math.exp(answer.log_prob)) for answer in found)
        tokens = _tokens(found[0], self.texts.tokenizer)
        maps = _maps(found[0], tokens, self.network, *pixels.shape[:2])
        judged = trust_in_one(self.network, pixels, found[0]) if trust else None
        known = {"name": name, "truth": truth, "tokens": tokens, "trust": judged}
        return LookedImage(ImageLook(pixels, found[0].output, shares, maps, **known))

    def _shown(self, image: ImageInput | Example) -> tuple[str, UInt8[np.ndarray, "height width channel"], str | None]:
        """What an image is called, its pixels, and what is written on it, where that is known."""
        if isinstance(image, Example):
            images, index = image
            return images.name(index), images.image(index), images.texts[index]
        name = name_of(image, 1)
        return name, self._read(image, name), None

    def split(self, name: str, /) -> TextImages:
        """A split of the recipe's images, with their texts."""
        return self.images(name)

    def trust(self, data: str | Path | TextImages = "validation", /, *, seed: int = 0, **search: Any) -> Trust | None:
        """Read images, and judge one look of each of the first hundred by erasing what it says matters.

        Args:
            data: The name of a split of the recipe's data; a path to a table of one's own, as a `Path`; or images.
            seed: Of which look is judged, and of the maps that know nothing.
            **search: Options of the recipe's section `search`.

        Returns:
            None where there is no image.

        Raises:
            OptionError: The model has a fixed context.
        """
        self._check_looks()
        found = self.images(data)
        read = ((found.image(place), answers[0]) for place, answers in enumerate(self.answers_to(found, **search)))
        return trust(self.network, read, seed=seed)

    @property
    def looks(self) -> bool:
        """Whether the decoder has attention."""
        return self.network.decoder.looks

    def evaluate(self, images: str | Path | TextImages = "validation", /, **search: Any) -> Evaluation:
        """Read images whose texts are known, and measure what was read; with boxes, the looks too.

        Args:
            images: The name of a split of the recipe's data; a path to a table of one's own, as a `Path`; or images.
            **search: Options of the recipe's section `search`.
        """
        found = self.images(images)
        outputs: list[str] = []

        def maps() -> Iterator[np.ndarray]:
            for answers in self.answers_to(found, **search):
                outputs.append(answers[0].output)
                if answers[0].weights is not None:
                    yield answers[0].weights

        lively = liveliness(maps())
        seen = pointing_of(self.network, self.texts.tokenizer, found)
        return Evaluation(text_figures(make_metrics(self.recipe), outputs, found.texts), outputs, seen, lively)

    def images(self, images: str | Path | TextImages) -> TextImages:
        """Images with texts as this model reads them: of a split of the recipe's data, of a path, or given ones.

        Raises:
            OptionError: There is no such split.
            MissingError, DataError: They are not there, can't be read, or are of another size.
        """
        if isinstance(images, str):
            images = read_split(self.recipe, images)
        elif isinstance(images, Path):
            size, channels = self.texts.size, self.texts.channels
            images = read_files(self.recipe, images, size, channels, alike=self.recipe.data.of_files)
        if (images.size, images.channels) != (self.texts.size, self.texts.channels):
            raise DataError(
                f"The images are of height, width and channels {(*images.size, images.channels)}, but {self.path} "
                f"reads {(*self.texts.size, self.texts.channels)}. Bring them to that size."
            )
        return images

    def _check_looks(self) -> None:
        if not self.looks:
            context = self.recipe.model.decoder.options.get("context")
            raise OptionError(
                f"{self.path} has a fixed context (`model.decoder.context: {context}`): it does not look anywhere. "
                "Take a run that was trained with `context: attention`."
            )

    def _answerer(self, n_best: int, seed: int | None, search: dict[str, Any]) -> Answerer:
        options = changed(self.recipe.search, search, ImageTextRecipe)
        check_n_best(n_best, options)
        seed = self.recipe.seed if seed is None else seed
        return Answerer(self.network, self.texts.tokenizer, options, n_best=n_best, seed=seed)


def _tokens(answer: Answer, tokenizer: Tokenizer) -> tuple[str, ...]:
    """What was written, token by token, as it can be seen."""
    pieces = (SPECIALS[END] if token == END else tokenizer.decode([token]) for token in answer.tokens)
    return tuple(piece.strip() or "␣" for piece in pieces)


def _maps(
    answer: Answer, tokens: Sequence[str], network: SequenceToSequence, height: int, width: int
) -> tuple[AttentionMap, ...]:
    """Where each token looked, in the order of the text, after the mean over all of them."""
    assert answer.weights is not None
    looks: Sequence[np.ndarray] = [answer.weights.mean(axis=0), *answer.weights]
    names = [ALL, *(f"{place}: {token}" for place, token in enumerate(tokens, start=1))]
    return tuple(laid_out(look, network, height, width, name) for look, name in zip(looks, names, strict=True))
