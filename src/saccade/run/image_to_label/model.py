"""A trained model of images: it labels them, shows where it looked, and is measured."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, final

import numpy as np
import torch
from jaxtyping import UInt8

from saccade.data.images import LabelledImages
from saccade.errors import DataError, OptionError
from saccade.maps import ImageLook, Trust
from saccade.models.classifier import Classifier
from saccade.recipes.image_to_label.build import read_files, read_split
from saccade.recipes.image_to_label.schema import ImageRecipe
from saccade.run.examples import Example
from saccade.run.folder import RunFolder
from saccade.run.image_inputs import ImageInput, Reader, check_several, name_of
from saccade.run.image_to_label.answers import WINDOW, Answerer
from saccade.run.image_to_label.files import Labels, read_labels
from saccade.run.image_to_label.lesson import make_network
from saccade.run.image_to_label.logits import logits_of
from saccade.run.image_to_label.looked import LookedImage
from saccade.run.image_to_label.maps import figures_of_maps, seen_by, shows_maps
from saccade.run.image_to_label.trust import trust, trust_in
from saccade.run.label_answers import Answer, check_n_best, likeliest
from saccade.run.label_evaluation import Evaluation, Judged
from saccade.run.label_model import LabelModel

# Labels that a look names.
NAMED = 5


def load(run: RunFolder) -> "ImageModel":
    """Load the model of a run.

    Raises:
        RunError: The run is incomplete, damaged, or from a newer version.
    """
    labels = read_labels(run.path)
    network = make_network(run.recipe, labels)
    run.fill(network)
    return ImageModel(run.path, run.recipe, labels, network)


@final
class ImageModel(LabelModel):
    """A trained model that reads an image and gives it a label.

    Args:
        path: Its run folder.
        recipe: What it was trained by.
        labels: What its labels mean.
        network: With its trained weights.
    """

    recipe: ImageRecipe
    network: Classifier
    unit = "images"

    def __init__(self, path: Path, recipe: ImageRecipe, labels: Labels, network: Classifier) -> None:
        super().__init__(path)
        self.recipe, self.labels, self.network = recipe, labels, network.eval()
        self._read = Reader(recipe.data, labels.size, labels.channels)

    def predict(self, images: Iterable[ImageInput], /) -> list[str]:
        """Label images: the likeliest label of each, in their order.

        Args:
            images: Files, their contents, or arrays of pixels of (height, width) or (height, width, channel).

        Raises:
            OptionError: `images` is a single file.
            MissingError, DataError: One can't be read.
        """
        check_several(images)
        return [answer.label for answer in self.answers(images)]

    def answers(self, images: Iterable[ImageInput], *, n_best: int = 1, window: int = WINDOW) -> Iterator[Answer]:
        """Label images as they come, with probabilities, in their order.

        Args:
            images: Any iterable; `window` of them are read ahead.
            n_best: How many labels to each image, best first.
            window: How many images are read ahead.
        """
        check_n_best(n_best, self.labels.classes)
        return Answerer(self.network, self.labels.classes, self._read, n_best=n_best)(images, window)

    def look(self, image: ImageInput | Example, /, *, trust: bool = False) -> LookedImage:
        """Label one image, and show where the model looked.

        Args:
            image: A file, its content, pixels; or what `example` gave, of which the right label is known, and perhaps
                where the thing to be seen is.
            trust: Whether the maps over the image are judged, too, by erasing what they say matters.

        Raises:
            OptionError: The model has neither gates nor attention: it does not look.
            MissingError, DataError: The image can't be read.
        """
        self._check_looks()
        pixels, known = self._shown(image)
        logits, recording = seen_by(self.network, torch.from_numpy(pixels).permute(2, 0, 1)[None])
        best = likeliest(logits[0].double().softmax(-1).cpu().numpy(), self.labels.classes, NAMED)
        boxes = self.network.encoder.boxes(*pixels.shape[:2])
        judged = trust_in(self.network, [pixels]) if trust else None
        return LookedImage(ImageLook.from_maps(pixels, best, recording.of(0), boxes, **known, trust=judged))

    def _check_looks(self) -> None:
        if not self.looks:
            raise OptionError(
                f"{self.path} has neither a gate nor attention: there is nothing to be seen. Take a run with a gate "
                "(`model.encoder.gate`), of residual attention or patches, or with `model.pooling: attention`."
            )

    def _shown(self, image: ImageInput | Example) -> tuple[UInt8[np.ndarray, "height width channel"], dict[str, Any]]:
        """The pixels of an image, and what is known of it."""
        if not isinstance(image, Example):
            name = name_of(image, 1)
            return self._read(image, name), {"name": name}
        images, index = image
        box = None if images.boxes is None else tuple(images.boxes[index].tolist())
        truth = images.classes[images.labels[index]]
        return images.image(index), {"name": images.name(index), "truth": truth, "box": box}

    @property
    def looks(self) -> bool:
        """Whether there is a gate, or an attention."""
        return self._shows_maps

    @cached_property
    def _shows_maps(self) -> bool:
        return shows_maps(self.network, self.labels.size)

    def evaluate(self, images: str | Path | LabelledImages = "validation", /) -> Evaluation:
        """Label images whose right labels are known, and measure the labels, and the maps of a thousand, drawn.

        Args:
            images: The name of a split of the recipe's data; a path to images of one's own, as a `Path`; or images.
        """
        found = self.labelled(images)
        judged = self.judged(found)
        maps = figures_of_maps(self.network, found)
        return Evaluation(
            judged.figures(self.recipe), judged, maps.passed, maps.pointing, self.unit, found.skipped, maps.lively
        )

    def trust(self, data: str | Path | LabelledImages = "validation", /, *, seed: int = 0) -> Trust | None:
        """Judge maps of drawn images by erasing what they say matters, see `saccade.maps.faithfulness`; hold gates.

        Args:
            data: The name of a split of the recipe's data; a path to images of one's own, as a `Path`; or images.
            seed: Of the images that are drawn, and of the maps that know nothing.

        Returns:
            None where no map lies over the images, and there is no gate.

        Raises:
            OptionError: The model has neither gates nor attention.
        """
        self._check_looks()
        return trust(self.network, self.labelled(data), seed=seed)

    def judged(self, images: str | Path | LabelledImages, /) -> Judged:
        """Label images whose right labels are known, as `evaluate` takes them."""
        found = self.labelled(images)
        return Judged(logits_of(self.network, found), found.labels, found.classes)

    def labelled(self, images: str | Path | LabelledImages, /) -> LabelledImages:
        """Images with labels as this model reads them: of a split of the recipe's data, of a path, or given ones.

        Raises:
            OptionError: There is no such split.
            MissingError, DataError: They are not there, can't be read, or have a class that this model does not know.
        """
        if isinstance(images, str):
            images = read_split(self.recipe, images, self.labels.classes)
        elif isinstance(images, Path):
            size, channels = self.labels.size, self.labels.channels
            alike, classes = self.recipe.data.of_files, self.labels.classes
            images = read_files(self.recipe, images, size=size, channels=channels, classes=classes, alike=alike)
        if images.classes != self.labels.classes:
            raise DataError(
                f"The images have the classes {', '.join(images.classes)}, but {self.path} knows "
                f"{', '.join(self.labels.classes)}. Give images with the labels of the training."
            )
        return images
