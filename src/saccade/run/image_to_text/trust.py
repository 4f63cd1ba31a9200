"""How far the looks of a model that reads images can be trusted."""

from collections.abc import Iterable
from typing import Final

import numpy as np
import torch
from jaxtyping import Bool, Float, UInt8
from torch import Tensor

from saccade.maps import Trust
from saccade.maps.erasing import Answer as Erasing
from saccade.models.image_reader import ImageReader
from saccade.models.sequence_to_sequence import SequenceToSequence
from saccade.run.erased_image import ErasedImage
from saccade.run.erased_text import AT_ONCE, in_parts, seeing
from saccade.run.image_to_text.answers import Answer
from saccade.run.image_to_text.pointing import laid_out
from saccade.run.text_to_text.written import WrittenToken
from saccade.run.trust import judged

TOKENS: Final = 100
"""Looks that are judged: one of each image, drawn."""
_LAYER: Final = ""
Pixels = UInt8[np.ndarray, "height width channel"]


def trust(network: SequenceToSequence, answers: Iterable[tuple[Pixels, Answer]], *, seed: int = 0) -> Trust | None:
    """Judge one look of each answer, by what the network says of that very token.

    Items are erased out of the memory (all was read, but they may not be looked at), and the pixels under them by a
    blur and by the image's mean colour.

    Args:
        network: What wrote the answers, one that looks.
        answers: Each with its image; the first `TOKENS` count.
        seed: Of the tokens that are drawn, and of all that is drawn for the controls.

    Returns:
        None where there is no answer.
    """
    random = np.random.default_rng(seed)
    looks: list[np.ndarray] = []
    read: list[ErasedImage] = []
    for image, answer in answers:
        if len(read) == TOKENS:
            break
        assert answer.weights is not None
        place = int(random.integers(len(answer.tokens)))
        looks.append(answer.weights[place])
        read.append(_written(network, image, answer, place))
    return judged({_LAYER: looks}, read, seed=seed) if read else None


def trust_in_one(network: SequenceToSequence, image: Pixels, answer: Answer, *, seed: int = 0) -> Trust:
    """Judge every look of one answer: intervals are over its tokens."""
    assert answer.weights is not None
    read = [_written(network, image, answer, place) for place in range(len(answer.tokens))]
    return judged({_LAYER: list(answer.weights)}, read, seed=seed)


def _written(network: SequenceToSequence, pixels: Pixels, answer: Answer, place: int) -> ErasedImage:
    """One token that was written, and the image that was read for it."""
    assert isinstance(network.encoder, ImageReader)
    encoder, token = network.encoder, WrittenToken(network, answer.tokens, place)
    image = torch.from_numpy(pixels).permute(2, 0, 1).to(next(network.parameters()).device).float() / 255
    height, width = image.shape[1:]

    def score(images: Float[Tensor, "variant channel height width"]) -> Float[Tensor, " variant"]:
        return token.log_prob(encoder(images), images)

    @torch.no_grad()
    def without_memory(seen: Bool[np.ndarray, "variant item"]) -> Float[np.ndarray, " variant"]:
        encoded = encoder(image[None])
        return in_parts(
            seen, lambda rows: token.log_prob(seeing(encoded, rows), image[None]).exp(), image.device, AT_ONCE
        )

    assert answer.weights is not None
    seen = laid_out(answer.weights[place], network, height, width, _LAYER)
    others: dict[str, Erasing] = {"memory": without_memory}
    return ErasedImage(image, {_LAYER: seen}, lambda images: score(images).exp(), score, others)
