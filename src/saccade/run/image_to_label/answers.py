"""Images in, labels out, in the order of the images."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, final

import numpy as np
import torch
from jaxtyping import UInt8

from saccade.models.classifier import Classifier
from saccade.run.image_inputs import ImageInput, Reader, read_ahead

WINDOW: Final = 64
"""Images that are read ahead, to be looked at together."""


class Answer(NamedTuple):
    """What a model takes an image for.

    Attributes:
        name: Of the image: its file, or its number.
        label: The likeliest.
        probability: Of that label.
        best: The likeliest labels with their probabilities, best first.
    """

    name: str
    label: str
    probability: float
    best: tuple[tuple[str, float], ...]


@final
class Answerer:
    """A network and the meaning of its labels, ready to answer.

    Args:
        network: A classifier.
        classes: The name of each label.
        read: Reads an image.
        n_best: How many labels to each image, best first.
    """

    def __init__(self, network: Classifier, classes: tuple[str, ...], read: Reader, *, n_best: int = 1) -> None:
        self.network, self.classes, self.read, self.n_best = network.eval(), classes, read, n_best

    def __call__(self, images: Iterable[ImageInput], window: int = WINDOW) -> Iterator[Answer]:
        """Answer images as they come, in their order.

        Raises:
            MissingError, DataError: One can't be read; those before it were answered.
        """
        for chunk in read_ahead(images, self.read, window):
            rows = probabilities_of(self.network, np.stack([one.pixels for one in chunk]))
            for one, row in zip(chunk, rows, strict=True):
                best = likeliest(row, self.classes, self.n_best)
                yield Answer(one.name, *best[0], best)


@torch.no_grad()
def probabilities_of(network: Classifier, pixels: UInt8[np.ndarray, "batch height width channel"]) -> np.ndarray:
    """The probability of each label for each image."""
    device = next(network.parameters()).device
    images = torch.from_numpy(pixels).permute(0, 3, 1, 2).to(device)
    return network.logits(images).double().softmax(-1).cpu().numpy()


def likeliest(probabilities: np.ndarray, classes: tuple[str, ...], count: int) -> tuple[tuple[str, float], ...]:
    """The labels of the highest probabilities, best first; of equal ones the first.

    Example:
        >>> likeliest(np.array([0.25, 0.5, 0.25]), ("cat", "dog", "eel"), 2)
        (('dog', 0.5), ('cat', 0.25))
    """
    order = np.argsort(-probabilities, kind="stable")[:count]
    return tuple((classes[place], float(probabilities[place])) for place in order)
