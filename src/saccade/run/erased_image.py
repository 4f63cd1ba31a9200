"""How probable an answer to an image is, where only some of its pixels may be seen."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Final, final

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn import functional

from saccade.maps import AttentionMap, spread
from saccade.maps.erasing import Answer, Remembered
from saccade.maps.gradients import integrated_gradients
from saccade.maps.image_map import even_places
from saccade.run.erased_text import in_parts

AT_ONCE: Final = 64
STEPS: Final = 16
"""Of integrated gradients."""
_BLUR: Final = 0.15
"""Of the shorter side: the deviation of the blur."""

Eraser = Callable[[Float[Tensor, "channel height width"]], Float[Tensor, "channel height width"]]
"""From an image, of 0 to 1, to what is put where it is erased."""
Says = Callable[[Float[Tensor, "variant channel height width"]], Float[Tensor, " variant"]]
"""From images, of 0 to 1, to something of the answer: its probability, or a number that gradients are taken of."""


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


@final
class ErasedImage:
    """An image that was read, and the answer to it.

    What is erased are the pixels under the cells of a map, in each of the ways of `ERASERS`.

    Args:
        image: Of 0 to 1.
        maps: Those over the image, without channels and heads, by the name of the layer.
        probability: Of the answer.
        score: Of the answer: what integrated gradients share out.
        others: Further ways to erase items, of every layer alike.
    """

    def __init__(
        self,
        image: Float[Tensor, "channel height width"],
        maps: Mapping[str, AttentionMap],
        probability: Says,
        score: Says,
        others: Mapping[str, Answer] | None = None,
    ) -> None:
        self._image, self._maps, self._probability, self._score = image, maps, probability, score
        self._cells = {layer: cells_of(seen, *image.shape[1:]) for layer, seen in maps.items()}
        self._others: dict[str, Answer] = {name: Remembered(answer) for name, answer in (others or {}).items()}
        self._remembered: dict[tuple[str, bytes], Answer] = {}

    def answers(self, layer: str) -> dict[str, Answer]:
        """How probable the answer is where only some cells of a layer's map are seen, by how the others are erased.

        Layers whose maps have the same cells ask the same, so that what one has asked is not computed for another.
        """
        cells = self._cells[layer]
        found = dict(self._others)
        for name, eraser in ERASERS.items():
            key = name, cells.tobytes()
            if key not in self._remembered:
                self._remembered[key] = Remembered(self._answer(cells, eraser))
            found[name] = self._remembered[key]
        return found

    def shares(self, layer: str) -> dict[str, Float[np.ndarray, " item"]]:
        """What the pixels of each cell have to do with the answer, for or against it: sizes, summed."""
        items = self._maps[layer].weights.size
        return {"integrated gradients": np.bincount(self._cells[layer].flatten(), self._by_pixel, minlength=items)}

    def _answer(self, cells: Int[np.ndarray, "height width"], eraser: Eraser) -> Answer:
        place, instead = torch.from_numpy(cells), eraser(self._image)

        @torch.no_grad()
        def asked(seen: Bool[np.ndarray, "variant item"]) -> Float[np.ndarray, " variant"]:
            def answers(rows: Tensor) -> Tensor:
                return self._probability(torch.where(rows[:, place][:, None], self._image, instead))

            return in_parts(seen, answers, self._image.device, AT_ONCE)

        return asked

    @cached_property
    def _by_pixel(self) -> Float[np.ndarray, " pixel"]:
        pixels, start = (one.flatten(1).T for one in (self._image, mean_colour(self._image)))

        def score(variants: Float[Tensor, "variant item feature"]) -> Tensor:
            return self._score(variants.transpose(1, 2).unflatten(2, self._image.shape[1:]))

        return integrated_gradients(pixels, score, start, steps=STEPS).abs().cpu().numpy()


def cells_of(seen: AttentionMap, height: int, width: int) -> Int[np.ndarray, "height width"]:
    """The cell of a map over an image that each pixel belongs to, numbered row by row: that whose middle is nearest."""
    down, across = (
        spread(axis.places or even_places(len(axis.labels), side), side).argmax(axis=1)
        for axis, side in zip(seen.axes, (height, width), strict=True)
    )
    return down[:, None] * len(seen.axes[1].labels) + across[None, :]
