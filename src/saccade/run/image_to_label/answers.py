"""Images in, labels out, in the order of the images."""

from collections.abc import Iterable, Iterator
from typing import Final, final

import numpy as np
import torch
from jaxtyping import UInt8

from saccade.models.classifier import Classifier
from saccade.run.image_inputs import ImageInput, Reader, read_ahead
from saccade.run.label_answers import Answer, likeliest

WINDOW: Final = 64
"""Images that are read ahead, to be looked at together."""


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
                yield Answer(one.name, likeliest(row, self.classes, self.n_best))


@torch.no_grad()
def probabilities_of(network: Classifier, pixels: UInt8[np.ndarray, "batch height width channel"]) -> np.ndarray:
    """The probability of each label for each image."""
    device = next(network.parameters()).device
    images = torch.from_numpy(pixels).permute(0, 3, 1, 2).to(device)
    return network.logits(images).double().softmax(-1).cpu().numpy()
