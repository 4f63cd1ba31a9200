"""How far the maps of a classifier of images can be trusted."""

from collections.abc import Callable
from typing import Final

import numpy as np
import torch
from jaxtyping import Bool, Float, UInt8
from torch import Tensor
from torch.nn import functional

from saccade.data.images import LabelledImages
from saccade.maps import spread
from saccade.maps.faithfulness import faithfulness
from saccade.maps.gradients import integrated_gradients
from saccade.maps.image_map import even_places
from saccade.models.classifier import Classifier
from saccade.run.image_to_label.maps import over_images, seen_by
from saccade.run.trust import Trust, agreement

IMAGES: Final = 100
"""Images whose maps are judged."""
AT_ONCE: Final = 64
STEPS: Final = 16
"""Of integrated gradients."""
_BLUR: Final = 0.15
"""Of the shorter side: the deviation of the blur."""

Eraser = Callable[[Float[Tensor, "channel height width"]], Float[Tensor, "channel height width"]]
"""From an image, of 0 to 1, to what is put where it is erased."""


def mean_colour(image: Float[Tensor, "channel height width"]) -> Float[Tensor, "channel height width"]:
    """The image's own mean colour everywhere."""
    return image.mean((1, 2), keepdim=True).expand_as(image)


def blurred(image: Float[Tensor, "channel height width"]) -> Float[Tensor, "channel height width"]:
    """The image out of focus, by a Gaussian; its edges are carried on outwards."""
    deviation = _BLUR * min(image.shape[1:])
    reach = max(int(2 * deviation), 1)
    at = torch.arange(-reach, reach + 1, dtype=image.dtype, device=image.device)
    kernel = torch.exp(-0.5 * (at / deviation) ** 2)
    kernel = kernel / kernel.sum()
    rows = functional.pad(image[:, None], (reach, reach, reach, reach), mode="replicate")
    rows = functional.conv2d(rows, kernel.view(1, 1, 1, -1))
    return functional.conv2d(rows, kernel.view(1, 1, -1, 1))[:, 0]


ERASERS: Final[dict[str, Eraser]] = {"blur": blurred, "mean colour": mean_colour}


def trust(network: Classifier, images: LabelledImages, *, seed: int = 0) -> Trust | None:
    """Judge every map over the images, by what the network says of the label that it gave.

    What is erased are the pixels under the cells of a map, in each of the ways of `ERASERS`; of several channels or
    heads it is their mean.

    Args:
        network: In evaluation, one that shows maps.
        images: The first `IMAGES` of them count.
        seed: Of the maps that know nothing.

    Returns:
        None where no map lies over the images.
    """
    shown = [_Shown(network, images.image(place)) for place in range(min(len(images), IMAGES))]
    erased, ways = {}, {}
    for layer in shown[0].maps:
        maps = [one.maps[layer].weights.flatten().astype(np.float64) for one in shown]
        for name, eraser in ERASERS.items():
            examples = ((weights, one.answer(layer, eraser)) for weights, one in zip(maps, shown, strict=True))
            erased[f"{layer}, {name}"] = faithfulness(examples, seed=seed)
        made = {"integrated gradients": [one.by_cell(layer) for one in shown]}
        ways |= {f"{name}, {layer}": found for name, found in agreement(maps, made, seed=seed).items()}
    return Trust(erased, ways) if erased else None


class _Shown:
    """An image, the label that it was given, and the maps over it."""

    def __init__(self, network: Classifier, pixels: UInt8[np.ndarray, "height width channel"]) -> None:
        self._network = network
        image = torch.from_numpy(pixels).permute(2, 0, 1)
        self._image = image.to(next(network.parameters()).device).float() / 255
        logits, recording = seen_by(network, image[None])
        self._label = int(logits[0].argmax())
        height, width = self._image.shape[1:]
        self.maps = {seen.layer: seen for seen in over_images(recording.of(0), height, width, network)}
        self._made: np.ndarray | None = None

    def answer(self, layer: str, eraser: Eraser) -> Callable[[np.ndarray], np.ndarray]:
        """How probable the label is where only some cells of a layer's map are seen."""
        cells, instead = torch.from_numpy(self._cells(layer)), eraser(self._image)

        @torch.no_grad()
        def asked(seen: Bool[np.ndarray, "variant item"]) -> Float[np.ndarray, " variant"]:
            found = []
            for part in torch.from_numpy(seen).split(AT_ONCE):
                kept = part[:, cells][:, None].to(self._image.device)
                found.append(self._network.logits(torch.where(kept, self._image, instead)).double().softmax(-1))
            return torch.cat(found)[:, self._label].cpu().numpy()

        return asked

    def by_cell(self, layer: str) -> Float[np.ndarray, " item"]:
        """What the pixels of each cell have to do with the label's logit, for or against it: sizes, summed."""
        if self._made is None:
            flat_pixels, start = (one.flatten(1).T for one in (self._image, mean_colour(self._image)))
            found = integrated_gradients(flat_pixels, self._logit, start, steps=STEPS)
            self._made = found.abs().cpu().numpy()
        items = self.maps[layer].weights.size
        return np.bincount(self._cells(layer).flatten(), self._made, minlength=items)

    def _logit(self, pixels: Float[Tensor, "variant item feature"]) -> Float[Tensor, " variant"]:
        images = pixels.transpose(1, 2).unflatten(2, self._image.shape[1:])
        return self._network.logits(images)[:, self._label]

    def _cells(self, layer: str) -> np.ndarray:
        """The cell of a layer's map that each pixel belongs to: the one whose middle is nearest."""
        down, across = (
            spread(axis.places or even_places(len(axis.labels), side), side).argmax(axis=1)
            for axis, side in zip(self.maps[layer].axes, self._image.shape[1:], strict=True)
        )
        return down[:, None] * len(self.maps[layer].axes[1].labels) + across[None, :]
