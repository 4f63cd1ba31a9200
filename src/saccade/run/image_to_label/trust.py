"""How far the maps of a classifier of images can be trusted."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from saccade.data.images import LabelledImages
from saccade.maps import Trust
from saccade.models.classifier import Classifier
from saccade.run.erased_image import ErasedImage
from saccade.run.examples import drawn
from saccade.run.image_to_label.channels import judged_channels
from saccade.run.image_to_label.holding import hold_gates
from saccade.run.image_to_label.maps import over_images, seen_by
from saccade.run.trust import judged

IMAGES: Final = 100
"""Images whose maps are judged."""


def trust(network: Classifier, images: LabelledImages, *, seed: int = 0) -> Trust | None:
    """Judge every map by what the network says of the label that it gave, and hold every gate.

    Of maps over the images the pixels under their cells are erased; of several channels or heads it is their mean.

    Args:
        network: In evaluation mode, one that shows maps.
        images: `IMAGES` of them count, drawn; of channels and of gates see there.
        seed: Of the images that are drawn, and of the maps that know nothing.

    Returns:
        None where no map lies over the images, and there is no gate.
    """
    found = trust_in(network, list(images.stack(drawn(len(images), IMAGES, seed))), seed=seed)
    channels = judged_channels(network, images, seed=seed)
    held = hold_gates(network, images, seed=seed)
    if found is None and not channels and not held:
        return None
    found = found or Trust({}, {})
    return found._replace(erased=found.erased | channels, clamped=held)


def trust_in(
    network: Classifier, images: Sequence[UInt8[np.ndarray, "height width channel"]], *, seed: int = 0
) -> Trust | None:
    """Judge every map over some images by erasing pixels; of one alone beside many maps that are drawn.

    Returns:
        None where no map lies over the images.
    """
    shown = [_Shown(network, image) for image in images]
    maps = {layer: [one.maps[layer].weights.flatten().astype(np.float64) for one in shown] for layer in shown[0].maps}
    return judged(maps, [one.erased() for one in shown], seed=seed) if maps else None


class _Shown:
    """An image, the label that it was given, and the maps over it."""

    def __init__(self, network: Classifier, pixels: UInt8[np.ndarray, "height width channel"]) -> None:
        self._network = network
        image = torch.from_numpy(pixels).permute(2, 0, 1)
        self.image = image.to(next(network.parameters()).device).float() / 255
        logits, recording = seen_by(network, image[None])
        self.label = int(logits[0].argmax())
        height, width = self.image.shape[1:]
        self.maps = {seen.layer: seen for seen in over_images(recording.of(0), height, width, network)}

    def erased(self) -> ErasedImage:
        """The same, to be read with less to see."""
        return ErasedImage(self.image, self.maps, self._probability, self._logit)

    def _probability(self, images: Float[Tensor, "variant channel height width"]) -> Float[Tensor, " variant"]:
        return self._network.logits(images).double().softmax(-1)[:, self.label]

    def _logit(self, images: Float[Tensor, "variant channel height width"]) -> Float[Tensor, " variant"]:
        return self._network.logits(images)[:, self.label]
